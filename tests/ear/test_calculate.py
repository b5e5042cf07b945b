"""The chip calculator: published figures, boundaries and refusals."""

from decimal import Decimal

import pytest

from compliance.ear.calculate import (
    BadFigures,
    Precision,
    memory_bandwidth_density,
    performance_density,
    total_processing_performance,
)
from compliance.ear.words import say


def tpp(*figures: tuple[str, str, int]) -> Decimal | None:
    return total_processing_performance(Precision(name, Decimal(tops), bits) for name, tops, bits in figures).result


def test_600_tops_at_8_bit_and_300_tflops_at_16_bit_are_both_4800() -> None:
    assert tpp(("INT8", "600", 8)) == 4800
    assert tpp(("FP16", "300", 16)) == 4800


def test_the_highest_precision_counts() -> None:
    assert tpp(("FP32", "67", 32), ("FP16", "989.5", 16), ("FP8", "1979", 8)) == 15832


def test_a_sparse_figure_is_refused() -> None:
    with pytest.raises(BadFigures) as refused:
        total_processing_performance([Precision("FP16", Decimal(1979), 16, sparse=True)])
    assert say(refused.value, "en") == (
        "The figure for FP16 is with sparsity; only dense figures count. Give the dense figure."
    )


def test_the_calculation_shows_every_input_and_step() -> None:
    done = total_processing_performance([Precision("FP16", Decimal("312"), 16), Precision("INT8", Decimal("624"), 8)])
    assert done.inputs == (("FP16 (16 bit)", "312"), ("INT8 (8 bit)", "624"))
    assert [say(step, "en") for step in done.steps] == [
        "FP16: 312 × 16 bit = 4992",
        "INT8: 624 × 8 bit = 4992",
        "The highest is taken: 4992 (FP16).",
    ]
    assert done.to_dict()["result"] == "4992"
    assert "3A090" in done.cite


def test_density_of_published_devices() -> None:
    for figures, expected in ((("15832", "814"), "19.45"), (("4992", "826"), "6.04"), (("2368", "814"), "2.91")):
        result = performance_density(Decimal(figures[0]), Decimal(figures[1])).result
        assert result is not None
        assert round(result, 2) == Decimal(expected)


@pytest.mark.parametrize("area", [None, Decimal(0)])
def test_without_non_planar_area_the_density_is_not_defined_and_not_zero(area: Decimal | None) -> None:
    done = performance_density(Decimal(2000), area)
    assert done.result is None
    assert "Not defined" in say(done.steps[0], "en")


def test_memory_density_is_bandwidth_by_area() -> None:
    assert memory_bandwidth_density(Decimal(819), Decimal(110)).result == Decimal("7.445454545")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: total_processing_performance([]),
        lambda: total_processing_performance([Precision("FP16", Decimal(0), 16)]),
        lambda: total_processing_performance([Precision("FP16", Decimal("NaN"), 16)]),
        lambda: total_processing_performance([Precision("FP16", Decimal(1), 0)]),
        lambda: performance_density(Decimal(-1), Decimal(1)),
        lambda: performance_density(Decimal(1), Decimal(-1)),
        lambda: memory_bandwidth_density(Decimal(1), Decimal(0)),
    ],
)
def test_impossible_figures_are_refused_with_a_sentence(wrong: object) -> None:
    with pytest.raises(BadFigures) as refused:
        wrong()  # type: ignore[operator]
    for lang in ("en", "zh"):
        assert say(refused.value, lang) != refused.value.key
