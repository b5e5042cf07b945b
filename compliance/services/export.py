"""Exporting: what leaves the system as a file leaves evidence first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from audit.services import record
from compliance.models import User
from compliance.queries.proof import proof_for

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


@dataclass(frozen=True, slots=True)
class ProofFile:
    """A proof file as it leaves: its name, its bytes and the number of the entry that says so."""

    name: str
    content: bytes
    proof: dict[str, Any]
    sha256: str
    entry: int


def proof_file(ref: str, *, by: User, number: int | None = None) -> ProofFile:
    """Make the proof file of a determination and record that it left.

    Raises :class:`~.refusals.NotYours`, ``Case.DoesNotExist`` outside the person's scope and
    :class:`~compliance.queries.replay.NoSuchDetermination`.
    """
    if not by.has_perm("compliance.view_report"):
        raise NotYours()
    proof = proof_for(by, ref, number)
    content = (json.dumps(proof, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    sha256 = hashlib.sha256(content).hexdigest()
    about = proof["about"]
    with transaction.atomic():
        entry = record(
            "proof.export",
            about["subject"],
            by=by.username,
            role=role_of(by),
            determination=about["determination"],
            number=about["number"],
            of=proof["digest"],
            sha256=sha256,
        ).sequence
    return ProofFile(f"{ref}-proof-{about['number']}.json", content, proof, sha256, entry)
