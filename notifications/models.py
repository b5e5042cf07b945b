from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """How a notice reaches a person."""

    INBOX = "inbox", _("inbox")
    EMAIL = "email", _("e-mail")


class Urgency(models.TextChoices):
    """How much a notice may wait."""

    LEGAL = "legal", _("Legal deadlines")
    SOON = "soon", _("Work that waits for you")
    NOTE = "note", _("For your information")


DEFAULTS = {
    (Urgency.LEGAL, Channel.INBOX): True,
    (Urgency.LEGAL, Channel.EMAIL): True,
    (Urgency.SOON, Channel.INBOX): True,
    (Urgency.SOON, Channel.EMAIL): True,
    (Urgency.NOTE, Channel.INBOX): True,
    (Urgency.NOTE, Channel.EMAIL): False,
}
"""Which channel carries which urgency for somebody who has chosen nothing."""


class Cursor(models.Model):
    """How far the chain has been read: one row, locked by the reader and moved in the transaction of its notices."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="one_cursor"),)

    def __str__(self) -> str:
        return str(self.sequence)


class Notice(models.Model):
    """That a person is to hear of an entry through a channel. What it says is worded from the entry when it is read.

    ``claim`` names the run that delivers a notice: a run that lost its claim may not touch it any more.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CLAIMED = "claimed", _("being prepared")
        HANDED_OVER = "handed_over", _("being handed over")
        SENT = "sent", _("sent")
        UNCONFIRMED = "unconfirmed", _("perhaps sent")
        GIVEN_UP = "given_up", _("given up")

    entry = models.BigIntegerField()
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    channel = models.CharField(max_length=8, choices=Channel)
    urgency = models.CharField(max_length=8, choices=Urgency)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    made_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-entry", "pk")
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = (
            models.UniqueConstraint(fields=("entry", "recipient", "channel"), name="one_notice_per_entry_and_channel"),
        )
        indexes = (
            models.Index(fields=("recipient", "-entry"), condition=Q(channel="inbox"), name="notice_inbox"),
            models.Index(
                fields=("recipient",), condition=Q(channel="inbox", read_at__isnull=True), name="notice_unread"
            ),
            models.Index(
                fields=("next_try_at",),
                condition=Q(state__in=["waiting", "claimed", "handed_over"]),
                name="notice_to_deliver",
            ),
        )

    def __str__(self) -> str:
        return f"{self.entry} → {self.recipient_id} {self.channel}"


class Preference(models.Model):
    """That a person wants notices of an urgency through a channel, or not; without a row the defaults hold."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preferences")
    urgency = models.CharField(max_length=8, choices=Urgency)
    channel = models.CharField(max_length=8, choices=Channel)
    on = models.BooleanField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("person", "urgency", "channel"), name="one_preference_each"),
            models.CheckConstraint(
                condition=~Q(urgency="legal", channel="inbox", on=False), name="legal_deadlines_are_always_shown"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.urgency} {self.channel} {self.on}"
