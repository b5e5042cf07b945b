"""OFAC's own list of Specially Designated Nationals, in the set of four CSV files that it calls legacy.

None has a header; ``-0-`` (often with a space behind it) stands for nothing, and the last line of each is one 0x1A. The
files are joined by the first column, ``ent_num``, which is OFAC's lasting number of the party:

- ``sdn.csv``: ent_num, name, type (``individual``, ``vessel``, ``aircraft``; nothing for an entity), programs (joined
  with ``] [``), title, call sign, vessel type, tonnage, gross registered tonnage, vessel flag, vessel owner, remarks
- ``add.csv``: ent_num, add_num, address, city/state/province/postal code, country, remarks
- ``alt.csv``: ent_num, alt_num, type (``aka``, ``fka``, ``nka``), name, remarks
- ``sdn_comments.csv``: ent_num, the rest of remarks that are too long for ``sdn.csv``, broken off inside a word

Source: OFAC, "SDN data formats", specification of the delimited files.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from .consolidated_screening_list import names_in
from .places import country_code
from .reading import MOST_ENTRIES, cells_of, damaged, plain
from .shape import Listed, Parsed, Source, Unreadable

PARTS = {"sdn": 12, "add": 6, "alt": 5, "sdn_comments": 2}
"""The files of the set and how many columns each has."""
FEW_STRAYS = 20
NEEDED = ("sdn", "add", "alt")
COLUMNS = (
    "ent_num", "name", "type", "programs", "title", "call_sign", "vessel_type", "tonnage", "gross_registered_tonnage",
    "vessel_flag", "vessel_owner", "remarks",
)  # fmt: skip
_DETAILS = ("title", "call_sign", "vessel_type", "vessel_flag", "vessel_owner")
_WEAK = re.compile(r"\b[afn]\.k\.a\.,? '([^']{2,})'")
_NUMBER = re.compile(
    r"(?<!Phone )(?<!Fax )(?<!Telephone )"
    r"(?:No\.|Number|Passport|IMO|ID|BIC|R\.F\.C\.|N\.I\.T\.|Cedula(?: No\.)?|D\.N\.I\.)(?: #)?\s+"
    r"([A-Z0-9][A-Z0-9./\-]*\d[A-Z0-9./\-]*)"
)
_BORN = re.compile(r"\b((?:alt\. )?(?:DOB|POB) [^;]+)")


def parse(parts: Mapping[str, BinaryIO]) -> Parsed:
    """Read the set. Raises :class:`Unreadable` naming the file, what is wrong and where."""
    defects: Counter[str] = Counter()
    comments: defaultdict[str, str] = defaultdict(str)
    if "sdn_comments" in parts:
        for _row, (number, text) in _rows(parts, "sdn_comments"):
            comments[number] += text
    else:
        defects["no_comments_file"] += 1
    addresses: defaultdict[str, list[list[str]]] = defaultdict(list)
    for _row, cells in _rows(parts, "add"):
        addresses[cells[0]].append(cells)
    aliases: defaultdict[str, list[list[str]]] = defaultdict(list)
    for _row, cells in _rows(parts, "alt"):
        aliases[cells[0]].append(cells)
    entries: list[Listed] = []
    seen: dict[str, int] = {}
    for row, cells in _rows(parts, "sdn"):
        number = cells[0]
        if number in seen:
            raise Unreadable("duplicate_id", file="sdn.csv", row=row, id=number, first=seen[number])
        seen[number] = row
        entries.append(_entry(cells, addresses[number], aliases[number], comments[number], defects))
        if len(entries) > MOST_ENTRIES:
            raise Unreadable("too_many_rows", limit=MOST_ENTRIES)
    if not entries:
        raise Unreadable("no_rows")
    for kind, joined in (("addresses", addresses), ("aliases", aliases), ("comments", comments)):
        if strays := sum(1 for number, told in joined.items() if told and number not in seen):
            defects[f"{kind}_of_nobody"] = strays
    # Files of different days do not fit together: then very many addresses belong to nobody.
    if defects["addresses_of_nobody"] > max(FEW_STRAYS, len(seen) // 4):
        raise Unreadable("parts_differ", found=defects["addresses_of_nobody"])
    return Parsed(tuple(entries), defects)


def _rows(parts: Mapping[str, BinaryIO], part: str) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from _checked(parts[part], part)
    except Unreadable as problem:
        raise Unreadable(problem.key, **(problem.values | {"file": f"{part}.csv"})) from None


def _checked(stream: BinaryIO, part: str) -> Iterator[tuple[int, list[str]]]:
    width = PARTS[part]
    for row, cells in cells_of(stream):
        told = [_told(cell) for cell in cells]
        if len(told) != width:
            if row == 1 and len(told) == 1:
                raise Unreadable("no_header", found=told[0][:60])
            raise Unreadable("row_length", row=row, found=len(told), expected=width)
        if not told[0].isdigit():
            raise Unreadable("no_number", row=row, found=told[0][:40])
        yield row, told


def _told(cell: str) -> str:
    text: str = plain(cell)
    return "" if text == "-0-" else text


def _entry(
    cells: list[str], places: list[list[str]], others: list[list[str]], comment: str, defects: Counter[str]
) -> Listed:
    told = dict(zip(COLUMNS, cells, strict=True))
    remarks = told["remarks"] + comment
    kind = told["type"].capitalize() or "Entity"
    name = told["name"]
    if not name:
        defects["no_name"] += 1
    if damaged(name):
        defects["damaged_letters"] += 1
    weak = _WEAK.findall(remarks)
    if weak:
        defects["names_in_remarks"] += 1
    written = [name, *(cells[3] for cells in others), *weak]
    names = [read for text in written if text for read in names_in(text, kind)]
    addresses, countries = [], []
    for _number, _id, street, city, country, _remarks in places:
        code = country_code(country)
        if country and not code:
            defects["unknown_country"] += 1
        if line := ", ".join(part for part in (street, city, code or country) if part and part != "undetermined"):
            addresses.append(line)
        if code:
            countries.append(code)
    details = [f"{column}={told[column]}" for column in _DETAILS if told[column]] + sorted(_BORN.findall(remarks))
    return Listed(
        entity_id=told["ent_num"],
        list_code="SDN",
        name=name or (names[0] if names else ""),
        names=tuple(dict.fromkeys(names)),
        addresses=tuple(dict.fromkeys(line for line in addresses if len(line) > 2)),
        countries=tuple(dict.fromkeys(countries)),
        kind=kind,
        programs=tuple(told["programs"].split("] [")) if told["programs"] else (),
        license_requirement="",
        license_policy="",
        federal_register_notice="",
        start_date=None,
        end_date=None,
        remarks=remarks,
        source_list_url="",
        identifiers=tuple(dict.fromkeys(number.rstrip(".") for number in _NUMBER.findall(remarks))),
        entity_number=told["ent_num"],
        details="|".join(details),
        raw={"sdn": cells, "add": places, "alt": others, "sdn_comments": comment},
    )


SOURCE = Source(
    "ofac",
    "Specially Designated Nationals, OFAC's own files",
    "US Department of the Treasury, OFAC",
    parse_set=parse,
    parts=tuple(PARTS),
    needed_parts=NEEDED,
    lists=("SDN",),
    address_setting="GATEHOUSE_LIST_URL_OFAC",
)
