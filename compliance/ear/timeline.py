"""The time machine: for one set of facts, the answer of every day, the days on which it changes and what changed it.

The law of two days differs only where a dated line or a rule begins, is owed, ends or stops being enforced between
them, so the engine is asked on those days alone (:func:`days_of`) and on the days the facts themselves name. Equal
neighbors become one :class:`Stretch`. Days after the horizon are answered with the law as last read and say so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from compliance.ear.conclusion import Outcome
from compliance.ear.determination import ORDER, Determination, determine
from compliance.ear.facts import Facts
from compliance.ear.findings import Answer, Effect, Finding
from compliance.ear.law import FIRST_DAY, HORIZON, Reading, Rulebook, Span

LAST_DAY = dt.date(2027, 12, 31)
"""The last day shown: no line of the book is known to begin or end later."""

_DAY = dt.timedelta(days=1)
_DECIDES = frozenset(
    {
        Effect.SUBJECT,
        Effect.CLASSIFIES,
        Effect.REQUIRES_LICENSE,
        Effect.PROHIBITS,
        Effect.HOLDS,
        Effect.BARS_EXCEPTIONS,
        Effect.EXCEPTS,
        Effect.AUTHORIZES,
        Effect.CONDITION,
        Effect.POLICY,
    }
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What happens in the book on a day: ``what`` is began, owed, ended, unenforced (or a rule's of the same).

    ``key`` is the parameter or the rule; ``is_rule`` tells which.
    """

    day: dt.date
    what: str
    key: str
    is_rule: bool
    cite: str
    by: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which the answer is the same in one reading. ``beyond``: after the day to which the law was read."""

    first: dt.date
    last: dt.date
    outcome: Outcome
    authorization: str | None
    policy: str | None
    beyond: bool


@dataclass(frozen=True, slots=True)
class Cause:
    """What made an answer change: the rule that now says something else, and the turns of the book behind it.

    ``before`` and ``after`` are the findings (``None`` where the rule said nothing).
    """

    rule: str
    cite: str
    party: str | None
    before: Finding | None
    after: Finding | None
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A day on which the answer changes in one reading, with every finding that changed what it decides."""

    day: dt.date
    reading: Reading
    before: Stretch
    after: Stretch
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Both readings over all days."""

    first: dt.date
    last: dt.date
    horizon: dt.date
    stretches: Mapping[Reading, tuple[Stretch, ...]]
    changes: tuple[Change, ...]

    def at(self, day: dt.date, reading: Reading) -> Stretch:
        """Return the stretch of ``day``; raises :class:`ValueError` for a day outside the timeline."""
        for stretch in self.stretches[reading]:
            if stretch.first <= day <= stretch.last:
                return stretch
        raise ValueError(f"{day.isoformat()} is not between {self.first.isoformat()} and {self.last.isoformat()}")


@lru_cache(maxsize=8)
def turns_of(book: Rulebook) -> Mapping[dt.date, tuple[Turn, ...]]:
    """Return everything that begins, is owed, ends or stops being enforced in the book, by day."""
    found: dict[dt.date, list[Turn]] = {}
    for parameter in book.parameters.values():
        for line in parameter.lines:
            cited = line.cited
            for day, what in _boundaries(line.span):
                found.setdefault(day, []).append(
                    Turn(day, what, parameter.key, False, cited.cite, cited.by, cited.checked)
                )
            for day in _dates_inside((line.raw.get("printed_to"), cited.value)):
                turn = Turn(day, "ended", parameter.key, False, cited.cite, cited.by, cited.checked)
                found.setdefault(day, []).append(turn)
    for one in ORDER:
        for day, what in _boundaries(one.span):
            found.setdefault(day, []).append(Turn(day, what, one.name, True, one.cite, "", True))
    return {day: tuple(dict.fromkeys(found[day])) for day in sorted(found)}


def _boundaries(span: Span) -> Iterator[tuple[dt.date, str]]:
    yield span.effective, "began"
    if span.compliance is not None:
        yield span.compliance, "owed"
    if span.end is not None and span.end < dt.date.max:
        yield span.end + _DAY, "ended"
    if span.unenforced is not None:
        yield span.unenforced, "unenforced"


def _dates_inside(value: Any) -> Iterator[dt.date]:
    """Yield the days a value of the law names, and the days after them: windows that rules read themselves."""
    if isinstance(value, dt.date):
        yield value
        yield value + _DAY
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _dates_inside(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _dates_inside(one)


@lru_cache(maxsize=8)
def days_of(book: Rulebook) -> tuple[dt.date, ...]:
    """Return the days on which the law itself can change, from the first encoded day to :data:`LAST_DAY`."""
    days = {day for day in turns_of(book) if FIRST_DAY <= day <= LAST_DAY} | set(_days_in_code())
    return tuple(sorted(days | {FIRST_DAY, HORIZON, HORIZON + _DAY}))


@lru_cache(maxsize=1)
def _days_in_code() -> tuple[dt.date, ...]:
    """Return days that rules compare with themselves: the dates their modules hold, and the day after each."""
    found: set[dt.date] = set()
    for names in {id(one.body.__globals__): one.body.__globals__ for one in ORDER}.values():
        for value in names.values():
            found.update(_dates_inside(value if isinstance(value, dt.date | tuple | dict) else None))
    return tuple(day for day in found if FIRST_DAY <= day <= LAST_DAY)


def _days_of_facts(facts: Facts, days: Iterable[dt.date]) -> set[dt.date]:
    """Return the days on which a day among the facts may count: itself, and every waiting time up to a year after."""
    found: set[dt.date] = set()
    held = {facts.authorization.nac_registered_on, *_dated(facts)} - {None}
    for day in held:
        assert day is not None  # noqa: S101 - taken out above
        found.update(day + dt.timedelta(days=ahead) for ahead in (-1, *range(62), 90, 91, 180, 181, 365, 366))
    return {day for day in found if FIRST_DAY <= day <= LAST_DAY} | set(days)


def _dated(value: Any) -> Iterator[dt.date]:
    """Yield every day anywhere in a record of facts."""
    if isinstance(value, dt.date):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _dated(one)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _dated(getattr(value, name))


def timeline(facts: Facts, *, book: Rulebook) -> Timeline:
    """Return the answer of every day from :data:`FIRST_DAY` to :data:`LAST_DAY` in both readings, and each change."""
    days = sorted(_days_of_facts(facts, days_of(book)))
    stretches, changes = {}, []
    for reading in Reading:
        found, turned = _walk(facts, reading, book, days)
        stretches[reading] = found
        changes += turned
    changes.sort(key=lambda change: (change.day, change.reading.value))
    return Timeline(FIRST_DAY, LAST_DAY, HORIZON, stretches, tuple(changes))


def ask_on(facts: Facts, day: dt.date, reading: Reading, book: Rulebook) -> Determination:
    """Determine for a day of the timeline: days after the horizon are read with the law as last read."""
    return determine(facts, on=day, reading=reading, book=book, tolerance=max((day - HORIZON).days, 0))


def _said(found: Determination) -> tuple[Outcome, str | None, str | None]:
    return found.outcome, found.authorization, found.review_policy.policy if found.review_policy else None


def _walk(
    facts: Facts, reading: Reading, book: Rulebook, days: list[dt.date]
) -> tuple[tuple[Stretch, ...], list[Change]]:
    stretches: list[Stretch] = []
    changes: list[Change] = []
    first, before = days[0], ask_on(facts, days[0], reading, book)
    last_asked = days[0]
    for day in days[1:]:
        found = ask_on(facts, day, reading, book)
        if _said(found) != _said(before) or day == HORIZON + _DAY:
            stretches.append(Stretch(first, day - _DAY, *_said(before), first > HORIZON))
            if _said(found) != _said(before):
                nxt = Stretch(day, day, *_said(found), day > HORIZON)
                causes = causes_of(before, found, book=book, after=last_asked, until=day)
                changes.append(Change(day, reading, stretches[-1], nxt, causes))
            first = day
        before, last_asked = found, day
    stretches.append(Stretch(first, LAST_DAY, *_said(before), first > HORIZON))
    return tuple(stretches), changes


def causes_of(
    before: Determination, found: Determination, *, book: Rulebook, after: dt.date, until: dt.date
) -> tuple[Cause, ...]:
    """Return what differs between two answers to the same facts, with the turns of the book in between.

    Only findings that decide are compared; those on which a turn of the book bears come first. ``after`` is the day of
    the first answer, ``until`` that of the second.
    """
    turns = [turn for day, held in turns_of(book).items() if after < day <= until for turn in held]
    causes = []
    for one, was, now in differences(before, found):
        rests = {cited.parameter for finding in (was, now) if finding for cited in finding.relied_on}
        own = [turn for turn in turns if turn.is_rule and turn.key == one.rule]
        lines = [turn for turn in turns if not turn.is_rule and turn.key in rests and _concerns(turn, was, now)]
        causes.append(Cause(one.rule, one.cite, one.party, was, now, tuple(dict.fromkeys([*lines, *own]))))
    causes.sort(key=lambda cause: (not cause.turns, not any(not turn.is_rule for turn in cause.turns)))
    return tuple(causes)


def _concerns(turn: Turn, was: Finding | None, now: Finding | None) -> bool:
    """Whether the turn is of a line that one of the findings rests on, or that replaced such a line."""
    cited = [one for finding in (was, now) if finding for one in finding.relied_on if one.parameter == turn.key]
    if turn.what == "began":
        return any(one.since == turn.day for one in cited)
    if turn.what == "ended":
        return any(one.until is not None and one.until + _DAY == turn.day for one in cited)
    return any(one.by == turn.by and one.cite == turn.cite for one in cited)


def differences(
    before: Determination, found: Determination
) -> Iterator[tuple[Finding, Finding | None, Finding | None]]:
    """Yield (either finding, the one before, the one after) wherever a rule decides something else.

    Findings about requirements and prohibitions come first, then what lifts them, conditions and policies last.
    """
    old = {_place(finding): finding for finding in before.findings if finding.effect in _DECIDES}
    new = {_place(finding): finding for finding in found.findings if finding.effect in _DECIDES}
    apart = []
    for place in dict.fromkeys((*new, *old)):
        was, now = old.get(place), new.get(place)
        if _decided(was) != _decided(now):
            one = now or was
            assert one is not None  # noqa: S101 - the place comes from one of the two
            apart.append((one, was, now))
    apart.sort(key=lambda three: _WEIGHT[three[0].effect])
    yield from apart


_WEIGHT = {
    effect: rank
    for rank, effect in enumerate(
        (
            Effect.PROHIBITS,
            Effect.SUBJECT,
            Effect.REQUIRES_LICENSE,
            Effect.HOLDS,
            Effect.EXCEPTS,
            Effect.AUTHORIZES,
            Effect.BARS_EXCEPTIONS,
            Effect.CLASSIFIES,
            Effect.CONDITION,
            Effect.POLICY,
            Effect.INFO,
        )
    )
}


def _place(finding: Finding) -> tuple[str, str | None, str, str]:
    return finding.rule, finding.party, finding.of, finding.effect.value


def _decided(finding: Finding | None) -> tuple[Any, ...] | None:
    """Return what a finding decides; a rule that does not apply decides as much as one that says nothing."""
    if finding is None or (finding.answer is Answer.DOES_NOT_APPLY and finding.checked):
        return None
    policy = finding.values.get("policy") if finding.effect is Effect.POLICY else None
    return finding.answer, finding.effect, finding.checked, finding.overcome_by, policy
