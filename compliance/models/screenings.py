from __future__ import annotations

from django.db import models

from .cases import Case
from .people import User


class CaseScreening(models.Model):
    """That the parties of a case were screened: which run, for which parties, when. Later runs stand beside it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="screenings")
    run = models.ForeignKey("screening.Run", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    subjects = models.JSONField(default=dict)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.case_id} run {self.run_id}"
