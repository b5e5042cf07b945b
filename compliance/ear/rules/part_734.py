"""Scope: items subject to the EAR (15 CFR Part 734)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compliance.ear import origin
from compliance.ear.classification import classify
from compliance.ear.facts import Facts, Seen
from compliance.ear.findings import Answer, Effect, Finding, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Cited, Law
from compliance.ear.origin import Route
from compliance.ear.parties import Tested, any_of, from_groups, recipients
from compliance.ear.records import NO_ITEM, NO_SHIPMENT, USERS, Activity, PartyFacts

ONE_PLACE = frozenset({"CN", "HK"})


@rule("15 CFR 734.3", step=Step.SUBJECT, since=FIRST_DAY, effect=Effect.SUBJECT, looks_back=True)
def subject_to_ear(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    """US-origin items anywhere and all items in the United States are subject to the EAR.

    A foreign-made item abroad is subject through any route of 734.4 or 734.9, and not subject only if every route is
    ruled out by known facts and checked law. A chip that BIS presumes to be made in violation never is.
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
    said = _foreign_made(facts, law, read)
    if said.answer is Answer.DOES_NOT_APPLY and not _told_alike(facts, law, before):
        return unknown("in_doubt", *said.relied_on, read=read)
    return said


def _told_alike(facts: Facts, law: Law, before: Sequence[Finding]) -> bool:
    """Whether nothing speaks against the facts that rule an item out: no contradiction, no law that is not known."""
    if any(f.effect is Effect.HOLDS and f.answer is not Answer.DOES_NOT_APPLY for f in before):
        return False
    return all(_located(facts, law, party).answer is Answer.DOES_NOT_APPLY for party in recipients(facts))


def _foreign_made(facts: Facts, law: Law, read: Seen) -> Said:
    held = origin.routes(facts, law)
    through = next((route for route, test in held.items() if test.answer is True), None)
    if through is not None:
        values = {"route": f"@route.{through.name.lower()}"}
        return applies("subject_to_ear.through", *held[through].relied_on, read=read, values=values)
    # Where the item comes from and where it is, first; the rest is asked of what is known to be foreign-made.
    if said := _waits("subject_to_ear.origin_missing", (held[Route.US_ORIGIN], held[Route.IN_US]), read):
        return said
    if said := _waits("subject_to_ear.foreign_made", held.values(), read):
        return said
    relied = _once(cited for test in held.values() for cited in test.relied_on)
    if law.has("part_736.presumed_chips"):
        chip = origin.chip_of_d5m(facts, law)
        if chip.answer is not False:
            presumed = law.value("part_736.presumed_chips")
            return unknown("subject_to_ear.presumed", presumed, missing=chip.missing, read=read)
    if not all(cited.checked for cited in relied):
        return unknown("subject_to_ear.ruled_out_unchecked", *relied, read=read)
    return does_not_apply("subject_to_ear.ruled_out", *relied, read=read)


def _waits(key: str, tests: Iterable[Tested], read: Seen) -> Said | None:
    waiting = [test for test in tests if test.answer is None]
    if not waiting:
        return None
    missing = dict.fromkeys(one for test in waiting for one in test.missing)
    relied = _once(cited for test in waiting for cited in test.relied_on)
    return unknown(key, *relied, missing=tuple(missing), read=read)


def _once(many: Iterable[Cited]) -> tuple[Cited, ...]:
    return tuple({id(cited): cited for cited in many}.values())


@rule("15 CFR 734.13", step=Step.SUBJECT, since=FIRST_DAY, effect=Effect.HOLDS)
def service_without_item(facts: Facts, law: Law) -> Said:
    """Computing power or support moves no item, and a deemed export is of technology: what does not fit is held.

    Services are reached by part 744 and guidance (``rules/part_744_6.py``, ``rules/part_744_iaas.py``).
    """
    read = facts.seen("case.activity")
    if facts.activity is Activity.IAAS:
        return does_not_apply("iaas", read=read, cite="15 CFR 744.6; BIS policy statement of 2025-05-13")
    if facts.activity is Activity.US_PERSON_SUPPORT:
        return does_not_apply("us_person", read=read, cite="15 CFR 744.6, 736.2(b)(7)")
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
    if facts.activity in NO_SHIPMENT:
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
