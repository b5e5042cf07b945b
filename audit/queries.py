"""Reading the evidence: nouns and questions, never a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from .chain import GENESIS
from .models import Entry, Head, Seal


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


def all_entries() -> QuerySet[Entry]:
    """Return the whole log, newest first."""
    return Entry.objects.order_by("-sequence")


def seals() -> QuerySet[Seal]:
    """Return the daily seals, newest first."""
    return Seal.objects.order_by("-day")
