"""Rows of a delimited file, and where exactly one of them is wrong. Shared by the sources."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import suppress
from typing import Any, BinaryIO

from .shape import Unreadable

LONGEST_CELL = 1_000_000
MOST_ENTRIES = 2_000_000
END_OF_FILE = "\x1a"
"""The last line of files that once were written for DOS."""

Rows = Generator[tuple[int, dict[str, Any]], None, None]

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
# A question mark where a quotation mark stood, or the sign a failed decoding leaves: BEIJING?S, "�".
_DAMAGED = re.compile(r"\w\?(?=\w)|\ufffd")


def cells_of(stream: BinaryIO, *, delimiter: str = ",") -> Generator[tuple[int, list[str]]]:
    """Yield (number of the row, its cells) as they stand, from the first row on, without empty and end-of-file rows.

    Raises :class:`Unreadable` ``not_utf8``, ``cut_short`` or ``bad_csv``, naming the row.
    """
    csv.field_size_limit(LONGEST_CELL)
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="strict", newline="")
    row = 0
    try:
        for row, cells in enumerate(csv.reader(text, delimiter=delimiter, strict=True), start=1):
            if cells and cells != [END_OF_FILE]:
                yield row, cells
    except UnicodeDecodeError:
        raise _not_text(stream, row) from None
    except csv.Error as error:
        if row == 0:
            refuse_delimiter(stream, delimiter)
        key = "cut_short" if "unexpected end" in str(error) else "bad_csv"
        raise Unreadable(key, row=row + 1, detail=str(error)) from None
    finally:
        # A reader that stopped half-way is ended by the garbage collector, when the stream may be closed already.
        with suppress(ValueError):
            text.detach()


def refuse_delimiter(stream: BinaryIO, delimiter: str) -> None:
    """Raise :class:`Unreadable` ``wrong_delimiter`` where the quoted cells of the first line are parted by another."""
    stream.seek(0)
    first = stream.readline(4096).decode("utf-8", "replace")
    for other, name in _DELIMITERS.items():
        if other != delimiter and f'"{other}"' in first:
            raise Unreadable("wrong_delimiter", found=name, expected=_DELIMITERS[delimiter]) from None


def _not_text(stream: BinaryIO, row: int) -> Unreadable:
    """Find the line that is not text: decoding runs a few thousand bytes ahead of the row that was read last."""
    stream.seek(0)
    for number, line in enumerate(stream, start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            return Unreadable("not_utf8", row=number, byte=error.start + 1)
    return Unreadable("not_utf8", row=row + 1, byte=0)


def rows_under_header(
    stream: BinaryIO,
    *,
    needed: Iterable[str],
    delimiter: str = ",",
    folded: bool = False,
    closed: frozenset[str] = frozenset(),
) -> Rows:
    """Yield (number of the row, column → cell) of a file whose first row names the columns.

    ``folded`` takes column names whatever their case; ``closed`` are all the names there may be, so that a misspelled
    column is refused instead of ignored. Raises :class:`Unreadable` for a header that lacks one of ``needed``, and for
    a row of another length.
    """
    rows = cells_of(stream, delimiter=delimiter)
    _row, header = next(rows, (0, []))
    if not header:
        raise Unreadable("empty")
    header = [name.strip().casefold() if folded else name.strip() for name in header]
    check_header(header, needed=needed, delimiter=delimiter, closed=closed)
    for number, cells in rows:
        if len(cells) != len(header):
            raise Unreadable("row_length", row=number, found=len(cells), expected=len(header))
        yield number, {column: plain(cell) for column, cell in zip(header, cells, strict=True)}


def check_header(
    header: list[str], *, needed: Iterable[str], delimiter: str = ",", closed: frozenset[str] = frozenset()
) -> None:
    """Raise :class:`Unreadable` unless the header has every needed column, each once."""
    missing = [column for column in needed if column not in header]
    if missing and len(header) == 1:
        for other, name in _DELIMITERS.items():
            if other != delimiter and other in header[0]:
                raise Unreadable("wrong_delimiter", found=name, expected=_DELIMITERS[delimiter])
        raise Unreadable("no_header", found=header[0][:60])
    if missing:
        raise Unreadable("missing_column", column=", ".join(missing))
    twice = [column for column, count in Counter(header).items() if count > 1]
    if twice:
        raise Unreadable("repeated_column", column=", ".join(twice))
    if closed and (unknown := [column for column in header if column not in closed]):
        raise Unreadable("unknown_column", column=", ".join(unknown)[:120], known=", ".join(sorted(closed)))


def plain(value: Any) -> Any:
    """Drop what a database cannot hold and nobody can see; keep every other character as published."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", _UNPRINTABLE.sub("", value)).strip()
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value


def damaged(text: str) -> bool:
    """Say whether a name shows the damage of a wrong decoding: a question mark inside a word, or a lost letter."""
    return bool(_DAMAGED.search(text))


def parts_of(cell: str) -> list[str]:
    """Return the values of a cell in which several are joined with ``;``."""
    return [text for text in (one.strip() for one in cell.split(";")) if text]
