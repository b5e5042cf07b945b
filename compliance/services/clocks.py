"""Clocks: starting them, and the sweep that warns, escalates and reopens. The rows say what is due; the sweep asks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.services import record
from compliance.lifecycle import TABLE, Action, State
from compliance.models import Authorization, Case, Clock, ClockWarning, User
from compliance.queries.clocks import GOING, next_due_on

from .act import SYSTEM, act


def start_clock(
    case: Case,
    *,
    kind: str,
    start_event: str,
    started_on: dt.date,
    due_on: dt.date,
    owner: User,
    citation: str = "",
    proof: str = "",
    title: str = "",
    authorization: Authorization | None = None,
    reopens: bool = False,
) -> Clock:
    """Start a clock inside the verb that starts it, which records. ``reopens``: its end reopens the case."""
    return Clock.objects.create(
        case=case,
        kind=kind,
        title=title,
        start_event=start_event,
        started_on=started_on,
        due_on=due_on,
        owner=owner,
        citation=citation,
        proof=proof,
        authorization=authorization,
        reopens=reopens,
    )


def stop_clocks(case: Case, *, standing: str, on: dt.date, **which: Any) -> int:
    """End the running clocks that match ``which``; called by the verb that ends them."""
    return case.clocks.filter(standing__in=GOING, **which).update(standing=standing, ended_on=on)


_ENDING_KINDS = (Clock.Kind.RECORDS, Clock.Kind.CLEARANCE)
_ENDS_BY_ITSELF = Q(reopens=True) | Q(kind__in=_ENDING_KINDS)
"""Clocks on whose last day something ends, not something is due: they expire and are never overdue."""


def stop_inquiries(case: Case) -> None:
    """End the clocks of answers nobody waits for any more, because the case was refused."""
    stop_clocks(case, standing=Clock.Standing.CANCELLED, on=timezone.localdate(), kind=Clock.Kind.INQUIRY)


def sweep(*, today: dt.date | None = None) -> dict[str, int]:
    """Warn of what is due within a lead, escalate what is overdue, and reopen what relied on something that ended.

    Each clock is its own short transaction, and each warning is written once: the sweep may be killed anywhere and run
    again. A missed day loses nothing, because the question is "which lead is reached and not yet announced".
    """
    day = today or timezone.localdate()
    done = {"warned": 0, "overdue": 0, "expired": 0}
    for pk in _to_announce(day):
        said = _announce(pk, day)
        if said:
            done[said] += 1
    ended = Clock.objects.filter(_ENDS_BY_ITSELF, standing=Clock.Standing.RUNNING, due_on__lt=day)
    for pk, ref in list(ended.values_list("pk", "case__ref")):
        done["expired"] += _expire(pk, ref, day)
    return done


def lead_reached(due_on: dt.date, day: dt.date) -> int | None:
    """Return the smallest lead that has been reached on ``day``, -1 when overdue, ``None`` when none is."""
    left = (due_on - day).days
    if left < 0:
        return ClockWarning.OVERDUE
    return next((lead for lead in sorted({0, *settings.GATEHOUSE_DEADLINE_LEADS}) if left <= lead), None)


def _to_announce(day: dt.date) -> list[int]:
    longest = max([0, *settings.GATEHOUSE_DEADLINE_LEADS])
    near = Clock.objects.filter(
        standing=Clock.Standing.RUNNING, due_on__lte=day + dt.timedelta(days=longest)
    ).prefetch_related("warnings")
    return [
        clock.pk for clock in near if (_lead(clock, day), clock.due_on) not in {(None, clock.due_on), *_said(clock)}
    ]


def _lead(clock: Clock, day: dt.date) -> int | None:
    """Return the lead a clock has reached; what ends by itself is not overdue."""
    lead = lead_reached(clock.due_on, day)
    ends = clock.reopens or clock.kind in _ENDING_KINDS
    return None if ends and lead == ClockWarning.OVERDUE else lead


def _said(clock: Clock) -> set[tuple[int, dt.date]]:
    return {(warning.lead, warning.due_on) for warning in clock.warnings.all()}


def _announce(pk: int, day: dt.date) -> str:
    """Write one warning and its entry. Returns ``warned``, ``overdue`` or nothing when somebody else did."""
    with transaction.atomic():
        clock = (
            Clock.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("case", "owner")
            .filter(pk=pk, standing=Clock.Standing.RUNNING)
            .first()
        )
        lead = _lead(clock, day) if clock else None
        if clock is None or lead is None:
            return ""
        _row, new = ClockWarning.objects.get_or_create(clock=clock, lead=lead, due_on=clock.due_on)
        if not new:
            return ""
        overdue = lead == ClockWarning.OVERDUE
        record(
            "clock.overdue" if overdue else "clock.warn",
            clock.case.subject,
            by=SYSTEM,
            clock=clock.pk,
            kind=clock.kind,
            title=clock.title,
            due_on=clock.due_on.isoformat(),
            lead=lead,
            owner=clock.owner.username,
        )
        return "overdue" if overdue else "warned"


def _expire(pk: int, ref: str, day: dt.date) -> int:
    """End a clock whose last day has passed and reopen the case that relied on it, in one transaction."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(ref=ref)
        clock = Clock.objects.select_for_update().filter(pk=pk, standing=Clock.Standing.RUNNING).first()
        if clock is None:
            return 0
        clock.standing, clock.ended_on = Clock.Standing.EXPIRED, day
        clock.save(update_fields=["standing", "ended_on"])
        if clock.authorization:
            clock.authorization.standing = Authorization.Standing.EXPIRED
            clock.authorization.save(update_fields=["standing"])
        what = {
            "clock": clock.pk,
            "kind": clock.kind,
            "due_on": clock.due_on.isoformat(),
            "owner": clock.owner.username,
        }
        if clock.reopens and (State(case.state), Action.REOPEN) in TABLE:
            with act(ref, Action.REOPEN, by=None) as (case, note):
                withdraw_proposal(case)
                note.update(because="expired", **what)
        else:
            case.next_due_on = next_due_on(case)
            case.save(update_fields=["next_due_on"])
            record("clock.expire", case.subject, by=SYSTEM, **what)
    return 1


def withdraw_proposal(case: Case) -> None:
    """Take back a proposal that waits: its case has gone back to review."""
    case.decisions.filter(standing="waiting").update(standing="withdrawn", settled_at=timezone.now())
