"""What the law says of a case on a day. A question: nothing is stored here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from compliance import ear
from compliance.exchange import stored
from compliance.models import Case

from .facts import CaseFacts
from .flags import Looked, flag_answers, looked_at

READINGS = (ear.Reading.CODIFIED, ear.Reading.ENFORCED)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the law says of a case on a day, before anything is stored."""

    on: dt.date
    lines: list[dict[str, Any]]
    outcomes: dict[str, str]
    governing: str
    facts_digest: str
    rulebook: str
    tolerance: int

    @property
    def outcome(self) -> str:
        """Return the outcome that governs: the enforced reading, or the stricter where the organization says so."""
        if self.governing == "stricter":
            return ear.strictest(ear.Outcome(value) for value in self.outcomes.values()).value
        return self.outcomes["enforced"]


def ask_the_law(case: Case, *, on: dt.date, gathered: CaseFacts | None = None) -> Answer:
    """Read the law of ``on`` for every line of the case. Stores nothing.

    A case takes the strictest answer of its lines, each of which is read against every party.
    """
    known = gathered or CaseFacts(case)
    book, tolerance = ear.the_book(), settings.GATEHOUSE_RULEBOOK_MAX_AGE_DAYS
    lines = []
    by_reading: dict[str, list[ear.Determination]] = {reading.value: [] for reading in READINGS}
    read = {
        looked.item.pk if looked.item else None: presumed(known, looked, on=on) for looked in looked_at(known, on=on)
    }
    for line in known.lines or [None]:
        facts = read[line.item_id if line else None]
        answers = {
            reading.value: ear.determine(facts, on=on, reading=reading, book=book, tolerance=tolerance)
            for reading in READINGS
        }
        for name, determination in answers.items():
            by_reading[name].append(determination)
        lines.append(
            {
                "line": line.pk if line else None,
                "item": line.item.ref if line else "",
                "model": str(line.item) if line else "",
                "facts": facts.to_dict(),
                **{name: determination.to_dict() for name, determination in answers.items()},
            }
        )
    return Answer(
        on=on,
        lines=lines,
        outcomes={name: ear.strictest(found).value for name, found in by_reading.items()},
        governing=settings.GATEHOUSE_GOVERNING_READING,
        facts_digest=facts_digest(lines),
        rulebook=book.digest,
        tolerance=tolerance,
    )


def presumed(known: CaseFacts, looked: Looked, *, on: dt.date) -> ear.Facts:
    """Return the facts of an item with what raised red flags make the law presume (flag 27: connected fabs are one)."""
    facts = looked.facts
    for answer in flag_answers(known, looked, on=on):
        for key, value in answer.presumes.items():
            facts = facts.answering(key, value)
    return facts


def facts_digest(lines: list[dict[str, Any]]) -> str:
    """Return the fingerprint of the facts a determination read."""
    return stored.facts_digest(lines)
