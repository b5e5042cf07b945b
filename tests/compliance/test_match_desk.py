"""What the hit desk is told of clocks, cases and colleagues, and who hears of a match that is passed on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from compliance.models import Case
from compliance.queries import match_desk
from compliance.services import intake, parties, screen
from notifications.models import Notice
from notifications.queries import told
from notifications.services import read_new_entries
from screening import services as screening
from screening.models import Match
from tests.build import a_complete_case
from tests.cast import Cast
from tests.compliance.walk import lists_loaded

pytestmark = pytest.mark.django_db

REASON = "Another company: founded in 1994, in Oslo."


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case under review with one party that resembles an entry."""
    lists_loaded()
    case = a_complete_case(by=cast.mira)
    party = parties.add_party(by=cast.mira, name="Cambricon Technologies", addresses=[{"text": "1", "country": "NO"}])
    intake.add_party(case.ref, by=cast.mira, party_ref=party.ref, role="reseller")
    Case.objects.filter(pk=case.pk).update(state="under_review")
    screen.screen_parties(case.ref, by=cast.mira)
    return case


@pytest.fixture
def match(case: Case) -> Match:
    return Match.objects.get(our_name="Cambricon Technologies")


def clear(match: Match) -> None:
    screening.judge(match.pk, by="otto", verdict="no_match", code="different_name", reason=REASON)


def test_the_clock_of_a_party_is_the_nearest_day_of_its_open_cases(case: Case, match: Match) -> None:
    Case.objects.filter(pk=case.pk).update(next_due_on=dt.date(2026, 12, 1))
    assert match_desk.clocks_of_subjects([match.subject_ref]) == {match.subject_ref: dt.date(2026, 12, 1)}
    Case.objects.filter(pk=case.pk).update(state="closed")
    assert match_desk.clocks_of_subjects([match.subject_ref]) == {}


def test_the_law_is_asked_again_from_the_desk_once_nothing_is_left_to_judge(
    case: Case, match: Match, cast: Cast
) -> None:
    [waiting] = match_desk.cases_of_subject(cast.otto, match.subject_ref)
    assert (waiting.ref, waiting.ask_again) == (case.ref, "")
    assert waiting.undecided >= 1
    for each in Match.objects.all():
        clear(each)
    [waiting] = match_desk.cases_of_subject(cast.otto, match.subject_ref)
    assert (waiting.undecided, waiting.ask_again) == (0, f"/cases/{case.ref}/determine/")
    [reading] = match_desk.cases_of_subject(cast.rhea, match.subject_ref)
    assert reading.ask_again == ""


def test_a_case_of_another_unit_is_not_named(match: Match, cast: Cast) -> None:
    assert match_desk.cases_of_subject(cast.carl, match.subject_ref) == []


def test_a_match_is_passed_on_to_those_who_may_judge_and_see_the_party(match: Match, cast: Cast) -> None:
    assert {name for name, _shown in match_desk.colleagues_for(match.subject_ref)} == {"mira", "otto", "lena"}
    assert match_desk.colleagues_for("party:nobody") == []


def test_the_colleague_hears_of_it_and_is_led_to_the_match(match: Match, cast: Cast) -> None:
    screening.judge(
        match.pk, by="otto", verdict="escalated", code="second_opinion", reason="Please read it.", waits_for="lena"
    )
    read_new_entries()
    mine = list(Notice.objects.filter(recipient=cast.lena, channel="inbox"))
    [notice] = told(cast.lena, mine)[-1:]
    assert notice.words == "Otto Brandt passed a match on to you: it waits for your answer"
    assert notice.href == f"/screening/matches/{match.pk}/"
    assert not Notice.objects.filter(recipient=cast.otto).exists()


def test_after_the_last_judgement_the_case_offers_the_law_in_one_press(
    case: Case, match: Match, cast: Cast, signed_in: Any
) -> None:
    for each in Match.objects.all():
        clear(each)
    browser = signed_in(cast.otto)
    page = browser.get(f"/cases/{case.ref}/").content.decode()
    assert page.count("Ask the law again") == 1
    assert browser.post(f"/cases/{case.ref}/determine/").status_code in (302, 303)
    assert "Ask the law again" not in browser.get(f"/cases/{case.ref}/").content.decode()


def test_naming_more_cases_of_a_party_takes_no_more_queries(
    case: Case, match: Match, cast: Cast, django_assert_num_queries: Any
) -> None:
    party_ref = match.subject_ref.partition(":")[2]
    with django_assert_num_queries(4):
        assert len(match_desk.cases_of_subject(cast.mira, match.subject_ref)) == 1
    for _more in range(2):
        other = a_complete_case(by=cast.mira)
        intake.add_party(other.ref, by=cast.mira, party_ref=party_ref, role="reseller")
        Case.objects.filter(pk=other.pk).update(state="under_review")
        screen.screen_parties(other.ref, by=cast.mira)
    with django_assert_num_queries(4):
        assert len(match_desk.cases_of_subject(cast.mira, match.subject_ref)) == 3
