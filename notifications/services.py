"""The verbs of notices: reading the chain, delivering what waits, and what people do with their inbox.

A notice is written once, in the transaction that moves the cursor over its entry; so whatever is killed when, every
entry yields exactly one notice per person and channel. How mail keeps that promise is told in ADR 7.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.alone import alone
from audit.queries import entries_after
from compliance.queries import hearers

from . import letters
from .channels import email, inbox
from .models import DEFAULTS, Channel, Cursor, Notice, Preference, Urgency
from .subscriptions import SUBSCRIPTIONS, Told, audience

log = structlog.get_logger(__name__)

PIECE = 200
"""How many entries are read in one transaction."""
ROUND = 500
"""How many letters one run delivers before it leaves the rest to the next."""
PATIENCE = (1, 5, 15, 60, 240, 720)
"""Minutes until a letter that did not leave is tried again; after the last of them it is given up."""

State = Notice.State


def read_new_entries() -> int:
    """Read what the chain has gained and write a notice for everybody who should know. Returns how many were written.

    Cursor and notices move in one transaction: killed before its end, nothing was read; after it, everything.
    """
    written = 0
    while True:
        read, made = _read_piece()
        written += made
        if read < PIECE:
            return written


def _read_piece() -> tuple[int, int]:
    with transaction.atomic(durable=True):
        cursor, _new = Cursor.objects.select_for_update().get_or_create(pk=1)
        entries = entries_after(cursor.sequence, limit=PIECE)
        notices = [notice for entry in entries for notice in _notices_for(entry)]
        inbox.arrived(notices)
        Notice.objects.bulk_create(notices)
        if entries:
            cursor.sequence = entries[-1].sequence
            cursor.save(update_fields=["sequence"])
    return len(entries), len(notices)


def _notices_for(entry: Any) -> list[Notice]:
    if entry.action not in SUBSCRIPTIONS:
        log.warning("notices.action_without_subscription", action=entry.action, entry=entry.sequence)
        return []
    if not SUBSCRIPTIONS[entry.action].audiences:
        return []
    told = Told(entry.action, entry.actor, entry.subject, entry.payload, hearers.case_behind(entry.subject))
    people, urgency = audience(told)
    wishes = _wishes(people, urgency)
    return [
        Notice(entry=entry.sequence, recipient=person, channel=channel, urgency=urgency)
        for person in people
        for channel in Channel
        if wishes[person.pk, channel] and (channel is not Channel.EMAIL or (person.email and email.in_use()))
    ]


def _wishes(people: Iterable[Any], urgency: Urgency) -> dict[tuple[int, Channel], bool]:
    """Return, for each person and channel, whether notices of an urgency are wanted."""
    people = list(people)
    wishes = {(person.pk, channel): DEFAULTS[urgency, channel] for person in people for channel in Channel}
    for row in Preference.objects.filter(person__in=people, urgency=urgency):
        wishes[row.person_id, Channel(row.channel)] = row.on
    return wishes


def deliver_waiting() -> dict[str, int]:
    """Hand over the letters that wait. One run at a time: what an earlier one left half done is then nobody's.

    A letter is claimed, and said to be handed over, each in a transaction of its own *before* it is; so a run that is
    killed leaves behind how far it came. See :func:`_take_up` for what becomes of that.
    """
    done = {"sent": 0, "later": 0, "given_up": 0, "unconfirmed": 0}
    with alone("notifications: deliver") as free:
        if not free:
            return done
        postman = email.postman()
        try:
            _take_up(postman)
            for _number in range(ROUND):
                notice = _claim()
                if notice is None:
                    break
                done[_deliver(notice, postman)] += 1
        finally:
            postman.go()
    return done


def _take_up(postman: email.Postman) -> None:
    """Settle what a run that died has left.

    What was only claimed has not left and waits again. What was being handed over is settled by what the postman
    knows: a folder knows; a mail server does not, and then the letter is never sent a second time but shown in the
    inbox instead, so that nobody misses it.
    """
    Notice.objects.filter(channel=Channel.EMAIL, state=State.CLAIMED).update(state=State.WAITING, claim=None)
    for notice in Notice.objects.filter(channel=Channel.EMAIL, state=State.HANDED_OVER).select_related("recipient"):
        left = postman.has_left(letters.name_of(notice))
        if left is None:
            _unconfirmed(notice, "the program was stopped while the letter was handed over")
        elif left:
            _settle(notice, State.SENT)
        else:
            _settle(notice, State.WAITING)


def _claim() -> Notice | None:
    """Take the letter that has waited longest, in a transaction of its own."""
    due = Q(next_try_at__isnull=True) | Q(next_try_at__lte=timezone.now())
    with transaction.atomic(durable=True):
        notice = (
            Notice.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("recipient")
            .filter(due, channel=Channel.EMAIL, state=State.WAITING)
            .order_by("pk")
            .first()
        )
        if notice is not None:
            notice.state, notice.claim = State.CLAIMED, uuid.uuid4()
            notice.attempts += 1
            notice.save(update_fields=["state", "claim", "attempts"])
    return notice


def _deliver(notice: Notice, postman: email.Postman) -> str:
    """Hand one claimed letter over. Returns ``sent``, ``later``, ``given_up`` or ``unconfirmed``."""
    letter = letters.letter(notice)
    if letter is None:
        # The account was closed, has no address any more, or may not see the case any longer.
        _settle(notice, State.GIVEN_UP, "the person may not hear of this any more")
        return "given_up"
    try:
        postman.get_ready()
        if not _settle(notice, State.HANDED_OVER):
            return "later"
        postman.hand_over(letters.name_of(notice), letter)
    except email.NotSent as error:
        return _not_sent(notice, error)
    except email.PerhapsSent as error:
        _unconfirmed(notice, str(error))
        return "unconfirmed"
    _settle(notice, State.SENT)
    return "sent"


def _not_sent(notice: Notice, error: email.NotSent) -> str:
    if error.final or notice.attempts > len(PATIENCE):
        log.error("notices.given_up", notice=notice.pk, problem=str(error))
        if _settle(notice, State.GIVEN_UP, str(error)):
            _show_in_inbox(notice)
        return "given_up"
    wait = dt.timedelta(minutes=PATIENCE[notice.attempts - 1])
    _settle(notice, State.WAITING, str(error), next_try_at=timezone.now() + wait)
    return "later"


def _unconfirmed(notice: Notice, why: str) -> None:
    log.error("notices.unconfirmed", notice=notice.pk, problem=why)
    if _settle(notice, State.UNCONFIRMED, why):
        _show_in_inbox(notice)


def _settle(notice: Notice, state: State, problem: str = "", **more: Any) -> bool:
    """Move a claimed letter on, unless another run has taken it over meanwhile. Returns whether it was moved."""
    settled = state not in (State.WAITING, State.HANDED_OVER)
    changed = Notice.objects.filter(pk=notice.pk, claim=notice.claim).update(
        state=state,
        problem=problem[:300],
        settled_at=timezone.now() if settled else None,
        claim=notice.claim if state == State.HANDED_OVER else None,
        **more,
    )
    return bool(changed)


def _show_in_inbox(notice: Notice) -> None:
    """Show in the inbox what perhaps did not arrive by mail, for those who asked for mail only."""
    Notice.objects.get_or_create(
        entry=notice.entry,
        recipient=notice.recipient,
        channel=Channel.INBOX,
        defaults={"urgency": notice.urgency, "state": State.SENT},
    )


def mark_read(user: Any, *, notice_id: int | None = None) -> int:
    """Mark one notice of a person's inbox as read, or all of them. Returns how many were unread."""
    rows = Notice.objects.filter(recipient=user, channel=Channel.INBOX, read_at__isnull=True)
    if notice_id is not None:
        rows = rows.filter(pk=notice_id)
    return rows.update(read_at=timezone.now())


def choose(user: Any, *, wanted: dict[tuple[str, str], bool]) -> None:
    """Keep which channel a person wants for which urgency. Legal deadlines stay in the inbox whatever is asked."""
    with transaction.atomic():
        for (urgency, channel), on in wanted.items():
            if (urgency, channel) == (Urgency.LEGAL, Channel.INBOX):
                continue
            Preference.objects.update_or_create(
                person=user, urgency=Urgency(urgency), channel=Channel(channel), defaults={"on": on}
            )
