"""Which account a command acts for."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

KEEPS = "screening.refresh_lists"


def account_of(name: str) -> str:
    """Return the name of the account that decides on lists. Raises ``CommandError`` for one that may not."""
    if not name:
        raise CommandError("--by: name the account of the person who decides; the evidence says who it was.")
    person = get_user_model().objects.filter(username=name).first()
    if person is None:
        raise CommandError(f"--by: there is no account {name!r}.")
    if not person.has_perm(KEEPS):
        raise CommandError(f"--by: the account {name!r} is closed or may not load lists.")
    return str(person.get_username())
