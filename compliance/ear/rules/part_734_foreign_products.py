"""Foreign direct products: when a foreign-made item abroad is subject to the EAR for how it was made (15 CFR 734.9).

No rule of 734.9 has a percentage. Each finding says what its rule answers; :func:`subject_to_ear` draws the sum.
"""

from __future__ import annotations

from collections.abc import Iterable

from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Said, Step, rule
from compliance.ear.law import FIRST_DAY, Law
from compliance.ear.origin import Route
from compliance.ear.rules.part_734_de_minimis import by_route, held_by_hand

MADE = ("case.origin.direct_product", "case.origin.product_of_listed_plant")
CHIP = (*MADE, "case.origin.contains_us_technology_ic", "item.eccn", "case.destination")
PARTY = (*MADE, "case.origin.for_footnote_entity")


@rule("15 CFR 734.9(a)(3)", step=Step.SUBJECT, since=FIRST_DAY)
def informed_product(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """BIS may inform a person that a foreign-made item is subject to the EAR."""
    return by_route(facts, law, Route.INFORMED, ("case.origin.informed_subject", "case.is_informed"))


@rule("15 CFR 734.9(e)(1)", step=Step.SUBJECT, since=FIRST_DAY)
def footnote_1_product(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Direct products for a party with footnote 1."""
    return by_route(facts, law, Route.FOOTNOTE_1, PARTY)


@rule("15 CFR 734.9(e)(2)", step=Step.SUBJECT, since=FIRST_DAY)
def footnote_4_product(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Direct products for a party with footnote 4 (advanced computing)."""
    return by_route(facts, law, Route.FOOTNOTE_4, PARTY)


@rule("15 CFR 734.9(e)(3)", step=Step.SUBJECT, since=FIRST_DAY)
def footnote_5_product(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Chip-making equipment for a party with footnote 5: a direct product, or with a chip that is one inside."""
    return by_route(facts, law, Route.FOOTNOTE_5, (*CHIP, "case.origin.for_footnote_entity"))


@rule("15 CFR 734.9(e)(3)", step=Step.SUBJECT, since=FIRST_DAY)
def facility_product(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """The same equipment for any facility in a D:5 country or Macau that makes chips of an advanced node."""
    return by_route(facts, law, Route.FACILITY, (*CHIP, "case.end_use.advanced_node_fab"))


@rule("15 CFR 734.9(h)", step=Step.SUBJECT, since=FIRST_DAY)
def advanced_computing_product(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Advanced computing items by destination, or for a company from a D:5 country or Macau anywhere since 2023-11-17.

    The text is worldwide since 2025-01-13 and not enforced so. Knowledge decides for destination and party.
    """
    return by_route(facts, law, Route.ADVANCED_COMPUTING, (*MADE, "item.eccn", "item.level", "case.destination"))


@rule("15 CFR 734.9(i)", step=Step.SUBJECT, since=FIRST_DAY)
def supercomputer_product(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Any direct product for a supercomputer in China or Macau."""
    return by_route(facts, law, Route.SUPERCOMPUTER, (*MADE, "case.end_use.supercomputer", "case.destination"))


@rule("15 CFR 734.9(k)", step=Step.SUBJECT, since=FIRST_DAY)
def equipment_product(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Controlled chip-making equipment to a D:5 country or Macau: a direct product, or with such a chip inside."""
    return by_route(facts, law, Route.EQUIPMENT, CHIP)


@rule("15 CFR 734.9(l)", step=Step.SUBJECT, since=FIRST_DAY)
def weights_product(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Model weights of 4E091 trained on advanced computing items; codified, not enforced."""
    return by_route(facts, law, Route.WEIGHTS, ("item.eccn", "case.origin.trained_on_controlled_chips"))


@rule("15 CFR 734.9(b)-(d)", step=Step.SUBJECT, since=FIRST_DAY, effect=Effect.HOLDS)
def other_products(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """The national security, 9x515 and 600 series rules are decided by hand."""
    return held_by_hand(facts, law, Route.OTHER_PRODUCTS, (*MADE, "item.eccn", "case.destination"))


@rule("15 CFR 734.9(f)-(g)", step=Step.SUBJECT, since=FIRST_DAY, effect=Effect.HOLDS)
def russia_belarus_product(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Direct products for Russia, Belarus or a footnote 3 party are decided by hand."""
    return held_by_hand(facts, law, Route.RUSSIA_BELARUS, (*MADE, "case.destination"))


RULES = (
    informed_product,
    footnote_1_product,
    footnote_4_product,
    footnote_5_product,
    facility_product,
    advanced_computing_product,
    supercomputer_product,
    equipment_product,
    weights_product,
    other_products,
    russia_belarus_product,
)
