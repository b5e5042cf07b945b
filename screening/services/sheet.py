"""A spreadsheet of parties as rows of text: CSV or XLSX, bounded before it is unpacked; a formula is never computed."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import openpyxl

from ..reasons import Refusal
from . import bulk

MOST_BYTES = 20 * 1024 * 1024
# An .xlsx is a zip archive: what it unpacks to is bounded before anything reads it.
MOST_UNPACKED = 150 * 1024 * 1024
MOST_ROWS = 50_000


def content_of(pieces: Iterable[bytes]) -> bytes:
    """Return the bytes of an upload, within their limit. Raises :class:`~screening.reasons.Refusal`."""
    content = bytearray()
    for piece in pieces:
        content += piece
        if len(content) > MOST_BYTES:
            raise Refusal("sheet_too_large", field="file", limit=MOST_BYTES // 1024**2)
    if not content:
        raise Refusal("bulk_empty", field="file")
    return bytes(content)


def rows(name: str, content: bytes) -> Iterator[bulk.Asked | bulk.BadRow]:
    """Yield the rows of a file, at most :data:`MOST_ROWS`. Raises :class:`~screening.reasons.Refusal` of ``file``."""
    ending = Path(name).suffix.casefold()
    if ending not in (".csv", ".xlsx"):
        raise Refusal("sheet_kind", field="file", name=name[:80])
    try:
        found = _csv(content) if ending == ".csv" else bulk.rows_of(_xlsx(content))
        for count, row in enumerate(found, start=1):
            if count > MOST_ROWS:
                raise Refusal("sheet_too_many", limit=MOST_ROWS)
            yield row
    except Refusal as refusal:
        refusal.field = "file"
        raise


def _csv(content: bytes) -> Iterator[bulk.Asked | bulk.BadRow]:
    text = _decoded(content)
    opening = text[:4096].splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=opening.count)
    if delimiter == ",":
        # Line by line, so that an open quotation mark costs one row.
        return bulk.read(io.StringIO(text, newline=""))
    return bulk.rows_of(_separated(text, delimiter))


def _separated(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from enumerate(reader, start=1)
    except csv.Error:
        raise Refusal("sheet_letters") from None


def _decoded(content: bytes) -> str:
    """Return the text: UTF-8 or UTF-16 by their marks, else UTF-8, else the Chinese national encoding Excel writes."""
    codecs = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for codec in codecs:
        try:
            return content.decode(codec)
        except UnicodeDecodeError:
            continue
    raise Refusal("sheet_letters")


def _xlsx(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise Refusal("sheet_unpacks")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except Refusal:
        raise
    except Exception:  # noqa: BLE001  a damaged workbook fails in any of a dozen ways
        raise Refusal("sheet_broken") from None
    try:
        page = book.worksheets[0]
        # Some writers state the wrong size of the sheet; what is there counts.
        page.reset_dimensions()
        for number, cells in enumerate(page.iter_rows(values_only=True), start=1):
            yield number, [_cell(cell) for cell in cells]
    except Refusal:
        raise
    except Exception:  # noqa: BLE001
        raise Refusal("sheet_broken") from None
    finally:
        book.close()


def _cell(cell: Any) -> str:
    """Return a cell as the text a person sees: whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
