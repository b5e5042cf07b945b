"""The rulebook: what is encoded, since when, by which notice, checked or not."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.queries import coverage as encoded
from compliance.queries import impact as reliance
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
    """One provision with all its lines, the scenarios that test it and the cases that relied on it."""
    day = _day(request)
    try:
        shown, lines = book.provision(key, day)
    except KeyError as error:
        raise Http404 from error
    tested, scenarios = book.tests_of(key)
    return page(
        request,
        "compliance/provision.html",
        provision=shown,
        lines=lines,
        day=day,
        rules=book.rules_of(key),
        tested=tested,
        scenarios=scenarios,
        beyond=day > book.horizon(),
        horizon=book.horizon(),
        **_cases(request, key),
    )


@guard()
@require_safe
def rule(request: HttpRequest, name: str) -> HttpResponse:
    """One rule: its paragraph and life span, what it says, what it cites, what tests it, who relied on it."""
    day = _day(request)
    try:
        shown = book.rule(name, day)
    except KeyError as error:
        raise Http404 from error
    return page(
        request,
        "compliance/rule.html",
        rule=shown,
        day=day,
        tested=shown.tested,
        scenarios=shown.scenarios,
        beyond=day > book.horizon(),
        horizon=book.horizon(),
        **_cases(request, name),
    )


def _cases(request: HttpRequest, key: str) -> dict[str, object]:
    cases, count = reliance.relied_on(request.user, key)
    return {"cases": cases, "cases_count": count, "most_counted": reliance.MOST_COUNTED}


@guard()
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """How far the law is encoded: chapters, open points, the catalogues of red flags and deadlines."""
    today = timezone.localdate()
    return page(
        request,
        "compliance/coverage.html",
        chapters=encoded.coverage(),
        points=encoded.open_points(),
        flags=encoded.flag_rows(today),
        deadlines=encoded.deadline_rows(),
        scenarios=encoded.scenarios_written(),
        horizon=book.horizon(),
        beyond=today > book.horizon(),
        digest=book.digest(),
    )
