"""What a fact could be: a few answers that stand for all of them, so that the engine can be asked "and if?".

A yes/no has two answers and a choice its choices; a number is tried on every threshold the book knows in its unit and
between them; a country by one member of every class that the law of the day treats alike. Nothing here knows a rule.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise
from typing import Any

from compliance.ear.facts import Facts
from compliance.ear.fields import Kind
from compliance.ear.law import Law, NotYetEncoded, Rulebook
from compliance.ear.records import ListCode, Listing, PartyFacts, Role
from compliance.ear.vocabulary import FIELDS

CHART = "part_738.countries"
FAMILIAR = (
    "US", "GB", "SG", "CN", "AE", "VN", "IN", "MO", "RU", "IR", "CU", "KP", "TW", "IL", "BR", "JP", "KR", "HK", "SA",
    "MY", "DE", "MX", "CY", "KH", "NI", "LB", "SY", "VE", "PK",
)  # fmt: skip
"""Countries people of this trade name first; one of them speaks for its class where it can."""

FEW = frozenset({"US", "GB", "CN", "MO", "AE", "VN", "RU", "IR", "CU"})
"""Countries tried where trials are counted: one of each kind that requirements tell apart most often."""

ECCNS = ("EAR99", "5A992.z.1", "3A090.a", "4A090.a", "3A090.b", "3A991.p", "3A090.c", "3E001", "3B001.a.4", "4E091")
"""Entries that stand for the families the encoded chapters tell apart."""

LISTED = (Listing(ListCode.ENTITY_LIST.value, license_requirement="For all items subject to the EAR."),)


def countries(law: Law) -> tuple[str, ...]:
    """Return one country for each class that every set of countries of ``law`` treats alike, the familiar ones first.

    Raises :class:`NotYetEncoded` for a day before the first encoded law.
    """
    return _countries(law)


@lru_cache(maxsize=64)
def _countries(law: Law) -> tuple[str, ...]:
    charted = law.parameters[CHART].by_member
    sets = [key for key, parameter in law.parameters.items() if parameter.shape == "members" and _of_places(parameter)]
    found: dict[tuple[Any, ...], str] = {}
    # Rules name the United States and Macau beside the groups, so each is a class of its own.
    for code in (*(one for one in FAMILIAR if one == "US" or one in charted), *sorted(charted)):
        alike = (code in {"US", "MO"}, *(_member(law, key, code) for key in sets))
        found.setdefault(alike, code)
    return tuple(found.values())


def _of_places(parameter: Any) -> bool:
    return any(len(member) == 2 and member.isalpha() and member.isupper() for member in parameter.by_member)


def _member(law: Law, key: str, code: str) -> Any:
    try:
        return law.member(key, code).value
    except NotYetEncoded:
        return "not encoded"


@lru_cache(maxsize=8)
def thresholds(book: Rulebook, unit: str) -> tuple[Decimal, ...]:
    """Return every number that stands in the book in this unit, on any day, smallest first."""
    found: set[Decimal] = set()
    for parameter in book.parameters.values():
        units = {one.strip() for one in parameter.unit.split(";")}
        if parameter.shape != "members" and unit in units:
            for line in parameter.lines:
                found.update(_numbers(line.cited.value))
    return tuple(sorted(found))


def _numbers(value: Any) -> Iterator[Decimal]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _numbers(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _numbers(one)
    elif isinstance(value, int | float | str | Decimal) and not isinstance(value, bool):
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            return
        if number.is_finite() and number > 0:
            yield number


def around(numbers: Iterable[Decimal]) -> tuple[Decimal, ...]:
    """Return nought, every number, a value between each two and one above them all."""
    known = sorted(set(numbers))
    if not known:
        return (Decimal(0), Decimal(1), Decimal(100), Decimal(10000), Decimal(1000000))
    between = [(low + high) / 2 for low, high in pairwise(known)]
    return tuple(sorted({Decimal(0), *known, *between, known[0] / 2, known[-1] * 2}))


def answers(key: str, *, law: Law, book: Rulebook, few: bool = True) -> tuple[Any, ...]:
    """Return answers that stand for all that can be given to the question ``key``.

    ``few`` keeps to :data:`FEW` countries, to the thresholds themselves and to half of the entries.
    Raises :class:`KeyError` for a key that is no field.
    """
    if key == "case.parties":
        return tuple(_somebody(country) for country in ("GB", "CN"))
    if key == "party.listings":
        return ((), LISTED)
    field = FIELDS[key]
    if field.kind is Kind.YES_NO:
        return (True, False)
    if field.kind is Kind.CHOICE:
        return tuple(choice.value for choice in field.choices)
    if field.kind is Kind.MANY:
        return ()
    if field.kind is Kind.NUMBER:
        known = thresholds(book, field.unit)
        return (Decimal(0), *known, known[-1] * 2) if few and known else around(known)
    if field.kind is Kind.DATE:
        return tuple(law.day - dt.timedelta(days=days) for days in (400, 40, 1) if law.day.year > 1)
    if field.kind is Kind.COUNTRY:
        try:
            found = countries(law)
        except NotYetEncoded:
            return FAMILIAR
        return tuple(one for one in found if one in FEW) if few else found
    if key == "item.eccn" and few:
        return ECCNS[::2]
    return ECCNS if key == "item.eccn" else ("X1000001",)


def _somebody(country: str) -> PartyFacts:
    return PartyFacts(
        ref="somebody",
        role=Role.END_USER,
        country=country,
        headquarters=country,
        own_ultimate_parent=True,
        military_end_user=False,
        owned_50_percent_by_listed=False,
        listings=(),
        listings_undecided=False,
    )


def having(facts: Facts, key: str, value: Any, party: str | None = None) -> Facts:
    """Return ``facts`` with this answer, also where the answer has a form of its own (parties, listings).

    ``value`` ``None`` makes the fact unknown. Raises :class:`BadFacts` or :class:`KeyError` as
    :meth:`Facts.answering` does.
    """
    if key == "case.parties":
        others = tuple(one for one in facts.parties if one.ref != value.ref)
        return replace(facts, parties=(*others, value))
    if key == "party.listings":
        changed = tuple(replace(one, listings=value) if one.ref == party else one for one in facts.parties)
        return replace(facts, parties=changed)
    return facts.answering(key, value, party=party)
