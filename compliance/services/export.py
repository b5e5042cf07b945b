"""Exporting: what leaves the system as a file leaves evidence first."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from audit.services import record
from compliance.models import User

from .act import role_of
from .refusals import NotYours


def note_export(
    subject: str,
    *,
    by: User,
    report: str,
    form: str,
    language: str,
    head: str,
    filters: Mapping[str, str] | None = None,
    rows: int | None = None,
    sha256: str = "",
) -> int:
    """Write the entry of one export, before its first byte is sent, and return the entry's number.

    ``subject`` is ``report:<slug>`` or the subject of the one case that is printed; ``form`` is ``csv``, ``xlsx``,
    ``json`` or ``pdf``; ``head`` the digest of the chain as printed in the export; ``sha256`` that of the file where it
    was complete before it was sent, empty where it streams. Raises :class:`~.refusals.NotYours`.
    """
    if not by.has_perm("compliance.view_report"):
        raise NotYours()
    with transaction.atomic():
        entry = record(
            "report.export",
            subject,
            by=by.username,
            role=role_of(by),
            report=report,
            form=form,
            language=language,
            head=head,
            filters=dict(filters or {}),
            rows=rows,
            sha256=sha256,
        )
    return entry.sequence
