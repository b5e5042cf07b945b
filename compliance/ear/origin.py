"""By which routes an item is subject to the EAR: its origin and place, de minimis (734.4), direct products (734.9).

:func:`routes` answers every route on its own, in three values. A route that asks whether the item is a direct product
asks that last of all what is cheap to rule out: the paragraph of the ECCN, the destination, the day. Sources: 15 CFR
734.3, 734.4, 734.9; 87 FR 62186, 88 FR 73458, 89 FR 96790, 90 FR 4544, 90 FR 5298.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from compliance.ear import equipment, foreign
from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Missing
from compliance.ear.foreign import NO, OPEN
from compliance.ear.law import Cited, Law
from compliance.ear.parties import Tested, any_of, embargoed_place, from_groups


class Route(StrEnum):
    """A way of being subject to the EAR; the value is the row of ``part_734.routes`` where the route has one."""

    US_ORIGIN = "734.3(a)(2)"
    IN_US = "734.3(a)(1)"
    SHARE = "734.4(c)-(d)"
    OTHER_CONTENT = "734.4(a)"
    LITHOGRAPHY = "734.4(a)(3)"
    EQUIPMENT_CONTENT = "734.4(a)(8)"
    FOOTNOTE_5_CONTENT = "734.4(a)(9)"
    FACILITY_CONTENT = "734.4(a)(9) facility"
    INFORMED = "734.9(a)(3)"
    OTHER_PRODUCTS = "734.9(b)-(d)"
    FOOTNOTE_1 = "734.9(e)(1)"
    FOOTNOTE_4 = "734.9(e)(2)"
    FOOTNOTE_5 = "734.9(e)(3) entity"
    FACILITY = "734.9(e)(3) facility"
    RUSSIA_BELARUS = "734.9(f)-(g)"
    ADVANCED_COMPUTING = "734.9(h)"
    SUPERCOMPUTER = "734.9(i)"
    EQUIPMENT = "734.9(k)"
    WEIGHTS = "734.9(l)"


Test = Callable[[Facts, Law], Tested]
# Some twenty rules ask about the same facts one after another; to hash facts costs more than to answer.
_LAST: dict[str, tuple[Facts, Law, Mapping[Route, Tested]]] = {}


def routes(facts: Facts, law: Law) -> Mapping[Route, Tested]:
    """Answer every route. ``relied_on`` begins with the line of law that makes the route; ``missing`` is what to ask.

    A route not yet, or no longer, in force on the day in the reading answers no.
    """
    known = _LAST.get("answer")
    if known is None or known[0] is not facts or known[1] is not law:
        held = {route: _answer(route, test, facts, law) for route, test in _TESTS.items()}
        known = _LAST["answer"] = (facts, law, MappingProxyType(held))
    return known[2]


def only_through(facts: Facts, law: Law, *named: Route) -> Tested:
    """Whether the item is subject to the EAR through one of ``named`` and through no other route.

    For the exclusions of 742.4(a)(4)(ii) and 742.6(a)(6)(i): items subject only through 734.4(a)(8) or 734.9(k).
    """
    held = routes(facts, law)
    inside = any_of(held[route] for route in named)
    others = any_of(test for route, test in held.items() if route not in named)
    if inside.answer is False or others.answer is True:
        return Tested(False, (inside if inside.answer is False else others).relied_on)
    if inside.answer is None or others.answer is None:
        missing = tuple(dict.fromkeys((*inside.missing, *others.missing)))
        return Tested(None, (*inside.relied_on, *others.relied_on), missing)
    return Tested(True, inside.relied_on)


def foreign_made(facts: Facts) -> bool:
    """Whether the item is not known to be of US origin, in the United States or leaving it."""
    return not (facts.item.us_origin is True or facts.item.located_in_us is True or facts.exporting_from == "US")


def chip_of_d5m(facts: Facts, law: Law) -> Tested:
    """Whether a chip at the level of 3A090 in the item was developed or produced by a company of D:5 or Macau.

    US origin answers "no" unless somebody has said otherwise. The level has to be known: where it is not, the rules on
    the level ask for it.
    """
    made = facts.dealing.chip_made_by_d5m
    if made is False or (made is None and facts.item.us_origin is True):
        return NO
    level = classify(facts.item, law).level
    if level.value == "none":
        return Tested(False, level.relied_on)
    if level.value is None:
        return Tested(None, level.relied_on, tuple(Missing(name) for name in level.missing))
    if made is None:
        return Tested(None, level.relied_on, (Missing("case.dealing.chip_made_by_d5m"),))
    return Tested(True, level.relied_on, value=level.value)


def _answer(route: Route, test: Test, facts: Facts, law: Law) -> Tested:
    if route in _FACTS_ALONE:
        return test(facts, law)
    row = _row(route.value, law)
    if row is None:
        return NO
    found = test(facts, law)
    # A "no" rests on what made it one, not on the existence of the rule.
    return found if found.answer is False else Tested(found.answer, (row, *found.relied_on), found.missing, found.value)


@lru_cache(maxsize=4096)
def _row(code: str, law: Law) -> Cited | None:
    return law.row("part_734.routes", code)


# --- the routes ------------------------------------------------------------------------------------------------------


def _us_origin(facts: Facts, law: Law) -> Tested:
    return foreign.fact(facts.item.us_origin, "item.us_origin")


def _in_us(facts: Facts, law: Law) -> Tested:
    if facts.exporting_from == "US" or facts.item.located_in_us is True:
        return Tested(True)
    if facts.exporting_from is None:
        return Tested(None, (), (Missing("case.exporting_from"),))
    return foreign.fact(facts.item.located_in_us, "item.located_in_us")


def _by_share(facts: Facts, law: Law) -> Tested:
    """More than 10 percent to E:1 and E:2, more than 25 percent elsewhere."""
    percent, some = foreign.share(facts)
    usual, embargoed = law.value("part_734.de_minimis"), law.value("part_734.de_minimis_embargoed")
    if percent is None:
        return Tested(None, (), some.missing)
    if percent <= embargoed.value:
        return Tested(False, (embargoed,), value=_percent(embargoed))
    if percent > usual.value:
        return Tested(True, (usual,), value=_percent(usual))
    if facts.destination is None:
        return Tested(None, (usual, embargoed), (Missing("case.destination"),))
    inside = embargoed_place(facts.destination, law)
    limit = usual if inside.answer is False else embargoed
    return Tested(inside.answer, (limit, *inside.relied_on), inside.missing, _percent(limit))


def _percent(limit: Cited) -> str:
    return f"{limit.value}%"


def _other_content(facts: Facts, law: Law) -> Tested:
    """Content of the classes that were not read; "yes" is for a person to weigh, and no content is a no."""
    held = facts.origin.content_without_de_minimis
    some = foreign.share(facts)[1]
    if some.answer is not True:
        # An unknown share is asked for by the rule on shares; it comes first.
        return Tested(some.answer, (), some.missing)
    return OPEN if held is True else foreign.fact(held, "case.origin.content_without_de_minimis")


def _lithography(facts: Facts, law: Law) -> Tested:
    source = facts.exporting_from
    controlled = law.member("part_734.lithography_controllers", source) if source else None
    leaves = Tested(not controlled.value, (controlled,)) if controlled and controlled.value is True else Tested(True)
    return foreign.all_of(
        lambda: equipment.within(facts.item.eccn, "part_734.lithography", law),
        lambda: leaves if source else Tested(None, (), (Missing("case.exporting_from"),)),
        lambda: foreign.fact(facts.end_use.advanced_node_fab, "case.end_use.advanced_node_fab"),
        lambda: foreign.share(facts)[1],
    )


def _equipment_content(facts: Facts, law: Law) -> Tested:
    return foreign.all_of(
        lambda: foreign.equipment_set(facts, law),
        lambda: foreign.destination_d5m(facts, law),
        lambda: foreign.chip_inside(facts),
    )


def _footnote_5_content(facts: Facts, law: Law) -> Tested:
    return foreign.all_of(
        lambda: foreign.category_3b(facts, law),
        lambda: foreign.chip_inside(facts),
        lambda: foreign.footnote(facts, law, "5"),
    )


def _facility_content(facts: Facts, law: Law) -> Tested:
    return foreign.all_of(
        lambda: foreign.category_3b(facts, law),
        lambda: foreign.facility(facts, law),
        lambda: foreign.chip_inside(facts),
    )


def _informed(facts: Facts, law: Law) -> Tested:
    """BIS may inform a person; who was never informed of anything was not informed of this."""
    held = facts.origin.informed_subject
    if held is None and facts.is_informed is False:
        return NO
    return foreign.fact(held, "case.origin.informed_subject")


def _other_products(facts: Facts, law: Law) -> Tested:
    """734.9(b)-(d) were not read: a direct product of an entry with controls of its own is for a person to weigh.

    They reach no item of EAR99 or of an entry controlled for anti-terrorism reasons at most, and no destination outside
    Country Groups D and E.
    """
    entry = classify(facts.item, law).entry
    if entry is not None and law.member("part_774.antiterrorism_only", entry).value is True:
        return NO
    groups = ("d1", "d3", "d4", "d5", "e1", "e2")
    return foreign.all_of(
        lambda: foreign.direct(facts),
        lambda: (
            any_of(from_groups(facts.destination, law, [f"part_740.group_{name}" for name in groups]))
            if facts.destination
            else Tested(None, (), (Missing("case.destination"),))
        ),
        lambda: OPEN if entry is not None else Tested(None, (), (Missing("item.eccn"),)),
    )


def _footnote_1(facts: Facts, law: Law) -> Tested:
    return foreign.all_of(lambda: foreign.direct(facts), lambda: foreign.footnote(facts, law, "1"))


def _footnote_4(facts: Facts, law: Law) -> Tested:
    return foreign.all_of(lambda: foreign.direct(facts), lambda: foreign.footnote(facts, law, "4"))


def _footnote_5(facts: Facts, law: Law) -> Tested:
    return foreign.all_of(
        lambda: foreign.footnote_5_products(facts, law),
        lambda: foreign.direct_or_chip_inside(facts),
        lambda: foreign.footnote(facts, law, "5"),
    )


def _facility_products(facts: Facts, law: Law) -> Tested:
    return foreign.all_of(
        lambda: foreign.footnote_5_products(facts, law),
        lambda: foreign.facility(facts, law),
        lambda: foreign.direct_or_chip_inside(facts),
    )


def _russia_belarus(facts: Facts, law: Law) -> Tested:
    """Direct products for Russia, Belarus or a footnote 3 party: their lists were not read, so a person decides."""
    if facts.destination is None:
        place = Tested(None, (), (Missing("case.destination"),))
    else:
        member = law.member("part_746.russia_belarus", facts.destination)
        place = Tested(member.value, (member,))
    return foreign.all_of(
        lambda: foreign.direct(facts), lambda: any_of((place, foreign.footnote(facts, law, "3"))), lambda: OPEN
    )


def _advanced_computing(facts: Facts, law: Law) -> Tested:
    return foreign.all_of(
        lambda: foreign.advanced(facts, law), lambda: foreign.direct(facts), lambda: foreign.advanced_place(facts, law)
    )


def _supercomputer(facts: Facts, law: Law) -> Tested:
    """Direct products for a supercomputer in China or Macau; elsewhere in D:5 the later text was not read: open."""

    def there() -> Tested:
        return any_of(foreign.supercomputer_place(place, law, field) for place, field in foreign.places_of_use(facts))

    return foreign.all_of(
        lambda: foreign.fact(facts.end_use.supercomputer, "case.end_use.supercomputer"),
        lambda: foreign.direct(facts),
        there,
    )


def _equipment_product(facts: Facts, law: Law) -> Tested:
    return foreign.all_of(
        lambda: foreign.equipment_set(facts, law),
        lambda: foreign.destination_d5m(facts, law),
        lambda: foreign.direct_or_chip_inside(facts),
    )


def _weights(facts: Facts, law: Law) -> Tested:
    found = classify(facts.item, law)
    if found.entry is not None and found.entry != "4E091":
        return NO
    if found.entry is None:
        return Tested(None, (), (Missing("item.eccn"),))
    return foreign.fact(facts.origin.trained_on_controlled_chips, "case.origin.trained_on_controlled_chips")


_FACTS_ALONE = frozenset({Route.US_ORIGIN, Route.IN_US, Route.SHARE})
_TESTS: Mapping[Route, Test] = {
    Route.US_ORIGIN: _us_origin,
    Route.IN_US: _in_us,
    Route.SHARE: _by_share,
    Route.OTHER_CONTENT: _other_content,
    Route.LITHOGRAPHY: _lithography,
    Route.EQUIPMENT_CONTENT: _equipment_content,
    Route.FOOTNOTE_5_CONTENT: _footnote_5_content,
    Route.FACILITY_CONTENT: _facility_content,
    Route.INFORMED: _informed,
    Route.OTHER_PRODUCTS: _other_products,
    Route.FOOTNOTE_1: _footnote_1,
    Route.FOOTNOTE_4: _footnote_4,
    Route.FOOTNOTE_5: _footnote_5,
    Route.FACILITY: _facility_products,
    Route.RUSSIA_BELARUS: _russia_belarus,
    Route.ADVANCED_COMPUTING: _advanced_computing,
    Route.SUPERCOMPUTER: _supercomputer,
    Route.EQUIPMENT: _equipment_product,
    Route.WEIGHTS: _weights,
}
