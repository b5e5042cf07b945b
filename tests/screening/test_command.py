from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from screening.models import Snapshot
from screening.tasks import refresh_lists
from tests.screening.build import FORTY, LANTERN, file_of, row

pytestmark = pytest.mark.django_db


def run(*args: str) -> str:
    out = StringIO()
    call_command("refresh_lists", *args, stdout=out)
    return out.getvalue()


def test_the_command_prints_counts_checksum_and_difference(tmp_path: Path) -> None:
    first = run("--file", str(file_of(tmp_path, FORTY, "a.csv")), "--published", "2026-03-01")
    assert "Loaded 40 entries, sha256 " in first
    assert "Entity List" in first
    second = run("--file", str(file_of(tmp_path, [*FORTY, LANTERN], "b.csv")))
    assert "1 added, 0 removed, 0 altered" in second
    assert "Unchanged" in run("--file", str(tmp_path / "b.csv"))


def test_a_shrunken_file_ends_in_an_error_that_says_what_to_do(lists: Any, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"5 % fewer.*--confirm-shrink") as caught:
        run("--file", str(file_of(tmp_path, FORTY[:20])))
    assert caught.value.returncode == 1
    assert "Loaded 20" in run("--file", str(tmp_path / "list.csv"), "--confirm-shrink", "twenty were removed")


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "2999-01-01"])
def test_an_impossible_day_is_refused(tmp_path: Path, day: str) -> None:
    with pytest.raises(CommandError, match="--published"):
        run("--file", str(file_of(tmp_path, [row("Quorvel")])), "--published", day)
    assert not Snapshot.objects.exists()


def test_the_task_does_nothing_without_an_address(settings: Any) -> None:
    settings.GATEHOUSE_LIST_URL = ""
    refresh_lists()
    assert not Snapshot.objects.exists()
