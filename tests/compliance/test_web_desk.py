"""The desk, the lists, the queue, the search, settings, the rulebook and the pages for machines."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from compliance.models import Case, User
from compliance.queries import desk, health
from compliance.services import decide
from tests.build import a_case, a_complete_case, a_party, an_item
from tests.cast import Cast
from tests.compliance.walk import REASON, lists_loaded, proposed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sample_lists_decide(settings: Any) -> None:
    """Let the sample lists decide, as the demo does."""
    settings.GATEHOUSE_DEMO = True


def text(response: Any) -> str:
    return response.content.decode()


def test_nobody_sees_the_desk_without_signing_in(client: Any, db: None) -> None:
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/"


def test_the_desk_orders_by_legal_date_then_age_with_undated_cases_last(cast: Cast) -> None:
    first, second, third = (a_case(by=cast.otto, title=f"Case {n}") for n in "ABC")
    Case.objects.filter(pk=first.pk).update(next_due_on=None)
    Case.objects.filter(pk=second.pk).update(next_due_on=dt.date(2026, 12, 24))
    Case.objects.filter(pk=third.pk).update(next_due_on=dt.date(2026, 12, 1))
    rows = desk.rows_of(desk.listed(desk.desk_views(cast.otto)["mine"]).order_by(*desk.ORDERS["due"]))
    assert [row.title for row in rows] == ["Case C", "Case B", "Case A"]


def test_the_piles_count_only_what_the_person_may_see(cast: Cast) -> None:
    a_case(by=cast.mira)
    a_case(by=cast.carl)
    assert desk.pile_counts(desk.desk_views(cast.otto))["unit"] == 1
    assert desk.pile_counts(desk.desk_views(cast.ada))["unit"] == 2
    assert desk.pile_counts(desk.desk_views(cast.mira))["mine"] == 1


def test_a_maker_does_not_find_her_own_proposal_in_the_queue(cast: Cast) -> None:
    lists_loaded()
    case = proposed(cast)
    assert list(desk.awaiting(cast.rhea)) == [case]
    assert list(desk.awaiting(cast.otto)) == []


def test_who_has_decided_does_not_find_the_proposal_again(cast: Cast) -> None:
    lists_loaded()
    case = proposed(cast)
    Case.objects.get(pk=case.pk).decisions.update(checkers_needed=2)
    decision = case.decisions.get()
    decide.approve(case.ref, by=cast.rhea, reason=REASON, fingerprint=decision.content, acknowledged_readings=True)
    assert list(desk.awaiting(cast.rhea)) == []
    assert list(desk.awaiting(cast.sam)) == [case]


def test_the_queue_says_what_is_asked_and_by_whom(cast: Cast, signed_in: Any) -> None:
    lists_loaded()
    case = proposed(cast)
    page = text(signed_in(cast.rhea).get("/queue/"))
    assert case.title in page
    assert "proceed" in page
    assert "Otto Brandt" in page
    assert "two readings differ" in page


def test_an_empty_queue_is_good_news_with_the_time_of_the_lists(cast: Cast, signed_in: Any) -> None:
    page = text(signed_in(cast.rhea).get("/queue/"))
    assert "No proposal waits for you." in page
    assert "No lists loaded" in page


def test_without_lists_every_page_says_so_in_red(cast: Cast, signed_in: Any) -> None:
    page = text(signed_in(cast.mira).get("/"))
    assert "No lists are loaded: nobody can be screened" in page
    lists_loaded()
    assert "No lists are loaded" not in text(signed_in(cast.mira).get("/"))
    assert "A sample list is in use." in text(signed_in(cast.mira).get("/"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=draft", True),
        ("state=shipped", False),
        ("state=open", True),
        ("state=nonsense", True),
        ("text=accelerators", True),
        ("text=%00accelerators", True),
        ("text=no+such+words", False),
        ("destination=sg", True),
        ("destination=CN", False),
        ("holder=mira", True),
        ("holder=nobody", False),
        ("flags=open", False),
        ("order=-value&page=99", True),
        ("order=nonsense", True),
    ],
)
def test_the_list_of_cases_filters(cast: Cast, signed_in: Any, query: str, found: bool) -> None:
    case = a_case(by=cast.mira)
    answer = signed_in(cast.otto).get(f"/cases/?{query}")
    assert answer.status_code == 200
    assert (case.ref in text(answer)) is found


def test_search_finds_cases_parties_and_items_of_ones_own_unit_only(cast: Cast, signed_in: Any) -> None:
    a_complete_case(
        by=cast.mira,
        party=a_party(by=cast.mira, name="临海云（新加坡）有限公司"),
        item=an_item(by=cast.mira, model="H200"),
        title="Something else",
    )
    page = text(signed_in(cast.otto).get("/search/?q=临海云"))
    assert "Something else" in page
    assert "临海云（新加坡）有限公司" in page
    assert "H200" in text(signed_in(cast.otto).get("/search/?q=h200"))
    assert "Nothing found" in text(signed_in(cast.carl).get("/search/?q=临海云"))


def test_a_whole_case_number_opens_the_case(cast: Cast, signed_in: Any) -> None:
    case = a_case(by=cast.mira)
    answer = signed_in(cast.mira).get(f"/search/?q={case.ref.lower()}")
    assert answer.status_code == 302
    assert answer["Location"] == f"/cases/{case.ref}/"


@pytest.mark.parametrize("words", ["%00", "%25", "'%20OR%201=1", "x" * 9000, "مرحبا", "%F0%9F%98%80"])
def test_strange_searches_find_nothing_and_break_nothing(cast: Cast, signed_in: Any, words: str) -> None:
    assert signed_in(cast.mira).get(f"/search/?q={words}").status_code == 200


@pytest.mark.parametrize("path", ["/cases/%00/", "/cases/no-such/", "/rulebook/%00/", "/rulebook/no.such/"])
def test_what_is_not_there_is_not_found(cast: Cast, signed_in: Any, path: str) -> None:
    assert signed_in(cast.mira).get(path).status_code == 404


def test_a_person_sets_her_language_and_the_next_page_speaks_it(cast: Cast, signed_in: Any) -> None:
    browser = signed_in(cast.mira)
    answer = browser.post("/settings/", {"language": "zh-hans", "keys_on": "on"})
    assert answer.status_code == 303
    assert answer.cookies["django_language"].value == "zh-hans"
    assert User.objects.get(username="mira").language == "zh-hans"
    assert browser.post("/settings/", {"language": "tlh"}).status_code == 400


def test_signing_in_speaks_the_persons_language_and_stays_on_this_site(client: Any, cast: Cast) -> None:
    from tests.cast import PASSWORD

    answer = client.post(
        "/accounts/login/?next=https://elsewhere.example/",
        {"login": "lena", "password": PASSWORD, "next": "https://elsewhere.example/"},
    )
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert answer.cookies["django_language"].value == "zh-hans"


def test_nobody_can_sign_up(client: Any, db: None) -> None:
    assert "password1" not in text(client.get("/accounts/signup/"))


def test_the_rulebook_shows_what_held_on_a_day(cast: Cast, signed_in: Any) -> None:
    browser = signed_in(cast.ada)
    page = text(browser.get("/rulebook/?day=2023-01-15"))
    assert "Part 740" in page
    assert browser.get("/rulebook/?day=nonsense").status_code == 200
    assert "in force" in page or "line" in page


def test_a_section_of_a_short_part_stands_under_its_part(cast: Cast, signed_in: Any) -> None:
    page = text(signed_in(cast.mira).get("/rulebook/"))
    assert "Part 30" in page
    assert "Part 30." not in page


def test_a_provision_shows_every_line_with_its_notice(cast: Cast, signed_in: Any) -> None:
    page = text(signed_in(cast.mira).get("/rulebook/part_758.aes_codes/"))
    assert "C67" in page


def test_the_probe_of_life_asks_nothing(client: Any) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_the_probe_of_readiness_names_database_broker_and_the_last_sweep(client: Any, db: None) -> None:
    cache.set(health.SWEEP_KEY, timezone.now() - dt.timedelta(hours=30))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["database"], body["broker"], body["sweep"]) == ("ok", "ok", "late")
    assert 107_000 < body["sweep_age_seconds"] < 109_000
