from __future__ import annotations

from django.db import models

from .cases import Case
from .people import User


class StoredDetermination(models.Model):
    """What the law said of a case on a day: facts, findings of both readings, rulebook, lists. Never edited.

    ``lines`` holds, per case line, the facts as the law read them and the determination in each reading; ``digest`` is
    the digest of all of it, so that a replay can be compared byte by byte. ``tolerance`` is the number of days past the
    rulebook's horizon that were accepted; ``None`` in rows from before it was kept.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="determinations")
    on = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lines = models.JSONField()
    outcome = models.CharField(max_length=24)
    outcome_codified = models.CharField(max_length=24)
    outcome_enforced = models.CharField(max_length=24)
    governing = models.CharField(max_length=12)
    rulebook = models.CharField(max_length=64)
    tolerance = models.PositiveSmallIntegerField(null=True)
    facts_digest = models.CharField(max_length=64)
    screening_run = models.ForeignKey(
        "screening.Run", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    snapshots = models.JSONField(default=list)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("-pk",)
        get_latest_by = "pk"

    def __str__(self) -> str:
        return f"{self.case_id} {self.on} {self.outcome}"
