"""Whatever is killed when, each person hears of each entry exactly once: in the inbox, and by one letter."""

from __future__ import annotations

import os
import random
import time
import uuid
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from audit.services import verify
from compliance.services import intake
from config.celery import app
from notifications import services
from notifications.models import Channel, Notice
from tests.build import a_submitted_case
from tests.cast import Cast, enter_cast

Start = Callable[..., Any]


def a_talk(cast: Cast, comments: int) -> str:
    """Hand in a case and write so many comments that Mira is to hear of, by inbox and mail. Returns its reference."""
    services.choose(cast.mira, wanted={("note", "email"): True})
    case = a_submitted_case(by=cast.mira)
    go_on(cast, case.ref, comments)
    return case.ref


def go_on(cast: Cast, ref: str, comments: int) -> None:
    for number in range(comments):
        intake.comment(ref, by=cast.otto, text=f"Have a look, {number}.")


def prove(cast: Cast, mail: Path, *, told_mira: int) -> None:
    """Every notice is settled, there is one per person and channel, and one letter for each that was to be sent."""
    expected = {("mira", "inbox"): told_mira, ("mira", "email"): told_mira}
    expected |= {(name, channel): 1 for name in ("otto", "lena") for channel in ("inbox", "email")}
    rows = list(Notice.objects.values_list("recipient__username", "channel", "state"))
    assert {(name, channel) for name, channel, _state in rows} == set(expected)
    for (name, channel), number in expected.items():
        assert [state for who, how, state in rows if (who, how) == (name, channel)] == ["sent"] * number
    letters = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in mail.glob("*.eml")]
    assert len(letters) == told_mira + 2
    assert len({letter["Message-ID"] for letter in letters}) == told_mira + 2
    assert sum(letter["To"] == cast.mira.email for letter in letters) == told_mira
    assert verify().whole


def test_killed_at_every_step_nobody_misses_a_notice_and_nobody_gets_one_twice(start: Start, mail: Path) -> None:
    cast = enter_cast()
    ref = a_talk(cast, comments=2)
    process = start("tests/worker/mortal.py")

    def do(what: str, step: int = 0) -> str:
        process.stdin.write(f"{what} {step}\n")
        process.stdin.flush()
        answer = process.stdout.readline().strip()
        assert answer in {"killed", "done"}, answer
        return answer

    def killed_at_every_step(what: str) -> int:
        return next(step for step in range(1, 200) if do(what, step) == "done") - 1

    assert killed_at_every_step("read") > 15
    go_on(cast, ref, comments=12)
    assert do("read") == "done"
    # Each life gets one step further than the one before, so every step of handing over a letter is somebody's last.
    assert killed_at_every_step("deliver") > 15
    assert do("deliver") == "done"
    prove(cast, mail, told_mira=14)


@pytest.mark.worker
def test_a_worker_killed_again_and_again_delivers_each_letter_once(start: Start, mail: Path) -> None:
    cast = enter_cast()
    told = 25
    a_talk(cast, comments=told)
    queue = f"test-{uuid.uuid4().hex[:8]}"

    def worker() -> Any:
        command = ("-m", "celery", "-A", "config", "worker", "-P", "solo", "-Q", queue, "-l", "error")
        return start(*command, "--without-gossip", "--without-mingle", "--without-heartbeat")

    def ask() -> None:
        """Do what the timetable does every minute."""
        for name in ("read_new_entries", "deliver_waiting"):
            app.send_task(f"notifications.tasks.{name}", queue=queue, ignore_result=True)

    def sent() -> int:
        return Notice.objects.filter(channel=Channel.EMAIL, state=Notice.State.SENT).count()

    def until(reached: Callable[[], bool]) -> None:
        """Wait, and ask again now and then as the timetable does: a run that finds a row taken leaves it."""
        end, again = time.monotonic() + 240, time.monotonic() + 10
        while not reached():
            assert time.monotonic() < end, "the worker did not get there"
            if time.monotonic() > again:
                ask()
                again += 10
            time.sleep(0.01)

    chance = random.Random(7)
    for _life in range(2):
        before = sent()
        process = worker()
        ask()
        until(lambda before=before: sent() > before + chance.randrange(5))
        os.killpg(process.pid, 9)
        process.wait(30)
    assert sent() < told + 2, "the worker was too quick to be killed half way"
    last = worker()
    ask()
    until(lambda: sent() == told + 2)
    last.terminate()
    prove(cast, mail, told_mira=told)
