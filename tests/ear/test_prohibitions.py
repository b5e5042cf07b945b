"""Which General Prohibitions a determination names."""

import datetime as dt
from typing import Any

import pytest

from compliance.ear import Facts, Reading, determine, the_book
from tests.ear.scenarios import build

ABROAD: dict[str, Any] = {
    "case.activity": "reexport",
    "case.exporting_from": "TW",
    "item.us_origin": False,
    "item.located_in_us": False,
}
CHINA: dict[str, Any] = {"case.destination": "CN", "each party": {"country": "CN", "headquarters": "CN"}}
MADE: dict[str, Any] = {"case.origin.us_content_percent": 0, "case.origin.product_of_listed_plant": True}


def numbers(facts: Facts) -> list[str]:
    found = determine(facts, on=dt.date(2024, 6, 1), reading=Reading.ENFORCED, book=the_book())
    return next((list(f.values["numbers"]) for f in found.findings if f.rule == "prohibitions_engaged"), [])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (CHINA, ["1"]),
        ({**ABROAD, **CHINA, **MADE}, ["3"]),
        ({**ABROAD, **CHINA, "case.origin.us_content_percent": 60, "case.origin.direct_product": False}, ["2"]),
        ({**ABROAD, **CHINA, **MADE, "case.origin.us_content_percent": 60}, ["2", "3"]),
        ({**CHINA, "case.dealing.violation_known": True}, ["1", "10"]),
        ({"case.dealing.path": "held", "case.dealing.terms_broken": True}, ["9"]),
        ({"case.dealing.transit_country": "VN"}, ["8"]),
        ({"party user": {"listings": [{"code": "denied_persons"}]}}, ["4"]),
        ({}, []),
    ],
)
def test_the_general_prohibitions_are_named_by_number(changes: dict[str, Any], expected: list[str]) -> None:
    assert numbers(build("h100", changes)) == expected


def test_an_end_use_requirement_is_prohibition_five() -> None:
    named = numbers(build("h100", {"case.end_use.military_intelligence": True, **CHINA}))
    assert named == ["1", "5"]
