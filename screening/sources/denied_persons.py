"""The Denied Persons List of the Bureau of Industry and Security, as the file of that list alone.

Tab-separated with a header, every cell quoted; later editions are the same table with commas. Twelve columns::

    Name  Street_Address  City  State  Country  Postal_Code  Effective_Date  Expiration_Date  Standard_Order
    Last_Update  Action  FR_Citation

``Effective_Date`` and ``Expiration_Date`` are month/day/year, ``Last_Update`` is ISO. ``Standard_Order`` is ``Y`` or
``N``: an order that differs from the standard terms. One row per address: a person denied at two places stands twice.
``Country`` is a two-letter code, often empty for addresses in the United States, where ``State`` says it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from contextlib import closing
from typing import Any, BinaryIO

from .places import country_code
from .reading import MOST_ENTRIES, damaged, rows_under_header
from .shape import Listed, Parsed, Source, Unreadable

COLUMNS = (
    "Name", "Street_Address", "City", "State", "Country", "Postal_Code", "Effective_Date", "Expiration_Date",
    "Standard_Order", "Last_Update", "Action", "FR_Citation",
)  # fmt: skip
_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
    "PA PR RI SC SD TN TX UT VT VA VI WA WV WI WY"
)
STATES = frozenset(_STATES.split())


def parse(stream: BinaryIO) -> Parsed:
    """Read a whole file. Raises :class:`Unreadable` naming what is wrong and where."""
    first = stream.readline(4096)
    stream.seek(0)
    if not first.strip():
        raise Unreadable("empty")
    delimiter = "," if first.count(b",") > first.count(b"\t") else "\t"
    defects: Counter[str] = Counter()
    entries: list[Listed] = []
    updated: list[dt.date] = []
    with closing(rows_under_header(stream, needed=COLUMNS, delimiter=delimiter)) as rows:
        for number, row in rows:
            if not any(row.values()):
                continue
            entries.append(_entry(row, number, defects))
            if day := _iso(row["Last_Update"], defects):
                updated.append(day)
            if len(entries) > MOST_ENTRIES:
                raise Unreadable("too_many_rows", limit=MOST_ENTRIES)
    if not entries:
        raise Unreadable("no_rows")
    # The file bears no date of its own; it is not older than its newest change.
    newest = max(updated, default=None)
    published = dt.datetime.combine(newest, dt.time(), tzinfo=dt.UTC) if newest else None
    return Parsed(tuple(entries), defects, published, dated_by_rows=True)


def _entry(row: dict[str, Any], number: int, defects: Counter[str]) -> Listed:
    name = row["Name"]
    if not name:
        defects["no_name"] += 1
    if damaged(name):
        defects["damaged_letters"] += 1
    defects["no_type"] += 1
    code = country_code(row["Country"])
    if not code and row["State"] in STATES:
        code, defects["country_from_state"] = "US", defects["country_from_state"] + 1
    place = ", ".join(row[key] for key in ("Street_Address", "City", "State", "Postal_Code") if row[key])
    address = f"{place}, {code}" if place and code else place
    told = "\x1f".join(row[column] for column in COLUMNS)
    return Listed(
        entity_id=f"DPL-{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()[:24]}",
        list_code="DPL",
        name=name,
        names=(name,) if name else (),
        addresses=(address,) if address else (),
        countries=(code,) if code else (),
        kind="",
        programs=(),
        license_requirement="",
        license_policy="",
        federal_register_notice=row["FR_Citation"],
        start_date=_american(row["Effective_Date"], defects),
        end_date=_american(row["Expiration_Date"], defects),
        remarks=row["Action"],
        source_list_url="",
        identifiers=(),
        details=f"standard_order={row['Standard_Order']}",
        raw=row,
    )


def _american(text: str, defects: Counter[str]) -> dt.date | None:
    if not text:
        return None
    try:
        month, day, year = (int(part) for part in text.split("/"))
        return dt.date(year, month, day)
    except ValueError:
        defects["bad_date"] += 1
        return None


def _iso(text: str, defects: Counter[str]) -> dt.date | None:
    """Read the day of a change. Published files have had one in the year 3017."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        defects["bad_date"] += bool(text)
        return None
    if day.year >= 2100:
        defects["bad_date"] += 1
        return None
    return day


SOURCE = Source(
    "dpl",
    "Denied Persons List",
    "US Bureau of Industry and Security",
    parse,
    lists=("DPL",),
    address_setting="GATEHOUSE_LIST_URL_DPL",
)
