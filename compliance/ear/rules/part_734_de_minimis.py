"""De minimis: when a foreign-made item abroad is subject to the EAR for what it contains (15 CFR 734.4)."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.ear import origin
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Law
from compliance.ear.origin import Route
from compliance.ear.records import NO_ITEM

READ = ("case.origin.us_content_percent", "case.origin.contains_us_technology_ic", "item.eccn", "case.destination")


def by_route(
    facts: Facts, law: Law, route: Route, read: Iterable[str] = READ, key: str = "reaches"
) -> Said | Iterable[Said]:
    """Say what one route answers for a foreign-made item abroad; of any other item, nothing."""
    if facts.activity in NO_ITEM or not origin.foreign_made(facts):
        return ()
    test = origin.routes(facts, law)[route]
    common = {"read": facts.seen(*read), "values": {"detail": test.value or "-"}}
    if test.answer is True:
        return applies(key, *test.relied_on, **common)
    if test.answer is False:
        return does_not_apply("route.ruled_out", *test.relied_on, **common)
    return unknown("route.open", *test.relied_on, missing=test.missing, **common)


def held_by_hand(
    facts: Facts, law: Law, route: Route, read: Iterable[str], key: str = "by_hand"
) -> Said | Iterable[Said]:
    """Hold a route whose text was not read where the facts do not rule it out and no other route settles the matter."""
    if facts.activity in NO_ITEM or not origin.foreign_made(facts):
        return ()
    held = origin.routes(facts, law)
    test, seen = held[route], facts.seen(*read)
    if test.answer is False:
        return does_not_apply("route.ruled_out", *test.relied_on, read=seen)
    settled = next((other for other in held.values() if other.answer is True), None)
    if settled is not None:
        return does_not_apply("route.settled", *settled.relied_on, read=seen, checked=True)
    if test.missing:
        # The rule on the scope asks; a second voice would only make the question look more urgent than it is.
        return unknown("route.open", *test.relied_on, read=seen, missing=test.missing, effect=Effect.INFO)
    return applies(key, *test.relied_on, read=seen)


@rule("15 CFR 734.4(c)-(d), Part 734 Supp. No. 2", step=Step.SUBJECT, since=FIRST_DAY)
def de_minimis(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """More than 25 percent of controlled US content, or 10 percent to Country Groups E:1 and E:2."""
    return by_route(facts, law, Route.SHARE)


@rule("15 CFR 734.4(a)(3)", step=Step.SUBJECT, since=FIRST_DAY)
def de_minimis_lithography(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """No level for lithography equipment for advanced logic, unless the country of export controls it itself."""
    return by_route(facts, law, Route.LITHOGRAPHY, (*READ, "case.exporting_from", "case.end_use.advanced_node_fab"))


@rule("15 CFR 734.4(a)(8)", step=Step.SUBJECT, since=FIRST_DAY)
def de_minimis_equipment(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """No level for controlled chip-making equipment with a chip of US technology, to a D:5 country or Macau.

    The countries of Supp. No. 4 to Part 742 are excluded from the license requirement, not from the scope.
    """
    return by_route(facts, law, Route.EQUIPMENT_CONTENT)


@rule("15 CFR 734.4(a)(9)", step=Step.SUBJECT, since=FIRST_DAY)
def de_minimis_footnote_5(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """No level for equipment of Category 3B with a chip of US technology for a footnote 5 party."""
    return by_route(facts, law, Route.FOOTNOTE_5_CONTENT, (*READ, "case.origin.for_footnote_entity"))


@rule("15 CFR 734.4(a)(9)", step=Step.SUBJECT, since=FIRST_DAY)
def de_minimis_facility(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """The same for a facility in a D:5 country or Macau that makes chips of an advanced node, whoever owns it."""
    return by_route(facts, law, Route.FACILITY_CONTENT, (*READ, "case.end_use.advanced_node_fab"))


@rule("15 CFR 734.4(a)", step=Step.SUBJECT, since=FIRST_DAY, effect=Effect.HOLDS)
def de_minimis_other_classes(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Other content without a level (600 series, 9x515, encryption, high-performance computers) is weighed by hand."""
    return held_by_hand(facts, law, Route.OTHER_CONTENT, (*READ, "case.origin.content_without_de_minimis"))


RULES = (
    de_minimis,
    de_minimis_lithography,
    de_minimis_equipment,
    de_minimis_footnote_5,
    de_minimis_facility,
    de_minimis_other_classes,
)
