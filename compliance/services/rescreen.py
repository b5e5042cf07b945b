"""Mass rescreening: when the lists change, every open case and every party a changed entry may mean, by many workers.

The changed entries are looked for among our parties, not the other way round, so a change costs what changed. Cases
come first: one already decided on goes back to review in the same night, with a notice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from audit.alone import alone
from compliance.models import Party, User
from compliance.queries.subjects import subjects_of
from screening import ours
from screening import queries as lists
from screening import services as screening
from screening.services import batches, touching
from screening.shapes import Subject

from .act import SYSTEM
from .refusals import NotYours
from .screen import rescreen_case, stale_cases

PIECE = 50_000
"""Numbers of parties in one piece of their index."""
MOST_FRESH = 2_000
"""With more parties changed since their piece was built it is built anew before the lists are compared."""
READ = 1_000
AGAIN_AFTER = dt.timedelta(hours=1)
"""When parties are tried again on which a rescreening broke."""
MAY = "screening.refresh_lists"


def start(*, by: User | None = None, everybody: bool = False) -> int | None:
    """Begin a rescreening, or return the one that is going on; None with nothing to do or no lists loaded.

    ``everybody`` screens every party again, whatever changed. Raises :class:`~.refusals.NotYours`.
    """
    if by is not None and not by.has_perm(MAY):
        raise NotYours()
    if not lists.coverage().loaded:
        return None
    with alone("compliance: begin rescreening") as free:
        # Where another is just beginning one, theirs is the one that is going on.
        if (going := batches.going_on()) is not None or not free:
            return going
        cases = stale_cases()
        last = batches.last_rescreening()
        parties: list[str] = []
        because = "lists"
        if everybody:
            parties, because = _all(), "asked"
        elif last is None or last.searched_key != lists.current_searched():
            parties, because = _touched()
        if last is not None and not everybody:
            parties, because = _with_left_over(last, parties, because)
        return batches.begin_rescreening(
            cases=cases, parties=parties, by=by.username if by else SYSTEM, because=because
        )


def _with_left_over(last: Any, parties: list[str], because: str) -> tuple[list[str], str]:
    """Add whom the last rescreening broke on; where nothing else is due, not more often than once an hour."""
    left = batches.left_over(last)
    if not left or (not parties and last.finished_at and timezone.now() - last.finished_at < AGAIN_AFTER):
        return parties, because
    return sorted({*parties, *left}), because if parties else "broken"


def work(batch_id: int, *, most: int | None = None) -> int:
    """Work through a batch of either kind; may be called by many processes at once, and again after any died."""
    return batches.work(batch_id, does={"case": _case, "parties": _parties}, most=most)


def _case(refs: Sequence[str]) -> batches.Done:
    said = [word for ref in refs for word in rescreen_case(ref)]
    return batches.Done(
        examined=said.count("screened"),
        matches=said.count("undecided"),
        reopened=said.count("reopened"),
        # Somebody is at work in the case: it stays out of date, and the next sweep takes it up.
        incomplete=len(refs) - said.count("screened"),
    )


def _parties(refs: Sequence[str]) -> batches.Done:
    wanted = [ref.partition(":")[2] for ref in refs]
    subjects = subjects_of(Party.objects.filter(ref__in=wanted))
    run = screening.screen(subjects)
    return batches.Done(
        examined=len(subjects),
        matches=run.matches.values("subject_ref").distinct().count(),
        incomplete=len({gap["ref"] for gap in run.gaps}),
        run=run,
    )


def _all() -> list[str]:
    return [f"party:{ref}" for ref in Party.objects.order_by("pk").values_list("ref", flat=True).iterator()]


def _touched() -> tuple[list[str], str]:
    """Return the references of the parties the change of the lists may concern, and why they are screened."""
    last = batches.last_rescreening()
    changed = touching.changed_since(last)
    if last is None or changed is None:
        return _all(), "matcher"
    near, fresh = index_parties(most_fresh=MOST_FRESH)
    ids = touching.proposed(changed, near)
    touched = touching.met_before(changed) | touching.concerned(changed, _read(sorted(ids | fresh)))
    # Who was entered or renamed since may not have been asked about at all.
    touched |= _changed_after(last.made_at)
    return sorted(_refs_of(touched)), "lists"


def _changed_after(moment: dt.datetime) -> set[str]:
    return {f"party:{ref}" for ref in Party.objects.filter(changed_at__gte=moment).values_list("ref", flat=True)}


def _refs_of(refs: set[str]) -> Iterator[str]:
    """Keep the references of parties that are there."""
    wanted = [ref.partition(":")[2] for ref in refs if ref.startswith("party:")]
    for ref in Party.objects.filter(ref__in=wanted).values_list("ref", flat=True):
        yield f"party:{ref}"


def index_parties(*, most_fresh: int = 0) -> tuple[list[str], set[int]]:
    """Bring the index of our parties up to date; return its pieces and the ids of parties not yet in them.

    A piece in which at most ``most_fresh`` parties changed since it was built stays as it is, and those are returned.
    """
    pieces: list[str] = []
    fresh: set[int] = set()
    for number, latest in _stamps():
        piece = f"{number}"
        had = ours.stamp_of(piece)
        if had != latest.isoformat():
            inside = Party.objects.filter(pk__range=(number * PIECE, (number + 1) * PIECE - 1))
            since: set[int] = set()
            if had and most_fresh:
                since = set(inside.filter(changed_at__gt=had).values_list("pk", flat=True)[: most_fresh + 1])
            if had and 0 < len(since) <= most_fresh:
                fresh |= since
            else:
                ids = list(inside.order_by("pk").values_list("pk", flat=True))
                ours.build(piece, latest.isoformat(), zip(ids, _read(ids), strict=True))
        pieces.append(piece)
    return pieces, fresh


def _stamps() -> list[tuple[int, dt.datetime]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id / %s, max(changed_at) FROM compliance_party GROUP BY 1 ORDER BY 1", [PIECE])
        return [(int(number), latest) for number, latest in cursor.fetchall()]


def _read(ids: Sequence[int]) -> Iterator[Subject]:
    """Yield the subjects of parties, in the order of their ids."""
    for at in range(0, len(ids), READ):
        yield from subjects_of(Party.objects.filter(pk__in=ids[at : at + READ]))
