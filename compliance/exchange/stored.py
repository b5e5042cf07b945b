"""What of a stored determination is digested, in one place: who stores, replays or proves it says the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from audit.chain import canonical

READINGS = ("codified", "enforced")


def body_of(
    *,
    on: str,
    lines: Sequence[Mapping[str, Any]],
    outcomes: Mapping[str, str],
    governing: str,
    rulebook: str,
    snapshots: Sequence[str],
    tolerance: int | None,
) -> dict[str, Any]:
    """Return the digested body. ``tolerance`` of ``None`` is a row from before it was kept, and is left out."""
    body = {
        "on": on,
        "lines": list(lines),
        "outcomes": dict(outcomes),
        "governing": governing,
        "rulebook": rulebook,
        "snapshots": list(snapshots),
    }
    return body if tolerance is None else {**body, "tolerance": tolerance}


def digest_of(data: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of ``data``, in hexadecimal."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


def facts_digest(lines: Sequence[Mapping[str, Any]]) -> str:
    """Return the fingerprint of the facts a determination read."""
    return digest_of({"facts": [line["facts"] for line in lines]})
