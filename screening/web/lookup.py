"""Look one name up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from .. import queries, services
from ..reasons import Refusal
from .forms import LookUpForm
from .guard import guard


@guard("screening.view_snapshot")
@require_GET
def look_up(request: HttpRequest) -> HttpResponse:
    """Show the form, and under it what the lists of today or of a past day say of the name. Nothing is stored."""
    asked = bool(request.GET)
    form = LookUpForm(request.GET if asked else None)
    answer = None
    if asked and form.is_valid():
        try:
            answer = services.look_up(**form.cleaned_data)
        except Refusal as refusal:
            form.add_error(refusal.field or None, str(refusal))
    told = {"form": form, "answer": answer, "coverage": answer.coverage if answer else queries.coverage()}
    return render(request, "screening/lookup.html", told, status=400 if asked and answer is None else 200)
