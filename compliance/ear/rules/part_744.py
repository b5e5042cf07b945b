"""End use and headquarters: what somebody knows about the use, and where the recipients come from (15 CFR Part 744)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Missing, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Law
from compliance.ear.parties import any_from_d5m, any_of, d5m, d145, recipients
from compliance.ear.records import Activity, PartyFacts
from compliance.ear.rules.part_742 import READ, by_headquarters, wrong_level

NEEDS = Effect.REQUIRES_LICENSE


@rule("15 CFR 744.23(a)(3)(i)(A)", step=Step.END_USE, since=date(2023, 11, 17), effect=NEEDS)
def advanced_headquarters(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Advanced items to an entity from a D:5 country or Macau at a destination outside D:1, D:4 and D:5.

    Items of both levels until 2025-01-12, since then .b only. No exception overcame it before 2024-04-04 (744.23(c)).
    """
    items = law.value("part_744.headquarters_items")
    if said := wrong_level(facts, law, items.value):
        return said
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=facts.seen(*READ))
    inside = d145(facts.destination, law)
    if inside.answer is True:
        return does_not_apply("general.inside_already", *inside.relied_on, read=facts.seen(*READ))
    if facts.activity is Activity.DEEMED_EXPORT:
        came = any_from_d5m(facts, law)
        if came.answer is False:
            return does_not_apply("general.not_from_there", *came.relied_on, read=facts.seen(*READ))
        # 742.6(a)(6)(iv) frees deemed exports from its own paragraphs; that it reaches 744.23 was not read.
        return unknown("deemed_not_read", *came.relied_on, missing=came.missing, read=facts.seen(*READ))
    lifted = law.value("part_744.headquarters_exceptions")
    return by_headquarters(facts, law, (items, lifted), overcome_by=lifted.value, cite=items.cite)


