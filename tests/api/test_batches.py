"""Batches by program: how far they are, what the rows came to, and why one may not rely on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from screening.services import batches, sheet
from tests.api.conftest import Program
from tests.cast import Cast
from tests.screening.build import LANTERN

pytestmark = pytest.mark.django_db


@pytest.fixture
def mira(cast: Cast, program: Callable[..., Program]) -> Program:
    return program(cast.mira)


def handed_in(text: str, by: str = "mira") -> int:
    return batches.take_in(sheet.rows("ours.csv", text.encode()), by=by, title="ours.csv", sha256="0" * 64)


def test_a_batch_says_how_far_it_is_and_why_it_may_not_be_relied_on(
    mira: Program, lists: None, monkeypatch: Any
) -> None:
    monkeypatch.setattr(batches, "ROWS", 1)
    number = handed_in("query,country\nQuorvel One,\n,CN\nQuorvel Two,\n")
    batches.work(number, most=1)
    monkeypatch.setattr(batches, "MATCHER_VERSION", "another")
    batches.work(number)
    [one] = mira.get("screening/batches").json()["results"]
    assert (one["id"], one["standing"], one["whole"]) == (number, "stopped", False)
    assert (one["size"], one["searched"], one["not_searched"], one["at_fault"]) == (3, 1, 1, 1)
    assert one["cautions"][:2] == [
        "It was stopped before its end: 1 of 3 were NOT searched.",
        "1 row was at fault and was NOT searched.",
    ]
    assert one["lists"] == {"EL": 41}
    assert any("1260H" in each["title"] for each in one["lists_not_searched"])


def test_the_rows_of_a_spreadsheet_come_by_page_and_by_what_they_came_to(mira: Program, lists: None) -> None:
    number = handed_in(f'query,type\n"{LANTERN["name"]}",robot\nHoly Oaks Bakery,\n,company\n')
    batches.work(number)
    rows = mira.get(f"screening/batch-rows?batch={number}").json()
    assert [(row["number"], row["state"]) for row in rows["results"]] == [(2, "found"), (3, "nothing"), (4, "bad")]
    assert rows["results"][0]["hits"][0]["entity_id"] == LANTERN["_id"]
    assert "“robot” is not a type" in rows["results"][0]["notes"][0]
    [bad] = mira.get(f"screening/batch-rows?batch={number}&which=bad").json()["results"]
    assert bad["problem"] == "the column query is empty"


def test_another_persons_spreadsheet_is_not_there(
    mira: Program, cast: Cast, program: Callable[..., Program], lists: None
) -> None:
    number = handed_in("query\nQuorvel\n", by="otto")
    assert program(cast.carl).get(f"screening/batch-rows?batch={number}").status_code == 404
    assert mira.get("screening/batch-rows?batch=0").status_code == 400
    assert mira.get("screening/batch-rows").status_code == 400


def test_a_look_up_in_lists_that_lack_one_says_so(mira: Program, lists: None) -> None:
    body = mira.post("screening/look-ups", {"names": ["Oslo Bakery"]}).json()
    assert body["cautions"] == ["Lists that belong to every search and were in no file: UVL, MEU, DPL, SDN."]
    assert body["searched"][0]["out_of_date"] is False
