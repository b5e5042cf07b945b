"""Everything a printed case file rests on, read once; the words are put to it afterwards, in each language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from audit.queries import entries_about
from compliance.models import (
    Authorization,
    Case,
    CaseScreening,
    Clock,
    Decision,
    DrawDown,
    FlagState,
    Inquiry,
    StoredDetermination,
    User,
)
from compliance.queries import case_for
from compliance.queries.content import content_of, digest
from compliance.queries.facts import CaseFacts
from compliance.queries.history import names_of


@dataclass(slots=True)
class Gathered:
    """The rows of one case. ``fingerprint`` is that of its content as it stands now."""

    case: Case
    reader: User
    known: CaseFacts
    fingerprint: str
    determinations: list[StoredDetermination]
    screenings: list[CaseScreening]
    entries: list[Any]
    names: dict[str, str]

    @property
    def latest(self) -> StoredDetermination | None:
        """Return the last determination."""
        return self.determinations[0] if self.determinations else None

    @property
    def decision(self) -> Decision | None:
        """Return the last proposal."""
        return next(iter(self.case.decisions.all()), None)

    @property
    def sample(self) -> bool:
        """Return whether a screening of this case used the sample list."""
        return any((row.run.coverage or {}).get("sample") for row in self.screenings)


def gather(user: User, ref: str) -> Gathered:
    """Read one case. Raises ``Case.DoesNotExist`` outside the person's scope."""
    case = case_for(user, ref)
    prefetch_related_objects(
        [case],
        Prefetch("flags", FlagState.objects.select_related("closed_by")),
        Prefetch("flags__inquiries", Inquiry.objects.select_related("asked_by", "recorded_by", "evidence")),
        "documents__uploaded_by",
        Prefetch("clocks", Clock.objects.select_related("owner", "authorization")),
        "clocks__authorization__pauses",
        Prefetch("authorizations", Authorization.objects.select_related("proof", "recorded_by")),
        "authorizations__pauses",
        Prefetch("authorizations__draw_downs", DrawDown.objects.select_related("case", "by")),
        Prefetch("decisions", Decision.objects.select_related("proposed_by", "determination")),
        "decisions__verdicts__by",
    )
    known = CaseFacts(case)
    subjects = [case.subject, *(one.subject for one in known.parties), *(one.subject for one in known.items)]
    entries = list(entries_about(*subjects))
    latest = case.determinations.select_related("made_by").first()
    earlier = case.determinations.select_related("made_by").defer("lines")
    return Gathered(
        case=case,
        reader=user,
        known=known,
        fingerprint=digest(content_of(case, known)),
        determinations=[latest, *earlier.exclude(pk=latest.pk)] if latest else [],
        screenings=list(case.screenings.select_related("run", "by")),
        entries=entries,
        names=names_of(entry.actor for entry in entries),
    )
