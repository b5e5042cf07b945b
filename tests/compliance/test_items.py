"""Items and the chip calculator through the pages; authorizations and clocks beside them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from compliance.models import Authorization, DrawDown, Fact, Item
from compliance.queries import authorizations as balances_of
from compliance.queries import items as reading
from compliance.services.clocks import start_clock
from tests.build import a_case, an_item


@pytest.fixture
def mira(cast: Any, signed_in: Any) -> Any:
    return signed_in(cast.mira)


GIVEN = {"kind": "chip", "vendor": "NVIDIA", "model": "H100 SXM", "eccn_given": "3a090.A", "description": ""}


def test_an_item_is_entered_with_its_eccn_as_the_list_writes_it(mira: Any) -> None:
    answer = mira.post("/items/new/", GIVEN)
    item = Item.objects.get()
    assert answer["Location"] == f"/items/{item.ref}/"
    assert (item.eccn, str(item)) == ("3A090.a", "NVIDIA H100 SXM")
    assert mira.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [("eccn_given", "3A09O"), ("eccn_given", "=1+1"), ("vendor", ""), ("model", "x" * 10_240), ("kind", "spaceship")],
)
def test_what_cannot_be_used_is_named_beside_its_field(mira: Any, field: str, value: str) -> None:
    answer = mira.post("/items/new/", {**GIVEN, field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Item.objects.exists()


def test_one_model_of_a_maker_is_kept_once_in_a_unit(mira: Any) -> None:
    mira.post("/items/new/", GIVEN)
    answer = mira.post("/items/new/", GIVEN)
    assert answer.status_code == 400
    assert "already keeps this model" in answer.context["form"].errors["model"][0]


def test_an_item_of_another_unit_is_not_there(cast: Any, signed_in: Any) -> None:
    item = an_item(by=cast.mira)
    browser = signed_in(cast.carl)
    for path in ("", "edit/", "facts/item.tpp/", "calculator/"):
        assert browser.get(f"/items/{item.ref}/{path}").status_code == 404


def test_a_figure_is_recorded_with_its_source(mira: Any, cast: Any) -> None:
    item = an_item(by=cast.mira)
    mira.post(f"/items/{item.ref}/facts/item.tpp/", {"state": "known", "value": "15,824", "source": "data sheet"})
    fact = Fact.objects.get(item=item)
    assert (fact.key, fact.value, fact.source) == ("item.tpp", "15824", "data sheet")


@pytest.mark.parametrize("value", ["-1", "lots", "inf", "1e40", ""])
def test_a_figure_that_is_none_is_refused(mira: Any, cast: Any, value: str) -> None:
    item = an_item(by=cast.mira)
    page = mira.post(f"/items/{item.ref}/facts/item.tpp/", {"state": "known", "value": value, "source": "x"})
    assert page.status_code == 422
    assert "value" in page.context["form"].errors
    assert not Fact.objects.filter(item=item).exists()


def test_the_calculator_takes_the_highest_product_of_speed_and_bits(mira: Any) -> None:
    page = mira.get("/items/calculator/?speed_3=989.4&speed_4=1978.9&area=814")
    results = {result["key"]: result["result"] for result in page.context["results"]}
    assert results["calculation.tpp"] == "15831.2"
    assert results["calculation.density"] == "19.44864865"


def test_the_calculator_refuses_a_sparse_figure_beside_it(mira: Any) -> None:
    page = mira.get("/items/calculator/?speed_3=1979&sparse_3=on")
    assert page.status_code == 422
    assert "with sparsity" in page.context["form"].errors["speed_3"][0]
    assert page.context["results"] == []


@pytest.mark.parametrize(
    "query", ["speed_3=-1", "speed_3=x", "area=-4&speed_3=1", "other_speed=5", "bandwidth=3", "speed_3=0"]
)
def test_figures_that_cannot_be_calculated_with_are_named(mira: Any, query: str) -> None:
    page = mira.get(f"/items/calculator/?{query}")
    assert page.status_code == 422
    assert page.context["form"].errors


def test_without_a_non_planar_die_the_density_is_not_defined_and_not_zero(mira: Any) -> None:
    page = mira.get("/items/calculator/?speed_3=100&planar=on")
    density = page.context["results"][1]
    assert (density["key"], density["result"]) == ("calculation.density", None)
    assert "not defined" in page.content.decode()


def test_a_calculation_is_kept_beside_the_item_with_its_workings(mira: Any, cast: Any) -> None:
    item = an_item(by=cast.mira)
    answer = mira.post(
        f"/items/{item.ref}/calculator/", {"speed_3": "989.4", "area": "814", "source": "data sheet rev. 3"}
    )
    kept = {fact.key: fact for fact in Fact.objects.filter(item=item)}
    assert answer.status_code == 303
    assert (kept["item.tpp"].value, kept["item.applicable_die_area_mm2"].value) == ("15830.4", "814")
    assert kept["item.non_planar"].value is True
    assert kept["item.tpp"].workings["cite"].startswith("15 CFR Part 774")
    assert "item.performance_density" not in kept
    assert reading.item_sheet(cast.mira, item.ref).density == Decimal("19.44766585")
    assert "989.4 × 16 bit" in mira.get(f"/items/{item.ref}/").content.decode()


def test_a_calculation_without_a_source_is_not_kept(mira: Any, cast: Any) -> None:
    item = an_item(by=cast.mira)
    answer = mira.post(f"/items/{item.ref}/calculator/", {"speed_3": "989.4", "source": ""})
    assert answer.status_code == 422
    assert "source" in answer.context["source"].errors
    assert not Fact.objects.exists()


def test_the_list_finds_items_word_by_word(mira: Any, cast: Any) -> None:
    an_item(by=cast.mira, vendor="NVIDIA", model="H100 SXM")
    an_item(by=cast.mira, vendor="NVIDIA", model="L4")
    assert [row.item.model for row in mira.get("/items/?q=nvidia+h100").context["rows"]] == ["H100 SXM"]


def test_balances_say_what_is_authorized_used_and_left(mira: Any, cast: Any) -> None:
    case, today = a_case(by=cast.mira), timezone.localdate()
    license_row = Authorization.objects.create(
        case=case, unit=case.unit, kind="license", standing="granted", number="D1234567", quantity=100, value=None,
        granted_on=today, expires_on=today + dt.timedelta(days=20), recorded_by=cast.otto,
    )  # fmt: skip
    for quantity in (30, 12):
        DrawDown.objects.create(authorization=license_row, case=case, quantity=quantity, by=cast.otto)
    found = balances_of.balances(balances_of.authorizations(cast.mira), today)[0]
    assert (found.quantity.used, found.quantity.left, found.quantity.share) == (42, 58, 42)
    assert (found.value.left, found.days_left) == (None, 20)
    assert "58 left" in mira.get("/authorizations/").content.decode()


def test_authorizations_and_clocks_of_other_units_are_not_there(cast: Any, signed_in: Any) -> None:
    case, today = a_case(by=cast.mira), timezone.localdate()
    Authorization.objects.create(
        case=case, unit=case.unit, kind="nac", standing="pending", application="N1", recorded_by=cast.otto
    )
    start_clock(case, kind="nac", start_event="e", started_on=today, due_on=today, owner=cast.mira)
    browser = signed_in(cast.carl)
    assert browser.get("/authorizations/").context["rows"] == []
    assert browser.get("/clocks/").context["rows"] == []


def test_clocks_come_overdue_first_and_end_with_the_thirtieth_day(mira: Any, cast: Any) -> None:
    case, today = a_case(by=cast.mira), timezone.localdate()
    for days in (31, 30, 0, -2):
        start_clock(
            case, kind="inquiry", start_event="asked", started_on=today - dt.timedelta(days=9),
            due_on=today + dt.timedelta(days=days), owner=cast.otto,
        )  # fmt: skip
    page = mira.get("/clocks/")
    assert [drawing["left"] for _row, drawing in page.context["rows"]] == [
        "2 days overdue",
        "due today",
        "30 days left",
    ]
    assert [column["count"] for column in page.context["picture"]["columns"] if column["count"]] == [1, 1, 1]
    assert len(mira.get("/clocks/?all=1").context["rows"]) == 4
    assert mira.get("/clocks/?mine=1").context["rows"] == []
