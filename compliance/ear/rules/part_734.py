"""Scope: items subject to the EAR (15 CFR Part 734)."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Law
from compliance.ear.parties import any_of, from_groups, recipients
from compliance.ear.records import USERS, Activity, PartyFacts

NO_ITEM = frozenset({Activity.IAAS, Activity.US_PERSON_SUPPORT})
ONE_PLACE = frozenset({"CN", "HK"})


@rule("15 CFR 734.3", step=Step.SUBJECT, since=FIRST_DAY, effect=Effect.SUBJECT)
def subject_to_ear(facts: Facts, law: Law) -> Said:
    """US-origin items anywhere and all items in the United States are subject to the EAR.

    Foreign-made items may be, through 734.4 and 734.9; that chapter is not encoded, so the answer is unknown.
    """
    read = facts.seen("case.activity", "case.exporting_from", "item.us_origin", "item.located_in_us")
    if facts.activity is None:
        return unknown("activity_missing", missing=("case.activity",), read=read)
    if facts.activity in NO_ITEM:
        return applies("no_item", read=read)
    if facts.item.us_origin is True:
        return applies("us_origin", read=read)
    if facts.item.located_in_us is True or facts.exporting_from == "US":
        return applies("in_us", read=read)
    missing = [
        key
        for key, value in (
            ("case.exporting_from", facts.exporting_from),
            ("item.us_origin", facts.item.us_origin),
        )
        if value is None
    ]
    if missing:
        return unknown("origin_missing", missing=missing, read=read)
    return unknown("foreign_made", read=read)


@rule("15 CFR 734.13", step=Step.SUBJECT, since=FIRST_DAY, effect=Effect.HOLDS)
def service_without_item(facts: Facts, law: Law) -> Said:
    """Computing power or support moves no item, and a deemed export is of technology: what does not fit is held.

    Part 744 and guidance reach services; they are not encoded.
    """
    read = facts.seen("case.activity")
    if facts.activity is Activity.IAAS:
        return applies("iaas", read=read, cite="15 CFR 744.6; BIS policy statement of 2025-05-13")
    if facts.activity is Activity.US_PERSON_SUPPORT:
        return applies("us_person", read=read, cite="15 CFR 744.6, 736.2(b)(7)")
    if facts.activity is Activity.DEEMED_EXPORT and classify(facts.item, law).group not in {"D", "E"}:
        # Releasing technology or source code to a person is a deemed export; handing over hardware is not.
        return applies("deemed_commodity", read=facts.seen("case.activity", "item.eccn"), cite="15 CFR 734.13(a)(2)")
    return does_not_apply("item_moves", read=read)


def _same_place(one: str | None, other: str | None) -> bool:
    """Whether two codes are one place for the regulation; Hong Kong follows China since 2020-12-23."""
    return one == other or {one, other} == ONE_PLACE


@rule("15 CFR 734.16", step=Step.SUBJECT, since=FIRST_DAY, effect=Effect.HOLDS)
def transfer_in_country(facts: Facts, law: Law) -> Said:
    """An in-country transfer begins and ends in one country; otherwise it is an export or reexport.

    Exceptions treat transfers more kindly (740.8 asks for no notification), so the word alone must not open them.
    """
    read = facts.seen("case.activity", "case.exporting_from", "case.destination")
    if facts.activity is not Activity.TRANSFER:
        return does_not_apply("other_activity", read=read)
    if facts.exporting_from is None or facts.destination is None:
        missing = [key for key in ("case.exporting_from", "case.destination") if facts.get(key) is None]
        return unknown("place_missing", missing=missing, read=read)
    if _same_place(facts.exporting_from, facts.destination):
        return does_not_apply("one_country", read=read)
    return applies("two_countries", read=read, values={"from": facts.exporting_from, "to": facts.destination})


@rule("15 CFR 748.5(c)-(f), 732.3(d)", step=Step.SUBJECT, since=FIRST_DAY, effect=Effect.HOLDS)
def parties_at_destination(facts: Facts, law: Law) -> Iterable[Said]:
    """Where the recipients are located and the destination must tell one story.

    The requirements by destination read the country of ultimate destination. A consignee or end user in D:1, D:4 or
    D:5, or any recipient in an embargoed place, behind another destination is for a person to explain.
    """
    if facts.activity in NO_ITEM or facts.activity is Activity.DEEMED_EXPORT:
        # What is released to a person goes, in law, to that person's country, wherever the party is.
        yield does_not_apply("no_shipment", read=facts.seen("case.activity"))
        return
    for party in recipients(facts):
        yield _located(facts, law, party)


def _located(facts: Facts, law: Law, party: PartyFacts) -> Said:
    read = facts.seen("case.destination") + facts.seen("party.country", "party.role", party=party.ref)
    country, destination = party.country, facts.destination
    values = {"party": party.ref, "country": country or "?", "destination": destination or "?"}
    if country is None:
        missing = ("party.country",)
        return unknown(
            "parties_at_destination.country_missing", missing=missing, party=party.ref, read=read, values=values
        )
    if destination is None or _same_place(country, destination):
        return does_not_apply("parties_at_destination.agrees", party=party.ref, read=read, values=values)
    groups = ["part_746.special_destinations"]
    if party.role is None or party.role in USERS:
        groups += [f"part_740.group_{name}" for name in ("d1", "d4", "d5")]
    found = any_of(from_groups(country, law, groups))
    if found.answer is False:
        return does_not_apply("parties_at_destination.harmless", party=party.ref, read=read, values=values)
    key = "parties_at_destination.elsewhere"
    return applies(key, *found.relied_on, party=party.ref, read=read, values=values)


RULES = (
    subject_to_ear,
    service_without_item,
    transfer_in_country,
    parties_at_destination,
)
