from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .cases import Case
from .files import Document
from .people import User


class FlagState(models.Model):
    """How a red flag stands in a case. A flag raised or unknown stays open until a named person closes it."""

    class Answer(models.TextChoices):
        RAISED = "raised", _("raised")
        UNKNOWN = "unknown", _("unknown")
        NOT_RAISED = "not_raised", _("not raised")
        NOT_RELEVANT = "not_relevant", _("not relevant")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="flags")
    code = models.CharField(max_length=20)
    answer = models.CharField(max_length=12, choices=Answer)
    missing = models.JSONField(default=list)
    detail = models.JSONField(default=dict)
    evaluated_at = models.DateTimeField(auto_now=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_because = models.TextField(blank=True, max_length=4000)
    closed_answer = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering = ("code",)
        verbose_name = _("red flag")
        verbose_name_plural = _("red flags")
        constraints = (
            models.UniqueConstraint(fields=("case", "code"), name="one_state_per_flag"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | (Q(closed_by__isnull=False) & ~Q(closed_because="")),
                name="a_flag_is_closed_by_somebody_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.answer}"

    @property
    def is_open(self) -> bool:
        """Return whether the flag still blocks approval."""
        return self.answer in {self.Answer.RAISED, self.Answer.UNKNOWN} and self.closed_at is None


class Inquiry(models.Model):
    """A question put to somebody because of a red flag, and what came back."""

    flag = models.ForeignKey(FlagState, on_delete=models.CASCADE, related_name="inquiries")
    question = models.TextField(max_length=4000)
    asked_of = models.CharField(max_length=200)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    answer = models.TextField(blank=True, max_length=8000)
    answered_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    evidence = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("pk",)
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")

    def __str__(self) -> str:
        return self.question[:60]
