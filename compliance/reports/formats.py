"""A report as CSV, XLSX or JSON. Rows pass through one at a time; nothing here knows what they are about."""

from __future__ import annotations

import csv
import datetime as dt
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _
from rustpy_xlsxwriter import Format, write_worksheets

from .shape import Column, Filters, Kind, Report, Row, Stamp

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json; charset=utf-8",
    "pdf": "application/pdf",
}

LONGEST_CELL = 32_767
"""Characters a cell of a spreadsheet holds."""

FORMULA = frozenset("=+-@\t\r＝＋－＠")
"""First signs that make a spreadsheet read a formula."""
_CHUNK = 64 * 1024


def neutral(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: a leading apostrophe where it would be taken for one."""
    return f"'{text}" if text[:1] in FORMULA else text


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
        return lambda value: f"'{value}" if value and value[0] in FORMULA else value
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

    Rows go to disk as they come, so that memory does not grow with them. Every text is written as text: what looks
    like a formula or an address stays what it is.
    """
    file = tempfile.NamedTemporaryFile(prefix="gatehouse-", suffix=".xlsx")  # noqa: SIM115 - handed on to the response
    main, about_it = _sheet_name(str(report.title)), _sheet_name(_("About this export"))
    labels = [str(column.label) for column in report.columns]
    widths = {Kind.DAY: 11.0, Kind.MOMENT: 19.0, Kind.WHOLE: 9.0, Kind.NUMBER: 14.0}
    head = Format().set_bold().set_text_wrap().set_align("top").set_border_bottom("thin")
    wrap = Format().set_text_wrap().set_align("top")
    name, text = _("About"), _("What it says")
    sheets: list[tuple[str, Iterable[dict[str, Any]]]] = [
        (main, _records(report, rows, labels)),
        (about_it, [{name: what, text: said} for what, said in [*told, *_columns_told(report)]]),
    ]
    write_worksheets(
        sheets,
        file.name,
        datetime_format="yyyy-mm-dd hh:mm:ss",
        freeze_panes={main: {"row": 1, "col": 1}},
        autofilter={main: True},
        header_format={main: head, about_it: head},
        column_widths={
            main: [widths.get(column.kind, 18.0) for column in report.columns],
            about_it: {name: 34.0, text: 100.0},
        },
        column_formats={about_it: {name: wrap, text: wrap}},
    )
    file.seek(0)
    return file


def _records(report: Report, rows: Iterable[Row], labels: list[str]) -> Iterator[dict[str, Any]]:
    """Yield each row as the workbook writes it: words for codes, no time zones, no cell longer than a cell may be."""
    cells = [_cell(column, words) for column, words in zip(report.columns, words_of(report), strict=True)]
    empty = True
    for row in rows:
        empty = False
        yield {
            label: None if value is None or value == "" else cell(value)
            for label, cell, value in zip(labels, cells, row, strict=True)
        }
    if empty:
        yield dict.fromkeys(labels)


def _cell(column: Column, words: Mapping[str, str]) -> Callable[[Any], Any]:
    if words:
        return lambda value: words.get(value, str(value))
    if column.kind is Kind.MOMENT:
        return lambda value: value.replace(tzinfo=None, microsecond=0)
    if column.kind is Kind.NUMBER:
        return float
    if column.kind in {Kind.DAY, Kind.WHOLE}:
        return lambda value: value
    return lambda value: value if len(value) <= LONGEST_CELL else _cut(value)


def _columns_told(report: Report) -> Iterator[tuple[str, str]]:
    for column in report.columns:
        yield str(column.label), str(column.help)


def _cut(text: str) -> str:
    mark = _(" … [cut: a cell holds 32,767 characters; the CSV and JSON exports hold all of it]")
    return text[: LONGEST_CELL - len(mark)] + mark


def _sheet_name(title: str) -> str:
    """Return a title as the name of a sheet: at most 31 characters, none of those spreadsheets forbid."""
    return "".join(" " if sign in "[]:*?/\\'" else sign for sign in title)[:31].strip()
