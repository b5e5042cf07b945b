"""What a proof file is made of: the stored determination, the entry about it and its place in the chain."""

from __future__ import annotations

from typing import Any

from audit.queries import all_entries, entries_numbered, seals
from compliance.exchange.proof import proof_of
from compliance.models import StoredDetermination, User

from .replay import NoSuchDetermination, body_of_row, determination_of, entry_of
from .scope import case_for

LONGEST_WAY = 20_000
"""Entries between a determination and the next seal that a proof names; a day's worth is far less."""


def proof_for(user: User, ref: str, number: int | None = None) -> dict[str, Any]:
    """Return the proof of a determination of a case the person may see.

    Raises ``Case.DoesNotExist`` out of scope and :class:`~.replay.NoSuchDetermination`.
    """
    return proof(case_for(user, ref).ref, number)


def proof(ref: str, number: int | None = None) -> dict[str, Any]:
    """Return the proof of a determination; scopes nothing. Raises :class:`~.replay.NoSuchDetermination`."""
    place, stored = determination_of(ref, number)
    run = stored.screening_run
    return proof_of(
        body_of_row(stored),
        digest=stored.digest,
        outcome=stored.outcome,
        about={
            "case": ref,
            "subject": stored.case.subject,
            "determination": stored.pk,
            "number": place,
            "made_at": stored.made_at.isoformat(),
        },
        screening={
            "run": run.pk,
            "at": run.at.isoformat(),
            "state": run.state,
            "matcher": run.matcher_version,
            "snapshots": list(run.snapshot_digests),
        }
        if run
        else None,
        chain=_chain(stored),
    )


def _chain(stored: StoredDetermination) -> dict[str, Any]:
    entry = entry_of(stored)
    if entry is None:
        return {"entry": None, "before": None, "after": [], "seal": None}
    before = entries_numbered([entry.sequence - 1]).get(entry.sequence - 1)
    seal = seals().filter(sequence__gte=entry.sequence).order_by("sequence").first()
    upto = seal.sequence if seal else entry.sequence + 1
    after = all_entries().filter(sequence__gt=entry.sequence, sequence__lte=upto).order_by("sequence")
    links = list(after.values_list("sequence", "previous", "digest")[: LONGEST_WAY + 1])
    if len(links) > LONGEST_WAY:
        seal, links = None, links[:1]
    return {
        "entry": {**_link(entry), "text": entry.text},
        "before": _link(before) if before else None,
        "after": [dict(zip(("sequence", "previous", "digest"), link, strict=True)) for link in links],
        "seal": {
            "day": seal.day.isoformat(),
            "sequence": seal.sequence,
            "digest": seal.digest,
            "sent": bool(seal.sent_to),
        }
        if seal
        else None,
    }


def _link(entry: Any) -> dict[str, Any]:
    return {"sequence": entry.sequence, "previous": entry.previous, "digest": entry.digest}


__all__ = ["NoSuchDetermination", "proof", "proof_for"]
