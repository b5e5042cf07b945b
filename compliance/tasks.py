"""What the clock asks of cases. Two workers never sweep at once, and a sweep that is killed is simply run again."""

from __future__ import annotations

from collections.abc import Callable

from celery import shared_task

from audit.alone import alone

from .services import clocks, determine, heartbeat, impact, reliance, screen

STRETCHES = 40
"""How many stretches of cases one task works through before it makes room for others."""


@shared_task
def sweep_clocks() -> dict[str, int]:
    """Warn of what is due, escalate what is overdue, reopen what relied on something that ended."""
    return _alone("compliance: clocks", _sweep_and_tell)


@shared_task
def rescreen_stale_cases() -> dict[str, int]:
    """Screen again what was searched in other lists than the current ones."""
    return _alone("compliance: rescreen", screen.rescreen_stale_cases)


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
