"""Asking the law about a case without changing it: another day, another fact, what would change it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from compliance.models import Case, Fact, StoredDetermination
from tests.build import a_case
from tests.cast import Cast
from tests.compliance.walk import lists_loaded, reviewed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sample_lists_decide(settings: Any) -> None:
    settings.GATEHOUSE_DEMO = True


@pytest.fixture
def case(cast: Cast) -> Case:
    lists_loaded()
    return reviewed(cast)


def url(case: Case, name: str, query: str = "") -> str:
    return reverse(f"compliance:{name}", args=[case.ref]) + query


def text(response: Any) -> str:
    return response.content.decode()


def test_the_case_page_offers_to_ask_the_law_again(cast: Cast, signed_in: Any, case: Case) -> None:
    page = text(signed_in(cast.mira).get(url(case, "case")))
    assert url(case, "case_days") in page
    assert url(case, "case_changes") in page
    assert url(case, "case_try") in page


def test_the_time_machine_answers_for_the_day_in_the_address(cast: Cast, signed_in: Any, case: Case) -> None:
    page = text(signed_in(cast.mira).get(url(case, "case_days", "?day=2023-11-17")))
    assert 'value="2023-11-17"' in page
    assert 'type="range"' in page
    assert "As codified" in page
    assert "As enforced" in page
    assert "Days on which the answer changes" in page


def test_the_slider_counts_days_from_the_first_encoded_law(cast: Cast, signed_in: Any, case: Case) -> None:
    answer = signed_in(cast.mira).get(url(case, "case_days", "?n=41"), headers={"HX-Request": "true"})
    assert '<time datetime="2022-11-17">' in text(answer)
    assert "<html" not in text(answer)


@pytest.mark.parametrize("day", ["1999-01-01", "0001-01-01"])
def test_a_day_before_the_first_encoded_law_is_moved_to_it(cast: Cast, signed_in: Any, case: Case, day: str) -> None:
    assert 'value="2022-10-07"' in text(signed_in(cast.mira).get(url(case, "case_days", f"?day={day}")))


@pytest.mark.parametrize("query", ["?day=soon", "?n=-4", "?n=99999999999", "?line=7", "?n=%F0", "?day=2026-02-30"])
def test_an_address_that_makes_no_sense_shows_the_planned_day(
    cast: Cast, signed_in: Any, case: Case, query: str
) -> None:
    assert signed_in(cast.mira).get(url(case, "case_days", query)).status_code == 200


def test_a_day_after_the_law_was_read_says_so(cast: Cast, signed_in: Any, case: Case) -> None:
    page = text(signed_in(cast.mira).get(url(case, "case_days", "?day=2027-06-01")))
    assert "This day lies beyond it" in page


def test_a_case_not_yet_determined_has_nothing_to_slide(cast: Cast, signed_in: Any) -> None:
    case = a_case(by=cast.mira)
    for name in ("case_days", "case_try"):
        page = signed_in(cast.mira).get(url(case, name))
        assert page.status_code == 200
        assert "Not determined yet" in text(page)
    assert "has not been determined yet" in text(signed_in(cast.mira).get(url(case, "case_changes")))


@pytest.mark.parametrize("name", ["case_days", "case_changes", "case_try"])
def test_a_case_of_another_unit_cannot_be_asked_about(cast: Cast, signed_in: Any, case: Case, name: str) -> None:
    assert signed_in(cast.carl).get(url(case, name)).status_code == 404


def test_what_would_change_it_names_the_fact_the_answer_and_the_paragraph(
    cast: Cast, signed_in: Any, case: Case
) -> None:
    page = text(signed_in(cast.mira).get(url(case, "case_changes")))
    assert "Every answer comes from the law itself" in page
    assert "15 CFR" in page
    fragment = text(signed_in(cast.mira).get(url(case, "case_changes"), headers={"HX-Request": "true"}))
    assert "<html" not in fragment
    assert "flips" in fragment


def test_trying_another_destination_saves_nothing(cast: Cast, signed_in: Any, case: Case) -> None:
    before = (Fact.objects.count(), StoredDetermination.objects.count(), case.destination)
    page = text(signed_in(cast.mira).get(url(case, "case_try", "?fact=case.destination|&value=KP")))
    case.refresh_from_db()
    assert (Fact.objects.count(), StoredDetermination.objects.count(), case.destination) == before
    assert "(KP)" in page
    assert "take back" in page


def test_changes_are_kept_in_the_address_and_can_be_taken_back(cast: Cast, signed_in: Any, case: Case) -> None:
    kept = "?set=case.destination||KP&fact=item.tpp|&value=100"
    page = text(signed_in(cast.mira).get(url(case, "case_try", kept)))
    assert page.count("take back") == 2
    page = text(signed_in(cast.mira).get(url(case, "case_try", kept + "&drop=case.destination||KP")))
    assert page.count("take back") == 1
    assert "(KP)" not in page.split("<form")[0] or "100" in page


def test_a_value_that_cannot_be_the_fact_is_refused_in_words(cast: Cast, signed_in: Any, case: Case) -> None:
    answer = signed_in(cast.mira).get(url(case, "case_try", "?fact=item.tpp|&value=plenty"))
    assert answer.status_code == 400
    assert "Not done." in text(answer)
    assert "plenty" in text(answer)


@pytest.mark.parametrize(
    "query", ["?fact=no.such|&value=1", "?set=x", "?fact=party.country|P-0&value=CN", "?fact=case.parties|&value=x"]
)
def test_a_fact_that_does_not_exist_is_refused_in_words(cast: Cast, signed_in: Any, case: Case, query: str) -> None:
    answer = signed_in(cast.mira).get(url(case, "case_try", query))
    assert answer.status_code == 400
    assert "no such fact or party" in text(answer)


def test_the_rail_asks_only_what_could_change_the_outcome(cast: Cast, signed_in: Any, case: Case) -> None:
    from compliance.queries.asked import questions_asked

    stored = case.determinations.first()
    asked = questions_asked(stored, "enforced")
    engine = [line["enforced"]["questions"] for line in stored.lines]
    assert all(len(few) <= len(many) for few, many in zip(asked, engine, strict=True))
    assert questions_asked(stored, "enforced") == asked


def test_questions_of_an_older_rulebook_stay_as_they_were_found(cast: Cast, case: Case) -> None:
    from compliance.queries.asked import questions_asked

    stored = case.determinations.first()
    stored.rulebook = "0" * 64
    assert questions_asked(stored, "enforced") == [line["enforced"]["questions"] for line in stored.lines]


def test_the_page_speaks_chinese_to_those_who_read_it(cast: Cast, signed_in: Any, case: Case) -> None:
    page = text(
        signed_in(cast.lena).get(url(case, "case_days", "?day=2024-06-01"), headers={"Accept-Language": "zh-hans"})
    )
    assert "2024年6月1日" in page
