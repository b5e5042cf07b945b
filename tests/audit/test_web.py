"""The log book page: who may read it, what it shows, and the log as a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from audit import services
from audit.chain import GENESIS, first_break
from audit.models import Entry
from audit.services import record
from tests.cast import Cast

SignIn = Callable[[Any], Any]


@pytest.fixture
def log(db: None) -> None:
    with transaction.atomic():
        record("case.open", "case:GH-2026-00001", by="mira", unit="compute")
        record("case.comment", "case:GH-2026-00001", by="otto", text="<script>alert(1)</script>")
        record("person.add", "person:sam", by="adam", name="Sam Okafor")


def numbers(response: Any) -> list[int]:
    return [row["entry"].sequence for row in response.context["rows"]]


def test_only_those_who_may_read_the_evidence_see_the_log(cast: Cast, log: None, signed_in: SignIn) -> None:
    assert signed_in(cast.mira).get("/evidence/").status_code == 403
    assert signed_in(cast.mira).post("/evidence/export/").status_code == 403
    assert signed_in(cast.mira).post("/evidence/check/").status_code == 403
    assert signed_in(cast.ada).get("/evidence/").status_code == 200
    assert signed_in(cast.adam).get("/evidence/").status_code == 200


def test_somebody_who_is_not_signed_in_is_asked_to(client: Any, db: None) -> None:
    assert client.get("/evidence/").status_code == 302


def test_the_log_is_shown_newest_first_and_what_people_wrote_is_escaped(
    cast: Cast, log: None, signed_in: SignIn
) -> None:
    response = signed_in(cast.ada).get("/evidence/")
    assert numbers(response) == [3, 2, 1]
    assert b"<script>alert(1)" not in response.content
    assert b"opened the case" in response.content


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"action": "case"}, [2, 1]),
        ({"action": "case.comment"}, [2]),
        ({"actor": "adam"}, [3]),
        ({"subject": "case:GH-2026-00001", "actor": "mira"}, [1]),
        ({"first_day": "2999-01-01"}, []),
        ({"last_day": "1999-01-01"}, []),
        ({"action": "case%"}, []),
    ],
)
def test_the_log_is_filtered(cast: Cast, log: None, signed_in: SignIn, asked: dict[str, str], found: list[int]) -> None:
    assert numbers(signed_in(cast.ada).get("/evidence/", asked)) == found


@pytest.mark.parametrize(
    "asked",
    [
        {"first_day": "2026-02-31"},
        {"first_day": "2026-03-02", "last_day": "2026-03-01"},
        {"last_day": "9999-12-31"},
        {"actor": "x" * 200},
        {"actor": "a\x00b"},
    ],
)
def test_a_filter_that_cannot_be_used_says_so_beside_its_field(
    cast: Cast, log: None, signed_in: SignIn, asked: dict[str, str]
) -> None:
    response = signed_in(cast.ada).get("/evidence/", asked)
    assert response.status_code == 400
    assert response.context["form"].errors


def test_nonsense_in_page_and_size_shows_the_first_page(cast: Cast, log: None, signed_in: SignIn) -> None:
    response = signed_in(cast.ada).get("/evidence/", {"page": "x", "size": "10000000"})
    assert numbers(response) == [3, 2, 1]
    assert response.context["size"] == 50


def test_the_page_says_up_to_where_the_chain_was_verified(cast: Cast, log: None, signed_in: SignIn) -> None:
    browser = signed_in(cast.ada)
    assert b"not yet" in browser.get("/evidence/").content
    assert browser.post("/evidence/check/").status_code == 303
    assert b"Verified until entry 3" in browser.get("/evidence/").content


def test_a_broken_chain_raises_an_alarm_on_the_page(cast: Cast, log: None, signed_in: SignIn) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    Entry.objects.filter(sequence=2).update(actor="rhea")
    services.check()
    content = signed_in(cast.ada).get("/evidence/").content.decode()
    assert "breaks at entry 2" in content
    assert 'role="alert"' in content


def test_an_export_is_an_entry_itself_and_its_lines_can_be_verified(cast: Cast, log: None, signed_in: SignIn) -> None:
    response = signed_in(cast.ada).post("/evidence/export/", {"action": "", "actor": "", "subject": ""})
    lines = [json.loads(line) for line in b"".join(response.streaming_content).decode().splitlines()]
    assert [line["sequence"] for line in lines] == [1, 2, 3, 4]
    rows = [(line["sequence"], line["previous"], line["text"], line["digest"]) for line in lines]
    assert first_break(rows, previous=GENESIS)[2] is None
    left = Entry.objects.get(sequence=4)
    assert (left.action, left.actor, left.payload["filter"]) == ("log.export", "ada", {})


def test_an_export_holds_what_was_asked_for_and_says_so(cast: Cast, log: None, signed_in: SignIn) -> None:
    response = signed_in(cast.ada).post("/evidence/export/", {"action": "case", "last_day": "2999-01-01"})
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert [json.loads(line)["sequence"] for line in lines] == [1, 2]
    assert Entry.objects.get(sequence=4).payload["filter"] == {"action": "case", "last_day": "2999-01-01"}


def test_a_wrong_export_leaves_no_entry_and_leads_back_to_the_form(cast: Cast, log: None, signed_in: SignIn) -> None:
    response = signed_in(cast.ada).post("/evidence/export/", {"first_day": "yesterday"})
    assert response.status_code == 303
    assert not Entry.objects.filter(action="log.export").exists()


def test_the_log_speaks_chinese(cast: Cast, log: None, client: Any) -> None:
    client.force_login(cast.ada)
    client.cookies["django_language"] = "zh-hans"
    assert client.get("/evidence/").status_code == 200


def test_the_page_asks_the_database_as_often_for_many_entries_as_for_few(
    cast: Cast, log: None, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    with transaction.atomic():
        for _number in range(60):
            record("case.comment", "case:GH-2026-00001", by="otto", text="more")
    browser = signed_in(cast.ada)
    with django_assert_max_num_queries(24):
        browser.get("/evidence/")
