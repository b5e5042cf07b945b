"""The presumption for chips of fabricators and OSATs as a finding (15 CFR Part 774, Supp. No. 1, 3A090 Note 1)."""

from __future__ import annotations

from datetime import date

from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.foundry import presumption
from compliance.ear.law import Law

READ = ("case.fabricator_or_osat", "item.form", "item.data_center_designed_or_marketed")
_DETAILS = (
    "case.foundry.designer_standing",
    "case.foundry.designer_attestation",
    "case.foundry.packager",
    "case.foundry.packaging_place",
    "case.foundry.transistors_billion",
    "case.foundry.contains_hbm",
)


@rule(
    "15 CFR Part 774, Supp. No. 1, 3A090 Note 1",
    step=Step.CLASSIFICATION,
    since=date(2025, 1, 16),
    comply=date(2025, 1, 31),
    effect=Effect.HOLDS,
)
def foundry_presumption(facts: Facts, law: Law) -> Said:
    """Advanced logic chips shipped by a fabricator or OSAT are presumed 3A090.a for data centers (90 FR 5298).

    Where it stands every later rule sees such an item; while it is open it holds the answer.
    """
    found = presumption(facts, law)
    details = _DETAILS if facts.fabricator_or_osat else ()
    read = facts.seen(*READ, *details)
    foundry = facts.foundry
    values = {
        "way": found.way or "?",
        "count": "?" if foundry.transistors_billion is None else foundry.transistors_billion,
        "name": foundry.designer or foundry.osat or "?",
    }
    if found.stands is None:
        return unknown(found.key, *found.relied_on, missing=found.missing, read=read, values=values)
    if found.stands:
        return applies(found.key, *found.relied_on, read=read, values=values, effect=Effect.CLASSIFIES)
    return does_not_apply(found.key, *found.relied_on, read=read, values=values)


RULES = (foundry_presumption,)
