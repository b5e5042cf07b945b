"""A person answers a match."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.services import record

from ..matching import MATCHER_VERSION
from ..matching.names import clean
from ..models import Judgement, Match
from ..queries import CODES
from ..reasons import Refusal

LEAST, MOST = 10, 4000


@transaction.atomic
def judge(match_id: int, *, by: str, verdict: str, code: str, reason: str) -> int:
    """Write down a person's answer to a match, with its coded ground and its reason in words; return its id.

    ``verdict`` is ``match``, ``no_match`` or ``unsure``. The answer holds for the pair of subject and entry; a
    ``no_match`` lapses when either side or the matcher changes and after ``GATEHOUSE_CLEARANCE_DAYS``. Records
    ``match.judge``. Raises :class:`~screening.reasons.Refusal`, naming the field.
    """
    if verdict not in Judgement.Verdict.values:
        raise Refusal("verdict", field="verdict")
    if code not in CODES[verdict]:
        raise Refusal("code", field="code")
    reason = reason.replace("\x00", "").strip()
    if len(clean(reason)) < LEAST:
        raise Refusal("reason_short", field="reason", least=LEAST)
    if len(reason) > MOST:
        raise Refusal("reason_long", field="reason", most=MOST)
    match = Match.objects.filter(pk=match_id).first()
    if match is None:
        raise Refusal("no_such_match")
    today = timezone.localdate()
    expires = today + dt.timedelta(days=settings.GATEHOUSE_CLEARANCE_DAYS) if verdict == "no_match" else None
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
        expires_on=expires,
    )
    record(
        "match.judge",
        match.subject_ref,
        by=by,
        match=match.pk,
        judgement=judgement.pk,
        entity=match.entity_key,
        verdict=verdict,
        code=code,
        reason=reason,
        listed_fingerprint=match.listed_fingerprint,
        subject_fingerprint=match.subject_fingerprint,
    )
    return judgement.pk
