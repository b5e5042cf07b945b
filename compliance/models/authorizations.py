from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .cases import Case
from .files import Document
from .people import Unit, User


class Authorization(models.Model):
    """What lets a case go: a BIS license, a license exception with its notification, or a general license."""

    class Kind(models.TextChoices):
        LICENSE = "license", _("BIS license")
        NAC = "nac", _("License Exception NAC notification")
        EXCEPTION = "exception", _("license exception")
        GENERAL = "general", _("temporary general license")

    class Standing(models.TextChoices):
        PENDING = "pending", _("pending")
        GRANTED = "granted", _("granted")
        DENIED = "denied", _("denied")
        RETURNED = "returned", _("returned without action")
        EXPIRED = "expired", _("expired")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="authorizations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="authorizations")
    kind = models.CharField(max_length=12, choices=Kind)
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.PENDING)
    application = models.CharField(max_length=60, blank=True)
    filed_on = models.DateField(null=True, blank=True)
    registered_on = models.DateField(null=True, blank=True)
    number = models.CharField(max_length=60, blank=True)
    granted_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    conditions = models.TextField(blank=True, max_length=8000)
    quantity = models.DecimalField(max_digits=16, decimal_places=3, null=True, blank=True)
    value = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    proof = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("authorization")
        verbose_name_plural = _("authorizations")
        constraints = (
            models.CheckConstraint(
                condition=~Q(standing="granted") | ~Q(number=""), name="what_is_granted_has_a_number"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(granted_on__isnull=True) | Q(expires_on__gte=F("granted_on")),
                name="nothing_expires_before_it_is_granted",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.number or self.application}"


class Pause(models.Model):
    """Days on which BIS's clock stood still, with the ground 15 CFR 740.8(c) allows and the proof of it."""

    class Ground(models.TextChoices):
        LAPSE = "lapse_in_appropriations", _("lapse in appropriations")
        CATASTROPHE = "catastrophic_event", _("catastrophic event")
        SYSTEM = "system_failure", _("system failure of several days")

    authorization = models.ForeignKey(Authorization, on_delete=models.CASCADE, related_name="pauses")
    ground = models.CharField(max_length=24, choices=Ground)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    proof = models.CharField(max_length=300)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("first_day", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")), name="a_pause_does_not_end_early"
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day or '…'}"


class DrawDown(models.Model):
    """A line of the ledger of an authorization: what a shipment used of it."""

    authorization = models.ForeignKey(Authorization, on_delete=models.PROTECT, related_name="draw_downs")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="draw_downs")
    quantity = models.DecimalField(max_digits=16, decimal_places=3)
    value = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (models.CheckConstraint(condition=Q(quantity__gt=0), name="a_draw_down_takes_something"),)

    def __str__(self) -> str:
        return f"{self.quantity}"
