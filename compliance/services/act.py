"""The gate. Every change of a case passes here: lock, check, do, move, record, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from audit.services import record
from compliance import lifecycle
from compliance.lifecycle import Action
from compliance.models import Case, User
from compliance.queries.clocks import next_due_on

from . import refusals

SYSTEM = "system"
Note = dict[str, Any]


@contextmanager
def act(ref: str, action: Action, *, by: User | None) -> Iterator[tuple[Case, Note]]:
    """Lock the case, check the table and the right, run the body, move the case, record it.

    ``by`` of ``None`` is the clock: it may do what the table allows and needs no right, and its entries are signed
    ``system``. The body fills the note, which becomes the entry's payload. Nothing is kept when the body raises.
    Raises ``Case.DoesNotExist`` outside the person's scope, :class:`~.refusals.OutOfTurn` and
    :class:`~.refusals.NotYours`.
    """
    with transaction.atomic():
        rows = Case.objects.all() if by is None else Case.objects.visible_to(by)
        # The lock is taken on the bare row: a scope filter joins other tables, which must stay free.
        found = rows.only("pk").get(ref=ref)
        case = Case.objects.select_for_update().get(pk=found.pk)
        try:
            step = lifecycle.step(case.state, action)
        except lifecycle.OutOfTurn as error:
            raise refusals.OutOfTurn(error.state, error.action) from error
        if by is not None and not by.has_perm(step.needs):
            raise refusals.NotYours()
        note: Note = {}
        yield case, note
        before, case.state = case.state, step.to.value
        case.version += 1
        case.next_due_on = next_due_on(case)
        case.save()
        record(
            f"case.{action.value}",
            case.subject,
            by=by.username if by else SYSTEM,
            before=before,
            after=case.state,
            role=role_of(by),
            **note,
        )


def role_of(user: User | None) -> str:
    """Return the person's roles as they stand now, to be frozen in an entry."""
    return SYSTEM if user is None else ", ".join(sorted(group.name for group in user.groups.all()))
