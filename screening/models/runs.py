"""What was asked of the lists, what they proposed, and what persons said of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..policy import Policy, searched_key, stored
from .lists import ListedParty


class Run(models.Model):
    """One screening of some subjects against the lists of one time. Written once, whole.

    ``subjects`` maps each reference to what was asked; ``coverage`` says which lists, of which dates, were searched
    and which were not; ``gaps`` which subjects could not be screened fully; ``threshold`` and ``rules`` from which
    score a match was kept. A run that is not complete clears nobody.
    """

    class State(models.TextChoices):
        COMPLETE = "complete", _("complete")
        PARTIAL = "partial", _("partial")
        FAILED = "failed", _("failed")

    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices)
    failure = models.CharField(max_length=32, blank=True)
    gaps = models.JSONField(default=list)
    subjects = models.JSONField(default=dict)
    subject_digest = models.CharField(max_length=64)
    snapshots = ArrayField(models.BigIntegerField(), default=list)
    snapshot_digests = ArrayField(models.CharField(max_length=64), default=list)
    coverage = models.JSONField(default=dict)
    matcher_version = models.CharField(max_length=16)
    threshold = models.FloatField()
    rules = models.JSONField(default=list)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("screening run")
        verbose_name_plural = _("screening runs")

    def __str__(self) -> str:
        return f"run {self.pk} {self.state}"

    @property
    def searched_key(self) -> str:
        """Return what was searched and how, as one string; equal to ``queries.current_searched()`` while fresh."""
        return searched_key(self.matcher_version, self.policy, self.snapshot_digests)

    @property
    def policy(self) -> Policy:
        """Return from which score matches were kept, with the exceptions by list, kind and role."""
        return stored(self.threshold, self.rules)


class RunSubject(models.Model):
    """That a run asked about a subject: which run was the last to do so is read from here."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="asked")
    subject_ref = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("screened subject")
        verbose_name_plural = _("screened subjects")
        constraints = (models.UniqueConstraint(fields=("run", "subject_ref"), name="one_subject_once_per_run"),)
        indexes = (models.Index(fields=("subject_ref", "-run"), name="newest_run_of_subject"),)

    def __str__(self) -> str:
        return f"{self.subject_ref} in run {self.run_id}"


class Match(models.Model):
    """A proposed identity of one of our subjects and a listed party, with its reasons. Never changed."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="matches")
    subject_ref = models.CharField(max_length=64)
    subject_fingerprint = models.CharField(max_length=64)
    our_name = models.TextField()
    listed = models.ForeignKey(ListedParty, on_delete=models.PROTECT, related_name="+")
    listed_name = models.TextField()
    entity_key = models.CharField(max_length=80)
    listed_fingerprint = models.CharField(max_length=64)
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    words = models.JSONField(default=list)

    class Meta:
        ordering = ("run", "-score", "pk")
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        permissions = (("judge_match", _("Can judge matches")),)
        constraints = (
            models.UniqueConstraint(fields=("run", "subject_ref", "entity_key"), name="one_match_per_pair_and_run"),
        )
        indexes = (models.Index(fields=("subject_ref", "entity_key"), name="match_by_pair"),)

    def __str__(self) -> str:
        return f"{self.subject_ref} {self.entity_key}"


class Judgement(models.Model):
    """A person's answer to a match. Append-only; the latest for a pair counts.

    It is remembered for the pair of subject and entry, with the fingerprints of both sides and the matcher's version.
    A clearance holds until any of these changes or it expires. ``walk`` keeps the answers to the questions of
    ``screening.walk``; ``waits_for`` is the user name of the colleague an escalated match waits for.
    """

    class Verdict(models.TextChoices):
        MATCH = "match", _("the same party")
        NO_MATCH = "no_match", _("not the same party")
        UNSURE = "unsure", _("cannot tell")
        ESCALATED = "escalated", _("passed on")

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="judgements")
    subject_ref = models.CharField(max_length=64)
    entity_key = models.CharField(max_length=80)
    subject_fingerprint = models.CharField(max_length=64)
    listed_fingerprint = models.CharField(max_length=64)
    matcher_version = models.CharField(max_length=16)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    code = models.CharField(max_length=32)
    reason = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    expires_on = models.DateField(null=True, blank=True)
    walk = models.JSONField(default=dict, blank=True)
    waits_for = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("judgement")
        verbose_name_plural = _("judgements")
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="judgement_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(verdict="no_match") | Q(expires_on__isnull=False), name="clearance_expires"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="escalated") | ~Q(waits_for=""), name="escalated_waits_for_somebody"
            ),
        )
        indexes = (models.Index(fields=("subject_ref", "entity_key", "-id"), name="judgement_by_pair"),)

    def __str__(self) -> str:
        return f"{self.subject_ref} {self.entity_key} {self.verdict}"
