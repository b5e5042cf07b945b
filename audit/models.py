from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .chain import GENESIS


class Entry(models.Model):
    """One line of evidence. Written once by :func:`audit.services.record`; the database refuses to change it.

    Actor and subject are plain strings, because evidence must outlive what it describes. ``text`` is the exact text
    that was hashed; the other columns repeat parts of it so that it can be searched.
    """

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=128)
    actor = models.CharField(max_length=150)
    payload = models.JSONField(default=dict)
    text = models.TextField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("sequence",)
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        indexes = (
            models.Index(fields=("subject", "sequence"), name="entry_by_subject"),
            models.Index(fields=("actor", "sequence"), name="entry_by_actor"),
            models.Index(fields=("action", "sequence"), name="entry_by_action"),
        )
        # A row below the first is one that a walk over the chain would not meet.
        constraints = (models.CheckConstraint(condition=models.Q(sequence__gt=0), name="entries_count_from_one"),)

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.subject}"


class Head(models.Model):
    """The end of the chain: one row, locked by every writer, so that sequence order is commit order."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="one_head"),)

    def __str__(self) -> str:
        return f"{self.sequence} {self.digest[:12]}"


class Seal(models.Model):
    """The head as it left the machine on a day: what makes rewriting the whole table visible."""

    day = models.DateField(primary_key=True)
    sequence = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    sent_to = models.TextField(blank=True)

    class Meta:
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"{self.day} {self.digest[:12]}"


class LastCheck(models.Model):
    """What the last walk over the whole chain found: one row, for the page of evidence. Not evidence itself."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField()
    upto = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    broken_at = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="one_last_check"),)

    def __str__(self) -> str:
        return f"{self.upto} {self.reason}"
