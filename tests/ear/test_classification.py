"""Levels, proposals and conflicts, as plain functions; what is unknown never settles a level."""

import datetime as dt
import itertools
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from compliance.ear import Facts, Reading, the_book
from compliance.ear.classification import classify, density, describe, highest_tpp
from compliance.ear.equipment import controlled_set, footnote_5_only, parts, within, worldwide_set
from compliance.ear.foundry import classified, governing, governing_item, level_of, presumption
from compliance.ear.law import Law
from compliance.ear.records import Item
from compliance.ear.weights import controlled


def law(day: str = "2026-03-01", reading: Reading = Reading.ENFORCED) -> Law:
    return the_book().on(dt.date.fromisoformat(day), reading)


def item(**known: Any) -> Item:
    return Facts.from_dict({"item": known}).item


def test_a_description_names_level_proposal_and_reason() -> None:
    said = describe(item(eccn="3A090.a", form="integrated_circuit", tpp=15832), law())
    assert said["level"] == "a"
    assert said["advanced"] is True
    assert said["proposed"] == "3A090.a"
    assert said["reason"]["key"] == "advanced_level.meets_a1"
    assert said["reason"]["values"]["tpp"] == "15832"
    assert said["missing"] == []
    assert said["disagreements"] == []
    assert said["checked"] is True
    assert said["relied_on"][0]["by"] == "88 FR 73458"
    assert json.loads(json.dumps(said)) == said


def test_a_description_names_what_is_missing() -> None:
    said = describe(item(eccn="3A991.p", form="integrated_circuit", tpp=3000), law())
    assert said["level"] is None
    assert said["advanced"] is None
    assert said["missing"] == ["item.data_center_designed_or_marketed", "item.applicable_die_area_mm2"]


@pytest.mark.parametrize(
    ("known", "keys"),
    [
        ({}, ["eccn_missing"]),
        ({"eccn": "gadget"}, ["eccn_unreadable"]),
        ({"eccn": "3A090.x", "tpp": 15832}, ["no_such_paragraph"]),
        ({"eccn": "3B090", "form": "other"}, ["entry_of_another_day"]),
        ({"eccn": "EAR99", "tpp": 15832}, ["disagrees"]),
        ({"eccn": "3A090.a", "tpp": 4800, "tops_8_bit": 700}, ["rows_above_tpp"]),
        ({"eccn": "3A090.a", "tpp": 4800, "figures_with_sparsity": True}, ["sparse"]),
        ({"eccn": "3A090.d", "tpp": 100, "tops_8_bit": 700}, ["no_such_paragraph", "rows_above_tpp"]),
    ],
)
def test_every_conflict_is_named(known: dict[str, Any], keys: list[str]) -> None:
    said = describe(item(**known), law())
    assert [one["key"] for one in said["disagreements"]] == [f"classification_agrees.{key}" for key in keys]


@pytest.mark.parametrize(
    ("known", "day", "proposed"),
    [
        ({"tpp": 4800}, "2024-01-01", "3A090.a"),
        ({"tpp": 4800, "form": "computer"}, "2024-01-01", "4A090.a"),
        ({"tpp": 4800, "form": "computer", "encryption": "mass_market"}, "2024-01-01", "5A992.z"),
        ({"tpp": 4800, "form": "computer", "encryption": "mass_market"}, "2025-01-13", "5A992.z.1"),
        ({"tpp": 4800, "form": "computer", "encryption": "controlled"}, "2025-01-13", "5A002.z"),
        ({"tpp": 4800, "eccn": "4A005", "form": "computer"}, "2025-01-13", "4A005.z.1"),
        ({"tpp": 4800, "eccn": "3A001.a.7"}, "2025-01-13", "3A001.z"),
        ({"tpp": 4800, "eccn": "4A994", "form": "computer"}, "2025-01-13", "4A090.a"),
        ({"tpp": 4800, "io_transfer_rate_gbps": 600}, "2023-01-01", "3A090"),
        ({"tpp": 4800, "io_transfer_rate_gbps": 600, "form": "computer"}, "2023-01-01", "4A090"),
        ({"tpp": 600, "form": "integrated_circuit"}, "2024-01-01", "3A991.p"),
        ({"tpp": 100, "form": "integrated_circuit"}, "2024-01-01", None),
        ({"tpp": 600, "eccn": "3A001.a.7", "form": "integrated_circuit"}, "2024-01-01", None),
        ({"form": "memory", "hbm_bandwidth_gbps": 819, "hbm_area_mm2": 110}, "2025-01-01", "3A090.c"),
    ],
)
def test_the_entry_that_comes_first_is_proposed(known: dict[str, Any], day: str, proposed: str | None) -> None:
    assert classify(item(**known), law(day)).proposed == proposed


