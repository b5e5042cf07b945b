"""Screening a file of names from the command line."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from screening import services
from screening.models import Run
from screening.services import bulk
from tests.screening.build import FORTY, LANTERN, SDN, file_of, row
from tests.worker.conftest import database_url

pytestmark = pytest.mark.django_db
CORE = [
    row(f"Ristano {code} Works", _id=f"core-{code}", source=f"{title} ({code}) - Keeper of lists")
    for code, title in (("UVL", "Unverified List"), ("MEU", "Military End User"), ("DPL", "Denied Persons List"))
]


@pytest.fixture
def whole(db: Any, tmp_path: Path) -> Any:
    """Every list that belongs to a search, loaded."""
    cargo = row("TEST CARGO AIRLINES", _id="36", entity_number="36", source=SDN)
    return services.refresh(file_of(tmp_path, [*FORTY, LANTERN, cargo, *CORE], "whole.csv"), by="mira")


def ended(tmp_path: Path, text: str, *args: str) -> tuple[int, str]:
    """Return the exit code and the last words."""
    asked = tmp_path / "asked.csv"
    asked.write_text(text, encoding="utf-8")
    try:
        call_command("screen", str(asked), "--workers", "1", *args, stdout=StringIO(), stderr=StringIO())
    except CommandError as error:
        return error.returncode, str(error)
    return 0, ""


def screen(tmp_path: Path, text: str, *args: str) -> tuple[list[dict[str, str]], str]:
    asked = tmp_path / "asked.csv"
    asked.write_text(text, encoding="utf-8")
    out, err = StringIO(), StringIO()
    failed = ""
    try:
        call_command("screen", str(asked), "--workers", "1", *args, stdout=out, stderr=err)
    except CommandError as error:
        failed = str(error)
    return list(csv.DictReader(StringIO(out.getvalue()))), err.getvalue() + failed


def test_a_listed_name_is_found_under_the_id_the_publisher_gave_it(lists: Any, tmp_path: Path) -> None:
    rows, said = screen(tmp_path, f'query\n"{LANTERN["name"]}"\n')
    assert list(rows[0]) == ["query", "rank", "entity_id", "score"]
    assert (rows[0]["rank"], rows[0]["entity_id"]) == ("1", LANTERN["_id"])
    assert float(rows[0]["score"]) > 0.9
    assert "could not be searched" not in said
    assert not Run.objects.exists()


def test_bad_rows_are_named_by_their_line_and_the_good_ones_are_searched(lists: Any, tmp_path: Path) -> None:
    text = f'qid,query,country\nq1,"{LANTERN["name"]}",CN\nq2,,CN\nq3,{"x" * 600},\nq4,Quorvel,China\nq5,★☆★,\nq6,a\n'
    rows, said = screen(tmp_path, text)
    assert {row["query"] for row in rows} == {LANTERN["name"]}
    for line, why in (
        (3, "the column query is empty"),
        (4, "has 600 characters"),
        (5, "not a two-letter country code"),
        (6, "nothing in the name can be compared"),
        (7, "2 cells where the header has 3"),
    ):
        assert f"line {line}: " in said
        assert why in said
    assert "5 rows could not be searched" in said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "The file is empty"),
        ("name;country\nQuorvel;CN\n", "does not name a column “query” but: name;country"),
        ("query,query\na,b\n", "names a column twice: query"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_with_the_reason(
    lists: Any, tmp_path: Path, text: str, why: str
) -> None:
    rows, said = screen(tmp_path, text)
    assert not rows
    assert why in said


def test_without_a_list_nothing_is_searched(db: Any, tmp_path: Path) -> None:
    assert "No lists are loaded" in screen(tmp_path, "query\nQuorvel\n")[1]


def test_a_day_before_the_first_list_has_none_to_search(lists: Any, tmp_path: Path) -> None:
    assert "No lists were in use on 2001-01-01" in screen(tmp_path, "query\nQuorvel\n", "--on", "2001-01-01")[1]


def test_the_reasons_come_in_both_languages(lists: Any, tmp_path: Path) -> None:
    told = tmp_path / "why.ndjson"
    screen(tmp_path, f'query\n"{LANTERN["name"]}"\n', "--explain", str(told))
    first = json.loads(told.read_text("utf-8").splitlines()[0])
    assert first["list"] == "EL"
    assert first["words"]
    assert all(reason["en"] and reason["zh"] for reason in first["reasons"])


def test_two_processes_answer_what_one_answers_in_the_same_order(lists: Any, tmp_path: Path) -> None:
    names = [LANTERN["name"], *(f"Quorvel Lantern {n}" for n in range(250)), "Lantern"]
    text = "query\n" + "".join(f'"{name}"\n' for name in names)
    reasons = [tmp_path / "alone.ndjson", tmp_path / "shared.ndjson"]
    alone, _ = screen(tmp_path, text, "--explain", str(reasons[0]))
    shared, _ = screen(tmp_path, text, "--explain", str(reasons[1]), "--workers", "2")
    assert alone == shared
    assert alone
    told = [json.loads(line) for line in reasons[0].read_text("utf-8").splitlines()]
    assert told == [json.loads(line) for line in reasons[1].read_text("utf-8").splitlines()]
    assert {0 < word["rarity"] <= 1 for word in told[0]["words"]} == {True}


def test_an_open_quotation_mark_costs_its_own_line_and_no_other(lists: Any, tmp_path: Path) -> None:
    text = f'query\n"Open Quarry\n"{LANTERN["name"]}"\nBrontix Quorvel Works\n"Never closed\n'
    rows, said = screen(tmp_path, text, "--limit", "1")
    assert [row["query"] for row in rows] == [LANTERN["name"], "Brontix Quorvel Works"]
    assert "line 2: a quotation mark is open" in said
    assert "line 5: a quotation mark is open" in said
    assert "2 rows could not be searched" in said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_and_marked_encodings_are_read_alike(whole: Any, tmp_path: Path, encoding: str, ending: str) -> None:
    asked = tmp_path / "asked.csv"
    asked.write_bytes(
        ending.join(["query,country", f'"{LANTERN["name"]}",CN', "Brontix Quorvel Works,CN"]).encode(encoding)
    )
    out = StringIO()
    call_command("screen", str(asked), "--workers", "1", "--limit", "1", stdout=out, stderr=StringIO())
    assert [row["query"] for row in csv.DictReader(StringIO(out.getvalue()))] == [
        LANTERN["name"],
        "Brontix Quorvel Works",
    ]


def test_bytes_that_are_no_text_cost_their_own_row(lists: Any, tmp_path: Path) -> None:
    asked = tmp_path / "asked.csv"
    asked.write_bytes(b'query\nK\xf6ln Quorvel\n"\x00' + LANTERN["name"].encode() + b'"\n')
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="1 rows could not"):
        call_command("screen", str(asked), "--workers", "1", "--limit", "1", stdout=out, stderr=err)
    assert "line 2: the row is not UTF-8 text" in err.getvalue()
    assert LANTERN["_id"] in out.getvalue()


def test_a_line_without_end_is_not_kept_in_memory(lists: Any, tmp_path: Path) -> None:
    asked = tmp_path / "asked.csv"
    with asked.open("w") as stream:
        stream.write("query\n")
        for _piece in range(40):
            stream.write("x" * 1_000_000)
        stream.write('\n"Brontix Quorvel Works"\n')
    tracemalloc.start()
    with asked.open("rb") as raw:
        rows = list(bulk.read(bulk.opened(raw)))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 12_000_000
    assert isinstance(rows[0], bulk.BadRow)
    assert (rows[0].line, rows[0].key) == (2, "row_unreadable")
    assert isinstance(rows[1], bulk.Asked)
    assert (rows[1].line, rows[1].who.names) == (3, ("Brontix Quorvel Works",))


def test_what_breaks_off_leaves_no_file(whole: Any, tmp_path: Path, monkeypatch: Any) -> None:
    asked, out = tmp_path / "asked.csv", tmp_path / "found.csv"
    asked.write_text("query\nBrontix Quorvel Works\n", encoding="utf-8")
    call_command("screen", str(asked), "--workers", "1", "--out", str(out))
    before = out.read_text("utf-8")
    asked.write_text("name;country\nBrontix;CN\n", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("screen", str(asked), "--workers", "1", "--out", str(out))
    assert out.read_text("utf-8") == before
    assert not list(tmp_path.glob(".*.part"))


# --- what was searched, and what not ------------------------------------------------------------------------------


def test_the_lists_searched_are_named_with_their_day_and_so_are_those_not_searched(lists: Any, tmp_path: Path) -> None:
    _rows, said = screen(tmp_path, "query\nQuorvel\n")
    today = dt.datetime.now(dt.UTC).date().isoformat()
    assert f"Searched: EL (41 entries, looked at {today})." in said
    assert "NOT searched: UVL (none in the files); " in said
    assert "Section 1260H list of Chinese military companies; " in said
    assert "Ownership by listed parties." in said
    assert "clear" not in said


def test_the_exit_code_tells_a_whole_search_from_one_with_gaps_and_one_not_to_rely_on(
    whole: Any, tmp_path: Path, settings: Any
) -> None:
    assert ended(tmp_path, "query\nQuorvel\n") == (0, "")
    assert ended(tmp_path, "query,country\nQuorvel,\n,CN\n")[0] == 3
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=9), tick=False):
        code, said = ended(tmp_path, "query\nQuorvel\n")
        assert code == 4
        assert said.startswith("1 rows were searched. THE SEARCH IS NOT TO BE RELIED ON: Lists that were out of date: ")
        assert "EL, UVL, MEU" in said
        assert ended(tmp_path, "query,country\nQuorvel,\n,CN\n")[0] == 4
    assert ended(tmp_path, "name\nQuorvel\n", "--on", "2001-01-01")[0] == 1


def test_a_search_that_lacks_a_list_of_every_search_is_not_to_be_relied_on(lists: Any, tmp_path: Path) -> None:
    code, said = ended(tmp_path, "query\nQuorvel\n")
    assert code == 4
    assert "Lists that belong to every search and were in no file: UVL, MEU, DPL, SDN." in said


def test_an_entry_that_two_files_print_is_proposed_once(whole: Any, tmp_path: Path) -> None:
    folder = tmp_path / "ofac"
    folder.mkdir()
    for part in ("sdn", "add", "alt", "sdn_comments"):
        shutil.copy(Path(__file__).parent / "samples" / f"{part}.csv", folder)
    assert services.refresh(folder, by="mira", source="ofac").outcome == "loaded"
    rows, _said = screen(tmp_path, "query\nTEST CARGO AIRLINES\n", "--threshold", "0.5")
    assert [(row["rank"], row["entity_id"]) for row in rows] == [("1", "36")]


def test_a_file_that_was_refused_or_waits_is_said_aloud(whole: Any, tmp_path: Path, settings: Any) -> None:
    services.refresh(tmp_path / "nothing.csv", by="mira")
    settings.GATEHOUSE_LISTS_NEED_SECOND = True
    services.refresh(file_of(tmp_path, [*FORTY, LANTERN], "next.csv"), by="mira", source="csl", confirm_shrink="fewer")
    said = screen(tmp_path, "query\nQuorvel\n")[1]
    assert "was refused; the lists before it are searched" in said
    assert "waits for a second person and is not searched" in said


def test_the_reasons_end_with_what_was_searched_and_name_the_rows_left_out(lists: Any, tmp_path: Path) -> None:
    told = tmp_path / "why.ndjson"
    screen(tmp_path, f'query,country\n"{LANTERN["name"]}",CN\n,CN\n', "--explain", str(told))
    *answers, row, search = [json.loads(line) for line in told.read_text("utf-8").splitlines()]
    assert answers
    assert all("record" not in one for one in answers)
    assert (row["record"], row["line"], row["searched"], row["problem"]["key"]) == ("row", 3, False, "row_no_name")
    assert row["problem"]["en"] != row["problem"]["zh"]
    assert (search["record"], search["rows"], search["rows_not_searched"]) == ("search", 2, 1)
    assert search["to_rely_on"] is False
    assert [(one["code"], one["entries"]) for one in search["searched"]] == [("EL", 41)]
    assert {"UVL", "SDN"} < set(search["absent"])
    assert "Ownership by listed parties" in [one["title"] for one in search["not_searched"]]


# --- cells and files that are not understood ----------------------------------------------------------------------


def test_a_type_that_is_not_understood_is_told_by_its_line_and_the_name_is_searched(lists: Any, tmp_path: Path) -> None:
    rows, said = screen(tmp_path, f'query,type\n"{LANTERN["name"]}",robot\nHoly Oaks,organization\nHoly Elms,个人\n')
    assert rows[0]["entity_id"] == LANTERN["_id"]
    assert "line 2: “robot” is not a type; the name was searched without one." in said
    assert "line 3" not in said
    assert "line 4" not in said


def test_a_column_that_is_not_read_is_named_once(lists: Any, tmp_path: Path) -> None:
    said = screen(tmp_path, "query,adress,qid\nQuorvel,1 Quay Street,1\n")[1]
    assert said.count("Columns not read: adress.") == 1


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_read_as_what_it_is(lists: Any, tmp_path: Path, encoding: str) -> None:
    asked = tmp_path / "asked.csv"
    asked.write_bytes(f'query,type\n中芯国际集成电路,机构\n"{LANTERN["name"]}",\n'.encode(encoding))
    with asked.open("rb") as raw:
        rows = list(bulk.read(bulk.opened(raw)))
    assert [row.who.names[0] for row in rows if isinstance(row, bulk.Asked)] == ["中芯国际集成电路", LANTERN["name"]]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04 a workbook", "a workbook or an archive"),
        (b"\x1f\x8b compressed", "a workbook or an archive"),
        (b'"query\nQuorvel\n', "The first row cannot be read: a quotation mark is open"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_to_do(
    lists: Any, tmp_path: Path, content: bytes, why: str
) -> None:
    (tmp_path / "asked.csv").write_bytes(content)
    with pytest.raises(CommandError, match=why):
        call_command("screen", str(tmp_path / "asked.csv"), "--workers", "1", stdout=StringIO(), stderr=StringIO())


def test_empty_rows_above_the_headings_are_passed_over(lists: Any, tmp_path: Path) -> None:
    rows, _said = screen(tmp_path, f'\n,,\nquery,type\n"{LANTERN["name"]}",\n')
    assert rows[0]["entity_id"] == LANTERN["_id"]


def test_zero_bytes_in_a_row_are_left_out_and_told(lists: Any, tmp_path: Path) -> None:
    rows, said = screen(tmp_path, f'query\n"{LANTERN["name"][:5]}\x00{LANTERN["name"][5:]}"\n')
    assert rows[0]["entity_id"] == LANTERN["_id"]
    assert "line 2: The row holds zero bytes" in said


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let what is started be interrupted, though the tests run in the background, where an interrupt is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_told_to_stop_it_ends_with_its_processes_and_leaves_nothing_half_written(
    lists: Any, tmp_path: Path, settings: Any, sign: int, code: int
) -> None:
    command = [sys.executable, "manage.py", "screen", "-", "--workers", "2", "--out", str(tmp_path / "out.csv")]
    here = {
        "DATABASE_URL": database_url(),
        "SCREENING_INDEX_DIR": str(settings.SCREENING_INDEX_DIR),
    }
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | here, start_new_session=True
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(b"query\n" + b"Quorvel Lantern\n" * 300)
        process.stdin.flush()
        assert b"Searched" in process.stderr.readline()
        process.send_signal(sign)
        assert process.wait(60) == code
        assert b"no --out file was written" in process.stderr.read()
    assert not list(tmp_path.glob(".*.part"))
    assert _gone_within(10, process.pid)


def _gone_within(seconds: float, group: int) -> bool:
    """Whether no process of a group is left; those of the pool end a moment after the one that started them."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
