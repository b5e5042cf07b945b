"""Items: the list, the sheet of one with its figures, and the chip calculator."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from compliance.ear.fields import About
from compliance.ear.words import say as law_says
from compliance.queries import choices, item_for, object_history
from compliance.queries import items as reading
from compliance.queries.parties import earlier_facts
from compliance.services import facts, figures
from compliance.services import items as keeping
from compliance.services.refusals import Refusal

from .forms import fields
from .forms.calculator import CalculatorForm, SourceForm
from .forms.facts import speech
from .forms.items import ItemForm
from .forms.parties import FactForm
from .lists import page_of, picked, said
from .page import guard, page, say, see, status_of
from .parties import standing_words

VIEW, ADD, CHANGE = "compliance.view_item", "compliance.add_item", "compliance.change_item"


@guard(VIEW)
@require_safe
def item_list(request: HttpRequest) -> HttpResponse:
    """The items a person may see."""
    kind = picked(request, "kind", choices.ITEM_KINDS)
    found = page_of(request, reading.found_items(request.user, said(request), kind=kind))
    return page(
        request,
        "compliance/items.html",
        part="compliance/_item_rows.html",
        found=found,
        rows=reading.rows_of(request.user, list(found.object_list)),
        said=said(request),
        kind=kind,
        kinds=choices.ITEM_KINDS,
    )


@guard(VIEW)
@require_safe
def item(request: HttpRequest, ref: str) -> HttpResponse:
    """The sheet of one item."""
    sheet = reading.item_sheet(request.user, ref)
    return page(
        request,
        "compliance/item.html",
        sheet=sheet,
        item=sheet.item,
        workings=[
            (known, worded(known.fact.workings)) for known in sheet.figures if known.fact and known.fact.workings
        ],
        history=object_history.worded(sheet.history),
    )


@guard(ADD)
@require_http_methods(["GET", "HEAD", "POST"])
def item_new(request: HttpRequest) -> HttpResponse:
    """Enter an item."""
    units = choices.units_of(request.user)
    home = request.user.unit.code if request.user.unit else ""
    if request.method != "POST":
        form = ItemForm(initial={"model": said(request, "model"), "kind": "chip", "unit": home}, units=units)
        return _form_page(request, form)
    form = ItemForm(request.POST, units=units)
    status = 422
    if form.is_valid():
        try:
            unit = choices.unit_named(request.user, form.cleaned_data.get("unit", ""))
            entered = keeping.add_item(by=request.user, unit=unit, **form.given())
        except Refusal as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            return see(request, "compliance:item", entered.ref)
    return _form_page(request, form, status=status)


@guard(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def item_edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Change what is written of an item; the entry keeps what stood before."""
    row = item_for(request.user, ref)
    if request.method != "POST":
        names = ("kind", "vendor", "model", "description")
        initial = {name: getattr(row, name) for name in names} | {"eccn_given": row.eccn}
        return _form_page(request, ItemForm(initial=initial, new=False), item=row)
    form = ItemForm(request.POST, new=False)
    status = 422
    if form.is_valid():
        try:
            keeping.change_item(ref, by=request.user, **form.given())
        except Refusal as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            return see(request, "compliance:item", ref)
    return _form_page(request, form, status=status, item=row)


def _form_page(request: HttpRequest, form: ItemForm, *, status: int = 200, item: Any = None) -> HttpResponse:
    return page(request, "compliance/item_form.html", status=status, form=form, item=item)


