"""Fields and shapes that take nothing for something else: ``"8"`` is no boolean, ``true`` is no number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?\Z")
_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_REF = r"^[A-Z]{1,2}-[0-9-]{1,17}$"


class Shape(serializers.Serializer[Any]):
    """A body or a query of which every field is known; another one is refused by name."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = [name for name, field in self.fields.items() if not field.read_only]
            unknown = [str(name) for name in data if name not in known]
            if unknown:
                sentence = _("There is no such field. Use: %(known)s.") % {"known": ", ".join(known)}
                raise serializers.ValidationError({name[:80]: [sentence] for name in unknown[:20]})
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A string, and only a string, as it was sent."""

    def __init__(self, *, limit: int, **more: Any) -> None:
        super().__init__(max_length=limit, trim_whitespace=False, **more)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if "\x00" in data or any("\ud800" <= sign <= "\udfff" for sign in data):
            raise serializers.ValidationError(_("This text holds a character that no text may contain."))
        return data


class Checked(serializers.Field[Any, Any, Any, Any]):
    """A string that fits a pattern."""

    pattern: re.Pattern[str]
    sentence: Any

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not self.pattern.match(data):
            raise serializers.ValidationError(self.sentence)
        return data

    def to_representation(self, value: Any) -> str:
        return str(value)


@extend_schema_field({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
class Day(Checked):
    """A calendar day."""

    pattern = _DAY
    sentence = _("Write a date as year-month-day in a string, as 2026-11-21.")


@extend_schema_field({"type": "string", "pattern": "^[A-Z]{2}$"})
class Country(Checked):
    """A two-letter country code in capitals."""

    pattern = _COUNTRY
    sentence = _("Write a country as its two-letter code in capitals, as SG.")


@extend_schema_field({"type": "string", "pattern": _REF})
class Ref(Checked):
    """The number of a case, party or item as people read it aloud."""

    pattern = re.compile(_REF.removesuffix("$") + r"\Z")
    sentence = _("Write the number as Gatehouse shows it, as P-00017.")


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,30})?$"},
            {"type": "number", "minimum": -(10**30), "maximum": 10**30},
        ]
    }
)
class Amount(serializers.Field[Any, Any, Any, Any]):
    """A decimal number, as a string or as a JSON number; kept exactly as written and given back as a string."""

    def to_internal_value(self, data: Any) -> str:
        written = isinstance(data, str) and _NUMBER.match(data)
        counted = isinstance(data, int | Decimal) and not isinstance(data, bool)
        if not written and not counted:
            raise serializers.ValidationError(_("Write a number with digits and a point for decimals."))
        return str(data)

    def to_representation(self, value: Any) -> str:
        return format(value, "f") if isinstance(value, Decimal) else str(value)


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "maxLength": 2000},
            {"type": "number"},
            {"type": "boolean"},
            {"type": "array", "maxItems": 50, "items": {"type": "string", "maxLength": 2000}},
        ]
    }
)
class FactValue(serializers.Field[Any, Any, Any, Any]):
    """The value of a fact: how it is written depends on the fact, see ``value_kind``."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool | int | Decimal):
            return data
        many = data if isinstance(data, list) else [data]
        if len(many) > 50 or not all(isinstance(each, str) and len(each) <= 2000 for each in many):
            raise serializers.ValidationError(
                _("A value is a string, a number, true, false or a list of at most 50 strings.")
            )
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class YesNo(serializers.BooleanField):
    """``true`` or ``false``, and no word for them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Switch(serializers.BooleanField):
    """``true`` or ``false`` in the address."""

    def to_internal_value(self, data: Any) -> bool:
        if data not in ("true", "false"):
            self.fail("invalid", input=data)
        return bool(data == "true")


class Count(serializers.IntegerField):
    """A whole number in the address."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and not re.match(r"[0-9]{1,9}\Z", data):
            self.fail("invalid")
        return super().to_internal_value(data)


def one_of(values: Iterable[str], **more: Any) -> serializers.Field[Any, Any, Any, Any]:
    """Return a field that takes one of a few strings."""
    allowed = list(values)

    @extend_schema_field({"type": "string", "enum": allowed})
    class OneOf(serializers.Field[Any, Any, Any, Any]):
        def to_internal_value(self, data: Any) -> str:
            if not isinstance(data, str) or data not in allowed:
                raise serializers.ValidationError(_("Use one of: %(allowed)s.") % {"allowed": ", ".join(allowed)})
            return data

        def to_representation(self, value: Any) -> str:
            return str(value)

    return OneOf(**more)


class Wrong(serializers.Serializer[Any]):
    """One field and what is wrong with it."""

    field = serializers.CharField(help_text="Where, as in `lines[2].quantity`; empty for the whole body.")
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """Why something was not done."""

    code = serializers.CharField(help_text="Stable, for programs.")
    detail = serializers.CharField(help_text="A sentence, for people.")
    errors = Wrong(many=True, required=False)
    blockers = serializers.ListField(child=serializers.CharField(), required=False)


class Paging(Shape):
    """Which page of a list."""

    page = Count(min_value=1, max_value=1_000_000, default=1)
    page_size = Count(min_value=1, max_value=200, default=50)
