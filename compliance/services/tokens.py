"""The keys with which programs sign in as a person: made, shown once, revoked. Every change is evidence."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.services import record
from compliance.models import ApiToken, User

from . import words
from .act import role_of
from .refusals import BadInput

LONGEST_DAYS = 365
DEFAULT_DAYS = 30
MOST_TOKENS = 20
SHOWN = 8
"""How many characters of a token are kept readable, so that people can tell their tokens apart."""


def create_token(*, by: User, name: str, days: Any = DEFAULT_DAYS) -> tuple[ApiToken, str]:
    """Make a token that acts as the person for so many days. Returns the row and the token, which is kept nowhere.

    Raises :class:`~.refusals.BadInput`.
    """
    called = words.text("name", name, limit=60, required=True)
    number = words.number("days", days, places=0, digits=6)
    if number is None or not 1 <= number <= LONGEST_DAYS:
        raise BadInput("days", _("A token lives from 1 to %(most)d days."), most=LONGEST_DAYS)
    with transaction.atomic():
        owner = User.objects.select_for_update().get(pk=by.pk)
        alive = ApiToken.objects.filter(user=owner, expiry__gt=timezone.now())
        if alive.filter(name=called).exists():
            raise BadInput(
                "name", _("You already have a token of this name. Choose another, or revoke that one first.")
            )
        if alive.count() >= MOST_TOKENS:
            raise BadInput(
                "name", _("You have %(most)d tokens, which is the most. Revoke one first."), most=MOST_TOKENS
            )
        row, token = ApiToken.objects.create(user=owner, expiry=dt.timedelta(days=int(number)), name=called)
        _record("token.create", row, by=by, expires=row.expiry.isoformat(timespec="seconds"))
    return row, token


def revoke_token(key: str, *, by: User) -> None:
    """End one of the person's own tokens at once. Raises ``ApiToken.DoesNotExist``."""
    with transaction.atomic():
        row = ApiToken.objects.select_for_update().get(token_key=key, user=by)
        _record("token.revoke", row, by=by)
        row.delete()


def _record(kind: str, row: ApiToken, *, by: User, **more: Any) -> None:
    record(
        kind,
        f"person:{by.username}",
        by=by.username,
        role=role_of(by),
        name=row.name,
        begins=row.token_key[:SHOWN],
        **more,
    )
