"""Many names at once, from a file or a pipe: nothing is stored, a bad row never stops the good ones."""

from __future__ import annotations

import csv
import datetime as dt
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO

from .. import indexes
from ..matching import Found, Who, forms
from ..matching.index import KINDS
from ..matching.many import find_many
from ..matching.names import LONGEST
from ..models import ListedParty, Snapshot
from ..reasons import Refusal
from .running import snapshots_on

COLUMNS = ("query", "qid", "country", "type", "address", "identifier")
"""The columns that are read; only ``query`` has to be there. Several values of one cell are separated by ``;``."""

CHUNK = 100
MOST_CELL = 100_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One row: its line in the file and who is meant."""

    line: int
    qid: str
    who: Who


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that cannot be searched, and why, as a sentence."""

    line: int
    query: str
    message: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One listed party that a row may mean."""

    entity_id: str
    list_code: str
    name: str
    found: Found


Answered = tuple[Asked, list[Hit]] | BadRow


def read(stream: IO[str]) -> Iterator[Asked | BadRow]:
    """Yield the rows of a CSV file one at a time. Raises :class:`~screening.reasons.Refusal` for a file without any."""
    csv.field_size_limit(MOST_CELL)
    reader = csv.reader(stream)
    try:
        header = [name.strip().lstrip("\ufeff").casefold() for name in next(reader)]
    except (StopIteration, csv.Error, UnicodeDecodeError):
        raise Refusal("bulk_empty") from None
    if "query" not in header:
        raise Refusal("bulk_no_query", found=", ".join(header)[:200] or "–")
    if len(set(header)) < len(header):
        raise Refusal("bulk_twice", found=", ".join(sorted({n for n in header if header.count(n) > 1})))
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, UnicodeDecodeError) as error:
            yield BadRow(reader.line_num, "", str(error))
            if isinstance(error, UnicodeDecodeError):
                return
            continue
        if cells:
            yield _row(reader.line_num, header, cells)


def _row(line: int, header: list[str], cells: list[str]) -> Asked | BadRow:
    if len(cells) != len(header):
        return BadRow(line, cells[0][:80], f"{len(cells)} cells where the header has {len(header)}")
    told = dict(zip(header, cells, strict=True))
    query, country = told["query"].strip(), told.get("country", "").strip().upper()
    kind = told.get("type", "").strip().casefold()
    if not query:
        return BadRow(line, "", "the column query is empty")
    if len(query) > LONGEST:
        return BadRow(line, query[:80], f"the name has {len(query)} characters; at most {LONGEST} are compared")
    if not forms(query):
        return BadRow(line, query[:80], "nothing in the name can be compared")
    if country and not all(len(one) == 2 and one.isascii() and one.isalpha() for one in _several(country)):
        return BadRow(line, query[:80], f"“{country[:20]}” is not a two-letter country code")
    who = Who(
        (query,),
        _several(told.get("address", "")),
        _several(country),
        _several(told.get("identifier", "")),
        kind if kind in KINDS else "",
    )
    return Asked(line, told.get("qid", ""), who)


def _several(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, (one.strip() for one in cell.split(";"))))


def answer(
    rows: Iterable[Asked | BadRow],
    *,
    on: dt.date | None = None,
    threshold: float = 0.0,
    limit: int = 10,
    workers: int = 1,
) -> Iterator[Answered]:
    """Yield the rows in their order with the listed parties each may mean, surest first.

    ``on`` searches the lists as they stood at the end of that day. Raises :class:`~screening.reasons.Refusal` when no
    list is loaded. With more than one worker the rows are shared out; every worker maps the same index.
    """
    snapshots = snapshots_on(on)
    if not snapshots:
        raise Refusal("no_lists")
    entries = _entries(snapshots)
    paths = [indexes.path_of(snapshot) for snapshot in snapshots]
    # The rows of a chunk wait here while their names are looked for: answers come back in the same order.
    held: deque[list[Asked | BadRow]] = deque()

    def asked() -> Iterator[list[Who | None]]:
        left = iter(rows)
        while chunk := list(islice(left, CHUNK)):
            held.append(chunk)
            yield [None if isinstance(row, BadRow) else row.who for row in chunk]

    for found in find_many(paths, asked(), threshold=threshold, limit=limit, workers=workers):
        for row, hits in zip(held.popleft(), found, strict=True):
            if isinstance(row, BadRow):
                yield row
            else:
                yield row, [Hit(*entries[hit.id], hit) for hit in hits or ()]


def _entries(snapshots: list[Snapshot]) -> dict[int, tuple[str, str, str]]:
    members = [pk for snapshot in snapshots for pk in snapshot.members]
    rows = ListedParty.objects.filter(pk__in=members).values_list("pk", "entity_id", "list_code", "name")
    return {pk: (entity_id, code, name) for pk, entity_id, code, name in rows.iterator()}
