"""Model weights as a classification (15 CFR Part 774, Supp. No. 1, 4E091)."""

from __future__ import annotations

from datetime import date

from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import Law
from compliance.ear.weights import controlled, counted_operations

READ = ("item.eccn", "case.weights.operations", "case.weights.published")


@rule(
    "15 CFR Part 774, Supp. No. 1, 4E091",
    step=Step.CLASSIFICATION,
    since=date(2025, 1, 13),
    effect=Effect.CLASSIFIES,
)
def model_weights(facts: Facts, law: Law) -> Said:
    """Whether the item is the parameters of a model trained on 10^26 operations or more, exclusions applied."""
    found, read = controlled(facts, law), facts.seen(*READ)
    values = {"operations": "?"}
    if found.relied_on:
        counted = counted_operations(facts.weights, found.relied_on[0])
        values = {"operations": f"{counted:.3E}" if counted is not None else "?"}
    if found.answer is None:
        return unknown(found.value, *found.relied_on, missing=found.missing, values=values, read=read)
    said = applies if found.answer else does_not_apply
    return said(found.value, *found.relied_on, values=values, read=read)


@rule("15 CFR Part 774, Supp. No. 1, 4E091", step=Step.CLASSIFICATION, since=date(2025, 1, 13), effect=Effect.HOLDS)
def weights_agree(facts: Facts, law: Law) -> Said:
    """Whether the company's ECCN and the training say the same of a model; a conflict is for a person to settle."""
    found, read = controlled(facts, law), facts.seen(*READ)
    stated = classify(facts.item, law).entry == "4E091"
    values = {"eccn": facts.item.eccn or "?"}
    if found.value in {"other_item", "not_in_force"}:
        return does_not_apply("no_matter", read=read)
    if found.answer is None:
        return unknown("open", *found.relied_on, missing=found.missing, values=values, read=read)
    if found.answer is not stated:
        key = "should_be" if found.answer else "should_not_be"
        return applies(key, *found.relied_on, values=values, read=read)
    return does_not_apply("agrees", *found.relied_on, values=values, read=read)


RULES = (
    model_weights,
    weights_agree,
)
