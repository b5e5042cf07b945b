"""A party searched in the lists of a day from its own page, and what screening asks of our parties and cases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine

from compliance.queries import subjects
from screening import services
from tests.build import a_party
from tests.compliance.walk import lists_loaded, reviewed
from tests.screening.build import FORTY, LANTERN, file_of

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
SAYS_NOTHING = "No lists were in use on 2026-11-20; the first are of 2026-11-21"


@pytest.fixture
def listed(cast: Any) -> Any:
    with time_machine.travel(NOW, tick=False):
        lists_loaded()
    return a_party(by=cast.mira, name="Sample Quartz Lantern Computing", country="CN")


def shown(signed_in: Any, cast: Any, ref: str, on: str) -> str:
    response = signed_in(cast.mira).get(f"/parties/{ref}/?on={on}")
    assert response.status_code == 200
    return response.content.decode()


@time_machine.travel(NOW + dt.timedelta(days=2), tick=False)
def test_a_party_is_searched_in_the_lists_of_a_day_and_names_them(listed: Any, cast: Any, signed_in: Any) -> None:
    html = shown(signed_in, cast, listed.ref, "2026-11-22")
    assert "in the lists as they stood at the end of 22 Nov 2026" in html
    assert "Searched as of the end of 22 Nov 2026" in html
    assert "Ownership by listed parties" in html
    assert "in the lists in use" in shown(signed_in, cast, listed.ref, "")


@time_machine.travel(NOW + dt.timedelta(days=2), tick=False)
def test_a_day_before_the_first_lists_is_refused_on_the_page(listed: Any, cast: Any, signed_in: Any) -> None:
    assert SAYS_NOTHING in shown(signed_in, cast, listed.ref, "2026-11-20")
    assert "has not come yet" in shown(signed_in, cast, listed.ref, "2026-12-01")


def test_screening_is_told_every_party(listed: Any) -> None:
    assert listed.subject in {subject.ref for subject in subjects.every_subject()}


def test_open_cases_are_told_within_the_scope_of_a_person(cast: Any) -> None:
    case = reviewed(cast)
    party = case.parties.first().party
    assert subjects.open_cases_of(cast.mira, [party.subject]) == {party.subject: [case.ref]}
    assert subjects.open_cases_of(cast.carl, [party.subject]) == {}


def test_a_name_that_could_not_be_compared_is_no_part_of_no_match(cast: Any, signed_in: Any) -> None:
    with time_machine.travel(NOW, tick=False):
        lists_loaded()
    party = a_party(by=cast.mira, name="Oslo Bakery", names=["★★★"])
    with time_machine.travel(NOW, tick=False):
        html = shown(signed_in, cast, party.ref, "")
    assert "No match in the lists in use." in html
    assert "Not compared, or not as a whole: “<bdi>★★★</bdi>”" in html
    assert "SAMPLE: a small hand-written list is in use." in html.partition("<details><summary>What is searched")[0]


def test_a_list_of_every_search_that_no_file_holds_is_said_on_every_page(
    cast: Any, signed_in: Any, tmp_path: Any, settings: Any
) -> None:
    settings.SCREENING_INDEX_DIR = tmp_path / "index"
    services.refresh(file_of(tmp_path, [*FORTY, LANTERN]), by="adam")
    html = signed_in(cast.mira).get("/parties/").content.decode()
    assert "No file in use holds UVL, MEU, DPL, SDN, which belong to every search; nothing can be approved." in html
