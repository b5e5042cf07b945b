"""Asking the law for a case and keeping the answer whole."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from audit.queries import entries_about
from audit.services import record
from compliance.exchange.stored import body_of, digest_of
from compliance.lifecycle import TABLE, Action, State
from compliance.models import Case, StoredDetermination, User
from compliance.queries.asked import questions_asked
from compliance.queries.case_law import governing
from compliance.queries.facts import CaseFacts
from compliance.queries.law import Answer, ask_the_law
from compliance.queries.screening import latest_screening

from . import flags, reliance
from .act import SYSTEM, act
from .clocks import withdraw_proposal
from .each import each


def store(case: Case, answer: Answer, *, by: User | None, gathered: CaseFacts | None = None) -> StoredDetermination:
    """Keep an answer beside the earlier ones, and evaluate the red flags on the same day. The verb records."""
    screening = latest_screening(case)
    run = screening.run if screening else None
    snapshots = run.snapshot_digests if run else []
    body = body_of(
        on=answer.on.isoformat(),
        lines=answer.lines,
        outcomes=answer.outcomes,
        governing=answer.governing,
        rulebook=answer.rulebook,
        snapshots=snapshots,
        tolerance=answer.tolerance,
    )
    stored = StoredDetermination.objects.create(
        case=case,
        on=answer.on,
        made_by=by,
        lines=answer.lines,
        outcome=answer.outcome,
        outcome_codified=answer.outcomes["codified"],
        outcome_enforced=answer.outcomes["enforced"],
        governing=answer.governing,
        rulebook=answer.rulebook,
        tolerance=answer.tolerance,
        facts_digest=answer.facts_digest,
        screening_run=run,
        snapshots=snapshots,
        digest=digest_of(body),
    )
    reliance.keep(stored)
    case.outcome = stored.outcome
    flags.evaluate(case, on=answer.on, gathered=gathered)
    # Worked out now, so that the first page that shows them need not.
    questions_asked(stored, governing(stored))
    return stored


def note_of(stored: StoredDetermination) -> dict[str, Any]:
    """Return what an entry says of a stored determination."""
    return {
        "determination": stored.pk,
        "on": stored.on.isoformat(),
        "outcome": stored.outcome,
        "codified": stored.outcome_codified,
        "enforced": stored.outcome_enforced,
        "rulebook": stored.rulebook,
        "digest": stored.digest,
    }


def determine_case(ref: str, *, by: User | None) -> StoredDetermination:
    """Determine a case for its planned day, or for today where none is planned yet."""
    with act(ref, Action.DETERMINE, by=by) as (case, note):
        known = CaseFacts(case)
        answer = ask_the_law(case, on=case.planned_on or timezone.localdate(), gathered=known)
        stored = store(case, answer, by=by, gathered=known)
        note.update(note_of(stored))
    return stored


def redetermine_open_cases() -> dict[str, int]:
    """Ask the law again for every open case whose determination rests on another rulebook or on other facts.

    Each case is one short transaction. A case under review gets the new determination. One further on is reopened when
    the outcome changed; one that waits for approval is reopened too, because a proposal rests on the rulebook it names.
    """
    rows = Case.objects.still_open().exclude(state__in=[State.DRAFT, State.HELD]).order_by("pk")
    refs = list(rows.values_list("ref", flat=True))
    return each(refs, _redetermine, "determined", "reopened", "unchanged")


def _redetermine(ref: str) -> list[str]:
    case = Case.objects.select_for_update(skip_locked=True).filter(ref=ref).first()
    latest = case.determinations.first() if case else None
    if case is None or (latest is None and case.state != State.UNDER_REVIEW):
        return []
    answer = ask_the_law(case, on=case.planned_on or timezone.localdate())
    if latest is not None and _same(latest, answer):
        return ["unchanged"]
    if latest is None or case.state == State.UNDER_REVIEW:
        # Without any determination the program was stopped between handing in and asking the law.
        with act(ref, Action.DETERMINE, by=None) as (case, note):
            note.update(note_of(store(case, answer, by=None)), because="rulebook or facts")
        return ["determined"]
    moved = answer.outcome != latest.outcome or case.state == State.AWAITING_APPROVAL
    if moved and (State(case.state), Action.REOPEN) in TABLE:
        with act(ref, Action.REOPEN, by=None) as (case, note):
            withdraw_proposal(case)
            told = note_of(store(case, answer, by=None))
            note.update(told, because="law", was=latest.outcome, now=answer.outcome)
        return ["reopened"]
    _note_recheck(case, answer)
    return ["unchanged"]


def _same(latest: StoredDetermination, answer: Answer) -> bool:
    then = (latest.rulebook, latest.facts_digest, latest.on)
    return then == (answer.rulebook, answer.facts_digest, answer.on)


def _note_recheck(case: Case, answer: Answer) -> None:
    """Record that the law was asked again and says the same; once for each answer, not once a night."""
    told = {"outcome": answer.outcome, "rulebook": answer.rulebook, "facts": answer.facts_digest}
    before = entries_about(case.subject).filter(action="case.recheck").last()
    if before is None or before.payload != told:
        record("case.recheck", case.subject, by=SYSTEM, **told)
