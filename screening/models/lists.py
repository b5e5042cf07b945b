"""The lists as they were published: sources, their files, and the entries of these."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """A published file of lists, as it is named in ``screening.sources.SOURCES``."""

    code = models.CharField(max_length=32, primary_key=True)
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.code


class Snapshot(models.Model):
    """One file, as it was loaded. Immutable but for its state, the day it was last found unchanged, and its index.

    ``members`` are the ids of its entries: an entry that did not change is the same row in every snapshot that prints
    it, so a new file costs its difference. ``sha256`` is of the uncompressed file, kept byte for byte in the store
    under ``kept_as``. ``used_from`` is when it was taken into use; a file that waits for a second person has none yet.
    ``used_until`` is when its source was taken out of use, with nothing in its place.
    """

    class State(models.TextChoices):
        CURRENT = "current", _("in use")
        AWAITING = "awaiting", _("awaiting publication")
        SUPERSEDED = "superseded", _("superseded")
        REJECTED = "rejected", _("rejected")
        QUARANTINED = "quarantined", _("quarantined")
        RETIRED = "retired", _("taken out of use")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="snapshots")
    state = models.CharField(max_length=12, choices=State.choices)
    sha256 = models.CharField(max_length=64, blank=True)
    bytes = models.BigIntegerField(default=0)
    file_name = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    retrieved_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=150)
    row_count = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    defects = models.JSONField(default=dict)
    difference = models.JSONField(null=True, blank=True)
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_sample = models.BooleanField(default=False)
    shrink_reason = models.TextField(blank=True)
    reason_key = models.CharField(max_length=32, blank=True)
    reason_values = models.JSONField(default=dict)
    members = ArrayField(models.BigIntegerField(), default=list)
    index_name = models.CharField(max_length=100, blank=True)
    index_bytes = models.BigIntegerField(default=0)
    kept_as = ArrayField(models.CharField(max_length=200), default=list)
    used_from = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)
    used_until = models.DateTimeField(null=True, blank=True)
    retired_by = models.CharField(max_length=150, blank=True)
    retire_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("list snapshot")
        verbose_name_plural = _("list snapshots")
        permissions = (("refresh_lists", _("Can load lists")),)
        constraints = (
            models.UniqueConstraint(fields=("source",), condition=Q(state="current"), name="one_current_snapshot"),
            models.UniqueConstraint(fields=("source",), condition=Q(state="awaiting"), name="one_awaiting_snapshot"),
            models.CheckConstraint(condition=~Q(state="current") | Q(used_from__isnull=False), name="current_is_used"),
            models.CheckConstraint(
                condition=~Q(state="quarantined") | ~Q(reason_key=""), name="quarantine_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="retired") | (Q(used_until__isnull=False) & ~Q(retire_reason="")),
                name="out_of_use_since_and_why",
            ),
        )

    def __str__(self) -> str:
        return f"{self.source_id} {self.sha256[:12]} {self.state}"


class Reach(models.Model):
    """Which of our subjects each changed entry of a snapshot may concern, counted once and again on request.

    ``pairs`` maps the key of an entry to references of subjects; ``subjects`` is how many were asked.
    """

    snapshot = models.OneToOneField(Snapshot, on_delete=models.CASCADE, related_name="reach")
    at = models.DateTimeField()
    subjects = models.IntegerField()
    pairs = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("reach of a list")
        verbose_name_plural = _("reaches of lists")

    def __str__(self) -> str:
        return f"reach of {self.snapshot_id}"


class ListedParty(models.Model):
    """An entry of a list as published at one time. Never changed: an altered entry is a new row with the same key."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    entity_id = models.CharField(max_length=100)
    list_code = models.CharField(max_length=12)
    name = models.TextField()
    addresses = ArrayField(models.TextField(), default=list)
    countries = ArrayField(models.CharField(max_length=2), default=list)
    kind = models.CharField(max_length=40, blank=True)
    programs = ArrayField(models.TextField(), default=list)
    identifiers = ArrayField(models.TextField(), default=list)
    license_requirement = models.TextField(blank=True)
    license_policy = models.TextField(blank=True)
    federal_register_notice = models.TextField(blank=True)
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    remarks = models.TextField(blank=True)
    source_list_url = models.TextField(blank=True)
    raw = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("listed party")
        verbose_name_plural = _("listed parties")
        constraints = (
            models.UniqueConstraint(fields=("source", "key", "fingerprint"), name="one_row_per_wording_of_an_entry"),
        )

    def __str__(self) -> str:
        return f"{self.list_code} {self.name}"


class ListedName(models.Model):
    """One name of a listed party, as it is compared; the first is the primary one."""

    listed = models.ForeignKey(ListedParty, on_delete=models.PROTECT, related_name="names")
    name = models.TextField()
    position = models.SmallIntegerField(default=0)

    class Meta:
        ordering = ("listed", "position")
        verbose_name = _("listed name")
        verbose_name_plural = _("listed names")

    def __str__(self) -> str:
        return self.name
