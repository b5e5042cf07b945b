"""What a file changed, entry by entry, and whom of ours that touches; the page of a file and its CSV."""

from __future__ import annotations

import copy
import csv
import datetime as dt
import gzip
import io
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from screening import queries, services
from screening.models import Snapshot
from screening.reasons import Refusal
from screening.services import Subject
from tests.screening.build import FORTY, LANTERN, file_of, row

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.screening.urls")]

OURS = [
    Subject("party:1", ("Quarz Lantern Computing",), countries=("CN",)),
    Subject("party:2", ("Newcomer Ristano GmbH",)),
    Subject("party:3", ("Oslo Harbour Bakery",)),
]
VIEW, KEEP = "screening.view_snapshot", "screening.refresh_lists"


def every_subject() -> list[Subject]:
    return OURS


def open_cases_of(user: Any, refs: Any) -> dict[str, list[str]]:
    return {ref: ["2026-0001", "2026-0002"] for ref in refs if ref == "party:1"}


@pytest.fixture(autouse=True)
def _by_themselves(settings: Any, scope: Any) -> None:
    settings.GATEHOUSE_SUBJECTS = f"{__name__}.every_subject"
    settings.GATEHOUSE_OPEN_CASES = f"{__name__}.open_cases_of"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    [engine] = copy.deepcopy(settings.TEMPLATES)
    engine["OPTIONS"]["context_processors"].remove("config.frame.frame")
    settings.TEMPLATES = [engine]


@pytest.fixture
def changed(lists: Any, tmp_path: Path) -> Any:
    """One entry added, one removed, one altered in its policy and its names."""
    altered = LANTERN | {"license_policy": "Policy of denial", "alt_names": "QLC Computing; =Qantern"}
    return services.refresh(file_of(tmp_path, [*FORTY[1:], altered, row("Newcomer Ristano")], "next.csv"), by="mira")


def client_of(*permissions: str, name: str = "adam") -> Client:
    user = get_user_model().objects.create_user(username=name, password="a long enough one")
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_an_altered_entry_says_which_fields_differ(changed: Any) -> None:
    told = queries.difference(changed.snapshot_id, what="altered")
    assert told is not None
    [one] = queries.changes(changed.snapshot_id, told.keys, None)
    assert {field.key: (field.before, field.after) for field in one.fields} == {
        "license_policy": (("Presumption of denial",), ("Policy of denial",)),
        "names": (("Shiying Denglong Jisuan",), ("=Qantern",)),
    }
    assert (one.parties, one.cases) == (None, None)


def test_a_change_names_our_parties_and_open_cases_it_touches(changed: Any) -> None:
    counted = services.reach(changed.snapshot_id)
    assert counted.subjects == 3
    told = queries.difference(changed.snapshot_id, touching=True)
    assert told is not None
    found = {one.name: one for one in queries.changes(changed.snapshot_id, told.keys, None)}
    assert set(found) == {"Quartz Lantern Computing Co., Ltd.", "Newcomer Ristano"}
    assert found["Quartz Lantern Computing Co., Ltd."].cases == ("2026-0001", "2026-0002")
    assert found["Newcomer Ristano"].parties == (("party:2", "label of party:2"),)
    assert found["Newcomer Ristano"].cases == ()


def test_a_removed_entry_touches_those_who_had_a_match_with_it(lists: Any, tmp_path: Path) -> None:
    services.screen(OURS)
    done = services.refresh(file_of(tmp_path, FORTY, "without.csv"), by="mira")
    [ref] = services.reach(done.snapshot_id).pairs.values()
    assert ref == ["party:1"]


def test_parties_outside_the_scope_are_not_counted_for_a_person(changed: Any, scope: Any) -> None:
    services.reach(changed.snapshot_id)
    scope["refs"] = ["party:2"]
    told = queries.difference(changed.snapshot_id)
    assert told is not None
    found = {one.name: one for one in queries.changes(changed.snapshot_id, told.keys, None)}
    assert found["Quartz Lantern Computing Co., Ltd."].parties == ()
    assert found["Newcomer Ristano"].parties == (("party:2", "label of party:2"),)


def test_the_background_counts_each_file_once(changed: Any) -> None:
    assert services.reach_of_new() == 1
    assert services.reach_of_new() == 0


def test_a_first_file_has_nothing_to_be_compared_with(lists: Any) -> None:
    assert queries.difference(lists.snapshot_id) is None
    with pytest.raises(Refusal, match="had none before it"):
        services.reach(lists.snapshot_id)
    assert "no file before" in page(client_of(VIEW), f"/screening/lists/{lists.snapshot_id}/")


def test_the_page_of_a_file_shows_its_changes(changed: Any) -> None:
    client = client_of(VIEW)
    html = page(client, f"/screening/lists/{changed.snapshot_id}/")
    for words in ("1 added, 1 removed, 1 altered", "Newcomer Ristano", "Policy of denial", "not compared"):
        assert words in html
    services.reach(changed.snapshot_id)
    html = page(client, f"/screening/lists/{changed.snapshot_id}/?what=added")
    assert "label of party:2" in html
    assert "Policy of denial" not in html
    assert "Compare with our parties now" not in html
    page(client, "/screening/lists/9999/", 404)


