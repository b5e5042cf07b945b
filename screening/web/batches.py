"""Many parties at once: hand in a spreadsheet, watch it being searched, take the results away; and rescreenings."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from celery import current_app
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from kombu.exceptions import OperationalError
from rustpy_xlsxwriter import write_worksheets

from .. import queries
from ..queries import batches as reading
from ..reasons import Refusal
from ..services import batches, sheet
from .guard import guard

VIEW, UPLOAD, RESCREEN = "screening.view_snapshot", "screening.judge_match", "screening.refresh_lists"
MAKE = "compliance.add_party"
PAGE = 50
AT_ONCE = 2
"""Chunks of a spreadsheet that are searched before the page answers: a short one comes back whole."""
WORKERS = 2
FORMULA = frozenset("=+-@\t\r＝＋－＠")


class SheetForm(forms.Form):
    """A spreadsheet of parties."""

    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy("CSV or XLSX. The first row names the columns; only “query” or “name” has to be there."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty. Choose another."),
        },
    )


def _hand_out(batch_id: int) -> None:
    """Hand a batch to the workers. Where no broker answers, the clock takes it up as soon as there is one again."""
    with suppress(OperationalError):
        for _worker in range(WORKERS):
            current_app.send_task("compliance.tasks.work_on_batch", (batch_id,), retry=False, ignore_result=True)


@guard(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def many(request: HttpRequest) -> HttpResponse:
    """The batches there were, and a new spreadsheet."""
    form, status = SheetForm(), 200
    if request.method == "POST":
        if not request.user.has_perm(UPLOAD):
            return render(request, "403.html", status=403)
        form, status = SheetForm(request.POST, request.FILES), 422
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                content = sheet.content_of(upload.chunks())
                batch_id = batches.take_in(
                    sheet.rows(upload.name, content),
                    by=request.user.get_username(),
                    title=upload.name.replace("\x00", ""),
                    sha256=sha256(content).hexdigest(),
                )
            except Refusal as refusal:
                form.add_error("file", str(refusal))
            else:
                batches.work(batch_id, most=AT_ONCE)
                if batch_id in batches.unfinished():
                    _hand_out(batch_id)
                return HttpResponse(status=303, headers={"Location": reverse("screening:batch", args=[batch_id])})
    page = Paginator(reading.batches_for(request.user), PAGE).get_page(request.GET.get("page"))
    progress = reading.progress_of(page)
    told = {
        "form": form,
        "page": page,
        "rows": [(batch, progress[batch.pk]) for batch in page],
        "because": reading.BECAUSE,
        "may_upload": request.user.has_perm(UPLOAD),
        "may_rescreen": request.user.has_perm(RESCREEN),
        "columns": ("query", "country", "type", "address", "identifier", "qid"),
        "most": sheet.MOST_ROWS,
        "coverage": queries.coverage(),
    }
    return render(request, "screening/batches.html", told, status=status)


@guard(VIEW)
@require_GET
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One batch: how far it is, and the result of every row."""
    found = get_object_or_404(reading.batches_for(request.user), pk=batch_id)
    progress = reading.batch_progress(found)
    which = request.GET.get("which", "")
    which = which if which in dict(reading.WHICH) else ""
    page = Paginator(reading.batch_rows(found, which), PAGE).get_page(request.GET.get("page"))
    told = {
        "batch": found,
        "because": reading.BECAUSE.get(found.because, ""),
        "going": found.standing == "running",
        "progress": progress,
        "cautions": reading.cautions(found, progress),
        "page": page,
        "rows": list(reading.shown_rows(page.object_list)),
        "may_make": request.user.has_perm(MAKE) and found.standing != "running",
        "which": which,
        "whiches": reading.WHICH,
        "asked": found.coverage,
        "searched": queries.searched_by(found.coverage),
        "not_searched": queries.not_searched_by(found.coverage),
    }
    part = getattr(request, "htmx", False) and not request.htmx.boosted
    response = render(request, "screening/_batch.html" if part else "screening/batch.html", told)
    response["Vary"] = "HX-Request, Cookie"
    return response


@guard(RESCREEN)
@require_POST
def rescreen(request: HttpRequest) -> HttpResponse:
    """Ask the workers to screen every party again."""
    try:
        current_app.send_task("compliance.tasks.rescreen_everybody", retry=False, ignore_result=True)
    except OperationalError:
        messages.error(request, _("The workers cannot be reached now. Try again, or wait for the nightly run."))
    else:
        messages.info(request, _("Every party will be screened again. The batch appears below when a worker begins."))
    return HttpResponse(status=303, headers={"Location": reverse("screening:batches")})


