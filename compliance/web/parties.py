"""Parties: the list, the file of one, its facts with their evidence, who owns whom, and its documents."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.ear.fields import About
from compliance.queries import choices, object_history, party_for
from compliance.queries import parties as reading
from compliance.queries.party_screening import searched_on
from compliance.services import facts, files
from compliance.services import parties as keeping
from compliance.services.refusals import Refusal

from .forms import fields
from .forms.parties import DocumentForm, FactForm, ListsOfDayForm, OwnershipForm, PartyForm, ReasonForm
from .intake import _parties_found
from .lists import page_of, picked, said
from .page import guard, page, say, see, status_of

VIEW, ADD, CHANGE = "compliance.view_party", "compliance.add_party", "compliance.change_party"


@guard(VIEW)
@require_safe
def party_list(request: HttpRequest) -> HttpResponse:
    """The parties a person may see, found by any of their names."""
    kind = picked(request, "kind", choices.PARTY_KINDS)
    found = page_of(request, reading.found_parties(request.user, said(request), kind=kind))
    return page(
        request,
        "compliance/parties.html",
        part="compliance/_party_rows.html",
        found=found,
        rows=reading.rows_of(request.user, list(found.object_list)),
        said=said(request),
        kind=kind,
        kinds=choices.PARTY_KINDS,
    )


@guard(VIEW)
@require_safe
def party(request: HttpRequest, ref: str) -> HttpResponse:
    """The file of one party."""
    return _party_page(request, ref)


def _party_page(request: HttpRequest, ref: str, *, status: int = 200, **forms: Any) -> HttpResponse:
    file = reading.party_file(request.user, ref)
    lists_on = ListsOfDayForm(request.GET if "on" in request.GET else None)
    return page(
        request,
        "compliance/party.html",
        status=status,
        file=file,
        party=file.party,
        history=object_history.worded(file.history),
        ownership_form=forms.get("ownership_form") or OwnershipForm(),
        document_form=forms.get("document_form") or DocumentForm(),
        found=_parties_found(request, said(request, "party_q"), name="owner_ref"),
        lists_on=lists_on,
        searched=searched_on(file.party, lists_on.cleaned_data["on"]) if lists_on.is_valid() else None,
    )


@guard(ADD)
@require_http_methods(["GET", "HEAD", "POST"])
def party_new(request: HttpRequest) -> HttpResponse:
    """Enter a party."""
    units = choices.units_of(request.user)
    home = request.user.unit.code if request.user.unit else ""
    if request.method != "POST":
        form = PartyForm(initial={"name": said(request, "name"), "kind": "organization", "unit": home}, units=units)
        return _form_page(request, form)
    form = PartyForm(request.POST, units=units)
    status = 422
    if form.is_valid():
        try:
            unit = choices.unit_named(request.user, form.cleaned_data.get("unit", ""))
            entered = keeping.add_party(by=request.user, unit=unit, **form.given())
        except Refusal as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            return see(request, "compliance:party", entered.ref)
    return _form_page(request, form, status=status)


@guard(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def party_edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Change names, addresses and numbers; the entry keeps what stood before."""
    row = party_for(request.user, ref)
    if request.method != "POST":
        return _form_page(request, PartyForm(initial=_written(row), new=False), party=row)
    form = PartyForm(request.POST, new=False)
    status = 422
    if form.is_valid():
        try:
            keeping.change_party(ref, by=request.user, **form.given())
        except Refusal as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            return see(request, "compliance:party", ref)
    return _form_page(request, form, status=status, party=row)


def _written(row: Any) -> dict[str, str]:
    """Return the party as the lines of its form."""
    stands = keeping.what_stands(row)
    return {
        "name": stands["name"],
        "names": "\n".join(stands["names"]),
        "addresses": "\n".join(" | ".join(filter(None, cells)) for cells in stands["addresses"]),
        "identifiers": "\n".join(" | ".join(filter(None, cells)) for cells in stands["identifiers"]),
    }


def _form_page(request: HttpRequest, form: PartyForm, *, status: int = 200, party: Any = None) -> HttpResponse:
    return page(request, "compliance/party_form.html", status=status, form=form, party=party)


@guard(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def party_fact(request: HttpRequest, ref: str, key: str) -> HttpResponse:
    """Record one fact with its evidence, or that it cannot be known."""
    row, known = reading.fact_of(request.user, ref, key)
    if known is None:
        raise Http404
    documents = list(reading.documents_of(row))
    if request.method == "POST":
        form = FactForm(request.POST, about=About.PARTY, key=key, documents=documents)
        if form.is_valid():
            try:
                facts.record_party_fact(ref, by=request.user, key=key, **form.given())
            except Refusal as refusal:
                form.refuse(refusal)
            else:
                return see(request, "compliance:party", ref, anchor="facts")
    else:
        form = FactForm(initial=standing_words(known), about=About.PARTY, key=key, documents=documents)
    return page(
        request,
        "compliance/fact_form.html",
        status=422 if form.is_bound else 200,
        form=form,
        known=known,
        earlier=reading.earlier_facts(row, key),
        holder=row,
        back="compliance:party",
        countries=fields.country_list(),
    )


def standing_words(known: reading.Known) -> dict[str, Any]:
    """Return how a fact stands, as the first values of its form. The day is asked anew: evidence ages."""
    if known.fact is None:
        return {"state": "known"}
    value = known.fact.value
    shown = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    return {
        "state": known.state,
        "value": shown,
        "source": known.fact.source,
        "as_of": known.fact.as_of,
        "document_id": known.fact.document_id,
    }


@guard(CHANGE)
@require_POST
def ownership_add(request: HttpRequest, ref: str) -> HttpResponse:
    """Record who owns how much of the party."""
    form = OwnershipForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            keeping.record_ownership(by=request.user, owned_ref=ref, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            return see(request, "compliance:party", ref, anchor="ownership")
    return _party_page(request, ref, status=status, ownership_form=form)


@guard(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def ownership_end(request: HttpRequest, ref: str, share_id: int) -> HttpResponse:
    """Say that a share is held no longer, with the reason."""
    share = reading.ownership_of(request.user, ref, share_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            keeping.end_ownership(share.pk, by=request.user, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return see(request, "compliance:party", ref, anchor="ownership")
    return page(
        request, "compliance/party_share_end.html", status=422 if form.is_bound else 200, form=form, share=share
    )


@guard(CHANGE)
@require_POST
def party_attach(request: HttpRequest, ref: str) -> HttpResponse:
    """Put a document beside the party."""
    party_for(request.user, ref)
    form = DocumentForm(request.POST, request.FILES)
    status = 422
    if form.is_valid():
        try:
            files.attach_to_party(
                ref, by=request.user, upload=form.cleaned_data["file"], kind=form.cleaned_data["kind"]
            )
        except Refusal as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            say(request, _("The document is kept."))
            return see(request, "compliance:party", ref, anchor="documents")
    return _party_page(request, ref, status=status, document_form=form)


@guard(VIEW)
@require_safe
def party_document(request: HttpRequest, ref: str, document_id: int) -> HttpResponse:
    """Hand a document out as it came in: always as a download, never shown in the page."""
    document = reading.document_of(request.user, ref, document_id)
    content = default_storage.open(document.stored_as)
    return FileResponse(content, as_attachment=True, filename=document.name, content_type="application/octet-stream")
