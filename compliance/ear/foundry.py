"""The presumption for chips of fabricators and OSATs: whether it stands, and what overcomes it (Note 1 to 3A090).

A front-end fabricator or OSAT that ships an advanced logic chip is taken to ship 3A090.a designed or marketed for data
centers, unless an approved or authorized designer attests otherwise (a), or the transistor count of a chip packaged by
the fabricator outside Macau and D:5 (b) or by an approved OSAT (c) stays below a limit. Paragraph d of the note is
printed the wrong way round, here and in the Federal Register, and is not used. For 2028 the note has no number above
30 billion, so nothing above it overcomes the presumption or confirms it. Source: 90 FR 5298; 91 FR 17851.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from compliance.ear.classification import Classification, classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Missing
from compliance.ear.law import Cited, Law
from compliance.ear.parties import Tested, any_of, d5m
from compliance.ear.records import NO_ITEM, Activity, Foundry, Item

PRESUMPTION = "part_774.foundry_presumption"
_CHIP_ENTRIES = frozenset({None, "3A001", "3A090", "3A991", "5A002", "5A004", "5A992", "EAR99"})
_NOT_LETTERS = re.compile(r"[^0-9a-z]+")
# Words that tell legal forms apart, not firms.
_FORMS = frozenset({"ag", "bv", "co", "company", "corp", "corporation", "gmbh", "holdings", "inc", "incorporated"}) | {
    *("kk", "limited", "llc", "ltd", "nv", "plc", "sa"),
}


@dataclass(frozen=True, slots=True)
class Presumption:
    """Whether the presumption stands; ``None`` is open. ``key`` names the reason, ``missing`` what to ask."""

    stands: bool | None
    key: str
    relied_on: tuple[Cited, ...] = ()
    missing: tuple[Missing, ...] = ()
    way: str = ""


def governing_item(facts: Facts, law: Law) -> Item:
    """Return the item as every later rule has to see it: where the presumption stands, 3A090.a for data centers.

    While the presumption is open the item comes back as stated; its own finding then holds the answer.
    """
    if facts.fabricator_or_osat is not True:
        return facts.item
    if presumption(facts, law).stands is not True:
        return facts.item
    return _presumed(facts.item)


def governing(facts: Facts, law: Law) -> Facts:
    """Return the facts as every rule but those of classification has to see them: with :func:`governing_item`."""
    if facts.fabricator_or_osat is not True:
        return facts
    item = governing_item(facts, law)
    return facts if item is facts.item else replace(facts, item=item)


@lru_cache(maxsize=512)
def _presumed(item: Item) -> Item:
    return replace(item, level="a", data_center_designed_or_marketed=True)


def classified(facts: Facts, law: Law) -> Classification:
    """Return the classification that governs the case, the presumption of Note 1 to 3A090 included."""
    return classify(governing_item(facts, law), law)


def level_of(facts: Facts, law: Law) -> str | None:
    """Return the level that governs the case (a, b, c, entry, none), ``None`` if unknown."""
    return classified(facts, law).level.value


def presumption(facts: Facts, law: Law) -> Presumption:
    """Say whether the presumption of Note 1 to 3A090 stands for these facts on this day."""
    return _presumption(facts.activity, facts.fabricator_or_osat, facts.item, facts.foundry, law)


@lru_cache(maxsize=512)
def _presumption(
    activity: Activity | None, fabricator: bool | None, item: Item, foundry: Foundry, law: Law
) -> Presumption:
    if not law.has(PRESUMPTION):
        return Presumption(False, "not_yet")
    found = classify(item, law)
    chip = item.form == "integrated_circuit" or (item.form == "memory" and item.hbm_packaging == "processor")
    chip = chip or (item.form is None and found.entry in _CHIP_ENTRIES)
    # The presumption says no more than 3A090.a for a data center; such an item has nothing to gain or lose by it.
    settled = found.level.value == "a" and item.data_center_designed_or_marketed is not False
    if not chip or settled or activity in NO_ITEM:
        return Presumption(False, "no_matter")
    if fabricator is None:
        return Presumption(None, "unasked", missing=(Missing("case.fabricator_or_osat"),))
    if not fabricator:
        return Presumption(False, "other_exporter")
    rule = law.value(PRESUMPTION)
    if foundry.advanced_logic is False and item.non_planar is not True:
        return Presumption(False, "not_advanced_logic", (rule,))
    if foundry.advanced_logic is None and item.non_planar is not True:
        return Presumption(None, "logic_unasked", (rule,), (Missing("case.foundry.advanced_logic"),))
    ways = {
        "a": _by_designer(foundry, found, law),
        "b": _by_fabricator(foundry, rule, law),
        "c": _by_osat(foundry, rule, law),
    }
    for name, way in ways.items():
        if way.answer is True:
            return Presumption(False, f"overcome_{name}", (rule, *way.relied_on), way=name)
    relied = (rule, *(cited for way in ways.values() for cited in way.relied_on))
    opened = [way for way in ways.values() if way.answer is None]
    if not opened:
        return Presumption(True, "stands", relied)
    missing = tuple(dict.fromkeys(one for way in opened for one in way.missing))
    key = "ways_open" if missing else next(way.value for way in opened)
    return Presumption(None, key, relied, missing)


def _ask(name: str, *relied_on: Cited) -> Tested:
    return Tested(None, relied_on, (Missing(f"case.foundry.{name}"),))


def _by_designer(foundry: Foundry, found: Classification, law: Law) -> Tested:
    """Way a. An attestation that the chip is not 3A090.a cannot stand beside figures that say it is."""
    if foundry.designer_attestation is False or foundry.designer_standing == "neither" or found.level.value == "a":
        return Tested(False)
    if foundry.designer_attestation is None:
        return _ask("designer_attestation")
    if foundry.designer_standing is None:
        return _ask("designer_standing")
    if foundry.designer_standing == "approved":
        return _named(foundry.designer, "designer", "part_774.foundry_approved_designers", law)
    return _authorized(foundry, law)


def _authorized(foundry: Foundry, law: Law) -> Tested:
    """Whether the designer is authorized: seat, owners, agreement to report and, after the transition, application."""
    seat = foundry.designer_headquarters
    if seat is None:
        return _ask("designer_headquarters")
    held: list[Cited] = []
    if seat != "TW":
        groups = [law.member(f"part_740.group_{name}", seat) for name in ("a1", "a5")]
        held = [cited for cited in groups if cited.value is True]
        if not held:
            known = all(cited.value is False for cited in groups)
            return Tested(False if known else None, tuple(groups), value="place_in_doubt")
    outside = any_of(
        (
            d5m(foundry.designer_country, law, "case.foundry.designer_country"),
            d5m(
                foundry.designer_ultimate_parent_headquarters,
                law,
                "case.foundry.designer_ultimate_parent_headquarters",
            ),
        )
    )
    if outside.answer is not False:
        return Tested(None if outside.answer is None else False, outside.relied_on, outside.missing, "place_in_doubt")
    if foundry.designer_agreed_to_report is None:
        return _ask("designer_agreed_to_report")
    if foundry.designer_agreed_to_report is False:
        return Tested(False)
    last = law.value("part_774.foundry_authorized_designer")
    if law.day <= dt.date.fromisoformat(last.value):
        return Tested(True, (last, *held, *outside.relied_on))
    days = law.value("part_774.foundry_application_days")
    applied = foundry.designer_applied_on
    if applied is None:
        return _ask("designer_applied_on", last)
    in_time = applied <= law.day < applied + dt.timedelta(days=int(days.value))
    return Tested(in_time, (last, days, *held, *outside.relied_on))


def _by_fabricator(foundry: Foundry, rule: Cited, law: Law) -> Tested:
    """Way b: packaged by the fabricator outside Macau and D:5, with an attested count below the limit."""
    if foundry.packager is None:
        return _ask("packager")
    if foundry.packager != "fabricator":
        return Tested(False)
    count = _count(foundry, rule, law)
    if count.answer is False:
        return count
    place = d5m(foundry.packaging_place, law, "case.foundry.packaging_place")
    if place.answer is True:
        return Tested(False, place.relied_on)
    if place.answer is None:
        return Tested(None, place.relied_on, place.missing, "place_in_doubt")
    return Tested(count.answer, (*count.relied_on, *place.relied_on), count.missing, count.value)


def _by_osat(foundry: Foundry, rule: Cited, law: Law) -> Tested:
    """Way c: packaged by an approved OSAT, with an attested count below the limit."""
    if foundry.packager is None:
        return _ask("packager")
    if foundry.packager != "osat":
        return Tested(False)
    count = _count(foundry, rule, law)
    if count.answer is not True:
        return count
    named = _named(foundry.osat, "osat", "part_774.foundry_approved_osats", law)
    return Tested(named.answer, (*count.relied_on, *named.relied_on), named.missing, named.value)


def _count(foundry: Foundry, rule: Cited, law: Law) -> Tested:
    """Test the aggregated approximated transistor count against the limit for the day of export."""
    if foundry.transistors_attested is False:
        return Tested(False)
    if foundry.transistors_billion is None:
        return _ask("transistors_billion")
    if foundry.transistors_attested is None:
        return _ask("transistors_attested")
    limit = {name: Decimal(value) for name, value in rule.value.items()}
    count, year = foundry.transistors_billion, law.day.year
    if count < limit["any"]:
        return Tested(True)
    if year < 2027 or count >= limit["from_2029"] or foundry.contains_hbm is True:
        return Tested(False)
    if year == 2027 and count >= limit["in_2027"]:
        return Tested(False)
    if foundry.contains_hbm is None:
        return _ask("contains_hbm")
    if year == 2028:
        return Tested(None, value="no_number_2028")
    return Tested(True)


def _named(name: str | None, field: str, parameter: str, law: Law) -> Tested:
    """Look a firm up in a list as published; later additions were not read, so another name is unknown."""
    if name is None:
        return _ask(field)
    words = [word for word in _NOT_LETTERS.sub(" ", name.casefold()).split() if word not in _FORMS]
    known = law.member(parameter, " ".join(words))
    return Tested(True, (known,)) if known.value is True else Tested(None, value="name_not_found")
