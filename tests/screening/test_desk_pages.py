"""The pages of the hit desk: what they offer, what they refuse, and what they cost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from screening import services
from screening.models import Judgement, Match
from screening.services import Subject
from tests.screening.build import TRUE_WALK
from tests.screening.test_pages import _by_themselves, client_of, match, page  # noqa: F401  their fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.screening.urls")]

RIGHTS = ("screening.view_snapshot", "screening.judge_match")
TRUE = {"verdict": "match", "code": "match:same_address", "reason": "Same door, same sign, same register."}


@pytest.fixture
def mira(client_of: Any) -> Client:  # noqa: F811
    return client_of(*RIGHTS)


def several(count: int) -> list[Match]:
    run = services.screen([Subject(f"party:{n}", (f"Quarz Lantern Computing {n:03}",)) for n in range(count)])
    return list(Match.objects.filter(run=run).order_by("pk"))


def test_no_key_of_the_desk_chooses_a_true_match(mira: Client, match: Match) -> None:  # noqa: F811
    html = page(mira, f"/screening/matches/{match.pk}/")
    assert re.findall(r'name="verdict" value="(\w+)" data-key="(\d)"', html) == [
        ("no_match", "1"), ("unsure", "2"), ("escalated", "3"),
    ]  # fmt: skip
    assert 'value="match"' not in html


def test_the_end_of_the_questions_offers_a_true_match_without_a_key(mira: Client, match: Match) -> None:  # noqa: F811
    address = f"/screening/matches/{match.pk}/questions/"
    first = page(mira, address)
    assert "Did the search meet an entry of the list itself?" in first
    assert "<textarea" not in first
    answers = "&".join(f"{key}={value}" for key, value in TRUE_WALK.items())
    last = page(mira, f"{address}?{answers}")
    assert "Your answers speak for a true match." in last
    assert re.search(r'<input type="radio" name="verdict" value="match" required>', last)
    assert not re.findall(r'name="verdict"[^>]*data-key', last)


def test_a_walk_that_stops_offers_no_true_match(mira: Client, match: Match) -> None:  # noqa: F811
    html = page(mira, f"/screening/matches/{match.pk}/questions/?entry=yes&kind=different")
    assert "By your answer to step 2 this is not a valid match." in html
    assert 'value="no_match"' in html
    assert 'name="verdict" value="match"' not in html


def test_a_true_match_sent_without_the_questions_is_refused_with_the_way(mira: Client, match: Match) -> None:  # noqa: F811
    response = mira.post(f"/screening/matches/{match.pk}/judge/", TRUE)
    assert response.status_code == 400
    assert "A true match is recorded at the end of the questions." in response.content.decode()
    assert not Judgement.objects.exists()


def test_a_walk_is_recorded_and_shown_with_the_answer(mira: Client, match: Match) -> None:  # noqa: F811
    response = mira.post(f"/screening/matches/{match.pk}/judge/", TRUE | TRUE_WALK | {"ended": "1"})
    assert response.status_code == 303
    assert Judgement.objects.get().walk == TRUE_WALK
    html = page(mira, f"/screening/matches/{match.pk}/")
    assert "Answers to the questions" in html
    assert "the whole name, or a listed alias" in html


def test_a_refused_answer_at_the_end_keeps_the_walk_and_the_words(mira: Client, match: Match) -> None:  # noqa: F811
    told = TRUE | TRUE_WALK | {"ended": "1", "reason": "short"}
    response = mira.post(f"/screening/matches/{match.pk}/judge/", told)
    html = response.content.decode()
    assert response.status_code == 400
    assert "Write the reason in at least 10 characters" in html
    assert '<input type="hidden" name="similarities" value="several">' in html
    assert ">short</textarea>" in html.replace("\n", "")


def test_record_and_next_goes_down_the_queue_and_keeps_what_was_asked_for(
    mira: Client, lists: Any, settings: Any
) -> None:
    settings.GATEHOUSE_MATCH_THRESHOLD = 0.002
    several(3)
    queue = page(mira, "/screening/?list=EL&sort=list")
    first, second = re.findall(r'href="/screening/matches/(\d+)/\?list=EL&amp;sort=list"', queue)[:2]
    told = {"verdict": "no_match", "code": "no_match:different_name", "reason": "Founded in Oslo.", "next": "1"}
    response = mira.post(f"/screening/matches/{first}/judge/?list=EL&sort=list", told)
    assert response.headers["Location"] == f"/screening/matches/{second}/?list=EL&sort=list"


def test_the_last_answer_leads_back_to_where_one_came_from(mira: Client, match: Match) -> None:  # noqa: F811
    told = {"verdict": "no_match", "code": "no_match:different_name", "reason": "Founded in Oslo.", "next": "1"}
    address = f"/screening/matches/{match.pk}/judge/?next="
    assert mira.post(address + "/cases/GH-1/%23screening", told).headers["Location"] == "/cases/GH-1/#screening"
    away = mira.post(address + "https://elsewhere.example/", told)
    assert away.headers["Location"] == f"/screening/matches/{match.pk}/"


def test_one_page_answers_several_matches_of_an_entry(mira: Client, lists: Any, settings: Any) -> None:
    settings.GATEHOUSE_MATCH_THRESHOLD = 0.002
    one, two, three = several(3)
    address = f"/screening/matches/{one.pk}/entry/"
    assert "at most 50" in page(mira, address)
    told = {
        "matches": [one.pk, two.pk],
        "code": "no_match:different_name",
        "reason": "Resellers in Oslo, not this one.",
    }
    assert mira.post(address, told).status_code == 303
    assert sorted(Judgement.objects.values_list("match_id", flat=True)) == [one.pk, two.pk]
    refused = mira.post(address, told | {"matches": [three.pk], "reason": "no"})
    assert refused.status_code == 400
    assert "Write the reason in at least 10" in refused.content.decode()


def test_matches_that_must_be_answered_one_by_one_offer_no_common_answer(mira: Client, lists: Any) -> None:
    run = services.screen([Subject("party:1", ("Quartz Lantern Computing Co., Ltd.",))])
    html = page(mira, f"/screening/matches/{Match.objects.get(run=run).pk}/entry/")
    assert "None of these can be answered together" in html
    assert "Record for every ticked party" not in html


def test_what_a_person_may_not_see_cannot_be_ticked(mira: Client, lists: Any, scope: Any, settings: Any) -> None:
    settings.GATEHOUSE_MATCH_THRESHOLD = 0.002
    one, two = several(2)
    scope["refs"] = [one.subject_ref]
    told = {
        "matches": [one.pk, two.pk],
        "code": "no_match:different_name",
        "reason": "Resellers in Oslo, not this one.",
    }
    response = mira.post(f"/screening/matches/{one.pk}/entry/", told)
    assert "A match that was ticked does not exist." in response.content.decode()
    assert not Judgement.objects.exists()


@pytest.mark.parametrize(
    "query", ["show=x&list=NO&at_least=9&sort=1", "q=%00", "page=99", "at_least=50&sort=age&q=%25"]
)
def test_filters_that_are_none_show_a_queue_and_no_fault(mira: Client, match: Match, query: str) -> None:  # noqa: F811
    page(mira, f"/screening/?{query}")
    page(mira, f"/screening/matches/{match.pk}/?{query}")


def test_the_desk_is_read_in_chinese(mira: Client, match: Match) -> None:  # noqa: F811
    mira.cookies["django_language"] = "zh-hans"
    html = page(mira, f"/screening/matches/{match.pk}/questions/")
    assert "是否命中清单条目本身？" in html
    assert "未比对的内容" in page(mira, f"/screening/matches/{match.pk}/")


def test_a_match_costs_as_many_queries_however_long_the_queue(
    mira: Client,
    lists: Any,
    settings: Any,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    settings.GATEHOUSE_MATCH_THRESHOLD = 0.002
    few = several(3)
    with django_assert_max_num_queries(16) as asked:
        page(mira, f"/screening/matches/{few[0].pk}/")
    many = several(40)
    with django_assert_num_queries(len(asked)):
        page(mira, f"/screening/matches/{many[0].pk}/")


def test_an_answer_given_meanwhile_is_not_answered_over_unread(mira: Client, match: Match) -> None:  # noqa: F811
    html = page(mira, f"/screening/matches/{match.pk}/")
    seen = re.findall(r'name="seen" value="(\d+)"', html)
    assert seen == ["0"]
    services.judge(
        match.pk,
        by="otto",
        verdict="match",
        code="same_address",
        reason="Same door, same sign, same register.",
        answers=TRUE_WALK,
    )
    told = {"verdict": "no_match", "code": "no_match:different_name", "reason": "Founded in Oslo.", "seen": "0"}
    refused = mira.post(f"/screening/matches/{match.pk}/judge/", told)
    assert refused.status_code == 400
    html = refused.content.decode()
    assert "otto answered this match while the page was open: the same party." in html
    assert ">Founded in Oslo.</textarea>" in html.replace("\n", "")
    assert Judgement.objects.get().verdict == "match"
    [now] = re.findall(r'name="seen" value="(\d+)"', html)
    assert mira.post(f"/screening/matches/{match.pk}/judge/", told | {"seen": now}).status_code == 303
    assert [one.verdict for one in Judgement.objects.order_by("pk")] == ["match", "no_match"]


def test_the_filter_of_the_queue_is_not_taken_for_a_search_of_everything(mira: Client, match: Match) -> None:  # noqa: F811
    html = page(mira, "/screening/?q=Lantern")
    assert html.count('value="Lantern"') == 1


def test_the_thresholds_stand_under_the_lists(mira: Client, lists: Any, settings: Any) -> None:
    settings.GATEHOUSE_MATCH_THRESHOLDS = "[{list: EL, threshold: 0.035}]"
    html = page(mira, "/screening/lists/")
    assert "From which score on a match is proposed" in html
    assert "3.5 %" in html
