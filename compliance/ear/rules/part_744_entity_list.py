"""The Entity List: the entry's own words, its footnotes and the matrix of footnote 5 (15 CFR 744.11, Supp. No. 4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from compliance.ear import equipment, foreign
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Missing, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Cited, Law
from compliance.ear.lifting import RESTRICTED_FABS
from compliance.ear.origin import Route, foreign_made, only_through
from compliance.ear.parties import Tested, any_of, from_d5m
from compliance.ear.records import Activity, ListCode, Listing, PartyFacts, Role
from compliance.ear.rules.part_744_lists import (
    names_all_items,
    on_list,
    read_listing,
    service_only,
    with_rest,
)

NEEDS = Effect.REQUIRES_LICENSE
RESTRICTED_FAB = "740.26"
MATRIX_FROM = date(2024, 12, 2)
FOOTNOTE_5_ROUTES = (Route.FOOTNOTE_5, Route.FOOTNOTE_5_CONTENT, Route.FACILITY, Route.FACILITY_CONTENT)


@rule("15 CFR 744.11, Part 744 Supp. No. 4", step=Step.PROHIBITION, since=FIRST_DAY, effect=NEEDS)
def entity_list(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """An Entity List entry needs a license as its own words say; no exception unless the entry names one.

    The list speaks of items subject to the EAR. A service moves none, so there a listed party is for a person.
    """
    return with_rest(facts, [_entry(facts, law, *held) for held in on_list(facts, law, ListCode.ENTITY_LIST)])


def _entry(facts: Facts, law: Law, party: PartyFacts, listing: Listing) -> Said:
    common: dict[str, Any] = {
        "party": party.ref,
        "read": read_listing(facts, party, listing),
        "values": {
            "party": party.ref,
            "cited": listing.cited or "?",
            "footnotes": list(listing.footnotes) or ["-"],
            "requirement": listing.license_requirement[:500] or "?",
        },
    }
    if service_only(facts):
        return unknown("service_lists.listed", **common)
    if not party.receives:
        return unknown("entity_list.other_role", **common)
    if "5" in listing.footnotes and _by_matrix(facts, law):
        return does_not_apply("entity_list.matrix", cite="15 CFR 744.11(a)(2)(v)(A)", **common)
    if names_all_items(listing, facts, law):
        lifted = RESTRICTED_FABS if RESTRICTED_FAB in listing.license_requirement else ()
        return applies("entity_list.all_items", overcome_by=lifted, **common)
    return unknown("entity_list.read_entry", **common)


def _by_matrix(facts: Facts, law: Law) -> bool:
    if law.day < MATRIX_FROM or not foreign_made(facts):
        return False
    return only_through(facts, law, *FOOTNOTE_5_ROUTES).answer is True


@rule("15 CFR 744.11(a)(2), Part 744 Supp. No. 4", step=Step.PROHIBITION, since=FIRST_DAY)
def entity_footnotes(facts: Facts, law: Law) -> Iterable[Said]:
    """What a footnote of an entry adds: foreign-made items that would otherwise not be subject to the EAR."""
    for party, listing in on_list(facts, law, ListCode.ENTITY_LIST):
        for number in listing.footnotes:
            row = law.row("part_744.entity_footnotes", number.strip("[]() "))
            if row is None:
                continue
            number, said = row.value["code"], "entity_footnotes.footnote_" + row.value["code"]
            values = {"party": party.ref, "footnote": number}
            read = read_listing(facts, party, listing)
            yield applies(said, row, read=read, party=party.ref, values=values, cite=row.cite)


@rule(
    "15 CFR 744.11(a)(2)(v)(A)",
    step=Step.PROHIBITION,
    since=MATRIX_FROM,
    comply=date(2024, 12, 31),
    effect=NEEDS,
)
def footnote_5_matrix(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Foreign-made equipment that is subject to the EAR only for the sake of footnote 5 or of a fab: by whom, whence.

    Rows 1 to 6 ask where the exporter (in a transfer its ultimate parent) is headquartered and whether that country is
    named in Supp. No. 4 to Part 742. The names were not read, so no country is known to be on it or off it.
    """
    if not foreign_made(facts):
        return ()
    through = only_through(facts, law, *FOOTNOTE_5_ROUTES)
    read = facts.seen("case.activity", "case.exporting_from", "item.eccn")
    if through.answer is False:
        # Another route brings the whole law with it.
        return ()
    if through.answer is None:
        return unknown("route_open", *through.relied_on, missing=through.missing, read=read)
    listed = _full_list(facts, law)
    relied = (*through.relied_on, *listed.relied_on)
    if listed.answer is None:
        return unknown("item_in_doubt", *relied, missing=listed.missing, read=read)
    if listed.answer is False:
        return does_not_apply("other_item", *relied, read=read)
    exporters = [party for party in facts.parties if party.role is Role.EXPORTER]
    if facts.activity is None or (facts.activity is not Activity.TRANSFER and facts.exporting_from is None):
        missing = [key for key in ("case.activity", "case.exporting_from") if facts.get(key) is None]
        return unknown("movement_missing", *relied, missing=missing, read=read)
    if not exporters:
        return unknown("exporter_missing", *relied, missing=("case.parties",), read=read)
    return [_row(facts, law, party, relied) for party in exporters]


