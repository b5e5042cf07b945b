"""The pages of screening: who may see what, and what they say."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from screening import services
from screening.models import Judgement, Match
from screening.services import Subject

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.screening.urls")]

ANSWER = {"verdict": "no_match", "code": "no_match:different_name", "reason": "Founded in 1994, in Oslo."}


@pytest.fixture(autouse=True)
def _by_themselves(settings: Any) -> None:
    """The pages without the frame around them, which asks the apps above for its numbers."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    [engine] = copy.deepcopy(settings.TEMPLATES)
    engine["OPTIONS"]["context_processors"].remove("config.frame.frame")
    settings.TEMPLATES = [engine]


@pytest.fixture
def client_of(scope: Any) -> Any:
    def sign_in(*permissions: str) -> Client:
        user = get_user_model().objects.create_user(username="mira", password="a long enough one")
        for permission in permissions:
            app, codename = permission.split(".")
            user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def match(lists: Any) -> Match:
    run = services.screen([Subject("party:1", ("Quarz Lantern Computing",), countries=("CN",))])
    return Match.objects.get(run=run)


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_a_stranger_is_sent_to_sign_in(db: Any) -> None:
    response = Client().get("/screening/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("address", ["/screening/", "/screening/look-up/", "/screening/lists/"])
def test_without_the_permission_the_pages_are_forbidden(client_of: Any, address: str) -> None:
    assert client_of().get(address).status_code == 403


def test_the_queue_shows_what_is_undecided(client_of: Any, match: Match) -> None:
    html = page(client_of("screening.view_snapshot"), "/screening/")
    assert "Quarz Lantern Computing" in html
    assert f"/screening/matches/{match.pk}/" in html


def test_a_match_outside_the_scope_is_not_there(client_of: Any, match: Match, scope: Any) -> None:
    client = client_of("screening.view_snapshot", "screening.judge_match")
    scope["refs"] = ["party:2"]
    assert "Quarz Lantern" not in page(client, "/screening/")
    page(client, f"/screening/matches/{match.pk}/", 404)
    assert client.post(f"/screening/matches/{match.pk}/judge/", ANSWER).status_code == 404
    assert not Judgement.objects.exists()


def test_a_match_stands_side_by_side_with_its_reasons(client_of: Any, match: Match) -> None:
    html = page(client_of("screening.view_snapshot"), f"/screening/matches/{match.pk}/")
    for words in ("label of party:1", "Quartz Lantern Computing Co., Ltd.", "8 Lantern Road", "89 FR 41886"):
        assert words in html
    assert "The letters of the two names agree as a whole" in html
    assert "Presumption of denial" in html


def test_a_match_names_the_lists_its_search_asked_with_their_days_and_those_it_did_not(
    client_of: Any, match: Match
) -> None:
    html = page(client_of("screening.view_snapshot"), f"/screening/matches/{match.pk}/")
    searched = html[html.index("<h3>Lists searched</h3>") :]
    day = match.run.at
    assert f'<abbr title="Entity List">EL</abbr> <span class="quiet">{day.day} ' in searched
    assert "Foreign End User List of Japan (METI)" in searched


def test_somebody_who_may_only_look_cannot_answer(client_of: Any, match: Match) -> None:
    client = client_of("screening.view_snapshot")
    html = page(client, f"/screening/matches/{match.pk}/")
    assert "<textarea" not in html
    assert "You read here. Those who work on cases answer." in html
    assert client.post(f"/screening/matches/{match.pk}/judge/", ANSWER).status_code == 403


def test_an_answer_is_recorded_and_leads_back(client_of: Any, match: Match) -> None:
    client = client_of("screening.view_snapshot", "screening.judge_match")
    response = client.post(f"/screening/matches/{match.pk}/judge/", ANSWER)
    assert (response.status_code, response.headers["Location"]) == (303, f"/screening/matches/{match.pk}/")
    assert Judgement.objects.get().by == "mira"
    assert "Nothing to judge" in page(client, "/screening/")
    assert "Quarz Lantern" in page(client, "/screening/?show=decided")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"reason": "no"}, "Write the reason in at least 10 characters"),
        ({"code": "match:same_address"}, "Choose a ground that belongs to the answer."),
        ({"verdict": ""}, "Choose an answer."),
        ({"reason": "x" * 9000}, "longer than 4000 characters"),
    ],
)
def test_a_wrong_answer_comes_back_with_the_field_named(client_of: Any, match: Match, told: Any, words: str) -> None:
    client = client_of("screening.view_snapshot", "screening.judge_match")
    response = client.post(f"/screening/matches/{match.pk}/judge/", ANSWER | told)
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not Judgement.objects.exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("X", "A single letter is too little to tell parties apart."),
        ("Quorvelix", "Entries of which this is only one word among several are not shown."),
    ],
)
def test_a_name_too_short_to_find_much_is_said_to_be(client_of: Any, lists: Any, name: str, words: str) -> None:
    client = client_of("screening.view_snapshot")
    html = client.get("/screening/look-up/", {"name": name}).content.decode()
    assert "No match for" in html
    assert words in html
    whole = client.get("/screening/look-up/", {"name": "Quorvelix Meadow Bakery"}).content.decode()
    assert "No match for" in whole
    assert "Enter the whole name." not in whole


