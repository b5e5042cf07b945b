"""A person answers a match, or several matches of one entry that are plainly others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.services import record

from .. import queries, walk
from ..matching import MATCHER_VERSION
from ..matching.names import clean
from ..models import Judgement, Match
from ..queries import CODES
from ..reasons import Refusal

LEAST, MOST = 10, 4000
MOST_TOGETHER = 50
"""How many matches may be answered at once: no more than a person reads name by name."""

Verdict = Judgement.Verdict


@transaction.atomic
def judge(
    match_id: int,
    *,
    by: str,
    verdict: str,
    code: str,
    reason: str,
    answers: Mapping[str, str] | None = None,
    waits_for: str = "",
    seen: int | None = None,
) -> int:
    """Write down a person's answer to a match, with its coded ground and its reason in words; return its id.

    ``verdict`` is ``match``, ``no_match``, ``unsure`` or ``escalated``; the last names in ``waits_for`` the colleague
    it is passed on to. ``answers`` are those to the questions of :mod:`screening.walk`; a ``match`` needs them all, and
    none may say that there is no valid match. The answer holds for the pair of subject and entry; a ``no_match``
    lapses when either side or the matcher changes and after ``GATEHOUSE_CLEARANCE_DAYS``. ``seen`` is the latest
    judgement of the pair the person had before her, 0 for none: an answer given meanwhile by somebody else is not
    answered over unread. Records ``match.judge``, or ``match.escalate``. Raises
    :class:`~screening.reasons.Refusal`, naming the field.
    """
    reason = _checked(verdict, code, reason)
    given = _walked(verdict, answers or {})
    match = Match.objects.filter(pk=match_id).first()
    if match is None:
        raise Refusal("no_such_match")
    _one_after_another([match])
    if seen is not None:
        _refuse_unread(match, seen)
    waits_for = _passed_to(match, verdict, waits_for, by=by)
    return _write(match, by=by, verdict=verdict, code=code, reason=reason, answers=given, waits_for=waits_for)


@transaction.atomic
def judge_together(match_ids: Sequence[int], *, by: str, code: str, reason: str) -> list[int]:
    """Say of several of our parties that they are not the one listed party they met; return the judgements' ids.

    Only for matches of one entry, at most :data:`MOST_TOGETHER`, each undecided in its subject's newest run, and never
    where the name, a number or the address is that of the entry. All are answered or none. Records ``match.judge`` for
    each. Raises :class:`~screening.reasons.Refusal`, naming the match.
    """
    reason = _checked(Verdict.NO_MATCH, code, reason)
    wanted = list(dict.fromkeys(match_ids))
    if not wanted:
        raise Refusal("together_none", field="matches")
    if len(wanted) > MOST_TOGETHER:
        raise Refusal("together_many", field="matches", found=len(wanted), most=MOST_TOGETHER)
    matches = list(Match.objects.select_related("listed", "run").filter(pk__in=wanted).order_by("pk"))
    if len(matches) < len(wanted):
        raise Refusal("together_gone", field="matches")
    if len({match.entity_key for match in matches}) > 1:
        raise Refusal("together_entry", field="matches")
    _one_after_another(matches)
    waiting = queries.undecided_among(wanted)
    for match in matches:
        if match.pk not in waiting:
            raise Refusal("together_old", field="matches", name=match.our_name)
        if queries.too_close(match):
            raise Refusal("together_exact", field="matches", name=match.our_name)
    return [_write(match, by=by, verdict=Verdict.NO_MATCH, code=code, reason=reason) for match in matches]


def _one_after_another(matches: Sequence[Match]) -> None:
    """Let answers to one pair wait for each other. The lock is on the oldest match of the pair: every run has one."""
    for match in sorted(matches, key=lambda one: (one.entity_key, one.subject_ref)):
        pair = Match.objects.filter(subject_ref=match.subject_ref, entity_key=match.entity_key)
        pair.order_by("pk").select_for_update().values_list("pk", flat=True).first()


def _refuse_unread(match: Match, seen: int) -> None:
    pair = Judgement.objects.filter(subject_ref=match.subject_ref, entity_key=match.entity_key)
    latest = pair.order_by("-pk").first()
    if latest is not None and latest.pk != seen:
        raise Refusal("answered_meanwhile", by=latest.by, answer=str(latest.get_verdict_display()))


def _checked(verdict: str, code: str, reason: str) -> str:
    if verdict not in Verdict.values:
        raise Refusal("verdict", field="verdict")
    if code not in CODES[verdict]:
        raise Refusal("code", field="code")
    reason = reason.replace("\x00", "").strip()
    if len(clean(reason)) < LEAST:
        raise Refusal("reason_short", field="reason", least=LEAST)
    if len(reason) > MOST:
        raise Refusal("reason_long", field="reason", most=MOST)
    return reason


def _walked(verdict: str, answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers of the walk; for a true match it has to be walked to its end."""
    given = walk.known_answers(answers)
    for key, value in answers.items():
        if key in walk.BY_KEY and value and key not in given:
            raise Refusal("walk_answer", field="walk", found=value[:40], question=walk.BY_KEY[key].words)
    if verdict == Verdict.MATCH:
        left = walk.next_question(given)
        if left is not None:
            raise Refusal("walk_missing", field="walk", step=left.step, question=left.words)
        stop = walk.stopped_by(given)
        if stop is not None:
            raise Refusal("walk_contradicts", field="walk", step=stop.step)
    return given


def _passed_to(match: Match, verdict: str, waits_for: str, *, by: str) -> str:
    if verdict != Verdict.ESCALATED:
        return ""
    if not waits_for:
        raise Refusal("waits_missing", field="waits_for")
    if waits_for == by:
        raise Refusal("waits_self", field="waits_for")
    if waits_for not in dict(queries.colleagues_for(match.subject_ref)):
        raise Refusal("waits_not", field="waits_for", found=waits_for[:60])
    return waits_for


def _write(
    match: Match,
    *,
    by: str,
    verdict: str,
    code: str,
    reason: str,
    answers: Mapping[str, str] | None = None,
    waits_for: str = "",
) -> int:
    days = dt.timedelta(days=settings.GATEHOUSE_CLEARANCE_DAYS)
    judgement = Judgement.objects.create(
        match=match,
        subject_ref=match.subject_ref,
        entity_key=match.entity_key,
        subject_fingerprint=match.subject_fingerprint,
        listed_fingerprint=match.listed_fingerprint,
        matcher_version=MATCHER_VERSION,
        verdict=verdict,
        code=code,
        reason=reason,
        by=by,
        at=timezone.now(),
        expires_on=timezone.localdate() + days if verdict == Verdict.NO_MATCH else None,
        walk=dict(answers or {}),
        waits_for=waits_for,
    )
    told = {"walk": dict(answers)} if answers else {}
    if waits_for:
        told["waits_for"] = waits_for
    record(
        "match.escalate" if verdict == Verdict.ESCALATED else "match.judge",
        match.subject_ref,
        by=by,
        match=match.pk,
        judgement=judgement.pk,
        entity=match.entity_key,
        verdict=str(verdict),
        code=code,
        reason=reason,
        listed_fingerprint=match.listed_fingerprint,
        subject_fingerprint=match.subject_fingerprint,
        **told,
    )
    return judgement.pk
