"""Whether the parts the product stands on answer."""

from __future__ import annotations

import datetime as dt

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.utils import timezone
from redis.exceptions import RedisError

SWEEP_KEY = "last-sweep"
SWEEP_LATE = dt.timedelta(hours=26)
"""The sweep runs daily or more often; a day and two hours without one is a fault worth an alarm."""


def database_answers() -> bool:
    """Return whether PostgreSQL answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_answers() -> bool:
    """Return whether the broker (which is the cache too) answers."""
    try:
        cache.get(SWEEP_KEY)
    except (RedisError, OSError):
        return False
    return True


def sweep_age() -> dt.timedelta | None:
    """Return how long ago clocks were last swept; ``None`` when nobody knows."""
    try:
        at = cache.get(SWEEP_KEY)
    except (RedisError, OSError):
        return None
    return timezone.now() - at if isinstance(at, dt.datetime) else None
