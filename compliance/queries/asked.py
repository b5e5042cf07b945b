"""The questions of a stored determination that could still change its outcome, in the order that settles it fastest.

They follow from what is stored, so they are worked out once and then remembered; nothing is lost with the memory.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from compliance import ear
from compliance.ear.asking import questions_that_matter
from compliance.models import StoredDetermination

MOST_LINES = 8
"""Beyond so many lines the trials would take longer than a page may; the questions then stand as they were found."""
TRIALS = 120
"""Determinations spent on all lines of a case together; what they do not settle is asked all the same."""
REMEMBERED = 7 * 24 * 3600
"""Seconds; a question asked again later is worked out again."""


def questions_asked(stored: StoredDetermination, governs: str) -> list[list[dict[str, Any]]]:
    """Return, per line of the determination, the questions of the reading that governs.

    Each is ``field``, ``party``, ``waiting`` (the rules that wait) and ``settles`` (tried answers that settle the line,
    each with its outcome). A determination under another rulebook keeps the questions it was stored with.
    """
    kept = [line[governs]["questions"] for line in stored.lines]
    if stored.rulebook != ear.the_book().digest or len(kept) > MOST_LINES or not any(kept):
        return kept
    key = f"asked:{stored.digest}:{governs}:{settings.GATEHOUSE_RULEBOOK_MAX_AGE_DAYS}"
    try:
        found = cache.get(key)
        if found is None:
            found = _work_out(stored, governs, kept)
            cache.set(key, found, REMEMBERED)
    except RedisError:
        found = _work_out(stored, governs, kept)
    return list(found)


def _work_out(
    stored: StoredDetermination, governs: str, kept: list[list[dict[str, Any]]]
) -> list[list[dict[str, Any]]]:
    found: list[list[dict[str, Any]]] = []
    for line, questions in zip(stored.lines, kept, strict=True):
        if not questions:
            found.append([])
            continue
        asked = questions_that_matter(
            ear.Facts.from_dict(line["facts"]),
            on=stored.on,
            reading=ear.Reading(governs),
            book=ear.the_book(),
            tolerance=settings.GATEHOUSE_RULEBOOK_MAX_AGE_DAYS,
            trials=TRIALS // len(kept),
        )
        found.append([one.to_dict() for one in asked])
    return found
