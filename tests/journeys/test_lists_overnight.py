"""Lists change overnight: a cut file is quarantined, and a new entry reopens a case that was cleared to go."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from compliance.models import Case
from compliance.tasks import rescreen_stale_cases
from screening.models import Snapshot
from screening.services.loading import SAMPLE
from tests.cast import Cast
from tests.compliance.walk import approved, proposed

from .conftest import Door


def test_a_cut_list_is_refused_and_a_new_entry_reopens_the_case(
    people: Cast, lists: Path, door: Door, tmp_path: Path
) -> None:
    case = approved(proposed(people), people.rhea)
    if case.state != "authorized":
        case = approved(case, people.sam)
    assert case.state == "authorized"

    cut = tmp_path / "cut.csv"
    cut.write_bytes(SAMPLE.read_bytes()[:4000])
    with pytest.raises(CommandError, match="Not loaded; the lists in use stay as they are"):
        call_command("refresh_lists", file=cut)
    adam = door("adam")
    adam.go("/screening/lists/")
    assert "cut.csv" in adam.page.locator("main").inner_text()
    assert "published.csv" in adam.page.locator("main").inner_text()
    assert Snapshot.objects.get(state="current").file_name == "published.csv"

    with SAMPLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    place = {name: number for number, name in enumerate(rows[0])}
    new = list(rows[1])
    new[place["_id"]] = "new-entry-1"
    new[place["name"]] = "Quillfeather Meteorology Ltd"
    new[place["addresses"]] = "1 Quay, GB"
    tomorrow = tmp_path / "tomorrow.csv"
    with tomorrow.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*rows, new])
    call_command("refresh_lists", file=tomorrow)
    rescreen_stale_cases()
    case = Case.objects.get(pk=case.pk)
    assert case.state == "under_review"

    mira = door("mira")
    mira.go(f"/cases/{case.ref}/")
    assert "Quillfeather Meteorology Ltd" in mira.page.locator("#screening table.matches").inner_text()
    assert "the system" in mira.page.locator("#history").inner_text()
