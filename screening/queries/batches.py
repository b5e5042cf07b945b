"""Batches for people: how far they are, and what every row came to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from ..lists import list_title
from ..models import Batch, BatchChunk, BatchRow
from ..reasons import sentence
from .matches import SignalView, signal_views, subjects_visible_to

BECAUSE = {
    "lists": _("The lists changed"),
    "matcher": _("The matcher, the thresholds or the lists changed, and the difference is not known"),
    "asked": _("Asked for by hand"),
}
WHICH = (
    ("", _("all rows")),
    ("found", _("with matches")),
    ("nothing", _("without a match")),
    ("bad", _("not searched")),
)


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch is, in chunks and in what they came to."""

    done: int
    chunks: int
    size: int
    examined: int
    matches: int
    incomplete: int
    reopened: int
    failed: int
    bad: int

    @property
    def percent(self) -> int:
        """Return whole percent of the chunks done; a batch without any is done."""
        return 100 * self.done // self.chunks if self.chunks else 100


@dataclass(frozen=True, slots=True)
class RowHit:
    """A listed party that a row may mean."""

    percent: int
    score: float
    list_code: str
    list_title: Any
    entity_id: str
    name: str
    listed_name: str
    signals: tuple[SignalView, ...]


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row and what it came to: ``waiting``, ``bad``, ``found`` or ``nothing``."""

    number: int
    query: str
    qid: str
    state: str
    problem: str
    hits: tuple[RowHit, ...]


def batches_for(user: Any) -> QuerySet[Batch]:
    """Return the batches a person may see: rescreenings, and spreadsheets of their own or of all who see everything."""
    rows = Batch.objects.all()
    if subjects_visible_to(user) is None:
        return rows
    return rows.filter(Q(kind=Batch.Kind.RESCREENING) | Q(made_by=user.get_username()))


def batch_progress(batch: Batch) -> BatchProgress:
    """Return how far a batch is."""
    return progress_of([batch])[batch.pk]


def progress_of(batches: Iterable[Batch]) -> dict[int, BatchProgress]:
    """Return how far each batch is, in one query."""
    wanted = {batch.pk: batch for batch in batches}
    told = BatchChunk.objects.filter(batch__in=wanted).order_by().values("batch")
    sums = {name: Sum(name) for name in ("examined", "matches", "incomplete", "reopened", "failed")}
    counted = {row.pop("batch"): row for row in told.annotate(chunks=Count("pk"), done=Count("done_at"), **sums)}
    nothing = dict.fromkeys(("chunks", "done", *sums), 0)
    return {
        pk: BatchProgress(size=batch.size, bad=batch.bad_rows, **counted.get(pk, nothing))
        for pk, batch in wanted.items()
    }


def batch_rows(batch: Batch, which: str = "") -> QuerySet[BatchRow]:
    """Return the rows of an upload in the order of the file, or only those of one kind (:data:`WHICH`)."""
    rows = batch.rows.order_by("number")
    if which == "found":
        return rows.filter(highest__isnull=False).order_by("-highest", "number")
    if which == "nothing":
        return rows.filter(highest=None, hits__isnull=False, problem="")
    return rows.exclude(problem="") if which == "bad" else rows


def shown_rows(rows: Iterable[BatchRow]) -> Iterator[RowShown]:
    """Return rows as people read them."""
    for row in rows:
        state = "bad" if row.problem else "waiting" if row.hits is None else "found" if row.hits else "nothing"
        yield RowShown(
            number=row.number,
            query=row.asked.get("query", ""),
            qid=row.asked.get("qid", ""),
            state=state,
            problem=sentence(row.problem, row.problem_values) if row.problem else "",
            hits=tuple(_hit(hit) for hit in row.hits or ()),
        )


def _hit(hit: dict[str, Any]) -> RowHit:
    return RowHit(
        percent=int(hit["score"] * 100),
        score=hit["score"],
        list_code=hit["list"],
        list_title=list_title(hit["list"]),
        entity_id=hit["entity_id"],
        name=hit["name"],
        listed_name=hit["listed_name"],
        signals=signal_views(hit["reasons"]),
    )
