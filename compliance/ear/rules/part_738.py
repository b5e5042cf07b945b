"""The Country Chart (15 CFR Part 738): which columns control the item, and which are marked for the destination."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from compliance.ear.chart import PRINTED, known_before, lines_of, marked, reached, row_of, spared_elsewhere
from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Finding, Said, Step, applies, does_not_apply, kept, rule, unknown
from compliance.ear.law import FIRST_DAY, Cited, Law
from compliance.ear.lifting import CHART
from compliance.ear.parties import Tested, recipients
from compliance.ear.records import NO_ITEM, Activity

HOLDS = Effect.HOLDS


@rule("15 CFR 738.4", step=Step.REQUIREMENT, since=FIRST_DAY, effect=Effect.REQUIRES_LICENSE)
def country_chart(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """A reason for control whose column is marked for the destination needs a license; so does encryption (742.15).

    AT1 is marked for no country; it bites only through part 746 (embargoed_items, special_destinations). An entry whose
    reasons are not written down is decided by hand.
    """
    read = facts.seen("item.eccn", "case.destination")
    if facts.activity in NO_ITEM:
        return does_not_apply("general.no_item_moves", read=read)
    entry = classify(facts.item, law).entry
    if entry is None:
        if facts.item.eccn is None:
            return unknown("eccn_missing", missing=("item.eccn",), read=read, effect=HOLDS)
        return unknown("eccn_unreadable", read=read, values={"eccn": facts.item.eccn[:40]}, effect=HOLDS)
    place = facts.destination
    if place is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read, effect=HOLDS)
    if place == "US":
        return unknown("to_us", read=read, effect=HOLDS)
    row = row_of(place, law)
    if row is None:
        known = law.member("part_738.countries", place)
        return unknown("place_unknown", known, read=read, values={"destination": place}, effect=HOLDS)
    only = law.member("part_774.antiterrorism_only", entry)
    if only.value is True:
        return does_not_apply("antiterrorism_only", only, read=read, values={"entry": entry})
    lines = lines_of(entry, law)
    if not lines:
        key = "entry_gone" if known_before(entry, law) else "not_encoded"
        return applies(key, read=read, values={"entry": entry}, effect=HOLDS)
    if row.value.get("row") == "part_746":
        return does_not_apply("part_746", row, read=read, values={"destination": place})
    return _by_columns(facts, law, entry, row, lines)


def _by_columns(facts: Facts, law: Law, entry: str, row: Cited, lines: tuple[Cited, ...]) -> Iterable[Said]:
    place, item = str(facts.destination), facts.item
    tests = [(line, reached(item, line)) for line in lines]
    if all(test.answer is False for _, test in tests) and not spared_elsewhere(item, law):
        eccn, asked = item.eccn or entry, facts.seen("item.eccn", "item.related_eccn")
        return (applies("paragraph_unlisted", *lines, read=asked, values={"eccn": eccn}, effect=HOLDS),)
    certain: list[tuple[Cited, Tested]] = []
    open_lines: list[tuple[Cited, Tested]] = []
    doubtful: list[Cited] = []
    for line, test in tests:
        column = line.value["column"]
        if marked(column, row, place):
            if test.answer is False:
                doubtful += [line] if line.value.get("list_in_doubt") else []
                continue
            (certain if test.answer else open_lines).append((line, test))
        elif test.answer is not False and column in row.value.get("doubt", ""):
            open_lines.append((line, test))
    if certain:
        # What is open beside it could only add a reason; one set of exceptions lifts every column but that of missiles.
        open_lines = [(line, test) for line, test in open_lines if line.value["reason"] == "MT"]
    if certain or open_lines:
        said = [_required(facts, entry, row, line) for line, _ in certain]
        return said + [_open(facts, entry, row, line, test) for line, test in open_lines]
    read = facts.seen("item.eccn", "item.related_eccn", "case.destination")
    values = {"entry": entry, "destination": place}
    return (does_not_apply("not_marked", row, *doubtful, read=read, values=values),)


def _values(entry: str, line: Cited, place: str) -> dict[str, Any]:
    value = line.value
    return {"entry": entry, "reason": f"@reason.{value['reason']}", "column": value["column"], "destination": place}


def _required(facts: Facts, entry: str, row: Cited, line: Cited) -> Said:
    place, read = str(facts.destination), facts.seen("item.eccn", "item.related_eccn", "case.destination")
    common: dict[str, Any] = {"read": read, "values": _values(entry, line, place), "cite": line.cite}
    if facts.activity is Activity.TRANSFER:
        # The first general prohibition speaks of exports and reexports; what a transfer needs was not read.
        return unknown("transfer_open", line, row, effect=HOLDS, **common)
    key = "encryption" if line.value["column"] == "EI" else "marked"
    # Which exceptions an item controlled for missile reasons may use was not read: none.
    lifts = () if line.value["reason"] == "MT" else CHART
    return applies(key, line, row, overcome_by=lifts, **common)


def _open(facts: Facts, entry: str, row: Cited, line: Cited, test: Tested) -> Said:
    names = [f"item.{line.value['fact']}"] if "fact" in line.value else []
    read = facts.seen("item.eccn", "item.related_eccn", "case.destination", *names)
    values = _values(entry, line, str(facts.destination))
    return unknown("reach_open", line, row, missing=test.missing, read=read, values=values, cite=line.cite)


@rule("15 CFR Part 738, Supp. No. 1", step=Step.REQUIREMENT, since=FIRST_DAY, until=date(2024, 12, 25))
def chart_snapshot(facts: Facts, law: Law) -> Iterable[Said]:
    """The chart was read as one table of 2026; of the changes before only the named ones are known."""
    entry = classify(facts.item, law).entry
    if entry and facts.activity not in NO_ITEM and lines_of(entry, law):
        yield applies("snapshot", checked=False)


@rule("15 CFR Part 774, Supp. No. 1", step=Step.EXCEPTION, since=FIRST_DAY, looks_back=True)
def printed_exceptions(facts: Facts, law: Law, before: Sequence[Finding]) -> Iterable[Said]:
    """Name the list-based exceptions (LVS, GBS, TSR, ENC and their kin) of an entry that a column controls.

    Their conditions are not modelled; until a person has examined them the license is needed.
    """
    if any(f.rule == "country_chart" and f.overcome_by for f in kept(before).required):
        entry = classify(facts.item, law).entry
        if entry and (printed := row_of(entry, law, PRINTED)):
            values = {"entry": entry, "names": printed.value["names"]}
            yield applies("named", printed, values=values, read=facts.seen("item.eccn"))


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
    chart_snapshot,
    printed_exceptions,
    printed_table,
)
