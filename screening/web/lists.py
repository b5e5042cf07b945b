"""The lists: what is loaded, how it changed, what was refused and why."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from .. import queries
from .guard import guard


@guard("screening.view_snapshot")
@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    """Show the lists in use, those not searched, and the files loaded or refused."""
    told = {"coverage": queries.coverage(), "snapshots": queries.snapshots()}
    return render(request, "screening/lists.html", told)