def test_the_highest_row_of_a_data_sheet_is_the_tpp() -> None:
    assert highest_tpp(item(tops_4_bit=100, tops_8_bit=60, tops_16_bit=20)) == 480
    assert highest_tpp(item(tops_32_bit=10, tops_64_bit=6)) == 384
    assert highest_tpp(item(tpp=500, tops_8_bit=60)) == 500
    assert highest_tpp(item()) is None


def test_a_density_of_zero_is_no_density() -> None:
    planar = item(eccn="3A991", tpp=3000, non_planar=False, performance_density=0)
    assert density(planar) is None
    assert classify(planar, law()).level.key == "density_not_defined"
    assert classify(item(eccn="3A991", tpp=3000, applicable_die_area_mm2=0), law()).level.key == "density_not_defined"


_COMPLETIONS: dict[str, tuple[Any, ...]] = {
    "tpp": (Decimal(100), Decimal(2000), Decimal(3000), Decimal(6000)),
    "performance_density": (Decimal(1), Decimal(2), Decimal(4), Decimal(8)),
    "applicable_die_area_mm2": (Decimal(100), Decimal(5000)),
    "non_planar": (True, False),
    "data_center_designed_or_marketed": (True, False),
    "io_transfer_rate_gbps": (Decimal(100), Decimal(900)),
    "hbm_bandwidth_gbps": (Decimal(900),),
    "hbm_area_mm2": (Decimal(100), Decimal(800)),
}


@pytest.mark.parametrize("day", ["2023-01-01", "2024-01-01", "2026-03-01"])
@pytest.mark.parametrize("eccn", ["3A991.p", "EAR99"])
def test_a_level_of_none_stays_none_whatever_figure_is_still_to_come(day: str, eccn: str) -> None:
    """Were an unknown figure read as "no", some completion of it would raise the level."""
    grid = {name: (None, *values[::2]) for name, values in _COMPLETIONS.items() if name != "hbm_area_mm2"}
    today = law(day)
    for values in itertools.product(*grid.values()):
        known = Item(eccn=eccn, form="integrated_circuit", **dict(zip(grid, values, strict=True)))
        if classify(known, today).level.value != "none":
            continue
        for name, completions in _COMPLETIONS.items():
            if getattr(known, name) is None:
                raised = [v for v in completions if classify(replace(known, **{name: v}), today).level.value != "none"]
                # A stated density, and the area, can raise another density: of two the higher counts.
                if name in {"performance_density", "applicable_die_area_mm2"} and density(known) is not None:
                    continue
                assert raised == [], (known, name, raised)


def test_more_performance_never_lowers_the_level() -> None:
    rank = {"none": 0, "b": 1, "a": 2}
    steps = [Decimal(value) for value in ("100", "1599.99", "1600", "2399.99", "2400", "4799.99", "4800", "9000")]
    for dense in ("1.59", "1.6", "3.19", "3.2", "5.91", "5.92"):
        levels = [
            classify(
                Item(
                    form="integrated_circuit",
                    tpp=tpp,
                    performance_density=Decimal(dense),
                    data_center_designed_or_marketed=True,
                ),
                law(),
            ).level.value
            for tpp in steps
        ]
        ranks = [rank[level or "none"] for level in levels]
        assert ranks == sorted(ranks), (dense, levels)


def facts(**foundry: Any) -> Facts:
    chip = {"eccn": "3A991.p", "form": "integrated_circuit", "tpp": 1000}
    return Facts.from_dict({"activity": "export", "fabricator_or_osat": True, "item": chip, "foundry": foundry})


def test_a_standing_presumption_makes_the_chip_3a090_a_for_data_centers() -> None:
    given = facts(advanced_logic=True, designer_attestation=False, packager="other")
    assert presumption(given, law()).stands is True
    assert level_of(given, law()) == "a"
    assert classified(given, law()).advanced is True
    assert governing_item(given, law()).data_center_designed_or_marketed is True
    assert governing(given, law()).item.level == "a"
    assert given.item.level is None
    assert level_of(given, law("2025-01-15")) == "none"
    assert level_of(given, law("2025-01-30")) == "none"
    assert level_of(given, law("2025-01-30", Reading.CODIFIED)) == "a"


def test_an_open_presumption_asks_and_changes_nothing_yet() -> None:
    given = facts(advanced_logic=True)
    found = presumption(given, law())
    assert found.stands is None
    assert [one.field for one in found.missing] == ["case.foundry.designer_attestation", "case.foundry.packager"]
    assert governing(given, law()) is given


@pytest.mark.parametrize("name", ["NVIDIA Corporation", "nvidia", "Nvidia Corp.", "Texas Instruments Inc.", "L3Harris"])
def test_a_designer_is_found_by_the_name_as_published_whatever_its_legal_form(name: str) -> None:
    given = facts(advanced_logic=True, designer_attestation=True, designer_standing="approved", designer=name)
    assert presumption(given, law()).key == "overcome_a"


