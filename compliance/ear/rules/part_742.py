"""Regional stability: licenses for advanced computing items and memory (15 CFR 742.6(a)(6)) and Pakistan ((a)(12))."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from compliance.ear.classification import Classification, classify
from compliance.ear.equipment import parts, within
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Missing, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import Cited, Law
from compliance.ear.lifting import ADVANCED, ADVANCED_HEADQUARTERS, MEMORY
from compliance.ear.parties import Tested, any_of, d5m, d145, from_d5m, recipients
from compliance.ear.records import NO_ITEM, Activity

READ = ("case.activity", "case.destination", "item.level", "item.eccn", "item.tpp")


def wrong_level(facts: Facts, law: Law, levels: Iterable[str]) -> Said | None:
    """Answer for an item that is not, or not known to be, at one of ``levels``; ``None`` if it is."""
    read = facts.seen(*READ)
    if facts.activity in NO_ITEM:
        return does_not_apply("general.no_item_moves", read=read)
    level = classify(facts.item, law).level
    if level.value is None:
        return unknown("general.level_unknown", *level.relied_on, missing=level.missing, read=read)
    if level.value not in levels:
        values = {"level": f"@level.{level.value}"}
        return does_not_apply("general.other_level", *level.relied_on, read=read, values=values, checked=level.checked)
    return None


def _doubt(found: Classification, law: Law, form: str | None) -> tuple[Cited, ...]:
    """4A090.b stood empty until 2025-01-13: a computer with a .b chip is caught, but with doubt."""
    if found.level.value == "b" and (found.entry == "4A090" or form == "computer"):
        return (law.value("part_774.computer_b_entry"),)
    return ()


def _advanced(facts: Facts, law: Law, level: str) -> Said:
    if said := wrong_level(facts, law, {level}):
        return said
    read, destination = facts.seen(*READ), facts.destination
    if facts.activity is Activity.DEEMED_EXPORT:
        return does_not_apply("general.deemed_export", read=read)
    scope = law.value(f"part_742.advanced_scope_{level}")
    if destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    if destination == "US":
        return does_not_apply("general.to_us", read=read)
    found = classify(facts.item, law)
    relied = (scope, *found.level.relied_on, *_doubt(found, law, facts.item.form))
    values = {"destination": destination, "scope": f"@scope.{scope.value}"}
    named = law.member(f"part_742.advanced_named_{level}", destination)
    if named.value is True:
        return _emirates(facts, law, named, relied)
    inside = d145(destination, law) if scope.value == "d145x" else Tested(True)
    if inside.answer is None:
        return unknown("general.place_in_doubt", *relied, *inside.relied_on, read=read, values=values)
    if inside.answer is False:
        return does_not_apply("outside", scope, *inside.relied_on, read=read, values=values)
    if facts.activity is None:
        return unknown("general.activity_missing", *relied, missing=("case.activity",), read=read)
    key = "worldwide" if scope.value == "worldwide" else "inside"
    return applies(key, *relied, *inside.relied_on, read=read, values=values, cite=scope.cite, overcome_by=ADVANCED)


def _emirates(facts: Facts, law: Law, named: Cited, relied: tuple[Cited, ...]) -> Said:
    """Supplement No. 8 frees approved entities in the UAE; its names were not read, so "approved" cannot free here."""
    read = facts.seen(*READ, "case.uae_approved_entities")
    approved = law.value("part_742.uae_approved_entities")
    if facts.uae_approved_entities is None:
        return unknown("general.emirates_unasked", named, approved, missing=("case.uae_approved_entities",), read=read)
    if facts.uae_approved_entities:
        return unknown("general.emirates_approved", named, approved, read=read)
    return applies("general.emirates", named, *relied, read=read, cite=named.cite, overcome_by=ADVANCED)


@rule(
    "15 CFR 742.6(a)(6)",
    step=Step.REQUIREMENT,
    since=date(2022, 10, 21),
    until=date(2023, 11, 16),
    effect=Effect.REQUIRES_LICENSE,
)
def advanced_2022(facts: Facts, law: Law) -> Said:
    """The first advanced computing rule: 3A090, 4A090 and their software and technology to China, later Macau."""
    if said := wrong_level(facts, law, {"entry"}):
        return said
    read = facts.seen(*READ)
    if facts.activity is Activity.DEEMED_EXPORT:
        return does_not_apply("general.deemed_export", read=read, checked=False)
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    member = law.member("part_742.destinations_2022", facts.destination)
    values = {"destination": facts.destination}
    if member.value is True:
        return applies("inside", member, read=read, values=values, overcome_by=("TGL",))
    if member.value is None:
        return unknown("general.place_in_doubt", member, read=read, values=values)
    return does_not_apply("outside", member, read=read, values=values, checked=False)


@rule("15 CFR 742.6(a)(6)(iii)", step=Step.REQUIREMENT, since=date(2023, 11, 17), effect=Effect.REQUIRES_LICENSE)
def advanced_a_destination(facts: Facts, law: Law) -> Said:
    """Items at the level of 3A090.a by destination; the codified text is worldwide since 2025-01-13."""
    return _advanced(facts, law, "a")


@rule("15 CFR 742.6(a)(6)(iii)", step=Step.REQUIREMENT, since=date(2023, 11, 17), effect=Effect.REQUIRES_LICENSE)
def advanced_b_destination(facts: Facts, law: Law) -> Said:
    """Items at the level of 3A090.b by destination; the UAE is named since 2026-07-10."""
    return _advanced(facts, law, "b")


def by_headquarters(
    facts: Facts, law: Law, relied: tuple[Cited, ...], *, overcome_by: tuple[str, ...], cite: str = ""
) -> Iterable[Said]:
    """Answer, party by party, whether an entity comes from a D:5 country or Macau."""
    read = facts.seen("case.destination", "item.eccn", "item.level")
    held = recipients(facts)
    if not held:
        return (unknown("general.parties_missing", missing=("case.parties",), read=read),)
    said = []
    for party in held:
        test = from_d5m(party, law)
        seen = read + facts.seen(
            "party.headquarters", "party.own_ultimate_parent", "party.ultimate_parent_headquarters", party=party.ref
        )
        common = {"party": party.ref, "read": seen, "values": {"country": test.value, "party": party.ref}}
        if test.answer is True:
            said.append(
                applies("general.from_d5m", *relied, *test.relied_on, overcome_by=overcome_by, cite=cite, **common)
            )
        elif test.answer is None:
            said.append(
                unknown("general.headquarters_unknown", *relied, *test.relied_on, missing=test.missing, **common)
            )
        else:
            said.append(does_not_apply("general.not_from_d5m", *test.relied_on, **common))
    return said


@rule("15 CFR 742.6(a)(6)(iii)(A)", step=Step.REQUIREMENT, since=date(2025, 1, 13), effect=Effect.REQUIRES_LICENSE)
def advanced_a_headquarters(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Items at the level of 3A090.a to an entity from a D:5 country or Macau, anywhere outside the United States.

    Moved here from 744.23(a)(3) on 2025-01-13; BIS confirmed on 2026-05-31 that it enforces this limb.
    """
    if said := wrong_level(facts, law, {"a"}):
        return said
    if facts.activity is Activity.DEEMED_EXPORT:
        return does_not_apply("general.deemed_export", read=facts.seen(*READ))
    if facts.destination == "US":
        return does_not_apply("general.to_us", read=facts.seen(*READ))
    limb = law.value("part_742.headquarters_limb_a")
    return by_headquarters(facts, law, (limb,), overcome_by=ADVANCED_HEADQUARTERS)


