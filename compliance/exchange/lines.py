"""Reading JSON Lines and CSV one line at a time; a line that cannot be read is an error of that line and of no other.

A byte order mark at the beginning and CRLF are taken as they come. Everything else that a careless program may write
(a blank or cut line, a number that is none, one key twice, a line without end) is refused with its number and a reason.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from compliance.ear.facts import BadFacts

LONGEST_LINE = 1_000_000
"""Bytes; the facts of a transaction with a thousand parties take a quarter of it."""
MOST_DIGITS = 400
_MARK = b"\xef\xbb\xbf"

Row = dict[str, Any]
Read = tuple[int, "Row | BadFacts"]


class _Refused(ValueError):
    """A refusal from inside the JSON reader, which passes on nothing but exceptions."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key, self.values = key, values


def read_json_lines(stream: BinaryIO) -> Iterator[Read]:
    """Yield ``(number, object or error)`` for every line; numbers begin at 1. Holds one line in memory at a time."""
    for number, raw in _lines(stream):
        try:
            yield number, raw if isinstance(raw, BadFacts) else parse_object(raw)
        except BadFacts as error:
            yield number, error


def parse_object(raw: bytes) -> Row:
    """Read one JSON object. Numbers with a point stay exact. Raises :class:`BadFacts` whose path is ``line``."""
    text = _text(raw)
    if not text.strip():
        raise BadFacts("line", "blank_line")
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_decimal, parse_int=_integer
        )
    except _Refused as refused:
        raise BadFacts("line", refused.key, **refused.values) from None
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
        raise BadFacts("line", "cut_line" if cut else "not_json", column=error.pos + 1) from None
    except RecursionError:
        raise BadFacts("line", "too_deep") from None
    if "\\u" in text and not _whole(value):
        raise BadFacts("line", "half_a_character")
    if not isinstance(value, dict):
        raise BadFacts("line", "not_an_object", given=_kind(value))
    return value


def read_csv(stream: BinaryIO, columns: Iterable[str]) -> Iterator[Read]:
    """Yield ``(line number, row or error)``; empty cells are unknown and left out. The first line names the columns.

    A heading that cannot be used is the error of line 1 and ends the reading, because no row could be understood.
    """
    known = tuple(columns)
    errors: dict[int, BadFacts] = {}
    reader = csv.reader(_texts(stream, errors), strict=True)
    names: list[str] | None = None
    while True:
        before = reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if names is None:
                yield 1, BadFacts("line", "not_csv", given=str(error)[:80])
                return
            yield before + 1, BadFacts("line", "not_csv", given=str(error)[:80])
            continue
        bad = next((errors.pop(line) for line in range(before + 1, reader.line_num + 1) if line in errors), None)
        if names is None:
            names = [cell.strip().removeprefix("item.") for cell in cells]
            if (bad := bad or _heading(names, known)) is not None:
                yield 1, bad
                return
            continue
        if bad is not None:
            yield before + 1, bad
        elif not any(cell.strip() for cell in cells):
            yield before + 1, BadFacts("line", "blank_line")
        elif len(cells) != len(names):
            yield before + 1, BadFacts("line", "cells", given=len(cells), needed=len(names))
        else:
            yield before + 1, {name: cell for name, cell in zip(names, cells, strict=True) if cell.strip()}


def _heading(names: list[str], known: tuple[str, ...]) -> BadFacts | None:
    if not any(names):
        return BadFacts("line", "blank_line")
    for name in names:
        if name not in known:
            return BadFacts(f"line.{name[:40]}", "unknown_column", known=", ".join(known))
        if names.count(name) > 1:
            return BadFacts(f"line.{name[:40]}", "column_twice", given=name[:40])
    return None


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | BadFacts]]:
    number = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        if number == 1:
            raw = raw.removeprefix(_MARK)
        if len(raw) <= LONGEST_LINE or raw.endswith(b"\n"):
            yield number, raw.rstrip(b"\r\n")
            continue
        while (more := stream.readline(LONGEST_LINE)) and not more.endswith(b"\n"):
            pass
        yield number, BadFacts("line", "line_too_long", limit=LONGEST_LINE)


def _texts(stream: BinaryIO, errors: dict[int, BadFacts]) -> Iterator[str]:
    """Give the CSV reader text; a line that is none goes to ``errors`` and leaves an empty line in its place."""
    for number, raw in _lines(stream):
        try:
            if isinstance(raw, BadFacts):
                raise raw
            yield _text(raw) + "\n"
        except BadFacts as error:
            errors[number] = error
            yield "\n"


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadFacts("line", "not_utf8", column=error.start + 1) from None


def _object(pairs: list[tuple[str, Any]]) -> Row:
    held: Row = {}
    for name, value in pairs:
        if name in held:
            raise _Refused("duplicate_key", given=_shown(name))
        held[name] = value
    return held


def _whole(value: Any) -> bool:
    """Whether every text in ``value`` can be written: JSON can escape half a surrogate pair, which no file can hold."""
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(name: str) -> str:
    return name[:40].encode("utf-8", "replace").decode()


def _constant(name: str) -> Any:
    raise _Refused("no_number", given=name)


def _decimal(written: str) -> Decimal:
    if len(written) > MOST_DIGITS:
        raise _Refused("no_number", given=f"{written[:20]}…")
    return Decimal(written)


def _integer(written: str) -> int:
    # Python refuses very long integers with a sentence about its own settings.
    if len(written) > MOST_DIGITS:
        raise _Refused("no_number", given=f"{written[:20]}…")
    return int(written)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    return {list: "array", str: "string", bool: "boolean"}.get(type(value), "number")
