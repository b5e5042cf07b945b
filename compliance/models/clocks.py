from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .authorizations import Authorization
from .cases import Case
from .people import User


class Clock(models.Model):
    """A day something is due: what started it, the proof, the day, and who answers for it."""

    class Kind(models.TextChoices):
        NAC = "nac", _("NAC notification: 25 calendar days")
        LICENSE_EXPIRY = "license_expiry", _("license expiry")
        GENERAL_LICENSE_END = "general_license_end", _("end of a temporary general license")
        INQUIRY = "inquiry", _("answer to an inquiry")
        CLEARANCE = "clearance", _("screening clearance expiry")
        RECORDS = "records", _("end of record keeping")
        OTHER = "other", _("other")

    class Standing(models.TextChoices):
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        MET = "met", _("met")
        EXPIRED = "expired", _("expired")
        CANCELLED = "cancelled", _("cancelled")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    authorization = models.ForeignKey(
        Authorization, on_delete=models.CASCADE, null=True, blank=True, related_name="clocks"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=200, blank=True)
    citation = models.CharField(max_length=120, blank=True)
    start_event = models.CharField(max_length=200)
    started_on = models.DateField()
    proof = models.CharField(max_length=300, blank=True)
    due_on = models.DateField()
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="clocks")
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.RUNNING)
    ended_on = models.DateField(null=True, blank=True)
    reopens = models.BooleanField(default=False)

    class Meta:
        ordering = ("due_on", "pk")
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints = (
            models.CheckConstraint(
                condition=~Q(standing__in=["met", "cancelled"]) | Q(ended_on__isnull=False), name="what_ended_has_a_day"
            ),
        )
        indexes = (models.Index(fields=("standing", "due_on"), name="clock_sweep"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.due_on}"


class ClockWarning(models.Model):
    """That a clock was announced at a lead: written in the sweep's transaction, so that nothing is said twice.

    ``lead`` is the number of days before the day due; ``-1`` stands for *overdue*.
    """

    OVERDUE = -1

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="warnings")
    lead = models.SmallIntegerField()
    due_on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("clock", "lead", "due_on"), name="one_warning_per_lead"),)

    def __str__(self) -> str:
        return f"{self.clock_id} {self.lead}"
