"""Reading the evidence: nouns and questions, never a change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from django.db.models import QuerySet
from django.utils import timezone

from .chain import GENESIS
from .models import Entry, Head, LastCheck, Seal


@dataclass(frozen=True, slots=True)
class HeadOfChain:
    """Where the chain stands."""

    sequence: int
    digest: str


def head() -> HeadOfChain:
    """Return the end of the chain as it stands now."""
    row = Head.objects.filter(pk=1).first()
    return HeadOfChain(row.sequence, row.digest) if row else HeadOfChain(0, GENESIS)


def entries_about(*subjects: str) -> QuerySet[Entry]:
    """Return the entries about any of the subjects, oldest first."""
    return Entry.objects.filter(subject__in=subjects).order_by("sequence")


def entries_after(sequence: int, *, limit: int) -> Sequence[Entry]:
    """Return up to ``limit`` entries that came after ``sequence``, in the order in which they were committed."""
    return list(Entry.objects.filter(sequence__gt=sequence).order_by("sequence")[:limit])


def entries_numbered(sequences: Iterable[int]) -> dict[int, Entry]:
    """Return entries by their sequence, in one query."""
    return Entry.objects.in_bulk(list(sequences))


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What of the log is asked for. Empty fields ask for everything; both days count whole, in the house's time zone.

    ``action`` is an action (``case.approve``) or the noun of several (``case``); ``subject`` and ``actor`` are exact.
    """

    action: str = ""
    actor: str = ""
    subject: str = ""
    first_day: dt.date | None = None
    last_day: dt.date | None = None

    def told(self) -> dict[str, str]:
        """Return what was asked for as plain values, for the entry that an export leaves."""
        return {field.name: str(value) for field in fields(self) if (value := getattr(self, field.name))}


def entries(asked: LogFilter) -> QuerySet[Entry]:
    """Return the entries that were asked for, newest first."""
    rows = all_entries()
    if "." in asked.action:
        rows = rows.filter(action=asked.action)
    elif asked.action:
        rows = rows.filter(action__startswith=f"{asked.action}.")
    if asked.actor:
        rows = rows.filter(actor=asked.actor)
    if asked.subject:
        rows = rows.filter(subject=asked.subject)
    if asked.first_day:
        rows = rows.filter(at__gte=_midnight(asked.first_day))
    if asked.last_day:
        rows = rows.filter(at__lt=_midnight(asked.last_day + dt.timedelta(days=1)))
    return rows


def length(rows: QuerySet[Entry]) -> int:
    """Return how many entries there are; the whole log is not counted, because its last number is its length."""
    return rows.count() if rows.query.where else head().sequence


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def actions() -> list[str]:
    """Return every action the log holds, in order, without reading all of it."""
    found: list[str] = []
    while (after := Entry.objects.filter(action__gt=found[-1] if found else "").order_by("action").first()) is not None:
        found.append(after.action)
    return found


def last_check() -> LastCheck | None:
    """Return what the last walk over the chain found, or ``None`` before the first."""
    return LastCheck.objects.filter(pk=1).first()


def all_entries() -> QuerySet[Entry]:
    """Return the whole log, newest first."""
    return Entry.objects.order_by("-sequence")


def seals() -> QuerySet[Seal]:
    """Return the daily seals, newest first."""
    return Seal.objects.order_by("-day")
