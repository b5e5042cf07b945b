"""A report as CSV, XLSX or JSON. Rows pass through one at a time; nothing here knows what they are about."""

from __future__ import annotations

import csv
import datetime as dt
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from .shape import Column, Filters, Kind, Report, Row, Stamp

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json; charset=utf-8",
    "pdf": "application/pdf",
}

LONGEST_CELL = 32_767
"""Characters a cell of a spreadsheet holds."""

_FORMULA = frozenset("=+-@\t\r＝＋－＠")
_CHUNK = 64 * 1024


def neutral(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: a leading apostrophe where it would be taken for one."""
    return f"'{text}" if text[:1] in _FORMULA else text


def file_name(slug: str, extension: str, stamp: Stamp) -> str:
    """Return the name of an export: what, when, and where the chain stood (entry and the digest's first signs)."""
    return f"gatehouse-{slug}-{stamp.at:%Y%m%dT%H%M%SZ}-entry{stamp.sequence}-{stamp.digest[:12]}.{extension}"


def about(report: Report, filters: Filters, stamp: Stamp, count: int) -> list[tuple[str, str]]:
    """Return what an export says of itself, as (name, value) in the reader's language."""
    asked = filters.asked()
    return [
        (_("Report"), str(report.title)),
        (_("What it shows"), str(report.purpose)),
        (_("Filters"), "; ".join(f"{name}={value}" for name, value in asked.items()) or _("none")),
        (_("Rows"), str(count)),
        (_("Exported at (UTC)"), f"{stamp.at:%Y-%m-%d %H:%M:%S}"),
        (_("Exported by"), stamp.by),
        (_("Last entry of the evidence chain before this export"), str(stamp.sequence)),
        (_("Head digest of the chain"), stamp.digest),
        (_("Times"), _("All times are in UTC; dates are written year-month-day.")),
    ]


def shown(column: Column, value: Any, words: Mapping[str, str]) -> str:
    """Return a value as people read it."""
    if value is None:
        return ""
    if words:
        return words.get(value, str(value))
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S" if column.kind is Kind.MOMENT else "%Y-%m-%d")
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def words_of(report: Report) -> list[dict[str, str]]:
    """Return the words of every column's codes in the language of now: rows are written after the reader has gone."""
    return [{code: str(text) for code, text in (column.words or {}).items()} for column in report.columns]


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_pieces(report: Report, rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a CSV file: UTF-8 with the mark Excel looks for, headings, then the rows.

    Nothing follows the rows, because a trailer would be read as one: where the chain stood is in the file's name.
    """
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    cells = [_csv_cell(column, words) for column, words in zip(report.columns, words_of(report), strict=True)]
    changed = [(place, cell) for place, cell in enumerate(cells) if cell]
    heading = [neutral(str(column.label)) for column in report.columns]

    def pieces() -> Iterator[bytes]:
        # Rows are joined to pieces, so that the server is not handed a hundred thousand tiny ones.
        gathered, size = ["\ufeff", writer.writerow(heading)], 0
        for row in rows:
            written = list(row)
            for place, cell in changed:
                written[place] = cell(written[place])
            line = writer.writerow(written)
            gathered.append(line)
            size += len(line)
            if size > _CHUNK:
                yield "".join(gathered).encode()
                gathered, size = [], 0
        yield "".join(gathered).encode()

    return pieces()


def _csv_cell(column: Column, words: Mapping[str, str]) -> Callable[[Any], Any] | None:
    """Return what a column's values pass through, or ``None`` where the writer's own way will do."""
    if words:
        safe = {code: neutral(text) for code, text in words.items()}
        return lambda value: safe.get(value, value)
    if column.kind is Kind.MOMENT:
        return lambda value: value and value.isoformat(" ", "seconds")[:19]
    if column.kind in {Kind.TEXT, Kind.CODE}:
        return lambda value: f"'{value}" if value and value[0] in _FORMULA else value
    return None


def json_pieces(report: Report, rows: Iterable[Row], *, filters: Filters, stamp: Stamp) -> Iterator[bytes]:
    """Yield one JSON object: what it is, where the chain stood, columns, rows (codes, no words), their count."""
    head = {
        "report": report.slug,
        "title": str(report.title),
        "filters": filters.asked(),
        "exported_at": f"{stamp.at:%Y-%m-%dT%H:%M:%SZ}",
        "exported_by": stamp.by,
        "language": stamp.language,
        "chain": {"sequence": stamp.sequence, "head": stamp.digest},
        "columns": [
            {"key": column.key, "label": str(column.label), "help": str(column.help), "kind": column.kind.value}
            for column in report.columns
        ],
    }
    keys = [column.key for column in report.columns]
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_json_value).encode

    def pieces() -> Iterator[bytes]:
        gathered, size = [json.dumps(head, ensure_ascii=False)[:-1], ', "rows": ['], 0
        comma, count = "\n", 0
        for row in rows:
            count += 1
            line = comma + encode(dict(zip(keys, row, strict=True)))
            comma = ",\n"
            gathered.append(line)
            size += len(line)
            if size > _CHUNK:
                yield "".join(gathered).encode()
                gathered, size = [], 0
        gathered.append(f'\n], "count": {count}}}\n')
        yield "".join(gathered).encode()

    return pieces()


def _json_value(value: Any) -> str:
    """Write a number with its exact digits and a moment in UTC."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def xlsx_file(report: Report, rows: Iterable[Row], *, told: Iterable[tuple[str, str]], stamp: Stamp) -> IO[bytes]:
    """Write a workbook to a temporary file and return it, at its start: the rows, and a sheet that says what they are.

    Rows go to disk as they come, so that memory does not grow with them.
    """
    file = tempfile.NamedTemporaryFile(prefix="gatehouse-", suffix=".xlsx")  # noqa: SIM115 - handed on to the response
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file.name, options)
    try:
        at = stamp.at.replace(tzinfo=None, microsecond=0)
        book.set_properties({"title": str(report.title), "author": stamp.by, "created": at, "comments": stamp.digest})
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            Kind.DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
            Kind.MOMENT: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        _rows_sheet(book, report, rows, formats)
        _about_sheet(book, report, told, formats)
    finally:
        book.close()
    file.seek(0)
    return file


def _rows_sheet(book: Any, report: Report, rows: Iterable[Row], formats: dict[Any, Any]) -> None:
    sheet = book.add_worksheet(_sheet_name(str(report.title)))
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(report.columns):
        width = {Kind.DAY: 11, Kind.MOMENT: 19, Kind.WHOLE: 9, Kind.NUMBER: 14}.get(column.kind, 18)
        sheet.set_column(place, place, width, formats.get(column.kind))
        sheet.write_string(0, place, str(column.label), formats["head"])
    writers = [
        _xlsx_cell(sheet, place, column, words, formats)
        for place, (column, words) in enumerate(zip(report.columns, words_of(report), strict=True))
    ]
    number = 0
    for number, row in enumerate(rows, start=1):
        for write, value in zip(writers, row, strict=True):
            if value is not None and value != "":
                write(number, value)
    sheet.autofilter(0, 0, number, len(report.columns) - 1)


def _xlsx_cell(
    sheet: Any, place: int, column: Column, words: Mapping[str, str], formats: dict[Any, Any]
) -> Callable[[int, Any], Any]:
    string, form = sheet.write_string, formats.get(column.kind)
    if words:
        return lambda row, value: string(row, place, words.get(value, str(value)))
    if column.kind is Kind.DAY:
        return lambda row, value: sheet.write_datetime(row, place, value, form)
    if column.kind is Kind.MOMENT:
        return lambda row, value: sheet.write_datetime(row, place, value.replace(tzinfo=None, microsecond=0), form)
    if column.kind in {Kind.WHOLE, Kind.NUMBER}:
        return lambda row, value: sheet.write_number(row, place, value)
    return lambda row, value: string(row, place, value if len(value) <= LONGEST_CELL else _cut(value))


def _cut(text: str) -> str:
    mark = _(" … [cut: a cell holds 32,767 characters; the CSV and JSON exports hold all of it]")
    return text[: LONGEST_CELL - len(mark)] + mark


def _sheet_name(title: str) -> str:
    """Return a title as the name of a sheet: at most 31 characters, none of those spreadsheets forbid."""
    return "".join(" " if sign in "[]:*?/\\'" else sign for sign in title)[:31].strip()


def _about_sheet(book: Any, report: Report, told: Iterable[tuple[str, str]], formats: dict[Any, Any]) -> None:
    sheet = book.add_worksheet(_sheet_name(_("About this export")))
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 100)
    number = -1
    for number, (name, value) in enumerate(told):
        sheet.write_string(number, 0, name, formats["head"])
        sheet.write_string(number, 1, value, formats["wrap"])
    sheet.write_string(number + 2, 0, _("Column"), formats["head"])
    sheet.write_string(number + 2, 1, _("What it says"), formats["head"])
    for place, column in enumerate(report.columns, start=number + 3):
        sheet.write_string(place, 0, str(column.label), formats["wrap"])
        sheet.write_string(place, 1, str(column.help), formats["wrap"])
