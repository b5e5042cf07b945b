"""Reports: the list, one report with its filters, its exports, and the printed case file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import IO, Any

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from audit.queries import head
from compliance.queries import case_for
from compliance.queries.proof import NoSuchDetermination
from compliance.reports import BY_SLUG, REPORTS
from compliance.reports.case_file import LANGUAGES, case_file_pdf
from compliance.reports.choices import filter_choices
from compliance.reports.copied import csv_of
from compliance.reports.formats import (
    MEDIA_TYPES,
    about,
    file_name,
    json_pieces,
    shown,
    words_of,
    xlsx_file,
)
from compliance.reports.pdf import MOST_ROWS, report_pdf
from compliance.reports.shape import Filters, Report, Stamp, one_moment
from compliance.services.export import note_export, proof_file
from compliance.services.refusals import BadInput

from .page import guard, page

MAY = "compliance.view_report"
PREVIEW = 50
"""Rows of a report shown on its page; exports hold all."""

LABELS = {
    "state": _("State of the case"),
    "unit": _("Business unit"),
    "person": _("Person"),
    "outcome": _("Outcome"),
}


class FilterForm(forms.Form):
    """The filters of one report; what cannot be read is named beside its field."""

    def __init__(self, data: Any, *, report: Report, user: Any) -> None:
        super().__init__(data)
        wrong = {
            "invalid": _("This is not a date. Write year-month-day, as 2026-11-21."),
        }
        chosen = {"invalid_choice": _("“%(value)s” is not among the choices. Choose from the list.")}
        if len(report.days) > 1:
            self.fields["by"] = forms.ChoiceField(
                label=_("Date"), choices=list(report.days.items()), required=False, error_messages=chosen
            )
        for name, label in (("since", _("From")), ("until", _("To"))):
            self.fields[name] = forms.DateField(
                label=label,
                required=False,
                input_formats=["%Y-%m-%d"],
                error_messages=wrong,
                widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": "1990-01-01"}),
            )
        for name, choices in filter_choices(report, user).items():
            self.fields[name] = forms.ChoiceField(
                label=LABELS[name], choices=choices, required=False, error_messages=chosen
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("since") and given.get("until") and given["since"] > given["until"]:
            self.add_error("until", _("The last day lies before the first. Exchange them."))
        return given

    def filters(self) -> Filters:
        """Return the filters asked for. Raises :class:`~compliance.services.refusals.BadInput` naming the field."""
        if not self.is_valid():
            name, errors = next(iter(self.errors.items()))
            label = self.fields[name].label if name in self.fields else name
            raise BadInput(name, "%(label)s: %(error)s", label=label, error=errors[0])
        return Filters(**{name: value for name, value in self.cleaned_data.items() if value})


@guard(MAY)
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """What can be reported."""
    return page(request, "compliance/reports.html", reports=REPORTS)


@guard(MAY)
@require_GET
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """One report: its filters, its first rows, its columns explained, and its exports."""
    asked = _report(slug)
    form = FilterForm(request.GET or {}, report=asked, user=request.user)
    context: dict[str, Any] = {"report": asked, "form": form, "query": request.GET.urlencode(), "preview": PREVIEW}
    if not form.is_valid():
        return page(request, "compliance/report.html", "compliance/_report_rows.html", status=400, **context)
    filters = form.filters()
    with one_moment():
        count = asked.count(request.user, filters)
        first = list(islice(asked.rows(request.user, filters), PREVIEW))
    places = [place for place, column in enumerate(asked.columns) if column.width]
    words = words_of(asked)
    return page(
        request,
        "compliance/report.html",
        "compliance/_report_rows.html",
        count=count,
        too_many=count > MOST_ROWS,
        most=MOST_ROWS,
        columns=[
            {"label": asked.columns[place].label, "number": asked.columns[place].kind.value in {"number", "whole"}}
            for place in places
        ],
        rows=[
            {"ref": row[0], "cells": [shown(asked.columns[place], row[place], words[place]) for place in places[1:]]}
            for row in first
        ],
        **context,
    )


@guard(MAY)
@require_GET
def export(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """A report as a file: the entry first, then the bytes."""
    asked = _report(slug)
    if form not in MEDIA_TYPES:
        raise Http404
    return send(request, asked, FilterForm(request.GET or {}, report=asked, user=request.user).filters(), form)


def send(request: HttpRequest, asked: Report, filters: Filters, form: str) -> HttpResponse:
    """Send a report as ``csv``, ``json``, ``xlsx`` or ``pdf``; the entry is written before its first byte."""
    make = {"csv": _csv, "json": _json, "xlsx": _xlsx, "pdf": _pdf}[form]
    return make(request, asked, filters, _stamp(request))


@guard(MAY, "compliance.view_case")
@require_GET
def case_pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """The case file as PDF, in the language asked for or the reader's own."""
    case = case_for(request.user, ref)
    language = request.GET.get("language") or _language()
    if language not in LANGUAGES:
        raise BadInput(
            "language",
            _("“%(given)s” is not a language the file is printed in. Use en, zh-hans or both."),
            given=language[:20],
        )
    stamp = _stamp(request)
    with one_moment():
        made = case_file_pdf(request.user, ref, language=language, stamp=stamp)
    return _complete(
        request,
        BytesIO(made),
        name=file_name(f"{case.ref}-{language}", "pdf", stamp),
        subject=case.subject,
        report="case_file",
        form="pdf",
        stamp=stamp,
        language=language,
    )


