"""Intake: the form of a case, its lines and its parties, all on one page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.lifecycle import Action, State, actions
from compliance.queries import choices, items, parties
from compliance.services import intake
from compliance.services.refusals import OutOfTurn, Refusal

from .forms import fields
from .forms.intake import CaseForm, LineForm, PlaceForm
from .lists import said
from .page import guard, page, say, see, status_of

WORK = "compliance.work_case"
FEW = 8
"""How many a search box offers at once."""


@guard(WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def case_new(request: HttpRequest) -> HttpResponse:
    """Open a draft. The kind of activity comes first, because it changes what is asked after it."""
    units = choices.units_of(request.user)
    # The same form is sent back, with every word kept, when only the kind was changed.
    given = request.POST if request.method == "POST" else None
    kind = _kind((given or request.GET).get("activity", ""))
    if given is None or "again" in given:
        initial = {name: value for name, value in given.items() if value} if given else {}
        home = request.user.unit.code if request.user.unit else ""
        form = CaseForm(
            initial={"currency": "USD", "unit": home, "exporting_from": "US", **initial, "activity": kind},
            units=units,
            activity=kind,
        )
        return _new_page(request, form)
    form = CaseForm(given, units=units, activity=kind)
    status = 422
    if form.is_valid():
        try:
            unit = choices.unit_named(request.user, form.cleaned_data.get("unit", ""))
            case = intake.open_case(by=request.user, unit=unit, **form.given())
        except Refusal as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            if given.get("next") == "parts":
                return see(request, "compliance:case_edit", case.ref, anchor="lines")
            return see(request, "compliance:case", case.ref)
    return _new_page(request, form, status=status)


def _kind(raw: str) -> str:
    return raw if raw in dict(choices.ACTIVITIES) else ""


def _new_page(request: HttpRequest, form: CaseForm, *, status: int = 200) -> HttpResponse:
    return page(
        request,
        "compliance/case_form.html",
        part="compliance/_case_fields.html",
        status=status,
        form=form,
        case=None,
        kind=form.kind,
        countries=fields.country_list(),
    )


@guard(WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def case_edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Amend a case that is being worked on, its lines and its parties."""
    case = _workable(request, ref)
    if request.method != "POST":
        return _edit_page(request, case)
    if "again" in request.POST:
        kind = _kind(request.POST.get("activity", ""))
        words = {name: value for name, value in request.POST.items() if value}
        return _edit_page(request, case, form=CaseForm(initial={**words, "activity": kind}, activity=kind))
    form = CaseForm(request.POST, activity=_kind(request.POST.get("activity", "")))
    if form.is_valid():
        try:
            intake.amend(ref, by=request.user, **form.given())
        except Refusal as refusal:
            form.refuse(refusal)
            return _edit_page(request, case, form=form, status=status_of(refusal))
        say(request, _("The case is kept as it stands here."))
        if request.POST.get("next") == "stay":
            return see(request, "compliance:case_edit", ref)
        return see(request, "compliance:case", ref)
    return _edit_page(request, case, form=form, status=422)