@rule(
    "15 CFR 744.23(a)(3)(i)(B)",
    step=Step.END_USE,
    since=date(2024, 12, 2),
    comply=date(2024, 12, 31),
    effect=NEEDS,
)
def memory_headquarters(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Memory (3A090.c) to an entity from a D:5 country or Macau at any other destination."""
    if said := wrong_level(facts, law, {"c"}):
        return said
    inside = d5m(facts.destination, law)
    if inside.answer is True:
        return does_not_apply("general.inside_already", *inside.relied_on, read=facts.seen(*READ))
    return by_headquarters(facts, law, (law.value("part_774.memory_density"),), overcome_by=())


@rule("15 CFR 744.23(a)(3)(ii)", step=Step.END_USE, since=date(2023, 11, 17), effect=NEEDS)
def technology_headquarters(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """3E001 technology for advanced items to an entity from a D:5 country or Macau."""
    found = classify(facts.item, law)
    if found.entry != "3E001":
        return does_not_apply("other_item", read=facts.seen("item.eccn"))
    if said := wrong_level(facts, law, {"a", "b"}):
        return said
    return by_headquarters(facts, law, (), overcome_by=())


def _weapon(facts: Facts, name: str) -> Said:
    field = f"case.end_use.{name}"
    known, read = getattr(facts.end_use, name), facts.seen(field)
    if known is None:
        return unknown("general.end_use_unasked", missing=(field,), read=read)
    return applies("general.end_use_known", read=read) if known else does_not_apply("general.end_use_none", read=read)


@rule("15 CFR 744.2", step=Step.END_USE, since=FIRST_DAY, effect=NEEDS)
def nuclear_end_use(facts: Facts, law: Law) -> Said:
    """Nuclear end uses; the countries spared by Supp. No. 3 to Part 744 are not encoded, so a yes always holds."""
    return _weapon(facts, "nuclear")


@rule("15 CFR 744.3", step=Step.END_USE, since=FIRST_DAY, effect=NEEDS)
def missile_end_use(facts: Facts, law: Law) -> Said:
    """Rocket systems and unmanned aerial vehicles."""
    return _weapon(facts, "missile")


@rule("15 CFR 744.4", step=Step.END_USE, since=FIRST_DAY, effect=NEEDS)
def chemical_biological_end_use(facts: Facts, law: Law) -> Said:
    """Chemical and biological weapons."""
    return _weapon(facts, "chemical_biological")


@rule("15 CFR 744.21", step=Step.END_USE, since=FIRST_DAY, effect=NEEDS)
def military_end_use(facts: Facts, law: Law) -> Said:
    """Military end uses and end users of the named countries; for Belarus and Russia every item."""
    held = recipients(facts)
    read = facts.seen("case.destination", "case.end_use.military", "item.eccn")
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    places = {facts.destination} | {party.country for party in held if party.country}
    every = [law.member("part_744.military_all_items", place) for place in sorted(places)]
    named = [law.member("part_744.military_countries", place) for place in sorted(places)]
    caught = [cited for cited in (*every, *named) if cited.value is True]
    if not caught:
        if any(cited.value is None for cited in (*every, *named)):
            return unknown("general.place_in_doubt", read=read, values={"destination": facts.destination})
        return does_not_apply("elsewhere", read=read, values={"destination": facts.destination})
    asked = [Missing("case.end_use.military")] if facts.end_use.military is None else []
    asked += [Missing("party.military_end_user", party.ref) for party in held if party.military_end_user is None]
    military = facts.end_use.military is True or any(party.military_end_user is True for party in held)
    if not military:
        if asked:
            return unknown("unasked", *caught, missing=asked, read=read)
        return does_not_apply("none", *caught, read=read)
    if any(cited.value is True for cited in every):
        return applies("every_item", *caught, read=read, cite="15 CFR 744.21(a)(2)")
    entry = classify(facts.item, law).entry
    if entry is None:
        return unknown("eccn_missing", *caught, missing=("item.eccn",), read=read)
    listed = law.member("part_744.military_items", entry)
    if listed.value is True:
        return applies("listed_item", listed, *caught, read=read, values={"entry": entry})
    # The supplement was not read whole, so an entry that is not known to be on it is not known to be off it.
    return unknown("item_not_known", *caught, read=read, values={"entry": entry})


def _has_parent(party: PartyFacts) -> bool:
    """Whether somebody else stands above the party, or may: only "no" said aloud, or a natural person, has nobody."""
    if party.ultimate_parent_headquarters is not None:
        return True
    return party.own_ultimate_parent is not True and party.natural_person is not True


@rule("15 CFR 744.22", step=Step.END_USE, since=FIRST_DAY, effect=NEEDS)
def military_intelligence(facts: Facts, law: Law) -> Said:
    """Military-intelligence end uses and end users: every item, no exception but one of GOV."""
    known = facts.end_use.military_intelligence
    read = facts.seen("case.destination", "case.end_use.military_intelligence")
    if known is True:
        return applies("known", read=read)
    if known is False:
        return does_not_apply("none", read=read)
    # The rule follows the services of these countries wherever they are, so headquarters count as well as places.
    places = {facts.destination}
    for party in recipients(facts):
        places.add(party.country)
        if party.natural_person is not True or party.headquarters is not None:
            places.add(party.headquarters)
        if _has_parent(party):
            places.add(party.ultimate_parent_headquarters)
    members = [law.member("part_744.military_intelligence_countries", place) for place in sorted(filter(None, places))]
    if None not in places and all(cited.value is False for cited in members):
        return does_not_apply("elsewhere", read=read)
    return unknown("unasked", *members, missing=("case.end_use.military_intelligence",), read=read)


def _in_d5m(facts: Facts, law: Law, name: str) -> Said:
    """A use that matters when it happens in a D:5 country or Macau; the item lists are not encoded."""
    field = f"case.end_use.{name}"
    known, read = getattr(facts.end_use, name), facts.seen("case.destination", field)
    if known is True:
        return applies("general.end_use_not_encoded", read=read)
    if known is False:
        return does_not_apply("general.end_use_none", read=read)
    near = any_of((d5m(facts.destination, law), any_from_d5m(facts, law)))
    if near.answer is False:
        return does_not_apply("general.outside_d5m", *near.relied_on, read=read)
    return unknown("general.end_use_unasked", missing=(field,), read=read)


@rule("15 CFR 744.23(a)(1)", step=Step.END_USE, since=FIRST_DAY, effect=Effect.HOLDS)
def supercomputer_end_use(facts: Facts, law: Law) -> Said:
    """Supercomputers in a D:5 country or Macau (of 2022: China)."""
    return _in_d5m(facts, law, "supercomputer")


@rule("15 CFR 744.23(a)(2)", step=Step.END_USE, since=FIRST_DAY, effect=Effect.HOLDS)
def advanced_node_end_use(facts: Facts, law: Law) -> Said:
    """Chips made at an advanced-node facility in a D:5 country or Macau (of 2022: China)."""
    return _in_d5m(facts, law, "advanced_node_fab")


@rule("15 CFR 744.23(a)(4)", step=Step.END_USE, since=FIRST_DAY, effect=Effect.HOLDS)
def semiconductor_equipment_end_use(facts: Facts, law: Law) -> Said:
    """Chip-making equipment and its parts in a D:5 country or Macau (of 2022: China)."""
    return _in_d5m(facts, law, "semiconductor_equipment")


@rule("15 CFR 744.11(c), 744.21(b), 744.22(b), 744.23(b)", step=Step.END_USE, since=FIRST_DAY, effect=NEEDS)
def is_informed(facts: Facts, law: Law) -> Said:
    """BIS may inform a person that a license is needed for one transaction, item or party."""
    read = facts.seen("case.is_informed")
    if facts.is_informed is None:
        return unknown("unasked", missing=("case.is_informed",), read=read)
    return applies("informed", read=read) if facts.is_informed else does_not_apply("not_informed", read=read)


RULES = (
    advanced_headquarters,
    memory_headquarters,
    technology_headquarters,
    nuclear_end_use,
    missile_end_use,
    chemical_biological_end_use,
    military_end_use,
    military_intelligence,
    supercomputer_end_use,
    advanced_node_end_use,
    semiconductor_equipment_end_use,
    is_informed,
)
