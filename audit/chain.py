"""The arithmetic of the chain: how one entry is bound to the one before. Nothing here touches a database or a clock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64
"""What the first entry is linked to."""


def canonical(body: Mapping[str, Any]) -> str:
    """Write ``body`` as the one JSON text that stands for it: sorted keys, no spaces, every script as it is.

    Raises :class:`TypeError` when a value has no JSON form and :class:`ValueError` for NaN or infinity.
    """
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def around_payload(*, sequence: int, at: str, action: str, subject: str, by: str) -> tuple[str, str]:
    """Return how the canonical text of an entry must begin and end, for columns that repeat parts of it.

    ``at`` is the moment in UTC as :meth:`datetime.isoformat` writes it. Sorted keys put the payload in the middle.
    """
    return (
        f'{{"action":{_quoted(action)},"at":"{at}","by":{_quoted(by)},"payload":',
        f',"sequence":{sequence},"subject":{_quoted(subject)}}}',
    )


_quoted = json.encoder.encode_basestring


def link(previous: str, text: str) -> str:
    """Return the digest of an entry: SHA-256 over the digest before it and the entry's own canonical text."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold.

    ``reason`` is ``gap``, ``previous`` or ``digest``; :func:`audit.services.verify` adds ``columns``, ``tail``,
    ``head``, ``seal``, ``emptied`` and ``forged``.
    """

    sequence: int
    reason: str


def first_break(
    rows: Iterable[tuple[int, str, str, str]], *, after: int = 0, previous: str = GENESIS
) -> tuple[int, str, Break | None]:
    """Walk ``(sequence, previous, text, digest)`` rows in order and find the first that does not follow.

    ``after`` and ``previous`` say where the walk starts, so that a long chain can be verified in pieces. Returns the
    last sequence and digest that hold, and the break, or ``None`` when all of it holds.
    """
    for sequence, stated, text, digest in rows:
        if sequence != after + 1:
            return after, previous, Break(after + 1, "gap")
        if stated != previous:
            return after, previous, Break(sequence, "previous")
        if link(previous, text) != digest:
            return after, previous, Break(sequence, "digest")
        after, previous = sequence, digest
    return after, previous, None
