"""Loading files into snapshots, and refusing those that cannot be trusted."""

from __future__ import annotations

import datetime as dt
import gzip
import http.server
import threading
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from audit.models import Entry
from screening import queries, services
from screening.models import ListedParty, Snapshot
from screening.reasons import Refusal
from tests.screening.build import FORTY, LANTERN, UNVERIFIED, csv_text, file_of, json_text, row

pytestmark = pytest.mark.django_db


def current() -> Snapshot:
    return Snapshot.objects.get(state="current")


def test_a_file_is_loaded_with_its_counts_and_leaves_an_entry(lists: Any) -> None:
    assert lists.outcome == "loaded"
    assert lists.counts == {"EL": 41}
    assert lists.difference is None
    assert current().row_count == 41
    entry = Entry.objects.get(action="list.refresh")
    assert (entry.actor, entry.payload["counts"]) == ("mira", {"EL": 41})


def test_the_same_file_again_changes_nothing_but_the_day_it_was_confirmed(lists: Any, tmp_path: Path) -> None:
    before = current().confirmed_at
    again = services.refresh(file_of(tmp_path, [*FORTY, LANTERN], "again.csv"), by="mira")
    assert again.outcome == "unchanged"
    assert Snapshot.objects.count() == 1
    assert current().confirmed_at > before


def test_a_gzip_file_is_the_same_as_the_plain_one(lists: Any, tmp_path: Path) -> None:
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(csv_text([*FORTY, LANTERN]).encode()))
    assert services.refresh(path, by="mira").outcome == "unchanged"


def test_the_next_file_costs_its_difference(lists: Any, tmp_path: Path) -> None:
    rows = ListedParty.objects.count()
    altered = LANTERN | {"license_policy": "Policy of denial"}
    done = services.refresh(file_of(tmp_path, [*FORTY[1:], altered, row("Newcomer Ristano")]), by="mira")
    assert {what: len(keys) for what, keys in done.difference.items()} == {"added": 1, "removed": 1, "altered": 1}
    assert ListedParty.objects.count() == rows + 2
    assert list(Snapshot.objects.order_by("pk").values_list("state", flat=True)) == ["superseded", "current"]
    assert len(current().members) == 41


def test_an_entry_that_comes_back_unchanged_is_the_row_it_was(lists: Any, tmp_path: Path) -> None:
    before = set(current().members)
    services.refresh(file_of(tmp_path, [*FORTY, row("Newcomer Ristano")], "second.csv"), by="mira")
    services.refresh(file_of(tmp_path, [*FORTY, LANTERN, row("Newcomer Ristano")], "third.csv"), by="mira")
    assert before < set(current().members)


def test_two_entries_that_say_the_same_are_kept_apart(db: Any, tmp_path: Path) -> None:
    twins = [row("Twin Quorvel", _id="1"), row("Twin Quorvel", _id="2")]
    services.refresh(file_of(tmp_path, twins), by="mira")
    assert len(current().members) == 2


CUT = csv_text([*FORTY, LANTERN])
BAD = {
    "cut_short": CUT[: len(CUT) - 30],
    "wrong_delimiter": CUT.split("\n")[0].replace(",", ";").replace('"', "") + "\n",
    "missing_column": CUT.replace('"license_policy"', '"policy"'),
    "no_rows": CUT.split("\n")[0] + "\n",
    "empty": "",
    "bad_json": json_text([{"source": "Entity List (EL)", "name": "x"}])[:-5],
    "duplicate_id": csv_text([*FORTY, LANTERN, LANTERN]),
    "list_shrunken": csv_text(FORTY[:30]),
    "list_vanished": csv_text([row(f"Other {n}", source=UNVERIFIED) for n in range(60)]),
}


