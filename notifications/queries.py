"""Reading notices: how many are unread, and what each says to the person who asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.queries import entries_numbered
from compliance.queries import hearers

from . import sentences
from .models import DEFAULTS, Channel, Notice, Preference, Urgency


@dataclass(frozen=True, slots=True)
class ToldNotice:
    """A notice as its reader may see it. ``open_to_reader``: false where the case has left her scope."""

    id: int
    at: dt.datetime
    words: str
    reason: str
    ref: str
    title: str
    href: str
    urgency: str
    tone: str
    unread: bool
    open_to_reader: bool


TONES = {
    "clock.overdue": "overdue",
    "clock.expire": "overdue",
    "clock.warn": "due",
    "case.propose": "held",
    "case.countersign": "held",
    "case.send_back": "held",
    "case.hold": "held",
    "case.refuse": "refused",
    "case.deny": "refused",
    "case.approve": "authorized",
    "case.grant": "authorized",
    "case.ship": "authorized",
    "case.reopen": "open",
    "list.quarantine": "open",
    "list.await": "held",
    "list.reject": "refused",
    "list.retire": "held",
    "match.escalate": "held",
    "person.new_password": "open",
}


def inbox(user: Any, *, only_unread: bool = False) -> QuerySet[Notice]:
    """Return the notices in a person's inbox, newest first."""
    rows = Notice.objects.filter(recipient=user, channel=Channel.INBOX)
    return rows.filter(read_at__isnull=True) if only_unread else rows


def unread(user: Any) -> int:
    """Return how many notices of a person's inbox are unread."""
    return inbox(user, only_unread=True).count()


def target(user: Any, notice_id: int) -> str:
    """Return the address a notice leads to. Raises ``Notice.DoesNotExist`` for somebody else's."""
    notice = inbox(user).get(pk=notice_id)
    return told(user, [notice])[0].href or reverse("notifications:inbox")


def told(user: Any, notices: Sequence[Notice]) -> list[ToldNotice]:
    """Word notices for their reader, in three queries however many there are.

    What has left the reader's scope is told without any detail: not the case, not the person, not the words.
    """
    entries = entries_numbered(notice.entry for notice in notices)
    refs = {ref for entry in entries.values() if (ref := _case(entry.subject))}
    titles = hearers.visible_titles(user, refs) if refs else {}
    names = hearers.names_of(entry.actor for entry in entries.values())
    return [_told(notice, entries[notice.entry], titles, names) for notice in notices]


def _told(notice: Notice, entry: Any, titles: dict[str, str], names: dict[str, str]) -> ToldNotice:
    ref = _case(entry.subject)
    common = {"id": notice.pk, "at": entry.at, "urgency": notice.urgency, "unread": notice.read_at is None}
    if ref and ref not in titles:
        gone = _("About a case you can no longer see")
        return ToldNotice(
            **common, words=gone, reason="", ref="", title="", href="", tone="quiet", open_to_reader=False
        )
    who = _("The system") if entry.actor == "system" else names.get(entry.actor, entry.actor)
    return ToldNotice(
        **common,
        words=sentences.sentence(entry.action, entry.payload, who=who),
        reason=sentences.reason(entry.payload),
        ref=ref,
        title=titles.get(ref, ""),
        href=_address(entry.action, ref, entry.payload),
        tone=TONES.get(entry.action, "accent"),
        open_to_reader=True,
    )


def _case(subject: str) -> str:
    noun, _colon, ref = subject.partition(":")
    return ref if noun == "case" else ""


def _address(action: str, ref: str, payload: Mapping[str, Any]) -> str:
    if ref:
        return reverse("compliance:case", args=[ref])
    if action == "match.escalate" and payload.get("match"):
        return reverse("screening:match", args=[int(payload["match"])])
    return reverse("screening:lists") if action.startswith("list.") else ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One switch of the page of preferences."""

    urgency: str
    label: str
    channel: str
    channel_label: str
    on: bool
    fixed: bool

    @property
    def name(self) -> str:
        return f"{self.urgency}-{self.channel}"


def choices(user: Any) -> list[Choice]:
    """Return which channel the person has on for which urgency."""
    kept = {(row.urgency, row.channel): row.on for row in Preference.objects.filter(person=user)}
    return [
        Choice(
            urgency=urgency.value,
            label=str(urgency.label),
            channel=channel.value,
            channel_label=str(channel.label),
            on=kept.get((urgency.value, channel.value), DEFAULTS[urgency, channel]),
            fixed=(urgency, channel) == (Urgency.LEGAL, Channel.INBOX),
        )
        for urgency in Urgency
        for channel in Channel
    ]
