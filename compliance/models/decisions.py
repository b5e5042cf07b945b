from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .cases import Case
from .determinations import StoredDetermination
from .people import User


class Decision(models.Model):
    """A proposal and what became of it. ``content`` is the digest of exactly what was proposed."""

    class Recommendation(models.TextChoices):
        PROCEED = "proceed", _("proceed")
        APPLY = "apply", _("apply for an authorization")
        REFUSE = "refuse", _("refuse")

    class Standing(models.TextChoices):
        WAITING = "waiting", _("waiting")
        APPROVED = "approved", _("approved")
        SENT_BACK = "sent_back", _("sent back")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    determination = models.ForeignKey(StoredDetermination, on_delete=models.PROTECT, related_name="decisions")
    recommendation = models.CharField(max_length=8, choices=Recommendation)
    reason = models.TextField(max_length=4000)
    by_hand = models.TextField(blank=True, max_length=4000)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="proposals")
    proposed_at = models.DateTimeField(auto_now_add=True)
    content = models.CharField(max_length=64)
    content_text = models.JSONField(default=dict)
    checkers_needed = models.PositiveSmallIntegerField(default=1)
    route_reasons = models.JSONField(default=list)
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.WAITING)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = (
            models.UniqueConstraint(
                fields=("case",), condition=Q(standing="waiting"), name="one_proposal_waits_at_a_time"
            ),
        )
        indexes = (models.Index(fields=("standing", "proposed_at"), name="decision_queue"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.recommendation} {self.standing}"


class Verdict(models.Model):
    """What a second person said to a proposal, and the fingerprint of what they read.

    ``proposed_by`` repeats the maker so that the database itself can refuse a maker who checks.
    """

    class Answer(models.TextChoices):
        APPROVE = "approve", _("approve")
        APPROVE_WITH_CONDITIONS = "approve_with_conditions", _("approve with conditions")
        SEND_BACK = "send_back", _("send back")
        REFUSE = "refuse", _("refuse")

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="verdicts")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="verdicts")
    answer = models.CharField(max_length=24, choices=Answer)
    reason = models.TextField(max_length=4000)
    conditions = models.TextField(blank=True, max_length=4000)
    acknowledged_readings = models.BooleanField(default=False)
    content = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        constraints = (
            models.CheckConstraint(condition=~Q(by=F("proposed_by")), name="the_maker_is_never_the_checker"),
            models.UniqueConstraint(fields=("decision", "by"), name="one_verdict_per_person"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_verdict_has_a_reason"),
        )

    def __str__(self) -> str:
        return f"{self.by_id} {self.answer}"
