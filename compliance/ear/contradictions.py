"""Facts that cannot all be true at once, found before any rule relies on them; which of them is wrong a person decides.

A contradiction is never settled here: the stricter reading of two statements may still be the wrong one. Only what is
known counts, so a fact that is missing contradicts nothing. Figures count as agreeing within rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from compliance.ear.facts import Facts
from compliance.ear.records import NO_ITEM, Activity, Item, PartyFacts

# Makers round TPP, area and density each on their own; beyond one part in a hundred it is another figure.
ROUNDING = Decimal("0.01")
# What the product group of an ECCN says the item is: D is software, E is technology, A to C are things.
_FORMS_OF_GROUP: Mapping[str, frozenset[str]] = {
    "A": frozenset({"integrated_circuit", "memory", "computer", "other"}),
    "B": frozenset({"integrated_circuit", "memory", "computer", "other"}),
    "C": frozenset({"integrated_circuit", "memory", "computer", "other"}),
    "D": frozenset({"software"}),
    "E": frozenset({"technology"}),
}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Facts that contradict each other: the fields to look at, and what the sentence ``key`` needs."""

    key: str
    fields: tuple[str, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    party: str | None = None


def of_item(item: Item) -> Iterator[Contradiction]:
    """Find figures of the item that do not follow from each other, and a kind of item its ECCN cannot name."""
    tpp, area, stated = item.tpp, item.applicable_die_area_mm2, item.performance_density
    if tpp is not None and area and stated is not None and item.non_planar is not False:
        follows = tpp / area
        # A density of 19.4 says "between 19.35 and 19.45"; the last place written counts with the rounding.
        last_place = Decimal(1).scaleb(int(stated.as_tuple().exponent)) / 2
        if abs(stated - follows) > max(follows, stated) * ROUNDING + last_place:
            values = {"stated": stated, "tpp": tpp, "area": area, "follows": round(follows, 2)}
            fields = ("item.performance_density", "item.tpp", "item.applicable_die_area_mm2")
            yield Contradiction("density", fields, values)
    if stated and tpp is not None and tpp == 0:
        yield Contradiction("density_of_nothing", ("item.performance_density", "item.tpp"), {"stated": stated})
    if item.non_planar is False and stated:
        yield Contradiction("density_planar", ("item.non_planar", "item.performance_density"), {"stated": stated})
    if item.non_planar is True and area is not None and area == 0:
        yield Contradiction("area_of_nothing", ("item.non_planar", "item.applicable_die_area_mm2"))
    if item.hbm_bandwidth_gbps and item.hbm_area_mm2 is not None and item.hbm_area_mm2 == 0:
        values = {"bandwidth": item.hbm_bandwidth_gbps}
        yield Contradiction("memory_without_area", ("item.hbm_area_mm2", "item.hbm_bandwidth_gbps"), values)
    yield from _form(item)


def _form(item: Item) -> Iterator[Contradiction]:
    """Compare the kind of item with the product group of its ECCN; kinds of later entries are left to their rules."""
    if item.form in {None, "other"} or not item.eccn:
        return
    eccn = item.eccn.strip().upper()
    if len(eccn) < 5 or not eccn[0].isdigit() or eccn[1] not in _FORMS_OF_GROUP:
        return
    if item.form not in _FORMS_OF_GROUP[eccn[1]]:
        yield Contradiction(
            "form", ("item.form", "item.eccn"), {"eccn": eccn[:40], "form": f"@item_form.{item.form}", "group": eccn[1]}
        )


def of_party(party: PartyFacts) -> Iterator[Contradiction]:
    """Find statements about one party that cannot both be true."""
    values = {"party": party.ref}
    if party.natural_person is True:
        if party.headquarters is not None:
            fields: tuple[str, ...] = ("party.natural_person", "party.headquarters")
            yield Contradiction("person_with_headquarters", fields, {**values, "place": party.headquarters}, party.ref)
        if party.ultimate_parent_headquarters is not None:
            fields = ("party.natural_person", "party.ultimate_parent_headquarters")
            place = {**values, "place": party.ultimate_parent_headquarters}
            yield Contradiction("person_with_parent", fields, place, party.ref)
        if party.owned_50_percent_by_listed is True:
            fields = ("party.natural_person", "party.owned_50_percent_by_listed")
            yield Contradiction("person_owned", fields, values, party.ref)
    own, parent = party.headquarters, party.ultimate_parent_headquarters
    if party.own_ultimate_parent is True and parent is not None and own is not None and own != parent:
        fields = ("party.own_ultimate_parent", "party.ultimate_parent_headquarters", "party.headquarters")
        yield Contradiction("own_parent", fields, {**values, "own": own, "parent": parent}, party.ref)


def of_content(facts: Facts) -> Iterator[Contradiction]:
    """Find a foreign-made item without US content that is said to hold US content of a special class."""
    origin = facts.origin
    if facts.item.us_origin is True or origin.content_without_de_minimis is not True:
        return
    if origin.us_content_percent is not None and origin.us_content_percent == 0:
        yield Contradiction("content", ("case.origin.us_content_percent", "case.origin.content_without_de_minimis"))


def of_route(facts: Facts) -> Iterator[Contradiction]:
    """Find a movement that its own name denies. A transfer between two countries has a rule of its own (734.16)."""
    activity, start, end, item = facts.activity, facts.exporting_from, facts.destination, facts.item
    if activity is None or activity in NO_ITEM:
        return
    if start is not None and item.located_in_us is True and start != "US":
        yield Contradiction("located", ("item.located_in_us", "case.exporting_from"), {"start": start})
    if start == "US" and item.located_in_us is False and activity is Activity.EXPORT:
        yield Contradiction("not_located", ("item.located_in_us", "case.exporting_from"))
    if start is None:
        return
    if activity is Activity.EXPORT and start != "US":
        yield Contradiction("export", ("case.activity", "case.exporting_from"), {"start": start})
    if activity is Activity.REEXPORT and start == "US":
        yield Contradiction("reexport", ("case.activity", "case.exporting_from"))
    if activity is Activity.REEXPORT and start == end != "US":
        fields = ("case.activity", "case.exporting_from", "case.destination")
        yield Contradiction("reexport_within", fields, {"start": start})
