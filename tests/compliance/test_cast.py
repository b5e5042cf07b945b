"""That the people and files of the tests are what they say they are."""

from __future__ import annotations

from compliance.lifecycle import State
from compliance.queries import visible_cases
from tests.build import a_submitted_case
from tests.cast import Cast


def test_a_case_made_for_tests_can_be_handed_in_and_stays_in_its_unit(cast: Cast) -> None:
    case = a_submitted_case(by=cast.mira)
    assert case.state == State.UNDER_REVIEW
    assert visible_cases(cast.otto).filter(ref=case.ref).exists()
    assert visible_cases(cast.ada).filter(ref=case.ref).exists()
    assert not visible_cases(cast.carl).filter(ref=case.ref).exists()