def test_the_difference_as_csv_is_no_formula_and_counts(changed: Any) -> None:
    services.reach(changed.snapshot_id)
    response = client_of(VIEW).get(f"/screening/lists/{changed.snapshot_id}/difference.csv")
    rows = {line["change"]: line for line in csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig")))}
    assert set(rows) == {"added", "removed", "altered"}
    altered = rows["altered"]
    assert altered["altered_fields"] == "names; license_policy"
    assert altered["after"] == "names: =Qantern | license_policy: Policy of denial"
    assert (altered["our_parties"], altered["open_cases"], altered["case_refs"]) == ("1", "2", "2026-0001; 2026-0002")
    assert (rows["removed"]["name"], rows["removed"]["our_parties"]) == (FORTY[0]["name"], "0")


def test_a_name_that_begins_like_a_formula_is_neutral_in_the_csv(lists: Any, tmp_path: Path) -> None:
    done = services.refresh(file_of(tmp_path, [*FORTY, LANTERN, row("=1+1 Works")], "next.csv"), by="mira")
    text = client_of(VIEW).get(f"/screening/lists/{done.snapshot_id}/difference.csv").getvalue().decode("utf-8-sig")
    assert ",'=1+1 Works," in text


def test_what_was_published_can_be_taken_away(changed: Any, tmp_path: Path) -> None:
    response = client_of(VIEW).get(f"/screening/lists/{changed.snapshot_id}/published/file.gz")
    assert gzip.decompress(response.getvalue()) == (tmp_path / "next.csv").read_bytes()
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_the_pages_of_a_file_ask_for_a_permission(changed: Any) -> None:
    there = f"/screening/lists/{changed.snapshot_id}"
    nobody = client_of()
    for address in ("/", "/difference.csv", "/published/file.gz"):
        assert nobody.get(there + address).status_code == 403
    viewer = client_of(VIEW, name="vera")
    for address in ("/publish/", "/reject/", "/reach/"):
        assert viewer.post(there + address).status_code == 403


def test_a_second_person_publishes_on_the_page(lists: Any, tmp_path: Path, settings: Any) -> None:
    settings.GATEHOUSE_LISTS_NEED_SECOND = True
    done = services.refresh(file_of(tmp_path, [*FORTY, LANTERN, row("Newcomer Ristano")], "next.csv"), by="mira")
    there = f"/screening/lists/{done.snapshot_id}/"
    loader, other = client_of(VIEW, KEEP, name="mira"), client_of(VIEW, KEEP)
    html = page(loader, there)
    assert "Somebody else decides" in html
    assert "/publish/" not in html
    assert "waits for a second person" in page(loader, "/screening/lists/")
    assert loader.post(f"{there}publish/").status_code == 303
    assert Snapshot.objects.get(pk=done.snapshot_id).state == "awaiting"
    assert other.post(f"{there}reject/", {"reason": "no"}).status_code == 400
    assert other.post(f"{there}reject/", {"reason": ""}).status_code == 400
    assert "/publish/" in page(other, there)
    assert other.post(f"{there}publish/").status_code == 303
    assert Snapshot.objects.get(pk=done.snapshot_id).decided_by == "adam"


def test_a_rejected_file_shows_why(lists: Any, tmp_path: Path, settings: Any) -> None:
    settings.GATEHOUSE_LISTS_NEED_SECOND = True
    done = services.refresh(file_of(tmp_path, [*FORTY, LANTERN, row("Newcomer Ristano")], "next.csv"), by="mira")
    client = client_of(VIEW, KEEP)
    there = f"/screening/lists/{done.snapshot_id}/"
    assert client.post(f"{there}reject/", {"reason": "An extract, not the whole list."}).status_code == 303
    assert "An extract, not the whole list." in page(client, there)
    assert "An extract, not the whole list." in page(client, "/screening/lists/")


def test_a_name_is_looked_up_as_of_a_past_day(lists: Any, tmp_path: Path) -> None:
    yesterday = dt.datetime.now(dt.UTC).date()
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=2), tick=False):
        services.refresh(file_of(tmp_path, FORTY, "second.csv"), by="mira")
        client = client_of(VIEW)
        asked = "/screening/look-up/?name=Quartz+Lantern+Computing"
        assert "89 FR 41886" not in page(client, asked)
        html = page(client, f"{asked}&on={yesterday}")
        assert "89 FR 41886" in html
        assert "Searched as of the end of" in html
        assert "No lists were in use on 2020-01-01" in page(client, f"{asked}&on=2020-01-01", 400)
        assert "Enter a day, such as 2026-07-31." in page(client, f"{asked}&on=soon", 400)


def test_the_difference_costs_a_constant_number_of_queries(
    lists: Any, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    more = [row(f"Newcomer {first} Works", _id=f"n-{first}") for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    done = services.refresh(file_of(tmp_path, [*FORTY, LANTERN, *more], "next.csv"), by="mira")
    services.reach(done.snapshot_id)
    client = client_of(VIEW)
    with django_assert_max_num_queries(18):
        page(client, f"/screening/lists/{done.snapshot_id}/")
