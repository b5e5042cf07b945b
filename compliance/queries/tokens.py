"""Reading the tokens of programs. A token itself cannot be read back: only its digest is kept."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from compliance.models import ApiToken, User


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """Return the person's tokens that still open the door, newest first."""
    return ApiToken.objects.filter(user=user, expiry__gt=timezone.now())
