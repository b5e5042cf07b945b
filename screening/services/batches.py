"""Many subjects at once, in chunks that any worker may take: a batch that is cut off anywhere ends with the same rows.

A chunk is claimed by locking its row and worked through in that transaction; a worker that dies frees it. What a chunk
of a kind other than rows means is told by the caller of :func:`work`, whose subjects they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from audit.services import record

from .. import policy, queries
from ..matching import MATCHER_VERSION, Who
from ..models import Batch, BatchChunk, BatchRow, ListedParty, Run, Snapshot
from ..queries.batches import batch_progress
from ..reasons import Refusal
from .bulk import Asked, BadRow
from .running import asked_about, lists_of, proposals

log = structlog.get_logger(__name__)

ROWS = 100
"""Rows of an upload in one chunk."""
PARTIES = 200
"""Parties of a rescreening in one chunk, and in one run."""
HITS = 10
"""Listed parties kept per row."""
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a chunk: how many were searched, with matches, not searched fully, reopened, failed."""

    examined: int = 0
    matches: int = 0
    incomplete: int = 0
    reopened: int = 0
    failed: int = 0
    run: Run | None = None


Work = Callable[[Sequence[str]], Done]
"""How the references of a chunk are worked through, inside its transaction."""


def _begun(**told: Any) -> Batch:
    """Return a new batch against the lists in use. Raises :class:`~screening.reasons.Refusal` without any."""
    snapshots, thresholds = lists_of(None), policy.current()
    return Batch.objects.create(
        made_at=timezone.now(),
        snapshots=[one.pk for one in snapshots],
        searched_key=policy.searched_key(MATCHER_VERSION, thresholds, [one.sha256 for one in snapshots]),
        coverage=queries.coverage_as_dict(snapshots),
        threshold=thresholds.base,
        rules=thresholds.as_rows(),
        **told,
    )


# --- Spreadsheets -----------------------------------------------------------------------------------------------------


@transaction.atomic
def take_in(rows: Iterable[Asked | BadRow], *, by: str, title: str, sha256: str) -> int:
    """Keep the rows of a file as a batch to be searched; return its id. A bad row is kept with what is wrong with it.

    Nothing is kept when the reader of the rows raises. Records ``batch.start``. Raises
    :class:`~screening.reasons.Refusal` for a file without rows and where no list is loaded.
    """
    batch = _begun(kind=Batch.Kind.UPLOAD, title=title[:200], sha256=sha256, made_by=by)
    kept = [_kept(batch, row) for row in rows]
    if not kept:
        raise Refusal("sheet_no_rows", field="file")
    BatchRow.objects.bulk_create(kept, batch_size=2_000)
    BatchChunk.objects.bulk_create(
        BatchChunk(batch=batch, number=number, work="rows", first=part[0].number, last=part[-1].number)
        for number, part in enumerate((kept[at : at + ROWS] for at in range(0, len(kept), ROWS)), start=1)
    )
    batch.size, batch.bad_rows = len(kept), sum(bool(row.problem) for row in kept)
    batch.save(update_fields=["size", "bad_rows"])
    record("batch.start", f"batch:{batch.pk}", by=by, file=batch.title, sha256=sha256, rows=batch.size)
    return batch.pk


def _kept(batch: Batch, row: Asked | BadRow) -> BatchRow:
    if isinstance(row, BadRow):
        return BatchRow(
            batch=batch,
            number=row.line,
            asked={"query": row.query, "qid": row.qid},
            problem=row.key,
            problem_values=row.values,
        )
    who = row.who
    asked = {
        "query": who.names[0],
        "qid": row.qid,
        "countries": list(who.countries),
        "addresses": list(who.addresses),
        "identifiers": list(who.identifiers),
        "type": who.kind,
        "notes": [[note.key, note.values] for note in row.notes],
    }
    return BatchRow(batch=batch, number=row.line, asked=asked)


