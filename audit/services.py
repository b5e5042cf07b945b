"""The verbs of evidence: record, verify, seal."""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Q, TextField
from django.db.models.expressions import RawSQL
from django.utils import timezone
from psycopg import DataError, sql

from . import queries
from .chain import GENESIS, Break, around_payload, canonical, first_break, link
from .models import Entry, Head, LastCheck, Seal
from .queries import LogFilter

log = structlog.get_logger(__name__)

MOMENT = """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')"""
"""The moment of an entry as text; NULL for infinity, which a column can hold and no entry ever said."""
WALK = """
    COPY (
        SELECT sequence, previous, text, digest, action, subject, actor, {moment}, (text::jsonb)->'payload' = payload
        FROM audit_entry WHERE sequence > {since} ORDER BY sequence
    ) TO STDOUT
"""


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

    The walk also finds columns that no longer say what the hashed text says, and compares the end with the head row
    and with every seal on the way, so that a cut tail and a rewritten table are found too. Rows numbered below the
    first entry, which no walk would meet, are looked for; so is a chain that was emptied together with its head.
    """
    forged = Entry.objects.filter(sequence__lte=0).order_by("sequence").values_list("sequence", flat=True).first()
    if forged is not None:
        return Verification(0, GENESIS, Break(forged, "forged"))
    start = GENESIS
    if since:
        before = Entry.objects.filter(sequence=since).values_list("digest", flat=True).first()
        if before is None:
            return Verification(0, GENESIS, Break(since, "gap"))
        start = before
    altered: list[int] = []
    try:
        with transaction.atomic():
            upto, digest, broken = first_break(_rows(since, altered), after=since, previous=start)
    except DataError:
        # A text that is not JSON, or not of an entry, cannot be compared by the database. Somebody put it there.
        altered.clear()
        upto, digest, broken = first_break(_rows_one_by_one(since, altered), after=since, previous=start)
    if altered and (broken is None or altered[0] < broken.sequence):
        broken = Break(altered[0], "columns")
        upto = altered[0] - 1
        digest = Entry.objects.filter(sequence=upto).values_list("digest", flat=True).first() or GENESIS
    if broken is None:
        broken = _end_of(upto, digest) or _against_seals(since)
    return Verification(upto, digest, broken)


def _rows(since: int, altered: list[int]) -> Iterator[tuple[int, str, str, str]]:
    """Stream the links after ``since`` in order; the first whose searchable columns differ from its text is noted.

    Digests and plain columns are computed and compared here; the database only says whether the payload, which it
    keeps in a form of its own, means what the text says. COPY moves rows at about twice the speed of a cursor.
    """
    walk = sql.SQL(WALK).format(moment=sql.SQL(MOMENT), since=sql.Literal(since))
    with connection.cursor() as cursor, cursor.copy(walk) as copy:
        copy.set_types(["int8", "text", "text", "text", "text", "text", "text", "text", "bool"])
        for sequence, previous, text, digest, action, subject, actor, moment, agrees in copy.rows():
            at = _at(moment)
            head, tail = around_payload(sequence=sequence, at=at, action=action, subject=subject, by=actor)
            if not (agrees and text.startswith(head) and text.endswith(tail)) and not altered:
                altered.append(sequence)
            yield sequence, previous, text, digest


def _at(moment: str | None) -> str:
    """Write a moment the database told as :meth:`datetime.isoformat` would; nothing for infinity."""
    return f"{moment.removesuffix('.000000')}+00:00" if moment else ""


def _rows_one_by_one(since: int, altered: list[int]) -> Iterator[tuple[int, str, str, str]]:
    """Do what :func:`_rows` does, slowly, where some text cannot be read as an entry."""
    # The moment is read as text: a column can hold moments, infinity among them, that Python cannot.
    entries = Entry.objects.defer("at").annotate(moment=RawSQL(MOMENT, (), output_field=TextField()))  # noqa: S611
    for entry in entries.filter(sequence__gt=since).order_by("sequence").iterator(chunk_size=1_000):
        told = canonical(
            {
                "sequence": entry.sequence,
                "at": _at(entry.moment),
                "action": entry.action,
                "subject": entry.subject,
                "by": entry.actor,
                "payload": entry.payload,
            }
        )
        if told != entry.text and not altered:
            altered.append(entry.sequence)
        yield entry.sequence, entry.previous, entry.text, entry.digest


def check() -> Verification:
    """Verify the whole chain and keep what was found for the page of evidence."""
    found = verify()
    LastCheck.objects.update_or_create(
        pk=1,
        defaults={
            "at": timezone.now(),
            "upto": found.upto,
            "digest": found.digest,
            "broken_at": found.broken.sequence if found.broken else None,
            "reason": found.broken.reason if found.broken else "",
        },
    )
    return found


def export(filters: LogFilter, *, by: str) -> Iterator[str]:
    """Record that the log was exported and with which filter, then yield its entries as JSON Lines, oldest first.

    The entry is written before the first line leaves; it is the last entry the export can hold. Each line carries the
    text that was hashed, so that the reader can verify the digests herself.
    """
    with transaction.atomic():
        mark = record(
            "log.export",
            "log",
            by=by,
            filter=filters.told(),
            head=queries.head().sequence,
        )
    return _lines(filters, mark.sequence)


def _lines(filters: LogFilter, upto: int) -> Iterator[str]:
    rows = queries.entries(filters).filter(sequence__lte=upto).order_by("sequence")
    for row in rows.values("sequence", "previous", "digest", "text").iterator(chunk_size=2_000):
        yield canonical(row) + "\n"


def _end_of(upto: int, digest: str) -> Break | None:
    # Asked before the head is read: whoever enters the first person writes the first entry in the same transaction.
    lived = upto == 0 and _has_lived()
    head = Head.objects.filter(pk=1).first()
    if lived and (head is None or head.sequence == 0):
        return Break(1, "emptied")
    if head is None:
        return Break(1, "head") if upto else None
    if head.sequence > upto:
        # A writer may have committed between the walk and this look; only a missing entry is a break.
        exists = Entry.objects.filter(sequence=upto + 1).exists()
        return None if exists else Break(upto + 1, "tail")
    # The head was read after the walk and only moves forward: one that is behind was put there.
    return None if (head.sequence, head.digest) == (upto, digest) else Break(upto, "head")


def _has_lived() -> bool:
    """Return whether something tells of a chain that was: a seal, an earlier walk, or a person, who was entered."""
    walked = LastCheck.objects.filter(Q(upto__gt=0) | Q(broken_at__isnull=False))
    # The first administrator is made on the command line, before there is an entry; everybody else is entered.
    entered = get_user_model().objects.filter(is_superuser=False)
    return Seal.objects.exists() or walked.exists() or entered.exists()


def _against_seals(since: int) -> Break | None:
    for seal in Seal.objects.filter(sequence__gt=since).order_by("sequence"):
        if not Entry.objects.filter(sequence=seal.sequence, digest=seal.digest).exists():
            return Break(seal.sequence, "seal")
    return None


def seal(*, day: dt.date | None = None) -> Seal | None:
    """Write down the head of the day and send it off the machine; does nothing for an empty chain or a sealed day.

    A letter that cannot be sent does not keep the day from being sealed, but then ``sent_to`` stays empty: a seal never
    says that it left when it did not.
    """
    today = day or timezone.localdate()
    head = queries.head()
    if head.sequence == 0 or Seal.objects.filter(day=today).exists():
        return Seal.objects.filter(day=today).first()
    # Sent before it is written: a process killed between the two sends a second letter, which harms nobody.
    sent_to = _send_away(today, head)
    sealed, _new = Seal.objects.get_or_create(
        day=today,
        defaults={"sequence": head.sequence, "digest": head.digest, "sealed_at": timezone.now(), "sent_to": sent_to},
    )
    return sealed


def _send_away(today: dt.date, head: queries.HeadOfChain) -> str:
    """Return whom the head of the chain was sent to, or nothing."""
    receivers = list(settings.GATEHOUSE_SEAL_RECIPIENTS)
    if not receivers:
        return ""
    letter = EmailMessage(
        subject=f"Gatehouse seal {today.isoformat()}: entry {head.sequence}",
        body=f"day {today.isoformat()}\nentry {head.sequence}\nsha256 {head.digest}\n",
        to=receivers,
    )
    try:
        letter.send()
    except (OSError, smtplib.SMTPException) as error:
        log.critical("evidence.seal_not_sent", day=today.isoformat(), problem=str(error))
        return ""
    return ", ".join(receivers)
