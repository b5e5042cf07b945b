"""The nine operators and Kleene's logic, in three values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.ear.triggers import BadTrigger, Condition, Operator, Trigger, both, compare, either

D = dt.date
KLEENE = st.sampled_from([True, False, None])


@pytest.mark.parametrize(
    ("op", "value", "yes", "no"),
    [
        ("eq", "cash", "Cash", "card"),
        ("eq", False, False, True),
        ("ne", "US", "TW", "US"),
        ("in", ("refused", "blank"), "blank", "specific"),
        ("lt", Decimal(1), Decimal("0.9"), Decimal(1)),
        ("le", Decimal(1), Decimal(1), Decimal("1.1")),
        ("gt", Decimal(50_000_000_000), Decimal(50_000_000_001), Decimal(50_000_000_000)),
        ("ge", Decimal("1e26"), Decimal("1e26"), Decimal("9.99e25")),
        ("ge", D(2022, 10, 7), D(2022, 10, 7), D(2022, 10, 6)),
        ("contains", "D:5", ("D:1", "D:5"), ("D:1", "D:4")),
        ("contains", "910B", "Huawei Ascend 910B", "Huawei Ascend 310"),
        ("intersects", ("MACAU", "D:5"), ("D:1", "MACAU"), ("NONE",)),
        ("intersects", ("Ascend 910B", "昇腾910B"), "昇腾 910B 加速卡", "Atlas 300"),
    ],
)
def test_each_operator_says_yes_no_and_unknown(op, value, yes, no):
    assert compare(Operator(op), yes, value) is True
    assert compare(Operator(op), no, value) is False
    assert compare(Operator(op), None, value) is None


def test_there_are_exactly_nine_operators():
    assert {op.value for op in Operator} == {"eq", "ne", "in", "lt", "le", "gt", "ge", "contains", "intersects"}


def test_a_yes_is_never_the_number_one():
    assert compare(Operator.EQ, True, Decimal(1)) is False
    assert compare(Operator.NE, True, Decimal(1)) is True


@pytest.mark.parametrize(
    ("op", "given_value", "value"),
    [
        ("lt", "early", Decimal(1)),
        ("lt", True, Decimal(1)),
        ("ge", D(2024, 1, 1), Decimal(1)),
        ("in", "blank", "blank"),
        ("contains", Decimal(1), "D:5"),
        ("contains", "anything", "--"),
    ],
)
def test_values_that_cannot_be_compared_are_refused_not_guessed(op, given_value, value):
    with pytest.raises(BadTrigger):
        compare(Operator(op), given_value, value)


@given(st.lists(KLEENE, max_size=6))
def test_or_and_and_are_each_others_mirror(answers):
    turned = [None if a is None else not a for a in answers]
    mirrored = both(turned)
    assert either(answers) is (None if mirrored is None else not mirrored)


@given(st.lists(KLEENE, max_size=6))
def test_an_unknown_stands_for_every_answer_it_could_still_get(answers):
    """The three-valued answer is known exactly when every way of filling in the unknowns agrees on it."""
    holes = answers.count(None)
    for join, plain in ((either, any), (both, all)):
        outcomes = set()
        for filling in product([True, False], repeat=holes):
            parts = iter(filling)
            outcomes.add(plain([next(parts) if a is None else a for a in answers]))
        assert join(answers) is (outcomes.pop() if len(outcomes) == 1 else None)


def condition(logic: str, count: int) -> Condition:
    return Condition.parse([Trigger(f"f{n}", Operator.EQ, True) for n in range(1, count + 1)], logic)


@given(KLEENE, KLEENE, KLEENE)
def test_and_binds_tighter_than_or_and_parentheses_win(one, two, three):
    values = {"f1": one, "f2": two, "f3": three}
    assert condition("1 or 2 and 3", 3).ask(values).answer is either([one, both([two, three])])
    assert condition("(1 or 2) and 3", 3).ask(values).answer is both([either([one, two]), three])


@given(KLEENE, KLEENE, KLEENE)
def test_what_is_missing_could_still_change_the_answer(one, two, three):
    values = {"f1": one, "f2": two, "f3": three}
    asked = condition("(1 and 2) or 3", 3)
    verdict = asked.ask(values)
    assert bool(verdict.missing) is (verdict.answer is None)
    for key in verdict.missing:
        assert values[key] is None
    unknown = [key for key, value in values.items() if value is None]
    for key in set(unknown) - set(verdict.missing):
        rest = [other for other in unknown if other != key]
        for filling in product([True, False], repeat=len(rest)):
            fixed = values | dict(zip(rest, filling, strict=True))
            assert asked.ask(fixed | {key: True}).answer == asked.ask(fixed | {key: False}).answer


def test_a_settled_part_asks_nothing_more():
    verdict = condition("(1 and 2) or 3", 3).ask({"f1": False})
    assert verdict.answer is None
    assert verdict.missing == ("f3",)


def test_the_positions_that_hold_are_named():
    assert condition("any", 3).ask({"f1": False, "f3": True}).fired == (3,)


@pytest.mark.parametrize("logic", ["", "1 or", "1 or 3", "(1 or 2", "1 or 2)", "0 or 1 or 2", "1", "some", "1 xor 2"])
def test_a_malformed_expression_is_refused(logic):
    with pytest.raises(BadTrigger):
        condition(logic, 2)


def test_a_condition_without_triggers_is_refused():
    with pytest.raises(BadTrigger, match="at least one"):
        Condition.parse([], "any")


def test_a_threshold_of_policy_is_read_from_the_policy_and_without_it_is_unknown():
    trigger = Trigger("score", Operator.LT, None, policy="score")
    assert trigger.holds({"score": Decimal(1)}, {"score": Decimal(2)}) is True
    assert trigger.holds({"score": Decimal(2)}, {"score": Decimal(2)}) is False
    assert trigger.holds({"score": Decimal(1)}, {}) is None
