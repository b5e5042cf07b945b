"""A report as CSV written by PostgreSQL itself.

Turning a hundred thousand rows of thirty columns into cells takes Python longer than the database needs to find them.
``COPY`` writes the cells where the rows are. A cell says the same as in :mod:`compliance.reports.formats`: words for
codes, moments in UTC, and nothing that a spreadsheet would take for a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection, transaction

from compliance.models import User

from .formats import FORMULA, csv_pieces, neutral, words_of
from .shape import Column, Filters, Kind, Report

_CHUNK = 64 * 1024
_LINE_END = "\r\n"


def csv_of(report: Report, user: User, filters: Filters) -> Iterator[bytes]:
    """Yield the report as CSV, in the language of now; by ``COPY`` where the report says how it is selected."""
    if report.statement is None:
        return csv_pieces(report, report.rows(user, filters))
    return _copied(report, report.statement(user, filters), words_of(report))


def _copied(
    report: Report, statement: tuple[str, tuple[Any, ...]] | None, words: list[dict[str, str]]
) -> Iterator[bytes]:
    heading = io.StringIO()
    csv.writer(heading, lineterminator=_LINE_END).writerow([neutral(str(column.label)) for column in report.columns])
    head = ("\ufeff" + heading.getvalue()).encode()

    def pieces() -> Iterator[bytes]:
        gathered, size = [head], len(head)
        if statement is not None:
            sql, values = statement
            places = [f"c{place}" for place in range(len(report.columns))]
            cells, given = [], []
            for place, column, said in zip(places, report.columns, words, strict=True):
                cell, cell_values = _cell(place, column, said)
                cells.append(cell)
                given += cell_values
            # Every value is a parameter; what is put together here are the report's own columns and its own statement.
            query = (
                f"COPY (SELECT {', '.join(cells)} FROM ({sql}) AS asked({', '.join(places)})) "  # noqa: S608
                "TO STDOUT WITH (FORMAT csv)"
            )
            with transaction.atomic(), connection.cursor() as cursor:
                quicker(cursor)
                with cursor.copy(query, (*given, *values)) as copied:
                    for line in copied:
                        gathered.append(_ended(bytes(line)))
                        size += len(line)
                        if size > _CHUNK:
                            yield b"".join(gathered)
                            gathered, size = [], 0
        yield b"".join(gathered)

    return pieces()


def quicker(cursor: Any) -> None:
    """Compiling such a statement takes longer than running it, and its sorts fit in memory."""
    cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '48MB'")


def _ended(line: bytes) -> bytes:
    """Return one row as RFC 4180 ends it. The database sends row by row, so a line break inside a cell stays."""
    return line[:-1] + b"\r\n" if line.endswith(b"\n") else line


def _cell(place: str, column: Column, words: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return the SQL of one cell and the values it takes."""
    if words:
        said = " ".join("WHEN %s THEN %s" for _ in words)
        return f"CASE {place}::text {said} ELSE {place}::text END", [
            text for code, word in words.items() for text in (code, neutral(word))
        ]
    if column.kind is Kind.MOMENT:
        return f"to_char({place} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')", []
    if column.kind in {Kind.TEXT, Kind.CODE}:
        return f"CASE WHEN left({place}, 1) = ANY(%s) THEN '''' || {place} ELSE {place} END", [sorted(FORMULA)]
    return place, []
