"""Rows of a screened spreadsheet become parties: first what would become of each, then all that can, at once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from compliance.queries import choices
from compliance.queries.rows import standings_of
from compliance.services import rows as making
from compliance.services.refusals import Refusal

from .forms.rows import MakeForm
from .page import guard, page, status_of

ADD, SEE = "compliance.add_party", "screening.view_snapshot"


@guard(ADD, SEE)
@require_http_methods(["GET", "HEAD", "POST"])
def parties_of_rows(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show what becomes of the ticked rows; on confirmation enter and screen them, and show what was found."""
    given = request.POST if request.method == "POST" else request.GET
    numbers = sorted({int(raw) for raw in given.getlist("row") if raw.isascii() and raw.isdigit() and len(raw) < 10})
    plans = making.planned(batch_id, numbers, by=request.user)
    units = choices.units_of(request.user)
    home = request.user.unit.code if request.user.unit else ""
    form = MakeForm(request.POST if request.method == "POST" else None, initial={"unit": home}, units=units)
    told: dict[str, Any] = {
        "batch_id": batch_id,
        "numbers": numbers,
        "form": form,
        "rows": [(plan, None) for plan in plans],
    }
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                unit = choices.unit_named(request.user, form.cleaned_data.get("unit", ""))
                made = making.make_parties(batch_id, numbers, by=request.user, unit=unit)
            except Refusal as refusal:
                form.refuse(refusal)
                status = status_of(refusal)
            else:
                standings = standings_of(made.refs, made.run)
                told |= {"made": made, "rows": [(plan, standings.get(plan.ref)) for plan in made.rows]}
                return page(request, "compliance/parties_of_rows.html", **told)
    told["new"] = sum(plan.new for plan in plans)
    told["kept"] = sum(bool(plan.ref) and not plan.done for plan in plans)
    return page(request, "compliance/parties_of_rows.html", status=status, **told)
