from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from .people import User


class ApiToken(AbstractAuthToken):
    """A key with which a program signs in as a person. Only its digest is kept; ``name`` says what it is for."""

    name = models.CharField(max_length=60)

    class Meta:
        ordering = ("-created",)
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.name


class AnsweredRequest(models.Model):
    """A request of a program that was carried out, with its answer, so that sending it again changes nothing.

    Written in the transaction of the change itself: there is an answer if and only if there is a change.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="one_answer_per_key"),)

    def __str__(self) -> str:
        return self.key
