"""Leaving word that the clocks were swept, for the page that says whether the product is alive."""

from __future__ import annotations

from django.core.cache import cache
from django.utils import timezone

from compliance.queries.health import SWEEP_KEY


def swept() -> None:
    """Note the moment. It is a sign of life, not evidence, so the cache may forget it."""
    cache.set(SWEEP_KEY, timezone.now(), timeout=None)
