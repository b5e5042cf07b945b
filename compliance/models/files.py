from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .cases import Case
from .parties import Party
from .people import User


class Document(models.Model):
    """A file somebody handed in: kept by its digest, never run, never shown inline, never replaced."""

    class Kind(models.TextChoices):
        PURCHASE_ORDER = "purchase_order", _("purchase order")
        END_USE_STATEMENT = "end_use_statement", _("end-use statement")
        DATA_SHEET = "data_sheet", _("data sheet")
        REGISTRY_EXTRACT = "registry_extract", _("registry extract")
        LICENSE = "license", _("license or confirmation")
        INQUIRY = "inquiry", _("answer to an inquiry")
        OPINION = "opinion", _("legal opinion")
        OTHER = "other", _("other")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="documents")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, blank=True, related_name="documents")
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=200)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = (
            models.CheckConstraint(
                condition=Q(case__isnull=False) | Q(party__isnull=False), name="a_document_belongs_somewhere"
            ),
            models.UniqueConstraint(fields=("case", "sha256"), name="one_file_once_in_a_case"),
        )

    def __str__(self) -> str:
        return self.name
