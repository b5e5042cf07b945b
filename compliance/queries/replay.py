"""Recomputing what was stored: the same rulebook gives the same bytes, a later one an exact difference."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from audit.chain import link
from audit.queries import entries_about
from compliance import ear
from compliance.exchange import difference
from compliance.exchange.stored import READINGS, body_of, digest_of, facts_digest
from compliance.models import Case, StoredDetermination


class Verdict(StrEnum):
    """What a replay found."""

    IDENTICAL = "identical"
    SAME_ANSWER = "same_answer"
    DIFFERENT = "different"
    TAMPERED = "tampered"


@dataclass(frozen=True, slots=True)
class Replayed:
    """A stored determination computed again. ``problems`` say what does not hold, ``difference`` what moved."""

    case: str
    number: int
    stored: StoredDetermination
    verdict: Verdict
    rulebook_now: str
    problems: tuple[str, ...] = ()
    difference: list[dict[str, Any]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe data."""
        return {
            "case": self.case,
            "determination": self.number,
            "id": self.stored.pk,
            "on": self.stored.on.isoformat(),
            "verdict": self.verdict.value,
            "digest": self.stored.digest,
            "outcome": self.stored.outcome,
            "rulebook": {"then": self.stored.rulebook, "now": self.rulebook_now},
            "problems": list(self.problems),
            "difference": self.difference,
        }


class NoSuchDetermination(LookupError):
    """The case or the determination of that number does not exist."""


def determination_of(ref: str, number: int | None) -> tuple[int, StoredDetermination]:
    """Return a determination of a case by its number, 1 for the first; the latest without one. Scopes nothing.

    Raises :class:`NoSuchDetermination`.
    """
    held = StoredDetermination.objects.filter(case__ref=ref).order_by("pk")
    count = held.count()
    wanted = count if number is None else number
    if not 1 <= wanted <= count:
        raise NoSuchDetermination(ref, number, Case.objects.filter(ref=ref).exists(), count)
    return wanted, held.select_related("case", "screening_run")[wanted - 1]


def body_of_row(stored: StoredDetermination) -> dict[str, Any]:
    """Return what the digest of a stored determination covers."""
    return body_of(
        on=stored.on.isoformat(),
        lines=stored.lines,
        outcomes={"codified": stored.outcome_codified, "enforced": stored.outcome_enforced},
        governing=stored.governing,
        rulebook=stored.rulebook,
        snapshots=stored.snapshots,
        tolerance=stored.tolerance,
    )


def entry_of(stored: StoredDetermination) -> Any:
    """Return the first entry of the chain that tells of this determination, ``None`` if there is none."""
    return entries_about(stored.case.subject).filter(payload__determination=stored.pk).first()


def problems_of(stored: StoredDetermination) -> tuple[str, ...]:
    """Return codes of what no longer holds of a stored row: its digests, its outcome, its lists and its entry."""
    found = []
    if digest_of(body_of_row(stored)) != stored.digest:
        found.append("digest")
    if facts_digest(stored.lines) != stored.facts_digest:
        found.append("facts")
    if stored.outcome != _outcome(stored):
        found.append("outcome")
    if stored.screening_run and sorted(stored.screening_run.snapshot_digests) != sorted(stored.snapshots):
        found.append("snapshots")
    entry = entry_of(stored)
    if entry is None:
        found.append("no_entry")
    elif link(entry.previous, entry.text) != entry.digest:
        found.append("entry")
    else:
        told = json.loads(entry.text)["payload"]
        stands = {"digest": stored.digest, "outcome": stored.outcome, "rulebook": stored.rulebook}
        if any(told.get(name) != value for name, value in stands.items()):
            found.append("entry_digest")
    return tuple(found)


def _outcome(stored: StoredDetermination) -> str:
    by_reading = {
        name: ear.strictest(ear.Outcome(line[name]["outcome"]) for line in stored.lines).value for name in READINGS
    }
    if (by_reading["codified"], by_reading["enforced"]) != (stored.outcome_codified, stored.outcome_enforced):
        return ""
    if stored.governing == "stricter":
        return ear.strictest(ear.Outcome(value) for value in by_reading.values()).value
    return by_reading["enforced"]


def replay(ref: str, number: int | None = None, *, book: ear.Rulebook | None = None) -> Replayed:
    """Compute a stored determination again from its own facts, day, readings and tolerance.

    ``book`` is the rulebook of this release unless another is given. Raises :class:`NoSuchDetermination`.
    """
    place, stored = determination_of(ref, number)
    rulebook = book or ear.the_book()
    problems = problems_of(stored)

    def found(verdict: Verdict, *more: str, moved: list[dict[str, Any]] | None = None) -> Replayed:
        return Replayed(ref, place, stored, verdict, rulebook.digest, (*problems, *more), moved or [])

    if problems:
        return found(Verdict.TAMPERED)
    try:
        again = [_again(line, stored, rulebook) for line in stored.lines]
    except ear.BadFacts as error:
        # A fact that a later release no longer knows: then the answer cannot be the same.
        return found(Verdict.DIFFERENT, f"facts_unreadable: {error}")
    moved = difference.between_lines(stored.lines, again)
    if stored.rulebook != rulebook.digest:
        return found(Verdict.DIFFERENT if moved else Verdict.SAME_ANSWER, moved=moved)
    if digest_of({"lines": stored.lines}) == digest_of({"lines": again}):
        return found(Verdict.IDENTICAL)
    return found(Verdict.TAMPERED, "recomputed", moved=moved)


def _again(line: dict[str, Any], stored: StoredDetermination, book: ear.Rulebook) -> dict[str, Any]:
    facts = ear.Facts.from_dict(line["facts"])
    answers = {
        reading.value: ear.determine(
            facts, on=stored.on, reading=reading, book=book, tolerance=stored.tolerance or 0
        ).to_dict()
        for reading in ear.Reading
    }
    return {**line, "facts": facts.to_dict(), **answers}