@pytest.mark.parametrize("key", BAD)
def test_a_bad_file_is_quarantined_and_the_lists_in_use_stay(lists: Any, tmp_path: Path, key: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(BAD[key], encoding="utf-8")
    done = services.refresh(path, by="mira")
    assert done.outcome == "quarantined"
    kept = Snapshot.objects.get(state="quarantined")
    assert kept.reason_key == key
    assert current().pk == lists.snapshot_id
    assert Entry.objects.get(action="list.quarantine").payload["reason"] == key
    assert done.message
    assert "%(" not in done.message
    assert services.look_up("Quartz Lantern Computing").hits


OTHERS = [
    row(f"{first} {second} Bakery Ltd.", addresses=f"{number} Harbour Street, Oslo, NO")
    for number, (first, second) in enumerate(
        (first, second)
        for first in ("Ivorne", "Jastrel", "Kelwin", "Lorquet", "Morvane", "Nesbrook", "Ostrand", "Perlique")
        for second in ("Abernoth", "Bexcombe", "Caldrian", "Dunmorrow", "Elspath")
    )
]


def test_the_file_of_another_list_of_the_same_size_is_quarantined(lists: Any, tmp_path: Path) -> None:
    done = services.refresh(file_of(tmp_path, [*FORTY[:20], *OTHERS[:25]]), by="mira")
    assert "keeps only 20 of the 41 entries of the list EL" in done.message
    assert current().pk == lists.snapshot_id
    said = services.refresh(file_of(tmp_path, [*FORTY[:20], *OTHERS[:25]]), by="mira", confirm_shrink="89 FR 999")
    assert said.outcome == "loaded"


def test_ids_that_changed_form_are_no_change(lists: Any, tmp_path: Path) -> None:
    longer = [one | {"_id": f"{number:056x}"} for number, one in enumerate([*FORTY, LANTERN])]
    done = services.refresh(file_of(tmp_path, longer), by="mira")
    assert (done.outcome, done.difference) == ("loaded", {"added": [], "removed": [], "altered": []})


def dated(folder: Path, day: str, rows: list[dict[str, str]]) -> Path:
    path = folder / f"{day[:10]}.json"
    path.write_text(json_text(rows, sources_used=[{"source": "Entity List (EL)", "last_imported": day}]), "utf-8")
    return path


@time_machine.travel(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC), tick=False)
@pytest.mark.parametrize("day", ["2026-11-23T12:00:00+00:00", "0001-01-01T00:00:00+14:00"])
def test_a_file_of_a_day_that_cannot_be_is_quarantined(lists: Any, tmp_path: Path, day: str) -> None:
    done = services.refresh(dated(tmp_path, day, [*FORTY, LANTERN]), by="mira")
    assert f"published on {day[:10]}, which cannot be" in done.message
    assert current().pk == lists.snapshot_id


@time_machine.travel(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC), tick=False)
def test_a_file_older_than_the_one_in_use_needs_a_reason(db: Any, tmp_path: Path) -> None:
    services.refresh(dated(tmp_path, "2026-11-20T13:15:00+00:00", [*FORTY, LANTERN]), by="mira")
    older = dated(tmp_path, "2026-11-19T13:15:00+00:00", [*FORTY, row("Newcomer Ristano")])
    done = services.refresh(older, by="mira")
    assert "published on 2026-11-19, before the one in use (2026-11-20)" in done.message
    assert services.look_up("Quartz Lantern Computing").hits
    assert services.refresh(older, by="mira", confirm_shrink="The publisher took it back.").outcome == "loaded"


def test_a_compressed_file_that_unpacks_to_far_more_than_itself_is_stopped(lists: Any, tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"a" * 40_000_000))
    assert "more than 200 times its size" in services.refresh(path, by="mira").message
    assert current().pk == lists.snapshot_id


def test_a_shrunken_file_is_loaded_when_somebody_says_why(lists: Any, tmp_path: Path) -> None:
    done = services.refresh(file_of(tmp_path, FORTY[:30]), by="mira", confirm_shrink="89 FR 999 removed eleven")
    assert done.outcome == "loaded"
    assert current().shrink_reason == "89 FR 999 removed eleven"
    assert Entry.objects.filter(action="list.refresh").last().payload["shrink_reason"] == "89 FR 999 removed eleven"


def test_a_missing_file_is_told_by_its_path(lists: Any, tmp_path: Path) -> None:
    done = services.refresh(tmp_path / "nowhere.csv", by="mira")
    assert "nowhere.csv" in done.message


def test_an_archive_cut_short_is_quarantined(lists: Any, tmp_path: Path) -> None:
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(CUT.encode())[:-40])
    services.refresh(path, by="mira")
    assert Snapshot.objects.get(state="quarantined").reason_key == "bad_gzip"


def test_an_archive_that_unpacks_without_end_is_stopped(lists: Any, tmp_path: Path, settings: Any) -> None:
    settings.GATEHOUSE_LIST_MAX_BYTES = 1_000_000
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"\0" * 50_000_000))
    assert path.stat().st_size < 100_000
    services.refresh(path, by="mira")
    assert Snapshot.objects.get(state="quarantined").reason_key == "too_large"


def test_odd_names_are_loaded_and_found(db: Any, tmp_path: Path) -> None:
    odd = [
        '=HYPERLINK("http://x")',
        "شركة كورفيل للتجارة",
        "🚀 Quorvel Rockets",
        "Long " + "Quorvel" * 1400,
        "Quor\x07vel Bell",
    ]
    services.refresh(file_of(tmp_path, [row(name, _id=str(n)) for n, name in enumerate(odd)]), by="mira")
    assert current().row_count == 5
    assert services.look_up("Quorvel Rockets").hits[0].listed.name == "🚀 Quorvel Rockets"
    assert services.look_up("شركة كورفيل للتجارة").hits[0].listed.name == "شركة كورفيل للتجارة"


