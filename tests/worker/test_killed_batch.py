"""Whatever is killed when, a batch of parties ends with the same rows, each searched once."""

from __future__ import annotations

import os
import random
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit.models import Entry
from audit.services import verify
from compliance.services import rescreen
from config.celery import app
from screening import indexes
from screening import services as screening
from screening.models import Batch, Run
from screening.services import batches, sheet
from tests.build import a_party, a_submitted_case
from tests.cast import enter_cast
from tests.screening.build import FORTY, LANTERN, file_of

Start = Callable[..., Any]


@pytest.fixture(autouse=True)
def _lists(transactional_db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists loaded, with their index where the processes of this test find it, too."""
    monkeypatch.setenv("SCREENING_INDEX_DIR", str(tmp_path / "index"))
    settings.SCREENING_INDEX_DIR = tmp_path / "index"
    indexes._loaded.cache_clear()
    screening.refresh(file_of(tmp_path, [*FORTY, LANTERN], "first.csv"), by="adam")


def taken(rows: int) -> Batch:
    names = [LANTERN["name"], "Brontix Quorvel Works", "Holy Oaks Bakery", "★", "Estrogal Tandora"]
    text = "query\n" + "".join(f'"{names[number % 5]} {number}"\n' for number in range(rows))
    pk = batches.take_in(sheet.rows("ours.csv", text.encode()), by="mira", title="ours.csv", sha256="0" * 64)
    return Batch.objects.get(pk=pk)


def prove(cut: Batch, whole: Batch) -> None:
    """Both batches are done, with the same rows, and the chain says so once for each."""
    for batch in (cut, whole):
        batch.refresh_from_db()
        assert batch.standing == "done"
        assert Entry.objects.filter(action="batch.finish", subject=f"batch:{batch.pk}").count() == 1
    assert batches.results_digest(cut) == batches.results_digest(whole)
    assert verify().whole


def test_killed_at_every_step_a_batch_ends_with_the_same_rows(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "ROWS", 4)
    monkeypatch.setattr(batches, "PARTIES", 1)
    cast = enter_cast()
    a_submitted_case(by=cast.mira, party=a_party(by=cast.mira, name="Quartz Lantern Computing"))
    whole = taken(6)
    batches.work(whole.pk)
    runs = Run.objects.count()
    cut, again = taken(6), rescreen.start(everybody=True)
    process = start("tests/worker/mortal.py")

    def do(step: int) -> str:
        process.stdin.write(f"batches {step}\n")
        process.stdin.flush()
        answer = process.stdout.readline().strip()
        assert answer in {"killed", "done"}, answer
        return answer

    assert next(step for step in range(1, 300) if do(step) == "done") > 20
    prove(cut, whole)
    assert again is not None
    rescreened = Batch.objects.get(pk=again)
    assert rescreened.standing == "done"
    assert list(rescreened.chunks.values_list("work", "examined", "failed")) == [("case", 1, 0), ("parties", 1, 0)]
    assert Run.objects.count() == runs + 2


@pytest.mark.worker
def test_workers_killed_again_and_again_search_every_row_once(start: Start) -> None:
    whole, cut = taken(3_000), taken(3_000)
    batches.work(whole.pk)
    queue = f"test-{uuid.uuid4().hex[:8]}"

    def worker() -> Any:
        command = ("-m", "celery", "-A", "config", "worker", "-P", "solo", "-Q", queue, "-l", "error")
        return start(*command, "--without-gossip", "--without-mingle", "--without-heartbeat")

    def ask() -> None:
        app.send_task("compliance.tasks.work_on_batch", (cut.pk,), queue=queue, ignore_result=True)

    def done() -> int:
        return cut.chunks.exclude(done_at=None).count()

    def until(reached: Callable[[], bool]) -> None:
        end = time.monotonic() + 240
        while not reached():
            assert time.monotonic() < end, "the worker did not get there"
            time.sleep(0.01)

    chance = random.Random(7)
    for _life in range(2):
        before = done()
        process = worker()
        ask()
        until(lambda before=before: done() > before + chance.randrange(2))
        os.killpg(process.pid, 9)
        process.wait(30)
    assert done() < cut.chunks.count(), "the worker was too quick to be killed half way"
    last, other = worker(), worker()
    ask()
    ask()
    until(lambda: Batch.objects.get(pk=cut.pk).standing == "done")
    last.terminate()
    other.terminate()
    prove(cut, whole)
