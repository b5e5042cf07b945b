"""The US Consolidated Screening List, in the CSV and JSON layouts of trade.gov.

Both layouts carry the same fields; in CSV several values share a cell, joined with ``; ``. Files before 2020 have 28
columns, without ``_id``. Defects known from real files are survived and counted: aliases that hold several names,
parents and affiliates in one name, entries that are a bare address, missing types and names, ``LAST, First`` order.
A defect of the file itself raises :class:`~screening.sources.shape.Unreadable`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections import Counter
from contextlib import closing
from typing import Any, BinaryIO

from ..matching.written import known_as
from .reading import MOST_ENTRIES, Rows, damaged, plain, rows_under_header
from .shape import Listed, Parsed, Source, Unreadable

COLUMNS = (
    "_id", "source", "entity_number", "type", "programs", "name", "title", "addresses", "federal_register_notice",
    "start_date", "end_date", "standard_order", "license_requirement", "license_policy", "call_sign", "vessel_type",
    "gross_tonnage", "gross_registered_tonnage", "vessel_flag", "vessel_owner", "remarks", "source_list_url",
    "alt_names", "citizenships", "dates_of_birth", "nationalities", "places_of_birth", "source_information_url", "ids",
)  # fmt: skip
OPTIONAL = {"_id"}

_DETAILS = ("title", "vessel_type", "vessel_flag", "call_sign", "dates_of_birth", "places_of_birth", "standard_order")

_CODE = re.compile(r"\(([A-Z][A-Za-z -]{1,11})\)")
_CODES = {"CAPTA": "CAP", "NS-MBS List": "MBS", "NS-MBS": "MBS"}
_PARTS = re.compile(r"\.?\s*(?:Affiliated Entity|Subordinate Institutions?|Subordinate Entity)\s*[:\-–—]\s*", re.I)
_SUCCESSORS = re.compile(r"[;,]?\s*(?:and|or)?\s*any (?:successor|sub-?unit|subsidiar).*$", re.I)
_ACRONYM = re.compile(r"\s*\(([A-Z][A-Z0-9&\-]{1,14})\)")
_BARE = re.compile(r"^Address\s+\d+$", re.I)
_COUNTRY = re.compile(r"(?:^|,\s*)([A-Z]{2})$")


def parse(stream: BinaryIO) -> Parsed:
    """Read a whole file in either layout. Raises :class:`Unreadable` naming what is wrong and where."""
    start = stream.read(4096)
    if not start.strip():
        raise Unreadable("empty")
    stream.seek(0)
    text = start.decode("utf-8", "ignore").lstrip("\ufeff \r\n\t")
    rows, published = _json_rows(stream) if text[:1] in "{[" else (_csv_rows(stream), None)
    defects: Counter[str] = Counter()
    entries: list[Listed] = []
    seen: dict[tuple[str, str], int] = {}
    # A refused row leaves the reader half-way: it is closed here, while the stream is still open.
    with closing(rows):
        for number, row in rows:
            entry = _entry(row, number, defects)
            known = (entry.list_code, entry.entity_id)
            if known in seen:
                raise Unreadable("duplicate_id", row=number, id=entry.entity_id, first=seen[known])
            seen[known] = number
            entries.append(entry)
            if len(entries) > MOST_ENTRIES:
                raise Unreadable("too_many_rows", limit=MOST_ENTRIES)
    if not entries:
        raise Unreadable("no_rows")
    return Parsed(tuple(entries), defects, published)


# --- the two layouts ------------------------------------------------------------------------------------------------


def _csv_rows(stream: BinaryIO) -> Rows:
    return rows_under_header(stream, needed=[column for column in COLUMNS if column not in OPTIONAL])


def _json_rows(stream: BinaryIO) -> tuple[Rows, dt.datetime | None]:
    try:
        document = json.loads(stream.read().decode("utf-8-sig"), parse_constant=_no_json_value)
    except UnicodeDecodeError as error:
        raise Unreadable("not_utf8", row=0, byte=error.start) from None
    except json.JSONDecodeError as error:
        raise Unreadable("bad_json", row=error.lineno, column=error.colno, detail=error.msg) from None
    except RecursionError:
        raise Unreadable("bad_json", row=1, column=1, detail="nested too deeply") from None
    except ValueError:
        # A number of more digits than Python reads.
        raise Unreadable("bad_json", row=1, column=1, detail="a number is too long") from None
    results = document.get("results") if isinstance(document, dict) else document
    if not isinstance(results, list):
        raise Unreadable("no_results")
    total = document.get("total") if isinstance(document, dict) else None
    if isinstance(total, int) and total != len(results):
        raise Unreadable("total_differs", found=len(results), expected=total)
    return _json_entries(results), _published(document)


def _no_json_value(found: str) -> Any:
    """Python would read NaN and Infinity; JSON has neither and no database keeps them as JSON."""
    raise Unreadable("no_json_value", found=found)


def _json_entries(results: list[Any]) -> Rows:
    for number, result in enumerate(results, start=1):
        if not isinstance(result, dict):
            raise Unreadable("not_an_object", row=number)
        if missing := [key for key in ("source", "name") if key not in result]:
            raise Unreadable("missing_key", row=number, key=", ".join(missing))
        yield number, {("_id" if key == "id" else str(key)): plain(value) for key, value in result.items()}


def _published(document: Any) -> dt.datetime | None:
    if not isinstance(document, dict):
        return None
    found = []
    sources = document.get("sources_used")
    for source in sources if isinstance(sources, list) else ():
        told = source.get("last_imported") or source.get("source_last_updated") if isinstance(source, dict) else None
        try:
            moment = dt.datetime.fromisoformat(str(told))
        except ValueError:
            continue
        found.append(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC))
    return max(found, default=None)


# --- one entry ------------------------------------------------------------------------------------------------------


def _entry(row: dict[str, Any], number: int, defects: Counter[str]) -> Listed:
    code = _list_code(row, number)
    name = _text(row.get("name"))
    aliases = [alias for value in _many(row.get("alt_names")) for alias in _split_aliases(value)]
    if not name:
        defects["no_name"] += 1
    if damaged(name):
        defects["damaged_letters"] += 1
    kind = _text(row.get("type"))
    if not kind:
        defects["no_type"] += 1
    bare = bool(_BARE.match(name))
    if bare:
        defects["bare_address"] += 1
    names = [] if bare else [read for text in (name, *aliases) for read in names_in(text, kind)]
    if len(names) > 1 + len(aliases):
        defects["several_names_in_one"] += 1
    if name and not bare and kind.casefold() != "individual":
        # Who copies a name as it was published searches it with its parent and its further names.
        names.append(name)
    addresses, countries = _addresses(row.get("addresses"))
    for column in ("citizenships", "nationalities"):
        countries += [c.upper() for c in _many(row.get(column)) if len(c) == 2]
    entity_number = _text(row.get("entity_number"))
    return Listed(
        entity_id=_text(row.get("_id")) or entity_number or _made_id(row),
        list_code=code,
        name=name or (names[0] if names else ""),
        names=tuple(dict.fromkeys(names)),
        addresses=tuple(dict.fromkeys(addresses)),
        countries=tuple(dict.fromkeys(countries)),
        kind=kind,
        programs=tuple(_many(row.get("programs"))),
        license_requirement=_text(row.get("license_requirement")),
        license_policy=_text(row.get("license_policy")),
        federal_register_notice=_text(row.get("federal_register_notice")),
        start_date=_date(row.get("start_date"), defects),
        end_date=_date(row.get("end_date"), defects),
        remarks=_text(row.get("remarks")),
        source_list_url=_text(row.get("source_list_url")),
        identifiers=tuple(dict.fromkeys(_identifiers(row.get("ids")))),
        entity_number=_number(row),
        details="|".join(f"{column}={','.join(sorted(_many(row.get(column))))}" for column in _DETAILS),
        raw=row,
    )


def _number(row: dict[str, Any]) -> str:
    """The OFAC number; an entry whose id only begins with it shares the number with another and is told by its id."""
    number, ident = _text(row.get("entity_number")), _text(row.get("_id"))
    return ident if number and ident.startswith(f"{number}-") else number


def _list_code(row: dict[str, Any], number: int) -> str:
    source = _text(row.get("source"))
    if not source:
        raise Unreadable("no_source", row=number)
    found = _CODE.search(source)
    if not found:
        raise Unreadable("unknown_source", row=number, source=source[:80])
    return _CODES.get(found.group(1), found.group(1)).strip()[:12]


def names_in(text: str, kind: str = "") -> list[str]:
    """Return the names a published name holds: the affiliate of a parent, an acronym in brackets, a person in order."""
    text = _SUCCESSORS.sub("", text).strip(" ;,")
    found: list[str] = []
    for piece in known_as(text):
        one = _PARTS.split(piece.strip(" ;,"))[-1].strip(" ;,")
        # The bracket that "(a.k.a. …)" leaves behind.
        one = one.removesuffix(")").strip() if one.count(")") > one.count("(") else one
        if not one:
            continue
        if kind.casefold() == "individual" and one.count(",") == 1:
            last, first = (half.strip() for half in one.split(","))
            one = f"{first} {last}" if first else last
        found.append(one)
        if acronym := _ACRONYM.search(one):
            without = _ACRONYM.sub(" ", one).strip(" ,")
            found += [name for name in (without, acronym.group(1)) if len(name) >= 3]
    return found


def _split_aliases(value: str) -> list[str]:
    pieces = (re.sub(r"^and\s+", "", piece.strip(), flags=re.I).strip(" .") for piece in value.split(";"))
    return [piece for piece in pieces if len(piece) > 1]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _many(value: Any) -> list[str]:
    """A cell joined with ``;`` or a JSON array, as its parts."""
    values = value if isinstance(value, list) else _text(value).split(";")
    return [text for text in (_text(one).strip() for one in values) if text]


def _addresses(value: Any) -> tuple[list[str], list[str]]:
    addresses, countries = [], []
    if isinstance(value, list):
        for one in value:
            if isinstance(one, dict):
                told = [_text(one.get(key)) for key in ("address", "city", "state", "postal_code", "country")]
                addresses.append(", ".join(part for part in told if part))
    else:
        addresses = [re.sub(r"^and\s+", "", piece.strip(), flags=re.I) for piece in _text(value).split(";")]
    for address in addresses:
        if found := _COUNTRY.search(address.strip()):
            countries.append(found.group(1))
    return [a for a in addresses if len(a) > 2], countries


def _identifiers(value: Any) -> list[str]:
    if isinstance(value, list):
        return [_text(one.get("number")) for one in value if isinstance(one, dict) and one.get("number")]
    found = []
    for piece in _many(value):
        parts = [part.strip() for part in piece.split(",")]
        if len(parts) >= 2 and any(c.isdigit() for c in parts[1]):
            found.append(parts[1])
    return found


def _date(value: Any, defects: Counter[str]) -> dt.date | None:
    text = _text(value)
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        defects["bad_date"] += 1
        return None


def _made_id(row: dict[str, Any]) -> str:
    """Files without ``_id`` get one from what the row says."""
    told = json.dumps(row, sort_keys=True, default=str)
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]


SOURCE = Source(
    "csl",
    "Consolidated Screening List",
    "US Departments of Commerce, State and the Treasury",
    parse,
    address_setting="GATEHOUSE_LIST_URL",
)