def _search_rows(batch: Batch, chunk: BatchChunk) -> Done:
    """Search the rows of a chunk in the lists and by the policy the batch began with, whatever changed since."""
    rows = list(batch.rows.filter(number__range=(chunk.first, chunk.last), problem=""))
    snapshots = list(Snapshot.objects.filter(pk__in=batch.snapshots).order_by("pk"))
    thresholds = policy.stored(batch.threshold, batch.rules)
    found = []
    for row in rows:
        told = row.asked
        who = Who(
            (told["query"],),
            tuple(told["addresses"]),
            tuple(told["countries"]),
            tuple(told["identifiers"]),
            told["type"],
        )
        found.append(proposals(who, snapshots, threshold=thresholds.least))
    listed = ListedParty.objects.defer("raw", "remarks").in_bulk({one.id for hits in found for one in hits})
    for row, hits in zip(rows, found, strict=True):
        best = asked_about(hits, listed, thresholds)
        row.more = len(best[HITS:])
        row.hits = [
            {
                "listed": one.id,
                "entity_id": listed[one.id].entity_id,
                "entity_key": listed[one.id].key,
                "list": listed[one.id].list_code,
                "name": listed[one.id].name,
                "listed_name": one.listed_name,
                "score": round(one.score.value, 6),
                "reasons": [reason.as_dict() for reason in one.score.reasons],
            }
            for one in best[:HITS]
        ]
        row.highest = row.hits[0]["score"] if row.hits else None
    BatchRow.objects.bulk_update(rows, ["hits", "highest", "more"], batch_size=200)
    return Done(examined=len(rows), matches=sum(bool(row.hits) for row in rows))


# --- Rescreening ------------------------------------------------------------------------------------------------------


def going_on() -> int | None:
    """Return the rescreening against the lists in use that still has chunks to do."""
    found = Batch.objects.filter(kind=Batch.Kind.RESCREENING, standing=Batch.Standing.RUNNING)
    return found.filter(searched_key=queries.current_searched()).values_list("pk", flat=True).first()


def last_rescreening() -> Batch | None:
    """Return the last rescreening that was finished."""
    return Batch.objects.filter(kind=Batch.Kind.RESCREENING, standing=Batch.Standing.DONE).first()


def left_over(batch: Batch) -> list[str]:
    """Return the parties of a rescreening whose chunk broke: nobody has searched them in these lists."""
    broken = batch.chunks.filter(work="parties", failed__gt=0).values_list("refs", flat=True)
    return [ref for refs in broken for ref in refs]


@transaction.atomic
def begin_rescreening(*, cases: Sequence[str], parties: Sequence[str], by: str, because: str) -> int | None:
    """Cut cases and parties into chunks to be screened again; return the batch's id, or None with nothing to do.

    ``cases`` and ``parties`` are references of the caller's; cases come first, one to a chunk. ``because`` is
    ``lists``, ``matcher``, ``asked`` or ``broken``. Records ``batch.start``.
    """
    if not cases and not parties and because != "asked":
        return None
    batch = _begun(
        kind=Batch.Kind.RESCREENING, title=because, because=because, made_by=by, size=len(cases) + len(parties)
    )
    parts = [("case", [ref]) for ref in cases]
    parts += [("parties", list(parties[at : at + PARTIES])) for at in range(0, len(parties), PARTIES)]
    BatchChunk.objects.bulk_create(
        (
            BatchChunk(batch=batch, number=number, work=work, refs=refs)
            for number, (work, refs) in enumerate(parts, start=1)
        ),
        batch_size=1_000,
    )
    record(
        "batch.start", f"batch:{batch.pk}", by=by, because=because, cases=len(cases), parties=len(parties),
        lists=batch.coverage.get("sha256", []),
    )  # fmt: skip
    return batch.pk


# --- Working ----------------------------------------------------------------------------------------------------------


def unfinished() -> list[int]:
    """Return the batches that still have chunks to work through, oldest first."""
    return list(Batch.objects.filter(standing=Batch.Standing.RUNNING).order_by("pk").values_list("pk", flat=True))


