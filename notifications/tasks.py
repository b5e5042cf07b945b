"""What the clock asks of notices."""

from __future__ import annotations

from celery import shared_task

from . import services


@shared_task
def read_new_entries() -> int:
    """Write notices for what the chain has gained."""
    return services.read_new_entries()


@shared_task
def deliver_waiting() -> dict[str, int]:
    """Hand over the letters that wait."""
    return services.deliver_waiting()
