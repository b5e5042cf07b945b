"""Authorizations: every license, notification and general license, and how much of it has been used."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from compliance.models import Authorization, User

from .shape import Column, Filters, Kind, Report, Row, between, labels, people, scoped_to

DAYS = {"filed": _("filed"), "granted": _("granted"), "expires": _("expires")}

COLUMNS = (
    Column("ref", _("Case"), _("Number of the case it was filed for."), Kind.CODE, width=8),
    Column("unit", _("Unit"), _("Business unit it belongs to."), Kind.CODE, width=6),
    Column("kind", _("Kind"), _("What kind of authorization it is."), words=labels(Authorization.Kind), width=14),
    Column("application", _("Application"), _("Number under which it was filed."), Kind.CODE, width=10),
    Column("filed_on", _("Filed"), _("Day of filing."), Kind.DAY, width=8),
    Column("registered_on", _("Registered"), _("Day on which SNAP-R registered it; the NAC clock starts."), Kind.DAY),
    Column("number", _("Number"), _("License or confirmation number."), Kind.CODE, width=10),
    Column("granted_on", _("Granted"), _("Day of the grant or confirmation."), Kind.DAY, width=8),
    Column("expires_on", _("Expires"), _("Last day on which it may be used."), Kind.DAY, width=8),
    Column("standing", _("Standing"), _("How it stands."), words=labels(Authorization.Standing), width=8),
    Column("quantity", _("Quantity"), _("Quantity it covers; empty where it sets no limit."), Kind.NUMBER, width=7),
    Column("used", _("Used"), _("Quantity drawn down by shipments."), Kind.NUMBER, width=7),
    Column("left", _("Left"), _("Quantity still free; empty where it sets no limit."), Kind.NUMBER, width=7),
    Column("value", _("Value"), _("Value it covers, in US dollars; empty where it sets no limit."), Kind.NUMBER),
    Column("value_used", _("Value used"), _("Value drawn down by shipments, in US dollars."), Kind.NUMBER),
    Column("shipments", _("Shipments"), _("How many shipments drew on it."), Kind.WHOLE, width=6),
    Column("conditions", _("Conditions"), _("Conditions on its face.")),
    Column("recorded_by", _("Recorded by"), _("Who recorded it.")),
    Column("recorded_at", _("Recorded"), _("When it was recorded, UTC."), Kind.MOMENT),
)  # fmt: skip


def chosen(user: User, filters: Filters) -> QuerySet[Authorization]:
    """Return the authorizations of cases the person may see that pass the filters."""
    day = {"filed": "filed_on", "granted": "granted_on", "expires": "expires_on"}[filters.by or "filed"]
    rows = scoped_to(Authorization, user).filter(between(filters, day))
    if filters.unit:
        rows = rows.filter(unit__code=filters.unit)
    if filters.state:
        rows = rows.filter(case__state=filters.state)
    if filters.person:
        rows = rows.filter(recorded_by__username=filters.person)
    return rows


def count(user: User, filters: Filters) -> int:
    """Return how many rows there are."""
    return chosen(user, filters).count()


def rows(user: User, filters: Filters) -> Iterator[Row]:
    """Yield the authorizations, oldest first, with their balance."""
    names = people()
    used = {"used": Sum("draw_downs__quantity"), "value_used": Sum("draw_downs__value"), "times": Count("draw_downs")}
    found = chosen(user, filters).order_by("pk").annotate(**used, free=F("quantity") - F("used")).values_list(
        "case__ref", "unit__code", "kind", "application", "filed_on", "registered_on", "number", "granted_on",
        "expires_on", "standing", "quantity", "used", "free", "value", "value_used", "times", "conditions",
        "recorded_by_id", "recorded_at",
    )  # fmt: skip
    for row in found.iterator(chunk_size=2_000):
        quantity, taken, free = row[10], row[11] or 0, row[12]
        left = quantity if free is None else free
        yield (*row[:11], taken, left, *row[13:17], names.get(row[17], ""), row[18])


REPORT = Report(
    slug="authorizations",
    title=_("Use of authorizations"),
    purpose=_("One row per authorization: number, dates, conditions, and what shipments have used of it."),
    columns=COLUMNS,
    rows=rows,
    count=count,
    days=DAYS,
    takes=("state", "unit", "person"),
)
