"""One at a time: a lock of the database, held by a session and freed by itself when the process dies."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

PLACE = 0x47415445
"""The first half of every key, so that no other program on the same database shares our locks."""


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Say whether this process is the only one inside ``name``; never waits. Freed on the way out, or by death.

    The lock belongs to the database session: whoever holds it and loses the connection no longer holds it.
    """
    key = zlib.crc32(name.encode()) - 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [PLACE, key])
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got and connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [PLACE, key])
        elif got:
            # The session is broken: without it the lock is gone too.
            connection.close()
