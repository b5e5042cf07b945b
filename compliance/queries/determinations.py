"""Reading what the law said."""

from __future__ import annotations

from compliance.models import StoredDetermination, User

from .scope import case_for


def latest_determination(user: User, ref: str) -> StoredDetermination | None:
    """Return the latest determination of a case, ``None`` before the first. Raises ``DoesNotExist`` out of scope."""
    return case_for(user, ref).determinations.select_related("case").first()
