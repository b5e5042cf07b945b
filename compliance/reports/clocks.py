"""Clocks: every date due, what started it, the proof of it, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from compliance.models import Clock, User

from .shape import Column, Filters, Kind, Report, Row, between, labels, people, scoped_to

DAYS = {"due": _("due"), "started": _("started"), "ended": _("ended")}

COLUMNS = (
    Column("ref", _("Case"), _("Number of the case."), Kind.CODE, width=8),
    Column("unit", _("Unit"), _("Business unit the case belongs to."), Kind.CODE, width=6),
    Column("kind", _("Clock"), _("What runs."), words=labels(Clock.Kind), width=16),
    Column("title", _("Title"), _("What it is called, where it has a name of its own.")),
    Column("start_event", _("Started by"), _("The event that started it."), width=14),
    Column("started_on", _("Started"), _("Day of that event."), Kind.DAY, width=8),
    Column("proof", _("Proof"), _("Reference of the proof of that event."), width=12),
    Column("due_on", _("Due"), _("Day on which it ends."), Kind.DAY, width=8),
    Column("owner", _("Owner"), _("Who answers for it."), width=10),
    Column("standing", _("Standing"), _("Whether it runs, stands still or has ended, and how."),
           words=labels(Clock.Standing), width=8),
    Column("ended_on", _("Ended"), _("Day on which it ended."), Kind.DAY, width=8),
    Column("citation", _("Paragraph"), _("Where the date comes from."), Kind.CODE, width=10),
)  # fmt: skip


def chosen(user: User, filters: Filters) -> QuerySet[Clock]:
    """Return the clocks of cases the person may see that pass the filters."""
    rows = scoped_to(Clock, user)
    rows = rows.filter(between(filters, f"{filters.by or 'due'}_on"))
    if filters.unit:
        rows = rows.filter(case__unit__code=filters.unit)
    if filters.state:
        rows = rows.filter(case__state=filters.state)
    if filters.person:
        rows = rows.filter(owner__username=filters.person)
    return rows


def count(user: User, filters: Filters) -> int:
    """Return how many rows there are."""
    return chosen(user, filters).count()


def rows(user: User, filters: Filters) -> Iterator[Row]:
    """Yield the clocks, the first due first."""
    names = people()
    clocks = chosen(user, filters).order_by("due_on", "pk").values_list(
        "case__ref", "case__unit__code", "kind", "title", "start_event", "started_on", "proof", "due_on", "owner_id",
        "standing", "ended_on", "citation",
    )  # fmt: skip
    for row in clocks.iterator(chunk_size=2_000):
        yield (*row[:8], names.get(row[8], ""), *row[9:])


REPORT = Report(
    slug="clocks",
    title=_("Clocks and deadlines"),
    purpose=_("One row per date due: start event, proof, day, owner, and how it ended."),
    columns=COLUMNS,
    rows=rows,
    count=count,
    days=DAYS,
    takes=("state", "unit", "person"),
)
