from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .cases import Case
from .files import Document
from .items import Item
from .parties import Party
from .people import User


class Fact(models.Model):
    """One thing known of a case, a party or an item: what, on which evidence, true when, learned when.

    ``key`` names a field of :mod:`compliance.ear`. A row is never edited: a new one replaces it and the old one stays
    with the moment it was replaced. ``value`` of ``None`` with ``cannot_be_known`` says that somebody asked and the
    answer cannot be had; the law reads both as unknown.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, blank=True, related_name="facts")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, blank=True, related_name="facts")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, blank=True, related_name="facts")
    key = models.CharField(max_length=80)
    value = models.JSONField(null=True)
    cannot_be_known = models.BooleanField(default=False)
    source = models.CharField(max_length=300, blank=True)
    workings = models.JSONField(null=True, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="facts")
    as_of = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("key", "pk")
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        constraints = (
            models.CheckConstraint(
                condition=(
                    Q(case__isnull=False, party__isnull=True, item__isnull=True)
                    | Q(case__isnull=True, party__isnull=False, item__isnull=True)
                    | Q(case__isnull=True, party__isnull=True, item__isnull=False)
                ),
                name="a_fact_is_about_one_thing",
            ),
            *(
                models.UniqueConstraint(
                    fields=(about, "key"),
                    condition=Q(replaced_at__isnull=True, **{f"{about}__isnull": False}),
                    name=f"one_current_fact_per_{about}",
                )
                for about in ("case", "party", "item")
            ),
        )

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"
