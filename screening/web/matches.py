"""The match desk: what is undecided, one match side by side, and the answer to it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from .. import queries, services
from ..lists import SEARCHED
from ..reasons import Refusal
from .forms import JudgeForm
from .guard import guard

PAGE = 50


@guard("screening.view_snapshot")
@require_GET
def matches(request: HttpRequest) -> HttpResponse:
    """The queue of matches, undecided ones unless the answered ones are asked for."""
    decided = request.GET.get("show") == "decided"
    known = {info.code for info in SEARCHED}
    wanted = request.GET.get("list", "")
    rows = queries.match_rows(request.user, decided=decided, list_code=wanted if wanted in known else "")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    found = queries.views(page.object_list)
    told = {
        "page": page,
        "matches": found,
        "labels": queries.subject_labels({match.subject_ref for match in found}),
        "decided": decided,
        "wanted": wanted,
        "lists": SEARCHED,
        "coverage": queries.coverage(),
    }
    return render(request, "screening/matches.html", told)


@guard("screening.view_snapshot")
@require_GET
def match(request: HttpRequest, match_id: int) -> HttpResponse:
    """One match: our party and the entry side by side, the reasons, earlier answers, and the form."""
    return _page(request, match_id, JudgeForm())


@guard("screening.judge_match")
@require_POST
def judge(request: HttpRequest, match_id: int) -> HttpResponse:
    """Take a person's answer; then on to the next undecided match, or back to this one."""
    shown = queries.match_for(request.user, match_id)
    if shown is None:
        raise Http404
    form = JudgeForm(request.POST)
    if form.is_valid():
        try:
            services.judge(match_id, by=request.user.get_username(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.info(request, _("The answer is recorded."))
            onward = request.POST.get("next") and shown.next_id
            target = reverse("screening:match", args=[shown.next_id if onward else match_id])
            return HttpResponse(status=303, headers={"Location": target})
    return _page(request, match_id, form, status=400)


def _page(request: HttpRequest, match_id: int, form: JudgeForm, *, status: int = 200) -> HttpResponse:
    shown = queries.match_for(request.user, match_id)
    if shown is None:
        raise Http404
    codes = {f"{code}": words for table in queries.CODES.values() for code, words in table.items()}
    told = {
        "shown": shown,
        "form": form,
        "codes": codes,
        "may_judge": request.user.has_perm("screening.judge_match"),
    }
    return render(request, "screening/match.html", told, status=status)
