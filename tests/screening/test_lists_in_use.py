"""Which lists a search rests on: fetched by night, out of date one by one, and taken out of use."""

from __future__ import annotations

import datetime as dt
import http.server
import shutil
import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from audit.models import Entry
from screening import queries, services, tasks
from screening.models import Batch, ListedParty, Snapshot
from screening.queries.coverage import cautions_by
from screening.reasons import Refusal
from screening.services import Subject, batches, touching
from screening.sources import Source
from screening.tasks import refresh_lists
from tests.screening.build import FORTY, LANTERN, SDN, file_of, row

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parent / "samples"
CARGO = row("TEST CARGO AIRLINES", _id="36", entity_number="36", source=SDN)
WHY = "The subscription ended in March."


@pytest.fixture
def published(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A directory of files and the address they are published at."""
    root = tmp_path / "published"
    root.mkdir()

    class Answers(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(root))

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield root, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def handed_on(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of the workers; no worker runs in a test."""
    asked: list[str] = []
    monkeypatch.setattr(tasks.current_app, "send_task", lambda name, *_args, **_told: asked.append(name))
    return asked


def later(days: int) -> Any:
    return time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=days), tick=False)


def account(name: str, *, keeps: bool = True) -> None:
    person = get_user_model().objects.create_user(username=name)
    if keeps:
        person.user_permissions.add(Permission.objects.get(codename="refresh_lists"))


def said(command: str, *args: str) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out)
    return out.getvalue()


# --- fetched by night -----------------------------------------------------------------------------------------------


def test_every_list_with_an_address_is_fetched_and_one_that_fails_stops_no_other(
    db: Any, published: tuple[Path, str], settings: Any, handed_on: list[str]
) -> None:
    root, address = published
    for part in ("sdn", "add", "alt"):
        shutil.copy(SAMPLES / f"{part}.csv", root / f"{part}.csv")
    settings.GATEHOUSE_LIST_URL = f"{address}/nowhere.csv"
    settings.GATEHOUSE_LIST_URL_OFAC = f"{address}/"
    assert refresh_lists() == {"csl": "quarantined", "ofac": "loaded"}
    refused = Snapshot.objects.get(source_id="csl")
    assert (refused.reason_key, refused.reason_values) == ("fetch_failed", {"detail": "nowhere.csv: HTTP 404"})
    assert Snapshot.objects.get(source_id="ofac").defects["no_comments_file"] == 1
    assert handed_on == ["compliance.tasks.rescreen_stale_cases"]
    assert refresh_lists() == {"csl": "quarantined", "ofac": "unchanged"}
    assert len(handed_on) == 1


def test_a_set_that_lacks_a_needed_file_is_refused_by_the_name_of_the_file(
    db: Any, published: tuple[Path, str], settings: Any
) -> None:
    root, address = published
    shutil.copy(SAMPLES / "sdn.csv", root / "sdn.csv")
    settings.GATEHOUSE_LIST_URL_OFAC = address
    assert "add.csv: HTTP 404" in services.refresh_from_url(by="system", source="ofac").message


def test_without_an_address_no_list_is_fetched(db: Any) -> None:
    assert refresh_lists() == {}
    assert "GATEHOUSE_LIST_URL_DPL" in services.refresh_from_url(by="system", source="dpl").message


def test_the_command_fetches_any_source_that_has_an_address(
    db: Any, published: tuple[Path, str], settings: Any, handed_on: list[str]
) -> None:
    root, address = published
    shutil.copy(SAMPLES / "dpl.tsv", root / "dpl.txt")
    settings.GATEHOUSE_LIST_URL_DPL = f"{address}/dpl.txt"
    assert "Loaded" in said("refresh_lists", "--source", "dpl", "--url")
    with pytest.raises(CommandError, match="no address"):
        said("refresh_lists", "--source", "meti", "--url")


def test_a_source_has_exactly_one_way_to_be_read() -> None:
    with pytest.raises(ValueError, match="one of parse and parse_set"):
        Source("new", "A new list", "Its keeper")


