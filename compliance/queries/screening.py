"""What screening found of the parties of a case, in the words the law reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from compliance.models import Case, CaseScreening


@dataclass(frozen=True, slots=True)
class ListStanding:
    """How one subject stands: whether its search was complete, what is undecided, what a person judged a match."""

    complete: bool = False
    undecided: int = 0
    listings: list[dict[str, Any]] = field(default_factory=list)
    fingerprint: str = ""


def latest_screening(case: Case) -> CaseScreening | None:
    """Return the last time the case's parties were screened."""
    return case.screenings.select_related("run").first()