def work(batch_id: int, *, does: Mapping[str, Work] | None = None, most: int | None = None) -> int:
    """Work through chunks nobody else holds until none is left (or ``most`` are done). Returns how many were done.

    ``does`` says how chunks of parties and cases are worked through; chunks it does not name are left to others. May be
    called by any number of processes at once, and again after any of them died.
    """
    known = dict(does or {})
    done = 0
    while most is None or done < most:
        with transaction.atomic():
            chunk = (
                BatchChunk.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("batch")
                .filter(batch_id=batch_id, batch__standing=Batch.Standing.RUNNING, done_at=None)
                .filter(work__in=["rows", *known])
                .order_by("number")
                .first()
            )
            if chunk is None:
                break
            if not _still_fits(chunk.batch):
                _stop(chunk.batch)
                break
            said = _said(chunk, known)
            chunk.run = said.run
            chunk.examined, chunk.matches, chunk.incomplete = said.examined, said.matches, said.incomplete
            chunk.reopened, chunk.failed = said.reopened, said.failed
            chunk.done_at = timezone.now()
            chunk.save()
        done += 1
    finish(batch_id)
    return done


def _said(chunk: BatchChunk, known: Mapping[str, Work]) -> Done:
    """Work through a chunk. One that breaks keeps nothing of it, is counted as failed, and does not stop the others."""
    try:
        with transaction.atomic():
            return known[chunk.work](chunk.refs) if chunk.work in known else _search_rows(chunk.batch, chunk)
    except (OperationalError, InterfaceError):
        # The database went away: nobody worked, and the chunk is to be taken up again.
        raise
    except Exception:
        log.exception("batch.chunk_failed", batch=chunk.batch_id, chunk=chunk.number)
        return Done(failed=len(chunk.refs) or chunk.last - chunk.first + 1)


def _still_fits(batch: Batch) -> bool:
    """Whether the rest would be searched as the part before was. An upload keeps its lists; a rescreening wants those
    in use."""
    if batch.kind == Batch.Kind.UPLOAD:
        return policy.version_of(batch.searched_key) == MATCHER_VERSION
    return batch.searched_key == queries.current_searched()


def _stop(batch: Batch) -> None:
    batch.standing, batch.finished_at = Batch.Standing.STOPPED, timezone.now()
    batch.save(update_fields=["standing", "finished_at"])
    record("batch.stop", f"batch:{batch.pk}", by=SYSTEM, because="other lists or matcher")


def finish(batch_id: int) -> None:
    """Close the batch once every chunk is done; says so in the chain once, with what the rows came to."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch_id)
        if batch.standing != Batch.Standing.RUNNING or batch.chunks.filter(done_at=None).exists():
            return
        batch.standing, batch.finished_at = Batch.Standing.DONE, timezone.now()
        batch.save(update_fields=["standing", "finished_at"])
        told = batch_progress(batch)
        record(
            "batch.finish",
            f"batch:{batch.pk}",
            by=SYSTEM,
            searched=told.examined,
            with_matches=told.matches,
            bad_rows=batch.bad_rows,
            incomplete=told.incomplete,
            reopened=told.reopened,
            failed=told.failed,
            results=results_digest(batch) if batch.kind == Batch.Kind.UPLOAD else "",
        )


def rows_to_become(batch_id: int, numbers: Iterable[int]) -> list[BatchRow]:
    """Return rows of an upload, locked, so that nobody else makes subjects of them meanwhile. In a transaction."""
    return list(
        BatchRow.objects.select_for_update().filter(batch_id=batch_id, number__in=list(numbers)).order_by("number")
    )


def become(rows: Mapping[BatchRow, str]) -> None:
    """Write down whom of the caller's each row became. The caller records."""
    for row, ref in rows.items():
        row.subject_ref = ref
    BatchRow.objects.bulk_update(rows, ["subject_ref"], batch_size=200)


@transaction.atomic
def note_export(batch_id: int, *, by: str, form: str) -> None:
    """Write down that the rows of a batch leave as a file, before they do."""
    record("batch.export", f"batch:{batch_id}", by=by, form=form)


def results_digest(batch: Batch) -> str:
    """Return the SHA-256 of what every row of an upload came to, in their order."""
    told = hashlib.sha256()
    for number, problem, hits in batch.rows.order_by("number").values_list("number", "problem", "hits").iterator():
        found = " ".join(f"{hit['entity_key']}={hit['score']:.6f}" for hit in hits or ())
        told.update(f"{number}\t{problem}\t{found}\n".encode())
    return told.hexdigest()
