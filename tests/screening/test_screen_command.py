"""Screening a file of names from the command line."""

from __future__ import annotations

import csv
import json
import tracemalloc
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from screening.models import Run
from screening.services import bulk
from tests.screening.build import LANTERN

pytestmark = pytest.mark.django_db


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
    assert not said
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
    alone, _ = screen(tmp_path, text)
    shared, _ = screen(tmp_path, text, "--workers", "2")
    assert alone == shared
    assert alone


def test_an_open_quotation_mark_costs_its_own_line_and_no_other(lists: Any, tmp_path: Path) -> None:
    text = f'query\n"Open Quarry\n"{LANTERN["name"]}"\nBrontix Quorvel Works\n"Never closed\n'
    rows, said = screen(tmp_path, text, "--limit", "1")
    assert [row["query"] for row in rows] == [LANTERN["name"], "Brontix Quorvel Works"]
    assert "line 2: a quotation mark is open" in said
    assert "line 5: a quotation mark is open" in said
    assert "2 rows could not be searched" in said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_and_marked_encodings_are_read_alike(lists: Any, tmp_path: Path, encoding: str, ending: str) -> None:
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


def test_what_breaks_off_leaves_no_file(lists: Any, tmp_path: Path, monkeypatch: Any) -> None:
    asked, out = tmp_path / "asked.csv", tmp_path / "found.csv"
    asked.write_text("query\nBrontix Quorvel Works\n", encoding="utf-8")
    call_command("screen", str(asked), "--workers", "1", "--out", str(out))
    before = out.read_text("utf-8")
    asked.write_text("name;country\nBrontix;CN\n", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("screen", str(asked), "--workers", "1", "--out", str(out))
    assert out.read_text("utf-8") == before
    assert not list(tmp_path.glob(".*.part"))
