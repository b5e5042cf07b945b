from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from audit.queries import entries_about
from compliance.models import ApiToken
from compliance.services.refusals import BadInput
from compliance.services.tokens import create_token, revoke_token
from tests.api.conftest import Program
from tests.cast import Cast


def test_a_token_opens_the_door_and_a_wrong_one_does_not(cast: Cast) -> None:
    _row, token = create_token(by=cast.mira, name="order system", days=30)
    assert Program(token).get("cases").status_code == 200
    answer = Program(token[:-1] + ("0" if token[-1] != "0" else "1")).get("cases")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"
    assert answer.json()["code"] == "authentication_failed"


def test_the_token_itself_is_kept_nowhere(cast: Cast) -> None:
    row, token = create_token(by=cast.mira, name="order system", days=30)
    kept = ApiToken.objects.filter(pk=row.pk).values().get()
    assert len(token) == 64
    assert not any(token in str(value) for value in kept.values())
    assert not any(token in str(entry.payload) for entry in entries_about("person:mira"))


def test_an_expired_token_opens_nothing(cast: Cast) -> None:
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), tick=False):
        _row, token = create_token(by=cast.mira, name="order system", days=1)
    with time_machine.travel(dt.datetime(2026, 3, 2, 11, 59, tzinfo=dt.UTC), tick=False):
        assert Program(token).get("cases").status_code == 200
    with time_machine.travel(dt.datetime(2026, 3, 2, 12, 1, tzinfo=dt.UTC), tick=False):
        assert Program(token).get("cases").status_code == 401


def test_a_revoked_token_opens_nothing_at_once(cast: Cast) -> None:
    row, token = create_token(by=cast.mira, name="order system", days=30)
    revoke_token(row.token_key, by=cast.mira)
    assert Program(token).get("cases").status_code == 401


def test_the_token_of_somebody_who_left_opens_nothing(cast: Cast) -> None:
    _row, token = create_token(by=cast.mira, name="order system", days=30)
    cast.mira.is_active = False
    cast.mira.save()
    assert Program(token).get("cases").status_code == 401


@pytest.mark.parametrize("days", [0, -1, 366, "1.5", "many", None, 10**12])
def test_a_token_lives_from_one_to_365_days(cast: Cast, days: Any) -> None:
    with pytest.raises(BadInput) as refusal:
        create_token(by=cast.mira, name="order system", days=days)
    assert refusal.value.field == "days"
    assert not ApiToken.objects.exists()


def test_two_living_tokens_of_one_name_are_refused(cast: Cast) -> None:
    create_token(by=cast.mira, name="order system")
    with pytest.raises(BadInput, match="already have a token") as refusal:
        create_token(by=cast.mira, name="order system")
    assert refusal.value.field == "name"
    create_token(by=cast.otto, name="order system")


def test_a_person_has_twenty_tokens_at_most(cast: Cast) -> None:
    for number in range(20):
        create_token(by=cast.mira, name=f"program {number}")
    with pytest.raises(BadInput):
        create_token(by=cast.mira, name="one more")


def test_making_and_revoking_are_evidence(cast: Cast) -> None:
    row, token = create_token(by=cast.mira, name="order system", days=30)
    revoke_token(row.token_key, by=cast.mira)
    told = [(entry.action, entry.actor, entry.payload["name"]) for entry in entries_about("person:mira")]
    assert sorted(told) == [("token.create", "mira", "order system"), ("token.revoke", "mira", "order system")]
    assert entries_about("person:mira").first().payload["begins"] == token[:8]


def test_nobody_revokes_the_token_of_another(cast: Cast) -> None:
    row, token = create_token(by=cast.mira, name="order system", days=30)
    with pytest.raises(ApiToken.DoesNotExist):
        revoke_token(row.token_key, by=cast.otto)
    assert Program(token).get("cases").status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Token",
        "Token ",
        "Token a b",
        "Bearer {}",
        "Basic dXNlcjpwYXNz",
        "Token \u00ff\u00fe",
        "Token \x7f",
        "Token 0",
    ],
)
def test_whatever_else_stands_in_the_header_is_401(cast: Cast, header: str) -> None:
    _row, token = create_token(by=cast.mira, name="order system", days=30)
    answer = Client().get("/api/v1/cases", headers={"Authorization": header.format(token)})
    assert answer.status_code == 401
    assert answer.json()["code"] in {"not_authenticated", "authentication_failed"}


def test_a_session_of_the_browser_opens_no_door(cast: Cast, signed_in: Callable[[Any], Any]) -> None:
    assert signed_in(cast.mira).get("/api/v1/cases").status_code == 401


def test_the_page_shows_a_new_token_once(cast: Cast, signed_in: Callable[[Any], Any]) -> None:
    browser = signed_in(cast.mira)
    made = browser.post("/settings/tokens/", {"name": "order system", "days": "30"})
    token = made.context["token"]
    assert made.status_code == 200
    assert token in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert Program(token).get("cases").status_code == 200
    again = browser.get("/settings/tokens/").content.decode()
    assert token not in again
    assert "order system" in again
    assert token[:8] in again


def test_the_page_revokes_a_token(cast: Cast, signed_in: Callable[[Any], Any]) -> None:
    row, token = create_token(by=cast.mira, name="order system", days=30)
    answer = signed_in(cast.mira).post(f"/settings/tokens/{row.token_key}/revoke/")
    assert answer.status_code == 303
    assert Program(token).get("cases").status_code == 401


def test_the_page_says_what_is_wrong_beside_the_field(cast: Cast, signed_in: Callable[[Any], Any]) -> None:
    answer = signed_in(cast.mira).post("/settings/tokens/", {"name": "", "days": "400"})
    assert answer.status_code in {400, 422}
    assert set(answer.context["form"].errors) >= {"name"}
    assert not ApiToken.objects.exists()


def test_the_token_of_another_is_not_there_to_be_revoked(cast: Cast, signed_in: Callable[[Any], Any]) -> None:
    row, _token = create_token(by=cast.mira, name="order system", days=30)
    assert signed_in(cast.otto).post(f"/settings/tokens/{row.token_key}/revoke/").status_code == 404


def test_the_page_of_tokens_asks_to_sign_in_first(client: Client, db: None) -> None:
    assert client.get("/settings/tokens/").status_code == 302
