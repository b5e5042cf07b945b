"""What a case already knows is not asked again, and half a picture is no answer."""

from __future__ import annotations

import datetime as dt

import pytest

from compliance.ear import derivations
from compliance.ear.facts import Facts
from compliance.ear.inquiries import FIELDS, parse
from compliance.ear.law import the_book
from compliance.ear.records import Item, PartyFacts, Role

D = dt.date
BOOK = the_book()
TODAY = D(2026, 11, 21)
SUPP_5A = "customer.hq_or_ultimate_parent_hq_in_supp_5a"


def party(**known):
    return derivations.of_party(PartyFacts(ref="p", **known), on=TODAY, book=BOOK)


def case(item=None, *customers, on=TODAY):
    return derivations.of_case(Facts(item=item or Item(), parties=customers), on=on, book=BOOK)


def customer(**known):
    return PartyFacts(ref="c", role=Role.IAAS_CUSTOMER, **known)


def test_nothing_known_answers_nothing():
    assert party() == {}
    assert case() == {}
    assert case(None, customer()) == {}


@pytest.mark.parametrize(
    ("country", "groups"),
    [
        ("CN", ("D:1", "D:4", "D:5")),
        ("MO", ("D:1", "D:4", "MACAU")),
        ("IL", ("A:6", "D:4")),
        ("GB", ("A:5",)),
        ("US", ("NONE",)),
    ],
)
def test_a_location_stands_in_its_country_groups(country, groups):
    assert party(country=country) == {"party.location_country_group": groups}


def test_a_code_no_chart_knows_is_unknown_and_not_outside():
    assert party(country="ZZ") == {}


def test_a_headquarters_alone_does_not_say_that_no_group_is_touched():
    assert "party.hq_country_group" not in party(headquarters="GB")
    assert party(headquarters="GB", own_ultimate_parent=True)["party.hq_country_group"] == ("A:5",)
    assert "D:5" in party(headquarters="CN")["party.hq_country_group"]
    assert "D:5" in party(headquarters="GB", ultimate_parent_headquarters="CN")["party.hq_country_group"]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"headquarters": "GB", "own_ultimate_parent": True}, True),
        ({"headquarters": "GB", "ultimate_parent_headquarters": "SG"}, False),
        ({"headquarters": "SG"}, False),
        ({"headquarters": "GB"}, None),
        ({"ultimate_parent_headquarters": "GB"}, None),
    ],
)
def test_both_headquarters_must_lie_in_supplement_5a(known, expected):
    assert case(None, customer(**known)).get(SUPP_5A) is expected


def test_before_the_supplement_existed_nobody_was_inside_it():
    known = {"headquarters": "GB", "own_ultimate_parent": True}
    assert case(None, customer(**known), on=D(2025, 1, 12)).get(SUPP_5A) is not True


@pytest.mark.parametrize(
    ("eccn", "level", "series", "group", "named"),
    [
        ("3A090.a", None, "other", "other", True),
        ("4A090.b", None, "other", "other", False),
        ("3A090", None, "other", "other", None),
        ("3A090", "a", "other", "other", True),
        ("5A992.z", "b", "other", "other", True),
        ("9A515.d", None, "9x515", "other", False),
        ("9A610.x", None, "600-series", "other", False),
        ("3B001.c", None, "other", "3B", False),
    ],
)
def test_the_classification_answers_what_it_can(eccn, level, series, group, named):
    found = case(Item(eccn=eccn, level=level))
    assert found["item.eccn_series"] == series
    assert found["item.eccn_category_group"] == group
    assert found.get("item.in_scope_of_training_statement") is named


@pytest.mark.parametrize(("level", "meets"), [("a", True), ("c", True), ("none", False), (None, None)])
def test_the_level_says_whether_3a090_is_met(level, meets):
    assert case(Item(level=level)).get("ic.meets_3a090") is meets


def test_every_derived_answer_is_a_value_of_a_field_marked_derived():
    found = party(country="MO", headquarters="CN", role=Role.FORWARDING_AGENT) | case(
        Item(eccn="3A090.a", level="a"), customer(headquarters="SG")
    )
    assert parse(found) == found
    assert all(FIELDS[key].derived for key in found)
