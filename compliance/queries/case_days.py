"""The time machine of one case: the answer of a day, the bars of both readings, and the days on which it changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compliance import ear
from compliance.ear.conclusion import is_open
from compliance.ear.timeline import Cause, Change, Stretch, Timeline, Turn, ask_on, timeline
from compliance.models import Case, StoredDetermination, User

from . import scope
from .case_law import POLICIES
from .fact_words import lang
from .outcomes import TONES, outcome_label

READINGS: dict[str, str | Promise] = {"codified": _("As codified"), "enforced": _("As enforced")}
TURNS = {
    "began": _("begins"),
    "owed": _("must be complied with"),
    "ended": _("ends"),
    "unenforced": _("is no longer enforced"),
}
HEIGHTS = {
    ear.Outcome.NOT_SUBJECT: 6,
    ear.Outcome.NO_LICENSE_REQUIRED: 8,
    ear.Outcome.LICENSE_EXCEPTION: 13,
    ear.Outcome.GENERAL_LICENSE: 13,
    ear.Outcome.UNDETERMINED: 18,
    ear.Outcome.LICENSE_REQUIRED: 23,
    ear.Outcome.PROHIBITED: 28,
}
MOST_CAUSES = 4
WIDTH = 1000


@dataclass(frozen=True, slots=True)
class LineOfCase:
    """One line of the case as the latest determination read it."""

    number: int
    label: str
    facts: ear.Facts


@dataclass(frozen=True, slots=True)
class Read:
    """The case a reader may ask about, its latest determination and the chosen line."""

    case: Case
    stored: StoredDetermination | None
    lines: list[LineOfCase]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """An outcome with its words, tone, authorization and review policy."""

    label: str
    tone: str
    authorization: str
    policy: str


@dataclass(frozen=True, slots=True)
class SaidShown:
    """A sentence of the law with its paragraph."""

    title: str
    words: str
    cite: str
    tone: str
    checked: bool


@dataclass(frozen=True, slots=True)
class DayShown:
    """The answer of one day in one reading, how long it holds and what it rests on."""

    reading: str
    answer: AnswerShown
    first: dt.date
    last: dt.date
    beyond: bool
    because: list[SaidShown]


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch on the bar of a reading, in thousandths of its width. The stricter the answer, the higher."""

    x: float
    width: float
    height: int
    answer: AnswerShown
    first: dt.date
    last: dt.date
    beyond: bool

    @property
    def y(self) -> int:
        """Return where the bar begins, from above."""
        return HEIGHTS[ear.Outcome.PROHIBITED] - self.height


@dataclass(frozen=True, slots=True)
class TurnShown:
    """What happened to one provision on the day."""

    what: str
    title: str
    cite: str
    by: str
    key: str
    checked: bool


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """A day on which the answer changes; ``readings`` holds both where they change alike."""

    day: dt.date
    readings: list[str]
    before: AnswerShown
    after: AnswerShown
    causes: list[SaidShown]
    more: int
    turns: list[TurnShown]
    beyond: bool


@dataclass(frozen=True, slots=True)
class DaysShown:
    """Everything the page of the time machine shows."""

    first: dt.date
    last: dt.date
    horizon: dt.date
    day: dt.date
    offset: int
    span: int
    at: float
    horizon_at: float
    answers: list[DayShown]
    differ: bool
    beyond: bool
    bars: list[tuple[str, list[Bar]]]
    years: list[tuple[float, int]]
    changes: list[ChangeShown]
    previous: dt.date | None
    following: dt.date | None


def read_case(user: User, ref: str) -> Read:
    """Return the lines of a case as last determined. Raises ``Case.DoesNotExist`` outside the person's scope.

    Facts that were stored in a shape the law no longer reads are left out.
    """
    case = scope.case_for(user, ref)
    stored = case.determinations.first()
    names = {place.party.ref: place.party.name for place in case.parties.select_related("party")}
    lines = []
    for number, line in enumerate(stored.lines if stored else [], 1):
        try:
            facts = ear.Facts.from_dict(line["facts"])
        except ear.BadFacts:
            continue
        lines.append(LineOfCase(number, line["model"] or str(case.title), facts))
    return Read(case, stored, lines, names)


@lru_cache(maxsize=64)
def _timeline(facts: ear.Facts, _digest: str) -> Timeline:
    return timeline(facts, book=ear.the_book())


def days_of_line(facts: ear.Facts, day: dt.date, names: Mapping[str, str]) -> DaysShown:
    """Return the time machine of one line on ``day``; a day outside its bounds is moved to the nearest bound."""
    line = _timeline(facts, ear.the_book().digest)
    day = min(max(day, line.first), line.last)
    answers = [_answer_of_day(facts, line, day, reading, names) for reading in ear.Reading]
    turning = sorted({change.day for change in line.changes})
    span = (line.last - line.first).days
    return DaysShown(
        first=line.first,
        last=line.last,
        horizon=line.horizon,
        day=day,
        offset=(day - line.first).days,
        span=span,
        at=_at(line, day),
        horizon_at=_at(line, line.horizon + dt.timedelta(days=1)),
        answers=answers,
        differ=answers[0].answer != answers[1].answer,
        beyond=day > line.horizon,
        bars=[
            (str(READINGS[reading.value]), [_bar(line, one) for one in line.stretches[reading]])
            for reading in ear.Reading
        ],
        years=[(_at(line, dt.date(year, 1, 1)), year) for year in range(line.first.year + 1, line.last.year + 1)],
        changes=_changes(line, names),
        previous=max((one for one in turning if one < day), default=None),
        following=min((one for one in turning if one > day), default=None),
    )


