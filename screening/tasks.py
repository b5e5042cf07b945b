"""What the clock asks of screening."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from audit.alone import alone

from . import services


@shared_task
def refresh_lists() -> str:
    """Fetch the lists where an address is configured; say what became of them."""
    if not settings.GATEHOUSE_LIST_URL:
        return "no address configured"
    return services.refresh_from_url(by="system").outcome


@shared_task
def count_reach() -> int:
    """Count whom of ours the changes of newly loaded files touch; say of how many files."""
    with alone("screening: reach") as free:
        return services.reach_of_new() if free else 0