def test_the_sample_says_so_everywhere_and_gives_way_to_real_lists(db: Any, tmp_path: Path) -> None:
    assert services.load_sample(by="mira").outcome == "loaded"
    assert queries.coverage().sample
    assert not queries.coverage().trustworthy
    assert queries.snapshots()[0].is_sample
    run = services.screen([services.Subject("party:1", ("Sample Quartz Lantern Computing",))])
    assert run.coverage["sample"] is True
    services.refresh(file_of(tmp_path, [*FORTY, LANTERN]), by="mira")
    assert not queries.coverage().sample
    with pytest.raises(Refusal):
        services.load_sample(by="mira")


def test_a_missing_index_is_built_again(lists: Any, settings: Any) -> None:
    import shutil

    from screening import indexes

    shutil.rmtree(settings.SCREENING_INDEX_DIR)
    indexes._loaded.cache_clear()
    assert services.look_up("Quartz Lantern Computing").hits


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE screening_listedparty SET name = 'x'",
        "DELETE FROM screening_listedname",
        "UPDATE screening_snapshot SET sha256 = 'x'",
        "DELETE FROM screening_snapshot",
        "TRUNCATE screening_judgement",
    ],
)
def test_the_database_refuses_to_change_what_was_loaded(lists: Any, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match=r"written once|never altered"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"x" * 3_000_000 if self.path == "/huge.csv" else csv_text([*FORTY, LANTERN]).encode()
        self.send_response(503 if self.path == "/down.csv" else 200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Any:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "outcome", "reason"),
    [
        ("/list.csv", "loaded", ""),
        ("/down.csv", "quarantined", "fetch_failed"),
        ("/huge.csv", "quarantined", "too_large"),
    ],
)
def test_an_address_is_fetched_within_bounds(
    db: Any, site: str, settings: Any, path: str, outcome: str, reason: str
) -> None:
    settings.GATEHOUSE_LIST_URL = site + path
    settings.GATEHOUSE_LIST_MAX_BYTES = 2_000_000
    done = services.refresh_from_url(by="system")
    assert done.outcome == outcome
    assert Snapshot.objects.get().reason_key == reason


def test_without_an_address_nothing_is_fetched(db: Any) -> None:
    assert services.refresh_from_url(by="system").outcome == "quarantined"
    assert Snapshot.objects.get().reason_key == "not_configured"


def test_a_file_in_which_one_name_stands_for_many_is_quarantined(lists: Any, tmp_path: Path) -> None:
    copied = [row("Copied Down Ltd.", _id=f"copy-{number}") for number in range(50)]
    done = services.refresh(file_of(tmp_path, [*FORTY, LANTERN, *copied]), by="mira")
    assert done.outcome == "quarantined"
    assert "“Copied Down Ltd.” stands in 50 of 91 entries" in done.message
    assert current().row_count == 41
    fewer = services.refresh(file_of(tmp_path, [*FORTY, LANTERN, *copied[:49]]), by="mira")
    assert fewer.outcome == "loaded"


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_a_json_file_with_a_constant_json_does_not_have_is_quarantined(
    lists: Any, tmp_path: Path, constant: str
) -> None:
    path = tmp_path / "list.json"
    path.write_text(
        json_text([LANTERN | {"gross_tonnage": 1}]).replace('"gross_tonnage": 1', f'"gross_tonnage": {constant}')
    )
    done = services.refresh(path, by="mira")
    assert done.outcome == "quarantined"
    assert f"holds {constant}, which is not a value of JSON" in done.message


@pytest.mark.parametrize("odd", ['"gross_tonnage": 1e999', '"a\\u0000b": 1'])
def test_what_the_database_cannot_hold_is_quarantined(lists: Any, tmp_path: Path, odd: str) -> None:
    path = tmp_path / "list.json"
    path.write_text(
        json_text([*FORTY, LANTERN, row("Odd One Ltd.", gross_tonnage=1)]).replace('"gross_tonnage": 1', odd)
    )
    done = services.refresh(path, by="mira")
    assert done.outcome == "quarantined"
    assert "database cannot hold" in done.message
    assert Snapshot.objects.get(state="quarantined").reason_key == "not_stored"
    assert current().row_count == 41


def test_a_number_of_ten_thousand_digits_is_quarantined(lists: Any, tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text(
        json_text([LANTERN | {"gross_tonnage": 1}]).replace('"gross_tonnage": 1', f'"gross_tonnage": {"9" * 10_000}')
    )
    assert "a number is too long" in services.refresh(path, by="mira").message


def test_a_name_copied_as_it_was_published_finds_its_entry(db: Any, tmp_path: Path) -> None:
    whole = "Brontix Holding Co., Ltd. (Brontix). Affiliated Entity: Hangzhou Quorvel Longshine Systems"
    many = "Tamsin; a.k.a. Cordovan Brookwell; a.k.a. Tamsin Brookwell Ristano"
    services.refresh(file_of(tmp_path, [*FORTY, row(whole), row(many)]), by="mira")
    for name in (whole, "Hangzhou Quorvel Longshine Systems"):
        assert services.look_up(name).hits[0].listed.name == whole
    for name in (many, "Cordovan Brookwell"):
        assert services.look_up(name).hits[0].listed.name == many
