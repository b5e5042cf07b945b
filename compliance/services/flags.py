"""Red flags: evaluating them in three values, asking about them, and closing them by name."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compliance.ear import red_flags
from compliance.lifecycle import Action
from compliance.models import Case, Clock, Document, FlagState, Inquiry, User
from compliance.queries.facts import CaseFacts
from compliance.queries.flags import READINGS, flag_answers, looked_at

from . import refusals, words
from .act import act
from .clocks import start_clock, stop_clocks

_WEIGHT = {"raised": 3, "unknown": 2, "not_raised": 1, "not_relevant": 0}


def evaluate(case: Case, *, on: dt.date, gathered: CaseFacts | None = None) -> None:
    """Evaluate the whole catalogue for a case, inside the verb that changed something; the verb records.

    Both readings are asked and the more cautious answer stands: a flag costs an inquiry, a missed one a company. A
    closed flag opens again when what raised it changed, and only then.
    """
    known = gathered or CaseFacts(case)
    standing = {flag.code: flag for flag in case.flags.all()}
    changed: list[FlagState] = []
    for code, answers in _answers(known, on).items():
        counting = [answer for answer in answers if answer.holds]
        worst = max(counting or answers, key=lambda each: _WEIGHT[each.answer.value])
        state = worst.answer.value if counting else FlagState.Answer.NOT_RELEVANT.value
        missing = sorted({key for answer in counting if answer.answer is worst.answer for key in answer.missing})
        detail = {
            "fired": sorted({key for answer in counting for key in answer.fired}),
            "readings": {
                reading: max(
                    (each for each in answers if each.reading.value == reading), key=lambda a: _WEIGHT[a.answer.value]
                ).answer.value
                for reading in READINGS
            },
            "status": worst.status.value,
            "checked": worst.checked,
            "severity": worst.severity,
            "parties": sorted({answer.party for answer in counting if answer.party and answer.answer is worst.answer}),
            "reason": dict(worst.reason) if worst.reason else None,
        }
        flag = standing.pop(code, None) or FlagState(case=case, code=code)
        # What was explained of one party explains nothing of another.
        before = (flag.answer, flag.detail.get("fired"), flag.missing, flag.detail.get("parties"))
        moved = before != (state, detail["fired"], missing, detail["parties"])
        flag.answer, flag.missing, flag.detail = state, missing, detail
        if moved and flag.closed_at is not None:
            flag.closed_at, flag.closed_by, flag.closed_because, flag.closed_answer = None, None, "", ""
        changed.append(flag)
    # A flag that the catalogue of this day does not have is no part of this answer any more.
    for flag in standing.values():
        flag.answer, flag.missing, flag.detail = FlagState.Answer.NOT_RELEVANT, [], {"not_on_this_day": True}
        changed.append(flag)
    now = timezone.now()
    for flag in changed:
        flag.evaluated_at = now
    FlagState.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["case", "code"],
        update_fields=[
            "answer",
            "missing",
            "detail",
            "evaluated_at",
            "closed_at",
            "closed_by",
            "closed_because",
            "closed_answer",
        ],
    )


def _answers(known: CaseFacts, on: dt.date) -> dict[str, list[red_flags.FlagAnswer]]:
    """Return what every flag says, in both readings, of every item and party."""
    found: dict[str, list[red_flags.FlagAnswer]] = {}
    for looked in looked_at(known, on=on):
        for answer in flag_answers(known, looked, on=on):
            found.setdefault(answer.code, []).append(answer)
    return found


def ask(ref: str, *, by: User, code: str, question: str, asked_of: str, due_on: Any = None) -> Inquiry:
    """Record an inquiry because of a flag: what was asked, of whom, by when an answer is due."""
    asked = words.text("question", question, limit=4000, required=True, lines=True)
    whom = words.text("asked_of", asked_of, limit=200, required=True)
    due = words.day("due_on", due_on)
    today = timezone.localdate()
    if due and due < today:
        raise refusals.BadInput("due_on", _("The answer cannot be due before today."))
    with act(ref, Action.INQUIRE, by=by) as (case, note):
        flag = _flag(case, code)
        inquiry = Inquiry.objects.create(
            flag=flag, question=asked, asked_of=whom, asked_by=by, asked_on=today, due_on=due
        )
        if due:
            start_clock(
                case,
                kind=Clock.Kind.INQUIRY,
                title=f"{code} #{inquiry.pk}",
                start_event=f"inquiry {inquiry.pk}",
                started_on=today,
                due_on=due,
                owner=by,
                proof=whom,
            )
        note.update(flag=code, inquiry=inquiry.pk, question=asked, asked_of=whom, due_on=str(due or ""))
    return inquiry


def record_answer(
    ref: str, *, by: User, inquiry_id: int, answer: str, answered_on: Any = None, evidence_id: int | None = None
) -> Inquiry:
    """Record what came back, with the document that proves it."""
    said = words.text("answer", answer, limit=8000, required=True, lines=True)
    day = words.day("answered_on", answered_on) or timezone.localdate()
    if day > timezone.localdate():
        raise refusals.BadInput("answered_on", _("The answer lies in the future. Record it once you have it."))
    with act(ref, Action.INQUIRE, by=by) as (case, note):
        inquiry = Inquiry.objects.select_for_update().filter(pk=inquiry_id, flag__case=case).first()
        if inquiry is None:
            raise refusals.BadInput("inquiry", _("This inquiry is not part of the case."))
        if inquiry.answered_on:
            raise refusals.BadInput("inquiry", _("This inquiry is answered. Ask again if the answer does not do."))
        evidence = _evidence(case, evidence_id)
        inquiry.answer, inquiry.answered_on, inquiry.recorded_by, inquiry.evidence = said, day, by, evidence
        inquiry.save()
        stop_clocks(
            case, standing=Clock.Standing.MET, on=day, kind=Clock.Kind.INQUIRY, start_event=f"inquiry {inquiry.pk}"
        )
        note.update(
            flag=inquiry.flag.code, inquiry=inquiry.pk, answer=said, evidence=evidence.sha256 if evidence else ""
        )
    return inquiry


def close_flag(ref: str, *, by: User, code: str, reason: str, acknowledged_unknown: bool = False) -> FlagState:
    """Close a flag by name: why the concern is explained, or why it stays unknown and is accepted as such.

    A raised flag needs an answered inquiry first; an unknown one needs the person to say that they know it is unknown.
    """
    why = words.reason(reason)
    with act(ref, Action.CLOSE_FLAG, by=by) as (case, note):
        flag = _flag(case, code)
        if not flag.is_open:
            raise refusals.BadInput("flag", _("Flag %(code)s is not open."), code=code)
        unanswered = flag.inquiries.filter(answered_on__isnull=True).count()
        if unanswered:
            raise refusals.BadInput("flag", _("An inquiry about %(code)s is still unanswered."), code=code)
        if flag.answer == FlagState.Answer.RAISED and not flag.inquiries.exists():
            raise refusals.BadInput(
                "flag", _("%(code)s is raised: inquire and record the answer before you close it."), code=code
            )
        if flag.answer == FlagState.Answer.UNKNOWN and not acknowledged_unknown and not flag.inquiries.exists():
            raise refusals.BadInput(
                "acknowledged_unknown",
                _("%(code)s is unknown: answer its questions, inquire, or confirm that it stays unknown."),
                code=code,
            )
        flag.closed_at, flag.closed_by, flag.closed_because = timezone.now(), by, why
        flag.closed_answer = flag.answer
        flag.save()
        note.update(flag=code, answer=flag.answer, reason=why, acknowledged_unknown=acknowledged_unknown)
    return flag


def _flag(case: Case, code: str) -> FlagState:
    flag = FlagState.objects.select_for_update(of=("self",)).filter(case=case, code=code).first()
    if flag is None:
        raise refusals.BadInput("flag", _("There is no flag %(code)s in this case."), code=str(code)[:40])
    return flag


def _evidence(case: Case, document_id: int | None) -> Document | None:
    if not document_id:
        return None
    document = case.documents.filter(pk=document_id).first()
    if document is None:
        raise refusals.BadInput("evidence", _("This document is not kept here. Attach it first."))
    return document
