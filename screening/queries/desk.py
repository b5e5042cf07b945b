"""The hit desk: what waits for a person, the gravest first, and the place of one match in that queue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.module_loading import import_string

from ..matching import forms
from ..models import Judgement, Match
from ..shapes import MatchView
from .matches import match_rows, subject_labels, views
from .standing import newest_run_of, settled_now

SHOWS = ("undecided", "escalated", "mine", "decided")
SORTS = ("priority", "age", "score", "clock", "list")
AT_LEAST = (50, 70, 90)
FAR = 10_000
"""Days left where no date is known."""
AROUND = 12
"""How many rows of the queue stand beside a match."""

GRAVE_LISTS = ("SDN", "EL", "DPL", "MEU")


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the queue is asked for. ``mine`` are the matches that were passed on to the person herself."""

    show: str = "undecided"
    list_code: str = ""
    at_least: int = 0
    words: str = ""
    sort: str = "priority"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A match as the queue shows it.

    ``rank`` is 1 (first of all), 2 or 3; ``since`` when the pair was first proposed after its last clearance;
    ``due_on`` the nearest legal or planned date of an open case of the party.
    """

    match: MatchView
    label: str
    rank: int
    since: dt.datetime
    days_waiting: int
    due_on: dt.date | None
    days_left: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a match stands in a queue: the rows around it, and what comes before and after."""

    rows: tuple[QueueRow, ...]
    position: int | None
    total: int
    previous_id: int | None
    next_id: int | None


def colleagues_for(subject_ref: str) -> list[tuple[str, str]]:
    """Return user name and name of those who may judge a subject's matches.

    People are not ours: ``settings.GATEHOUSE_MATCH_COLLEAGUES`` names the function that knows them.
    """
    return list(import_string(settings.GATEHOUSE_MATCH_COLLEAGUES)(subject_ref))


def cases_touched(user: Any, subject_ref: str) -> list[Any]:
    """Return what waits for the subject's matches, as its owner tells it (``settings.GATEHOUSE_SUBJECT_CASES``)."""
    return list(import_string(settings.GATEHOUSE_SUBJECT_CASES)(user, subject_ref))


@dataclass(frozen=True, slots=True)
class Queue:
    """The matches of a queue in its order: their ids, the rank of each, and the clocks of the subjects known to run."""

    ids: list[int]
    ranks: dict[int, int]
    clocks: dict[str, dt.date]


def queue(user: Any, filters: Filters) -> Queue:
    """Return the queue a person may see, in the order asked for.

    Dates belong to the owner of the subjects, who is asked once for all of them; so the order is made here and not in
    the database, which would ask for every match.
    """
    rows = _wanted(user, filters)
    columns = ["pk", "subject_ref", "score", "listed__list_code"]
    if filters.sort == "age":
        # When a pair was first proposed costs a look for each; it is asked of all only where it makes the order.
        rows, columns = rows.annotate(since=_since()), [*columns, "since"]
    found = list(rows.values_list(*columns))
    clocks = _clocks({row[1] for row in found})
    today = timezone.localdate()
    left = {ref: (day - today).days for ref, day in clocks.items()}
    ranks = {row[0]: _rank(row[2], row[3], left.get(row[1], FAR)) for row in found}
    order: dict[str, Callable[[Any], Any]] = {
        "age": lambda row: (row[4], -row[2], row[0]),
        "score": lambda row: (-row[2], row[0]),
        "clock": lambda row: (clocks.get(row[1], dt.date.max), -row[2], row[0]),
        "list": lambda row: (row[3], -row[2], row[0]),
        "priority": lambda row: (ranks[row[0]], clocks.get(row[1], dt.date.max), -row[2], row[0]),
    }
    return Queue([row[0] for row in sorted(found, key=order[filters.sort])], ranks, clocks)


def _wanted(user: Any, filters: Filters) -> QuerySet[Match]:
    rows = match_rows(user, decided=filters.show == "decided", list_code=filters.list_code).order_by()
    last = Judgement.objects.filter(subject_ref=OuterRef("subject_ref"), entity_key=OuterRef("entity_key"))
    if filters.show in ("escalated", "mine"):
        rows = rows.annotate(last_verdict=Subquery(last.order_by("-pk").values("verdict")[:1]))
        rows = rows.filter(last_verdict=Judgement.Verdict.ESCALATED)
    if filters.show == "mine":
        rows = rows.annotate(passed_to=Subquery(last.order_by("-pk").values("waits_for")[:1]))
        rows = rows.filter(passed_to=user.get_username())
    if filters.at_least:
        rows = rows.filter(score__gte=filters.at_least / 100)
    if filters.words:
        rows = rows.filter(Q(our_name__icontains=filters.words) | Q(listed_name__icontains=filters.words))
    return rows


def _clocks(refs: set[str]) -> dict[str, dt.date]:
    return dict(import_string(settings.GATEHOUSE_SUBJECT_CLOCKS)(refs)) if refs else {}


