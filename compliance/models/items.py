from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .people import Unit, User


class ItemQuerySet(models.QuerySet["Item"]):
    def visible_to(self, user: User) -> ItemQuerySet:
        """Keep the items of the person's business units."""
        if user.has_perm("compliance.see_all_units"):
            return self
        return self.filter(unit__in=user.units.all())


class Item(models.Model):
    """A commodity, software or technology that can be exported. Its technical figures stand in ``Fact`` rows."""

    class Kind(models.TextChoices):
        CHIP = "chip", _("chip")
        BOARD = "board", _("board or module")
        SERVER = "server", _("server or system")
        MEMORY = "memory", _("memory stack")
        TOOL = "tool", _("chip-making equipment")
        SOFTWARE = "software", _("software")
        TECHNOLOGY = "technology", _("technology")
        COMPUTE = "compute", _("cloud compute (IaaS)")
        WEIGHTS = "weights", _("model weights")
        OTHER = "other", _("other")

    ref = models.CharField(max_length=20, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=12, choices=Kind)
    vendor = models.CharField(max_length=200)
    model = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=2000)
    eccn = models.CharField(max_length=20, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ("vendor", "model", "ref")
        verbose_name = _("item")
        verbose_name_plural = _("items")
        constraints = (
            models.UniqueConstraint(fields=("unit", "vendor", "model"), name="one_model_of_a_vendor_in_a_unit"),
        )

    def __str__(self) -> str:
        return f"{self.vendor} {self.model}"

    @property
    def subject(self) -> str:
        """Return the reference evidence knows this item by."""
        return f"item:{self.ref}"
