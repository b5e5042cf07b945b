"""Screening a file of names from the command line."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from screening.models import Run
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
    assert "No lists are loaded" in screen(tmp_path, "query\nQuorvel\n", "--on", "2001-01-01")[1]


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
