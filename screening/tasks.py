"""What the clock asks of screening."""

from __future__ import annotations

from contextlib import suppress

from celery import current_app, shared_task
from django.conf import settings
from kombu.exceptions import OperationalError

from audit.alone import alone

from . import services


@shared_task
def refresh_lists() -> str:
    """Fetch the lists where an address is configured; say what became of them."""
    if not settings.GATEHOUSE_LIST_URL:
        return "no address configured"
    outcome = services.refresh_from_url(by="system").outcome
    if outcome == "loaded":
        # Who is searched again is not ours to say. Without a broker the timetable asks a little later.
        with suppress(OperationalError):
            current_app.send_task(settings.GATEHOUSE_AFTER_LISTS, retry=False, ignore_result=True)
    return outcome


@shared_task
def count_reach() -> int:
    """Count whom of ours the changes of newly loaded files touch; say of how many files."""
    with alone("screening: reach") as free:
        return services.reach_of_new() if free else 0
