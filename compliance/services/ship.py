"""Letting goods go: lists and law are asked once more, as of today, before anything leaves."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.ear import deadlines
from compliance.lifecycle import Action
from compliance.models import Authorization, Case, Clock, Decision, User
from compliance.queries.blockers import blockers
from compliance.queries.content import changed_parts, content_of
from compliance.queries.facts import CaseFacts
from compliance.queries.law import ask_the_law

from . import refusals
from .act import act
from .clocks import start_clock, stop_clocks, withdraw_proposal
from .determine import note_of, store
from .license import draw_down, nac_may_ship
from .screen import screen_again


def ship(ref: str, *, by: User) -> Case:
    """Release the shipment today, if lists and law still answer as they did when it was approved.

    If they do not, the case goes back to review with what changed, and :class:`~.refusals.AnswerChanged` tells the
    person; that reopening is kept. Raises also :class:`~.refusals.NoConfirmation`,
    :class:`~.refusals.LicenseExpired` and :class:`~.refusals.LicenseExhausted`, which keep the case where it is.
    """
    today = timezone.localdate()
    try:
        with act(ref, Action.SHIP, by=by) as (case, note):
            run = screen_again(case, by=by)
            known = CaseFacts(case)
            changes = _what_changed(case, known, today)
            if changes:
                raise _Moved(changes)
            decision = _approval(case)
            authorization = _authorization(case, today)
            answer = ask_the_law(case, on=today, gathered=known)
            stored = store(case, answer, by=by, gathered=known)
            if authorization is not None:
                taken = draw_down(case, authorization, by=by, on=today)
                note.update(authorization=authorization.pk, number=authorization.number, quantity=f"{taken.quantity:f}")
            case.shipped_on = today
            stop_clocks(case, standing=Clock.Standing.MET, on=today)
            _start_records(case, today, by)
            note.update(shipped_on=today.isoformat(), run=run.pk, decision=decision.pk, **note_of(stored))
    except _Moved as moved:
        with transaction.atomic(), act(ref, Action.REOPEN, by=by) as (case, note):
            run = screen_again(case, by=by)
            withdraw_proposal(case)
            note.update(because="asked again before shipment", changes=moved.changes, run=run.pk)
        raise refusals.AnswerChanged(changes="; ".join(moved.changes)) from moved
    return case


class _Moved(Exception):
    def __init__(self, changes: list[str]) -> None:
        super().__init__(changes)
        self.changes = changes


def _approval(case: Case) -> Decision:
    decision = case.decisions.filter(standing=Decision.Standing.APPROVED).select_related("determination").first()
    if decision is None:
        raise refusals.NoProposal()
    return decision


def _what_changed(case: Case, known: CaseFacts, today: dt.date) -> list[str]:
    """Return, as sentences, every way in which the case is not what was approved."""
    decision = _approval(case)
    now = content_of(case, known)
    # The planned day may have passed: the law is asked for today below, so the day itself is no change.
    parts = [part for part in changed_parts(decision.content_text, now) if part != "determination"]
    changes = [_("changed since approval: %(part)s") % {"part": part} for part in parts if part != "facts"]
    if decision.content_text.get("facts") != now["facts"]:
        changes.append(_("facts of the case changed since approval"))
    changes += [
        blocker.sentence for blocker in blockers(case, gathered=known) if blocker.panel in {"screening", "flags"}
    ]
    answer = ask_the_law(case, on=today, gathered=known)
    if answer.outcome != decision.determination.outcome:
        changes.append(
            _("the law of today says “%(now)s” where “%(was)s” was approved")
            % {"now": answer.outcome, "was": decision.determination.outcome}
        )
    return changes


def _authorization(case: Case, today: dt.date) -> Authorization | None:
    """Return what lets the case go, or ``None`` where nothing is needed.

    Raises :class:`~.refusals.NoConfirmation` for a notification without number and :class:`~.refusals.TooEarly` for
    one whose 25 days are not over.
    """
    pending = case.authorizations.filter(kind=Authorization.Kind.NAC, standing=Authorization.Standing.PENDING).exists()
    granted = case.authorizations.filter(standing=Authorization.Standing.GRANTED).order_by("-pk").first()
    if granted is not None:
        if granted.kind == Authorization.Kind.NAC and not nac_may_ship(granted, today):
            raise refusals.TooEarly()
        return granted
    if pending:
        raise refusals.NoConfirmation()
    expired = case.authorizations.filter(standing=Authorization.Standing.EXPIRED).order_by("-expires_on").first()
    if expired is not None:
        raise refusals.LicenseExpired(day=expired.expires_on.isoformat() if expired.expires_on else "")
    decision = _approval(case)
    if decision.recommendation == Decision.Recommendation.APPLY:
        raise refusals.NoConfirmation()
    return None


def _start_records(case: Case, today: dt.date, by: User) -> None:
    """Records are kept five years from the latest of the events in 15 CFR 762.6(a); the day is drawn from the law."""
    start_clock(
        case,
        kind=Clock.Kind.RECORDS,
        start_event="shipment",
        started_on=today,
        due_on=deadlines.due("REC-EAR-5Y", today).due,
        owner=case.assigned_to or by,
        citation="15 CFR 762.6",
    )
