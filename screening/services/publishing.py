"""A second person takes a loaded file into use, or rejects it, where ``GATEHOUSE_LISTS_NEED_SECOND`` asks for one.

And a source that nobody keeps up to date any longer is taken out of use.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from audit.services import record

from ..matching.names import clean
from ..models import Snapshot, Source
from ..reasons import Refusal

LEAST, MOST = 10, 2000


@transaction.atomic
def publish(snapshot_id: int, *, by: str) -> None:
    """Take a file that waits into use in the place of the one before. Records ``list.publish``.

    Raises :class:`~screening.reasons.Refusal` for a file that does not wait, and for the person who loaded it.
    """
    waiting = _waiting(snapshot_id, by=by)
    now = timezone.now()
    Snapshot.objects.filter(source_id=waiting.source_id, state=Snapshot.State.CURRENT).update(
        state=Snapshot.State.SUPERSEDED
    )
    waiting.state = Snapshot.State.CURRENT
    waiting.used_from = waiting.decided_at = now
    waiting.decided_by = by
    waiting.save(update_fields=["state", "used_from", "decided_at", "decided_by"])
    record(
        "list.publish",
        f"snapshot:{waiting.pk}",
        by=by,
        sha256=waiting.sha256,
        loaded_by=waiting.loaded_by,
        source=waiting.source_id,
    )


@transaction.atomic
def reject(snapshot_id: int, *, by: str, reason: str) -> None:
    """Say that a file that waits is not to be used, and why; the lists in use stay. Records ``list.reject``."""
    waiting = _waiting(snapshot_id, by=by)
    reason = _reason(reason)
    waiting.state = Snapshot.State.REJECTED
    waiting.decided_at, waiting.decided_by, waiting.decision_reason = timezone.now(), by, reason
    waiting.save(update_fields=["state", "decided_at", "decided_by", "decision_reason"])
    record(
        "list.reject",
        f"snapshot:{waiting.pk}",
        by=by,
        sha256=waiting.sha256,
        loaded_by=waiting.loaded_by,
        source=waiting.source_id,
        reason=reason,
    )


@transaction.atomic
def retire(source: str, *, by: str, reason: str) -> int:
    """Take a source out of use with nothing in its place; return the id of its file. Records ``list.retire``.

    From now on it is named as not searched; searches of past days still read it. Raises
    :class:`~screening.reasons.Refusal` where no file of it is in use, and without a reason.
    """
    reason = _reason(reason)
    Source.objects.select_for_update().filter(pk=source).first()
    used = Snapshot.objects.defer("members", "difference").filter(source_id=source, state=Snapshot.State.CURRENT)
    ending = used.first()
    if ending is None:
        raise Refusal("not_in_use", field="source", source=source)
    ending.state = Snapshot.State.RETIRED
    ending.used_until, ending.retired_by, ending.retire_reason = timezone.now(), by, reason
    ending.save(update_fields=["state", "used_until", "retired_by", "retire_reason"])
    record("list.retire", f"snapshot:{ending.pk}", by=by, source=source, sha256=ending.sha256, reason=reason)
    return ending.pk


def _reason(reason: str) -> str:
    reason = reason.replace("\x00", "").strip()
    if len(clean(reason)) < LEAST:
        raise Refusal("reason_short", field="reason", least=LEAST)
    if len(reason) > MOST:
        raise Refusal("reject_long", field="reason", most=MOST)
    return reason


def _waiting(snapshot_id: int, *, by: str) -> Snapshot:
    """Return the file under the lock of its source: a load and a decision never cross."""
    found = Snapshot.objects.filter(pk=snapshot_id).only("source_id").first()
    if found is None:
        raise Refusal("no_such_file")
    Source.objects.select_for_update().get(pk=found.source_id)
    waiting = Snapshot.objects.defer("members", "difference").get(pk=snapshot_id)
    if waiting.state != Snapshot.State.AWAITING:
        raise Refusal("not_waiting")
    if waiting.loaded_by == by:
        raise Refusal("own_load")
    return waiting
