"""Letting goods go: lists and law are asked once more, as of today, before anything leaves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.ear import deadlines
from compliance.lifecycle import Action
from compliance.models import Authorization, Case, Clock, Decision, User
from compliance.queries.blockers import blockers
from compliance.queries.content import changed_parts, content_of, part_words
from compliance.queries.facts import CaseFacts
from compliance.queries.law import ask_the_law
from compliance.queries.outcomes import outcome_label

from . import flags, refusals
from .act import act
from .clocks import start_clock, stop_clocks, withdraw_proposal
from .determine import note_of, store
from .license import draw_down, must_fit, nac_may_ship
from .screen import screen_again


def ship(ref: str, *, by: User) -> Case:
    """Release the shipment today, if lists and law still answer as they did when it was approved.

    If they do not, the case goes back to review with what changed, and :class:`~.refusals.AnswerChanged` tells the
    person; that reopening is kept. Raises also :class:`~.refusals.NoConfirmation`, :class:`~.refusals.TooEarly` and
    what :func:`~.license.draw_down` raises, which keep the case where it is.
    """
    today = timezone.localdate()
    try:
        with act(ref, Action.SHIP, by=by) as (case, note):
            run = screen_again(case, by=by)
            known = CaseFacts(case)
            decision = _approval(case)
            changes = _since_approval(decision, content_of(case, known))
            answer = ask_the_law(case, on=today, gathered=known)
            # Storing evaluates the red flags of today, which must be known before the case is asked what stands open.
            stored = store(case, answer, by=by, gathered=known)
            changes |= _found_today(case, decision, known, answer.outcome)
            if changes:
                raise _Moved(changes)
            authorization = _authorization(case, today)
            if authorization is not None:
                taken = draw_down(case, authorization, by=by, on=today)
                note.update(authorization=authorization.pk, number=authorization.number, quantity=f"{taken.quantity:f}")
            case.shipped_on = today
            stop_clocks(case, standing=Clock.Standing.MET, on=today)
            _start_records(case, today, by)
            note.update(shipped_on=today.isoformat(), run=run.pk, decision=decision.pk, **note_of(stored))
    except _Moved as moved:
        with act(ref, Action.REOPEN, by=by) as (case, note):
            run = screen_again(case, by=by)
            flags.evaluate(case, on=today)
            withdraw_proposal(case)
            note.update(because="asked again before shipment", changes=list(moved.changes), run=run.pk)
        raise refusals.AnswerChanged(changes="; ".join(moved.changes.values())) from moved
    return case


class _Moved(Exception):
    """What is not as it was approved: a stable code for the evidence, a sentence for the person."""

    def __init__(self, changes: dict[str, str]) -> None:
        super().__init__(changes)
        self.changes = changes


def _approval(case: Case) -> Decision:
    decision = case.decisions.filter(standing=Decision.Standing.APPROVED).select_related("determination").first()
    if decision is None:
        raise refusals.NoProposal()
    return decision


def _since_approval(decision: Decision, now: dict[str, Any]) -> dict[str, str]:
    """Return, by part, what the case holds today that was not approved."""
    # The planned day may have passed: the law is asked for today, so the day of the determination is no change.
    parts = [part for part in changed_parts(decision.content_text, now) if part != "determination"]
    return {part: _("changed since approval: %(part)s") % {"part": part_words(part)} for part in parts}


def _found_today(case: Case, decision: Decision, known: CaseFacts, outcome: str) -> dict[str, str]:
    """Return, by code, what lists, red flags and law of today put in the way."""
    found = {
        blocker.code: blocker.sentence
        for blocker in blockers(case, gathered=known)
        if blocker.panel in {"screening", "flags"}
    }
    if outcome != decision.determination.outcome:
        found["outcome"] = _("the law of today says “%(now)s” where “%(was)s” was approved") % {
            "now": outcome_label(outcome),
            "was": outcome_label(decision.determination.outcome),
        }
    return found


def _authorization(case: Case, today: dt.date) -> Authorization | None:
    """Return what lets the case go, or ``None`` where nothing is needed.

    Raises :class:`~.refusals.NoConfirmation` for a notification without number and :class:`~.refusals.TooEarly` for
    one whose 25 days are not over.
    """
    pending = case.authorizations.filter(kind=Authorization.Kind.NAC, standing=Authorization.Standing.PENDING).exists()
    granted = case.authorizations.filter(standing=Authorization.Standing.GRANTED).order_by("-pk").first()
    if granted is not None:
        must_fit(case, granted.kind)
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
