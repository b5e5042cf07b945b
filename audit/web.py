"""The log book: every entry, what was asked of it, whether the chain holds, and the log as a file."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from . import queries, services
from .queries import LogFilter

SIZES = (50, 100, 200, 500)
SEALS = 14
PAGES = {"case": "compliance:case", "party": "compliance:party", "item": "compliance:item"}
"""Where the page of a subject is found, by the word before its colon."""


def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in those who may read the evidence; everybody else who is signed in gets 403."""
    return login_required(permission_required("audit.view_entry", raise_exception=True)(view))


class LogForm(forms.Form):
    """What is asked of the log; every field may stay empty."""

    action = forms.CharField(
        label=_("Action"), max_length=64, required=False, widget=forms.TextInput(attrs={"list": "actions"})
    )
    actor = forms.CharField(label=_("Person"), max_length=150, required=False)
    subject = forms.CharField(label=_("About"), max_length=128, required=False)
    first_day = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("This day lies before the first. Exchange the two."))
        if last == dt.date.max:
            self.add_error("last_day", _("This day is too late. Use one before 9999-12-31."))
        return given

    def asked(self) -> LogFilter:
        """Return the filter, or the whole log where the form is wrong and says so."""
        return LogFilter(**self.cleaned_data) if self.is_valid() else LogFilter()


class LogPages(Paginator):
    """Pages of the log. The whole log is not counted: it has no gaps, so its last number is its length."""

    @cached_property
    def count(self) -> int:
        return queries.length(self.object_list)


@guard
@require_GET
def chain(request: HttpRequest) -> HttpResponse:
    """Show the entries asked for, the head of the chain, what the last check found, and the seals."""
    form = LogForm(request.GET)
    asked = form.asked()
    page = LogPages(queries.entries(asked), _size(request)).get_page(request.GET.get("page"))
    told = {
        "form": form,
        "page": page,
        "rows": [row(entry) for entry in page.object_list],
        "head": queries.head(),
        "check": queries.last_check(),
        "seals": queries.seals()[:SEALS],
        "sealed": bool(settings.GATEHOUSE_SEAL_RECIPIENTS),
        "actions": queries.actions(),
        "sizes": SIZES,
        "size": page.paginator.per_page,
    }
    return render(request, "audit/chain.html", told, status=200 if form.is_valid() else 400)


@guard
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain now and go back to the page, which says what was found."""
    services.check()
    return HttpResponse(status=303, headers={"Location": reverse("audit:chain")})


@guard
@require_POST
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Stream the entries asked for as JSON Lines; that it was done, and with which filter, is an entry itself."""
    form = LogForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=303, headers={"Location": f"{reverse('audit:chain')}?{request.POST.urlencode()}"})
    lines = services.export(form.asked(), by=request.user.get_username())
    name = f"gatehouse-log-{timezone.localtime():%Y%m%d-%H%M}.jsonl"
    return StreamingHttpResponse(
        lines,
        content_type="application/x-ndjson; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )


def row(entry: Any) -> dict[str, Any]:
    """Return one entry as the page shows it."""
    return {
        "entry": entry,
        "words": words(entry.action, entry.payload),
        "href": address(entry.subject),
        "payload": json.dumps(entry.payload, ensure_ascii=False, indent=1, sort_keys=True),
    }


def words(action: str, payload: Mapping[str, Any]) -> str:
    """Return what an entry says, from the functions the settings name; empty where none knows the action.

    Evidence lies beneath the packages whose acts it keeps, so it is told by the wiring where their words are found.
    """
    for place in settings.GATEHOUSE_ENTRY_WORDS:
        said = str(import_string(place)(action, payload))
        if said and said != action:
            return said
    return ""


def address(subject: str) -> str:
    """Return the page of a subject such as ``case:GH-2026-00042``; empty where it has none."""
    noun, _colon, ref = subject.partition(":")
    if noun not in PAGES or not ref:
        return ""
    try:
        return reverse(PAGES[noun], args=[ref])
    except NoReverseMatch:
        return ""


def _size(request: HttpRequest) -> int:
    wanted = request.GET.get("size", "")
    return int(wanted) if wanted in {str(size) for size in SIZES} else SIZES[0]
