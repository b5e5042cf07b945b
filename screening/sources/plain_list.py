"""A list in the layout of this program: a CSV file that a person writes, or converts a published list into.

UTF-8, comma-separated, the first row names the columns, in any order; only ``name`` has to be there:

============== ======================================================================================================
``name``       the party's name, in any script
``id``         the keeper's own number of the entry; once in the file. It tells the entry again in the next file
``other_names`` further names, separated by ``;``
``type``       ``Individual``, ``Entity``, ``Vessel`` or ``Aircraft``
``countries``  two-letter codes or English names, separated by ``;``
``addresses``  separated by ``;``
``identifiers`` registration and similar numbers, separated by ``;``
``effective``  the day the entry took effect, as 2026-07-31
``ends``       the day it ends
``notice``     where it was published, such as 91 FR 35189
``reason``     why the party is on the list
``url``        where the list is kept
============== ======================================================================================================

A misspelled column, an impossible date, an unknown country or type is refused with its row: who writes the file can
mend it, and what is silently dropped would never be searched.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from contextlib import closing
from typing import Any, BinaryIO

from .places import country_code
from .reading import MOST_ENTRIES, damaged, parts_of, rows_under_header
from .shape import Listed, Parsed, Unreadable

COLUMNS = frozenset(
    {"name", "id", "other_names", "type", "countries", "addresses", "identifiers", "effective", "ends", "notice"}
    | {"reason", "url"}
)
KINDS = {kind.casefold(): kind for kind in ("Individual", "Entity", "Vessel", "Aircraft")}


def parse(stream: BinaryIO, list_code: str) -> Parsed:
    """Read a whole file as entries of one list. Raises :class:`Unreadable` naming what is wrong and where."""
    defects: Counter[str] = Counter()
    entries: list[Listed] = []
    seen: dict[str, int] = {}
    with closing(rows_under_header(stream, needed=("name",), folded=True, closed=COLUMNS)) as rows:
        for number, row in rows:
            if not any(row.values()):
                continue
            entry = _entry(row, number, list_code, defects)
            if entry.entity_number:
                if entry.entity_number in seen:
                    raise Unreadable("duplicate_id", row=number, id=row["id"], first=seen[entry.entity_number])
                seen[entry.entity_number] = number
            entries.append(entry)
            if len(entries) > MOST_ENTRIES:
                raise Unreadable("too_many_rows", limit=MOST_ENTRIES)
    if not entries:
        raise Unreadable("no_rows")
    return Parsed(tuple(entries), defects)


def _entry(row: dict[str, Any], number: int, list_code: str, defects: Counter[str]) -> Listed:
    name = row["name"]
    if not name:
        raise Unreadable("no_name", row=number)
    if damaged(name):
        defects["damaged_letters"] += 1
    kind = row.get("type", "")
    if kind and kind.casefold() not in KINDS:
        raise Unreadable("unknown_type", row=number, found=kind[:40])
    if not kind:
        defects["no_type"] += 1
    countries = [_country(one, number) for one in parts_of(row.get("countries", ""))]
    names = [name, *parts_of(row.get("other_names", ""))]
    ident = row.get("id", "")
    return Listed(
        entity_id=ident or f"{list_code}-{number}",
        list_code=list_code,
        name=name,
        names=tuple(dict.fromkeys(names)),
        addresses=tuple(dict.fromkeys(parts_of(row.get("addresses", "")))),
        countries=tuple(dict.fromkeys(countries)),
        kind=KINDS.get(kind.casefold(), ""),
        programs=(),
        license_requirement="",
        license_policy="",
        federal_register_notice=row.get("notice", ""),
        start_date=_day(row, "effective", number),
        end_date=_day(row, "ends", number),
        remarks=row.get("reason", ""),
        source_list_url=row.get("url", ""),
        identifiers=tuple(dict.fromkeys(parts_of(row.get("identifiers", "")))),
        entity_number=ident[:60],
        raw=row,
    )


def _country(text: str, row: int) -> str:
    code = country_code(text)
    if not code:
        raise Unreadable("unknown_country", row=row, found=text[:60])
    return code


def _day(row: dict[str, Any], column: str, number: int) -> dt.date | None:
    text = row.get(column, "")
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Unreadable("bad_day", row=number, column=column, found=text[:40]) from None