@guard(VIEW)
@require_GET
def export(request: HttpRequest, batch_id: int, form: str) -> Any:
    """The rows of a spreadsheet with what was found: evidence first, then the bytes."""
    found = get_object_or_404(reading.batches_for(request.user), pk=batch_id, kind="upload")
    if form not in ("csv", "xlsx") or found.standing == "running":
        raise Http404
    batches.note_export(found.pk, by=request.user.get_username(), form=form)
    cautions = reading.cautions(found, reading.batch_progress(found))
    # Whoever opens the file later may not see the page: its name says that it is not the whole answer.
    name = f"gatehouse-screening-{found.pk}{'-with-gaps' if cautions else ''}.{form}"
    rows = _cells(found, get_language() or "en", " ".join(cautions))
    if form == "csv":
        response: Any = StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response
    return FileResponse(_xlsx(rows, found, cautions), as_attachment=True, filename=name)


def _headings() -> list[str]:
    return [
        _("Row"), _("Name"), _("Your number"), _("Result"), _("Rank"), _("Score"), _("List"), _("Entry"),
        _("Listed party"), _("Name that met"), _("Why"), _("Lists as of"), _("Not understood"), _("Caution"),
        _("Lists searched"), _("Not searched"),
    ]  # fmt: skip


def _cells(found: Any, language: str, caution: str) -> Iterator[list[Any]]:
    """Yield the headings and the rows: one for every listed party proposed, at least one for every row of the file.

    Each bears what keeps one from relying on the whole: rows are sorted, filtered and sent on without their file.
    """
    with override(language):
        day = str(found.coverage.get("as_of") or "")[:10]
        words = {
            "bad": _("not searched"),
            "waiting": _("could not be searched"),
            "nothing": _("no match in the lists searched"),
            "found": _("possible match"),
        }
        lists = [queries.dated(found.coverage), _not_searched(found.coverage)]
        yield _headings()
        for row in reading.shown_rows(reading.batch_rows(found).iterator(chunk_size=500)):
            first = [row.number, row.query, row.qid, words[row.state]]
            last = [day, " ".join(row.notes), " ".join(filter(None, (row.left_out, caution))), *lists]
            if not row.hits:
                yield [*first, "", "", "", "", "", "", row.problem, *last]
            for rank, hit in enumerate(row.hits, start=1):
                why = " ".join(signal.text for signal in hit.signals)
                entry = [hit.list_code, hit.entity_id, hit.name, hit.listed_name]
                yield [*first, rank, f"{hit.score:.4f}", *entry, why, *last]


def _neutral(cell: Any) -> Any:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in FORMULA else cell


class _Echo:
    def write(self, text: str) -> str:
        return text


def _csv(rows: Iterable[list[Any]]) -> Iterator[bytes]:
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield b"\xef\xbb\xbf"
    for row in rows:
        yield str(writer.writerow([_neutral(cell) for cell in row])).encode()


def _not_searched(asked: dict[str, Any]) -> str:
    return "; ".join(str(title) for title, _why in queries.not_searched_by(asked))


def _xlsx(rows: Iterator[list[Any]], found: Any, cautions: Iterable[str]) -> Any:
    """Return a workbook at its start: the rows, and a sheet that says what was searched and what was not."""
    file = tempfile.NamedTemporaryFile(prefix="gatehouse-", suffix=".xlsx")  # noqa: SIM115  handed on to the response
    headings = next(rows)
    asked = found.coverage
    about = [
        *((_("Caution"), caution) for caution in cautions),
        (_("File"), found.title),
        (_("SHA-256 of the file"), found.sha256),
        (_("Handed in by"), found.made_by),
        (_("Handed in at"), date_format(found.made_at, "Y-m-d H:i")),
        (_("Lists as of"), str(asked.get("as_of") or "")[:16].replace("T", " ")),
        (_("Lists searched"), queries.dated(asked)),
        (_("Not searched"), _not_searched(asked)),
        (_("What it says"), _("No match says only that these lists hold no similar name; it clears nobody.")),
    ]
    name, text = _("About"), _("What it says")
    write_worksheets(
        [
            (_("Results"), (dict(zip(headings, row, strict=True)) for row in rows)),
            (_("About this export"), [{name: what, text: said} for what, said in about]),
        ],
        file.name,
    )
    return Path(file.name).open("rb")


EXAMPLE = "query,country,type,address,identifier,qid\nExample Quantum Works Ltd.,SG,entity,1 Example Road,,1\n"


@guard(VIEW)
@require_GET
def example(request: HttpRequest) -> HttpResponse:
    """Hand out an example table with the headings."""
    response = HttpResponse("\ufeff" + EXAMPLE, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, "screening.csv")
    return response
