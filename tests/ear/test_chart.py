"""The Country Chart as read: its totals, its rows that follow others, and what it asks."""

import datetime as dt

import pytest

from compliance.ear import Reading, determine, the_book
from compliance.ear.chart import lines_of, reached, row_of
from compliance.ear.law import Law
from compliance.ear.records import Item
from tests.ear.scenarios import build

TODAY = dt.date(2026, 3, 1)


@pytest.fixture
def law() -> Law:
    return the_book().on(TODAY, Reading.ENFORCED)


def marks(law: Law) -> dict[str, set[str]]:
    rows = law.rows("part_738.country_chart")
    return {row.value["code"]: set(row.value["marks"].split()) for row in rows if "row" not in row.value}


@pytest.mark.parametrize(
    ("column", "total"),
    [
        ("CB1", 196),
        ("CB2", 154),
        ("CB3", 33),
        ("NP1", 151),
        ("NP2", 9),
        ("NS1", 193),
        ("NS2", 156),
        ("MT1", 193),
        ("RS1", 193),
        ("RS2", 156),
        ("FC1", 33),
        ("CC1", 158),
        ("CC2", 22),
        ("CC3", 141),
        ("AT1", 0),
        ("AT2", 0),
    ],
)
def test_a_column_is_marked_for_as_many_countries_as_the_chart_prints(law: Law, column: str, total: int) -> None:
    printed = {code: columns for code, columns in marks(law).items() if code != "HK"}
    assert len(printed) == 196
    assert sum(column in columns for columns in printed.values()) == total


def test_only_three_countries_are_unmarked_in_ns1_mt1_and_rs1(law: Law) -> None:
    for column in ("NS1", "MT1", "RS1"):
        assert {code for code, columns in marks(law).items() if column not in columns} == {"AU", "CA", "GB"}


def test_np2_is_marked_for_nine_countries_and_hong_kong(law: Law) -> None:
    marked = {code for code, columns in marks(law).items() if "NP2" in columns}
    assert marked == {"BY", "CN", "HK", "IL", "IQ", "LY", "MO", "PK", "RU", "VE"}


def test_rows_that_follow_another_are_equal_to_it(law: Law) -> None:
    held = marks(law)
    assert held["HK"] == held["CN"] == held["MO"]
    assert held["LI"] == held["CH"]


def test_embargoed_rows_are_no_permission(law: Law) -> None:
    for code in ("CU", "IR", "KP", "SY"):
        row = row_of(code, law)
        assert row is not None
        assert row.value["row"] == "part_746"
    assert row_of("GF", law) is None


def test_an_item_is_reached_by_its_paragraph_or_asked_for_it(law: Law) -> None:
    lines = {line.value["code"]: line for line in lines_of("3A001", law)}
    amplifier = lines["3A001 NS1 b.2 civil_telecom"]
    assert reached(Item(eccn="3A001.a.2"), amplifier).answer is False
    assert [m.field for m in reached(Item(eccn="3A001.b"), amplifier).missing] == ["item.eccn"]
    assert [m.field for m in reached(Item(eccn="3A001.b.2"), amplifier).missing] == ["item.civil_telecom"]
    assert reached(Item(eccn="3A001.b.2.c", civil_telecom=False), amplifier).answer is True
    assert reached(Item(eccn="3A001.b.2.c", civil_telecom=True), amplifier).answer is False
    assert reached(Item(eccn="3A001"), lines["3A001 NS2"]).answer is True


@pytest.mark.parametrize(("case", "place"), [("h100", "GB"), ("h20", "DE"), ("h100", "JP"), ("memory", "KR")])
@pytest.mark.parametrize("reading", list(Reading))
def test_a_plain_case_is_asked_nothing_new(case: str, place: str, reading: Reading) -> None:
    facts = build(case, {"case.destination": place, "each party": {"country": place, "headquarters": place}})
    found = determine(facts, on=TODAY, reading=reading, book=the_book())
    new = {"item.related_eccn", "item.civil_telecom", "item.foreign_substitute", "party.majority_owned_d5m"}
    assert new & {question.field for question in found.questions} == set()
    if reading is Reading.ENFORCED:
        assert found.questions == ()
        assert found.outcome.value == "no_license_required"
