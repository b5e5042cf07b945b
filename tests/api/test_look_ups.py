"""Looking a party up by program: reasons, lists searched and not, past days, and a limit to how often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from screening.models import Run
from screening.reasons import Refusal
from screening.services.asking import ask
from tests.api.conftest import Program
from tests.cast import Cast
from tests.forgetting import forget_cached
from tests.screening.build import LANTERN

pytestmark = pytest.mark.django_db
WHERE = "screening/look-ups"


@pytest.fixture
def mira(cast: Cast, program: Callable[..., Program]) -> Program:
    forget_cached()
    return program(cast.mira)


def test_a_listed_party_is_found_with_its_reasons(mira: Program, lists: None) -> None:
    answer = mira.post(WHERE, {"names": ["Quarz Lantern Computing"], "countries": ["CN"], "type": "entity"})
    assert answer.status_code == 200
    body = answer.json()
    hit = body["hits"][0]
    assert (hit["rank"], hit["list"], hit["entity_id"]) == (1, "EL", LANTERN["_id"])
    assert hit["federal_register_notice"] == "89 FR 41886"
    assert hit["score"] > 0.5
    assert any(reason["text"].startswith("The letters of the two names") for reason in hit["reasons"])
    assert {"ours": "quarz", "listed": "quartz"}.items() <= hit["words"][0].items()
    assert body["says"].startswith("1 possible match in the lists of")
    assert not Run.objects.exists()


def test_nothing_found_names_what_was_searched_and_what_was_not(mira: Program, lists: None) -> None:
    body = mira.post(WHERE, {"names": ["Oslo Bakery"]}).json()
    assert body["hits"] == []
    assert body["says"].startswith("No match in the lists of")
    assert [one["code"] for one in body["searched"]] == ["EL"]
    assert any("1260H" in one["title"] for one in body["not_searched"])
    assert "clear" not in str(body).lower().replace("nuclear", "")


def test_the_reasons_come_in_the_language_asked_for(cast: Cast, program: Callable[..., Program], lists: None) -> None:
    body = program(cast.mira, "zh-hans").post(WHERE, {"names": ["Quarz Lantern Computing"]}).json()
    assert any("字母" in reason["text"] for reason in body["hits"][0]["reasons"])


def test_threshold_and_limit_are_kept(mira: Program, lists: None) -> None:
    many = mira.post(WHERE, {"names": ["Quorvel Works"], "threshold": 0, "limit": 3}).json()["hits"]
    assert [hit["rank"] for hit in many] == [1, 2, 3]
    assert many[0]["score"] >= many[1]["score"] >= many[2]["score"]
    assert mira.post(WHERE, {"names": ["Quorvel Works"], "threshold": 0.999}).json()["hits"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "names"),
        ({"names": []}, "names"),
        ({"names": ["★"]}, "names"),
        ({"names": ["x" * 501]}, "names[0]"),
        ({"names": ["Oslo Bakery", "\u202egnitupmoC"]}, "names"),
        ({"names": ["Quorvel"], "countries": ["China"]}, "countries[0]"),
        ({"names": ["Quorvel"], "on": "2026-02-30"}, "on"),
        ({"names": ["Quorvel"], "on": "2999-01-01"}, "on"),
        ({"names": ["Quorvel"], "threshold": 2}, "threshold"),
        ({"names": ["Quorvel"], "limit": 0}, "limit"),
        ({"names": ["Quorvel"], "type": "ship"}, "type"),
        ({"names": ["Quorvel"], "nmae": 1}, "nmae"),
    ],
)
def test_what_cannot_be_searched_names_its_field(mira: Program, lists: None, body: dict[str, Any], field: str) -> None:
    answer = mira.post(WHERE, body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_without_lists_nothing_is_answered(mira: Program) -> None:
    answer = mira.post(WHERE, {"names": ["Quorvel"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_lists")


def test_a_day_before_the_first_list_is_not_answered(mira: Program, lists: None) -> None:
    answer = mira.post(WHERE, {"names": ["Quorvel"], "on": "2001-01-01"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "on")


def test_more_than_a_minute_allows_is_told_when_to_come_back(mira: Program, lists: None, settings: Any) -> None:
    settings.GATEHOUSE_LOOKUPS_PER_MINUTE = 2
    codes = [mira.post(WHERE, {"names": ["Oslo Bakery"]}) for _time in range(3)]
    assert [one.status_code for one in codes] == [200, 200, 429]
    assert 0 < int(codes[2].headers["Retry-After"]) <= 60
    assert codes[2].json()["code"] == "throttled"


def test_a_stranger_learns_nothing(lists: None) -> None:
    assert Program().post(WHERE, {"names": ["Quorvel"]}).status_code == 401


def test_a_search_that_is_less_than_whole_says_so(mira: Program, lists: None, settings: Any) -> None:
    said = mira.post(WHERE, {"names": ["★", "Oslo Bakery"]}).json()["says"]
    assert said.startswith("1 name could not be compared. No match in the lists of")
    said = mira.post(WHERE, {"names": ["Quarz Lantern Computing"], "threshold": 0.999}).json()["says"]
    assert said.startswith("No match of 99.9 % and more in the lists of")
    body = mira.post(WHERE, {"names": ["Quorvel Works"], "threshold": 0, "limit": 1}).json()
    assert body["more"] > 1
    assert f"{body['more']} less sure ones are not shown." in body["says"]
    assert body["says"].endswith("were in no file: UVL, MEU, DPL, SDN.")
    settings.GATEHOUSE_LIST_MAX_AGE_DAYS = -1
    said = mira.post(WHERE, {"names": ["Oslo Bakery"]}).json()["says"]
    assert said.startswith("No match in the lists of")
    assert "Lists that were out of date: EL." in said


def test_a_name_of_ten_thousand_letters_is_refused_and_not_cut(db: None) -> None:
    with pytest.raises(Refusal, match="longer than 500 characters"):
        ask(["Quorvel " * 1250])
