"""Classification under the Commerce Control List (15 CFR Part 774): 3A090, 4A090 and the .z paragraphs."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.ear.classification import classify, density, disagreements_of, highest_tpp
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Law
from compliance.ear.records import NO_ITEM

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
    level, dense, tpp = found.level, density(item), highest_tpp(item)
    values = {
        "level": f"@level.{level.value}" if level.value else "?",
        "tpp": tpp if tpp is not None else "?",
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
def classification_agrees(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Whether ECCN, paragraph, day and figures go together; a conflict is for a person to settle."""
    item = facts.item
    read = facts.seen("item.eccn", "item.tpp", "item.level")
    if facts.activity in NO_ITEM:
        return does_not_apply("general.no_item_moves", read=read)
    if item.eccn is None:
        return unknown("eccn_missing", missing=("item.eccn",), read=read)
    found = classify(item, law)
    relied = found.level.relied_on
    if found.proposed == "3A991.p":
        relied = (*relied, law.value("part_774.ic_general"))
    conflicts = disagreements_of(item, law)
    if conflicts:
        return [applies(key, *relied, values=values, read=read) for key, values in conflicts]
    values = {"eccn": item.eccn, "proposed": found.proposed or "@level.none"}
    if found.level.value == "b" and found.group == "A" and highest_tpp(item) is None:
        # What is called .b may be .a: only the figures tell, and NAC turns on it.
        return unknown("figures_missing", missing=("item.tpp",), values=values, read=read)
    advanced = found.level.value in {"a", "b"}
    if advanced and found.entry == "4A090" and item.encryption is None and item.form in {None, "computer"}:
        # A computer with controlled encryption is 5A002.z or 5A992.z first, and has their reasons for control besides.
        return unknown("encryption_unasked", missing=("item.encryption",), values=values, read=read)
    silent = item.form == "memory" and item.hbm_packaging is None and highest_tpp(item) is None
    if silent and found.level.value == "none" and found.level.key != "before_3a090":
        # Memory packaged with a processor is tested as a chip; without its TPP "none" is not yet an answer.
        return unknown("memory_unclear", missing=("item.hbm_packaging",), values=values, read=read)
    dated = law.parameters["part_774.dated_entries"].by_member
    if found.entry is not None and found.entry in dated:
        relied = (*relied, law.member("part_774.dated_entries", found.entry))
    return does_not_apply("agrees", *relied, values=values, read=read, checked=True)


RULES = (
    advanced_level,
    classification_agrees,
)
