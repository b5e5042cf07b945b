"""The rulebook: what is encoded, since when, by which notice, checked or not."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.queries import rulebook as book

from .page import guard, page


def _day(request: HttpRequest) -> dt.date:
    """Return the day the reader asks about; today where it is no date."""
    try:
        return dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return timezone.localdate()


@guard()
@require_safe
def rulebook(request: HttpRequest) -> HttpResponse:
    """Every provision by part, as of a day."""
    day = _day(request)
    parts = book.parts(day)
    return page(
        request,
        "compliance/law.html",
        parts=parts,
        day=day,
        horizon=book.horizon(),
        digest=book.digest(),
        beyond=day > book.horizon(),
        provisions=sum(len(part.provisions) + len(part.rules) for part in parts),
        unchecked=sum(each.unchecked for part in parts for each in part.provisions),
    )


@guard()
@require_safe
def provision(request: HttpRequest, key: str) -> HttpResponse:
    """One provision with all its lines."""
    day = _day(request)
    try:
        shown, lines = book.provision(key, day)
    except KeyError as error:
        raise Http404 from error
    return page(request, "compliance/provision.html", provision=shown, lines=lines, day=day)
