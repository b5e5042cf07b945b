"""What the clock asks of screening."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from . import services


@shared_task
def refresh_lists() -> str:
    """Fetch the lists where an address is configured; say what became of them."""
    if not settings.GATEHOUSE_LIST_URL:
        return "no address configured"
    return services.refresh_from_url(by="system").outcome
