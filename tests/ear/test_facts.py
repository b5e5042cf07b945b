"""Facts: unknown stays unknown, bad input is named by path, and what was stored comes back."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from compliance.ear import FIELDS, Activity, BadFacts, Facts, Item, Listing, PartyFacts, Role, say
from compliance.ear.records import GROUPS

WHOLE = {
    "activity": "export",
    "exporting_from": "us",
    "destination": "SG",
    "is_informed": False,
    "item": {"eccn": "3A090.a", "tpp": "15832.50", "non_planar": True},
    "end_use": {"military": False},
    "authorization": {"nac_registered_on": "2024-05-01"},
    "parties": [
        {
            "ref": "p1",
            "role": "end_user",
            "listings": [{"code": "entity_list", "footnotes": ["4"], "effective": "2022-10-21"}],
        },
        {"ref": "p2", "listings": []},
        {"ref": "p3"},
    ],
}


def test_facts_round_trip_and_are_canonical() -> None:
    facts = Facts.from_dict(WHOLE)
    assert facts.activity is Activity.EXPORT
    assert facts.exporting_from == "US"
    assert facts.item.tpp == Decimal("15832.5")
    assert facts.to_dict()["item"]["tpp"] == "15832.5"
    assert Facts.from_dict(facts.to_dict()) == facts
    assert facts.party("p1").listings == (Listing("entity_list", ("4",), effective=dt.date(2022, 10, 21)),)
    assert facts.party("p1").role is Role.END_USER


def test_not_screened_and_screened_with_nothing_found_are_different() -> None:
    facts = Facts.from_dict(WHOLE)
    assert facts.party("p2").listings == ()
    assert facts.party("p3").listings is None
    assert [("listings" in party) for party in facts.to_dict()["parties"]] == [True, True, False]


def test_unknown_facts_are_left_out() -> None:
    assert Facts().to_dict() == {}
    assert Facts.from_dict({"destination": None, "item": {"tpp": ""}}) == Facts()


@pytest.mark.parametrize(
    ("given", "path", "key"),
    [
        ({"colour": 1}, "facts.colour", "unknown_fact"),
        ({"item": {"weight": 1}}, "facts.item.weight", "unknown_fact"),
        ({"item": {"tpp": "fast"}}, "facts.item.tpp", "not_a_number"),
        ({"item": {"tpp": "4,8"}}, "facts.item.tpp", "not_a_number"),
        ({"item": {"tpp": "48,00"}}, "facts.item.tpp", "not_a_number"),
        ({"item": {"tpp": "1_0"}}, "facts.item.tpp", "not_a_number"),
        ({"item": {"tpp": "\u0661\u0662"}}, "facts.item.tpp", "not_a_number"),
        ({"item": {"tpp": "NaN"}}, "facts.item.tpp", "not_a_number"),
        ({"item": {"tpp": -1}}, "facts.item.tpp", "negative"),
        ({"item": {"tpp": {"a": 1}}}, "facts.item.tpp", "not_a_single_value"),
        ({"item": []}, "facts.item", "not_a_mapping"),
        ({"destination": "Atlantis"}, "facts.destination", "not_a_country"),
        ({"activity": "smuggle"}, "facts.activity", "not_a_choice"),
        ({"end_use": {"military": "perhaps"}}, "facts.end_use.military", "not_yes_or_no"),
        ({"authorization": {"nac_registered_on": "2024-02-30"}}, "facts.authorization.nac_registered_on", "not_a_date"),
        ({"parties": "all"}, "facts.parties", "not_a_list"),
        ({"parties": [{}]}, "facts.parties[0].ref", "party_without_ref"),
        ({"parties": [{"ref": "a"}, {"ref": "a"}]}, "facts.parties[1].ref", "party_twice"),
        ({"parties": [{"ref": "a", "role": "friend"}]}, "facts.parties[0].role", "not_a_choice"),
        ({"parties": [{"ref": "a", "listings": [{}]}]}, "facts.parties[0].listings[0].code", "listing_without_code"),
        (
            {"parties": [{"ref": "a", "listings": [{"code": "x", "effective": "soon"}]}]},
            "facts.parties[0].listings[0].effective",
            "not_a_date",
        ),
    ],
)
def test_bad_facts_name_the_place_and_the_reason(given: dict[str, object], path: str, key: str) -> None:
    with pytest.raises(BadFacts) as refused:
        Facts.from_dict(given)
    assert refused.value.path == path
    assert refused.value.key == key
    for lang in ("en", "zh"):
        assert "?" not in say(f"bad.{key}", lang, refused.value.values).replace("？", "")


def test_every_fact_is_a_field_and_every_field_a_fact() -> None:
    leaves = {f"item.{f.name}" for f in dataclasses.fields(Item)}
    leaves |= {f"party.{f.name}" for f in dataclasses.fields(PartyFacts)} - {"party.ref"}
    leaves |= {f"case.{name}.{f.name}" for name, group in GROUPS.items() for f in dataclasses.fields(group)}
    leaves |= {f"case.{f.name}" for f in dataclasses.fields(Facts)} - {f"case.{name}" for name in (*GROUPS, "item")}
    assert leaves == set(FIELDS)


def test_an_answer_makes_new_facts_and_leaves_the_old() -> None:
    facts = Facts.from_dict(WHOLE)
    assert facts.answering("item.tpp", "4800").item.tpp == 4800
    assert facts.answering("case.end_use.military", "yes").end_use.military is True
    assert facts.answering("party.headquarters", "cn", party="p2").party("p2").headquarters == "CN"
    assert facts.answering("case.destination", "MY").destination == "MY"
    assert facts == Facts.from_dict(WHOLE)
    with pytest.raises(KeyError):
        facts.answering("party.headquarters", "CN", party="nobody")


@pytest.mark.parametrize(("given", "value"), [("4,800", "4800"), ("15，832.5", "15832.5"), ("1e3", "1000"), (7, "7")])
def test_a_comma_parts_thousands(given: object, value: str) -> None:
    assert FIELDS["item.tpp"].parse(given) == Decimal(value)
