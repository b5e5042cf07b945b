"""Asking the law about a case without changing it: on another day, with another fact, and what would change it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from compliance import countries, ear
from compliance.ear.law import FIRST_DAY
from compliance.queries.case_changes import changes_of_line, facts_to_try, try_facts
from compliance.queries.case_days import READINGS, LineOfCase, Read, days_of_line, read_case
from compliance.queries.case_law import governing
from compliance.queries.fact_words import label, lang

from .page import guard, page

VIEW = "compliance.view_case"
MOST_CHANGES = 12


def _line(request: HttpRequest, read: Read) -> LineOfCase | None:
    """Return the line asked for; the first where none or no such line is named."""
    given = request.GET.get("line", "")
    return next((one for one in read.lines if str(one.number) == given), read.lines[0] if read.lines else None)


def _day(request: HttpRequest, otherwise: dt.date) -> dt.date:
    """Return the day asked for: the date field, or the slider's number of days; ``otherwise`` where it is neither."""
    given, ahead = request.GET.get("day", ""), request.GET.get("n", "")
    if ahead.isascii() and ahead.isdigit() and len(ahead) < 6:
        return FIRST_DAY + dt.timedelta(days=int(ahead))
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        return otherwise


def _context(read: Read, line: LineOfCase | None) -> dict[str, Any]:
    return {"case": read.case, "lines": read.lines, "line": line, "stored": read.stored}


def _planned(read: Read) -> dt.date:
    return read.case.planned_on or (read.stored.on if read.stored else timezone.localdate())


@guard(VIEW)
@require_safe
def case_days(request: HttpRequest, ref: str) -> HttpResponse:
    """The time machine: the answer of one day, and of every day from the first encoded law on."""
    read = read_case(request.user, ref)
    line = _line(request, read)
    shown = days_of_line(line.facts, _day(request, _planned(read)), read.names) if line else None
    return page(request, "compliance/case_days.html", "compliance/_day_answer.html", days=shown, **_context(read, line))


@guard(VIEW)
@require_safe
def case_changes(request: HttpRequest, ref: str) -> HttpResponse:
    """What would change the answer; fetched into the case page on demand, a page of its own without JavaScript."""
    read = read_case(request.user, ref)
    line = _line(request, read)
    reading = request.GET.get("reading", "")
    if reading not in READINGS:
        reading = governing(read.stored) if read.stored else "enforced"
    day = read.stored.on if read.stored else _planned(read)
    shown = changes_of_line(line.facts, day, reading, read.names) if line else None
    return page(
        request,
        "compliance/case_changes.html",
        "compliance/_changes.html",
        changes=shown,
        reading=reading,
        readings=READINGS.items(),
        **_context(read, line),
    )


@guard(VIEW)
@require_safe
def case_try(request: HttpRequest, ref: str) -> HttpResponse:
    """Try it: the answer to changed facts, which stand in the address: nothing is saved, all can be shared."""
    read = read_case(request.user, ref)
    line = _line(request, read)
    then = min(max(_day(request, _planned(read)), FIRST_DAY), dt.date(2100, 1, 1))
    changes, error = _changes(request)
    tried = None
    if line is not None:
        day = read.stored.on if read.stored else then
        try:
            tried = try_facts(line.facts, day, changes, then=then, names=read.names)
        except ear.BadFacts as bad:
            error = f"{label(bad.path)} – {ear.say(f'bad.{bad.key}', lang(), bad.values)}"
        except KeyError:
            error = _("There is no such fact or party in this case. Choose one from the list.")
        if tried is None:
            changes = changes[:-1]
            tried = try_facts(line.facts, day, [], then=then, names=read.names)
    return page(
        request,
        "compliance/case_try.html",
        status=400 if error else 200,
        tried=tried,
        then=then,
        error=error,
        kept=["|".join(one) for one in changes],
        facts=facts_to_try(line.facts, read.names) if line else [],
        countries=countries.choices(lang()),
        **_context(read, line),
    )


def _changes(request: HttpRequest) -> tuple[list[tuple[str, str, str]], str]:
    """Return the changes in the address, the last of a fact only, and what is wrong with them."""
    found: dict[tuple[str, str], str] = {}
    raw = [one.split("|", 2) for one in request.GET.getlist("set")]
    fact = request.GET.get("fact", "")
    if fact:
        raw.append([*fact.split("|", 1), request.GET.get("value", "").strip()])
    dropped = request.GET.get("drop", "")
    for parts in raw:
        if len(parts) != 3 or "\x00" in "".join(parts):
            return [], _("There is no such fact or party in this case. Choose one from the list.")
        key, party, value = parts
        if "|".join(parts) != dropped:
            found.pop((key, party), None)
            found[key, party] = value[:2000]
    if len(found) > MOST_CHANGES:
        return [], _("At most %(n)d facts can be changed at once.") % {"n": MOST_CHANGES}
    return [(key, party, value) for (key, party), value in found.items()], ""
