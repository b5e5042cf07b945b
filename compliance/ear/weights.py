"""Model weights: whether a trained model is 4E091, with the exclusions of its notes (15 CFR Part 774, Supp. No. 1).

In the text since 2025-01-13, owed from 2025-05-15 and not enforced since 2025-05-13, so the enforced reading
never had it. Counts are operations of training.
"""

from __future__ import annotations

from decimal import Decimal

from compliance.ear.facts import Facts
from compliance.ear.findings import Missing
from compliance.ear.law import Cited, Law
from compliance.ear.parties import Tested
from compliance.ear.records import Weights

OPERATIONS = "part_774.weights_operations"


def concerned(facts: Facts) -> bool:
    """Whether the item may be model weights at all: by its ECCN, or because a number of operations was given."""
    return (facts.item.eccn or "").strip().upper().startswith("4E091") or facts.weights.operations is not None


def controlled(facts: Facts, law: Law) -> Tested:
    """Whether the item is 4E091 on this day in this reading. ``value`` names the reason.

    An ECCN of 4E091 stands while no figure says otherwise; without that ECCN the figures decide.
    """
    if not concerned(facts):
        return Tested(False, value="other_item")
    if not law.has(OPERATIONS):
        return Tested(False, value="not_in_force")
    rule, weights = law.value(OPERATIONS), facts.weights
    if weights.published is True:
        return Tested(False, (rule,), value="published")
    by_figures = _by_figures(weights, rule)
    if by_figures.answer is None and (facts.item.eccn or "").strip().upper().startswith("4E091"):
        return Tested(True, (rule,), value="stated")
    return by_figures


def counted_operations(weights: Weights, rule: Cited) -> Decimal | None:
    """Return the operations that count: training, and the generator's where its unpublished data exceed the share."""
    if weights.operations is None:
        return None
    share = weights.synthetic_share_percent
    if share is not None and share > Decimal(rule.value["synthetic_share"]):
        if weights.generator_operations is None:
            return None
        return weights.operations + weights.generator_operations
    return weights.operations


def _by_figures(weights: Weights, rule: Cited) -> Tested:
    limit = Decimal(rule.value["limit"])
    if weights.operations is None:
        return _ask(rule, "operations")
    total = counted_operations(weights, rule)
    if total is None and weights.operations < limit:
        return _ask(rule, "generator_operations")
    if total is not None and total < limit:
        if weights.synthetic_share_percent is None:
            return _ask(rule, "synthetic_share_percent")
        return Tested(False, (rule,), value="below")
    if weights.published is None:
        return _ask(rule, "published")
    if weights.derived_from_published is None:
        return _ask(rule, "derived_from_published")
    if weights.derived_from_published:
        further = _further_training(weights, rule)
        if further.answer is not True:
            return further
    best = weights.most_capable_published_operations
    if best is None:
        return _ask(rule, "most_capable_published_operations")
    counted = weights.operations if total is None else total
    if counted < best:
        if total is None:
            return _ask(rule, "generator_operations")
        return Tested(False, (rule,), value="less_capable")
    return Tested(True, (rule,), value="reaches")


def _further_training(weights: Weights, rule: Cited) -> Tested:
    """Whether further training exceeds the higher of the fixed limit and a quarter of the parent's operations."""
    fixed = Decimal(rule.value["derivative"])
    if weights.additional_operations is None:
        return _ask(rule, "additional_operations")
    if weights.additional_operations <= fixed:
        return Tested(False, (rule,), value="derivative")
    if weights.parent_operations is None:
        return _ask(rule, "parent_operations")
    share = weights.parent_operations * Decimal(rule.value["derivative_share"]) / 100
    if weights.additional_operations <= share:
        return Tested(False, (rule,), value="derivative")
    return Tested(True, (rule,))


def _ask(rule: Cited, name: str) -> Tested:
    return Tested(None, (rule,), (Missing(f"case.weights.{name}"),), "figures_missing")
