"""A table somebody hands in, CSV or XLSX, as rows of text: bounded before it is unpacked; a formula is never computed.

The one reader of spreadsheets of this program: what its rows mean is said by who asks.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import openpyxl

from ..reasons import Refusal
from .bulk import encoding_of

Table = Iterator[tuple[int, list[str]]]
"""Rows as (the number a spreadsheet gives them, their cells as text)."""


def content_of(pieces: Iterable[bytes], *, most: int, too_large: str = "table_too_large") -> bytes:
    """Return the bytes of an upload of at most ``most`` bytes. Raises :class:`~screening.reasons.Refusal`."""
    content = bytearray()
    for piece in pieces:
        content += piece
        if len(content) > most:
            raise Refusal(too_large, field="file", limit=most // 1024**2)
    if not content:
        raise Refusal("table_empty", field="file")
    return bytes(content)


def kind_of(name: str) -> str:
    """Return ``.csv`` or ``.xlsx``. Raises :class:`~screening.reasons.Refusal` for a file of another name."""
    ending = Path(name).suffix.casefold()
    if ending not in (".csv", ".xlsx"):
        raise Refusal("sheet_kind", field="file", name=name[:80])
    return ending


def table(name: str, content: bytes, *, most_unpacked: int) -> Table:
    """Return the rows of a file. One row that cannot be read refuses the file: half a table is not what was meant.

    ``most_unpacked`` is how many bytes a workbook may unpack to. Raises :class:`~screening.reasons.Refusal`.
    """
    return xlsx(content, most_unpacked=most_unpacked) if kind_of(name) == ".xlsx" else _csv(content)


def _csv(content: bytes) -> Table:
    text, delimiter = text_of(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        # Rows are counted as a spreadsheet counts them: a cell with line breaks is still one row.
        yield from enumerate(reader, start=1)
    except csv.Error:
        raise Refusal("table_quote", field="file", line=reader.line_num) from None


def text_of(content: bytes) -> tuple[str, str]:
    """Return the text of a CSV file and what separates its cells. Raises :class:`~screening.reasons.Refusal`.

    It is read as UTF-8 or UTF-16, else as the Chinese national encoding that Excel writes.
    """
    seems = encoding_of(content[:64])
    for encoding in [seems] if seems != "utf-8-sig" else [seems, "gb18030"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        opening = next((line for line in text[:4096].splitlines() if line.strip()), "")
        return text, max(",;\t", key=opening.count)
    raise Refusal("sheet_letters", field="file")


def xlsx(content: bytes, *, most_unpacked: int) -> Table:
    """Return the rows of the first sheet of a workbook. Raises :class:`~screening.reasons.Refusal`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > most_unpacked:
                raise Refusal("sheet_unpacks", field="file")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except Refusal:
        raise
    except Exception:  # noqa: BLE001  a damaged workbook fails in any of a dozen ways
        raise Refusal("sheet_broken", field="file") from None
    try:
        page = book.worksheets[0]
        # Some writers state the wrong size of the sheet; what is there counts.
        page.reset_dimensions()
        for number, cells in enumerate(page.iter_rows(values_only=True), start=1):
            yield number, [_cell(cell) for cell in cells]
    except GeneratorExit:
        raise
    except Exception:  # noqa: BLE001
        raise Refusal("sheet_broken", field="file") from None
    finally:
        book.close()


def _cell(cell: Any) -> str:
    """Return a cell as the text a person sees: days as year-month-day, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
