"""What a report is: a slug, a title, documented columns, and rows that have passed the reader's scope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from compliance.models import User
from compliance.queries import visible_cases

Words = str | Promise
Row = tuple[Any, ...]
T = TypeVar("T")

PIECE = 2_000
"""How many rows are held at a time."""


class Kind(StrEnum):
    """How a column's values are written. Moments are in UTC."""

    TEXT = "text"
    CODE = "code"
    DAY = "day"
    MOMENT = "moment"
    WHOLE = "whole"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in JSON, its heading, and what it says.

    ``words`` gives the words for coded values: JSON keeps the codes, everything people read shows the words. ``width``
    is its share of a printed line; 0 leaves it out of print.
    """

    key: str
    label: Words
    help: Words
    kind: Kind = Kind.TEXT
    words: Mapping[str, Words] | None = None
    width: int = 0


@dataclass(frozen=True, slots=True)
class Filters:
    """Which rows are asked for. Empty means all; ``by`` names the date that ``since`` and ``until`` look at."""

    since: dt.date | None = None
    until: dt.date | None = None
    by: str = ""
    state: str = ""
    unit: str = ""
    person: str = ""
    outcome: str = ""

    def asked(self) -> dict[str, str]:
        """Return the filters that are set, as the evidence and the export itself name them."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        if not (self.since or self.until):
            values.pop("by")
        return {name: str(value) for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Report:
    """A report. ``days`` are the dates it can be filtered by, the first one by default; ``takes`` its other filters.

    ``statement`` is the SQL of its rows with the values it takes (``None`` for no rows), where the database can write
    them by itself.
    """

    slug: str
    title: Words
    purpose: Words
    columns: tuple[Column, ...]
    rows: Callable[[User, Filters], Iterator[Row]]
    count: Callable[[User, Filters], int]
    days: Mapping[str, Words] = field(default_factory=dict)
    takes: tuple[str, ...] = ()
    statement: Callable[[User, Filters], tuple[str, tuple[Any, ...]] | None] | None = None


@dataclass(frozen=True, slots=True)
class Stamp:
    """When an export was made, by whom, in which language, and where the chain stood just before."""

    at: dt.datetime
    sequence: int
    digest: str
    by: str
    language: str


@contextmanager
def one_moment() -> Iterator[None]:
    """Let everything read inside see the database as it was at one moment, and change nothing."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def in_pieces(rows: Iterable[T], size: int = PIECE) -> Iterator[list[T]]:
    """Yield the rows in lists of ``size``."""
    piece: list[T] = []
    for row in rows:
        piece.append(row)
        if len(piece) == size:
            yield piece
            piece = []
    if piece:
        yield piece


def between(filters: Filters, day: str, *, moment: bool = False) -> Q:
    """Return the condition that ``day`` lies in the range asked for; ``moment`` where the column has a time of day."""
    found = Q()
    if filters.since:
        found &= Q(**{f"{day}__gte": _start(filters.since) if moment else filters.since})
    if filters.until:
        found &= (
            Q(**{f"{day}__lt": _start(filters.until + dt.timedelta(days=1))})
            if moment
            else Q(**{f"{day}__lte": filters.until})
        )
    return found


def _start(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


@lru_cache(maxsize=1024)
def day_of(moment: str | None) -> dt.date | None:
    """Return the day of a moment kept as text; thousands of rows share the day of a list."""
    return dt.date.fromisoformat(moment[:10]) if moment else None


def people() -> dict[int, str]:
    """Return everybody's name by key: there are far fewer people than rows."""
    return {person.pk: person.name for person in User.objects.only("username", "first_name", "last_name")}


def labels(choices: Any) -> dict[str, Words]:
    """Return the words of a model's choices by code."""
    return dict(choices.choices if hasattr(choices, "choices") else choices)


def scoped_to(model: type[Model], user: User) -> QuerySet[Any]:
    """Return the rows of ``model`` that belong to cases the person may see."""
    rows: QuerySet[Any] = model._default_manager.all()
    if user.has_perms(("compliance.view_case", "compliance.see_all_units")):
        return rows
    return rows.filter(case__in=visible_cases(user))
