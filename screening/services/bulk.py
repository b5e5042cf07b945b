"""Many names at once, from a file or a pipe: nothing is stored, a bad row never stops the good ones."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import IO, Any

from .. import indexes, queries
from ..matching import Found, Who, forms
from ..matching.index import KINDS
from ..matching.many import find_many
from ..matching.names import LONGEST
from ..models import ListedParty, Snapshot
from ..reasons import Refusal, sentence
from ..shapes import Coverage
from .running import OVERRIDES, each_entry_once, lists_of, one_letter

COLUMNS = ("query", "qid", "country", "type", "address", "identifier")
"""The columns that are read; only ``query`` has to be there. Several values of one cell are separated by ``;``."""

CHUNK = 100
MOST_CELL = 100_000
MOST_LINE = 1_000_000
"""Characters of one line that are read; of a longer one the rest is passed over and the row is bad."""


@dataclass(frozen=True, slots=True)
class Note:
    """What of a row was not understood, though its name is searched: the key of a sentence and its values."""

    key: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """Return it as a sentence in the reader's language."""
        return sentence(self.key, self.values)


@dataclass(frozen=True, slots=True)
class Asked:
    """One row: its line in the file, who is meant, and what of it was not understood."""

    line: int
    qid: str
    who: Who
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that cannot be searched: its line, the name as far as there is one, and the key of the reason."""

    line: int
    query: str
    key: str
    values: dict[str, Any] = field(default_factory=dict)
    qid: str = ""

    @property
    def message(self) -> str:
        """Return why, as a sentence in the reader's language."""
        return sentence(self.key, self.values)


@dataclass(frozen=True, slots=True)
class Hit:
    """One listed party that a row may mean."""

    entity_id: str
    list_code: str
    name: str
    found: Found


Answered = tuple[Asked, list[Hit]] | BadRow