@rule(
    "15 CFR 742.6(a)(6)(i)(B)",
    step=Step.REQUIREMENT,
    since=date(2024, 12, 2),
    comply=date(2024, 12, 31),
    effect=Effect.REQUIRES_LICENSE,
)
def memory_destination(facts: Facts, law: Law) -> Said:
    """High-bandwidth memory (3A090.c) to or within a D:5 country or Macau."""
    if said := wrong_level(facts, law, {"c"}):
        return said
    read = facts.seen(*READ)
    if facts.activity is Activity.DEEMED_EXPORT:
        return does_not_apply("general.deemed_export", read=read)
    limit, inside = law.value("part_774.memory_density"), d5m(facts.destination, law)
    values = {"destination": facts.destination or "?"}
    if inside.answer is True:
        return applies("inside", limit, *inside.relied_on, read=read, values=values, overcome_by=MEMORY)
    if inside.answer is None:
        key = "general.place_in_doubt" if facts.destination else "general.destination_missing"
        return unknown(key, limit, *inside.relied_on, missing=inside.missing, read=read, values=values)
    return does_not_apply("outside", *inside.relied_on, read=read, values=values)


_ORIGIN = (
    "item.developed_by_d5m_entity",
    "item.direct_product_of_ear_software",
    "item.for_producing_listed_commodities",
)