def test_a_name_is_looked_up(client_of: Any, lists: Any) -> None:
    html = page(client_of("screening.view_snapshot"), "/screening/look-up/?name=Quartz+Lantern+Computing&country=cn")
    assert "89 FR 41886" in html
    assert "1 entry may be “Quartz Lantern Computing”, in the lists of" in html


def test_nothing_found_names_the_lists_and_never_says_clear(client_of: Any, lists: Any) -> None:
    html = page(client_of("screening.view_snapshot"), "/screening/look-up/?name=Oslo+Bakery")
    assert "No match for “Oslo Bakery” in the lists of" in html
    assert "1260H" in html
    assert "clear" not in html.lower()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("name=", "Enter a name."),
        ("name=%F0%9F%9A%80", "Nothing in this name can be compared."),
        (f"name={'x' * 10_000}", "longer than 500 characters"),
        ("name=Quorvel&country=China", "two-letter country code"),
        ("name=%E2%80%AEgnitupmoC", "turns the order of its letters"),
        ("name=%E2%80%8B%EF%BB%BF", "Nothing in this name can be compared."),
        ("name=%21%21%21---%3F%3F", "Nothing in this name can be compared."),
        ("name=x%00y", "Null characters are not allowed."),
        (f"name={'%EF%B7%BA' * 60}Quorvel", "longer than 500 characters"),
        ("name=Quorvel&on=3026-01-01", "has not come yet"),
    ],
)
def test_what_cannot_be_looked_up_is_said_at_the_field(client_of: Any, lists: Any, query: str, words: str) -> None:
    assert words in page(client_of("screening.view_snapshot"), f"/screening/look-up/?{query}", 400)


@pytest.mark.parametrize(
    "name",
    ["A", "華", "2026", "‮gnitupmoC nretnaL", "=1+1 Quorvel", "<script>alert(1)</script>", "%s %(x)s {{ 7 }}", "x\x00y"],
)
def test_hostile_names_are_only_names(client_of: Any, lists: Any, name: str) -> None:
    response = client_of("screening.view_snapshot").get("/screening/look-up/", {"name": name})
    assert response.status_code in (200, 400)
    assert "<script>alert" not in response.content.decode()


def test_without_lists_the_pages_say_so(client_of: Any, db: Any) -> None:
    client = client_of("screening.view_snapshot")
    assert "No lists are loaded" in page(client, "/screening/")
    assert "No lists are loaded" in page(client, "/screening/look-up/?name=Quorvel", 400)


def test_the_lists_page_shows_what_was_refused_and_why(client_of: Any, lists: Any, tmp_path: Any) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("", encoding="utf-8")
    services.refresh(bad, by="mira")
    html = page(client_of("screening.view_snapshot"), "/screening/lists/")
    assert "The file is empty. Download it again." in html
    assert "first.csv" in html


def test_the_sample_is_marked(client_of: Any, db: Any) -> None:
    services.load_sample(by="mira")
    client = client_of("screening.view_snapshot")
    for address in ("/screening/", "/screening/look-up/?name=Sample+Zarya", "/screening/lists/"):
        assert "SAMPLE" in page(client, address)


def test_the_reasons_are_read_in_chinese(client_of: Any, match: Match) -> None:
    client = client_of("screening.view_snapshot")
    client.cookies["django_language"] = "zh-hans"
    assert "字母整体一致" in page(client, f"/screening/matches/{match.pk}/")


def test_the_queue_costs_a_constant_number_of_queries(
    client_of: Any, lists: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_of("screening.view_snapshot")
    services.screen([Subject(f"party:{n}", ("Quarz Lantern Computing",)) for n in range(30)])
    with django_assert_max_num_queries(14):
        page(client, "/screening/")
