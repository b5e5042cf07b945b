"""Two determinations of the same facts side by side: what moved, and which provisions moved it.

Pure like the rest of the package; used before a rule change is published, and wherever an answer changed.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.ear.determination import Determination
from compliance.ear.findings import Answer, Effect, Finding
from compliance.ear.law import Cited, Rulebook
from compliance.ear.timeline import days_of

# Findings that make or lift a requirement explain a change better than those that only inform.
_WEIGHT = {
    Effect.PROHIBITS: 0,
    Effect.REQUIRES_LICENSE: 1,
    Effect.HOLDS: 2,
    Effect.SUBJECT: 3,
    Effect.EXCEPTS: 4,
    Effect.AUTHORIZES: 4,
    Effect.BARS_EXCEPTIONS: 5,
    Effect.CONDITION: 6,
    Effect.POLICY: 7,
    Effect.CLASSIFIES: 8,
    Effect.INFO: 9,
}


@dataclass(frozen=True, slots=True)
class Moved:
    """One rule that answers otherwise than before. ``was`` or ``now`` is empty where the rule said nothing.

    ``parameters`` are the dated lines that stand on one side only, as ``key``; ``notices`` what made those lines.
    """

    rule: str
    cite: str
    party: str
    was: str
    now: str
    parameters: tuple[str, ...]
    notices: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe data."""
        return {
            "rule": self.rule,
            "cite": self.cite,
            "party": self.party,
            "was": self.was,
            "now": self.now,
            "parameters": list(self.parameters),
            "notices": list(self.notices),
        }


def what_moved(old: Determination, new: Determination) -> tuple[Moved, ...]:
    """Return the rules whose answer, effect, sentence or sources differ, those that decide most first."""
    before, after = _by_place(old.findings), _by_place(new.findings)
    found: list[tuple[tuple[bool, int], Moved]] = []
    for place in dict.fromkeys((*before, *after)):
        was, now = before.get(place, []), after.get(place, [])
        if [_said(one) for one in was] == [_said(one) for one in now]:
            continue
        one = (now or was)[0]
        then, later = {_line(c) for f in was for c in f.relied_on}, {_line(c) for f in now for c in f.relied_on}
        lines = sorted(then ^ later)
        answers = _answers(was), _answers(now)
        silent = {*answers} <= {"", Answer.DOES_NOT_APPLY.value} or answers[0] == answers[1]
        moved = Moved(
            rule=place[0],
            cite=one.cite,
            party=place[1],
            was=answers[0],
            now=answers[1],
            parameters=tuple(dict.fromkeys(line[0] for line in lines)),
            notices=tuple(dict.fromkeys(line[3] for line in lines if line[3])),
        )
        found.append(((silent, min(_WEIGHT[f.effect] for f in (*was, *now))), moved))
    found.sort(key=lambda each: each[0])
    return tuple(moved for _rank, moved in found)


def _by_place(findings: Iterable[Finding]) -> dict[tuple[str, str], list[Finding]]:
    places: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        places.setdefault((one.rule, one.party or ""), []).append(one)
    return places


def _said(one: Finding) -> tuple[Any, ...]:
    return one.answer, one.effect, one.key, one.checked, tuple(_line(c) for c in one.relied_on)


def _line(cited: Cited) -> tuple[str, str, str, str]:
    return cited.parameter, repr(cited.value), f"{cited.since}/{cited.until}", cited.by


def _answers(findings: Iterable[Finding]) -> str:
    """Return the weightiest answer of one rule for one party: applies, then unknown, then does not apply."""
    given = {one.answer for one in findings}
    return next(
        (answer.value for answer in (Answer.APPLIES, Answer.UNKNOWN, Answer.DOES_NOT_APPLY) if answer in given), ""
    )


_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


class Stretches:
    """Stretches of days within which the law says the same of facts that hold no day of their own.

    ``tolerance`` is the number of days past the horizon for which the reader accepts the law as last read.
    """

    def __init__(self, books: Iterable[Rulebook], *, tolerance: int = 0) -> None:
        found: set[dt.date] = set()
        for book in books:
            found.update(days_of(book))
            found.add(book.horizon + dt.timedelta(days=tolerance + 1))
            found.update(
                day
                for parameter in book.parameters.values()
                for line in parameter.lines
                for day in _written_days(line.cited.value)
            )
        first, last = min(found), max(found)
        # Some thresholds go by the calendar year.
        found.update(dt.date(year, 1, 1) for year in range(first.year + 1, last.year + 1))
        self._days = sorted(found)

    def of(self, day: dt.date, facts: str) -> dt.date | int:
        """Return what stands for ``day``: its stretch, or the day itself where the facts (as JSON) hold a day."""
        return day if _DAY.search(facts) else bisect_right(self._days, day)


def _written_days(value: Any) -> Iterator[dt.date]:
    """Yield the days a value of the law writes as text, and the days after them."""
    if isinstance(value, str):
        for written in _DAY.findall(value):
            try:
                day = dt.date.fromisoformat(written)
            except ValueError:
                continue
            yield day
            yield day + dt.timedelta(days=1)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _written_days(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _written_days(one)