@guard(WORK)
@require_POST
def line_add(request: HttpRequest, ref: str) -> HttpResponse:
    """Add so many of an item."""
    case = _workable(request, ref)
    form = LineForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            intake.add_line(ref, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            return _part_done(request, ref, "lines")
    return _edit_page(request, case, line_form=form, status=status, part="compliance/_case_lines.html", oob=True)


@guard(WORK)
@require_POST
def line_drop(request: HttpRequest, ref: str, line_id: int) -> HttpResponse:
    """Take a line out."""
    intake.drop_line(ref, by=request.user, line_id=line_id)
    return _part_done(request, ref, "lines")


@guard(WORK)
@require_POST
def place_add(request: HttpRequest, ref: str) -> HttpResponse:
    """Give a party a role."""
    case = _workable(request, ref)
    form = PlaceForm(request.POST, activity=case.activity)
    status = 422
    if form.is_valid():
        try:
            intake.add_party(ref, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            return _part_done(request, ref, "parties")
    return _edit_page(request, case, place_form=form, status=status, part="compliance/_case_parties.html", oob=True)


@guard(WORK)
@require_POST
def place_drop(request: HttpRequest, ref: str, place_id: int) -> HttpResponse:
    """Take a party's role out."""
    intake.drop_party(ref, by=request.user, place_id=place_id)
    return _part_done(request, ref, "parties")


def _workable(request: HttpRequest, ref: str) -> Any:
    """Return the case if its facts may be changed now. Raises ``OutOfTurn``, and ``DoesNotExist`` out of scope."""
    case = parties.case_with_parts(request.user, ref)
    if Action.AMEND not in actions(case.state):
        raise OutOfTurn(State(case.state), Action.AMEND)
    return case


def _part_done(request: HttpRequest, ref: str, name: str) -> HttpResponse:
    """Show the panel as it stands now: the panel alone to htmx, the page at its place to everybody else."""
    if not request.htmx:
        return see(request, "compliance:case_edit", ref, anchor=name)
    case = parties.case_with_parts(request.user, ref)
    return _edit_page(request, case, part=f"compliance/_case_{name}.html", oob=True)


def _edit_page(
    request: HttpRequest,
    case: Any,
    *,
    form: CaseForm | None = None,
    line_form: LineForm | None = None,
    place_form: PlaceForm | None = None,
    status: int = 200,
    part: str | None = "compliance/_case_fields.html",
    oob: bool = False,
) -> HttpResponse:
    shown = form or CaseForm(initial=_columns(case), activity=case.activity)
    places = list(case.parties.all())
    known = {
        row.party.pk: row
        for row in parties.rows_of(request.user, list({place.party_id: place.party for place in places}.values()))
    }
    return page(
        request,
        "compliance/case_form.html",
        part=part,
        status=status,
        case=case,
        form=shown,
        kind=shown.kind,
        line_form=line_form or LineForm(),
        place_form=place_form or PlaceForm(activity=case.activity),
        members=[(place, known[place.party_id]) for place in places],
        missing=intake.missing_parts(case),
        countries=fields.country_list(),
        item_found=_items_found(request, said(request, "item_q")),
        party_found=_parties_found(request, said(request, "party_q")),
        oob=oob,
    )


def _columns(case: Any) -> dict[str, Any]:
    names = (
        "activity", "title", "exporting_from", "destination", "route", "planned_on", "end_use", "purchase_order",
        "purchase_order_on", "value", "currency",
    )  # fmt: skip
    return {name: getattr(case, name) for name in names}


@guard("compliance.view_party")
@require_safe
def party_pick(request: HttpRequest) -> HttpResponse:
    """Answer a search box: the few parties that fit, as radio buttons."""
    text = said(request, "party_q")
    name = "owner_ref" if request.GET.get("as") == "owner_ref" else "party_ref"
    return page(request, "compliance/_pick.html", found=_parties_found(request, text, name=name))


@guard("compliance.view_item")
@require_safe
def item_pick(request: HttpRequest) -> HttpResponse:
    """Answer a search box: the few items that fit, as radio buttons."""
    return page(request, "compliance/_pick.html", found=_items_found(request, said(request, "item_q")))


def _parties_found(request: HttpRequest, text: str, *, name: str = "party_ref") -> dict[str, Any]:
    rows = parties.rows_of(request.user, list(parties.found_parties(request.user, text)[: FEW + 1])) if text else []
    return {"name": name, "said": text, "parties": rows[:FEW], "more": len(rows) > FEW}


def _items_found(request: HttpRequest, text: str) -> dict[str, Any]:
    rows = list(items.found_items(request.user, text)[: FEW + 1]) if text else []
    return {"name": "item_ref", "said": text, "goods": rows[:FEW], "more": len(rows) > FEW}
