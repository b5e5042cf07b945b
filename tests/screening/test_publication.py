"""Several sources at once, archives, a second person, known names, and the lists of a past day."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from audit.models import Entry
from screening import queries, services
from screening.models import Match, Snapshot
from screening.reasons import Refusal
from screening.services import Subject
from tests.screening.build import FORTY, LANTERN, SDN, csv_text, file_of, row

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parent / "samples"
PARTS = ("sdn.csv", "add.csv", "alt.csv", "sdn_comments.csv")


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def members() -> dict[str, bytes]:
    return {name: (SAMPLES / name).read_bytes() for name in PARTS}


def refused(source: str) -> str:
    return Snapshot.objects.filter(source_id=source, state="quarantined").latest("pk").reason_key


def test_a_set_is_read_from_a_directory_and_the_same_set_from_an_archive_is_unchanged(db: Any, tmp_path: Path) -> None:
    folder = tmp_path / "ofac"
    folder.mkdir()
    for name in PARTS:
        shutil.copy(SAMPLES / name, folder / name)
    (folder / "readme.txt").write_text("not a part")
    assert services.refresh(folder, by="mira", source="ofac").counts == {"SDN": 3}
    packed = zipped(tmp_path / "sdnlist.zip", {f"some/where/{name}": text for name, text in members().items()})
    assert services.refresh(packed, by="mira", source="ofac").outcome == "unchanged"
    assert services.look_up("Testcargo Air").hits[0].listed.name == "TEST CARGO AIRLINES"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"alt.csv": None}, "part_missing"),
        ({"old_sdn.csv": b"x"}, "part_twice"),
        ({f"{n}.txt": b"x" for n in range(60)}, "zip_members"),
        ({"add.csv": b"0" * 30_000_000}, "zip_bomb"),
    ],
)
def test_an_archive_that_is_not_the_set_is_quarantined(db: Any, tmp_path: Path, change: Any, key: str) -> None:
    told = {name: text for name, text in (members() | change).items() if text is not None}
    services.refresh(zipped(tmp_path / "set.zip", told), by="mira", source="ofac")
    assert refused("ofac") == key


def test_an_archive_is_stopped_at_the_limit_over_all_its_members(db: Any, tmp_path: Path, settings: Any) -> None:
    settings.GATEHOUSE_LIST_MAX_BYTES = 4000
    told = members() | {"add.csv": (SAMPLES / "add.csv").read_bytes() * 15, "alt.csv": b"1,2,3,4,5\r\n" * 100}
    services.refresh(zipped(tmp_path / "set.zip", told), by="mira", source="ofac")
    assert refused("ofac") == "too_large"


def test_a_broken_or_locked_archive_is_quarantined(db: Any, tmp_path: Path) -> None:
    whole = zipped(tmp_path / "set.zip", members()).read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[: len(whole) // 2])
    services.refresh(cut, by="mira", source="ofac")
    assert refused("ofac") == "bad_zip"
    locked = bytearray(whole)
    at = whole.index(b"PK\x01\x02")
    locked[at + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    services.refresh(tmp_path / "locked.zip", by="mira", source="ofac")
    assert refused("ofac") == "zip_locked"


def test_a_single_list_may_come_in_an_archive_of_its_own(lists: Any, tmp_path: Path) -> None:
    text = csv_text([*FORTY, LANTERN]).encode()
    assert services.refresh(zipped(tmp_path / "a.zip", {"list.csv": text}), by="mira").outcome == "unchanged"
    services.refresh(zipped(tmp_path / "b.zip", {"list.csv": text, "more.csv": text}), by="mira")
    assert refused("csl") == "zip_of_many"


def test_a_file_of_more_bytes_than_are_read_is_refused_before_it_is_parsed(
    lists: Any, tmp_path: Path, settings: Any
) -> None:
    settings.GATEHOUSE_LIST_MAX_BYTES = 1_000_000
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    assert "larger than 1000000 bytes" in services.refresh(path, by="mira").message
    assert queries.coverage().entries == 41


def test_a_directory_that_is_not_there_and_a_file_for_a_set_are_told_apart(db: Any, tmp_path: Path) -> None:
    services.refresh(tmp_path / "nowhere", by="mira", source="ofac")
    assert refused("ofac") == "no_file"
    plain = tmp_path / "sdn.csv"
    plain.write_bytes((SAMPLES / "sdn.csv").read_bytes())
    services.refresh(plain, by="mira", source="ofac")
    assert refused("ofac") == "no_directory"


def test_each_source_keeps_its_own_snapshot_and_its_index(lists: Any) -> None:
    assert services.refresh(SAMPLES / "internal.csv", by="mira", source="internal").counts == {"INT": 2}
    assert services.refresh(SAMPLES / "dpl.tsv", by="mira", source="dpl").counts == {"DPL": 3}
    told = queries.coverage()
    assert [one.code for one in told.searched] == ["EL", "DPL", "INT"]
    assert [file.source for file in told.files] == ["csl", "dpl", "internal"]
    assert told.searched[1].published_at == dt.datetime(2022, 9, 2, tzinfo=dt.UTC)
    assert services.look_up("Quartz Lantern Computing").hits
    assert services.look_up("赫利夸公司").hits[0].listed.list_code == "INT"


def test_a_list_is_named_as_not_searched_until_it_is_loaded(lists: Any) -> None:
    before = [str(title) for title, _why in queries.coverage().not_searched]
    assert before[:5] == [
        "Section 1260H list of Chinese military companies",
        "Section 1286 list of foreign institutions",
        "UFLPA Entity List",
        "Foreign End User List of Japan (METI)",
        "Internal list",
    ]
    services.refresh(SAMPLES / "outside.csv", by="mira", source="1260h")
    after = [str(title) for title, _why in queries.coverage().not_searched]
    assert after == before[1:]
    assert after[-1] == "Ownership by listed parties"


def test_a_run_keeps_what_was_not_searched_then(lists: Any) -> None:
    early = services.screen([Subject("party:1", ("Quarz Lantern Computing",))])
    services.refresh(SAMPLES / "outside.csv", by="mira", source="meti")
    late = services.screen([Subject("party:1", ("Quarz Lantern Computing",))])
    assert early.coverage["not_searched"] == ["1260H", "1286", "UFLPA", "METI", "INT"]
    assert late.coverage["not_searched"] == ["1260H", "1286", "UFLPA", "INT"]
    assert "METI" in late.coverage["dates"]
    assert "Foreign End User List of Japan (METI)" in [str(t) for t, _w in queries.not_searched_by(early.coverage)]


def test_an_entry_that_two_files_print_is_one_match_of_the_first(db: Any, tmp_path: Path) -> None:
    services.refresh(zipped(tmp_path / "set.zip", members()), by="mira", source="ofac")
    same = row("TEST CARGO AIRLINES", _id="36", entity_number="36", source=SDN, alt_names="Cargo Testers")
    services.refresh(file_of(tmp_path, [*FORTY, same]), by="mira")
    run = services.screen([Subject("party:1", ("Test Cargo Airlines",))])
    found = Match.objects.get(run=run, entity_key="SDN:36")
    assert found.listed.source_id == "csl"
    assert [hit.listed.name for hit in services.look_up("Test Cargo Airlines").hits].count("TEST CARGO AIRLINES") == 1


def test_the_age_that_counts_is_that_of_the_daily_lists(lists: Any, tmp_path: Path) -> None:
    services.refresh(SAMPLES / "internal.csv", by="mira", source="internal")
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=30), tick=False):
        services.refresh(file_of(tmp_path, [*FORTY, LANTERN], "again.csv"), by="mira")
        told = queries.coverage()
        assert not told.stale
        assert told.as_of is not None
        assert (dt.datetime.now(dt.UTC) - told.as_of).days == 0


def test_what_was_published_is_kept_byte_for_byte(lists: Any, tmp_path: Path) -> None:
    kept = Snapshot.objects.get(state="current").kept_as
    assert len(kept) == 1
    with default_storage.open(kept[0]) as file:
        assert gzip.decompress(file.read()) == (tmp_path / "first.csv").read_bytes()
    services.refresh(zipped(tmp_path / "set.zip", members()), by="mira", source="ofac")
    ofac = Snapshot.objects.get(source_id="ofac")
    stored = queries.published_file(ofac.pk, "alt.gz")
    assert stored is not None
    assert gzip.GzipFile(fileobj=io.BytesIO(stored.read())).read() == members()["alt.csv"]
    assert queries.published_file(ofac.pk, "../../secret") is None


# --- a second person ------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(lists: Any, tmp_path: Path, settings: Any) -> Any:
    settings.GATEHOUSE_LISTS_NEED_SECOND = True
    return services.refresh(file_of(tmp_path, [*FORTY, LANTERN, row("Newcomer Ristano")], "next.csv"), by="mira")


def test_a_loaded_file_waits_and_is_not_searched(waiting: Any) -> None:
    assert waiting.outcome == "awaiting"
    assert Snapshot.objects.get(state="current").file_name == "first.csv"
    assert not services.look_up("Newcomer Ristano Ltd").hits
    assert queries.coverage().awaiting_since is not None
    assert Entry.objects.get(action="list.await").payload["outcome"] == "awaiting"


def test_another_person_publishes_it(waiting: Any) -> None:
    services.publish(waiting.snapshot_id, by="adam")
    current = Snapshot.objects.get(state="current")
    assert (current.pk, current.decided_by) == (waiting.snapshot_id, "adam")
    assert services.look_up("Newcomer Ristano").hits[0].listed.name == "Newcomer Ristano"
    assert Entry.objects.get(action="list.publish").payload["loaded_by"] == "mira"


def test_nobody_publishes_or_rejects_her_own_load(waiting: Any) -> None:
    with pytest.raises(Refusal, match="You loaded this file"):
        services.publish(waiting.snapshot_id, by="mira")
    with pytest.raises(Refusal, match="You loaded this file"):
        services.reject(waiting.snapshot_id, by="mira", reason="It is not the right file.")
    assert Snapshot.objects.get(pk=waiting.snapshot_id).state == "awaiting"


def test_a_rejected_file_stays_with_its_reason_and_is_never_used(waiting: Any) -> None:
    with pytest.raises(Refusal, match="at least 10 characters"):
        services.reject(waiting.snapshot_id, by="adam", reason="no")
    services.reject(waiting.snapshot_id, by="adam", reason="An extract, not the whole list.")
    assert queries.snapshots()[0].decision_reason == "An extract, not the whole list."
    assert Entry.objects.get(action="list.reject").payload["reason"] == "An extract, not the whole list."
    with pytest.raises(Refusal, match="does not wait for anybody"):
        services.publish(waiting.snapshot_id, by="adam")
    with pytest.raises(DatabaseError, match="never altered"), transaction.atomic():
        Snapshot.objects.filter(pk=waiting.snapshot_id).update(state="current")


def test_a_newer_load_takes_the_place_of_the_one_that_waits(waiting: Any, tmp_path: Path) -> None:
    later = services.refresh(file_of(tmp_path, [*FORTY, LANTERN, row("Later Tandoora")], "later.csv"), by="mira")
    assert [s.state for s in Snapshot.objects.order_by("pk")] == ["current", "superseded", "awaiting"]
    with pytest.raises(Refusal, match="does not wait"):
        services.publish(waiting.snapshot_id, by="adam")
    services.publish(later.snapshot_id, by="adam")
    again = services.refresh(tmp_path / "later.csv", by="mira")
    assert again.outcome == "unchanged"


def test_the_same_file_again_still_waits(waiting: Any, tmp_path: Path) -> None:
    assert services.refresh(tmp_path / "next.csv", by="adam").outcome == "awaiting"
    assert Snapshot.objects.count() == 2


def test_the_decision_on_a_file_cannot_be_changed_afterwards(waiting: Any) -> None:
    services.publish(waiting.snapshot_id, by="adam")
    with pytest.raises(DatabaseError, match="never altered"), transaction.atomic():
        Snapshot.objects.filter(pk=waiting.snapshot_id).update(decided_by="mira")


# --- known names ----------------------------------------------------------------------------------------------------


@pytest.fixture
def own_names(settings: Any, tmp_path: Path) -> Any:
    def write(text: str) -> None:
        path = tmp_path / "known.yaml"
        path.write_text(text, encoding="utf-8")
        settings.GATEHOUSE_CANARIES = str(path)

    return write


def test_a_file_that_lost_a_known_name_is_quarantined(lists: Any, own_names: Any, tmp_path: Path) -> None:
    own_names('found:\n  - {name: "Quartz Lantern Computing", list: EL}\n')
    done = services.refresh(file_of(tmp_path, [*FORTY, row("Newcomer Ristano")], "lost.csv"), by="mira")
    assert done.outcome == "quarantined"
    assert done.message.startswith("“Quartz Lantern Computing” stands on the list EL but is not found there")
    assert services.look_up("Quartz Lantern Computing").hits
    kept = file_of(tmp_path, [*FORTY, LANTERN, row("Newcomer Ristano")], "kept.csv")
    assert services.refresh(kept, by="mira").outcome == "loaded"


def test_a_file_that_makes_a_quiet_name_loud_is_quarantined(lists: Any, own_names: Any, tmp_path: Path) -> None:
    own_names('quiet:\n  - {name: "Oslo Harbour Bakery"}\n')
    done = services.refresh(file_of(tmp_path, [*FORTY, LANTERN, row("Oslo Harbour Bakery AS")], "l.csv"), by="mira")
    assert "makes the search propose “Oslo Harbour Bakery AS”" in done.message
    assert refused("csl") == "canary_loud"


@pytest.mark.parametrize(
    "text",
    ["[", "- a", "found: [{name: X}]", "quiet: [{name: X, list: EL}]", "found: [{name: 3, list: EL}]", "other: []"],
)
def test_known_names_that_cannot_be_read_quarantine_the_load(
    lists: Any, own_names: Any, tmp_path: Path, text: str
) -> None:
    own_names(text)
    services.refresh(file_of(tmp_path, [*FORTY, LANTERN, row("Newcomer Ristano")], "next.csv"), by="mira")
    assert refused("csl") == "canary_file"


def test_the_shipped_names_can_be_read_and_an_extract_need_not_hold_them(lists: Any) -> None:
    from screening.services.checking import canaries

    known = canaries()
    assert any(one.list_code == "EL" and one.from_entries >= 1000 for one in known)
    assert any(not one.list_code for one in known)


# --- a past day -----------------------------------------------------------------------------------------------------


@pytest.fixture
def three_days(db: Any, tmp_path: Path) -> None:
    """Ten days ago the lantern was listed, five days ago it left the list."""
    now = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
    with time_machine.travel(now - dt.timedelta(days=10), tick=False):
        services.refresh(file_of(tmp_path, [*FORTY, LANTERN], "first.csv"), by="mira")
    with time_machine.travel(now - dt.timedelta(days=5), tick=False):
        services.refresh(file_of(tmp_path, FORTY, "second.csv"), by="mira")


@pytest.mark.usefixtures("three_days")
@time_machine.travel(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC), tick=False)
def test_a_name_is_searched_in_the_lists_as_they_stood() -> None:
    then = services.look_up("Quartz Lantern Computing", on=dt.date(2026, 11, 12))
    assert then.hits[0].listed.name == "Quartz Lantern Computing Co., Ltd."
    assert [file.name for file in then.coverage.files] == ["first.csv"]
    assert (then.coverage.on, then.coverage.entries) == (dt.date(2026, 11, 12), 41)
    now = services.search(Subject("party:1", ("Quartz Lantern Computing",)))
    assert not now.hits
    assert [file.name for file in now.coverage.files] == ["second.csv"]


@pytest.mark.usefixtures("three_days")
@time_machine.travel(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC), tick=False)
def test_a_day_before_the_first_lists_is_refused_plainly() -> None:
    with pytest.raises(Refusal, match="No lists were in use on 2026-11-10; the first are of 2026-11-11"):
        services.look_up("Quartz Lantern Computing", on=dt.date(2026, 11, 10))
    with pytest.raises(Refusal, match="has not come yet"):
        services.look_up("Quartz Lantern Computing", on=dt.date(2026, 11, 22))


@time_machine.travel(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC), tick=False)
def test_a_file_that_waited_was_not_in_use_while_it_waited(lists: Any, tmp_path: Path, settings: Any) -> None:
    settings.GATEHOUSE_LISTS_NEED_SECOND = True
    path = file_of(tmp_path, [*FORTY, LANTERN, row("Newcomer Ristano")], "next.csv")
    loaded = services.refresh(path, by="mira")
    with time_machine.travel(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC), tick=False):
        services.publish(loaded.snapshot_id, by="adam")
        assert not services.look_up("Newcomer Ristano", on=dt.date(2026, 11, 22)).hits
        assert services.look_up("Newcomer Ristano", on=dt.date(2026, 11, 23)).hits


def test_without_the_consolidated_file_its_lists_are_named_as_not_searched(db: Any) -> None:
    services.refresh(SAMPLES / "outside.csv", by="mira", source="uflpa")
    told = queries.coverage()
    assert told.absent == ()
    assert ("Entity List", "No file that holds it is loaded.") in [(str(t), str(why)) for t, why in told.not_searched]
    kept = services.screen([services.Subject("party:1", ("Oslo Bakery",))]).coverage
    assert kept["absent"] == []
    assert {"EL", "SDN", "DPL"} <= set(kept["not_searched"])
    assert "Entity List" in [str(title) for title, _why in queries.not_searched_by(kept)]


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_command_loads_a_source_by_its_code(db: Any) -> None:
    out = io.StringIO()
    call_command("refresh_lists", source="uflpa", file=SAMPLES / "outside.csv", published="2025-01-15", stdout=out)
    assert "UFLPA       2  UFLPA Entity List" in out.getvalue()
    assert Snapshot.objects.get().published_at == dt.datetime(2025, 1, 15, tzinfo=dt.UTC)
    call_command("refresh_lists", source="ofac", dir=SAMPLES, stdout=out)
    assert Snapshot.objects.get(source_id="ofac").counts == {"SDN": 3}
    with pytest.raises(CommandError, match="is loaded with --file or --dir"):
        call_command("refresh_lists", "--source", "dpl", "--url")


def test_the_command_says_that_a_file_waits(db: Any, settings: Any, tmp_path: Path) -> None:
    settings.GATEHOUSE_LISTS_NEED_SECOND = True
    out = io.StringIO()
    call_command("refresh_lists", file=file_of(tmp_path, [*FORTY, LANTERN]), stdout=out)
    assert "waits until another person publishes it" in out.getvalue()


def test_the_sample_does_not_push_out_lists_that_wait_for_somebody(db: Any, tmp_path: Path, settings: Any) -> None:
    settings.GATEHOUSE_LISTS_NEED_SECOND = True
    loaded = services.refresh(file_of(tmp_path, [*FORTY, LANTERN]), by="mira")
    services.load_sample(by="adam")
    services.publish(loaded.snapshot_id, by="adam")
    assert not queries.coverage().sample
    assert services.look_up("Quartz Lantern Computing").hits
