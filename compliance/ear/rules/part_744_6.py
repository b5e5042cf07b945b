"""What U.S. persons may not do or support, also with items that are not subject to the EAR (15 CFR 744.6, 736.2(b)(7)).

Paragraph (b) repeats General Prohibition 7: weapons and military intelligence. Paragraph (c)(2) adds advanced-node
chips and chip-making equipment of D:5 countries and Macau; (d) takes out clerical work, back-end steps, employees of
allied companies and servicing. The rules carry ``of=US_PERSON``, so that they stand where the item itself is not
subject to the EAR. The text of (c)(2) from 2022-10-12 to 2023-11-16 was not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from compliance.ear.classification import classify
from compliance.ear.conclusion import US_PERSON
from compliance.ear.equipment import controlled_set
from compliance.ear.facts import Facts, Seen
from compliance.ear.findings import (
    Answer,
    Effect,
    Finding,
    Missing,
    Said,
    Step,
    applies,
    does_not_apply,
    kept,
    rule,
    unknown,
)
from compliance.ear.law import FIRST_DAY, Law
from compliance.ear.parties import Tested, any_from_d5m, any_of, d5m, from_groups, recipients
from compliance.ear.records import NO_ITEM, Activity
from compliance.ear.rules.part_744_23 import CATEGORY_3, advanced_node, where

NEEDS = Effect.REQUIRES_LICENSE
TEXT_2022 = date(2022, 10, 12)
TEXT_2023 = date(2023, 11, 17)
PERSON = "case.support.us_person"
GP7 = "15 CFR 736.2(b)(7)(i)(A), 744.6(b)"


@rule(GP7, step=Step.END_USE, since=FIRST_DAY, effect=NEEDS, of=US_PERSON, looks_back=True)
def us_person_weapons(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """General Prohibition 7: a U.S. person needs a license for weapons and military-intelligence uses she knows of.

    Nuclear devices (the countries spared by Supp. No. 3 are not encoded, so "yes" holds everywhere), missiles in D:4 or
    E:2, chemical and biological weapons anywhere, whole plants for 1C350 chemicals, and military intelligence of the
    countries named (Cambodia is not). An item that is subject to the EAR falls under 744.2 to 744.4 and 744.22 itself.
    """
    if (said := _not_reached(facts, before)) is not None:
        return said
    tests = {name: test(facts, law) for name, test in _WEAPONS.items()}
    known = [name for name, test in tests.items() if test.answer is True]
    relied = tuple(cited for test in tests.values() for cited in test.relied_on)
    read = facts.seen(PERSON, *(f"case.end_use.{name}" for name in _WEAPONS if name != "precursor_plant"))
    if known:
        if facts.support.us_person is None:
            return unknown("person_unasked", *relied, missing=(PERSON,), read=read)
        return [applies(name, *tests[name].relied_on, read=read) for name in known]
    missing = tuple(dict.fromkeys(m for test in tests.values() for m in test.missing))
    if any(test.answer is None for test in tests.values()):
        return unknown("unasked", *relied, missing=missing, read=read)
    return does_not_apply("none", *relied, read=read)


def _asked(facts: Facts, name: str) -> Tested:
    known = getattr(facts.end_use, name)
    return Tested(known, (), (Missing(f"case.end_use.{name}"),) if known is None else ())


def _places(facts: Facts) -> list[str]:
    """Return every place the support may reach: destination, facility, parties and their headquarters."""
    found = {facts.destination, facts.end_use.facility_country}
    for party in recipients(facts):
        found |= {party.country, party.headquarters, party.ultimate_parent_headquarters}
    return sorted(filter(None, found))


def _missile(facts: Facts, law: Law) -> Tested:
    asked = _asked(facts, "missile")
    if asked.answer is not True or facts.destination is None:
        return asked
    groups = ("part_740.group_d4", "part_740.group_e2")
    return any_of(test for place in _places(facts) for test in from_groups(place, law, groups))


def _intelligence(facts: Facts, law: Law) -> Tested:
    asked = _asked(facts, "military_intelligence")
    if asked.answer is False:
        return asked
    key = "part_744.us_person_intelligence_countries"
    members = [law.member(key, place) for place in _places(facts)]
    near = any_of(Tested(cited.value, (cited,), value=cited.parameter) for cited in members)
    if asked.answer is True:
        return near if facts.destination is not None else Tested(True)
    if near.answer is False and facts.destination is not None:
        return near
    return asked


def _plant(facts: Facts, law: Law) -> Tested:
    """Whole plants for 1C350 chemicals: asked where no item of Categories 3 to 5 says what is supported."""
    known = facts.support.precursor_plant
    if known is None and (classify(facts.item, law).entry or "")[:1] in {"3", "4", "5"}:
        return Tested(False)
    if known is None and facts.activity is Activity.IAAS:
        return Tested(False)
    return Tested(known, (), (Missing("case.support.precursor_plant"),) if known is None else ())


_WEAPONS = {
    "nuclear": lambda facts, law: _asked(facts, "nuclear"),
    "missile": _missile,
    "chemical_biological": lambda facts, law: _asked(facts, "chemical_biological"),
    "military_intelligence": _intelligence,
    "precursor_plant": _plant,
}


def _not_reached(facts: Facts, before: Sequence[Finding]) -> Said | None:
    """Answer where no U.S. person acts, or where the item is subject to the EAR and has rules of its own."""
    if facts.support.us_person is False:
        return does_not_apply("us_person.no_us_person", read=facts.seen(PERSON))
    if facts.activity in NO_ITEM:
        return None
    if not kept(before).unscoped:
        return does_not_apply("us_person.item_subject", read=facts.seen("case.activity"))
    return None


def _supported(facts: Facts, before: Sequence[Finding]) -> Said | None:
    """Answer where (c)(2) cannot reach: as :func:`_not_reached`, and computing power, which ships nothing."""
    if (said := _not_reached(facts, before)) is not None:
        return said
    read = facts.seen("case.activity", "case.support.item_subject_to_ear")
    if facts.activity is Activity.IAAS:
        return does_not_apply("us_person.computing", read=read)
    if facts.activity in NO_ITEM and facts.support.item_subject_to_ear is True:
        return does_not_apply("us_person.item_subject", read=read)
    return None


# --- the exclusions of (d) -------------------------------------------------------------------------------------------


def _clerical(facts: Facts, law: Law) -> Tested:
    done = facts.support.activity
    return Tested(None if done is None else done == "clerical", (), _ask(done, "case.support.activity"))


def _back_end(facts: Facts, law: Law) -> Tested:
    known = facts.end_use.back_end_only
    return Tested(known, (), _ask(known, "case.end_use.back_end_only"))


def _employed(facts: Facts, law: Law) -> Tested:
    """A natural person working for a company of the United States, A:5 or A:6 that no D:5 or Macau majority owns."""
    held = facts.support
    if held.natural_person is not True:
        return Tested(held.natural_person, (), _ask(held.natural_person, "case.support.natural_person"))
    if held.employer_headquarters is None:
        return Tested(None, (), (Missing("case.support.employer_headquarters"),))
    groups = ("part_740.group_a5", "part_740.group_a6")
    ours = held.employer_headquarters == "US"
    allied = Tested(True) if ours else any_of(from_groups(held.employer_headquarters, law, groups))
    if allied.answer is not True:
        return allied
    owned = held.employer_majority_owned_d5m
    answer = None if owned is None else not owned
    return Tested(answer, allied.relied_on, _ask(owned, "case.support.employer_majority_owned_d5m"))


def _servicing(facts: Facts, law: Law) -> Tested:
    """Servicing, installation included, and not at an advanced-node facility; its first day was not established."""
    done = facts.support.activity
    if done != "service":
        return Tested(None if done is None else False, (), _ask(done, "case.support.activity"))
    line = law.value("part_744.us_person_servicing")
    facility, node = facts.end_use.advanced_node_fab, advanced_node(facts, law)
    if facility is True or node.answer is True:
        return Tested(False, (line, *node.relied_on))
    if facility is None:
        return Tested(None, (line,), (Missing("case.end_use.advanced_node_fab"),))
    return Tested(True, (line,))


def _ask(value: object, field: str) -> tuple[Missing, ...]:
    return (Missing(field),) if value is None else ()


EXCLUSIONS = {
    "us_person_clerical": _clerical,
    "us_person_back_end": _back_end,
    "us_person_employer": _employed,
    "us_person_servicing": _servicing,
}


def _excluded(facts: Facts, law: Law, names: tuple[str, ...], read: Seen) -> Said | None:
    """Answer where an exclusion of (d) takes the act out, or may; ``None`` where none does."""
    tests = {name: EXCLUSIONS[name](facts, law) for name in names}
    for name, test in tests.items():
        if test.answer is True:
            return does_not_apply("us_person.excluded", *test.relied_on, read=read, values={"rule": f"@{name}.title"})
    missing = tuple(dict.fromkeys(m for test in tests.values() if test.answer is None for m in test.missing))
    if facts.support.us_person is None:
        missing = (Missing(PERSON), *missing)
    if missing:
        return unknown("us_person.exclusions_unasked", missing=missing, read=read)
    return None


def _reads(facts: Facts, *more: str) -> Seen:
    return facts.seen(PERSON, "case.support.activity", "case.destination", *more)


@rule("15 CFR 744.6(c)(2)(i)", step=Step.END_USE, since=TEXT_2023, effect=NEEDS, of=US_PERSON, looks_back=True)
def us_person_advanced_node(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    """Any item not subject to the EAR for an advanced-node facility in, or of a company from, D:5 or Macau."""
    if (said := _supported(facts, before)) is not None:
        return said
    field = "case.end_use.advanced_node_fab"
    gate, read = facts.end_use.advanced_node_fab, _reads(facts, field)
    node = advanced_node(facts, law)
    if node.answer is False or (gate is False and node.answer is None):
        return does_not_apply("no_facility", *node.relied_on, read=read)
    place = any_of((where(facts, law), any_from_d5m(facts, law)))
    if place.answer is False:
        return does_not_apply("elsewhere", *place.relied_on, read=read)
    names = ("us_person_clerical", "us_person_back_end", "us_person_employer")
    out = _excluded(facts, law, names, read)
    if out is not None and out.answer is Answer.DOES_NOT_APPLY:
        return out
    if gate is not True:
        return _gate_open(facts, field, read)
    if out is not None:
        return out
    if place.answer is None:
        return unknown("place_missing", *place.relied_on, missing=place.missing, read=read)
    return applies("facility", *node.relied_on, *place.relied_on, read=read)


def _gate_open(facts: Facts, field: str, read: Seen) -> Said:
    """Ask whether there is such a facility; who is far from any has been answered before."""
    missing = (field, *((PERSON,) if facts.support.us_person is None else ()))
    return unknown("us_person_advanced_node.unasked", missing=missing, read=read)


@rule("15 CFR 744.6(c)(2)(ii)", step=Step.END_USE, since=TEXT_2023, effect=NEEDS, of=US_PERSON, looks_back=True)
def us_person_unknown_node(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    """Category 3 items of groups B to E, not subject to the EAR, for a facility whose node nobody could find out."""
    if (said := _supported(facts, before)) is not None:
        return said
    read = _reads(facts, "case.end_use.node_not_known", "item.eccn")
    known, entry = facts.end_use.node_not_known, classify(facts.item, law).entry
    if known is False:
        return does_not_apply("node_known", read=read)
    if entry is not None and entry[:2] not in CATEGORY_3:
        return does_not_apply("other_item", read=read)
    place = any_of((where(facts, law), any_from_d5m(facts, law)))
    if place.answer is False:
        return does_not_apply("us_person_advanced_node.elsewhere", *place.relied_on, read=read)
    out = _excluded(facts, law, ("us_person_clerical", "us_person_back_end", "us_person_employer"), read)
    if out is not None and out.answer is Answer.DOES_NOT_APPLY:
        return out
    if known is None:
        return unknown("us_person_advanced_node.unasked", missing=("case.end_use.node_not_known",), read=read)
    if out is not None:
        return out
    if entry is None:
        return unknown("eccn_missing", missing=("item.eccn",), read=read)
    if place.answer is None:
        return unknown("us_person_advanced_node.place_missing", *place.relied_on, missing=place.missing, read=read)
    return applies("category_3", *place.relied_on, read=read, values={"entry": entry})


@rule("15 CFR 744.6(c)(2)(iii)", step=Step.END_USE, since=TEXT_2023, effect=NEEDS, of=US_PERSON, looks_back=True)
def us_person_equipment(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    """The chip-making equipment set, not subject to the EAR, to a D:5 country or Macau, whatever the facility."""
    if (said := _supported(facts, before)) is not None:
        return said
    read = _reads(facts, "item.eccn")
    inside = d5m(facts.destination, law)
    if inside.answer is False:
        return does_not_apply("us_person_advanced_node.elsewhere", *inside.relied_on, read=read)
    held = controlled_set(facts.item, law)
    if held.answer is False:
        return does_not_apply("other_item", *held.relied_on, read=read)
    names = ("us_person_clerical", "us_person_employer", "us_person_servicing")
    out = _excluded(facts, law, names, read)
    if out is not None and out.answer is Answer.DOES_NOT_APPLY:
        return out
    if held.answer is None:
        missing = (*held.missing, *(out.missing if out else ()))
        return unknown("item_in_doubt", *held.relied_on, missing=missing, read=read)
    if inside.answer is None:
        return unknown("general.destination_missing", missing=inside.missing, read=read)
    if out is not None:
        return out
    return applies("in_set", *held.relied_on, *inside.relied_on, read=read)


@rule(
    "15 CFR 744.6(c)(2)",
    step=Step.END_USE,
    since=TEXT_2022,
    until=date(2023, 11, 16),
    effect=NEEDS,
    of=US_PERSON,
    looks_back=True,
)
def us_person_2022(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    """The text of 2022 was not read: support for chips or chip-making equipment in China is for a person."""
    if (said := _supported(facts, before)) is not None:
        return said
    read = _reads(facts, "case.end_use.advanced_node_fab", "case.end_use.semiconductor_equipment")
    near = any_of((d5m(facts.destination, law), any_from_d5m(facts, law)))
    if near.answer is False:
        return does_not_apply("us_person_advanced_node.elsewhere", *near.relied_on, read=read)
    uses = (facts.end_use.advanced_node_fab, facts.end_use.semiconductor_equipment, facts.end_use.node_not_known)
    asked = [
        f"case.end_use.{name}"
        for name in ("advanced_node_fab", "semiconductor_equipment")
        if getattr(facts.end_use, name) is None
    ]
    category_3 = (classify(facts.item, law).entry or "")[:2] in CATEGORY_3
    if any(use is True for use in uses) or category_3:
        return unknown("not_read", missing=(PERSON,) if facts.support.us_person is None else (), read=read)
    if asked:
        return unknown("unasked", missing=asked, read=read)
    return does_not_apply("none", read=read)


def _exclusion(facts: Facts, law: Law, name: str) -> Said | Iterable[Said]:
    """Show an exclusion by itself where support by a U.S. person is what the case is about."""
    if facts.activity is not Activity.US_PERSON_SUPPORT or facts.support.us_person is False:
        return ()
    test = EXCLUSIONS[name](facts, law)
    if test.answer is None:
        return unknown("us_person.exclusion_open", *test.relied_on, missing=test.missing)
    if test.answer:
        return applies("us_person.exclusion_met", *test.relied_on)
    return does_not_apply("us_person.exclusion_not_met", *test.relied_on)


@rule("15 CFR 744.6(d)(1)", step=Step.END_USE, since=TEXT_2023)
def us_person_clerical(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Administrative and clerical work is left out of (c)(2)."""
    return _exclusion(facts, law, "us_person_clerical")


@rule("15 CFR 744.6(d)(3)", step=Step.END_USE, since=TEXT_2023)
def us_person_back_end(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Back-end steps are left out of (c)(2)(i) and (ii)."""
    return _exclusion(facts, law, "us_person_back_end")


@rule("15 CFR 744.6(d)(4)", step=Step.END_USE, since=TEXT_2023)
def us_person_employer(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Natural persons working for companies of the United States, A:5 or A:6 are left out; entities are not."""
    return _exclusion(facts, law, "us_person_employer")


@rule("15 CFR 744.6(d)(5)", step=Step.END_USE, since=TEXT_2023)
def us_person_servicing(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Servicing is left out of (c)(2)(iii), unless at an advanced-node facility; never for (c)(2)(i) and (ii)."""
    return _exclusion(facts, law, "us_person_servicing")


RULES = (
    us_person_weapons,
    us_person_advanced_node,
    us_person_unknown_node,
    us_person_equipment,
    us_person_2022,
    us_person_clerical,
    us_person_back_end,
    us_person_employer,
    us_person_servicing,
)
