"""Days past the horizon: bridged only where the organization accepts it, and never without saying so."""

from __future__ import annotations

import datetime as dt

import pytest

from compliance.ear import Effect, Facts, Outcome, Reading, determine, say, the_book

CLEAN = Facts.from_dict(
    {
        "activity": "export",
        "exporting_from": "US",
        "destination": "GB",
        "is_informed": False,
        "fabricator_or_osat": False,
        "item": {
            "eccn": "3A090.a",
            "form": "integrated_circuit",
            "tpp": 15832,
            "applicable_die_area_mm2": 814,
            "non_planar": True,
            "data_center_designed_or_marketed": True,
            "us_origin": True,
            "located_in_us": True,
        },
        "end_use": dict.fromkeys(
            (
                "nuclear",
                "missile",
                "chemical_biological",
                "military",
                "military_intelligence",
                "supercomputer",
                "advanced_node_fab",
                "semiconductor_equipment",
            ),
            False,
        ),
        "parties": [
            {
                "ref": "p1",
                "role": "ultimate_consignee",
                "country": "GB",
                "headquarters": "GB",
                "own_ultimate_parent": True,
                "natural_person": False,
                "military_end_user": False,
                "owned_50_percent_by_listed": False,
                "listings": [],
                "listings_undecided": False,
            }
        ],
    }
)


@pytest.mark.parametrize(
    ("days", "tolerance", "outcome"),
    [
        (0, 0, Outcome.NO_LICENSE_REQUIRED),
        (1, 0, Outcome.UNDETERMINED),
        (1, 30, Outcome.NO_LICENSE_REQUIRED),
        (30, 30, Outcome.NO_LICENSE_REQUIRED),
        (31, 30, Outcome.UNDETERMINED),
    ],
)
def test_the_law_as_last_read_stands_for_the_days_accepted(days: int, tolerance: int, outcome: Outcome) -> None:
    book = the_book()
    day = book.horizon + dt.timedelta(days=days)
    answer = determine(CLEAN, on=day, reading=Reading.ENFORCED, book=book, tolerance=tolerance)
    assert answer.outcome is outcome


def test_a_bridged_day_says_so() -> None:
    book = the_book()
    day = book.horizon + dt.timedelta(days=5)
    answer = determine(CLEAN, on=day, reading=Reading.ENFORCED, book=book, tolerance=30)
    (said,) = [finding for finding in answer.findings if finding.rule == "after_horizon"]
    assert said.effect is Effect.INFO
    assert "5 days later" in say(said, "en")
    assert "5天" in say(said, "zh")
