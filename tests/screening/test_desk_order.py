"""The order of the hit desk's queue, by literal scores and dates, and what it takes to show a page of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import pytest
import time_machine
from django.test import Client

from screening import queries, services
from screening.models import ListedParty, Match, Snapshot
from screening.queries import Filters
from screening.services import Subject
from tests.screening.test_desk import Reader, answer, near, otto, proposed, shown  # noqa: F401  a fixture
from tests.screening.test_desk_pages import RIGHTS, several
from tests.screening.test_pages import client_of, page  # noqa: F401  its fixture

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.screening.urls")]

TODAY = dt.date(2026, 11, 21)
CLOCKS = {"party:2": 3, "party:3": 10, "party:7": 11, "party:8": -2, "party:99": 0}
"""Days left, by subject; the last has no match."""
HITS = [
    ("party:1", "EL", 0.90, 1),
    ("party:2", "UVL", 0.30, 1),
    ("party:3", "UVL", 0.30, 2),
    ("party:4", "UVL", 0.72, 2),
    ("party:5", "EL", 0.55, 2),
    ("party:6", "UVL", 0.55, 3),
    ("party:7", "UVL", 0.55, 3),
    ("party:8", "EL", 0.45, 1),
]
"""Subject, list, score, and the rank that follows."""
asked_for: list[Collection[str] | None] = []


def clocks(refs: Collection[str] | None = None) -> dict[str, dt.date]:
    """Be the owner of the dates."""
    asked_for.append(refs)
    return {ref: TODAY + dt.timedelta(days=left) for ref, left in CLOCKS.items() if refs is None or ref in refs}


@pytest.fixture
def _hits(lists: Any, settings: Any) -> Any:
    settings.GATEHOUSE_SUBJECT_CLOCKS = f"{__name__}.clocks"
    asked_for.clear()
    snapshot = Snapshot.objects.get(state="current")
    with time_machine.travel(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC), tick=False):
        run = services.screen([Subject(ref, (f"Bakery {ref}",)) for ref, *_rest in HITS])
        for ref, code, score, _rank in HITS:
            entry = ListedParty.objects.create(
                snapshot=snapshot, source_id="csl", key=ref, fingerprint=ref, entity_id=ref, list_code=code, name=ref
            )
            Match.objects.create(
                run=run,
                subject_ref=ref,
                subject_fingerprint="f",
                our_name=ref,
                listed=entry,
                listed_name=ref,
                entity_key=ref,
                listed_fingerprint=ref,
                score=score,
            )
        yield


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("priority", "82134576"),
        ("clock", "82371456"),
        ("score", "14567823"),
        ("list", "15846723"),
        ("age", "14567823"),
    ],
)
@pytest.mark.usefixtures("_hits")
def test_the_queue_stands_in_the_order_asked_for(sort: str, order: str, otto: Reader) -> None:  # noqa: F811
    rows = shown(otto, sort=sort)
    assert "".join(row.match.subject_ref[-1] for row in rows) == order
    assert {(row.match.subject_ref, row.rank) for row in rows} == {(ref, rank) for ref, _c, _s, rank in HITS}
    assert {row.match.subject_ref: row.days_left for row in rows if row.due_on} == {
        ref: left for ref, left in CLOCKS.items() if ref != "party:99"
    }


@pytest.mark.usefixtures("_hits")
def test_dates_that_do_not_make_the_order_are_asked_of_the_page_only(otto: Reader) -> None:  # noqa: F811
    found = queries.queue(otto, Filters(sort="age"))
    queries.queue_rows(found, found.ids[:2])
    assert asked_for == [{"party:1", "party:4"}]


def test_the_oldest_stand_first_counted_from_the_first_proposal_after_a_clearance(
    lists: Any,
    otto: Reader,  # noqa: F811
    settings: Any,
) -> None:
    settings.GATEHOUSE_CLEARANCE_DAYS = 30
    cleared, older, newer = near(3)
    for day, subjects in (
        (dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), [cleared]),
        (dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC), [older]),
        (dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC), [cleared, older]),
        (dt.datetime(2026, 5, 15, 12, tzinfo=dt.UTC), [newer]),
        (dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC), [newer, older, cleared]),
    ):
        with time_machine.travel(day, tick=False):
            matches = proposed(*subjects)
            if day.month == 3:
                answer(matches[0])
    with time_machine.travel(dt.datetime(2026, 6, 2, 12, tzinfo=dt.UTC), tick=False):
        rows = shown(otto, sort="age")
    assert [(row.match.subject_ref, row.since.date().isoformat()) for row in rows] == [
        ("party:2", "2026-04-01"),
        ("party:1", "2026-05-01"),
        ("party:3", "2026-05-15"),
    ]


def test_nobody_who_may_see_no_party_is_shown_a_queue(lists: Any, otto: Reader, settings: Any) -> None:  # noqa: F811
    proposed()
    settings.GATEHOUSE_SUBJECT_SCOPE = f"{__name__}.nothing"
    assert queries.queue(otto, Filters()).ids == []
    assert queries.place_of(otto, 1, Filters()).total == 0


def nothing(_user: Any) -> Any:
    """Be the owner of the subjects to somebody who may see none."""
    return Match.objects.none().values_list("subject_ref", flat=True)


@pytest.mark.parametrize("sort", queries.SORTS)
def test_a_page_of_the_queue_costs_as_many_queries_however_many_rows_it_shows(
    sort: str,
    client_of: Any,  # noqa: F811
    lists: Any,
    settings: Any,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    settings.GATEHOUSE_MATCH_THRESHOLD = 0.002
    mira: Client = client_of(*RIGHTS)
    several(2)
    with django_assert_max_num_queries(13) as asked:
        page(mira, f"/screening/?sort={sort}")
    several(60)
    with django_assert_num_queries(len(asked)):
        assert page(mira, f"/screening/?sort={sort}").count('<td class="clock-cell"') == 50


def test_what_is_left_of_several_searches_is_counted_as_of_each(lists: Any) -> None:
    first = services.screen(near(3))
    second = services.screen(near(2))
    answer(Match.objects.get(run=second, subject_ref="party:2"))
    asked = [(first.pk, ["party:1", "party:3"]), (second.pk, ["party:1", "party:2"]), (second.pk, ["party:2"])]
    assert queries.undecided_in(asked) == [2, 1, 0]
    assert queries.undecided_in([(first.pk, [])]) == [0]
    assert queries.undecided_matches(first, refs=["party:1", "party:3"]) == 2
    assert queries.undecided_matches(second, refs=["party:1", "party:2"]) == 1


def test_no_judgement_is_compared_with_every_match(lists: Any, otto: Reader) -> None:  # noqa: F811
    [match] = proposed(*near(1))
    answer(match)
    joins, _lookup, lookups = queries.match_rows(otto).explain().partition("SubPlan")
    assert "screening_judgement" not in joins
    assert "screening_judgement" in lookups
