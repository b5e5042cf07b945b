"""Reading people and business units, for those who manage them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from audit.queries import entries_about
from compliance.models import Unit, User
from compliance.roles import Role


@dataclass(frozen=True, slots=True)
class Account:
    """A person with roles and units at hand."""

    user: User
    roles: list[str]
    units: list[Unit]


def accounts(*, gone: bool = False) -> list[Account]:
    """Return the people who can sign in, or with ``gone`` those who no longer can."""
    rows = (
        User.objects.filter(is_active=not gone)
        .select_related("unit")
        .prefetch_related("groups", "units")
        .order_by("username")
    )
    return [_account(row) for row in rows]


def account(username: str) -> Account:
    """Return one person. Raises ``User.DoesNotExist``."""
    return _account(User.objects.select_related("unit").prefetch_related("groups", "units").get(username=username))


def _account(user: User) -> Account:
    order = [role.value for role in Role]
    held = {group.name for group in user.groups.all()}
    return Account(user, [role for role in order if role in held], list(user.units.all()))


def history_of(username: str) -> list[object]:
    """Return what was done to a person's account, newest first."""
    return list(entries_about(f"person:{username}").order_by("-sequence")[:50])


def units() -> QuerySet[Unit]:
    """Return every business unit with its number of people."""
    return Unit.objects.annotate(people_count=Count("readers", distinct=True))
