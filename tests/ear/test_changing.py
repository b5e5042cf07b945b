"""What would change it: every row is an answer of the engine, the nearest value is the nearest, slips are no rows."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from compliance.ear import Facts, Outcome, Reading, determine, the_book
from compliance.ear.changing import DAY, PLACE, REMOVED, Flip, what_would_change
from compliance.ear.trying import having
from tests.ear.scenarios import build

TODAY = dt.date(2026, 11, 21)


def rows(facts: Facts, reading: Reading = Reading.ENFORCED, on: dt.date = TODAY) -> tuple[Flip, ...]:
    return what_would_change(facts, on=on, reading=reading, book=the_book())


def row(found: tuple[Flip, ...], fact: str, to: object, party: str | None = None) -> Flip:
    return next(one for one in found if one.fact == fact and to in (one.to, *one.others) and one.party == party)


def test_the_same_line_to_singapore_needs_no_license_and_names_the_paragraph() -> None:
    found = row(rows(build("h100", {"case.destination": "CN"})), "case.destination", "SG")
    assert found.outcome is Outcome.NO_LICENSE_REQUIRED
    assert found.rule == "advanced_a_destination"
    assert found.cite.startswith("15 CFR 742.6(a)(6)(iii)")
    assert found.lenient


def test_a_parent_in_china_turns_an_export_to_a_friend_into_a_licensed_one() -> None:
    found = row(rows(build("h100", {})), "party.ultimate_parent_headquarters", "CN", "user")
    assert found.outcome is Outcome.LICENSE_REQUIRED
    assert found.rule == "advanced_a_headquarters"
    assert not found.lenient


def test_everybody_moved_together_is_a_row_of_its_own() -> None:
    china = build("h100", {"case.destination": "CN", "each party": {"country": "CN", "headquarters": "CN"}})
    found = rows(china)
    assert row(found, PLACE, "SG").outcome is Outcome.NO_LICENSE_REQUIRED
    alone = [one for one in found if one.fact == "case.destination" and "SG" in (one.to, *one.others)]
    assert not any(one.lenient for one in alone)


def test_a_chip_not_made_for_data_centers_finds_its_exception() -> None:
    found = row(rows(build("h100", {"case.destination": "CN"})), "item.data_center_designed_or_marketed", False)
    assert (found.outcome, found.authorization) == (Outcome.LICENSE_EXCEPTION, "NAC")


def test_the_nearest_total_processing_performance_is_found_on_its_side_of_the_threshold() -> None:
    found = rows(build("h20", {"case.destination": "CN"}))
    up = next(one for one in found if one.fact == "item.tpp")
    assert (up.bound, up.was, up.to) == ("from", Decimal("2368"), Decimal("2400"))
    assert up.outcome is not Outcome.NO_LICENSE_REQUIRED


def test_smaller_figures_are_tried_with_the_entry_they_make_of_the_item() -> None:
    found = [one for one in rows(build("h100", {"case.destination": "CN"})) if one.fact == "item.tpp"]
    # Over 814 mm², 4,799 has a density just below 5.92: the level of .b. 2,399 has one below 3.2: no level.
    assert [(one.bound, one.to, one.eccn, one.outcome) for one in found] == [
        ("up_to", Decimal(4799), "3A090.b", Outcome.LICENSE_EXCEPTION),
        ("up_to", Decimal(2399), "3A991.p", Outcome.NO_LICENSE_REQUIRED),
    ]


def test_an_end_use_answered_yes_is_a_row_and_one_answered_no_is_not() -> None:
    found = rows(build("h100", {}))
    assert row(found, "case.end_use.missile", True).outcome is Outcome.LICENSE_REQUIRED
    assert not any(one.fact == "case.end_use.missile" and one.to is False for one in found)


def test_the_last_day_before_and_the_first_day_after_another_answer_are_rows() -> None:
    found = [one for one in rows(build("h100", {}), Reading.CODIFIED) if one.fact == DAY]
    assert [(one.to, one.outcome) for one in found] == [(dt.date(2025, 1, 12), Outcome.NO_LICENSE_REQUIRED)]
    later = [one for one in rows(build("h100", {}), Reading.CODIFIED, dt.date(2024, 6, 1)) if one.fact == DAY]
    assert dt.date(2025, 1, 13) in {one.to for one in later}


def test_a_denied_buyer_left_out_is_a_row() -> None:
    denied = {"listings": [{"code": "denied_persons"}]}
    found = rows(build("h100", {"party buyer": denied}))
    assert row(found, REMOVED, None, "buyer").outcome is Outcome.NO_LICENSE_REQUIRED
    assert row(found, "party.listings", (), "buyer").outcome is Outcome.NO_LICENSE_REQUIRED


def test_a_fact_that_merely_contradicts_the_others_is_no_row() -> None:
    found = rows(build("h100", {}))
    assert not any(one.fact == "item.form" and one.to == "software" for one in found)


@pytest.mark.parametrize("case", ["h100", "rtx4090", "memory"])
def test_every_row_is_what_the_engine_says_of_the_changed_facts(case: str) -> None:
    facts = build(case, {"case.destination": "VN"})
    before = determine(facts, on=TODAY, reading=Reading.ENFORCED, book=the_book())
    for one in rows(facts):
        assert (one.outcome, one.authorization) != (before.outcome, before.authorization)
        if one.fact in {DAY, PLACE, REMOVED, "party.ultimate_parent_headquarters"}:
            continue
        changed = having(facts, one.fact, one.to, one.party)
        if one.eccn:
            changed = replace(changed, item=replace(changed.item, eccn=one.eccn, level=None))
        again = determine(changed, on=TODAY, reading=Reading.ENFORCED, book=the_book())
        assert (one.outcome, one.authorization) == (again.outcome, again.authorization), one.fact