def opened(stream: IO[bytes]) -> IO[str]:
    """Return a stream of bytes as text: UTF-8 or UTF-16. Bytes that are no text stay recognizable.

    Raises :class:`~screening.reasons.Refusal` for a workbook or an archive.
    """
    buffered = stream if hasattr(stream, "peek") else io.BufferedReader(stream)  # type: ignore[type-var]
    opening = buffered.peek(64)[:64]  # type: ignore[union-attr]
    if opening.startswith((b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")):
        raise Refusal("bulk_packed")
    encoding = encoding_of(opening)
    errors = "surrogateescape" if encoding == "utf-8-sig" else "replace"
    return io.TextIOWrapper(buffered, encoding=encoding, errors=errors, newline="")  # type: ignore[type-var]


def encoding_of(opening: bytes) -> str:
    """Return the encoding a file seems to have by its first bytes: UTF-16 by its mark or its zeros, else UTF-8.

    A heading in UTF-16 has a zero beside every letter; without the mark its Chinese rows would be read as other names.
    """
    if opening.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = opening[0::2].count(0), opening[1::2].count(0)
    few = len(opening) // 8
    if odd > few and not even:
        return "utf-16-le"
    return "utf-16-be" if even > few and not odd else "utf-8-sig"


class _Lines:
    """The lines of a stream, whatever ends them, none longer than is read; a record that failed gives its lines back.

    ``number`` is the line last handed out.
    """

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.number = 0
        self.record: list[str] = []
        self._again: deque[str] = deque()

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self.record.append(line)
        return line

    def _read(self) -> str:
        line = self.stream.readline(MOST_LINE)
        rest = line
        while rest and not rest.endswith(("\n", "\r")):
            # Cut off: what follows belongs to a line that is too long already.
            rest = self.stream.readline(MOST_LINE)
        return line

    def give_back(self) -> int:
        """Keep the first line of the failed record for lost and read the others again; return that first line."""
        lost = self.number - len(self.record) + 1
        self._again.extendleft(reversed(self.record[1:]))
        self.number = lost
        return lost


def read(
    stream: IO[str], *, delimiter: str = ",", unread: Callable[[list[str]], None] | None = None
) -> Iterator[Asked | BadRow]:
    """Yield the rows of a CSV file one at a time. Raises :class:`~screening.reasons.Refusal` for a file without any.

    An open quotation mark costs the line it stands in and no other. Memory does not grow with the file. ``unread`` is
    told the columns that are passed over, if there are any.
    """
    csv.field_size_limit(MOST_CELL)
    lines = _Lines(stream)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = _header(next(cells for cells in reader if any(cell.strip() for cell in cells)))
    except (StopIteration, UnicodeError):
        raise Refusal("bulk_empty") from None
    except csv.Error:
        raise Refusal("bulk_header") from None
    if unread and (passed := [name for name in header if name and name not in COLUMNS]):
        unread(passed)
    while True:
        lines.record.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            line = lines.record[0][:80].strip() if lines.record else ""
            yield BadRow(lines.give_back(), line.encode("utf-8", "replace").decode(), "row_unreadable")
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        if any(cell.strip() for cell in cells):
            yield row_of(lines.number - len(lines.record) + 1, header, cells)


def rows_of(table: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Asked | BadRow]:
    """Yield the rows of a table already taken apart, numbered; its first row names the columns."""
    header: list[str] = []
    for number, cells in table:
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = _header(cells)
            continue
        padded = [*cells[: len(header)], *[""] * (len(header) - len(cells))]
        over = any(cell.strip() for cell in cells[len(header) :])
        yield row_of(number, header, list(cells) if over else padded)
    if not header:
        raise Refusal("bulk_empty")


HEADINGS = {
    "name": "query", "名称": "query", "姓名": "query", "国家": "country", "国家或地区": "country", "类型": "type",
    "地址": "address", "编号": "identifier", "证件号码": "identifier", "id": "qid", "序号": "qid",
}  # fmt: skip
"""Other words for the columns, as people head their spreadsheets."""

TYPES = {
    "organization": "entity", "organisation": "entity", "company": "entity", "business": "entity", "机构": "entity",
    "组织": "entity", "公司": "entity", "企业": "entity", "实体": "entity",
    "person": "individual", "个人": "individual", "自然人": "individual",
    "ship": "vessel", "船舶": "vessel", "plane": "aircraft", "飞机": "aircraft", "航空器": "aircraft",
}  # fmt: skip
"""Other words for the types, as people write them."""


def _header(cells: Sequence[str]) -> list[str]:
    header = [" ".join(name.replace("\x00", "").strip().lstrip("\ufeff").casefold().split()) for name in cells]
    while header and not header[-1]:
        header.pop()
    if not any(header):
        raise Refusal("bulk_empty")
    if "query" not in header:
        # A file that has both keeps them apart: only without “query” is another word taken for it.
        header = [HEADINGS.get(name, name) for name in header]
    if "query" not in header:
        shown = ", ".join(header)[:200].encode("utf-8", "replace").decode()
        raise Refusal("bulk_no_query", found=shown or "–")
    if twice := sorted({name for name in header if name in COLUMNS and header.count(name) > 1}):
        raise Refusal("bulk_twice", found=", ".join(twice))
    return header


def row_of(line: int, header: Sequence[str], cells: Sequence[str]) -> Asked | BadRow:
    """Return what a row asks, or why it cannot be searched."""
    found = _row(line, header, cells)
    if isinstance(found, BadRow) and len(cells) == len(header) and found.key != "row_not_text":
        qid = dict(zip(header, cells, strict=True)).get("qid", "")
        return replace(found, qid=qid.replace("\x00", "")[:200])
    return found


def _row(line: int, header: Sequence[str], cells: Sequence[str]) -> Asked | BadRow:
    shown = (dict(zip(header, cells, strict=False)).get("query", "") or cells[0])[:80]
    shown = shown.replace("\x00", "").encode("utf-8", "replace").decode()
    if any("\ud800" <= sign <= "\udfff" for cell in cells for sign in cell):
        return BadRow(line, shown, "row_not_text")
    if len(cells) != len(header):
        return BadRow(line, shown, "row_cells", {"found": len(cells), "expected": len(header)})
    told = {name: cell.replace("\x00", "") for name, cell in zip(header, cells, strict=True)}
    query, country = told["query"].strip(), told.get("country", "").strip().upper()
    kind = told.get("type", "").strip().casefold()
    if not query:
        return BadRow(line, "", "row_no_name")
    if len(query) > LONGEST:
        return BadRow(line, shown, "row_long_name", {"found": len(query), "most": LONGEST})
    if turned := next((sign for sign in query if sign in OVERRIDES), ""):
        return BadRow(line, shown, "row_turned", {"code": f"{ord(turned):04X}"})
    if not forms(query):
        return BadRow(line, shown, "row_empty_name")
    for one in _several(country):
        if not (len(one) == 2 and one.isascii() and one.isalpha()):
            return BadRow(line, shown, "row_country", {"found": one[:20]})
    addresses, identifiers = _several(told.get("address", "")), _several(told.get("identifier", ""))
    for name, values in (("address", addresses), ("identifier", identifiers)):
        if len(values) > MOST_VALUES or any(len(one) > LONGEST for one in values):
            return BadRow(line, shown, "row_long_cell", {"column": name, "most": LONGEST, "values": MOST_VALUES})
    kind = TYPES.get(kind, kind)
    notes: tuple[Note, ...] = ()
    if kind not in KINDS:
        # A type only ever speaks against a match: searched without it, nothing is kept back.
        notes = (Note("row_type", {"found": told["type"].strip()[:40], "known": ", ".join(filter(None, KINDS))}),)
        kind = ""
    if one_letter(query):
        notes = (*notes, Note("row_one_letter"))
    if any("\x00" in cell for cell in cells):
        notes = (*notes, Note("row_zeros"))
    who = Who((query,), addresses, _several(country), identifiers, kind)
    return Asked(line, told.get("qid", ""), who, notes)


MOST_VALUES = 50


def _several(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, (one.strip() for one in cell.replace("；", ";").split(";"))))


def searched(on: dt.date | None = None) -> Coverage:
    """Return which lists a search now would ask, or one of a past day, for :func:`answer` to ask the very same.

    Raises :class:`~screening.reasons.Refusal` when no list is loaded, or was on that day.
    """
    lists_of(on)
    return queries.coverage(on=on)


def answer(
    rows: Iterable[Asked | BadRow],
    *,
    lists: Coverage,
    threshold: float = 0.0,
    limit: int = 10,
    workers: int = 1,
) -> Iterator[Answered]:
    """Yield the rows in their order with the listed parties each may mean, surest first, each entry once.

    ``lists`` is what :func:`searched` said. With more than one worker the rows are shared out; every worker maps the
    same index.
    """
    kept = Snapshot.objects.in_bulk([file.snapshot_id for file in lists.files])
    snapshots = [kept[file.snapshot_id] for file in lists.files]
    known: dict[int, ListedParty] = {}
    paths = [indexes.path_of(snapshot) for snapshot in snapshots]
    # The rows of a chunk wait here while their names are looked for: answers come back in the same order.
    held: deque[list[Asked | BadRow]] = deque()

    def asked() -> Iterator[list[Who | None]]:
        left = iter(rows)
        while chunk := list(islice(left, CHUNK)):
            held.append(chunk)
            yield [None if isinstance(row, BadRow) else row.who for row in chunk]

    for found in find_many(paths, asked(), threshold=threshold, limit=limit, workers=workers):
        _learn(known, {hit.id for hits in found for hit in hits or ()})
        for row, hits in zip(held.popleft(), found, strict=True):
            if isinstance(row, BadRow):
                yield row
            else:
                best = each_entry_once(hits or (), lambda listed: known[listed].key)[:limit]
                yield row, [_hit(known[hit.id], hit) for hit in best]


def _learn(known: dict[int, ListedParty], ids: set[int]) -> None:
    """Look up those listed parties that are not known yet: a few names mean few of the many on a list."""
    wanted = ids.difference(known)
    if wanted:
        known |= ListedParty.objects.only("key", "entity_id", "list_code", "name").in_bulk(wanted)


def _hit(listed: ListedParty, found: Found) -> Hit:
    return Hit(listed.entity_id, listed.list_code, listed.name, found)
