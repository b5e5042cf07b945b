"""Going through many cases by night: each in its own transaction, and one that breaks does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import structlog
from django.db import transaction

log = structlog.get_logger(__name__)


def each(refs: Iterable[str], work: Callable[[str], Iterable[str]], *counted: str) -> dict[str, int]:
    """Do ``work`` for every case and count what it says it did, besides ``failed``.

    A case whose work raises keeps nothing of it, is written to the log with its traceback, and is tried again by the
    next run.
    """
    done = dict.fromkeys((*counted, "failed"), 0)
    for ref in refs:
        try:
            with transaction.atomic():
                said = tuple(work(ref))
        except Exception:
            log.exception("case.work_failed", case=ref, work=work.__name__)
            said = ("failed",)
        for one in said:
            done[one] += 1
    return done