@pytest.mark.parametrize("name", ["Nvidia Partner", "Texas", "Intelligent Chips", "-", "HP"])
def test_a_name_that_only_resembles_one_is_not_in_the_list(name: str) -> None:
    given = facts(advanced_logic=True, designer_attestation=True, designer_standing="approved", designer=name)
    assert presumption(given, law()).stands is None


def test_an_eccn_is_read_part_by_part() -> None:
    assert parts("3B001.f.1.b.2.b") == ("3B001", "f", "1", "b", "2", "b")
    assert parts("3b001.c1a") == ("3B001", "c", "1", "a")
    assert parts("3B001.d.14") == ("3B001", "d", "14")
    assert parts("EAR99") == ("EAR99",)
    assert parts("3B01") is None
    assert parts("tool") is None


def test_3b001_d_1_is_not_within_3b001_d_14() -> None:
    assert within("3B001.d.14", "part_774.equipment_d5m", law()).value == "3B001.d"
    assert within("3B001.c.10", "part_774.equipment_worldwide", law()).answer is False
    assert within("3B001.c.1", "part_774.equipment_worldwide", law()).answer is None


def test_an_item_without_an_eccn_is_in_no_set_for_certain() -> None:
    for test in (controlled_set, worldwide_set, footnote_5_only):
        found = test(item(), law())
        assert found.answer is None
        assert [one.field for one in found.missing] == ["item.eccn"]


def test_weights_are_asked_about_only_where_they_may_be_weights() -> None:
    chip = Facts.from_dict({"item": {"eccn": "3A090.a"}})
    assert controlled(chip, law(reading=Reading.CODIFIED)).value == "other_item"
    model = Facts.from_dict({"item": {"eccn": "4E992"}, "weights": {"operations": "2E+26"}})
    found = controlled(model, law(reading=Reading.CODIFIED))
    assert found.answer is None
    assert [one.field for one in found.missing] == ["case.weights.published"]
    assert controlled(model, law()).answer is False


@pytest.mark.parametrize(
    ("known", "level", "key"),
    [
        ({"eccn": "3A229", "tpp": 100}, "none", "below_every_limit"),
        ({"eccn": "EAR99", "form": "other", "tpp": 100}, "none", "below_every_limit"),
        ({"eccn": "EAR99", "tpp": 100}, None, "form_missing"),
        ({"eccn": "3D003", "form": "software"}, None, "level_missing"),
        ({"eccn": "3E001"}, None, "level_missing"),
        ({"eccn": "3A001.c.a", "form": "integrated_circuit"}, None, "tpp_missing"),
        ({"eccn": "3A090", "hbm_bandwidth_gbps": 819, "hbm_area_mm2": 110}, "c", "memory_above"),
        ({"eccn": "3A090", "hbm_bandwidth_gbps": 819}, None, "memory_figures_missing"),
        ({"eccn": "3A991", "hbm_bandwidth_gbps": 819, "hbm_area_mm2": 110}, None, "tpp_missing"),
        (
            {
                "eccn": "4A994",
                "form": "computer",
                "tpp": 100,
                "hbm_packaging": "stack",
                "hbm_bandwidth_gbps": 819,
                "hbm_area_mm2": 110,
            },
            "none",
            "below_every_limit",
        ),
        ({}, None, "tpp_missing"),
        ({"eccn": "EAR99"}, None, "form_missing"),
        ({"eccn": "EAR99", "form": "integrated_circuit"}, None, "tpp_missing"),
        ({"eccn": "2B001"}, "none", "other_entry"),
        ({"eccn": "3E992", "form": "technology"}, "none", "other_entry"),
        ({"eccn": "5A992.c", "form": "other"}, "none", "no_chip"),
    ],
)
def test_the_level_and_its_reason(known: dict[str, Any], level: str | None, key: str) -> None:
    found = classify(item(**known), law()).level
    assert (found.value, found.key) == (level, key)


def test_a_level_that_rests_on_unread_wording_is_described_as_unchecked() -> None:
    a800 = item(eccn="3A991.p", form="integrated_circuit", tpp=4992, io_transfer_rate_gbps=400)
    assert describe(a800, law("2023-06-01"))["checked"] is False


def test_technology_left_in_its_old_entry_rests_on_an_unchecked_line() -> None:
    tool = item(eccn="3E001", form="technology", related_eccn="3B001.d.2")
    assert controlled_set(tool, law("2024-06-01")).checked is True
    late = controlled_set(tool, law("2025-06-01"))
    assert (late.answer, late.checked) == (True, False)