@guard(MAY, "compliance.view_case")
@require_GET
def case_proof(request: HttpRequest, ref: str) -> HttpResponse:
    """The proof file of a determination, the latest unless ``number`` names another."""
    written = request.GET.get("number", "")
    if written and not (written.isascii() and written.isdigit() and len(written) < 7):
        raise BadInput("number", _("“%(given)s” is not the number of a determination."), given=written[:20])
    try:
        made = proof_file(ref, by=request.user, number=int(written) if written else None)
    except NoSuchDetermination as error:
        raise BadInput("number", _("This case has no such determination.")) from error
    response = HttpResponse(made.content, content_type=MEDIA_TYPES["json"])
    response["Content-Disposition"] = content_disposition_header(True, made.name)
    response["X-Gatehouse-SHA256"] = made.sha256
    response["X-Gatehouse-Entry"] = str(made.entry)
    return response


def _report(slug: str) -> Report:
    if slug not in BY_SLUG:
        raise Http404
    return BY_SLUG[slug]


def _language() -> str:
    return "zh-hans" if (get_language() or "en").startswith("zh") else "en"


def _stamp(request: HttpRequest) -> Stamp:
    now = head()
    return Stamp(
        at=timezone.now().replace(microsecond=0),
        sequence=now.sequence,
        digest=now.digest,
        by=request.user.username,
        language=_language(),
    )


def _csv(request: HttpRequest, asked: Report, filters: Filters, stamp: Stamp) -> HttpResponse:
    user = request.user
    return _stream(request, asked, filters, stamp, "csv", lambda: csv_of(asked, user, filters))


def _json(request: HttpRequest, asked: Report, filters: Filters, stamp: Stamp) -> HttpResponse:
    user = request.user
    return _stream(
        request,
        asked,
        filters,
        stamp,
        "json",
        lambda: json_pieces(asked, asked.rows(user, filters), filters=filters, stamp=stamp),
    )


def _stream(
    request: HttpRequest, asked: Report, filters: Filters, stamp: Stamp, form: str, make: Any
) -> StreamingHttpResponse:
    """Write the entry, then send the pieces as they come, all from one moment of the database."""
    entry = note_export(
        f"report:{asked.slug}",
        by=request.user,
        report=asked.slug,
        form=form,
        language=stamp.language,
        head=stamp.digest,
        filters=filters.asked(),
        rows=asked.count(request.user, filters),
    )
    pieces = make()

    def sent() -> Iterator[bytes]:
        with one_moment():
            yield from pieces

    response = StreamingHttpResponse(sent(), content_type=MEDIA_TYPES[form])
    return _labelled(response, file_name(asked.slug, form, stamp), stamp, entry)


def _xlsx(request: HttpRequest, asked: Report, filters: Filters, stamp: Stamp) -> HttpResponse:
    with one_moment():
        count = asked.count(request.user, filters)
        told = about(asked, filters, stamp, count)
        file = xlsx_file(asked, asked.rows(request.user, filters), told=told, stamp=stamp)
    return _complete_report(request, file, asked, filters, stamp, "xlsx", count)


def _pdf(request: HttpRequest, asked: Report, filters: Filters, stamp: Stamp) -> HttpResponse:
    with one_moment():
        count = asked.count(request.user, filters)
        if count > MOST_ROWS:
            raise BadInput(
                "form",
                _(
                    "%(count)d rows are too many to print; at most %(most)d fit. "
                    "Narrow the filters, or take the workbook."
                ),
                count=count,
                most=MOST_ROWS,
            )
        told = about(asked, filters, stamp, count)
        made = report_pdf(asked, asked.rows(request.user, filters), told=told, stamp=stamp)
    return _complete_report(request, BytesIO(made), asked, filters, stamp, "pdf", count)


def _complete_report(
    request: HttpRequest, file: IO[bytes], asked: Report, filters: Filters, stamp: Stamp, form: str, count: int
) -> HttpResponse:
    return _complete(
        request,
        file,
        name=file_name(asked.slug, form, stamp),
        subject=f"report:{asked.slug}",
        report=asked.slug,
        form=form,
        stamp=stamp,
        language=stamp.language,
        filters=filters.asked(),
        rows=count,
    )


def _complete(
    request: HttpRequest, file: IO[bytes], *, name: str, subject: str, form: str, stamp: Stamp, **note: Any
) -> FileResponse:
    """Write the entry with the digest of the whole file, then send it."""
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    entry = note_export(subject, by=request.user, form=form, head=stamp.digest, sha256=digest, **note)
    response = FileResponse(file, content_type=MEDIA_TYPES[form], as_attachment=True, filename=name)
    response["X-Gatehouse-SHA256"] = digest
    return _labelled(response, name, stamp, entry)


def _labelled(response: Any, name: str, stamp: Stamp, entry: int) -> Any:
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Gatehouse-Head"] = stamp.digest
    response["X-Gatehouse-Entry"] = str(entry)
    return response
