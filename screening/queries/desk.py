"""The hit desk: what waits for a person, the gravest first, and the place of one match in that queue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
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
LONGEST_QUEUE = 2000
"""So far down the queue previous and next are known; nobody walks further in one sitting."""
AROUND = 12
"""How many rows of the queue stand beside a match."""

GRAVE_LISTS = ("SDN", "EL", "DPL", "MEU")
_SAME = (
    Q(reasons__contains=[{"signal": "same_identifier"}])
    | Q(reasons__contains=[{"signal": "listed_address"}])
    | Q(reasons__contains=[{"signal": "both_names_covered", "strength": 1.0}])
)
"""What all but names the party: a number or address of the entry, or names that cover each other wholly."""


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


def queue(user: Any, filters: Filters) -> QuerySet[Match]:
    """Return the matches of the queue a person may see, in the order asked for."""
    rows = match_rows(user, decided=filters.show == "decided", list_code=filters.list_code)
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
    clock = import_string(settings.GATEHOUSE_SUBJECT_CLOCK)(OuterRef("subject_ref"))
    rows = rows.annotate(due_on=clock, since=Coalesce(_first_proposed(), F("run__at")))
    return rows.annotate(rank=_rank()).order_by(*_order(filters.sort))


def _first_proposed() -> Subquery:
    """When the pair was first proposed; after a clearance, when it was first proposed again."""
    cleared = Judgement.objects.filter(
        subject_ref=OuterRef("subject_ref"), entity_key=OuterRef("entity_key"), verdict=Judgement.Verdict.NO_MATCH
    )
    after = Coalesce(Subquery(cleared.order_by("-match_id").values("match_id")[:1]), 0)
    pair = Match.objects.filter(subject_ref=OuterRef("subject_ref"), entity_key=OuterRef("entity_key"))
    return Subquery(pair.alias(after=after).filter(pk__gt=F("after")).order_by("pk").values("run__at")[:1])


def _rank() -> Case:
    """1 where the party is all but named or a date is at hand, 2 where list, score or date press, else 3."""
    today = timezone.localdate()
    soon, near = today + dt.timedelta(days=3), today + dt.timedelta(days=10)
    grave = Q(listed__list_code__in=GRAVE_LISTS, score__gte=0.5)
    return Case(
        When(_SAME | Q(score__gte=0.95) | Q(due_on__lte=soon), then=Value(1)),
        When(Q(score__gte=0.7) | grave | Q(due_on__lte=near), then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )


def _order(sort: str) -> tuple[Any, ...]:
    due = F("due_on").asc(nulls_last=True)
    return {
        "age": (F("since").asc(), "-score", "pk"),
        "score": ("-score", "pk"),
        "clock": (due, "-score", "pk"),
        "list": ("listed__list_code", "-score", "pk"),
    }.get(sort, (F("rank").asc(), due, "-score", "pk"))


def queue_rows(rows: Iterable[Match]) -> list[QueueRow]:
    """Turn rows of :func:`queue` into what is shown, in three queries."""
    matches = list(rows)
    labels = subject_labels({match.subject_ref for match in matches})
    today = timezone.localdate()
    return [
        QueueRow(
            match=view,
            label=labels.get(view.subject_ref, view.our_name),
            rank=match.rank,
            since=match.since,
            days_waiting=max(0, (today - timezone.localdate(match.since)).days),
            due_on=match.due_on,
            days_left=(match.due_on - today).days if match.due_on else None,
        )
        for match, view in zip(matches, views(matches), strict=True)
    ]


def place_of(user: Any, match_id: int, filters: Filters) -> Place:
    """Return the queue around a match. One that is not in the queue stands before its first row."""
    rows = queue(user, filters)
    ids = list(rows.values_list("pk", flat=True)[:LONGEST_QUEUE])
    at = ids.index(match_id) if match_id in ids else None
    first = max(0, min((at or 0) - AROUND // 2, len(ids) - AROUND))
    shown = ids[first : first + AROUND]
    by_id = {row.match.id: row for row in queue_rows(rows.filter(pk__in=shown))}
    after = ids[0] if at is None and ids else ids[at + 1] if at is not None and at + 1 < len(ids) else None
    return Place(
        rows=tuple(by_id[pk] for pk in shown if pk in by_id),
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
    rows = queue(user, Filters(sort="score")).filter(entity_key=entity_key).defer(None).defer("run__subjects")
    matches = list(rows.reverse()[:limit])
    waiting = undecided_among([match.pk for match in matches])
    return [
        Sibling(row, alone=match.pk not in waiting or too_close(match))
        for match, row in zip(matches, queue_rows(matches), strict=True)
    ]
