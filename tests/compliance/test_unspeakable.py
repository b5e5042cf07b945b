"""What no row can hold is refused in words by the verbs themselves, whichever door it came through."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from compliance.services import facts, files, intake, parties, words
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


@pytest.mark.parametrize(
    "given", ["1e999999999", "-1e-999999999", "1_0", "\u0661\u0662", "１２", "NaN", "Infinity", "0x10", "4,8"]
)
def test_a_number_that_is_none_or_too_large_is_refused(given: str) -> None:
    with pytest.raises(BadInput):
        words.number("quantity", given, places=3, digits=16)


@pytest.mark.parametrize(("given", "value"), [("1,234.5", "1234.5"), ("1e3", "1000"), (" 7. ", "7"), (".5", "0.5")])
def test_a_number_is_read_as_it_is_written(given: str, value: str) -> None:
    assert words.number("quantity", given, places=3, digits=16) == Decimal(value)


@pytest.mark.parametrize("given", ["\u200b", "\u2060 \ufeff", "\u3164", "\u00ad\u00a0\u00ad", "\u2800"])
def test_a_title_nobody_can_see_is_empty(given: str) -> None:
    with pytest.raises(BadInput, match="Fill this in"):
        words.text("title", given, limit=200, required=True)


@pytest.mark.parametrize("sign", ["\u202a", "\u202e", "\u2066", "\u2069"])
def test_a_sign_that_turns_the_order_is_refused_on_one_line(cast: Cast, sign: str) -> None:
    with pytest.raises(BadInput, match="turns the order"):
        a_party(by=cast.mira, name=f"Example {sign}dtL")
    with pytest.raises(BadInput, match="turns the order"):
        a_complete_case(by=cast.mira, title=f"12 accelerators {sign}")
    upload = SimpleUploadedFile(f"invoice{sign}fdp.txt", b"text")
    with pytest.raises(BadInput, match="turns the order") as refusal:
        files.attach(a_complete_case(by=cast.mira).ref, by=cast.mira, upload=upload, kind="other")
    assert refusal.value.field == "file"


def test_marks_of_scripts_written_from_the_right_are_kept() -> None:
    assert words.text("name", "شركة\u200f 1", limit=300, required=True) == "شركة\u200f 1"
