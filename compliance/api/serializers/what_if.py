"""Asking the law about facts that belong to no case."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from compliance.exchange.answers import READINGS

from .base import Count, Day, Shape, one_of


@extend_schema_field({"type": "object", "additionalProperties": {}})
class FactsField(serializers.Field[Any, Any, Any, Any]):
    """Facts as `/api/v1/determinations/schema` describes them; the law itself reads them."""

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class WhatIf(Shape):
    """Facts, a day and a reading. Nothing is kept."""

    on = Day(required=False, help_text="The day of export; today without it.")
    reading = one_of(READINGS, required=False, help_text="`codified`, `enforced` (without it) or `both`.")
    facts = FactsField(help_text="An absent fact is unknown, never no.")


class ProofQuery(Shape):
    """Which determination is proved."""

    number = Count(
        required=False, min_value=1, max_value=100_000, help_text="1 is the first of the case; the latest without it."
    )
