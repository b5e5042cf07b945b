"""What runs by night goes through many cases: one that breaks stops nobody, and no proposal rests on old law."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from compliance.lifecycle import State
from compliance.models import Case, StoredDetermination
from compliance.services.determine import redetermine_open_cases
from compliance.services.each import each
from tests.cast import Cast
from tests.compliance.walk import lists_loaded, proposed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november(settings: Any) -> Iterator[None]:
    settings.GATEHOUSE_DEMO = True
    with time_machine.travel("2026-11-21T09:00:00Z", tick=True):
        yield


def test_one_case_that_breaks_does_not_stop_the_others() -> None:
    def work(ref: str) -> list[str]:
        if ref == "b":
            raise RuntimeError("broken")
        return ["done"]

    assert each(["a", "b", "c"], work, "done") == {"done": 2, "failed": 1}


def test_a_proposal_on_an_older_rulebook_goes_back_to_review(cast: Cast) -> None:
    lists_loaded()
    case = proposed(cast)
    latest = case.determinations.first()
    assert latest is not None
    # A later row with another rulebook stands for a newer release of the law.
    StoredDetermination.objects.create(
        **{
            field.name: getattr(latest, field.name)
            for field in StoredDetermination._meta.fields
            if field.name not in {"id", "rulebook", "made_at"}
        },
        rulebook="0" * 64,
    )
    assert redetermine_open_cases()["reopened"] == 1
    assert Case.objects.get(pk=case.pk).state == State.UNDER_REVIEW
    assert case.decisions.get().standing == "withdrawn"
