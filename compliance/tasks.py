"""What the clock asks of cases. Two workers never sweep at once, and a sweep that is killed is simply run again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from celery import current_app, shared_task
from kombu.exceptions import OperationalError

from audit.alone import alone
from screening.services import batches

from .services import clocks, determine, heartbeat, impact, reliance, rescreen

WORKERS = 3
"""How many further workers a rescreening is handed to."""
STRETCHES = 40
"""How many stretches of cases one task works through before it makes room for others."""


@shared_task
def sweep_clocks() -> dict[str, int]:
    """Warn of what is due, escalate what is overdue, reopen what relied on something that ended."""
    return _alone("compliance: clocks", _sweep_and_tell)


@shared_task
def rescreen_stale_cases() -> dict[str, int]:
    """Screen again what was searched in other lists than the current ones, with as many workers as are free."""
    return _rescreened(rescreen.start())


@shared_task
def rescreen_everybody() -> dict[str, int]:
    """Screen every party again, because somebody asked for it."""
    return _rescreened(rescreen.start(everybody=True))


@shared_task
def work_on_batch(batch_id: int) -> int:
    """Work through a spreadsheet or a rescreening; workers share it, and the clock takes up what was cut off."""
    return rescreen.work(batch_id)


@shared_task
def go_on_with_batches() -> int:
    """Take up batches whose workers died. Where others are at work there is nothing left to claim."""
    return sum(rescreen.work(batch_id, most=STRETCHES) for batch_id in batches.unfinished())


@shared_task
def index_parties() -> int:
    """Index our own parties, so that a changed list finds them in no time."""
    pieces, _left = rescreen.index_parties()
    return len(pieces)


def _rescreened(batch_id: int | None) -> dict[str, int]:
    if batch_id is None:
        return {}
    with suppress(OperationalError):
        # Where no broker answers this worker does it alone.
        for _worker in range(WORKERS):
            current_app.send_task("compliance.tasks.work_on_batch", (batch_id,), retry=False, ignore_result=True)
    return {"batch": batch_id, "chunks": rescreen.work(batch_id)}


@shared_task
def redetermine_open_cases() -> dict[str, int]:
    """Ask the law again where the rulebook, the facts or the day moved."""
    return _alone("compliance: redetermine", determine.redetermine_open_cases)


@shared_task
def work_on_impact(run_id: int) -> int:
    """Work through what a rule change would do; workers share a run, and the clock takes up what was cut off."""
    return impact.work(run_id)


@shared_task
def go_on_with_impact() -> int:
    """Take up runs whose workers died. Where others are at work there is nothing left to claim."""
    return sum(impact.work(run_id, most=STRETCHES) for run_id in impact.unfinished())


@shared_task
def index_determinations() -> int:
    """Make searchable what determinations of before rest on, the newest first."""
    return reliance.fill_missing()


def _alone(name: str, sweep: Callable[[], dict[str, int]]) -> dict[str, int]:
    """Run a sweep unless another worker is in it; then there is nothing to do, and nothing is lost."""
    with alone(name) as free:
        return sweep() if free else {}


def _sweep_and_tell() -> dict[str, int]:
    done = clocks.sweep()
    heartbeat.swept()
    return done
