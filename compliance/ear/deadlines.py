"""Deadlines as day arithmetic: from a start day to a due day, with citation and every step said aloud.

Whoever needs a day asks :func:`due`. A rule nobody has confirmed is refused (:class:`CountingRuleUnverified`), never
guessed; so is a rule that names no day. Where a doubt remains the earlier day is taken. :class:`NacClock` is the clock
of License Exception NAC, which a day alone never opens: shipment waits for the confirmation number.

    due("LE-NAC-REG-25", date(2024, 5, 1)).due == date(2024, 5, 26)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from compliance.ear import working_days as days
from compliance.ear.deadline_catalog import (
    DEADLINES,
    GROUNDS,
    BadPause,
    CannotCount,
    CountingRuleUnverified,
    Deadline,
    NoDayToCount,
    UnknownDeadline,
    Window,
    deadline,
    sentence,
)

__all__ = [
    "DEADLINES",
    "BadPause",
    "CannotCount",
    "CountStep",
    "CountingRuleUnverified",
    "Deadline",
    "Due",
    "NacClock",
    "NacState",
    "NoDayToCount",
    "Pause",
    "UnknownDeadline",
    "deadline",
    "due",
    "due_at",
    "yearly",
]

ONE_DAY = dt.timedelta(days=1)
SHORT_PERIOD = 7  # days; 15 CFR 766.5(e) leaves weekends and holidays out of periods this short


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which a clock stands still, both inclusive; ``last`` is ``None`` while it lasts."""

    first: dt.date
    last: dt.date | None
    ground: str


@dataclass(frozen=True, slots=True)
class CountStep:
    """One step of the count; ``say`` gives the sentence."""

    key: str
    values: Mapping[str, Any]

    def say(self, lang: str) -> str:
        """Return the step in ``en`` or ``zh``."""
        return sentence(self.key, self.values, lang)


@dataclass(frozen=True, slots=True)
class Due:
    """The day something is due, that day included, and how it was found."""

    code: str
    start: dt.date
    due: dt.date
    cite: str
    day_type: str
    checked: bool
    status: str
    steps: tuple[CountStep, ...]
    extends_to: dt.date | None = None

    def passed(self, on: dt.date) -> bool:
        """Whether the day is over on ``on``; on the day itself it is not."""
        return on > self.due

    def days_left(self, on: dt.date) -> int:
        """Return the days from ``on`` to the due day; negative when overdue."""
        return (self.due - on).days

    def explain(self, lang: str) -> tuple[str, ...]:
        """Return the steps as sentences in ``en`` or ``zh``."""
        return tuple(step.say(lang) for step in self.steps)


@dataclass(slots=True)
class _Count:
    row: Deadline
    start: dt.date
    steps: list[CountStep] = field(default_factory=list)
    extends_to: dt.date | None = None

    def step(self, key: str, **values: Any) -> None:
        self.steps.append(CountStep(key, MappingProxyType(values)))


def due(code: str, start: dt.date, *, pauses: Sequence[Pause] = ()) -> Due:
    """Return the day ``code`` is due when its event happened (or, for a period before it, is planned) on ``start``.

    For a yearly or periodic report ``start`` is any day of the period; for a fixed date it is ignored. Raises
    :class:`UnknownDeadline`, :class:`CountingRuleUnverified`, :class:`NoDayToCount`, :class:`BadPause` or
    :class:`CannotCount` (a start outside every period, or a count that leaves the calendar).
    """
    if isinstance(start, dt.datetime):
        raise TypeError("a deadline is counted from a date, not from a time of day")
    row = deadline(code)
    if not row.countable:
        raise CountingRuleUnverified("unverified", code, cite=row.cite)
    if row.rule == "none":
        raise NoDayToCount("no_day", code, because=row.because)
    if row.rule == "hours":
        raise NoDayToCount("hours", code)
    _check_pauses(row, pauses)
    count = _Count(row, start)
    try:
        day = _RULES[row.rule](count)
        day = _stretch(count, day, pauses)
        day = _rolled(count, day)
    except (OverflowError, ValueError) as error:
        if isinstance(error, CannotCount):
            raise
        raise CannotCount("range", code, start=start) from error
    if not row.checked:
        count.step("unchecked")
    if row.status == "codified_not_enforced":
        count.step("not_enforced")
    if row.status == "proposed_not_in_force":
        count.step("proposed")
    return Due(code, start, day, row.cite, row.day_type, row.checked, row.status, tuple(count.steps), count.extends_to)


def due_at(code: str, event: dt.datetime) -> dt.datetime:
    """Return the moment a rule counted in hours is due; ``event`` must carry its time zone. Raises as :func:`due`."""
    row = deadline(code)
    if not row.countable:
        raise CountingRuleUnverified("unverified", code, cite=row.cite)
    if row.rule != "hours":
        raise ValueError(f"{code} is counted in days: use due()")
    if event.tzinfo is None:
        raise ValueError("the time of the event needs a time zone")
    # Through UTC: hours are elapsed time, also on the day the clocks change.
    return (event.astimezone(dt.UTC) - dt.timedelta(hours=row.length)).astimezone(event.tzinfo)


