"""The chip calculator: total processing performance, performance density and memory bandwidth density.

Every input and step is kept so that an analyst can show how a figure came about. Sources: technical notes to 3A090
(15 CFR Part 774, Supp. No. 1). Results are arithmetic, not a classification.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

CITE_TPP = "15 CFR Part 774, Supp. No. 1, 3A090, technical note on TPP"
CITE_DENSITY = "15 CFR Part 774, Supp. No. 1, 3A090, technical note on performance density"
CITE_MEMORY = "15 CFR Part 774, Supp. No. 1, 3A090.c, technical note"
LONGEST_OPERATION = 256


class BadFigures(ValueError):
    """Figures that cannot be calculated with. ``key`` is a sentence of the words, ``values`` fill it."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(f"{key} {values}" if values else key)
        self.key, self.values = key, values


@dataclass(frozen=True, slots=True)
class Precision:
    """One precision of a data sheet: peak ``tops`` (TOPS or TFLOPS, dense) at ``bits``, the largest input bit length.

    A data sheet counts one multiply-accumulate as two operations, so its TOPS equal 2 x MacTOPS of the note.
    ``sparse`` marks a figure with structured sparsity, which the note does not count.
    """

    name: str
    tops: Decimal
    bits: int
    sparse: bool = False


@dataclass(frozen=True, slots=True)
class CalculationStep:
    """One line of a calculation; ``key`` and ``values`` give the sentence."""

    key: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Calculation:
    """A result with all that led to it. ``result`` is ``None`` when the text gives no value (never zero)."""

    key: str
    result: Decimal | None
    unit: str
    cite: str
    inputs: tuple[tuple[str, str], ...]
    steps: tuple[CalculationStep, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe data, for storage beside the item."""
        return {
            "key": self.key,
            "result": None if self.result is None else plain(self.result),
            "unit": self.unit,
            "cite": self.cite,
            "inputs": [list(pair) for pair in self.inputs],
            "steps": [{"key": step.key, "values": dict(step.values)} for step in self.steps],
        }


def plain(value: Decimal) -> str:
    """Write a decimal without exponent or trailing zeros."""
    return format(value.normalize(), "f") if value else "0"


def total_processing_performance(precisions: Iterable[Precision]) -> Calculation:
    """TPP: operations per second (tera) times bit length, for each precision; the highest counts.

    Raises :class:`BadFigures` for a sparse figure, a speed not above zero, an impossible bit length, or no figure.
    """
    held = tuple(precisions)
    if not held:
        raise BadFigures("calculation.no_figures")
    steps, best, named = [], Decimal(0), ""
    for one in held:
        if one.sparse:
            raise BadFigures("calculation.sparse", precision=one.name)
        _positive(one.tops, one.name)
        if isinstance(one.bits, bool) or not 1 <= one.bits <= LONGEST_OPERATION:
            raise BadFigures("calculation.bit_length", bits=one.bits)
        product = one.tops * one.bits
        values = {"precision": one.name, "tops": plain(one.tops), "bits": str(one.bits), "result": plain(product)}
        steps.append(CalculationStep("calculation.tpp_step", values))
        if product > best:
            best, named = product, one.name
    steps.append(CalculationStep("calculation.tpp_result", {"result": plain(best), "precision": named}))
    inputs = tuple((f"{one.name} ({one.bits} bit)", plain(one.tops)) for one in held)
    return Calculation("calculation.tpp", best, "TPP", CITE_TPP, inputs, tuple(steps))


def performance_density(tpp: Decimal, non_planar_area_mm2: Decimal | None) -> Calculation:
    """TPP divided by the die area (mm²) made with non-planar transistors.

    Without such area the note gives no value: the result is "not defined", never zero. Raises :class:`BadFigures`.
    """
    _positive(tpp, "TPP")
    inputs = (("TPP", plain(tpp)), ("mm²", plain(non_planar_area_mm2 or Decimal(0))))
    if not non_planar_area_mm2:
        steps = (CalculationStep("calculation.density_not_defined", {}),)
        return Calculation("calculation.density", None, "TPP/mm²", CITE_DENSITY, inputs, steps)
    _positive(non_planar_area_mm2, "mm²")
    result = _divided(tpp, non_planar_area_mm2)
    values = {"tpp": plain(tpp), "area": plain(non_planar_area_mm2), "result": plain(result)}
    steps = (CalculationStep("calculation.density_step", values),)
    return Calculation("calculation.density", result, "TPP/mm²", CITE_DENSITY, inputs, steps)


def memory_bandwidth_density(bandwidth_gbps: Decimal, area_mm2: Decimal) -> Calculation:
    """Memory bandwidth (GB/s) per area of the package or stack (mm²); package figures when a stack sits in one."""
    _positive(bandwidth_gbps, "GB/s")
    _positive(area_mm2, "mm²")
    result = _divided(bandwidth_gbps, area_mm2)
    values = {"bandwidth": plain(bandwidth_gbps), "area": plain(area_mm2), "result": plain(result)}
    steps = (CalculationStep("calculation.memory_density_step", values),)
    inputs = (("GB/s", plain(bandwidth_gbps)), ("mm²", plain(area_mm2)))
    return Calculation("calculation.memory_density", result, "GB/s/mm²", CITE_MEMORY, inputs, steps)


def _positive(value: Decimal, name: str) -> None:
    if not value.is_finite() or value <= 0:
        raise BadFigures("calculation.not_positive", name=name)


def _divided(above: Decimal, below: Decimal) -> Decimal:
    """Divide to ten significant digits; thresholds are tested on the inputs, never on a rounded quotient."""
    with localcontext() as context:
        context.prec = 10
        context.rounding = ROUND_HALF_EVEN
        return above / below
