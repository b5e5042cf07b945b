from __future__ import annotations

import structlog
from celery import shared_task

from . import services

log = structlog.get_logger(__name__)


@shared_task
def verify_tail() -> int:
    """Verify the whole chain, keep the answer for the page of evidence, and shout when it does not hold."""
    found = services.check()
    if found.broken:
        log.critical("evidence.broken", sequence=found.broken.sequence, reason=found.broken.reason)
    return found.upto


@shared_task
def write_seal() -> str:
    """Seal the day: the head digest leaves the machine."""
    sealed = services.seal()
    return sealed.digest if sealed else ""