def yearly(code: str, year: int) -> tuple[dt.date, ...]:
    """Return the days in ``year`` on which a yearly or periodic report falls due; raises :class:`NoDayToCount`."""
    row = deadline(code)
    if not row.windows:
        raise NoDayToCount("no_day", code, because=row.name)
    if row.rule == "yearly":
        return tuple(sorted({dt.date(year, *window.due) for window in row.windows if window.due}))
    ends = {dt.date(y, *window.ends) for window in row.windows if window.ends for y in (year - 1, year)}
    found = {_after_period(row, end) for end in ends}
    return tuple(sorted(day for day in found if day is not None and day.year == year))


def _after_period(row: Deadline, end: dt.date) -> dt.date | None:
    if row.first and end <= row.first["to"]:
        return row.first["due"] if end == row.first["to"] else None
    return end + dt.timedelta(days=row.length)


# --- the rules -------------------------------------------------------------------------------------------------------
def _days(count: _Count) -> dt.date:
    row, back = count.row, count.row.direction == "before"
    side = "before" if back else "after"
    _starts(count)
    short = row.roll == "part_766" and row.length <= SHORT_PERIOD
    if row.day_type == "business" or short:
        day = days.working_days(count.start, row.length, -1 if back else 1)
        count.step(f"business_{side}", length=row.length, due=day)
    else:
        day = count.start + dt.timedelta(days=-row.length if back else row.length)
        count.step(f"days_{side}", length=row.length, due=day)
    return day


def _months(count: _Count) -> dt.date:
    unit = 12 if count.row.rule == "years" else 1
    back = count.row.direction == "before"
    _starts(count)
    day, cut = days.add_months(count.start, (-1 if back else 1) * unit * count.row.length)
    leap = cut and unit == 12
    if leap and count.row.leap_day == "march_1":
        day += ONE_DAY
    count.step(f"{count.row.rule}_{'before' if back else 'after'}", length=count.row.length, due=day)
    if leap:
        count.step("leap_1" if count.row.leap_day == "march_1" else "leap_28")
    return day


def _month_end(count: _Count) -> dt.date:
    _starts(count)
    day = days.month_end(count.start, count.row.length)
    count.step("month_end", due=day)
    return day


def _quarter_month_end(count: _Count) -> dt.date:
    end = days.quarter_end(count.start)
    day = days.month_end(end, count.row.length)
    count.step("quarter_month_end", end=end, length=count.row.length, due=day)
    return day


def _same_day(count: _Count) -> dt.date:
    count.step("same_day", due=count.start, event=count.row.starts)
    return count.start


def _fixed(count: _Count) -> dt.date:
    day = count.row.fixed or count.start
    count.step("fixed", due=day)
    return day


def _yearly(count: _Count) -> dt.date:
    for window in count.row.windows:
        if window.due is None:
            continue
        anchor = count.start
        if window.begins and window.ends:
            period = _period(window, count.start)
            if period is None:
                continue
            count.step("window", start=count.start, begin=period[0], end=period[1])
            anchor = period[1]
        day = dt.date(anchor.year, *window.due)
        day = day if day >= anchor else dt.date(anchor.year + 1, *window.due)
        count.step("yearly", due=day)
        return day
    raise CannotCount("start", count.row.code, start=count.start)


def _periodic(count: _Count) -> dt.date:
    row = count.row
    if row.first and row.first["from"] <= count.start <= row.first["to"]:
        count.step("window", start=count.start, begin=row.first["from"], end=row.first["to"])
        count.step("first", due=row.first["due"])
        return row.first["due"]
    for window in row.windows:
        period = _period(window, count.start)
        if period is not None and (not row.first or count.start >= row.first["from"]):
            count.step("window", start=count.start, begin=period[0], end=period[1])
            day = period[1] + dt.timedelta(days=row.length)
            count.step("days_after", length=row.length, due=day)
            return day
    raise CannotCount("start", row.code, start=count.start)


def _period(window: Window, day: dt.date) -> tuple[dt.date, dt.date] | None:
    """Return the run of ``window`` that holds ``day``; one that ends before it begins runs over the new year."""
    if window.begins is None or window.ends is None:
        return None
    over = window.ends < window.begins
    for year in (day.year, day.year - 1) if over else (day.year,):
        begin, end = dt.date(year, *window.begins), dt.date(year + over, *window.ends)
        if begin <= day <= end:
            return begin, end
    return None


_RULES = {
    "days": _days,
    "months": _months,
    "years": _months,
    "month_end": _month_end,
    "quarter_month_end": _quarter_month_end,
    "same_day": _same_day,
    "fixed": _fixed,
    "yearly": _yearly,
    "period": _periodic,
}


def _starts(count: _Count) -> None:
    key = "start_before" if count.row.direction == "before" else "start"
    count.step(key, start=count.start, event=count.row.starts)


