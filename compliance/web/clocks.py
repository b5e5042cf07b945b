"""Clocks: what is due in the next thirty days, overdue first, as a picture and as a table."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from compliance.queries import choices
from compliance.queries import clocks as reading

from .lists import picked
from .page import guard, page

MOST = 500
"""How many clocks one page draws; more are counted and named as left out."""
COLUMN, STEP, FLOOR = 38, 11, 118


@guard("compliance.view_case")
@require_safe
def clock_list(request: HttpRequest) -> HttpResponse:
    """The clocks that are going, and the picture of the days ahead."""
    today = timezone.localdate()
    kind = picked(request, "kind", choices.CLOCK_KINDS)
    mine, all_days = request.GET.get("mine") == "1", request.GET.get("all") == "1"
    rows = list(reading.clocks(request.user, today=today, mine=mine, kind=kind, all_days=all_days)[: MOST + 1])
    cut, rows = len(rows) > MOST, rows[:MOST]
    overdue, days = reading.days_ahead(rows, today)
    return page(
        request,
        "compliance/clocks.html",
        part="compliance/_clock_rows.html",
        rows=[(row, drawn(row, today)) for row in rows],
        overdue=overdue,
        picture=picture(overdue, days),
        today=today,
        cut=cut,
        mine=mine,
        all_days=all_days,
        kind=kind,
        kinds=choices.CLOCK_KINDS,
        ahead=reading.AHEAD,
    )


def drawn(row: Any, today: dt.date) -> dict[str, Any]:
    """Return a clock as the clock component draws it."""
    pauses = []
    if row.kind == "nac" and row.authorization:
        pauses = [(pause.first_day, pause.last_day) for pause in row.authorization.pauses.all()]
    return {
        "name": row.title or str(row.get_kind_display()),
        "start": row.started_on,
        "due": row.due_on,
        "state": tone(row, today),
        "left": left_words(row, today),
        "pauses": pauses,
    }


def tone(row: Any, today: dt.date) -> str:
    """Return the tone of a clock: paused, overdue, due within a week, or running."""
    if row.standing == "paused":
        return "unknown"
    days = reading.left(row.due_on, today)
    return "overdue" if days < 0 else "due" if days <= 7 else "accent"


def left_words(row: Any, today: dt.date) -> str:
    """Return the days left, as words."""
    if row.standing == "paused":
        return _("paused")
    days = reading.left(row.due_on, today)
    if days < 0:
        return ngettext("%(count)d day overdue", "%(count)d days overdue", -days) % {"count": -days}
    if days == 0:
        return _("due today")
    return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}


def picture(overdue: list[Any], days: list[reading.Day]) -> dict[str, Any]:
    """Place one mark per clock above its day; a pile too high for the drawing ends in its number."""
    highest = (FLOOR - 22) // STEP
    columns = [(None, overdue), *((day.day, day.due) for day in days)]
    drawn = []
    for place, (day, due) in enumerate(columns):
        x = place * COLUMN + COLUMN // 2
        shown = due[:highest] if len(due) <= highest else due[: highest - 1]
        drawn.append(
            {
                "day": day,
                "x": x,
                "left": place * COLUMN,
                "weekend": day is not None and day.weekday() >= 5,
                "month": day is not None and (place == 1 or day.day == 1),
                "marks": [
                    (FLOOR - STEP // 2 - index * STEP, "overdue" if day is None else _near(place))
                    for index in range(len(shown))
                ],
                "more": len(due) - len(shown),
                "top": FLOOR - len(shown) * STEP - 4,
                "count": len(due),
            }
        )
    return {"columns": drawn, "width": len(columns) * COLUMN, "floor": FLOOR, "column": COLUMN}


def _near(place: int) -> str:
    return "due" if place <= 8 else "accent"
