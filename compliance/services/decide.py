"""Maker and checker: a proposal bound to its content, and the verdicts of others on it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from compliance.ear import Outcome
from compliance.lifecycle import Action
from compliance.models import Case, Decision, User, Verdict
from compliance.queries.blockers import blockers, route_of
from compliance.queries.case_law import governing
from compliance.queries.content import changed_parts, content_of, digest, part_words
from compliance.queries.outcomes import outcome_label
from compliance.queries.people import deciders

from . import refusals, words
from .act import act
from .clocks import stop_inquiries, withdraw_proposal

# What may be recommended after each outcome. What the law leaves open is decided by hand, with its basis written down.
ALLOWED: dict[str, frozenset[str]] = {
    Outcome.NOT_SUBJECT.value: frozenset({"proceed", "refuse"}),
    Outcome.NO_LICENSE_REQUIRED.value: frozenset({"proceed", "refuse"}),
    Outcome.LICENSE_EXCEPTION.value: frozenset({"proceed", "apply", "refuse"}),
    Outcome.GENERAL_LICENSE.value: frozenset({"proceed", "refuse"}),
    Outcome.LICENSE_REQUIRED.value: frozenset({"apply", "refuse"}),
    Outcome.PROHIBITED.value: frozenset({"refuse"}),
    Outcome.UNDETERMINED.value: frozenset({"proceed", "apply", "refuse"}),
}


def propose(ref: str, *, by: User, recommendation: str, reason: str, by_hand: str = "") -> Decision:
    """Propose a decision; it is bound to the case as it stands now.

    ``by_hand`` is the written legal basis a person needs to proceed where the law package cannot tell. Raises
    :class:`~.refusals.Blocked` with everything that stands in the way, and :class:`~.refusals.WrongRecommendation`.
    """
    why = words.reason(reason)
    basis = words.text("by_hand", by_hand, limit=4000, lines=True)
    if recommendation not in Decision.Recommendation.values:
        raise refusals.BadInput(
            "recommendation", _("“%(given)s” cannot be recommended."), given=str(recommendation)[:40]
        )
    with act(ref, Action.PROPOSE, by=by) as (case, note):
        standing = blockers(case, refusing=recommendation == "refuse")
        if standing:
            raise refusals.Blocked([blocker.sentence for blocker in standing])
        latest = case.determinations.first()
        _follows(latest, recommendation, basis)
        content = content_of(case)
        route = route_of(case, latest, recommendation=recommendation, by_hand=bool(basis))
        decision = Decision.objects.create(
            case=case,
            determination=latest,
            recommendation=recommendation,
            reason=why,
            by_hand=basis,
            proposed_by=by,
            content=digest(content),
            content_text=content,
            checkers_needed=route.checkers,
            route_reasons=route.reasons,
        )
        note.update(
            decision=decision.pk,
            recommendation=recommendation,
            reason=why,
            by_hand=basis,
            content=decision.content,
            determination=latest.digest,
            checkers=route.checkers,
        )
    return decision


def _follows(latest: Any, recommendation: str, basis: str) -> None:
    outcome = latest.outcome
    if recommendation in ALLOWED[outcome]:
        if outcome == Outcome.UNDETERMINED.value and recommendation == "proceed" and not basis:
            raise refusals.BadInput(
                "by_hand",
                _(
                    "The law package cannot tell. To proceed, write down the legal basis and who gave it; "
                    "two colleagues must then approve."
                ),
            )
        if outcome == Outcome.LICENSE_EXCEPTION.value and recommendation == "proceed" and _waits_for_notice(latest):
            raise refusals.WrongRecommendation(
                outcome=outcome_label(outcome),
                recommendation=Decision.Recommendation("proceed").label,
                way=_now("BIS must confirm the NAC notification first: recommend to apply for an authorization."),
            )
        return
    raise refusals.WrongRecommendation(
        outcome=outcome_label(outcome),
        recommendation=Decision.Recommendation(recommendation).label,
        way=_now("Possible here: %(allowed)s.")
        % {"allowed": ", ".join(str(Decision.Recommendation(each).label) for each in sorted(ALLOWED[outcome]))},
    )


def _waits_for_notice(latest: Any) -> bool:
    """Return whether some line relies on an exception of which something must still be done before shipment."""
    governs = governing(latest)
    return any(condition["met"] is not True for line in latest.lines for condition in line[governs]["conditions"])


def approve(
    ref: str,
    *,
    by: User,
    reason: str,
    fingerprint: str,
    conditions: str = "",
    acknowledged_readings: bool = False,
) -> Case:
    """Agree with the proposal, having read exactly what ``fingerprint`` names.

    Where two checkers are needed, the first leaves the case waiting for the second. A proposal to refuse ends the case;
    a proposal to apply sends it to the license desk. Raises the refusals of :func:`_settle`.
    """
    waiting = Decision.objects.filter(case__ref=ref, standing=Decision.Standing.WAITING).first()
    action = Action.APPROVE
    if waiting is not None:
        given = waiting.verdicts.filter(answer__startswith="approve").count()
        if given + 1 < waiting.checkers_needed:
            action = Action.COUNTERSIGN
        elif waiting.recommendation == Decision.Recommendation.APPLY:
            action = Action.REQUIRE_AUTHORIZATION
        elif waiting.recommendation == Decision.Recommendation.REFUSE:
            action = Action.REFUSE
    answer = Verdict.Answer.APPROVE_WITH_CONDITIONS if conditions.strip() else Verdict.Answer.APPROVE
    with act(ref, action, by=by) as (case, note):
        decision = _settle(
            case,
            note,
            by=by,
            answer=answer,
            reason=reason,
            fingerprint=fingerprint,
            conditions=conditions,
            acknowledged_readings=acknowledged_readings,
            fresh=True,
        )
        enough = decision.verdicts.filter(answer__startswith="approve").count() >= decision.checkers_needed
        if enough != (action is not Action.COUNTERSIGN) or (waiting and waiting.pk != decision.pk):
            # Another checker was faster between the look and the lock: nothing is kept, the person reads again.
            raise refusals.WrongFingerprint()
        if enough:
            decision.standing, decision.settled_at = Decision.Standing.APPROVED, timezone.now()
            decision.save(update_fields=["standing", "settled_at"])
        if action is Action.REFUSE:
            stop_inquiries(case)
    return case


def send_back(ref: str, *, by: User, reason: str, fingerprint: str = "") -> Case:
    """Give the case back to its maker with a reason."""
    return _end(ref, Action.SEND_BACK, Verdict.Answer.SEND_BACK, Decision.Standing.SENT_BACK, by, reason, fingerprint)


def refuse(ref: str, *, by: User, reason: str, fingerprint: str = "") -> Case:
    """Refuse the transaction."""
    return _end(ref, Action.REFUSE, Verdict.Answer.REFUSE, Decision.Standing.REFUSED, by, reason, fingerprint)


def _end(
    ref: str, action: Action, answer: Verdict.Answer, standing: Decision.Standing, by: User, reason: str, seen: str
) -> Case:
    with act(ref, action, by=by) as (case, note):
        decision = _settle(case, note, by=by, answer=answer, reason=reason, fingerprint=seen)
        decision.standing, decision.settled_at = standing, timezone.now()
        decision.save(update_fields=["standing", "settled_at"])
        if action is Action.REFUSE:
            stop_inquiries(case)
    return case


def _settle(
    case: Case,
    note: dict[str, Any],
    *,
    by: User,
    answer: Verdict.Answer,
    reason: str,
    fingerprint: str,
    conditions: str = "",
    acknowledged_readings: bool = False,
    fresh: bool = False,
) -> Decision:
    """Write one verdict. With ``fresh`` the content must still be what was proposed.

    Raises :class:`~.refusals.NoProposal`, :class:`~.refusals.OwnProposal`, :class:`~.refusals.AlreadyDecided`,
    :class:`~.refusals.WrongFingerprint`, :class:`~.refusals.ContentMoved`, :class:`~.refusals.Blocked` and
    :class:`~.refusals.ReadingsNotAcknowledged`.
    """
    why = words.reason(reason)
    terms = words.text("conditions", conditions, limit=4000, lines=True)
    decision = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("determination", "proposed_by")
        .filter(case=case, standing=Decision.Standing.WAITING)
        .first()
    )
    if decision is None:
        raise refusals.NoProposal()
    if decision.proposed_by_id == by.pk:
        colleagues = ", ".join(person.name for person in deciders(case, but=by)[:5])
        raise refusals.OwnProposal(colleagues=colleagues or _now("nobody yet; ask the administrator"))
    if decision.verdicts.filter(by=by).exists():
        raise refusals.AlreadyDecided()
    if fresh:
        if fingerprint != decision.content:
            raise refusals.WrongFingerprint()
        now = content_of(case)
        if digest(now) != decision.content:
            raise refusals.ContentMoved(
                changes=", ".join(part_words(part) for part in changed_parts(decision.content_text, now))
            )
        standing = blockers(case, refusing=decision.recommendation == "refuse")
        if standing:
            raise refusals.Blocked([blocker.sentence for blocker in standing])
        stored = decision.determination
        if stored.outcome_codified != stored.outcome_enforced and not acknowledged_readings:
            raise refusals.ReadingsNotAcknowledged()
    verdict = Verdict.objects.create(
        decision=decision,
        proposed_by=decision.proposed_by,
        by=by,
        answer=answer,
        reason=why,
        conditions=terms,
        acknowledged_readings=acknowledged_readings,
        content=decision.content,
    )
    note.update(
        decision=decision.pk,
        verdict=verdict.pk,
        answer=answer.value,
        reason=why,
        conditions=terms,
        content=decision.content,
        proposed_by=decision.proposed_by.username,
        acknowledged_readings=acknowledged_readings,
    )
    return decision


def hold(ref: str, *, by: User, reason: str) -> Case:
    """Stop work on a case for a reason."""
    return _plain(ref, Action.HOLD, by, reason)


def resume(ref: str, *, by: User, reason: str) -> Case:
    """Take work up again."""
    return _plain(ref, Action.RESUME, by, reason)


def reopen(ref: str, *, by: User, reason: str) -> Case:
    """Take a case back to review because something changed; a proposal that waits is withdrawn."""
    why = words.reason(reason)
    with act(ref, Action.REOPEN, by=by) as (case, note):
        withdraw_proposal(case)
        note.update(reason=why)
    return case


def close(ref: str, *, by: User, reason: str) -> Case:
    """Close a shipped case: clearance is filed and the records are complete."""
    return _plain(ref, Action.CLOSE, by, reason)


def _plain(ref: str, action: Action, by: User, reason: str) -> Case:
    why = words.reason(reason)
    with act(ref, action, by=by) as (case, note):
        note.update(reason=why)
    return case
