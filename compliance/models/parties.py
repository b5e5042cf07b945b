from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .people import Unit, User


class PartyQuerySet(models.QuerySet["Party"]):
    def visible_to(self, user: User) -> PartyQuerySet:
        """Keep the parties of the person's business units."""
        if user.has_perm("compliance.see_all_units"):
            return self
        return self.filter(unit__in=user.units.all())


class Party(models.Model):
    """Somebody a transaction has to do with. What is known of them stands in :class:`~.facts.Fact` rows."""

    class Kind(models.TextChoices):
        ORGANIZATION = "organization", _("organization")
        PERSON = "person", _("person")
        VESSEL = "vessel", _("vessel")

    ref = models.CharField(max_length=20, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="parties")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.ORGANIZATION)
    name = models.CharField(max_length=300)
    sort_key = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        ordering = ("sort_key", "ref")
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        indexes = (models.Index(fields=("unit", "sort_key"), name="party_by_unit"),)

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """Return the reference screening and evidence know this party by."""
        return f"party:{self.ref}"


class PartyName(models.Model):
    """One of a party's other names, in any script."""

    class Kind(models.TextChoices):
        LEGAL = "legal", _("legal name")
        ALIAS = "alias", _("also known as")
        FORMER = "former", _("former name")
        SHORT = "short", _("short name")

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="names")
    text = models.CharField(max_length=300)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.ALIAS)
    language = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("party", "text"), name="one_name_once"),)

    def __str__(self) -> str:
        return self.text


class PartyAddress(models.Model):
    """A place where a party is found."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="addresses")
    text = models.CharField(max_length=500)
    country = models.CharField(max_length=2, blank=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.text


class PartyIdentifier(models.Model):
    """A number a registry gave: company number, tax number, LEI, IMO …"""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=60)
    number = models.CharField(max_length=120)
    country = models.CharField(max_length=2, blank=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Ownership(models.Model):
    """Who holds how much of whom. ``percent`` of ``None`` is *unknown*, which is a state of its own and never zero."""

    owner = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="holdings")
    owned = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="owners")
    percent = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    source = models.CharField(max_length=300)
    as_of = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("-percent", "pk")
        verbose_name = _("ownership")
        constraints = (
            models.CheckConstraint(condition=~Q(owner=F("owned")), name="nobody_owns_itself"),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gt=0, percent__lte=100), name="percent_is_a_share"
            ),
            models.UniqueConstraint(
                fields=("owner", "owned"), condition=Q(until__isnull=True), name="one_share_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.owner_id} → {self.owned_id}"
