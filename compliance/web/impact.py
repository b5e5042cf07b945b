"""Impact day: ask whose answer a rule change would move, watch the workers, read and take away the cases."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from celery import current_app
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods
from kombu.exceptions import OperationalError

from compliance.queries import impact as reading
from compliance.queries import rulebook as book
from compliance.reports.formats import MEDIA_TYPES
from compliance.reports.impact import report_of
from compliance.reports.shape import Filters
from compliance.services import impact as asking
from compliance.services.refusals import BadInput, Refusal, Unfinished

from .lists import page_of, picked
from .page import guard, page, see, status_of
from .reports import send

MAY = "compliance.run_impact"
WORKERS = 2
"""How many workers a run is handed to; each works through stretches until none is left."""
WHICH = (("", _("open and past")), ("open", _("only open")), ("past", _("only past")))
MOST_BYTES = 500_000


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class ImpactForm(forms.Form):
    """What changes: parameter files, another day, or an earlier rulebook."""

    title = forms.CharField(
        label=_("Title"), max_length=200, required=False, help_text=_("What this run is to be called.")
    )
    folder = forms.ChoiceField(label=_("Part of the files"), required=False)
    files = forms.Field(
        label=_("Parameter files"),
        required=False,
        widget=ManyFiles(attrs={"accept": ".yaml"}),
        help_text=_("YAML files as they would be published, named as in the rulebook."),
    )
    on = forms.DateField(
        label=_("Another day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Ask for the law of this day instead of the day of each case."),
        error_messages={"invalid": _("This is not a date. Write year-month-day, as 2026-11-21.")},
    )
    against = forms.CharField(
        label=_("Earlier rulebook"),
        required=False,
        max_length=64,
        help_text=_("Fingerprint of the rulebook whose determinations are asked again under the one in use."),
        widget=forms.TextInput(attrs={"list": "digests", "class": "mono"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["folder"].choices = [(part, part) for part in book.folders()]


def _overlay(request: HttpRequest, folder: str) -> dict[str, str]:
    files: dict[str, str] = {}
    for upload in request.FILES.getlist("files"):
        name = str(upload.name)
        if upload.size > MOST_BYTES:
            raise BadInput("files", _("“%(name)s” is larger than 500 kB. Send only the files that change."), name=name)
        try:
            files[f"{folder}/{name}"] = upload.read().decode()
        except UnicodeDecodeError as error:
            raise BadInput("files", _("“%(name)s” is not text in UTF-8."), name=name) from error
    return files


def _hand_out(run_id: int) -> None:
    """Hand a run to the workers. Where no broker answers, the clock takes it up as soon as there is one again."""
    with suppress(OperationalError):
        for _worker in range(WORKERS):
            current_app.send_task("compliance.tasks.work_on_impact", (run_id,), retry=False, ignore_result=True)


@guard(MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def impacts(request: HttpRequest) -> HttpResponse:
    """The runs there were, and a new one."""
    form, status = ImpactForm(), 200
    if request.method == "POST":
        form, status = ImpactForm(request.POST, request.FILES), 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                run = asking.start(
                    by=request.user,
                    title=given["title"],
                    overlay=_overlay(request, given["folder"]),
                    on=given["on"],
                    against=given["against"],
                )
            except Refusal as refusal:
                form.add_error(None, str(refusal))
                status = status_of(refusal)
            else:
                _hand_out(run.pk)
                return see(request, "compliance:impact", run.pk)
    return page(
        request,
        "compliance/impacts.html",
        status=status,
        form=form,
        page=page_of(request, reading.runs()),
        digests=reading.rulebooks(),
        digest=book.digest(),
    )


@guard(MAY)
@require_GET
def impact(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: how far it is, what moves, and the cases."""
    run = reading.run_for(pk)
    which = picked(request, "which", WHICH)
    paged = page_of(request, reading.rows(request.user, run, which=which))
    going = run.standing == "running"
    return page(
        request,
        "compliance/impact.html",
        "compliance/_impact.html",
        run=run,
        files=sorted(run.overlay),
        going=going,
        progress=reading.progress(run),
        tally=reading.tally(request.user, run),
        reasons=[] if going else reading.reasons(request.user, run),
        page=paged,
        rows=reading.shown(list(paged)),
        which=which,
        whiches=WHICH,
        directions=reading.DIRECTIONS,
        beyond=run.on is not None and run.on > book.horizon(),
        horizon=book.horizon(),
        downloads=(("csv", "CSV"), ("xlsx", "XLSX"), ("json", "JSON")),
    )


@guard(MAY, "compliance.view_report")
@require_GET
def export(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The cases of a run as a file: the entry first, then the bytes."""
    if form not in MEDIA_TYPES:
        raise Http404
    run = reading.run_for(pk)
    if run.standing != "done":
        raise Unfinished()
    return send(request, report_of(run), Filters(), form)