# --- out of date ----------------------------------------------------------------------------------------------------


def test_a_list_is_as_new_as_the_newer_of_two_files_that_print_it(lists: Any, tmp_path: Path) -> None:
    services.refresh(zip_of_ofac(tmp_path), by="mira", source="ofac")
    with later(30):
        services.refresh(file_of(tmp_path, [*FORTY, LANTERN, CARGO], "both.csv"), by="mira")
        told = queries.coverage()
        assert not told.stale
        assert [(file.source, file.stale) for file in told.files] == [("csl", False), ("ofac", True)]
        sdn = next(one for one in told.searched if one.code == "SDN")
        assert (sdn.entries, sdn.stale) == (4, False)
        assert sdn.as_of == next(one for one in told.searched if one.code == "EL").as_of


def test_a_list_that_only_an_old_file_prints_makes_the_search_stale_and_is_named(lists: Any, tmp_path: Path) -> None:
    services.refresh(zip_of_ofac(tmp_path), by="mira", source="ofac")
    with later(30):
        services.refresh(file_of(tmp_path, [*FORTY, LANTERN], "again.csv"), by="mira")
        told = queries.coverage()
        assert told.stale
        assert [one.code for one in told.out_of_date] == ["SDN"]
        assert queries.coverage_as_dict(queries.snapshots_on(None))["out_of_date"] == ["SDN"]


def test_a_source_that_was_never_loaded_makes_nothing_stale_and_is_named_as_not_searched(lists: Any) -> None:
    told = queries.coverage()
    assert not told.stale
    assert "Section 1260H" in " ".join(str(title) for title, _why in told.not_searched)
    assert told.lacking == ("UVL", "MEU", "DPL", "SDN")
    assert not told.trustworthy


def test_a_search_without_any_list_is_nothing_to_rely_on(db: Any) -> None:
    told = queries.cautions(queries.coverage())
    assert told == ["No lists are loaded, so nothing can be searched. Ask the administrator to load them."]
    assert cautions_by(queries.coverage_as_dict([])) == told


def test_a_source_whose_first_file_was_refused_is_named_with_that_reason(lists: Any, tmp_path: Path) -> None:
    services.refresh(tmp_path / "nothing.csv", by="mira", source="dpl")
    reasons = {str(title): str(why) for title, why in queries.coverage().not_searched}
    assert "was refused; nothing of it is searched." in reasons["Denied Persons List, the file of BIS"]


def zip_of_ofac(tmp_path: Path) -> Path:
    folder = tmp_path / "ofac"
    folder.mkdir(exist_ok=True)
    for part in ("sdn", "add", "alt", "sdn_comments"):
        shutil.copy(SAMPLES / f"{part}.csv", folder)
    return folder


# --- taken out of use -----------------------------------------------------------------------------------------------


def test_a_source_taken_out_of_use_is_searched_no_longer_but_for_past_days(
    lists: Any, tmp_path: Path, handed_on: list[str]
) -> None:
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), tick=False):
        services.refresh(SAMPLES / "internal.csv", by="mira", source="internal")
    before = queries.current_searched()
    account("otto")
    with time_machine.travel(dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC), tick=False):
        assert "named as not searched" in said("retire_list", "internal", "--by", "otto", "--reason", WHY)
    assert queries.current_searched() != before
    assert "Internal list" in [str(title) for title, _why in queries.coverage().not_searched]
    in_use = [
        [one.source_id for one in queries.snapshots_on(day)]
        for day in (dt.date(2026, 3, 1), dt.date(2026, 3, 31), dt.date(2026, 4, 1), dt.date(2026, 4, 2))
    ]
    assert in_use == [["internal"], ["internal"], [], []]
    entry = Entry.objects.get(action="list.retire")
    assert (entry.actor, entry.payload["source"], entry.payload["reason"]) == ("otto", "internal", WHY)
    assert handed_on == ["compliance.tasks.rescreen_stale_cases"]


