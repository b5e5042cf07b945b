"""Importing parties: hand in a table, read the result of every row, then confirm. Before that nothing is kept.

What was read travels in the page itself, signed for the person who read it: no half-done import lies anywhere.
"""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.queries import choices
from compliance.services import imports
from compliance.services.refusals import Refusal

from .forms.imports import SheetForm, TakeInForm
from .page import guard, page, say, status_of

ADD = "compliance.add_party"
AN_HOUR = 3600


def _salt(request: HttpRequest) -> str:
    return f"compliance.import.{request.user.pk}"


@guard(ADD)
@require_http_methods(["GET", "HEAD", "POST"])
def party_import(request: HttpRequest) -> HttpResponse:
    """Read a table and show what would be taken in. Nothing is written here."""
    if request.method != "POST":
        return _start(request, SheetForm())
    form = SheetForm(request.POST, request.FILES)
    status = 422
    if form.is_valid():
        try:
            sheet = imports.read_sheet(form.cleaned_data["file"], by=request.user)
        except Refusal as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            return _preview(request, sheet)
    return _start(request, form, status=status)


def _start(request: HttpRequest, form: SheetForm, *, status: int = 200) -> HttpResponse:
    return page(request, "compliance/import.html", status=status, form=form, columns=imports.COLUMNS)


def _preview(
    request: HttpRequest, sheet: imports.Sheet, *, form: TakeInForm | None = None, status: int = 200
) -> HttpResponse:
    carried = signing.dumps(sheet.carried(), salt=_salt(request), compress=True)
    home = request.user.unit.code if request.user.unit else ""
    shown = form or TakeInForm(initial={"sheet": carried, "unit": home}, units=choices.units_of(request.user))
    return page(
        request,
        "compliance/import_preview.html",
        status=status,
        sheet=sheet,
        form=shown,
        shown=sorted(sheet.rows, key=lambda row: (row.sound, row.number)),
        headings={column.key: column.headings[0] for column in imports.COLUMNS},
    )


@guard(ADD)
@require_POST
def party_import_confirm(request: HttpRequest) -> HttpResponse:
    """Take the table in: all of it or only the sound rows, in one transaction."""
    form = TakeInForm(request.POST, units=choices.units_of(request.user))
    try:
        carried = signing.loads(request.POST.get("sheet", ""), salt=_salt(request), max_age=AN_HOUR)
    except signing.BadSignature:
        return _start(request, _expired(), status=400)
    sheet = imports.carried_sheet(carried)
    status = 422
    if form.is_valid():
        try:
            unit = choices.unit_named(request.user, form.cleaned_data.get("unit", ""))
            only = form.cleaned_data["only_sound"] == "1"
            taken = imports.take_in(sheet, by=request.user, unit=unit, only_sound=only)
        except Refusal as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            count = taken.good
            say(request, ngettext("%(count)d party taken in.", "%(count)d parties taken in.", count) % {"count": count})
            return page(request, "compliance/import_done.html", sheet=taken)
    return _preview(request, sheet, form=form, status=status)


def _expired() -> SheetForm:
    """Return the form that says the preview is too old or was not made here."""
    form = SheetForm(data={}, files={})
    form.full_clean()
    form.errors.clear()
    form.add_error(None, _("This preview is older than an hour or was not made for you. Hand the file in again."))
    return form


@guard(ADD)
@require_safe
def party_import_example(request: HttpRequest) -> HttpResponse:
    """Hand out an example table with the headings."""
    response = HttpResponse("\ufeff" + imports.example(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="parties.csv"'
    return response
