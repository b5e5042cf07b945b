"""Opening and amending a case through the pages, with input that cannot be used among it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from audit.queries import entries_about
from compliance.lifecycle import State
from compliance.models import Case
from tests.build import a_case, a_complete_case, a_party, an_item, in_state

GIVEN = {
    "activity": "export",
    "title": "12 accelerators to Example Cloud",
    "exporting_from": "US",
    "destination": "Singapore",
    "route": "Malaysia, JP",
    "planned_on": "2026-12-15",
    "end_use": "训练天气模型",
    "value": "250,000.50",
    "currency": "USD",
}


@pytest.fixture
def mira(cast: Any, signed_in: Any) -> Any:
    return signed_in(cast.mira)


def test_a_case_is_opened_with_countries_given_by_name_or_code(mira: Any, cast: Any) -> None:
    answer = mira.post("/cases/new/", GIVEN)
    case = Case.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/cases/{case.ref}/")
    assert (case.destination, case.route, case.exporting_from) == ("SG", ["MY", "JP"], "US")
    assert (case.value, case.planned_on, case.unit) == (Decimal("250000.50"), dt.date(2026, 12, 15), cast.compute)


def test_a_case_can_go_on_to_its_items_at_once(mira: Any) -> None:
    answer = mira.post("/cases/new/", {**GIVEN, "next": "parts"})
    assert answer["Location"] == f"/cases/{Case.objects.get().ref}/edit/#lines"


def test_a_country_may_be_written_in_chinese(mira: Any) -> None:
    mira.post("/cases/new/", {**GIVEN, "destination": "新加坡", "route": "马来西亚、日本"})
    assert (Case.objects.get().destination, Case.objects.get().route) == ("SG", ["MY", "JP"])


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("planned_on", "2026-02-30", "is not a date"),
        ("planned_on", "1066-10-14", "outside 1990 to 2100"),
        ("value", "-5", "Must be at least 0"),
        ("value", "NaN", "is not a number"),
        ("value", "1,5", "with a point for decimals"),
        ("value", "1e400", "digits"),
        ("destination", "Atlantis", "is not a country code"),
        ("route", "SG, Nowhere", "is not a country code"),
        ("title", "", "Fill this in."),
        ("title", "x" * 10_240, "Use at most 200 characters; this has 10240."),
        ("title", "bell\u0007inside", "control character (U+0007)"),
        ("end_use", "nul\x00inside", "control character (U+0000)"),
        ("currency", "XXX", "is not one of the answers"),
    ],
)
def test_what_cannot_be_used_is_named_beside_its_field_and_nothing_is_kept(
    mira: Any, field: str, value: str, sentence: str
) -> None:
    answer = mira.post("/cases/new/", {**GIVEN, field: value})
    form = answer.context["form"]
    assert answer.status_code == 422
    assert list(form.errors) == [field]
    assert sentence in form.errors[field][0]
    assert form["end_use"].value() == (value if field == "end_use" else GIVEN["end_use"])
    assert not Case.objects.exists()


def test_every_wrong_field_is_named_at_once(mira: Any) -> None:
    answer = mira.post("/cases/new/", {**GIVEN, "title": "", "planned_on": "soon", "value": "many"})
    assert set(answer.context["form"].errors) == {"title", "planned_on", "value"}
    assert b'href="#id_planned_on"' in answer.content


def test_a_wrong_date_stays_in_its_field_to_be_mended(mira: Any) -> None:
    answer = mira.post("/cases/new/", {**GIVEN, "planned_on": "2026-02-30"})
    assert b'value="2026-02-30"' in answer.content


def test_errors_are_said_in_chinese_to_a_chinese_reader(mira: Any) -> None:
    mira.cookies["django_language"] = "zh-hans"
    answer = mira.post("/cases/new/", {**GIVEN, "destination": "Atlantis"})
    assert "Choose from the list" not in answer.context["form"].errors["destination"][0]
    assert "新建案件" in answer.content.decode()


def test_an_in_country_transfer_leaves_from_the_country_in_which_it_happens(mira: Any) -> None:
    mira.post("/cases/new/", {**GIVEN, "activity": "transfer", "destination": "MY", "exporting_from": "US"})
    case = Case.objects.get()
    assert (case.exporting_from, case.destination, case.route) == ("MY", "MY", [])


def test_changing_the_kind_keeps_what_was_typed_and_opens_nothing(mira: Any) -> None:
    answer = mira.post("/cases/new/", {**GIVEN, "activity": "iaas", "again": "1"})
    assert answer.status_code == 200
    assert answer.context["form"]["end_use"].value() == "训练天气模型"
    assert "route" not in answer.context["form"].fields
    assert "What the customer will compute" in answer.content.decode()
    assert not Case.objects.exists()


def test_a_case_cannot_be_opened_in_a_unit_of_others(mira: Any, cast: Any) -> None:
    cast.mira.units.add(cast.optics)
    cast.mira.units.remove(cast.compute)
    cast.mira.units.add(cast.compute)
    answer = mira.post("/cases/new/", {**GIVEN, "unit": "foreign"})
    assert answer.status_code == 422
    assert "unit" in answer.context["form"].errors


@pytest.mark.parametrize("who", ["rhea", "ada", "adam"])
def test_roles_that_do_not_work_on_cases_cannot_open_one(cast: Any, signed_in: Any, who: str) -> None:
    browser = signed_in(getattr(cast, who))
    assert browser.get("/cases/new/").status_code == 403
    assert browser.post("/cases/new/", GIVEN).status_code == 403


def test_amending_records_what_changed(mira: Any, cast: Any) -> None:
    case = a_case(by=cast.mira)
    answer = mira.post(f"/cases/{case.ref}/edit/", {**GIVEN, "next": "stay"})
    assert (answer.status_code, answer["Location"]) == (303, f"/cases/{case.ref}/edit/")
    entry = entries_about(case.subject).last()
    assert entry.action == "case.amend"
    assert entry.payload["now"]["end_use"] == "训练天气模型"


def test_a_case_of_another_unit_is_not_there(cast: Any, signed_in: Any) -> None:
    case = a_case(by=cast.mira)
    browser = signed_in(cast.carl)
    assert browser.get(f"/cases/{case.ref}/edit/").status_code == 404
    assert browser.post(f"/cases/{case.ref}/edit/", GIVEN).status_code == 404
    assert browser.post(f"/cases/{case.ref}/lines/add/", {"item_ref": "I-1", "quantity": "1"}).status_code == 404
    assert browser.post(f"/cases/{case.ref}/lines/1/drop/").status_code == 404


def test_a_case_that_waits_for_approval_cannot_be_amended(mira: Any, cast: Any) -> None:
    case = in_state(a_complete_case(by=cast.mira), State.AWAITING_APPROVAL)
    assert mira.get(f"/cases/{case.ref}/edit/").status_code == 409
    assert mira.post(f"/cases/{case.ref}/edit/", GIVEN).status_code == 409


def test_lines_are_added_and_taken_out(mira: Any, cast: Any) -> None:
    case, item = a_case(by=cast.mira), an_item(by=cast.mira)
    added = mira.post(f"/cases/{case.ref}/lines/add/", {"item_ref": item.ref, "quantity": "12", "unit_value": "9.5"})
    assert (added.status_code, added["Location"]) == (303, f"/cases/{case.ref}/edit/#lines")
    line = case.lines.get()
    assert (line.item, line.quantity, line.unit_value) == (item, Decimal(12), Decimal("9.5"))
    mira.post(f"/cases/{case.ref}/lines/{line.pk}/drop/")
    assert not case.lines.exists()


@pytest.mark.parametrize("quantity", ["", "0", "-3", "0.0001", "dozens", "1" * 40])
def test_a_quantity_that_is_none_is_refused(mira: Any, cast: Any, quantity: str) -> None:
    case, item = a_case(by=cast.mira), an_item(by=cast.mira)
    answer = mira.post(f"/cases/{case.ref}/lines/add/", {"item_ref": item.ref, "quantity": quantity})
    assert answer.status_code == 422
    assert "quantity" in answer.context["line_form"].errors
    assert not case.lines.exists()


def test_an_item_of_another_unit_cannot_be_put_into_a_case(mira: Any, cast: Any) -> None:
    case, foreign = a_case(by=cast.mira), an_item(by=cast.carl)
    answer = mira.post(f"/cases/{case.ref}/lines/add/", {"item_ref": foreign.ref, "quantity": "1"})
    assert answer.status_code == 400
    assert answer.context["line_form"].errors["item_ref"] == [f"There is no item {foreign.ref}."]


def test_the_panel_alone_comes_back_to_htmx_with_what_is_still_missing(mira: Any, cast: Any) -> None:
    case, item = a_case(by=cast.mira), an_item(by=cast.mira)
    answer = mira.post(
        f"/cases/{case.ref}/lines/add/", {"item_ref": item.ref, "quantity": "2"}, headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    assert 'id="missing" hx-swap-oob="true"' in page


def test_a_party_gets_a_role_once(mira: Any, cast: Any) -> None:
    case, party = a_case(by=cast.mira), a_party(by=cast.mira, name="示例云计算有限公司")
    place = {"party_ref": party.ref, "role": "end_user"}
    assert mira.post(f"/cases/{case.ref}/parties/add/", place).status_code == 303
    again = mira.post(f"/cases/{case.ref}/parties/add/", place)
    assert again.status_code == 400
    assert "already has this role" in again.context["place_form"].errors["party_ref"][0]
    assert case.parties.count() == 1


def test_a_role_must_be_chosen(mira: Any, cast: Any) -> None:
    case, party = a_case(by=cast.mira), a_party(by=cast.mira)
    answer = mira.post(f"/cases/{case.ref}/parties/add/", {"party_ref": party.ref, "role": ""})
    assert answer.status_code == 422
    assert answer.context["place_form"].errors["role"] == ["Choose one."]


def test_what_is_missing_is_listed_with_the_place_to_fill_in(mira: Any, cast: Any) -> None:
    case = a_case(by=cast.mira, destination="", end_use="")
    page = mira.get(f"/cases/{case.ref}/edit/")
    assert [part for part, _sentence in page.context["missing"]] == ["lines", "parties", "destination", "end_use"]
    assert b'href="#id_destination"' in page.content


def test_the_search_box_finds_a_chinese_name_by_its_pinyin(mira: Any, cast: Any) -> None:
    a_party(by=cast.mira, name="中芯示例有限公司")
    a_party(by=cast.carl, name="中芯他人有限公司")
    page = mira.get("/parties/pick/?party_q=zhongxin").content.decode()
    assert "中芯示例有限公司" in page
    assert "Zhong xin shi li" in page
    assert "中芯他人" not in page


def test_the_search_box_also_works_without_scripts(mira: Any, cast: Any) -> None:
    case, item = a_case(by=cast.mira), an_item(by=cast.mira, vendor="NVIDIA", model="H100 SXM")
    page = mira.get(f"/cases/{case.ref}/edit/?item_q=h100").content.decode()
    assert f'name="item_ref" value="{item.ref}"' in page


def test_the_search_box_never_lists_everything(mira: Any, cast: Any) -> None:
    for _each in range(10):
        an_item(by=cast.mira)
    assert mira.get("/items/pick/").content.decode().count('type="radio"') == 0
    assert mira.get("/items/pick/?item_q=Example").content.decode().count('type="radio"') == 8


@pytest.mark.parametrize("said", ["%", "'; drop table", "\x00", "(" * 50, "a" * 5000, "\\"])
def test_no_words_in_a_search_box_break_it(mira: Any, said: str) -> None:
    assert mira.get("/parties/pick/", {"party_q": said}).status_code == 200
    assert mira.get("/items/pick/", {"item_q": said}).status_code == 200
    assert mira.get("/parties/", {"q": said, "page": "nonsense", "kind": said}).status_code == 200
