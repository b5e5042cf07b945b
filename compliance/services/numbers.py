"""References people read aloud: ``GH-2026-00042``, ``P-00017``, ``I-00003``."""

from __future__ import annotations

import datetime as dt

from django.db import connection


def next_case_ref(today: dt.date) -> str:
    """Return the next case number of the year."""
    return f"GH-{today.year}-{_next('case'):05d}"


def next_party_ref() -> str:
    """Return the next party number."""
    return f"P-{_next('party'):05d}"


def next_item_ref() -> str:
    """Return the next item number."""
    return f"I-{_next('item'):05d}"


def _next(kind: str) -> int:
    # A sequence never waits for another writer; a number lost to a rolled-back transaction is not reused.
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass)", [f"compliance_{kind}_number"])
        return int(cursor.fetchone()[0])
