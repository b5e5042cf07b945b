"""Classification under the Commerce Control List (15 CFR Part 774): 3A090, 4A090 and the .z paragraphs."""

from __future__ import annotations

from datetime import date

from compliance.ear.classification import classify, density
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Law
from compliance.ear.rules.part_734 import NO_ITEM

FIGURES = (
    "item.eccn",
    "item.form",
    "item.level",
    "item.tpp",
    "item.performance_density",
    "item.applicable_die_area_mm2",
    "item.data_center_designed_or_marketed",
)


@rule("15 CFR Part 774, Supp. No. 1, 3A090", step=Step.CLASSIFICATION, since=FIRST_DAY, effect=Effect.CLASSIFIES)
def advanced_level(facts: Facts, law: Law) -> Said:
    """The level of the item under 3A090, by the test of the day."""
    found, item = classify(facts.item, law), facts.item
    level, dense = found.level, density(item)
    values = {
        "level": f"@level.{level.value}" if level.value else "?",
        "tpp": item.tpp if item.tpp is not None else "?",
        "density": round(dense, 2) if dense is not None else "?",
        "eccn": item.eccn or "?",
        "proposed": found.proposed or "@level.none",
    }
    read = facts.seen(*FIGURES)
    if level.value is None:
        return unknown(level.key, *level.relied_on, missing=level.missing, values=values, read=read)
    said = applies if level.value != "none" else does_not_apply
    return said(level.key, *level.relied_on, values=values, read=read, checked=level.checked)


@rule("15 CFR Part 774, Supp. No. 1", step=Step.CLASSIFICATION, since=FIRST_DAY, effect=Effect.HOLDS)
def classification_agrees(facts: Facts, law: Law) -> Said:
    """Whether the company's ECCN and the figures say the same; a conflict is for a person to settle."""
    item = facts.item
    read = facts.seen("item.eccn", "item.tpp", "item.level")
    if facts.activity in NO_ITEM:
        return does_not_apply("general.no_item_moves", read=read)
    if item.eccn is None:
        return unknown("eccn_missing", missing=("item.eccn",), read=read)
    found = classify(item, law)
    if found.entry is None:
        return applies("eccn_unreadable", values={"eccn": item.eccn[:40]}, read=read)
    values = {"eccn": item.eccn, "proposed": found.proposed or "@level.none"}
    if found.disagrees:
        return applies("disagrees", *found.level.relied_on, values=values, read=read)
    return does_not_apply("agrees", values=values, read=read, checked=True)


@rule(
    "15 CFR Part 774, Supp. No. 1, 3A090 Note 1",
    step=Step.CLASSIFICATION,
    since=date(2025, 1, 16),
    comply=date(2025, 1, 31),
    effect=Effect.HOLDS,
)
def foundry_presumption(facts: Facts, law: Law) -> Said:
    """Chips shipped by a fabricator or OSAT are presumed 3A090.a for data centers (90 FR 5298); not encoded."""
    read = facts.seen("case.fabricator_or_osat", "item.form", "item.data_center_designed_or_marketed")
    found = classify(facts.item, law)
    chip = facts.item.form == "integrated_circuit" or (
        facts.item.form is None and found.entry in {None, "3A001", "3A090", "3A991", "5A002", "5A004", "5A992", "EAR99"}
    )
    # The presumption says no more than 3A090.a for a data center; such an item has nothing to gain or lose by it.
    settled = found.level.value == "a" and facts.item.data_center_designed_or_marketed is not False
    if not chip or settled or facts.activity in NO_ITEM:
        return does_not_apply("no_matter", read=read)
    if facts.fabricator_or_osat is None:
        return unknown("unasked", missing=("case.fabricator_or_osat",), read=read)
    if facts.fabricator_or_osat:
        return applies("not_encoded", read=read)
    return does_not_apply("other_exporter", read=read)


RULES = (
    advanced_level,
    classification_agrees,
    foundry_presumption,
)
