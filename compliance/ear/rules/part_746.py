"""Embargoes and other special controls (15 CFR Part 746): Russia and Belarus by item, the rest held for a person."""

from __future__ import annotations

from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Law


@rule("15 CFR 746.8(a)(1)", step=Step.PROHIBITION, since=FIRST_DAY, effect=Effect.REQUIRES_LICENSE)
def russia_belarus(facts: Facts, law: Law) -> Said:
    """Every item on the Commerce Control List needs a license for Russia and Belarus."""
    read = facts.seen("case.destination", "item.eccn")
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    member = law.member("part_746.russia_belarus", facts.destination)
    values = {"destination": facts.destination}
    if member.value is not True:
        return does_not_apply("elsewhere", read=read, values=values)
    entry = classify(facts.item, law).entry
    if entry is None:
        return unknown("eccn_missing", member, missing=("item.eccn",), read=read, values=values)
    if entry == "EAR99":
        return does_not_apply("ear99", member, read=read, values=values)
    return applies("listed_item", member, read=read, values=values)


@rule("15 CFR Part 746", step=Step.PROHIBITION, since=FIRST_DAY, effect=Effect.HOLDS)
def special_destinations(facts: Facts, law: Law) -> Said:
    """Cuba, Iran, Iraq, North Korea, Syria, Russia, Belarus and regions of Ukraine have rules decided by hand."""
    read = facts.seen("case.destination")
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    member = law.member("part_746.special_destinations", facts.destination)
    if member.value is True:
        values = {"destination": facts.destination}
        return applies("not_encoded", member, read=read, values=values, cite=member.by)
    return does_not_apply("elsewhere", read=read)


RULES = (
    russia_belarus,
    special_destinations,
)
