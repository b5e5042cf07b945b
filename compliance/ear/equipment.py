"""Chip-making equipment: which paragraphs of 3B001, 3B002 and their kin stand in which controlled set, day by day.

A paragraph is compared part by part: ``3B001.f.1.b.2.b`` lies within ``3B001.f.1``. An ECCN that stops short of a
controlled paragraph (``3B001``, ``3B001.f``) may be inside or outside; it is unknown and asks for the whole ECCN.
Sources: 15 CFR 742.4(a)(4)-(5), 742.6(a)(6)(i)(A), (a)(10), (a)(11); Part 774, Supp. No. 1, Category 3.
"""

from __future__ import annotations

import re
from functools import lru_cache

from compliance.ear.findings import Missing
from compliance.ear.law import Cited, Law
from compliance.ear.parties import Tested, any_of
from compliance.ear.records import Item

_ENTRY = re.compile(r"[0-9][A-E][0-9]{3}|EAR99", re.IGNORECASE)
_PARTS = re.compile(r"[a-z]|[0-9]+")
_SEVERAL = re.compile(r"[;,\s]+")
SET = "part_774.equipment_d5m"
WORLDWIDE = "part_774.equipment_worldwide"
FOOTNOTE_5 = "part_774.equipment_footnote_5"
AT_ONLY = "part_774.equipment_at_only"
_RELATED = "part_774.equipment_d5m_related"
_WORLDWIDE_RELATED = "part_774.equipment_worldwide_related"
_CHIP_LEVELS = frozenset({"a", "b", "c"})


@lru_cache(maxsize=4096)
def parts(eccn: str) -> tuple[str, ...] | None:
    """Split an ECCN into its entry and the parts of its paragraph: ``3B001.c.1.a`` → ``("3B001", "c", "1", "a")``.

    ``None`` if it is no ECCN.
    """
    entry, _, paragraph = eccn.strip().partition(".")
    if not _ENTRY.fullmatch(entry):
        return None
    return (entry.upper(), *_PARTS.findall(paragraph.lower()))


@lru_cache(maxsize=4096)
def within(eccn: str | None, parameter: str, law: Law, field: str = "item.eccn") -> Tested:
    """Whether ``eccn`` lies within a member of ``parameter``, a set of entries and paragraphs.

    Unknown, asking for ``field``, if the ECCN is missing, unreadable or stops short of a member.
    """
    held = parts(eccn) if eccn else None
    if held is None:
        return Tested(None, (), (Missing(field),))
    short: list[Cited] = []
    for member, lines in law.parameters[parameter].by_member.items():
        if not member.startswith(held[0]):
            continue
        line = next((one for one in lines if one.span.covers(law.day, law.reading)), None)
        wanted = parts(member)
        if line is None or wanted is None:
            continue
        if held[: len(wanted)] == wanted:
            return Tested(line.cited.value, (line.cited,), value=member)
        if wanted[: len(held)] == held:
            short.append(line.cited)
    if short:
        return Tested(None, tuple(short), (Missing(field),))
    return Tested(False, (law.member(parameter, held[0]),), value=held[0])


def controlled_set(item: Item, law: Law) -> Tested:
    """Whether ``item`` is in the set that 742.4(a)(4) and 742.6(a)(6)(i)(A) control to D:5 countries and Macau.

    Software and technology of 3D001, 3D002 and 3E001 follow the equipment they are for (``item.related_eccn``).
    ``relied_on`` names the lines; for software and technology whose entry no longer fits, the line is unchecked.
    """
    own = within(item.eccn, SET, law)
    if own.answer is not False:
        return own
    entry = own.value
    related = law.member(_RELATED, entry)
    if related.value is not True:
        return own
    equipment = _related(item, SET, law)
    if equipment.answer is False:
        return equipment
    return Tested(equipment.answer, (related, *equipment.relied_on), equipment.missing, equipment.value)


def worldwide_set(item: Item, law: Law) -> Tested:
    """Whether ``item`` is controlled worldwide since 2024-09-06 by 742.4(a)(5) and 742.6(a)(10)."""
    own = within(item.eccn, WORLDWIDE, law)
    if own.answer is not False or own.value not in {"3D001", "3D002", "3E001", "3D992", "3E992"}:
        return own
    equipment = _related(item, WORLDWIDE, law)
    if equipment.answer is not True:
        return equipment
    return any_of(_followed(own.value, one, law) for one in _named(item))


def footnote_5_only(item: Item, law: Law) -> Tested:
    """Whether ``item`` is of an entry that 742.6(a)(11) controls to footnote 5 entities only."""
    return within(item.eccn, FOOTNOTE_5, law)


def at_only(item: Item, law: Law) -> Tested:
    """Whether ``item`` is of 3B991, 3B992, 3D991 or 3E991: AT reasons only, yet read by the end-use rules."""
    return within(item.eccn, AT_ONLY, law)


def related_in_set(item: Item, law: Law) -> Tested:
    """Whether any equipment that software or technology is for (``item.related_eccn``) is in the D:5 and Macau set."""
    return _related(item, SET, law)


def _followed(entry: str, equipment: str, law: Law) -> Tested:
    """Whether ``entry`` is printed for this equipment. 3D002 is not for 3B001.q; what follows 3B903 was not read."""
    found = within(equipment, WORLDWIDE, law, "item.related_eccn")
    if found.answer is not True:
        return found
    printed = law.member(_WORLDWIDE_RELATED, f"{entry} for {found.value}")
    if printed.value is True or found.value.startswith("3B001"):
        return Tested(printed.value, (printed, *found.relied_on), value=found.value)
    return Tested(None, found.relied_on, value=found.value)


def _named(item: Item) -> list[str]:
    return [one for one in _SEVERAL.split(item.related_eccn or "") if one]


def _related(item: Item, parameter: str, law: Law) -> Tested:
    """Test the equipment that software or technology is for; several ECCNs may be named."""
    if item.related_eccn is None:
        # Who says that the technology concerns a chip of 3A090 has said what it is for.
        if item.level in _CHIP_LEVELS:
            return Tested(False, (law.member(parameter, "3A090"),), value="3A090")
        return Tested(None, (), (Missing("item.related_eccn"),))
    return any_of(within(one, parameter, law, "item.related_eccn") for one in _named(item))