@rule("15 CFR 742.6(a)(6)(ii)", step=Step.REQUIREMENT, since=date(2023, 11, 17), effect=Effect.REQUIRES_LICENSE)
def technology_from_d5m(facts: Facts, law: Law) -> Said:
    """3E001 technology for 3A090 that originates in a D:5 country or Macau, to any destination outside A:5 and A:6.

    It was developed by an entity from there, is the direct product of software subject to the EAR and serves to
    produce listed commodities. The CCL prints "worldwide"; 742.6(a)(6)(ii) excepts A:5 and A:6.
    """
    read = facts.seen("item.eccn", "item.level", "case.exporting_from", "case.destination", *_ORIGIN)
    found = classify(facts.item, law)
    if found.entry != "3E001" or facts.activity is Activity.DEEMED_EXPORT or facts.activity in NO_ITEM:
        return does_not_apply("other_item", read=read)
    if found.level.value in {"none", "c"}:
        return does_not_apply("other_item", *found.level.relied_on, read=read, checked=found.level.checked)
    origin = d5m(facts.exporting_from, law, "case.exporting_from")
    if origin.answer is False:
        return does_not_apply("other_origin", *origin.relied_on, read=read)
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    spared = any_of(
        Tested(cited.value, (cited,))
        for cited in (law.member(f"part_740.group_{name}", facts.destination) for name in ("a5", "a6"))
    )
    values = {"destination": facts.destination}
    if spared.answer is True:
        return does_not_apply("spared", *spared.relied_on, read=read, values=values)
    tests = [facts.get(key) for key in _ORIGIN]
    if False in tests:
        return does_not_apply("tests_not_met", *origin.relied_on, read=read)
    missing = [*origin.missing, *(Missing(key) for key, known in zip(_ORIGIN, tests, strict=True) if known is None)]
    if found.level.value is None:
        missing += [Missing(key) for key in found.level.missing]
    if missing or origin.answer is None or spared.answer is None:
        return unknown("origin_missing", *origin.relied_on, missing=missing, read=read)
    return applies("originates", *origin.relied_on, *spared.relied_on, read=read, values=values, overcome_by=ADVANCED)


@rule("15 CFR Part 774, Supp. No. 1, 3E001", step=Step.REQUIREMENT, since=date(2025, 1, 13))
def technology_two_texts(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """3E001 still prints one line for D:1, D:4 and D:5, and 742.6(a)(6)(iii) is split; the stricter governs."""
    found = classify(facts.item, law)
    if found.entry != "3E001" or found.level.value not in {"a", "b"} or facts.activity in NO_ITEM:
        return ()
    return applies("two_texts", read=facts.seen("item.eccn", "item.level"))


@rule("15 CFR 742.6(a)(12)", step=Step.REQUIREMENT, since=date(2024, 12, 26), effect=Effect.REQUIRES_LICENSE)
def pakistan_items(facts: Facts, law: Law) -> Said:
    """Six anti-terrorism entries that need a license to Pakistan (footnote 8 of the Country Chart as adopted)."""
    read = facts.seen("item.eccn", "case.destination")
    if facts.activity in NO_ITEM or facts.destination not in {None, "PK"}:
        return does_not_apply("elsewhere", read=read)
    inside = within(facts.item.eccn, "part_742.pakistan_items", law)
    if inside.answer is False:
        return does_not_apply("other_item", read=read)
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    if inside.answer is None:
        return unknown("eccn_missing", *inside.relied_on, missing=inside.missing, read=read)
    if inside.value.startswith("2B999") and (parts(facts.item.eccn or "") or ())[1:3] in {(), ("h",), ("h", "2")}:
        # 2B999.h.2 is excepted; an ECCN that stops short of it may be either.
        if (parts(facts.item.eccn or "") or ())[1:3] == ("h", "2"):
            return does_not_apply("other_item", *inside.relied_on, read=read)
        return unknown("eccn_missing", *inside.relied_on, missing=("item.eccn",), read=read)
    return applies("listed", *inside.relied_on, read=read, values={"eccn": facts.item.eccn or "?"})


RULES = (
    advanced_2022,
    advanced_a_destination,
    advanced_b_destination,
    advanced_a_headquarters,
    memory_destination,
    technology_from_d5m,
    technology_two_texts,
    pakistan_items,
)
