"""The hit desk: the queue, one match field by field, the answer to it, and several answers of one entry at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .. import queries, services, walk
from ..reasons import Refusal
from .forms import JudgeForm, QueueForm, TogetherForm
from .guard import guard

PAGE = 50
ALL_TOGETHER = 200
"""How many matches of one entry are shown on its page; so many are read in one sitting at most."""
QUICK = ("no_match", "unsure", "escalated")
"""The answers of the desk itself. A true match is answered at the end of the questions only."""


@guard("screening.view_snapshot")
@require_GET
def matches(request: HttpRequest) -> HttpResponse:
    """The queue of matches, undecided ones unless others are asked for."""
    form = QueueForm(request.GET)
    filters = form.filters()
    found = queries.queue(request.user, filters)
    page = Paginator(found.ids, PAGE).get_page(request.GET.get("page"))
    told = {
        "page": page,
        "rows": queries.queue_rows(found, list(page.object_list)),
        "form": form,
        "filters": filters,
        "onward": _onward(request, form),
        "coverage": queries.coverage(),
    }
    return render(request, "screening/matches.html", told)


@guard("screening.view_snapshot")
@require_GET
def match(request: HttpRequest, match_id: int) -> HttpResponse:
    """One match: the queue, our party and the entry side by side, the reasons, earlier answers, and the form."""
    return _page(request, match_id)


@guard("screening.view_snapshot")
@require_GET
def walked(request: HttpRequest, match_id: int) -> HttpResponse:
    """The questions of the guidance one by one, answered in the address, and the answer they come to."""
    return _page(request, match_id, template="screening/walk.html")


@guard("screening.judge_match")
@require_POST
def judge(request: HttpRequest, match_id: int) -> HttpResponse:
    """Take a person's answer; then on to the next match of the queue, or back to where she came from."""
    shown = queries.match_for(request.user, match_id)
    if shown is None:
        raise Http404
    form = JudgeForm(request.POST, colleagues=queries.colleagues_for(shown.match.subject_ref))
    # Where to go on is read before the answer takes this match out of the queue.
    asked = QueueForm(request.GET)
    onward = queries.place_of(request.user, match_id, asked.filters()).next_id if request.POST.get("next") else None
    if form.is_valid():
        try:
            services.judge(
                match_id,
                by=request.user.get_username(),
                answers=_answers(request.POST),
                seen=_seen(request.POST),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.info(request, _("The answer is recorded."))
            target = reverse("screening:match", args=[onward or match_id])
            if request.POST.get("next") and not onward and _back(request):
                target = _back(request)
            elif query := _onward(request, asked):
                target += f"?{query}"
            return HttpResponse(status=303, headers={"Location": target})
    ended = "ended" in request.POST
    return _page(request, match_id, form, status=400, template="screening/walk.html" if ended else "")


@guard("screening.judge_match")
@require_http_methods(["GET", "POST"])
def together(request: HttpRequest, match_id: int) -> HttpResponse:
    """Every undecided match of one entry, to be ticked and answered together: these are other parties."""
    shown = queries.match_for(request.user, match_id)
    if shown is None:
        raise Http404
    found = queries.siblings(request.user, shown.match.entity_key, limit=ALL_TOGETHER)
    ticked = {int(raw) for raw in request.POST.getlist("matches") if raw.isascii() and raw.isdigit() and len(raw) < 19}
    form = TogetherForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        # Only what this person may see can be ticked; anything else is a match that does not exist.
        known = {one.row.match.id for one in found}
        try:
            done = services.judge_together(
                sorted(ticked & known) if ticked <= known else [0], by=request.user.get_username(), **form.cleaned_data
            )
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            said = ngettext("%(n)d answer is recorded.", "%(n)d answers are recorded.", len(done)) % {"n": len(done)}
            messages.info(request, said)
            return HttpResponse(status=303, headers={"Location": reverse("screening:matches")})
    told = {
        "shown": shown,
        "found": found,
        "form": form,
        "ticked": ticked,
        "tickable": any(not one.alone for one in found),
        "most": services.MOST_TOGETHER,
        "more": len(found) == ALL_TOGETHER,
    }
    return render(request, "screening/together.html", told, status=400 if request.method == "POST" else 200)


def _page(
    request: HttpRequest, match_id: int, form: JudgeForm | None = None, *, status: int = 200, template: str = ""
) -> HttpResponse:
    shown = queries.match_for(request.user, match_id)
    if shown is None:
        raise Http404
    may_judge = request.user.has_perm("screening.judge_match")
    colleagues = queries.colleagues_for(shown.match.subject_ref) if may_judge else []
    others = [one for one in colleagues if one[0] != request.user.get_username()]
    asked = QueueForm(request.GET)
    given = walk.known_answers(request.POST if request.method == "POST" else request.GET)
    searched = queries.asked_by_match(match_id)
    told: dict[str, Any] = {
        "shown": shown,
        "searched": queries.searched_by(searched),
        "not_searched": queries.not_searched_by(searched),
        "place": queries.place_of(request.user, match_id, asked.filters()),
        "queue_form": asked,
        "onward": _onward(request, asked),
        "back": _back(request),
        "may_judge": may_judge,
        "colleagues": dict(colleagues),
        "cases": queries.cases_touched(request.user, shown.match.subject_ref),
    }
    if template:
        told |= _walk_told(request, given)
        told["form"] = form or JudgeForm(colleagues=others, verdicts=told["verdicts"])
    else:
        told["form"] = form or JudgeForm(colleagues=others, verdicts=QUICK)
    if form is not None:
        # The refused form offers what its page offers; what was typed stays in it.
        form.fields["verdict"].choices = JudgeForm(verdicts=told.get("verdicts", QUICK)).fields["verdict"].choices  # type: ignore[attr-defined]
    return render(request, template or "screening/match.html", told, status=status)


def _walk_told(request: HttpRequest, given: dict[str, str]) -> dict[str, Any]:
    """Return the walk as the page shows it: the answers given, the question that comes next, and what they say."""
    said = walk.advice(given)
    question = walk.next_question(given)
    answered = []
    for one in walk.QUESTIONS:
        if one.key in given:
            earlier = {key: given[key] for key in list(given) if _comes_before(key, one.key)}
            answered.append({"question": one, "words": dict(one.answers)[given[one.key]], "again": urlencode(earlier)})
    stopped = said.says == "no_match"
    going_on = request.GET.get("on") == "1" or request.method == "POST"
    ended = question is None or (stopped and not going_on)
    verdicts: tuple[str, ...] = ("no_match", "unsure", "escalated")
    if question is None and not stopped:
        verdicts = ("match", "escalated", "unsure", "no_match") if said.says == "match" else (*verdicts, "match")
    return {
        "given": given,
        "answered": answered,
        "question": question,
        "number": len(given) + 1,
        "of": len(walk.QUESTIONS),
        "advice": said,
        "ended": ended,
        "may_go_on": stopped and question is not None and ended,
        "going_on": going_on and stopped,
        "walk_query": urlencode(given),
        "verdicts": verdicts,
    }


def _comes_before(key: str, other: str) -> bool:
    order = list(walk.BY_KEY)
    return order.index(key) < order.index(other)


def _answers(given: Any) -> dict[str, str]:
    return {key: given[key] for key in walk.BY_KEY if given.get(key)}


def _seen(given: Any) -> int | None:
    """Return which answer to the pair the page showed; None where it does not say."""
    raw = given.get("seen", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None


def _back(request: HttpRequest) -> str:
    """Return where the person came from, if it is a place of ours: a case, mostly."""
    back = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None, require_https=request.is_secure())
    return back if safe and back.startswith("/") else ""


def _onward(request: HttpRequest, form: QueueForm) -> str:
    """Return the end of an address that keeps queue and way back."""
    back = _back(request)
    return "&".join(filter(None, (form.query(), urlencode({"next": back}) if back else "")))
