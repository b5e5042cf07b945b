"""By which routes an item is subject to the EAR: in three values, and never more lenient for what is not known."""

import datetime as dt
import itertools
import random
from dataclasses import replace
from typing import Any

import pytest

from compliance.ear import Facts, Reading, the_book
from compliance.ear.law import Law
from compliance.ear.origin import Route, only_through, routes

DAYS = (dt.date(2022, 10, 21), dt.date(2024, 6, 1), dt.date(2025, 1, 20), dt.date(2026, 3, 1), dt.date(2026, 11, 12))
CHOICES: dict[str, list[Any]] = {
    "case.destination": ["CN", "MO", "DE", "VN", "IR", "RU", "GB"],
    "case.exporting_from": ["TW", "CN", "JP"],
    "item.us_origin": [False],
    "item.located_in_us": [False],
    "item.eccn": ["EAR99", "3A090.a", "3B001.c.2", "3B993.f.1", "3B001.f.1.b.2.b", "3A001.b.2", "4E091", "3B991"],
    "item.level": ["none"],
    "case.is_informed": [True, False],
    "case.end_use.advanced_node_fab": [True, False],
    "case.end_use.supercomputer": [True, False],
    "case.end_use.facility_country": ["CN", "GB"],
    "case.origin.us_content_percent": [0, 5, 20, 40],
    "case.origin.content_without_de_minimis": [True, False],
    "case.origin.direct_product": [True, False],
    "case.origin.product_of_listed_plant": [True, False],
    "case.origin.contains_us_technology_ic": [True, False],
    "case.origin.for_footnote_entity": [True, False],
    "case.origin.trained_on_controlled_chips": [True, False],
    "case.origin.informed_subject": [True, False],
}
PARTY: dict[str, Any] = {
    "ref": "user",
    "role": "end_user",
    "country": "CN",
    "headquarters": "CN",
    "own_ultimate_parent": True,
}
ABROAD: dict[str, Any] = {
    "activity": "reexport",
    "exporting_from": "MY",
    "destination": "CN",
    "item": {"us_origin": False, "located_in_us": False, "eccn": "3B001.c.2"},
    "origin": {
        "us_content_percent": 0,
        "direct_product": False,
        "product_of_listed_plant": False,
        "contains_us_technology_ic": True,
        "for_footnote_entity": False,
    },
    "end_use": {"advanced_node_fab": False, "supercomputer": False},
    "is_informed": False,
    "parties": [{**PARTY, "listings": [], "owned_50_percent_by_listed": False}],
}


def law(day: dt.date = dt.date(2026, 3, 1), reading: Reading = Reading.ENFORCED) -> Law:
    return the_book().on(day, reading)


def drawn(rng: random.Random) -> tuple[Facts, list[str]]:
    """Return facts of which about a quarter is unknown, and the keys of what is."""
    listings = rng.choice([None, [], [{"code": "entity_list", "footnotes": [rng.choice("1345")]}]])
    party = {**PARTY, "owned_50_percent_by_listed": rng.choice([None, True, False]), "listings": listings}
    facts = Facts.from_dict({"activity": "reexport", "parties": [party]})
    unknown = []
    for key, values in CHOICES.items():
        if key == "case.origin.informed_subject" and facts.is_informed is False:
            continue  # who was informed of nothing was not informed of this
        if rng.random() < 0.25:
            unknown.append(key)
        else:
            facts = facts.answering(key, rng.choice(values))
    return facts, unknown


@pytest.mark.parametrize("reading", list(Reading))
def test_what_a_route_says_of_unknown_facts_every_completion_confirms(reading: Reading) -> None:
    rng = random.Random(734)
    for day, _ in itertools.product(DAYS, range(120)):
        facts, unknown = drawn(rng)
        before = routes(facts, law(day, reading))
        known = facts
        for key in unknown:
            known = known.answering(key, rng.choice(CHOICES[key]))
        after = routes(known, law(day, reading))
        for route, test in before.items():
            if test.answer is not None:
                assert after[route].answer is test.answer, (route, day, facts.to_dict(), known.to_dict())


@pytest.mark.parametrize("reading", list(Reading))
def test_a_listed_party_more_never_rules_a_route_out(reading: Reading) -> None:
    rng = random.Random(736)
    for day, _ in itertools.product(DAYS, range(60)):
        facts, _ = drawn(rng)
        listed = {**PARTY, "ref": "other", "listings": [{"code": "entity_list", "footnotes": [rng.choice("1345")]}]}
        more = replace(facts, parties=(*facts.parties, *Facts.from_dict({"parties": [listed]}).parties))
        before, after = routes(facts, law(day, reading)), routes(more, law(day, reading))
        for route, test in before.items():
            if test.answer is True:
                assert after[route].answer is True
            if test.answer is None:
                assert after[route].answer is not False


