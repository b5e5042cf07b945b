"""How many queries a page asks: the same at any size, and no more than query_counts.json allows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.models import Case
from compliance.services import facts, intake
from tests.build import a_complete_case, a_party, an_item
from tests.cast import Cast
from tests.compliance.walk import lists_loaded, proposed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sample_lists_decide(settings: Any) -> None:
    """Let the sample lists decide, as the demo does."""
    settings.GATEHOUSE_DEMO = True


BUDGET: dict[str, int] = json.loads((Path(__file__).parent / "query_counts.json").read_text("utf-8"))


def asked(browser: Any, url: str) -> int:
    """Return how many queries the page asks once everything that is kept per process is kept."""
    assert browser.get(url).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        browser.get(url)
    return len([each for each in queries if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))])


@pytest.fixture
def case(cast: Cast) -> Case:
    """One case that waits for a decision."""
    lists_loaded()
    return proposed(cast)


def grow(cast: Cast, case: Case) -> None:
    """Make everything more: cases, lines, parties, facts, comments."""
    for number in range(6):
        a_complete_case(by=cast.otto, title=f"More of the same, number {number}")
        intake.comment(case.ref, by=cast.mira, text=f"Comment {number}")
    for number in range(4):
        item, party = an_item(by=cast.mira), a_party(by=cast.mira)
        facts.record_item_fact(item.ref, by=cast.mira, key="item.tpp", value=number)
        Case.objects.filter(pk=case.pk).update(state="under_review")
        intake.add_line(case.ref, by=cast.mira, item_ref=item.ref, quantity=1)
        intake.add_party(case.ref, by=cast.mira, party_ref=party.ref, role="purchaser")
        Case.objects.filter(pk=case.pk).update(state="awaiting_approval")


@pytest.mark.parametrize(
    ("page", "who", "url"),
    [
        ("desk", "otto", "/"),
        ("cases", "otto", "/cases/"),
        ("queue", "rhea", "/queue/"),
        ("search", "otto", "/search/?q=accelerators"),
        ("case", "rhea", "/cases/{ref}/"),
        ("case as maker", "otto", "/cases/{ref}/"),
        ("days of a case", "otto", "/cases/{ref}/days/"),
        ("changes of a case", "otto", "/cases/{ref}/changes/"),
        ("try on a case", "otto", "/cases/{ref}/try/"),
        ("rulebook", "otto", "/rulebook/"),
        ("coverage", "otto", "/rulebook/coverage/"),
    ],
)
def test_a_page_asks_as_many_queries_as_allowed_at_any_size(
    page: str, who: str, url: str, cast: Cast, case: Case, signed_in: Any
) -> None:
    browser = signed_in(getattr(cast, who))
    small = asked(browser, url.format(ref=case.ref))
    grow(cast, case)
    large = asked(browser, url.format(ref=case.ref))
    assert small == large, "the page asks more when there is more to show"
    assert large <= BUDGET[page], f"{page} asks {large} queries; allowed are {BUDGET[page]}"
