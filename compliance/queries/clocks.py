"""Reading clocks: what is due, and the picture of the days ahead."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Min, QuerySet

from compliance.lifecycle import ENDED, State
from compliance.models import Case, Clock, User

from .scope import case_for, visible_cases

AHEAD = 30
"""How many days the list and its picture look ahead."""

GOING = (Clock.Standing.RUNNING.value, Clock.Standing.PAUSED.value)


def clocks(
    user: User, *, today: dt.date, mine: bool = False, kind: str = "", all_days: bool = False, within: int | None = None
) -> QuerySet[Clock]:
    """Return the clocks still going in the cases a person may see, overdue first.

    They reach ``within`` days from today (:data:`AHEAD` where that is not said), or to ``all_days``.
    """
    rows = Clock.objects.filter(case__in=visible_cases(user), standing__in=GOING)
    if mine:
        rows = rows.filter(owner=user)
    if kind:
        rows = rows.filter(kind=kind)
    if not all_days:
        rows = rows.filter(due_on__lte=today + dt.timedelta(days=AHEAD if within is None else within))
    return (
        rows.select_related("case", "owner", "authorization")
        .prefetch_related("authorization__pauses")
        .order_by("due_on", "pk")
    )


def next_due_on(case: Case) -> dt.date | None:
    """Return the day the lists of cases sort by: the first clock still going or, before shipment, the planned day."""
    first = case.clocks.filter(standing__in=GOING).aggregate(day=Min("due_on"))["day"]
    planned = None if case.state in (*ENDED, State.SHIPPED) else case.planned_on
    return min(filter(None, (first, planned)), default=None)


def clocks_of(user: User, ref: str) -> QuerySet[Clock]:
    """Return every clock of one case, those that ended included. Raises ``Case.DoesNotExist`` out of scope."""
    return case_for(user, ref).clocks.select_related("case", "owner").order_by("due_on", "pk")


@dataclass(slots=True)
class Day:
    """One day of the picture and what is due on it."""

    day: dt.date
    due: list[Clock] = field(default_factory=list)


def days_ahead(rows: list[Clock], today: dt.date) -> tuple[list[Clock], list[Day]]:
    """Return what is overdue, and each of the next :data:`AHEAD` days with what is due on it."""
    days = [Day(today + dt.timedelta(days=number)) for number in range(AHEAD + 1)]
    overdue = [row for row in rows if row.due_on < today]
    for row in rows:
        place = (row.due_on - today).days
        if 0 <= place <= AHEAD:
            days[place].due.append(row)
    return overdue, days


def left(due_on: dt.date, today: dt.date) -> int:
    """Return the days left until a day, negative when it has passed."""
    return (due_on - today).days
