from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from .cases import Case
from .determinations import StoredDetermination
from .people import User


class Reliance(models.Model):
    """What a stored determination rests on, small enough to be searched and read in bulk; made from it, never by hand.

    ``facts`` are the facts of each line with the parties numbered, so that equal transactions read alike;
    ``provisions`` the rules that spoke and the parameters they cite; ``answers`` what each reading came to.
    """

    determination = models.OneToOneField(
        StoredDetermination, on_delete=models.CASCADE, primary_key=True, related_name="reliance"
    )
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    facts = models.JSONField()
    provisions = ArrayField(models.CharField(max_length=80))
    answers = models.JSONField()

    class Meta:
        ordering = ("-pk",)
        indexes = (GinIndex(fields=("provisions",), name="reliance_provisions"),)

    def __str__(self) -> str:
        return f"{self.pk}: {len(self.provisions)}"


class ImpactRun(models.Model):
    """One question of the kind “whose answer would change, if …”. Never a change of any case.

    ``overlay`` holds parameter files by their path in the rulebook; ``on`` another day to ask for; ``against`` the
    digest of an earlier rulebook. ``through`` is the newest determination looked at, so that a run that was cut off
    and taken up again says the same.
    """

    class Standing(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")

    title = models.CharField(max_length=200)
    overlay = models.JSONField(default=dict)
    on = models.DateField(null=True, blank=True)
    against = models.CharField(max_length=64, blank=True)
    base_rulebook = models.CharField(max_length=64)
    new_rulebook = models.CharField(max_length=64)
    through = models.BigIntegerField(default=0)
    cases = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.RUNNING)
    stopped_because = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        permissions = (("run_impact", "Can ask what a rule change would do to cases"),)

    def __str__(self) -> str:
        return self.title


class ImpactChunk(models.Model):
    """A stretch of cases, worked through in one transaction: done whole or not at all."""

    run = models.ForeignKey(ImpactRun, on_delete=models.CASCADE, related_name="chunks")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    done_at = models.DateTimeField(null=True, blank=True)
    examined = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0)
    undetermined = models.PositiveIntegerField(default=0)
    unreadable = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("run", "first"), name="one_chunk_per_stretch"),)

    def __str__(self) -> str:
        return f"{self.run_id}: {self.first} – {self.last}"


class ImpactRow(models.Model):
    """A case whose answer would differ, or whose kept facts this program cannot read (``unreadable``)."""

    run = models.ForeignKey(ImpactRun, on_delete=models.CASCADE, related_name="rows")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    determination = models.ForeignKey(StoredDetermination, on_delete=models.CASCADE, related_name="+")
    old_on = models.DateField()
    new_on = models.DateField()
    old_outcome = models.CharField(max_length=24)
    new_outcome = models.CharField(max_length=24)
    old_answers = models.JSONField()
    new_answers = models.JSONField()
    because = models.JSONField(default=list)
    unreadable = models.BooleanField(default=False)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("run", "case"), name="one_row_per_case"),)

    def __str__(self) -> str:
        return f"{self.case_id}: {self.old_outcome} → {self.new_outcome}"