def test_every_open_route_names_a_fact_or_is_for_a_person() -> None:
    by_hand = {
        Route.OTHER_CONTENT,
        Route.OTHER_PRODUCTS,
        Route.RUSSIA_BELARUS,
        Route.SUPERCOMPUTER,
        Route.ADVANCED_COMPUTING,
    }
    owned = {Route.FOOTNOTE_1, Route.FOOTNOTE_4, Route.FOOTNOTE_5, Route.FOOTNOTE_5_CONTENT}
    rng = random.Random(1)
    for day, _ in itertools.product(DAYS, range(60)):
        facts, _ = drawn(rng)
        for route, test in routes(facts, law(day)).items():
            if test.answer is None and not test.missing:
                # Who owns a party by half may carry a footnote that no fact of the case tells.
                assert route in by_hand or (route in owned and facts.parties[0].owned_50_percent_by_listed), route


def test_an_item_is_subject_only_through_its_chip() -> None:
    facts = Facts.from_dict(ABROAD)
    named = (Route.EQUIPMENT_CONTENT, Route.EQUIPMENT)
    assert only_through(facts, law(), *named).answer is True
    assert only_through(facts, law(), Route.EQUIPMENT).answer is False


def test_a_second_route_ends_only_through() -> None:
    facts = Facts.from_dict(ABROAD)
    listed = facts.answering("case.origin.us_content_percent", 40)
    assert only_through(listed, law(), Route.EQUIPMENT_CONTENT, Route.EQUIPMENT).answer is False
    american = facts.answering("item.us_origin", True)
    assert only_through(american, law(), Route.EQUIPMENT_CONTENT, Route.EQUIPMENT).answer is False


def test_an_open_route_leaves_only_through_open_and_names_its_question() -> None:
    facts = Facts.from_dict(ABROAD).answering("case.origin.us_content_percent", None)
    found = only_through(facts, law(), Route.EQUIPMENT_CONTENT, Route.EQUIPMENT)
    assert found.answer is None
    assert [one.field for one in found.missing] == ["case.origin.us_content_percent"]


@pytest.mark.parametrize(
    ("route", "day", "reading", "answer"),
    [
        (Route.EQUIPMENT, "2024-12-01", Reading.CODIFIED, False),
        (Route.EQUIPMENT, "2024-12-02", Reading.CODIFIED, True),
        (Route.EQUIPMENT, "2024-12-30", Reading.ENFORCED, False),
        (Route.EQUIPMENT, "2024-12-31", Reading.ENFORCED, True),
        (Route.EQUIPMENT_CONTENT, "2024-12-30", Reading.ENFORCED, False),
        (Route.EQUIPMENT_CONTENT, "2024-12-31", Reading.ENFORCED, True),
    ],
)
def test_a_route_begins_on_its_day_in_its_reading(route: Route, day: str, reading: Reading, answer: bool) -> None:
    facts = Facts.from_dict(ABROAD)
    assert routes(facts, law(dt.date.fromisoformat(day), reading))[route].answer is answer


def test_the_same_facts_under_two_laws_are_answered_twice() -> None:
    facts = Facts.from_dict(ABROAD)
    early, late = law(dt.date(2024, 12, 1)), law(dt.date(2024, 12, 31))
    assert [routes(facts, one)[Route.EQUIPMENT].answer for one in (early, late, early)] == [False, True, False]


@pytest.mark.parametrize("where", [{"exporting_from": "US"}, {"item": {**ABROAD["item"], "located_in_us": True}}])
def test_what_is_in_the_united_states_is_subject_by_its_place(where: dict[str, Any]) -> None:
    facts = Facts.from_dict({**ABROAD, **where})
    assert routes(facts, law())[Route.IN_US].answer is True
    assert only_through(facts, law(), Route.EQUIPMENT_CONTENT, Route.EQUIPMENT).answer is False


@pytest.mark.parametrize(
    ("changes", "route", "value"),
    [
        ({"case.origin.us_content_percent": 26}, Route.SHARE, "25%"),
        ({"case.destination": "IR", "case.origin.us_content_percent": 11}, Route.SHARE, "10%"),
        ({}, Route.EQUIPMENT, "3B001.c"),
    ],
)
def test_a_route_says_on_what_it_turned(changes: dict[str, Any], route: Route, value: str) -> None:
    facts = Facts.from_dict(ABROAD)
    for key, answer in changes.items():
        facts = facts.answering(key, answer)
    assert routes(facts, law())[route].value == value
