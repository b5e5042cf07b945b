"""Days that are no working days for the federal government, 5 U.S.C. 6103, and steps over them.

Only the holidays of the statute are known: closings by executive order and state holidays are not. Leaving them out
makes a due date earlier, never later.
"""

from __future__ import annotations

import calendar
import datetime as dt
from functools import lru_cache

ONE_DAY = dt.timedelta(days=1)
MONDAY, THURSDAY, SATURDAY = 0, 3, 5
JUNETEENTH_SINCE = 2021


@lru_cache(maxsize=64)
def federal_holidays(year: int) -> frozenset[dt.date]:
    """Return the days observed in ``year``: a holiday on Saturday is kept on Friday, one on Sunday on Monday."""
    fixed = [dt.date(year, 1, 1), dt.date(year, 7, 4), dt.date(year, 11, 11), dt.date(year, 12, 25)]
    if year >= JUNETEENTH_SINCE:
        fixed.append(dt.date(year, 6, 19))
    if year < dt.MAXYEAR:
        fixed.append(dt.date(year + 1, 1, 1))  # kept on 31 December when it falls on a Saturday
    moving = [
        _nth(year, 1, MONDAY, 3),
        _nth(year, 2, MONDAY, 3),
        _last(year, 5, MONDAY),
        _nth(year, 9, MONDAY, 1),
        _nth(year, 10, MONDAY, 2),
        _nth(year, 11, THURSDAY, 4),
    ]
    return frozenset(day for day in [*moving, *map(_observed, fixed)] if day.year == year)


def working(day: dt.date) -> bool:
    """Whether ``day`` is neither Saturday nor Sunday nor an observed federal holiday."""
    return day.weekday() < SATURDAY and day not in federal_holidays(day.year)


def onto_working(day: dt.date, step: int) -> dt.date:
    """Return ``day`` or the nearest working day after it (``step`` 1) or before it (``step`` -1)."""
    while not working(day):
        day += ONE_DAY * step
    return day


def working_days(start: dt.date, count: int, step: int) -> dt.date:
    """Return the ``count``-th working day after (``step`` 1) or before (``step`` -1) ``start``, itself not counted."""
    day = start
    while count:
        day += ONE_DAY * step
        count -= working(day)
    return day


def add_months(day: dt.date, months: int) -> tuple[dt.date, bool]:
    """Return the same day ``months`` later (or earlier) and whether it had to be cut back to the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1] if dt.MINYEAR <= year <= dt.MAXYEAR else 31
    return dt.date(year, month + 1, min(day.day, last)), day.day > last


def month_end(day: dt.date, months: int) -> dt.date:
    """Return the last day of the month ``months`` after that of ``day``."""
    first, _ = add_months(day.replace(day=1), months)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def quarter_end(day: dt.date) -> dt.date:
    """Return the last day of the calendar quarter of ``day``."""
    return month_end(day, 2 - (day.month - 1) % 3)


def _nth(year: int, month: int, weekday: int, nth: int) -> dt.date:
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _last(year: int, month: int, weekday: int) -> dt.date:
    end = dt.date(year, month, calendar.monthrange(year, month)[1])
    return end - dt.timedelta(days=(end.weekday() - weekday) % 7)


def _observed(day: dt.date) -> dt.date:
    if day.weekday() == SATURDAY:
        return day - ONE_DAY
    return day + ONE_DAY if day.weekday() == SATURDAY + 1 else day
