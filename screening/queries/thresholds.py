"""The policy in force as the page of the lists shows it: from which score on a match is proposed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import policy
from ..lists import list_title
from .compare import kind_title


@dataclass(frozen=True, slots=True)
class Threshold:
    """From how many percent on a match is proposed. Empty fields hold for everything the lines below do not name."""

    percent: float
    list_code: str
    list_title: Any
    kind: Any
    role: str


def thresholds() -> tuple[Threshold, ...]:
    """Return the policy in force: what holds everywhere first, then its exceptions."""
    held = policy.current()
    rows = [policy.Rule(held.base), *held.rules]
    return tuple(
        Threshold(
            percent=round(row.threshold * 100, 1),
            list_code=row.list_code,
            list_title=list_title(row.list_code) if row.list_code else "",
            kind=kind_title(row.kind),
            role=row.role,
        )
        for row in rows
    )
