"""Keeping the figures of a calculation beside an item: all of them or none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from compliance.models import User

from .facts import record_item_fact

Figure = tuple[str, Any, dict[str, Any] | None]


def keep_figures(ref: str, *, by: User, figures: Iterable[Figure], source: str, as_of: Any = None) -> None:
    """Record each (key, value, workings) with one source and day, in one transaction.

    Raises :class:`~.refusals.BadInput` for a value that cannot be kept, and ``Item.DoesNotExist`` out of scope.
    """
    with transaction.atomic():
        for key, value, workings in figures:
            record_item_fact(ref, by=by, key=key, value=value, workings=workings, source=source, as_of=as_of)