@guard(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def item_fact(request: HttpRequest, ref: str, key: str) -> HttpResponse:
    """Record one figure with its source, or that it cannot be known."""
    row, known = reading.fact_of(request.user, ref, key)
    if known is None:
        raise Http404
    if request.method == "POST":
        form = FactForm(request.POST, about=About.ITEM, key=key)
        if form.is_valid():
            try:
                facts.record_item_fact(ref, by=request.user, key=key, **form.given())
            except Refusal as refusal:
                form.refuse(refusal)
            else:
                return see(request, "compliance:item", ref, anchor="figures")
    else:
        form = FactForm(initial=standing_words(known), about=About.ITEM, key=key)
    return page(
        request,
        "compliance/fact_form.html",
        status=422 if form.is_bound else 200,
        form=form,
        known=known,
        earlier=earlier_facts(row, key),
        holder=row,
        back="compliance:item",
        countries=fields.country_list(),
    )


@guard(VIEW)
@require_safe
def calculator(request: HttpRequest) -> HttpResponse:
    """Calculate from a data sheet. The figures stand in the address, so that a calculation can be sent and printed."""
    form = CalculatorForm(request.GET or None)
    return _calculator_page(request, form)


@guard(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def item_calculator(request: HttpRequest, ref: str) -> HttpResponse:
    """Calculate for an item, and keep figures and workings beside it."""
    row = item_for(request.user, ref)
    if request.method != "POST":
        return _calculator_page(request, CalculatorForm(request.GET or None), item=row)
    form, source = CalculatorForm(request.POST), SourceForm(request.POST)
    sound = form.is_valid()
    if source.is_valid() and sound:
        results = form.calculations()
        if not form.errors and results:
            try:
                figures.keep_figures(ref, by=request.user, figures=facts_from(form, results), **source.cleaned_data)
            except Refusal as refusal:
                source.refuse(refusal)
                return _calculator_page(request, form, item=row, source=source, status=status_of(refusal))
            say(request, _("The figures are kept with their workings."))
            return see(request, "compliance:item", ref, anchor="figures")
        if not results and not form.errors:
            form.add_error(None, _("Nothing can be calculated from these figures yet."))
    return _calculator_page(request, form, item=row, source=source, status=422)


def facts_from(form: CalculatorForm, results: list[Any]) -> list[figures.Figure]:
    """Return the facts a calculation yields: the inputs the law reads, never a rounded quotient."""
    given = form.cleaned_data
    by_key = {result.key: result for result in results}
    kept: list[figures.Figure] = []
    if "calculation.tpp" in by_key:
        tpp = by_key["calculation.tpp"]
        kept.append(("item.tpp", tpp.result, tpp.to_dict()))
    density = by_key.get("calculation.density")
    if given.get("planar"):
        kept.append(("item.non_planar", False, density.to_dict() if density else None))
    elif given.get("area") is not None:
        kept.append(("item.applicable_die_area_mm2", given["area"], density.to_dict() if density else None))
        kept.append(("item.non_planar", True, None))
    if "calculation.memory_density" in by_key:
        memory = by_key["calculation.memory_density"].to_dict()
        kept.append(("item.hbm_bandwidth_gbps", given["bandwidth"], memory))
        kept.append(("item.hbm_area_mm2", given["memory_area"], memory))
    return kept


def _calculator_page(
    request: HttpRequest, form: CalculatorForm, *, item: Any = None, source: SourceForm | None = None, status: int = 200
) -> HttpResponse:
    results = form.calculations() if form.is_bound and form.is_valid() else []
    return page(
        request,
        "compliance/calculator.html",
        part="compliance/_calculation.html",
        status=status if form.is_valid() or not form.is_bound or status != 200 else 422,
        form=form,
        item=item,
        source=source or SourceForm(),
        results=[worded(result.to_dict()) for result in results],
    )


def worded(workings: dict[str, Any]) -> dict[str, Any]:
    """Return a stored calculation in the reader's words: title, inputs, steps, result and source."""
    language = speech()
    return {
        "key": workings.get("key", ""),
        "title": law_says(workings["key"], language),
        "result": workings.get("result"),
        "unit": workings.get("unit", ""),
        "cite": workings.get("cite", ""),
        "inputs": workings.get("inputs", []),
        "steps": [law_says(step["key"], language, step["values"]) for step in workings.get("steps", [])],
    }
