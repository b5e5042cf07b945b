"""The verbs of evidence: record, verify, seal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.utils import timezone

from .chain import GENESIS, Break, canonical, first_break, link
from .models import Entry, Head, Seal

PIECE = 5_000
"""How many entries are held in memory while the chain is verified."""


class NotInTransaction(RuntimeError):
    """Evidence was to be written outside the transaction of the change it tells of."""


def record(action: str, subject: str, *, by: str, **payload: Any) -> Entry:
    """Write one entry, chained to the one before, in the transaction of the change it tells of.

    ``action`` is ``noun.verb`` (``case.approve``), ``subject`` a reference (``case:GH-2026-00042``), ``by`` the actor's
    user name or ``system``; ``payload`` holds JSON values, references and digests, never documents. Call it last in the
    transaction: it takes the chain's lock, which every other writer waits for. Raises :class:`NotInTransaction`.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(action)
    head, _created = Head.objects.select_for_update().get_or_create(pk=1)
    at = timezone.now()
    sequence = head.sequence + 1
    text = canonical(
        {"sequence": sequence, "at": at.isoformat(), "action": action, "subject": subject, "by": by, "payload": payload}
    )
    digest = link(head.digest, text)
    entry = Entry.objects.create(
        sequence=sequence,
        at=at,
        action=action,
        subject=subject,
        actor=by,
        payload=payload,
        text=text,
        previous=head.digest,
        digest=digest,
    )
    head.sequence, head.digest = sequence, digest
    head.save(update_fields=["sequence", "digest"])
    return entry


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk over the chain found. ``upto`` is the last entry that holds."""

    upto: int
    digest: str
    broken: Break | None

    @property
    def whole(self) -> bool:
        return self.broken is None


def verify(*, since: int = 0) -> Verification:
    """Walk the chain from ``since`` (exclusive) to the head and say whether every link holds.

    The walk compares the end with the head row and with every seal on the way, so that a cut tail and a rewritten
    table are found too.
    """
    start = GENESIS
    if since:
        before = Entry.objects.filter(sequence=since).values_list("digest", flat=True).first()
        if before is None:
            return Verification(0, GENESIS, Break(since, "gap"))
        start = before
    upto, digest, broken = first_break(_rows(since), after=since, previous=start)
    if broken is None:
        broken = _end_of(upto, digest) or _against_seals(since)
    return Verification(upto, digest, broken)


def _rows(since: int) -> Iterator[tuple[int, str, str, str]]:
    """Yield the links, and check on the way that the searchable columns still say what the hashed text says."""
    rows = Entry.objects.filter(sequence__gt=since).order_by("sequence")
    with transaction.atomic():
        yield from rows.values_list("sequence", "previous", "text", "digest").iterator(chunk_size=PIECE)


def _end_of(upto: int, digest: str) -> Break | None:
    head = Head.objects.filter(pk=1).first()
    if head is None:
        return Break(1, "head") if upto else None
    if head.sequence > upto:
        # A writer may have committed between the walk and this look; only a missing entry is a break.
        exists = Entry.objects.filter(sequence=upto + 1).exists()
        return None if exists else Break(upto + 1, "tail")
    return None if head.digest == digest or head.sequence < upto else Break(upto, "head")


def _against_seals(since: int) -> Break | None:
    for seal in Seal.objects.filter(sequence__gt=since).order_by("sequence"):
        if not Entry.objects.filter(sequence=seal.sequence, digest=seal.digest).exists():
            return Break(seal.sequence, "seal")
    return None


def seal(*, day: dt.date | None = None) -> Seal | None:
    """Write down the head of the day and send it off the machine; does nothing for an empty chain or a sealed day."""
    today = day or timezone.localdate()
    with transaction.atomic():
        head = Head.objects.select_for_update().filter(pk=1).first()
        if head is None or head.sequence == 0 or Seal.objects.filter(day=today).exists():
            return Seal.objects.filter(day=today).first()
        receivers = list(settings.GATEHOUSE_SEAL_RECIPIENTS)
        sealed = Seal.objects.create(
            day=today,
            sequence=head.sequence,
            digest=head.digest,
            sealed_at=timezone.now(),
            sent_to=", ".join(receivers),
        )
    if receivers:
        EmailMessage(
            subject=f"Gatehouse seal {today.isoformat()}: entry {sealed.sequence}",
            body=f"day {today.isoformat()}\nentry {sealed.sequence}\nsha256 {sealed.digest}\n",
            to=receivers,
        ).send()
    return sealed