def _since() -> Coalesce:
    """When the pair was first proposed; after a clearance, when it was first proposed again."""
    cleared = Judgement.objects.filter(
        subject_ref=OuterRef("subject_ref"), entity_key=OuterRef("entity_key"), verdict=Judgement.Verdict.NO_MATCH
    )
    after = Coalesce(Subquery(cleared.order_by("-match_id").values("match_id")[:1]), 0)
    pair = Match.objects.filter(subject_ref=OuterRef("subject_ref"), entity_key=OuterRef("entity_key"))
    first = pair.alias(after=after).filter(pk__gt=F("after")).order_by("pk").values("run__at")[:1]
    return Coalesce(Subquery(first), F("run__at"))


def _rank(score: float, list_code: str, left: int) -> int:
    """1 where the party is all but named or a date is ``left`` few days, 2 where list, score or date press, else 3."""
    if score >= 0.85 or left <= 3:
        return 1
    if score >= 0.7 or (list_code in GRAVE_LISTS and score >= 0.5) or left <= 10:
        return 2
    return 3


def queue_rows(found: Queue, ids: Sequence[int]) -> list[QueueRow]:
    """Return some rows of a queue as they are shown, in the order of the ids, in four queries."""
    rows = Match.objects.filter(pk__in=ids).annotate(since=_since()).select_related("listed", "run")
    rows = rows.defer("run__subjects", "run__coverage", "run__gaps", "listed__raw", "reasons", "words")
    return _shown(sorted(rows, key=lambda row: ids.index(row.pk)), found.ranks, found.clocks)


def _shown(matches: Sequence[Match], ranks: dict[int, int], clocks: dict[str, dt.date]) -> list[QueueRow]:
    labels = subject_labels({match.subject_ref for match in matches})
    today = timezone.localdate()
    return [
        QueueRow(
            match=view,
            label=labels.get(view.subject_ref, view.our_name),
            rank=ranks[view.id],
            since=match.since,
            days_waiting=max(0, (today - timezone.localdate(match.since)).days),
            due_on=clocks.get(view.subject_ref),
            days_left=(clocks[view.subject_ref] - today).days if view.subject_ref in clocks else None,
        )
        for match, view in zip(matches, views(matches), strict=True)
    ]


def place_of(user: Any, match_id: int, filters: Filters) -> Place:
    """Return the queue around a match. One that is not in the queue stands before its first row."""
    found = queue(user, filters)
    ids = found.ids
    at = ids.index(match_id) if match_id in ids else None
    first = max(0, min((at or 0) - AROUND // 2, len(ids) - AROUND))
    shown = ids[first : first + AROUND]
    after = ids[0] if at is None and ids else ids[at + 1] if at is not None and at + 1 < len(ids) else None
    return Place(
        rows=tuple(queue_rows(found, shown)),
        position=None if at is None else at + 1,
        total=len(ids),
        previous_id=ids[at - 1] if at else None,
        next_id=after,
    )


def too_close(match: Match) -> bool:
    """Return whether name, number or address are those of the entry, so that the match is answered by itself."""
    if any(reason["signal"] in ("same_identifier", "same_words", "listed_address") for reason in match.reasons):
        return True
    if any(reason["signal"] == "both_names_covered" and reason["strength"] >= 1.0 for reason in match.reasons):
        return True
    ours = {form.squashed for form in forms(match.our_name)}
    return bool(ours & {form.squashed for form in forms(match.listed_name)})


def undecided_among(match_ids: Sequence[int]) -> set[int]:
    """Return those of the matches that wait for anybody: of the newest run, not settled and not passed on."""
    last = Judgement.objects.filter(subject_ref=OuterRef("subject_ref"), entity_key=OuterRef("entity_key"))
    rows = Match.objects.filter(pk__in=match_ids).annotate(newest=newest_run_of(), settled=settled_now())
    rows = rows.annotate(last_verdict=Subquery(last.order_by("-pk").values("verdict")[:1]))
    rows = rows.filter(run_id=F("newest"), settled=False)
    return {pk for pk, verdict in rows.values_list("pk", "last_verdict") if verdict != Judgement.Verdict.ESCALATED}


@dataclass(frozen=True, slots=True)
class Sibling:
    """A match of the same entry, and whether it may be answered together with others."""

    row: QueueRow
    alone: bool


def siblings(user: Any, entity_key: str, *, limit: int) -> list[Sibling]:
    """Return the undecided matches of one entry that a person may see, the least sure first."""
    rows = match_rows(user).filter(entity_key=entity_key).annotate(since=_since())
    matches = list(rows.order_by("score", "pk").defer(None).defer("run__subjects", "listed__raw")[:limit])
    ids = [match.pk for match in matches]
    waiting = undecided_among(ids)
    return [
        Sibling(row, alone=match.pk not in waiting or too_close(match))
        for match, row in zip(matches, _shown(matches, dict.fromkeys(ids, 3), {}), strict=True)
    ]
