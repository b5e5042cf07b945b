"""Chip-making equipment: what it needs a license for by destination, worldwide and to footnote 5 entities.

15 CFR 742.4(a)(4)-(5) and 742.6(a)(6)(i)(A), (a)(10), (a)(11): national security and regional stability in one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from compliance.ear.equipment import controlled_set, footnote_5_only, worldwide_set
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Missing, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Law
from compliance.ear.lifting import EQUIPMENT, WORLDWIDE_EQUIPMENT
from compliance.ear.origin import Route, only_through
from compliance.ear.parties import Tested, any_of, d5m, from_d5m
from compliance.ear.records import NO_ITEM, Activity, ListCode, PartyFacts, Role

NEEDS = Effect.REQUIRES_LICENSE
READ = ("item.eccn", "item.related_eccn", "case.activity", "case.destination")


def _not_reached(facts: Facts, found: Tested, *, deemed: bool) -> Said | None:
    """Answer for what is outside the set, for services, for the US and (``deemed``) for deemed exports."""
    read = facts.seen(*READ)
    if facts.activity in NO_ITEM:
        return does_not_apply("general.no_item_moves", read=read)
    if found.answer is False:
        return does_not_apply("equipment.not_in_set", *found.relied_on, read=read)
    if deemed and facts.activity is Activity.DEEMED_EXPORT:
        return does_not_apply("general.deemed_export", read=read)
    if facts.destination == "US":
        return does_not_apply("general.to_us", read=read)
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    return None


@rule("15 CFR 742.6(a)(6)", step=Step.REQUIREMENT, since=FIRST_DAY, until=date(2023, 11, 16), effect=NEEDS)
def equipment_2022(facts: Facts, law: Law) -> Said:
    """3B090 with its software and technology to China, from 2023-01-17 also to Macau; the text of 2022 was not read."""
    found = controlled_set(facts.item, law)
    if said := _not_reached(facts, found, deemed=False):
        return said
    read = facts.seen(*READ)
    if facts.activity is Activity.DEEMED_EXPORT:
        return does_not_apply("general.deemed_export", read=read, checked=False)
    place = law.member("part_742.equipment_destinations_2022", str(facts.destination))
    values = {"destination": facts.destination}
    if place.value is False:
        return does_not_apply("outside", place, read=read, values=values, checked=False)
    if place.value is None:
        return unknown("general.place_in_doubt", place, read=read, values=values)
    if found.answer is None:
        return unknown("equipment.unknown", *found.relied_on, missing=found.missing, read=read)
    return applies("inside", place, *found.relied_on, read=read, values=values, overcome_by=EQUIPMENT)


@rule("15 CFR 742.4(a)(4), 742.6(a)(6)(i)(A)", step=Step.REQUIREMENT, since=date(2023, 11, 17), effect=NEEDS)
def equipment_destination(facts: Facts, law: Law) -> Said:
    """The equipment set with its software and technology, to or within a D:5 country or Macau, A:5 and A:6 or not.

    Foreign-made items subject only through 734.4(a)(8) or 734.9(k) are spared when an entity of a country of Supp.
    No. 4 to Part 742 (or with equal controls), not from D:5 or Macau, ships them from abroad; no name was read.
    """
    found = controlled_set(facts.item, law)
    if said := _not_reached(facts, found, deemed=True):
        return said
    read, inside = facts.seen(*READ), d5m(facts.destination, law)
    values = {"destination": facts.destination}
    if inside.answer is False:
        return does_not_apply("outside", *inside.relied_on, read=read, values=values)
    if inside.answer is None:
        return unknown("general.place_in_doubt", *inside.relied_on, read=read, values=values)
    if found.answer is None:
        return unknown("equipment.unknown", *found.relied_on, missing=found.missing, read=read)
    relied = (*found.relied_on, *inside.relied_on)
    spared = _spared(facts, law)
    if spared.answer is None:
        read += facts.seen("case.exporting_from", "item.us_origin")
        return unknown("exempt_open", *relied, *spared.relied_on, missing=spared.missing, read=read, values=values)
    return applies("inside", *relied, *spared.relied_on, read=read, values=values, overcome_by=EQUIPMENT)


def _spared(facts: Facts, law: Law) -> Tested:
    """Whether the exclusion for shipments from countries of Supp. No. 4 may reach; never yes, as nobody read it."""
    start = facts.exporting_from
    if not law.has("part_742.equipment_exemption") or start == "US" or facts.item.us_origin is not False:
        return Tested(False)
    if facts.activity is Activity.TRANSFER:
        return Tested(False)
    through = only_through(facts, law, Route.EQUIPMENT, Route.EQUIPMENT_CONTENT)
    if through.answer is False:
        return Tested(False)
    if start is None:
        return Tested(None, (), (Missing("case.exporting_from"),))
    not_exempt = law.member("part_742.equipment_not_exempt", start)
    if not_exempt.value is True:
        return Tested(False, (not_exempt,))
    exporters = [party for party in facts.parties if party.role is Role.EXPORTER]
    from_there = any_of((d5m(start, law, "case.exporting_from"), *(from_d5m(party, law) for party in exporters)))
    if from_there.answer is True:
        return Tested(False, from_there.relied_on)
    return Tested(None, (law.value("part_742.equipment_exemption"),))


@rule("15 CFR 742.4(a)(5), 742.6(a)(10)", step=Step.REQUIREMENT, since=date(2024, 9, 6), effect=NEEDS)
def equipment_worldwide(facts: Facts, law: Law) -> Said:
    """The items of September 2024 to every destination, deemed exports included.

    People employed or under contract by 2024-09-06 are spared, except for GAAFET technology (3E905) to D:1 and D:5
    nationals. Quantum entries to A:1 had to be licensed from 2024-11-05 only.
    """
    found = worldwide_set(facts.item, law)
    if said := _not_reached(facts, found, deemed=False):
        return said
    read, place = facts.seen(*READ), str(facts.destination)
    if found.answer is None:
        return unknown("equipment.unknown", *found.relied_on, missing=found.missing, read=read)
    values = {"destination": place, "eccn": found.value or facts.item.eccn or "?"}
    grace = law.member("part_742.quantum_grace", found.value)
    if grace.value is True:
        first = law.member("part_740.group_a1", place)
        if first.value is True:
            return does_not_apply("grace", grace, first, read=read, values=values)
    if facts.activity is Activity.DEEMED_EXPORT and (said := _employed(facts, law, found)):
        return said
    if facts.activity is None:
        return unknown("general.activity_missing", *found.relied_on, missing=("case.activity",), read=read)
    return applies("worldwide", *found.relied_on, read=read, values=values, overcome_by=WORLDWIDE_EQUIPMENT)


def _employed(facts: Facts, law: Law, found: Tested) -> Said | None:
    place, read = str(facts.destination), facts.seen(*READ, "case.general.employed_before")
    if found.value == "3E905":
        groups = (law.member(f"part_740.group_{name}", place) for name in ("d1", "d5"))
        barred = any_of(Tested(cited.value, (cited,)) for cited in groups)
        if barred.answer is not False:
            return None
    if facts.general.employed_before is True:
        return does_not_apply("equipment_worldwide.employed", *found.relied_on, read=read)
    if facts.general.employed_before is None:
        missing = ("case.general.employed_before",)
        return unknown("equipment_worldwide.employed_unasked", *found.relied_on, missing=missing, read=read)
    return None


@rule(
    "15 CFR 742.6(a)(11)",
    step=Step.REQUIREMENT,
    since=date(2024, 12, 2),
    comply=date(2024, 12, 31),
    effect=NEEDS,
)
def equipment_footnote_5(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """3B993, 3B994 and their software and technology to an Entity List party of footnote 5.

    What is subject to the EAR only through 734.9(e)(3) or 734.4(a)(9) follows the matrix of 744.11(a)(2)(v) instead.
    """
    found, read = footnote_5_only(facts.item, law), facts.seen("item.eccn", "case.activity")
    if facts.activity in NO_ITEM:
        return does_not_apply("general.no_item_moves", read=read)
    if found.answer is False:
        return does_not_apply("equipment.not_in_set", *found.relied_on, read=read)
    if found.answer is None:
        return unknown("equipment.unknown", missing=found.missing, read=read)
    if facts.item.us_origin is False and facts.exporting_from != "US":
        named = (Route.FOOTNOTE_5, Route.FACILITY, Route.FOOTNOTE_5_CONTENT, Route.FACILITY_CONTENT)
        through = only_through(facts, law, *named)
        if through.answer is True:
            return does_not_apply("matrix", *through.relied_on, read=read)
        if through.answer is None:
            return unknown("route_open", *found.relied_on, missing=through.missing, read=read)
    return _footnote_5_parties(facts, law, found)


def _footnote_5_parties(facts: Facts, law: Law, found: Tested) -> Iterable[Said]:
    said: list[Said] = []
    for party in facts.parties:
        values, read = {"party": party.ref}, facts.seen("item.eccn")
        if _has_footnote_5(party, law):
            key = "equipment_footnote_5.listed"
            said.append(applies(key, *found.relied_on, party=party.ref, values=values, read=read))
        elif party.listings is None or party.listings_undecided:
            field = "party.listings" if party.listings is None else "party.listings_undecided"
            missing = (Missing(field, party.ref),)
            key = "equipment_footnote_5.not_screened"
            said.append(unknown(key, missing=missing, party=party.ref, values=values, read=read))
    return said or (does_not_apply("equipment_footnote_5.nobody", *found.relied_on, read=facts.seen("item.eccn")),)


def _has_footnote_5(party: PartyFacts, law: Law) -> bool:
    return party.receives and any(
        one.code == ListCode.ENTITY_LIST
        and "5" in one.footnotes
        and (one.effective is None or one.effective <= law.day)
        for one in party.listings or ()
    )


RULES = (
    equipment_2022,
    equipment_destination,
    equipment_worldwide,
    equipment_footnote_5,
)
