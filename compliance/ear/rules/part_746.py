"""Embargoes and other special controls (15 CFR Part 746): by item and place as far as read, the rest by hand."""

from __future__ import annotations

from compliance.ear.classification import classify, read_eccn
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Law
from compliance.ear.records import NO_ITEM, Activity

READ = ("case.activity", "case.destination", "item.eccn")
# 746.8(a)(12): spared for subsidiaries and joint ventures of allied companies; the last two as classified in .c.
SPARED = frozenset({"5A991", "5A992", "5D992"})


@rule("15 CFR 746.8(a)(1)", step=Step.PROHIBITION, since=FIRST_DAY, effect=Effect.REQUIRES_LICENSE)
def russia_belarus(facts: Facts, law: Law) -> Said:
    """Every item on the Commerce Control List needs a license for Russia and Belarus, deemed exports apart.

    5A991 and classified 5A992.c and 5D992.c are spared for subsidiaries and joint ventures of companies of the United
    States, A:5 or A:6 ((a)(12)).
    """
    read = facts.seen(*READ)
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    member = law.member("part_746.russia_belarus", facts.destination)
    values = {"destination": facts.destination}
    if member.value is not True or facts.activity in NO_ITEM:
        return does_not_apply("elsewhere", read=read, values=values)
    if facts.activity is Activity.DEEMED_EXPORT:
        return does_not_apply("deemed", member, read=read, cite="15 CFR 746.8(a)(12)")
    entry, paragraph, _ = read_eccn(facts.item.eccn, law)
    if entry is None:
        return unknown("eccn_missing", member, missing=("item.eccn",), read=read, values=values)
    if entry == "EAR99":
        return does_not_apply("ear99", member, read=read, values=values)
    if entry in SPARED and (entry == "5A991" or paragraph in {"", "c"}):
        allied, field = facts.end_use.russia_allied_subsidiary, "case.end_use.russia_allied_subsidiary"
        read += facts.seen(field)
        if allied is not False:
            missing = [field] if allied is None else []
            missing += ["item.eccn"] if entry != "5A991" and not paragraph else []
            if missing:
                return unknown("spared_open", member, missing=missing, read=read, values=values)
            return does_not_apply("spared", member, read=read, values=values, cite="15 CFR 746.8(a)(12)")
    return applies("listed_item", member, read=read, values=values)


@rule("15 CFR 746.8(a)(4)-(8)", step=Step.PROHIBITION, since=FIRST_DAY, effect=Effect.HOLDS)
def russia_belarus_lists(facts: Facts, law: Law) -> Said:
    """EAR99 items for Russia and Belarus: the lists by tariff number and the named software were not read."""
    read = facts.seen(*READ)
    if facts.activity in NO_ITEM or facts.destination is None:
        return does_not_apply("elsewhere", read=read)
    if law.member("part_746.russia_belarus", facts.destination).value is not True:
        return does_not_apply("elsewhere", read=read)
    entry = classify(facts.item, law).entry
    if entry not in {None, "EAR99"}:
        return does_not_apply("has_an_eccn", read=read, values={"entry": entry})
    return applies("lists_not_read", read=read, values={"destination": facts.destination})


@rule("15 CFR Part 746; 742.8-742.10, 742.19", step=Step.PROHIBITION, since=FIRST_DAY, effect=Effect.REQUIRES_LICENSE)
def embargoed_items(facts: Facts, law: Law) -> Said:
    """Items with an ECCN to Cuba, Iran, North Korea and Syria: even those controlled for anti-terrorism reasons alone.

    EAR99 items and deemed exports are left to special_destinations.
    """
    read = facts.seen(*READ)
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    place = law.member("part_746.embargoed_items", facts.destination)
    values = {"destination": facts.destination}
    if place.value is not True or facts.activity in NO_ITEM:
        return does_not_apply("elsewhere", read=read, values=values)
    if facts.activity is Activity.DEEMED_EXPORT:
        return unknown("deemed_not_read", place, read=read, values=values)
    entry = classify(facts.item, law).entry
    if entry is None:
        return unknown("eccn_missing", place, missing=("item.eccn",), read=read, values=values)
    if entry == "EAR99":
        return does_not_apply("ear99", place, read=read, values=values)
    return applies("listed_item", place, read=read, values={**values, "entry": entry}, cite=place.cite)


@rule("15 CFR 746.6", step=Step.PROHIBITION, since=FIRST_DAY, effect=Effect.REQUIRES_LICENSE)
def ukraine_regions(facts: Facts, law: Law) -> Said:
    """Crimea and the so-called Donetsk and Luhansk republics: nearly every item; the rest of Ukraine is not reached."""
    field = "case.end_use.ukraine_occupied_regions"
    read = facts.seen(*READ, field)
    if facts.activity in NO_ITEM or facts.destination not in {None, "UA"}:
        return does_not_apply("elsewhere", read=read)
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    region = facts.end_use.ukraine_occupied_regions
    if region is False:
        return does_not_apply("other_region", read=read)
    if region is None:
        return unknown("region_unasked", missing=(field,), read=read)
    entry = classify(facts.item, law).entry
    if entry is None:
        return unknown("eccn_missing", missing=("item.eccn",), read=read)
    if entry == "EAR99":
        return unknown("ear99", read=read)
    return applies("inside", read=read)


@rule("15 CFR Part 746", step=Step.PROHIBITION, since=FIRST_DAY, effect=Effect.HOLDS)
def special_destinations(facts: Facts, law: Law) -> Said:
    """Cuba, Iran, Iraq, North Korea, Syria, Russia and Belarus have rules beside these that a person decides.

    Ukraine has them in its occupied regions only.
    """
    read = facts.seen("case.destination")
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    if facts.destination == "UA" and facts.end_use.ukraine_occupied_regions is False:
        return does_not_apply("elsewhere", read=read)
    member = law.member("part_746.special_destinations", facts.destination)
    values = {"destination": facts.destination}
    if member.value is None:
        return unknown("general.place_in_doubt", member, read=read, values=values)
    if member.value:
        return applies("not_encoded", member, read=read, values=values, cite=member.by)
    return does_not_apply("elsewhere", read=read)


RULES = (
    russia_belarus,
    russia_belarus_lists,
    embargoed_items,
    ukraine_regions,
    special_destinations,
)
