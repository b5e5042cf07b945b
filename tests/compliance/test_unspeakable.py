"""What no row can hold is refused in words by the verbs themselves, whichever door it came through."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.services import facts, intake, parties
from compliance.services.refusals import BadInput
from tests.build import a_complete_case, a_party
from tests.cast import Cast


@pytest.mark.parametrize("given", ["I-00001\x00", "\ud800"])
def test_a_reference_no_row_can_hold_is_one_that_is_not_there(cast: Cast, given: str) -> None:
    case = a_complete_case(by=cast.mira)
    answer = {"by": cast.mira, "value": True}
    with pytest.raises(BadInput, match="no item"):
        intake.add_line(case.ref, by=cast.mira, item_ref=given, quantity=1)
    with pytest.raises(BadInput, match="no party"):
        intake.add_party(case.ref, by=cast.mira, party_ref=given, role="purchaser")
    with pytest.raises(BadInput, match="cannot work"):
        intake.assign(case.ref, by=cast.mira, to=given)
    with pytest.raises(BadInput, match="not part of this case"):
        facts.answer(case.ref, key="item.us_origin", item_ref=given, **answer)
    with pytest.raises(BadInput, match="not part of this case"):
        facts.answer(case.ref, key="party.headquarters", party_ref=given, **answer)


def test_a_questionnaire_with_a_nul_in_a_name_is_refused(cast: Cast, signed_in: Any) -> None:
    case = a_complete_case(by=cast.mira)
    answer = signed_in(cast.mira).post(f"/cases/{case.ref}/questionnaire/", {"fact|party.headquarters|P\x00|": "SG"})
    assert answer.status_code == 400


def test_a_number_too_large_to_count_with_is_refused(cast: Cast) -> None:
    ours, theirs = a_party(by=cast.mira), a_party(by=cast.mira)
    with pytest.raises(BadInput) as refusal:
        parties.record_ownership(
            by=cast.mira,
            owner_ref=theirs.ref,
            owned_ref=ours.ref,
            percent="-1e999999999",
            source="register",
            as_of="2026-01-15",
        )
    assert refusal.value.field == "percent"
