"""Chip-making equipment as a classification: the sets it stands in, and where its software and technology belong."""

from __future__ import annotations

from datetime import date

from compliance.ear.equipment import (
    at_only,
    controlled_set,
    footnote_5_only,
    parts,
    related_in_set,
    worldwide_set,
)
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Law

READ = ("item.eccn", "item.related_eccn")
_ENTRIES = frozenset(
    {"3D001", "3D002", "3E001", "3D991", "3D992", "3D993", "3D994", "3E991", "3E992", "3E993", "3E994"}
)
# Where software and technology for the set went on 2024-12-02; what became of 3D002 was not read.
_MOVED = {"3D001": "3D992", "3E001": "3E992"}


@rule("15 CFR Part 774, Supp. No. 1, Category 3", step=Step.CLASSIFICATION, since=FIRST_DAY, effect=Effect.CLASSIFIES)
def equipment_group(facts: Facts, law: Law) -> Said:
    """The sets of controlled chip-making equipment in which the item stands on this day."""
    item, read = facts.item, facts.seen(*READ)
    held = parts(item.eccn) if item.eccn else None
    if held is None or not (held[0].startswith("3B") or held[0] in _ENTRIES):
        return does_not_apply("other_item", read=read)
    tests = {
        "set": controlled_set(item, law),
        "worldwide": worldwide_set(item, law),
        "footnote_5": footnote_5_only(item, law),
        "at_only": at_only(item, law),
    }
    inside = [name for name, test in tests.items() if test.answer is True]
    opened = [test for test in tests.values() if test.answer is None]
    values = {"eccn": item.eccn}
    if not inside and opened:
        missing = tuple(dict.fromkeys(one for test in opened for one in test.missing))
        relied = tuple(cited for test in opened for cited in test.relied_on)
        return unknown("unread", *relied, missing=missing, read=read, values=values)
    relied = tuple(cited for name in inside for cited in tests[name].relied_on)
    if not inside:
        return does_not_apply("outside", *tests["set"].relied_on, read=read, values=values)
    key = "worldwide_and_set" if inside[:2] == ["set", "worldwide"] else inside[0]
    return applies(key, *relied, read=read, values=values)


@rule(
    "15 CFR Part 774, Supp. No. 1, 3D992 and 3E992",
    step=Step.CLASSIFICATION,
    since=date(2024, 12, 2),
    comply=date(2024, 12, 31),
    effect=Effect.HOLDS,
)
def equipment_entry(facts: Facts, law: Law) -> Said:
    """Software and technology for the set moved from 3D001 and 3E001 to 3D992 and 3E992.

    The headings of 3D001 and 3E001 leave 3B001.f.6 in place while 3E992 lists it: for f.6 either entry fits.
    """
    item, read = facts.item, facts.seen(*READ)
    held = parts(item.eccn) if item.eccn else None
    if held is None or held[0] not in _MOVED or item.related_eccn is None:
        return does_not_apply("other_item", read=read)
    found = related_in_set(item, law)
    if found.answer is True and found.value != "3B001.f.6":
        values = {
            "eccn": item.eccn,
            "equipment": item.related_eccn[:40],
            "proposed": _MOVED[held[0]],
            "kind": "@item_form.software" if held[0][1] == "D" else "@item_form.technology",
        }
        return applies("moved", *found.relied_on, read=read, values=values)
    return does_not_apply("fits", *found.relied_on, read=read, values={"eccn": item.eccn}, checked=True)


RULES = (
    equipment_group,
    equipment_entry,
)
