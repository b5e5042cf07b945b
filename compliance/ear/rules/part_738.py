"""The Country Chart (15 CFR Part 738): encoded only as far as an entry has no column on it beside AT."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Law
from compliance.ear.parties import recipients
from compliance.ear.rules.part_734 import NO_ITEM


@rule("15 CFR 738.4", step=Step.REQUIREMENT, since=FIRST_DAY, effect=Effect.HOLDS)
def country_chart(facts: Facts, law: Law) -> Said:
    """National security, regional stability and other columns of the chart are decided by hand.

    AT1 is marked for no country; it bites only through part 746 (special_destinations).
    """
    read = facts.seen("item.eccn", "case.destination")
    if facts.activity in NO_ITEM:
        return does_not_apply("general.no_item_moves", read=read)
    entry = classify(facts.item, law).entry
    if entry is None:
        if facts.item.eccn is None:
            return unknown("eccn_missing", missing=("item.eccn",), read=read)
        return unknown("eccn_unreadable", read=read, values={"eccn": facts.item.eccn[:40]})
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    if facts.destination == "US":
        return unknown("to_us", read=read)
    known = law.member("part_738.countries", facts.destination)
    if known.value is not True:
        return unknown("place_unknown", known, read=read, values={"destination": facts.destination})
    only = law.member("part_774.antiterrorism_only", entry)
    if only.value is True:
        return does_not_apply("antiterrorism_only", only, read=read, values={"entry": entry})
    return applies("not_encoded", read=read, values={"entry": entry})


@rule("15 CFR Part 740, Supp. No. 1, Country Group D, note", step=Step.REQUIREMENT, since=FIRST_DAY)
def printed_table(facts: Facts, law: Law) -> Iterable[Said]:
    """The State Department list (22 CFR 126.1) prevails over the printed D:5 column; where they differ it is shown."""
    places = {facts.destination}
    for party in recipients(facts):
        places |= {party.headquarters, party.ultimate_parent_headquarters}
    for place in sorted(filter(None, places)):
        if line := law.printed("part_740.group_d5", place):
            yield applies("still_printed", line, values={"country": place, "until": line.until}, cite=line.by)


RULES = (
    country_chart,
    printed_table,
)
