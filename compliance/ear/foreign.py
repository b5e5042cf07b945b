"""What a foreign-made item is made of and with, where it goes and for whom: the tests behind its routes.

Each test answers in three values and names what to ask. The routes are in :mod:`compliance.ear.origin`.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from compliance.ear import equipment
from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Missing
from compliance.ear.law import Cited, Law
from compliance.ear.parties import Tested, any_of, d5m, d145, from_d5m, recipients
from compliance.ear.records import ListCode, Listing

WHOLE = Decimal(100)
NO = Tested(False)
OPEN = Tested(None)


def fact(value: bool | None, key: str) -> Tested:
    return Tested(value, (), (Missing(key),) if value is None else ())


def all_of(*tests: Callable[[], Tested]) -> Tested:
    """Kleene "and", asked in order: one no settles it; of several unknown only the first to be asked is named."""
    relied: list[Cited] = []
    open_test: Tested | None = None
    value = ""
    for test in tests:
        found = test()
        if found.answer is False:
            return found
        relied += found.relied_on
        value = value or found.value
        if found.answer is None and (open_test is None or (found.missing and not open_test.missing)):
            open_test = found
    if open_test is not None:
        return Tested(None, tuple(relied), open_test.missing, value)
    return Tested(True, tuple(relied), value=value)


def negated(test: Tested) -> Tested:
    return Tested(None if test.answer is None else not test.answer, test.relied_on, test.missing, test.value)


# --- what the item is made of and with -------------------------------------------------------------------------------


def direct(facts: Facts) -> Tested:
    held = facts.origin
    return any_of(
        (
            fact(held.direct_product, "case.origin.direct_product"),
            fact(held.product_of_listed_plant, "case.origin.product_of_listed_plant"),
        )
    )


def chip_inside(facts: Facts) -> Tested:
    return fact(facts.origin.contains_us_technology_ic, "case.origin.contains_us_technology_ic")


def direct_or_chip_inside(facts: Facts) -> Tested:
    return any_of((direct(facts), chip_inside(facts)))


def share(facts: Facts) -> tuple[Decimal | None, Tested]:
    """Return the share of controlled US content; one above the whole is no share and is asked for again."""
    percent = facts.origin.us_content_percent
    if percent is None or percent > WHOLE:
        return None, Tested(None, (), (Missing("case.origin.us_content_percent"),))
    return percent, Tested(percent > 0)


def equipment_set(facts: Facts, law: Law) -> Tested:
    return equipment.within(facts.item.eccn, equipment.SET, law)


def footnote_5_products(facts: Facts, law: Law) -> Tested:
    return all_of(
        lambda: equipment.within(facts.item.eccn, "part_734.footnote_5_products", law),
        lambda: negated(equipment.within(facts.item.eccn, "part_734.footnote_5_excepted", law)),
    )


def category_3b(facts: Facts, law: Law) -> Tested:
    """734.4(a)(9) reaches Category 3B beyond the list of 734.9(e)(3), with the same paragraphs left out."""
    held = equipment.parts(facts.item.eccn) if facts.item.eccn else None
    if held is None:
        return Tested(None, (), (Missing("item.eccn"),))
    if not held[0].startswith("3B"):
        return NO
    return negated(equipment.within(facts.item.eccn, "part_734.footnote_5_excepted", law))


def advanced(facts: Facts, law: Law) -> Tested:
    """Whether the item is an advanced computing item. The notes do not say whether the rule reaches 3A090.c: held."""
    level = classify(facts.item, law).level
    if level.value is None:
        return Tested(None, level.relied_on, tuple(Missing(name) for name in level.missing))
    if level.value == "c":
        return Tested(None, level.relied_on)
    if level.value == "none" and facts.item.eccn is None:
        return Tested(None, level.relied_on, (Missing("item.eccn"),))
    return Tested(level.value != "none", level.relied_on)


# --- where it goes and for whom --------------------------------------------------------------------------------------


def destination_d5m(facts: Facts, law: Law) -> Tested:
    return d5m(facts.destination, law)


def facility(facts: Facts, law: Law) -> Tested:
    """Whether the item is for a facility in a D:5 country or Macau that makes chips of an advanced node."""
    return all_of(
        lambda: fact(facts.end_use.advanced_node_fab, "case.end_use.advanced_node_fab"),
        lambda: any_of(d5m(place, law, field) for place, field in places_of_use(facts)),
    )


def places_of_use(facts: Facts) -> tuple[tuple[str | None, str], ...]:
    """Return the destination and, where it may be another, the place of the facility."""
    return (
        (facts.destination, "case.destination"),
        (facts.end_use.facility_country, "case.end_use.facility_country"),
    )


def footnote(facts: Facts, law: Law, number: str) -> Tested:
    """Whether a party carries the footnote, by its own entry or (while that rule holds) through its owners."""
    held = recipients(facts)
    # Who is not named cannot be cleared; what is made for a footnote 3 party is for the rule on Russia, by hand.
    tests = [NO if held else Tested(None, (), (Missing("case.parties"),))]
    if number != "3":
        tests.append(fact(facts.origin.for_footnote_entity, "case.origin.for_footnote_entity"))
    for party in held:
        if party.listings is None:
            tests.append(Tested(None, (), (Missing("party.listings", party.ref),)))
            continue
        if any(_carries(listing, number, law) for listing in party.listings):
            return Tested(True, value=party.ref)
        if party.listings_undecided is True:
            tests.append(Tested(None, (), (Missing("party.listings_undecided", party.ref),)))
        if party.owned_50_percent_by_listed is not False and law.has("part_744.affiliates"):
            field = "party.owned_50_percent_by_listed"
            missing = (Missing(field, party.ref),) if party.owned_50_percent_by_listed is None else ()
            tests.append(Tested(None, (law.value("part_744.affiliates"),), missing))
    return any_of(tests)


def _carries(listing: Listing, number: str, law: Law) -> bool:
    """Whether an entry of the Entity List with the footnote had taken effect on the day."""
    in_effect = listing.effective is None or listing.effective <= law.day
    return listing.code == ListCode.ENTITY_LIST and in_effect and number in listing.footnotes


def _headquarters(facts: Facts, law: Law) -> Tested:
    held = recipients(facts)
    return any_of(from_d5m(party, law) for party in held) if held else Tested(None, (), (Missing("case.parties"),))


def advanced_place(facts: Facts, law: Law) -> Tested:
    scope = law.value("part_734.advanced_destinations")
    if scope.value == "worldwide":
        return Tested(True, (scope,), value="worldwide")
    tests = [_technology_of_d5m(facts, law)]
    if scope.value == "china":
        tests.append(_china_2022(facts, law))
    else:
        tests += [d145(facts.destination, law), _named(facts, law), _headquarters(facts, law)]
    found = any_of(tests)
    return Tested(found.answer, (scope, *found.relied_on), found.missing, found.value)


def _named(facts: Facts, law: Law) -> Tested:
    """A destination that left D:4 while 742.6(a)(6)(iii) kept it by name; whether (h) names it too was not read."""
    if facts.destination is None:
        return NO
    named = law.member("part_734.advanced_named", facts.destination)
    return Tested(named.value, (named,), value=facts.destination)


def _china_2022(facts: Facts, law: Law) -> Tested:
    """China, later Macau. Whether the rule of 2022 reached others in D:1, D:4 or D:5 was not read: there it is open."""
    if facts.destination is None:
        return Tested(None, (), (Missing("case.destination"),))
    named = law.member("part_734.advanced_places_2022", facts.destination)
    if named.value is True:
        return Tested(True, (named,), value=facts.destination)
    wider = d145(facts.destination, law)
    return wider if wider.answer is False else Tested(None, (named,))


def _technology_of_d5m(facts: Facts, law: Law) -> Tested:
    """734.9(h)(2)(ii): technology of 3E001 for these chips that comes from a D:5 country or Macau, to anywhere."""
    entry = classify(facts.item, law).entry
    if entry is not None and entry != "3E001":
        return NO
    named = NO if entry is None else Tested(True)
    if entry is None and facts.item.form in {None, "technology"}:
        named = Tested(None, (), (Missing("item.eccn"),))
    return all_of(lambda: named, lambda: d5m(facts.exporting_from, law, "case.exporting_from"))


def supercomputer_place(place: str | None, law: Law, field: str) -> Tested:
    if place is None:
        return Tested(None, (), (Missing(field),))
    named = law.member("part_734.supercomputer_places", place)
    if named.value is True:
        return Tested(True, (named,), value=place)
    return NO if d5m(place, law).answer is False else Tested(None, (named,))
