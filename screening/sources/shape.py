"""What every parser of a list yields. Plain values: no Django, no database."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO


class Unreadable(Exception):
    """A list file cannot be used. ``key`` names the reason (``screening.reasons``), ``values`` fill its sentence."""

    def __init__(self, key: str, /, **values: Any) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a list, as published and as read.

    ``entity_id`` is the id as published; it may change from day to day. ``key`` is our own: list and OFAC number, or
    list, name and countries, so that the same entry is recognized in the next file. ``details`` gathers the columns
    that have no field here, such as dates of birth and vessel data, in the same form for every layout.
    """

    entity_id: str
    list_code: str
    name: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    countries: tuple[str, ...]
    kind: str
    programs: tuple[str, ...]
    license_requirement: str
    license_policy: str
    federal_register_notice: str
    start_date: dt.date | None
    end_date: dt.date | None
    remarks: str
    source_list_url: str
    identifiers: tuple[str, ...]
    entity_number: str = ""
    details: str = ""
    raw: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def base_key(self) -> str:
        """Return the key without the ordinal that tells equal entries apart."""
        if self.entity_number:
            return f"{self.list_code}:{self.entity_number}"
        name = " ".join(self.name.casefold().split())
        told = f"{name}|{','.join(sorted(self.countries))}"
        return f"{self.list_code}:{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()[:20]}"

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of everything the entry says, except its changeable id."""
        told = {
            "list": self.list_code,
            "name": self.name,
            "names": sorted(self.names),
            "addresses": sorted(self.addresses),
            "countries": sorted(self.countries),
            "kind": self.kind,
            "programs": sorted(self.programs),
            "requirement": self.license_requirement,
            "policy": self.license_policy,
            "notice": self.federal_register_notice,
            "start": self.start_date.isoformat() if self.start_date else "",
            "end": self.end_date.isoformat() if self.end_date else "",
            "remarks": self.remarks,
            "identifiers": sorted(self.identifiers),
            "details": self.details,
        }
        text = json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Parsed:
    """A whole file, read. ``defects`` counts oddities survived; ``published_at`` is what the file says.

    ``dated_by_rows``: the file bears no date of its own, and ``published_at`` is that of its newest change.
    """

    entries: tuple[Listed, ...]
    defects: Counter[str]
    published_at: dt.datetime | None = None
    dated_by_rows: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A published file, or set of files, of lists: how it is called, and how it is read.

    A source of one file has ``parse``; one of several has ``parse_set``, the names of its ``parts`` and which of them
    have to be there. ``lists`` are the codes it may bring. ``max_age`` is after how many days without a look it counts
    as out of date: ``0`` follows the setting for daily lists, ``None`` never. ``address_setting`` names the setting
    with the address it is fetched from by night; of a set that is the address of the directory. Raises ``ValueError``
    for a source that says not how it is read, or says it twice.
    """

    code: str
    title: str
    publisher: str
    parse: Callable[[BinaryIO], Parsed] | None = None
    lists: tuple[str, ...] = ()
    max_age: int | None = 0
    parse_set: Callable[[Mapping[str, BinaryIO]], Parsed] | None = None
    parts: tuple[str, ...] = ()
    needed_parts: tuple[str, ...] = ()
    address_setting: str = ""

    def __post_init__(self) -> None:
        if (self.parse is None) == (self.parse_set is None):
            raise ValueError(f"the source {self.code} needs one of parse and parse_set")

    def read(self, stream: BinaryIO, parts: Mapping[str, BinaryIO]) -> Parsed:
        """Read the file, or of a set its ``parts``. Raises :class:`Unreadable`."""
        # Made with one of both.
        return self.parse_set(parts) if self.parse_set else self.parse(stream)  # type: ignore[misc]
