"""The hit desk: what waits for a person, the gravest first, and the place of one match in that queue."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
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
AROUND = 12
"""How many rows of the queue stand beside a match."""

GRAVE_LISTS, GRAVE_FROM = ("SDN", "EL", "DPL", "MEU"), 0.5
SURE, LIKELY = 0.85, 0.7
"""From which score on a match comes first, or soon."""
AT_ONCE, SOON = 3, 10
"""Up to how many days left it does so for the date alone."""


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
    """The ids of the matches of a queue in its order; ``clocks`` are every running clock where the order asked them."""

    ids: list[int]
    clocks: dict[str, dt.date] | None = None


_RANK = """CASE WHEN hit.score >= %(sure)s OR clock.due <= %(at_once)s THEN 1
    WHEN hit.score >= %(likely)s OR clock.due <= %(soon)s
        OR (hit.list_code = ANY(%(grave)s) AND hit.score >= %(grave_from)s) THEN 2
    ELSE 3 END"""
_ORDERS = {
    "priority": f"{_RANK}, clock.due NULLS LAST",
    "clock": "clock.due NULLS LAST",
    "age": "coalesce(first.at, hit.at)",
    "list": 'hit.list_code COLLATE "C"',
    "score": "-hit.score",
}
_CLOCKS = " LEFT JOIN unnest(%(refs)s::text[], %(days)s::date[]) AS clock (subject_ref, due) USING (subject_ref)"
# When each pair of the queue was first proposed, as _since() says it of one match: here of all of them in one go.
_FIRST = """ LEFT JOIN (
    SELECT DISTINCT ON (proposed.subject_ref, proposed.entity_key) proposed.subject_ref, proposed.entity_key, run.at
    FROM screening_match proposed
    JOIN screening_run run ON run.id = proposed.run_id
    LEFT JOIN (
        SELECT subject_ref, entity_key, max(match_id) AS match_id FROM screening_judgement
        WHERE verdict = 'no_match' GROUP BY subject_ref, entity_key
    ) cleared USING (subject_ref, entity_key)
    WHERE (proposed.subject_ref, proposed.entity_key) IN (SELECT subject_ref, entity_key FROM hit)
        AND proposed.id > coalesce(cleared.match_id, 0)
    ORDER BY proposed.subject_ref, proposed.entity_key, proposed.id
) first USING (subject_ref, entity_key)"""


def queue(user: Any, filters: Filters) -> Queue:
    """Return the queue a person may see, in the order asked for.

    Its place in the order is a matter of every match, what is shown of it only of the page: so the database sorts and
    hands out ids. Dates belong to the owner of the subjects, who is asked once for all of them where they decide.
    """
    rows = _wanted(user, filters)
    try:
        sql, params = rows.values_list(
            "pk", "subject_ref", "entity_key", "score", "listed__list_code", "run__at"
        ).query.sql_with_params()
    except EmptyResultSet:
        return Queue([])
    clocks = _clocks(None) if filters.sort in ("priority", "clock") else None
    joined = _FIRST if filters.sort == "age" else "" if clocks is None else _CLOCKS
    end, told = _named(f"{_ORDERS[filters.sort]}, -hit.score, hit.id) FROM hit{joined}", _asked(clocks or {}))
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH hit (id, subject_ref, entity_key, score, list_code, at) AS ("
            f"{sql}) SELECT array_agg(hit.id ORDER BY {end}",
            [*params, *told],
        )
        [ids] = cursor.fetchone()
    return Queue(ids or [], clocks)


def _asked(clocks: dict[str, dt.date]) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "sure": SURE,
        "likely": LIKELY,
        "grave": list(GRAVE_LISTS),
        "grave_from": GRAVE_FROM,
        "at_once": today + dt.timedelta(days=AT_ONCE),
        "soon": today + dt.timedelta(days=SOON),
        "refs": list(clocks),
        "days": list(clocks.values()),
    }


def _named(sql: str, told: dict[str, Any]) -> tuple[str, list[Any]]:
    """Return a text with named values as one with values in their order, as Django writes its own."""
    names = re.findall(r"%\((\w+)\)s", sql)
    return re.sub(r"%\(\w+\)s", "%s", sql), [told[name] for name in names]


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


def _clocks(refs: set[str] | None) -> dict[str, dt.date]:
    """Return the nearest dates of some subjects, or of all there are."""
    return {} if refs == set() else dict(import_string(settings.GATEHOUSE_SUBJECT_CLOCKS)(refs))


def _since() -> Coalesce:
    """When the pair was first proposed; after a clearance, when it was first proposed again."""
    cleared = Judgement.objects.filter(
        subject_ref=OuterRef("subject_ref"), entity_key=OuterRef("entity_key"), verdict=Judgement.Verdict.NO_MATCH
    )
    after = Coalesce(Subquery(cleared.order_by("-match_id").values("match_id")[:1]), 0)
    pair = Match.objects.filter(subject_ref=OuterRef("subject_ref"), entity_key=OuterRef("entity_key"))
    first = pair.alias(after=after).filter(pk__gt=F("after")).order_by("pk").values("run__at")[:1]
    return Coalesce(Subquery(first), F("run__at"))


def _rank(score: float, list_code: str, left: int | None) -> int:
    """1 where the party is all but named or a date is ``left`` few days, 2 where list, score or date press, else 3.

    The same as the order by priority says of it.
    """
    if score >= SURE or (left is not None and left <= AT_ONCE):
        return 1
    if score >= LIKELY or (list_code in GRAVE_LISTS and score >= GRAVE_FROM) or (left is not None and left <= SOON):
        return 2
    return 3


def queue_rows(found: Queue, ids: Sequence[int]) -> list[QueueRow]:
    """Return some rows of a queue as they are shown, in the order of the ids, in four queries at most."""
    rows = Match.objects.filter(pk__in=ids).annotate(since=_since()).select_related("listed", "run")
    rows = rows.defer("run__subjects", "run__coverage", "run__gaps", "listed__raw", "reasons", "words")
    place = {pk: at for at, pk in enumerate(ids)}
    matches = sorted(rows, key=lambda row: place[row.pk])
    clocks = _clocks({row.subject_ref for row in matches}) if found.clocks is None else found.clocks
    return _shown(matches, clocks)


def _shown(matches: Sequence[Match], clocks: dict[str, dt.date], *, ranked: bool = True) -> list[QueueRow]:
    labels = subject_labels({match.subject_ref for match in matches})
    today = timezone.localdate()
    wanted = {match.subject_ref for match in matches} & clocks.keys()
    left = {ref: (clocks[ref] - today).days for ref in wanted}
    return [
        QueueRow(
            match=view,
            label=labels.get(view.subject_ref, view.our_name),
            rank=_rank(view.score, view.list_code, left.get(view.subject_ref)) if ranked else 3,
            since=match.since,
            days_waiting=max(0, (today - timezone.localdate(match.since)).days),
            due_on=clocks.get(view.subject_ref),
            days_left=left.get(view.subject_ref),
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
        for match, row in zip(matches, _shown(matches, {}, ranked=False), strict=True)
    ]