def _rolled(count: _Count, day: dt.date) -> dt.date:
    row = count.row
    if row.roll == "part_766" and not days.working(day):
        # Counting back, the safe side is the earlier day.
        step = -1 if row.direction == "before" else 1
        moved = days.onto_working(day, step)
        count.step("rolled_on" if step == 1 else "rolled_back", before=day, due=moved)
        return moved
    if row.roll == "legal_holiday":
        if day in days.federal_holidays(day.year):
            count.extends_to = days.onto_working(day, 1)
            count.step("extends", due=day, until=count.extends_to)
        count.step("state_holiday")
    return day


# --- pauses ----------------------------------------------------------------------------------------------------------
def _check_pauses(row: Deadline, pauses: Iterable[Pause], *, may_be_open: bool = False) -> None:
    for pause in pauses:
        if pause.ground not in row.pauses:
            raise BadPause("pause", row.code, ground=GROUNDS.get(pause.ground, pause.ground))
        if pause.last is None:
            if not may_be_open:
                raise BadPause("pause_open", row.code)
            continue
        if pause.last < pause.first:
            raise BadPause("pause_order", row.code, first=pause.first, last=pause.last)
        if pause.ground == "system_failure" and pause.last == pause.first:
            raise BadPause("pause_short", row.code)


def _merged(pauses: Iterable[Pause]) -> list[tuple[dt.date, dt.date, tuple[str, ...]]]:
    """Return the pauses as runs that neither overlap nor touch, with their grounds."""
    runs: list[tuple[dt.date, dt.date, tuple[str, ...]]] = []
    for pause in sorted(pauses, key=lambda one: one.first):
        last = pause.last or dt.date.max
        if runs and (runs[-1][1] == dt.date.max or pause.first <= runs[-1][1] + ONE_DAY):
            first, until, grounds = runs[-1]
            runs[-1] = (first, max(until, last), tuple(dict.fromkeys([*grounds, pause.ground])))
        else:
            runs.append((pause.first, last, (pause.ground,)))
    return runs


def _stretch(count: _Count, day: dt.date, pauses: Iterable[Pause]) -> dt.date:
    """Move ``day`` by the paused days that fall into the count (the start day is not counted, so not paused)."""
    for first, last, grounds in _merged(pauses):
        begin = max(first, count.start + ONE_DAY)
        if begin > day or last < begin:
            continue
        stood = (last - begin).days + 1
        day += dt.timedelta(days=stood)
        count.step("pause", begin=begin, end=last, days=stood, grounds=[GROUNDS[one] for one in grounds], due=day)
    return day


# --- License Exception NAC -------------------------------------------------------------------------------------------
class NacState(StrEnum):
    """Where a NAC notification stands on a day."""

    NOT_REGISTERED = "not_registered"
    RUNNING = "running"
    PAUSED = "paused"
    NO_ANSWER = "no_answer"  # the days are over without a number: still no authority to ship
    CONFIRMED = "confirmed"
    LICENSE_NEEDED = "license_needed"


@dataclass(frozen=True, slots=True)
class NacClock:
    """The clock of one NAC notification, 15 CFR 740.8(c).

    ``registered`` is the day SNAP-R registered it (``None`` before that; submission does not count). ``confirmation``
    is the number BIS gave. Only a lapse in appropriations, a catastrophic event or a multi-day system failure stops
    the clock; other grounds raise :class:`BadPause`. ``license_needed`` is BIS's other answer.
    """

    registered: dt.date | None
    pauses: tuple[Pause, ...] = ()
    confirmation: str = ""
    license_needed: bool = False

    def __post_init__(self) -> None:
        _check_pauses(deadline(NAC_ANSWER), self.pauses, may_be_open=True)

    def due(self) -> Due | None:
        """Return the 25th day, or ``None`` before registration; raises :class:`BadPause` while a pause is open."""
        return None if self.registered is None else due(NAC_ANSWER, self.registered, pauses=self.pauses)

    def state(self, on: dt.date) -> NacState:
        """Return where the notification stands on ``on``."""
        if self.registered is None or on < self.registered:
            return NacState.NOT_REGISTERED
        if self.license_needed:
            return NacState.LICENSE_NEEDED
        if self.confirmation.strip():
            return NacState.CONFIRMED
        known = [Pause(p.first, on if p.last is None else p.last, p.ground) for p in self.pauses if p.first <= on]
        if any(first <= on <= last for first, last, _ in _merged(known)) and not self._ended_before(on, known):
            return NacState.PAUSED
        return NacState.NO_ANSWER if self._ended_before(on, known) else NacState.RUNNING

    def _ended_before(self, on: dt.date, pauses: Iterable[Pause]) -> bool:
        if self.registered is None:
            return False
        count = _Count(deadline(NAC_ANSWER), self.registered)
        return _stretch(count, _days(count), pauses) < on

    def may_ship(self, on: dt.date) -> bool:
        """Whether the notification lets a shipment go on ``on``: only with the number, and never before the 25th day.

        740.8(c)(1) wants the notice at least 25 calendar days before the export, so an early number does not help.
        """
        if self.registered is None or self.state(on) is not NacState.CONFIRMED:
            return False
        return on >= self.registered + dt.timedelta(days=deadline(NAC_NOTICE).length)


NAC_NOTICE = "LE-NAC-25"
NAC_ANSWER = "LE-NAC-REG-25"