def shown_answer(outcome: ear.Outcome, authorization: str | None, policy: str | None) -> AnswerShown:
    """Return an outcome as people read it; the authorization “NLR” says no more than the outcome does."""
    return AnswerShown(
        outcome_label(outcome.value),
        TONES.get(outcome.value, "unknown"),
        authorization if authorization and authorization != "NLR" else "",
        str(POLICIES.get(policy, policy)) if policy else "",
    )


def say_finding(finding: ear.Finding, names: Mapping[str, str]) -> SaidShown:
    """Return a finding as title, sentence and paragraph."""
    language = lang()
    who = names.get(finding.party or "", "")
    title = ear.title(finding, language)
    return SaidShown(
        f"{title} · {who}" if who else title,
        ear.say(finding, language),
        finding.cite,
        finding.answer.value,
        finding.checked,
    )


_CARRY = frozenset(
    {ear.Effect.PROHIBITS, ear.Effect.REQUIRES_LICENSE, ear.Effect.EXCEPTS, ear.Effect.AUTHORIZES, ear.Effect.HOLDS}
)


def what_carries(found: ear.Determination, names: Mapping[str, str]) -> list[SaidShown]:
    """Return what the answer rests on: what applies, and what is open and could make it stricter."""
    carrying = [
        one for one in found.findings if is_open(one) or (one.effect in _CARRY and one.answer is ear.Answer.APPLIES)
    ]
    return [say_finding(one, names) for one in carrying[:MOST_CAUSES]]


def _answer_of_day(
    facts: ear.Facts, line: Timeline, day: dt.date, reading: ear.Reading, names: Mapping[str, str]
) -> DayShown:
    stretch = line.at(day, reading)
    found = ask_on(facts, day, reading, ear.the_book())
    return DayShown(
        reading=str(READINGS[reading.value]),
        answer=_answer(stretch),
        first=stretch.first,
        last=stretch.last,
        beyond=stretch.beyond,
        because=what_carries(found, names),
    )


def _answer(stretch: Stretch) -> AnswerShown:
    return shown_answer(stretch.outcome, stretch.authorization, stretch.policy)


def _at(line: Timeline, day: dt.date) -> float:
    return round((day - line.first).days / ((line.last - line.first).days + 1) * WIDTH, 2)


def _bar(line: Timeline, one: Stretch) -> Bar:
    x = _at(line, one.first)
    width = round(_at(line, one.last + dt.timedelta(days=1)) - x, 2)
    return Bar(x, width, HEIGHTS[one.outcome], _answer(one), one.first, one.last, one.beyond)


def _changes(line: Timeline, names: Mapping[str, str]) -> list[ChangeShown]:
    """Return the days of change; where both readings change alike it is one row."""
    rows: dict[tuple[Any, ...], list[Change]] = {}
    for change in line.changes:
        causes = tuple((one.rule, one.party) for one in change.causes)
        key = (change.day, _key(change.before), _key(change.after), causes)
        rows.setdefault(key, []).append(change)
    return [_change(found, names) for found in rows.values()]


def _key(one: Stretch) -> tuple[Any, ...]:
    return one.outcome, one.authorization, one.policy


def _change(found: list[Change], names: Mapping[str, str]) -> ChangeShown:
    change = found[0]
    causes = change.causes[:MOST_CAUSES]
    # The policy alone is no reason to name conditions that merely came to be looked at.
    by_the_book = [one for one in causes if one.turns] or list(causes[:1])
    return ChangeShown(
        day=change.day,
        readings=[str(READINGS[one.reading.value]) for one in found],
        before=_answer(change.before),
        after=_answer(change.after),
        causes=[_cause(one, names) for one in by_the_book],
        more=len(change.causes) - len(by_the_book),
        turns=_turns(by_the_book),
        beyond=change.after.beyond,
    )


def _cause(one: Cause, names: Mapping[str, str]) -> SaidShown:
    finding = one.after or one.before
    assert finding is not None  # noqa: S101 - a cause has at least one of them
    said = say_finding(finding, names)
    return said if one.after else SaidShown(said.title, "", said.cite, "does_not_apply", said.checked)


def _turns(causes: Iterable[Cause]) -> list[TurnShown]:
    """Return what happened to provisions, each once; a rule's own turn only where no line tells it."""
    every = [turn for cause in causes for turn in cause.turns]
    lines = [turn for turn in every if not turn.is_rule]
    return [_turn(turn) for turn in dict.fromkeys(lines or every)][:6]


def _turn(turn: Turn) -> TurnShown:
    book = ear.the_book()
    title = ear.title(turn.key, lang()) if turn.is_rule else book.parameters[turn.key].title[lang()]
    what = TURNS[turn.what]
    return TurnShown(str(what), title, turn.cite, turn.by, "" if turn.is_rule else turn.key, turn.checked)
