"""Reading authorizations with what is left of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from compliance.models import Authorization, DrawDown, User

from .scope import visible_cases


@dataclass(frozen=True, slots=True)
class Balance:
    """What was authorized, used and is left, of one measure. ``authorized`` of ``None``: nothing was limited."""

    authorized: Decimal | None
    used: Decimal

    @property
    def left(self) -> Decimal | None:
        """Return what is left, or ``None`` where nothing was limited."""
        return None if self.authorized is None else self.authorized - self.used

    @property
    def share(self) -> int | None:
        """Return the used share in whole percent, at most 100."""
        if not self.authorized:
            return None
        return min(int(self.used * 100 / self.authorized), 100)


@dataclass(frozen=True, slots=True)
class Standing:
    """An authorization with its balances."""

    row: Authorization
    quantity: Balance
    value: Balance
    days_left: int | None


def authorizations(user: User, *, kind: str = "", standing: str = "", said: str = "") -> QuerySet[Authorization]:
    """Return the authorizations of the cases a person may see, those that end soonest first."""
    rows = Authorization.objects.filter(case__in=visible_cases(user)).select_related("case", "unit")
    if kind:
        rows = rows.filter(kind=kind)
    if standing:
        rows = rows.filter(standing=standing)
    said = said.replace("\x00", "").strip()[:100]
    if said:
        rows = rows.filter(
            Q(number__icontains=said)
            | Q(application__icontains=said)
            | Q(case__ref__iexact=said)
            | Q(case__title__icontains=said)
        )
    return rows.annotate(used_quantity=_sum("quantity", 3), used_value=_sum("value", 2)).order_by(
        F("expires_on").asc(nulls_last=True), "-pk"
    )


def _sum(column: str, places: int) -> Coalesce:
    money = DecimalField(max_digits=20, decimal_places=places)
    used = DrawDown.objects.filter(authorization=OuterRef("pk")).order_by().values("authorization")
    return Coalesce(
        Subquery(used.annotate(total=Sum(column)).values("total"), output_field=money),
        Value(Decimal(0)),
        output_field=money,
    )


def balances(rows: Iterable[Authorization], today: dt.date) -> list[Standing]:
    """Return each authorization with its balances on ``today``; the rows come from :func:`authorizations`."""
    return [
        Standing(
            row=row,
            quantity=Balance(row.quantity, row.used_quantity),
            value=Balance(row.value, row.used_value),
            days_left=(row.expires_on - today).days if row.expires_on else None,
        )
        for row in rows
    ]
