"""Reading a table somebody handed in, CSV or XLSX, as rows of text. A formula is text, too, and is never computed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
from django.utils.translation import gettext_lazy as _

from . import words
from .files import Upload
from .refusals import BadInput

MOST_BYTES = 5 * 1024 * 1024
# An .xlsx is a zip archive: what it unpacks to is bounded before anything reads it.
MOST_UNPACKED = 60 * 1024 * 1024

Table = Iterator[tuple[int, list[str]]]


def received(upload: Upload) -> tuple[str, bytes]:
    """Return the name and the content of a file, within its limit. Raises :class:`~.refusals.BadInput`."""
    name = words.text("file", Path(str(upload.name).replace("\\", "/")).name, limit=200, required=True)
    content = bytearray()
    for piece in upload.chunks():
        content += piece
        if len(content) > MOST_BYTES:
            raise BadInput("file", _("The file is larger than %(limit)d MB. Split it."), limit=MOST_BYTES // 1024**2)
    if not content:
        raise BadInput("file", _("The file is empty."))
    return name, bytes(content)


def table(name: str, content: bytes) -> Table:
    """Return the rows as (number a spreadsheet gives it, cells as text). Raises :class:`~.refusals.BadInput`."""
    ending = Path(name).suffix.casefold()
    if ending == ".csv":
        return _csv(content)
    if ending == ".xlsx":
        return _xlsx(content)
    raise BadInput("file", _("Use a .csv or .xlsx file; this one is called “%(name)s”."), name=name)


def _csv(content: bytes) -> Table:
    text = _decoded(content)
    opening = text[:4096].splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=opening.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        # Rows are counted as a spreadsheet counts them: a cell with line breaks is still one row.
        yield from enumerate(reader, start=1)
    except csv.Error as error:
        raise BadInput(
            "file",
            _("Line %(line)d cannot be read: a quotation mark is open or stands in a wrong place."),
            line=reader.line_num,
        ) from error


def _decoded(content: bytes) -> str:
    """Return the text: UTF-8 or UTF-16 by their marks, else UTF-8, else the Chinese national encoding Excel writes."""
    codecs = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for codec in codecs:
        try:
            return content.decode(codec)
        except UnicodeDecodeError:
            continue
    raise BadInput("file", _("The letters in the file cannot be read. Save it as “CSV UTF-8” or as XLSX."))


def _xlsx(content: bytes) -> Table:
    broken = BadInput(
        "file", _("The file is not a readable XLSX workbook. Open it, save it again as .xlsx, and retry.")
    )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise BadInput("file", _("The workbook unpacks to more than it may. Copy the rows to a new workbook."))
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except BadInput:
        raise
    except Exception as error:
        raise broken from error
    try:
        page = book.worksheets[0]
        # Some writers state the wrong size of the sheet; what is there counts.
        page.reset_dimensions()
        for number, cells in enumerate(page.iter_rows(values_only=True), start=1):
            yield number, [_cell(cell) for cell in cells]
    except BadInput:
        raise
    except Exception as error:
        raise broken from error
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
