"""Setting type: fixed templates, and data that reaches them as data only.

What people wrote never becomes markup: it travels as one JSON text, and the templates set its strings as strings. The
same data and moment give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .formats import shown, words_of
from .printable import FONTS, Printable
from .shape import Report, Row, Stamp

TEMPLATES = Path(__file__).resolve().parent / "typst"

MOST_ROWS = 5_000
"""Rows a printed report holds: some three hundred pages. More are asked for as a workbook."""


def set_type(template: str, data: dict[str, Any], *, at: dt.datetime) -> bytes:
    """Return ``template`` filled with ``data`` as PDF/A-2b, dated ``at`` and with no other clock in it.

    Characters the font does not hold are spelled, and listed at the end under ``spelled``.
    """
    printable = Printable()
    data = printable.everything(data)
    data["spelled"] = [[mark, points] for mark, points in printable.spelled.items()]
    data["spelled_title"] = _("Characters the printing font does not hold")
    data["spelled_note"] = _("Each stretch in 〔 〕 is spelled in Latin letters; these are its characters.")
    made: bytes = typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards="a-2b",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(at.timestamp()),
    )
    return made


def report_pdf(report: Report, rows: Iterable[Row], *, told: list[tuple[str, str]], stamp: Stamp) -> bytes:
    """Return a report as PDF: the columns that are printed, then what the export says of itself."""
    printed = [place for place, column in enumerate(report.columns) if column.width]
    columns = [report.columns[place] for place in printed]
    data = {
        "language": typst_language(),
        "title": str(report.title),
        "purpose": str(report.purpose),
        "note": _("Some columns are left out in print; the workbook, CSV and JSON hold all of them."),
        "head": [str(column.label) for column in columns],
        "widths": [column.width for column in columns],
        "numbers": [column.kind.value in {"whole", "number"} for column in columns],
        "codes": [column.kind.value in {"code", "day", "moment"} for column in columns],
        "rows": list(_printed_rows(report, rows, printed)),
        "about": [list(pair) for pair in told],
        "about_title": _("About this export"),
        "nothing": _("No row passes the filters."),
        "foot": foot(stamp),
    }
    return set_type("report.typ", data, at=stamp.at)


def _printed_rows(report: Report, rows: Iterable[Row], printed: list[int]) -> Iterator[list[str]]:
    words = words_of(report)
    for row in rows:
        yield [shown(report.columns[place], row[place], words[place]) for place in printed]


def typst_language() -> dict[str, str]:
    """Return the language of the page as Typst names it."""
    chinese = (get_language() or "en").startswith("zh")
    return {"lang": "zh", "region": "cn"} if chinese else {"lang": "en", "region": "us"}


def foot(stamp: Stamp) -> dict[str, str]:
    """Return what stands at the foot of every page: the page's number around it is set by the template."""
    return {
        "stamp": f"{stamp.at:%Y-%m-%d %H:%M:%S} UTC",
        "chain": _("entry %(sequence)d") % {"sequence": stamp.sequence},
        "digest": stamp.digest,
        "by": stamp.by,
        "page": _("page {page} of {all}"),
    }