def _full_list(facts: Facts, law: Law) -> Tested:
    if (facts.item.eccn or "").strip().upper().startswith("3B611"):
        return Tested(True, value="3B611")
    inside = equipment.within(facts.item.eccn, "part_734.footnote_5_products", law)
    out = equipment.within(facts.item.eccn, "part_734.footnote_5_excepted", law)
    if inside.answer is not True or out.answer is False:
        return inside
    missing = (Missing("item.eccn"),) if out.answer is None else ()
    return Tested(None if out.answer is None else False, out.relied_on, missing)


def _row(facts: Facts, law: Law, party: PartyFacts, relied: tuple[Cited, ...]) -> Said:
    only_3b993 = (facts.item.eccn or "").strip().upper().startswith("3B993")
    seen = facts.seen("party.headquarters", "party.ultimate_parent_headquarters", party=party.ref)
    common: dict[str, Any] = {
        "party": party.ref,
        "read": (*facts.seen("case.activity", "case.exporting_from", "item.eccn"), *seen),
        "values": {"party": party.ref, "from": facts.exporting_from or "?"},
    }
    names = law.value("part_744.footnote_5_countries")
    if facts.activity is Activity.TRANSFER:
        # Rows 5 and 6: whichever side of the unread list its parent stands on, 3B993 needs a license.
        if only_3b993:
            return applies("footnote_5_matrix.transfer", *relied, **common)
        return applies("footnote_5_matrix.transfer", names, *relied, **common)
    ours = from_d5m(party, law)
    relied = (*relied, *ours.relied_on)
    reach = law.value("part_744.footnote_5_full_list")
    if ours.answer is True:
        if only_3b993 or reach.value == "full":
            return applies("footnote_5_matrix.from_d5m", reach, *relied, **common)
        return does_not_apply("footnote_5_matrix.only_3b993", reach, *relied, **common)
    allied = law.member("part_740.group_a5", facts.exporting_from or "")
    if allied.value is True and ours.answer is False:
        if only_3b993:
            return applies("footnote_5_matrix.allied_country", names, allied, *relied, **common)
        return does_not_apply("footnote_5_matrix.allied_country_other", allied, *relied, **common)
    if ours.answer is None and allied.value is True:
        return unknown("footnote_5_matrix.headquarters_missing", *relied, missing=ours.missing, **common)
    return applies("footnote_5_matrix.other_country", *(() if only_3b993 else (names,)), allied, *relied, **common)


@rule("15 CFR 744.11(a)(2)", step=Step.PROHIBITION, since=FIRST_DAY, effect=NEEDS)
def footnote_party_unnamed(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """A foreign-made item known to be meant for a footnote 1, 4 or 5 party that the case does not name.

    That it is subject to the EAR for that party's sake is no license: what is needed stands in the entry (footnotes 1
    and 4) or in the matrix (footnote 5), so the party has to be named.
    """
    field = "case.origin.for_footnote_entity"
    if service_only(facts) or not foreign_made(facts):
        return ()
    tool = foreign.all_of(lambda: foreign.category_3b(facts, law), lambda: foreign.chip_inside(facts))
    made, known = any_of((foreign.direct(facts), tool)), facts.origin.for_footnote_entity
    if made.answer is False:
        return ()
    read = facts.seen(field)
    if known is False:
        return does_not_apply("none", read=read)
    return unknown("unnamed" if known else "unasked", missing=(field, "case.parties") if known else (field,), read=read)


RULES = (
    entity_list,
    entity_footnotes,
    footnote_party_unnamed,
    footnote_5_matrix,
)
