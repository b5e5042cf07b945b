"""What the clock asks of screening."""

from __future__ import annotations

import structlog
from celery import current_app, shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError
from kombu.exceptions import OperationalError as NoBroker

from audit.alone import alone

from . import services

log = structlog.get_logger(__name__)


@shared_task
def refresh_lists() -> dict[str, str]:
    """Fetch every list that has an address; say what became of each. One that fails stops no other."""
    outcomes: dict[str, str] = {}
    for source in services.fetched_sources():
        try:
            outcomes[source] = services.refresh_from_url(by="system", source=source).outcome
        except (OperationalError, InterfaceError):
            # The database went away: no other list would fare better, and the task is delivered again.
            raise
        except Exception:
            log.exception("lists.refresh_failed", source=source)
            outcomes[source] = "failed"
    if "loaded" in outcomes.values():
        hand_on()
    return outcomes


def hand_on() -> bool:
    """Ask the workers to search again, because the lists in use are others now; False where no broker answers.

    Who is searched again is not ours to say. Nothing is lost without a broker: the timetable asks a little later.
    """
    try:
        current_app.send_task(settings.GATEHOUSE_AFTER_LISTS, retry=False, ignore_result=True)
    except NoBroker:
        return False
    return True


@shared_task
def count_reach() -> int:
    """Count whom of ours the changes of newly loaded files touch; say of how many files."""
    with alone("screening: reach") as free:
        return services.reach_of_new() if free else 0
