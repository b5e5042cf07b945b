"""The form of the chip calculator: a speed for each precision, a die area, the memory; and where they come from."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.ear import calculate
from compliance.ear.words import say

from . import fields
from .facts import speech

PRESETS = (
    ("FP64", 64),
    ("FP32", 32),
    ("TF32", 19),
    ("FP16 / BF16", 16),
    ("FP8", 8),
    ("INT8", 8),
    ("FP4", 4),
    ("INT4", 4),
)
"""Precisions of a data sheet with the bit length of their largest input; TF32 holds 19 bits."""


class CalculatorForm(fields.PlainForm):
    """Figures of a data sheet. Nothing is required: what is given is calculated, what is missing is said."""

    area = fields.number(
        _("Applicable die area (mm²)"), places=4, digits=16,
        help_text=_("All logic dies made on a non-planar transistor process, together. Planar dies do not count."),
    )  # fmt: skip
    planar = forms.BooleanField(
        label=_("No logic die is made with non-planar transistors"), required=False,
        help_text=_("Performance density is then not defined; that is not the same as zero."),
    )  # fmt: skip
    bandwidth = fields.number(_("Memory bandwidth (GB/s)"), places=4, digits=16)
    memory_area = fields.number(_("Area of the memory package or stack (mm²)"), places=4, digits=16)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, (name, _bits) in enumerate(PRESETS):
            self.fields[f"speed_{place}"] = fields.number(name, places=6, digits=20)
            self.fields[f"sparse_{place}"] = forms.BooleanField(required=False, label=_("with sparsity"))
        self.fields["other_name"] = fields.text(_("Other"), limit=40)
        self.fields["other_bits"] = fields.number(_("Bits"), places=0, digits=4)
        self.fields["other_speed"] = fields.number(_("Other"), places=6, digits=20)

    def rows(self) -> list[dict[str, Any]]:
        """Return a line per precision, for the table of the form."""
        return [
            {"name": name, "bits": bits, "speed": self[f"speed_{place}"], "sparse": self[f"sparse_{place}"]}
            for place, (name, bits) in enumerate(PRESETS)
        ]

    def calculations(self) -> list[calculate.Calculation]:
        """Return every calculation the figures allow; what cannot be calculated becomes an error beside its field."""
        given = self.cleaned_data
        found: list[calculate.Calculation] = []
        precisions = self._precisions()
        tpp = self._tried("speed_0", lambda: calculate.total_processing_performance(precisions)) if precisions else None
        if tpp is not None:
            found.append(tpp)
            area = Decimal(0) if given.get("planar") else given.get("area")
            if area is not None and tpp.result is not None:
                result = tpp.result
                density = self._tried("area", lambda: calculate.performance_density(result, area))
                found += [density] if density else []
        if given.get("bandwidth") is not None and given.get("memory_area") is not None:
            memory = self._tried(
                "memory_area", lambda: calculate.memory_bandwidth_density(given["bandwidth"], given["memory_area"])
            )
            found += [memory] if memory else []
        return found

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("other_speed") is not None and not given.get("other_bits"):
            self.add_error("other_bits", _("Give the bit length of the largest input."))
        if given.get("planar") and given.get("area"):
            self.add_error("area", _("Give the area, or say that no die is non-planar; not both."))
        for one, other in (("bandwidth", "memory_area"), ("memory_area", "bandwidth")):
            if given.get(one) is not None and given.get(other) is None and other not in self.errors:
                self.add_error(other, _("Bandwidth and area are needed together."))
        for place, (name, _bits) in enumerate(PRESETS):
            if given.get(f"sparse_{place}") and given.get(f"speed_{place}") is not None:
                self.add_error(f"speed_{place}", say("calculation.sparse", speech(), {"precision": name}))
        return given

    def _precisions(self) -> list[calculate.Precision]:
        given = self.cleaned_data
        rows = [
            calculate.Precision(name, given[f"speed_{place}"], bits, bool(given.get(f"sparse_{place}")))
            for place, (name, bits) in enumerate(PRESETS)
            if given.get(f"speed_{place}") is not None
        ]
        if given.get("other_speed") is not None and given.get("other_bits"):
            name = given.get("other_name") or str(_("other"))
            rows.append(calculate.Precision(name, given["other_speed"], int(given["other_bits"])))
        return rows

    def _tried(self, field: str, calculation: Callable[[], calculate.Calculation]) -> calculate.Calculation | None:
        try:
            return calculation()
        except calculate.BadFigures as error:
            self.add_error(field, say(error.key, speech(), error.values))
            return None


class SourceForm(fields.PlainForm):
    """Where the figures of a calculation come from."""

    source = fields.text(_("Data sheet or other source"), limit=300, required=True)
    as_of = fields.day(_("Its date"))
