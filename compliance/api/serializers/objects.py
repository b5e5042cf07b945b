"""Parties and items with their facts."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from compliance.queries import choices

from .base import Amount, Country, Day, FactValue, Paging, Ref, Shape, Text, YesNo, one_of

PARTY_KINDS = [value for value, _label in choices.PARTY_KINDS]
ITEM_KINDS = [value for value, _label in choices.ITEM_KINDS]


class PartyQuery(Paging):
    """Which parties."""

    q = Text(limit=200, required=False, help_text="Part of any name, a number or a register number.")
    kind = one_of(PARTY_KINDS, required=False)


class ItemQuery(Paging):
    """Which items."""

    q = Text(limit=200, required=False, help_text="Maker, model, number or ECCN.")
    kind = one_of(ITEM_KINDS, required=False)


class NewAddress(Shape):
    """Where a party is found."""

    text = Text(limit=500)
    country = Country(required=False, allow_null=True)


class NewIdentifier(Shape):
    """A number a registry gave."""

    kind = Text(limit=60, help_text="As in `LEI` or `company number`.")
    number = Text(limit=120)
    country = Country(required=False, allow_null=True)


class NewParty(Shape):
    """A party to enter."""

    name = Text(limit=300)
    unit = Text(limit=32, required=False, help_text="The code of one of your business units; your own without it.")
    kind = one_of(PARTY_KINDS, required=False)
    names = serializers.ListField(child=Text(limit=300), max_length=50, required=False)
    addresses = NewAddress(many=True, max_length=50, required=False)
    identifiers = NewIdentifier(many=True, max_length=50, required=False)


class NewName(Shape):
    """One more name of a party."""

    name = Text(limit=300)


class NewFact(Shape):
    """One fact with its evidence. Give a ``value``, or say that it ``cannot_be_known``."""

    key = Text(limit=80, help_text="As in `party.headquarters` or `item.tpp`.")
    value = FactValue(required=False, allow_null=True, help_text="`null` withdraws what stood: unknown again.")
    cannot_be_known = YesNo(required=False)
    source = Text(limit=300, required=False, allow_blank=True)
    as_of = Day(required=False, allow_null=True)


class NewOwner(Shape):
    """Who holds how much of this party."""

    owner = Ref()
    percent = Amount(allow_null=True, help_text="Above 0 and at most 100; `null` says that the share is unknown.")
    source = Text(limit=300)
    as_of = Day()


class NewItem(Shape):
    """An item to enter."""

    kind = one_of(ITEM_KINDS)
    vendor = Text(limit=200)
    model = Text(limit=200)
    unit = Text(limit=32, required=False, help_text="The code of one of your business units; your own without it.")
    description = Text(limit=2000, required=False, allow_blank=True)
    eccn = Text(limit=20, required=False, allow_blank=True, help_text="The classification you hold, if any.")


class FactOut(serializers.Serializer[Any]):
    """A fact as it stands. Where there is none, nothing is known."""

    key = serializers.CharField()
    value = FactValue(allow_null=True)
    value_kind = serializers.CharField(help_text="How the value is written: `yes_no`, `number`, `country` …")
    value_unit = serializers.CharField(help_text="The unit of a number.")
    question = serializers.CharField(help_text="What the fact answers, in words.")
    cannot_be_known = serializers.BooleanField()
    source = serializers.CharField()
    as_of = serializers.DateField(allow_null=True)
    recorded_at = serializers.DateTimeField()
    recorded_by = serializers.CharField()


class AddressOut(serializers.Serializer[Any]):
    """Where a party is found."""

    text = serializers.CharField()
    country = serializers.CharField()


class IdentifierOut(serializers.Serializer[Any]):
    """A number a registry gave."""

    kind = serializers.CharField()
    number = serializers.CharField()
    country = serializers.CharField()


class OwnerOut(serializers.Serializer[Any]):
    """A share that stands. The owner's number is empty where it lies outside your business units."""

    owner = serializers.CharField()
    name = serializers.CharField()
    percent = Amount(allow_null=True, help_text="`null`: the share is unknown, which is not zero.")
    source = serializers.CharField()
    as_of = serializers.DateField()


class PartyRow(serializers.Serializer[Any]):
    """A party in a list."""

    ref = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    unit = serializers.CharField(source="unit.code")
    changed_at = serializers.DateTimeField()


class PartyOut(PartyRow):
    """A party with everything recorded of it."""

    names = serializers.SerializerMethodField()
    addresses = AddressOut(many=True)
    identifiers = IdentifierOut(many=True)
    facts = serializers.SerializerMethodField()
    owners = serializers.SerializerMethodField()

    def get_names(self, party: Any) -> list[str]:
        return [each.text for each in party.names.all()]

    @extend_schema_field(FactOut(many=True))
    def get_facts(self, party: Any) -> Any:
        return FactOut(self.context["facts"], many=True).data

    @extend_schema_field(OwnerOut(many=True))
    def get_owners(self, party: Any) -> Any:
        return OwnerOut(self.context["owners"], many=True).data


class ItemRow(serializers.Serializer[Any]):
    """An item in a list."""

    ref = serializers.CharField()
    kind = serializers.CharField()
    vendor = serializers.CharField()
    model = serializers.CharField()
    eccn = serializers.CharField(help_text="Empty while nobody has classified it.")
    unit = serializers.CharField(source="unit.code")
    changed_at = serializers.DateTimeField()


class ItemOut(ItemRow):
    """An item with its figures."""

    description = serializers.CharField()
    facts = serializers.SerializerMethodField()

    @extend_schema_field(FactOut(many=True))
    def get_facts(self, item: Any) -> Any:
        return FactOut(self.context["facts"], many=True).data