def test_a_source_taken_out_of_use_comes_back_with_its_next_file(lists: Any, handed_on: list[str]) -> None:
    services.refresh(SAMPLES / "internal.csv", by="mira", source="internal")
    services.retire("internal", by="otto", reason=WHY)
    assert services.refresh(SAMPLES / "internal.csv", by="mira", source="internal").outcome == "loaded"
    assert "internal" in [one.source_id for one in queries.snapshots_on(None)]


def test_parties_with_matches_in_a_source_taken_out_of_use_are_screened_again(lists: Any) -> None:
    services.refresh(SAMPLES / "internal.csv", by="mira", source="internal")
    name = ListedParty.objects.filter(list_code="INT").first().name
    services.screen([Subject("party:1", (name,)), Subject("party:2", ("Holy Oaks Bakery",))])
    number = batches.begin_rescreening(cases=[], parties=[], by="adam", because="asked")
    batches.finish(number)
    services.retire("internal", by="otto", reason=WHY)
    changed = touching.changed_since(Batch.objects.get(pk=number))
    assert changed is not None
    assert touching.met_before(changed) == {"party:1"}


def test_nothing_is_taken_out_of_use_twice_or_without_a_reason(lists: Any) -> None:
    with pytest.raises(Refusal, match="at least 10 characters"):
        services.retire("csl", by="otto", reason="old")
    services.retire("csl", by="otto", reason=WHY)
    assert not queries.coverage().loaded
    with pytest.raises(Refusal, match="No file of the source csl is in use"):
        services.retire("csl", by="otto", reason=WHY)
    gone = Snapshot.objects.get(state="retired")
    with pytest.raises(DatabaseError, match="never altered"), transaction.atomic():
        Snapshot.objects.filter(pk=gone.pk).update(retire_reason="another")


# --- from the command line ------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(lists: Any, tmp_path: Path, settings: Any) -> int:
    settings.GATEHOUSE_LISTS_NEED_SECOND = True
    done = services.refresh(file_of(tmp_path, [*FORTY, LANTERN, row("Newcomer Ristano")], "next.csv"), by="mira")
    return done.snapshot_id


def test_a_file_that_waits_is_named_and_published_from_the_command_line(waiting: int, handed_on: list[str]) -> None:
    account("otto")
    told = said("publish_list")
    assert told.startswith(f"{waiting}  csl  next.csv  42 entries, 1 added, 0 removed, 0 altered; loaded by mira")
    assert f"File {waiting} is in use." in said("publish_list", str(waiting), "--by", "otto")
    assert Snapshot.objects.get(state="current").decided_by == "otto"
    assert handed_on == ["compliance.tasks.rescreen_stale_cases"]
    assert said("publish_list") == "No list file waits.\n"


def test_a_file_that_waits_is_rejected_with_a_reason_and_nobody_is_screened_again(
    waiting: int, handed_on: list[str]
) -> None:
    account("otto")
    with pytest.raises(CommandError, match="at least 10 characters"):
        said("publish_list", str(waiting), "--by", "otto", "--reject", "no")
    assert "is rejected" in said("publish_list", str(waiting), "--by", "otto", "--reject", "Half of it is missing.")
    assert Snapshot.objects.get(pk=waiting).state == "rejected"
    assert handed_on == []


@pytest.mark.parametrize(
    ("name", "why"),
    [("", "name the account"), ("nobody", "no account 'nobody'"), ("carl", "may not load"), ("mira", "You loaded")],
)
def test_who_may_not_decide_on_a_file_is_told_so(waiting: int, name: str, why: str) -> None:
    account("carl", keeps=False)
    account("mira")
    with pytest.raises(CommandError, match=why):
        said("publish_list", str(waiting), "--by", name)
    assert Snapshot.objects.get(pk=waiting).state == "awaiting"


def test_without_workers_a_loaded_list_says_when_the_search_begins(lists: Any, tmp_path: Path, settings: Any) -> None:
    told = said("refresh_lists", "--file", str(file_of(tmp_path, [*FORTY, LANTERN, row("Another Ristano")], "b.csv")))
    assert "screened again when beat and a worker run" in told
