"""The inbox and the page of preferences."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compliance.services import intake
from notifications import queries, services
from notifications.models import Notice
from screening.services.loading import SAMPLE, refresh
from tests.build import a_submitted_case
from tests.cast import Cast

SignIn = Callable[[Any], Any]


@pytest.fixture
def told(cast: Cast) -> str:
    """A case that Mira handed in and Otto commented; returns its reference."""
    case = a_submitted_case(by=cast.mira)
    intake.comment(case.ref, by=cast.otto, text="Ask for the <b>data sheet</b>.")
    services.read_new_entries()
    return case.ref


def test_the_inbox_tells_what_happened_and_leads_to_the_case(cast: Cast, told: str, signed_in: SignIn) -> None:
    browser = signed_in(cast.mira)
    content = browser.get("/notifications/").content.decode()
    assert "Otto Brandt commented" in content
    assert "&lt;b&gt;data sheet" in content
    notice = Notice.objects.get(recipient=cast.mira, channel="inbox")
    response = browser.get(f"/notifications/{notice.pk}/")
    assert (response.status_code, response["Location"]) == (303, f"/cases/{told}/")
    assert queries.unread(cast.mira) == 0


def test_the_inbox_says_nothing_of_a_case_that_left_the_scope(cast: Cast, told: str, signed_in: SignIn) -> None:
    cast.mira.units.set([cast.optics])
    content = signed_in(cast.mira).get("/notifications/").content.decode()
    assert "About a case you can no longer see" in content
    assert told not in content
    assert "data sheet" not in content
    assert "Otto" not in content


def test_a_refused_list_file_is_told_with_what_is_wrong_with_it(cast: Cast, signed_in: SignIn, tmp_path: Path) -> None:
    assert refresh(SAMPLE, by="system").outcome == "loaded"
    cut = tmp_path / "cut.json"
    cut.write_text('{"results": [{"id": "1"', encoding="utf-8")
    assert refresh(cut, by="system").outcome == "quarantined"
    services.read_new_entries()
    content = signed_in(cast.adam).get("/notifications/").content.decode()
    assert "A list file was refused" in content
    assert "The file is not valid JSON (line 1" in content
    assert "bad_json" not in content


def test_a_notice_of_somebody_else_is_not_there(cast: Cast, told: str, signed_in: SignIn) -> None:
    notice = Notice.objects.get(recipient=cast.mira, channel="inbox")
    browser = signed_in(cast.rhea)
    assert browser.get(f"/notifications/{notice.pk}/").status_code == 404
    browser.post("/notifications/read/", {"notice": notice.pk})
    assert queries.unread(cast.mira) == 1


def test_all_notices_can_be_marked_as_read(cast: Cast, told: str, signed_in: SignIn) -> None:
    browser = signed_in(cast.lena)
    assert queries.unread(cast.lena) == 1
    assert browser.post("/notifications/read/").status_code == 303
    assert queries.unread(cast.lena) == 0
    assert "Nothing unread" in browser.get("/notifications/?show=unread").content.decode()


@pytest.mark.parametrize("nonsense", ["x", "-1", "9" * 40, "１"])
def test_nonsense_instead_of_a_notice_is_not_there(cast: Cast, signed_in: SignIn, nonsense: str) -> None:
    assert signed_in(cast.mira).post("/notifications/read/", {"notice": nonsense}).status_code == 404


@pytest.mark.parametrize("address", ["/notifications/", "/notifications/preferences/", "/notifications/1/"])
def test_somebody_who_is_not_signed_in_is_asked_to(client: Any, db: None, address: str) -> None:
    assert client.get(address).status_code == 302


def test_preferences_are_kept_and_legal_deadlines_cannot_be_switched_off(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in(cast.mira)
    assert browser.post("/notifications/preferences/", {"soon-inbox": "on"}).status_code == 303
    kept = {row.name: row.on for row in queries.choices(cast.mira)}
    assert kept == {
        "legal-inbox": True,
        "legal-email": False,
        "soon-inbox": True,
        "soon-email": False,
        "note-inbox": False,
        "note-email": False,
    }
    assert "Cannot be switched off." in browser.get("/notifications/preferences/").content.decode()


def test_the_inbox_asks_the_database_as_often_for_many_notices_as_for_few(
    cast: Cast, told: str, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    for _number in range(20):
        intake.comment(told, by=cast.otto, text="And again.")
    services.read_new_entries()
    browser = signed_in(cast.mira)
    with django_assert_max_num_queries(24):
        browser.get("/notifications/")
