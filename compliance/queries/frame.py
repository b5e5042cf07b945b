"""What waits for one person, for the counts beside the names of the pages."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils import timezone

from compliance.lifecycle import APPROVE, LICENSE, WORK, State
from compliance.models import Clock, User

from .desk import awaiting
from .scope import visible_cases


def waiting_for(user: User) -> dict[str, int]:
    """Return counts by page, only where this person must act, in at most two queries."""
    counts: dict[str, int] = {}
    mine = Q()
    if user.has_perm(WORK):
        mine |= Q(assigned_to=user, state__in=(State.DRAFT, State.UNDER_REVIEW))
    if user.has_perm(LICENSE):
        mine |= Q(assigned_to=user, state__in=(State.AUTHORIZATION_NEEDED, State.AUTHORIZED))
    if user.has_perm(APPROVE):
        mine |= Q(pk__in=awaiting(user).order_by().values("pk"))
    if mine:
        counts["desk"] = visible_cases(user).filter(mine).order_by().aggregate(n=Count("pk"))["n"]
        counts["clocks"] = Clock.objects.filter(
            owner=user, standing=Clock.Standing.RUNNING, due_on__lt=timezone.localdate()
        ).count()
    return counts
