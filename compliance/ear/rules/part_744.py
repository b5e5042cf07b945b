"""End use and headquarters: what somebody knows about the use, and where the recipients come from (15 CFR Part 744)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Answer, Effect, Finding, Missing, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Cited, Law
from compliance.ear.lifting import MILITARY
from compliance.ear.parties import any_from_d5m, d5m, d145, recipients
from compliance.ear.records import Activity, PartyFacts
from compliance.ear.rules.part_742 import READ, by_headquarters, wrong_level
from compliance.ear.rules.part_744_lists import listed_for_military

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


@lru_cache(maxsize=1024)
def _military_places(places: frozenset[str], law: Law) -> tuple[bool, tuple[Cited, ...], bool]:
    """Return whether every item is caught, the lines that catch a place, and whether a place is in doubt."""
    every = [law.member("part_744.military_all_items", place) for place in sorted(places)]
    named = [law.member("part_744.military_countries", place) for place in sorted(places)]
    caught = tuple(cited for cited in (*every, *named) if cited.value is True)
    in_doubt = any(cited.value is None for cited in (*every, *named))
    return any(cited.value is True for cited in every), caught, in_doubt


@rule("15 CFR 744.21", step=Step.END_USE, since=FIRST_DAY, effect=NEEDS)
def military_end_use(facts: Facts, law: Law) -> Said:
    """Military end uses and end users of the named countries; for Belarus and Russia every item."""
    held = recipients(facts)
    read = facts.seen("case.destination", "case.end_use.military", "item.eccn")
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    places = frozenset({facts.destination} | {party.country for party in held if party.country})
    every, caught, in_doubt = _military_places(places, law)
    if not caught:
        if in_doubt:
            return unknown("general.place_in_doubt", read=read, values={"destination": facts.destination})
        return does_not_apply("elsewhere", read=read, values={"destination": facts.destination})
    asked = [Missing("case.end_use.military")] if facts.end_use.military is None else []
    asked += [Missing("party.military_end_user", party.ref) for party in held if party.military_end_user is None]
    military = facts.end_use.military is True or any(party.military_end_user is True for party in held)
    if not military:
        if asked:
            return unknown("unasked", *caught, missing=asked, read=read)
        return does_not_apply("none", *caught, read=read)
    if every:
        return applies("every_item", *caught, read=read, cite="15 CFR 744.21(a)(2)", overcome_by=MILITARY)
    entry = classify(facts.item, law).entry
    if entry is None:
        return unknown("eccn_missing", *caught, missing=("item.eccn",), read=read)
    inside, listed = listed_for_military(entry, law)
    if inside is True and listed:
        return applies("listed_item", listed, *caught, read=read, values={"entry": entry}, overcome_by=MILITARY)
    if inside is False and listed:
        return does_not_apply("not_listed_item", listed, *caught, read=read, values={"entry": entry})
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


@rule("15 CFR 744.11(c), 744.21(b), 744.22(b), 744.23(b)", step=Step.END_USE, since=FIRST_DAY, effect=NEEDS)
def is_informed(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """BIS may inform a person that a license is needed for one transaction, item or party.

    A letter may be kept against the case, the product or a party; one is enough. Only the case is asked about: who
    answers "no" there has answered for the product and the parties unless one of them says otherwise.
    """
    read = facts.seen("case.is_informed", "item.is_informed")
    letters = [
        applies(
            "informed_party",
            read=facts.seen("party.is_informed", party=party.ref),
            party=party.ref,
            values={"party": party.ref},
        )
        for party in facts.parties
        if party.is_informed is True
    ]
    if facts.item.is_informed is True:
        letters.append(applies("informed_item", read=read))
    if facts.is_informed is True:
        letters.append(applies("informed", read=read))
    if letters:
        return letters
    if facts.is_informed is None:
        return unknown("unasked", missing=("case.is_informed",), read=read)
    return does_not_apply("not_informed", read=read)


@rule("BIS guidance of 2026-05-31", step=Step.END_USE, since=date(2026, 5, 31), looks_back=True)
def data_center_operators(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """What BIS said beside confirming the headquarters rule: running data centers need not stop for now.

    Bona fide operators that already hold such items need not stop using, storing, disposing of or servicing them until
    further notice. New exports, reexports and transfers are not meant.
    """
    reached = [
        f.rule
        for f in before
        if f.rule in {"advanced_a_headquarters", "advanced_headquarters"} and f.answer is Answer.APPLIES
    ]
    return applies("ongoing_use", read=facts.seen("case.destination")) if reached else ()


RULES = (
    advanced_headquarters,
    memory_headquarters,
    technology_headquarters,
    nuclear_end_use,
    missile_end_use,
    chemical_biological_end_use,
    military_end_use,
    military_intelligence,
    is_informed,
    data_center_operators,
)
