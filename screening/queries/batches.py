"""Batches for people: how far they are, and what every row came to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..lists import list_title
from ..models import Batch, BatchChunk, BatchRow
from ..reasons import sentence
from .coverage import cautions_by, current_searched
from .matches import SignalView, signal_views, subjects_visible_to

BECAUSE = {
    "lists": gettext_lazy("The lists changed"),
    "matcher": gettext_lazy("The matcher, the thresholds or the lists changed, and the difference is not known"),
    "asked": gettext_lazy("Asked for by hand"),
    "broken": gettext_lazy("A part of the last one broke"),
}
WHICH = (
    ("", gettext_lazy("all rows")),
    ("found", gettext_lazy("with matches")),
    ("nothing", gettext_lazy("without a match")),
    ("bad", gettext_lazy("not searched")),
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
    def whole(self) -> bool:
        """Whether everything that was handed in was searched."""
        return self.done == self.chunks and not (self.incomplete or self.failed or self.bad)

    @property
    def unsearched(self) -> int:
        """Return how many rows, parties or cases nobody has searched, and nobody found at fault."""
        return max(0, self.size - self.examined - self.bad)

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
    notes: tuple[str, ...] = ()
    more: int = 0
    subject_ref: str = ""

    @property
    def left_out(self) -> str:
        """Return how many less sure parties were found and not kept, as a sentence; empty without any."""
        return sentence("row_more", {"more": self.more}) if self.more else ""

    @property
    def party(self) -> str:
        """Return the number of the party the row became."""
        return self.subject_ref.partition(":")[2]


def batches_for(user: Any) -> QuerySet[Batch]:
    """Return the batches a person may see: rescreenings, and spreadsheets of their own or of all who see everything."""
    rows = Batch.objects.all()
    if subjects_visible_to(user) is None:
        return rows
    return rows.filter(Q(kind=Batch.Kind.RESCREENING) | Q(made_by=user.get_username()))


def upload_for(user: Any, batch_id: int) -> Batch:
    """Return a spreadsheet the person may see. Raises ``Batch.DoesNotExist``."""
    return batches_for(user).get(pk=batch_id, kind=Batch.Kind.UPLOAD)


def batch_progress(batch: Batch) -> BatchProgress:
    """Return how far a batch is."""
    return progress_of([batch])[batch.pk]


def cautions(batch: Batch, progress: BatchProgress) -> list[str]:
    """Return what keeps a person from relying on a batch, as sentences; the page, its files and the API say them."""
    found = []
    left = progress.unsearched
    if batch.standing == Batch.Standing.RUNNING:
        found.append(_("It is still going on: %(n)d of %(all)d are searched.") % _of(progress))
    elif batch.standing == Batch.Standing.STOPPED:
        found.append(_("It was stopped before its end: %(left)d of %(all)d were NOT searched.") % _of(progress))
    elif left:
        found.append(_("%(left)d of %(all)d could NOT be searched.") % _of(progress))
    if progress.bad:
        found.append(
            ngettext(
                "%(n)d row was at fault and was NOT searched.",
                "%(n)d rows were at fault and were NOT searched.",
                progress.bad,
            )
            % {"n": progress.bad}
        )
    if progress.incomplete:
        words = ngettext(
            "%(n)s could not be screened fully and stays open.",
            "%(n)s could not be screened fully and stay open.",
            progress.incomplete,
        )
        found.append(words % {"n": progress.incomplete})
    found += cautions_by(batch.coverage)
    if batch.kind == Batch.Kind.UPLOAD and batch.searched_key != current_searched():
        found.append(
            _(
                "The lists, the thresholds or the matcher have changed since. Hand the file in again to search what is "
                "in use."
            )
        )
    return found


def _of(progress: BatchProgress) -> dict[str, int]:
    return {"left": progress.unsearched, "all": progress.size, "n": progress.examined}


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
    return rows.filter(~Q(problem="") | Q(hits__isnull=True)) if which == "bad" else rows


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
            notes=tuple(sentence(key, values) for key, values in row.asked.get("notes", ())),
            more=row.more,
            subject_ref=row.subject_ref,
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
