"""Cases: their columns, lines and parties."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from compliance import lifecycle
from compliance.queries import choices
from compliance.queries.desk import ORDERS
from compliance.queries.outcomes import WORDS, outcome_label
from compliance.services.intake import CURRENCIES, what_is_missing

from .base import Amount, Country, Day, Paging, Ref, Shape, Text, one_of
from .objects import NewFact

ACTIVITIES = [value for value, _label in choices.ACTIVITIES]
ROLES = [value for value, _label in choices.PARTY_ROLES]
STATES = [state.value for state in lifecycle.State]


class CaseQuery(Paging):
    """Which cases, in which order."""

    text = Text(limit=200, required=False, help_text="The beginning of a number, or words of the title.")
    state = one_of(["open", *STATES], required=False)
    activity = one_of(ACTIVITIES, required=False)
    outcome = one_of(list(WORDS), required=False)
    destination = Country(required=False)
    holder = Text(limit=150, required=False, help_text="A user name, or `nobody`.")
    flags = one_of(["open"], required=False)
    order = one_of(list(ORDERS), required=False)


class NewLine(Shape):
    """So many of an item."""

    item = Ref()
    quantity = Amount()
    unit_value = Amount(required=False, allow_null=True)


class NewPlace(Shape):
    """A party in a role."""

    party = Ref()
    role = one_of(ROLES)


class CaseColumns(Shape):
    """What can be written of a case. ``null`` or an empty text takes a value away."""

    title = Text(limit=200, required=False)
    activity = one_of(ACTIVITIES, required=False)
    exporting_from = Country(required=False, allow_null=True)
    destination = Country(required=False, allow_null=True)
    route = serializers.ListField(child=Country(), max_length=20, required=False, help_text="Countries on the way.")
    planned_on = Day(required=False, allow_null=True)
    end_use = Text(limit=4000, required=False, allow_blank=True)
    purchase_order = Text(limit=120, required=False, allow_blank=True)
    purchase_order_on = Day(required=False, allow_null=True)
    value = Amount(required=False, allow_null=True)
    currency = one_of(CURRENCIES, required=False)


class NewCase(CaseColumns):
    """A case with its lines and parties: all of it is kept, or nothing."""

    title = Text(limit=200)
    activity = one_of(ACTIVITIES)
    unit = Text(limit=32, required=False, help_text="The code of one of your business units; your own without it.")
    lines = NewLine(many=True, max_length=200, required=False)
    parties = NewPlace(many=True, max_length=100, required=False)


class NewAnswer(NewFact):
    """A fact of the case or, with ``about``, of one of its parties or items."""

    about = Ref(required=False, help_text="The number of a party or item of this case.")


class LineOut(serializers.Serializer[Any]):
    """So many of an item."""

    id = serializers.IntegerField()
    item = serializers.CharField(source="item.ref")
    vendor = serializers.CharField(source="item.vendor")
    model = serializers.CharField(source="item.model")
    quantity = Amount()
    unit_value = Amount(allow_null=True)


class PlaceOut(serializers.Serializer[Any]):
    """A party in a role."""

    id = serializers.IntegerField()
    party = serializers.CharField(source="party.ref")
    name = serializers.CharField(source="party.name")
    role = serializers.CharField()
    role_words = serializers.CharField(source="get_role_display")


class CaseRow(serializers.Serializer[Any]):
    """A case in a list."""

    ref = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    state_words = serializers.CharField(source="get_state_display")
    activity = serializers.CharField()
    unit = serializers.CharField(source="unit.code")
    destination = serializers.CharField(help_text="Empty while it is not known.")
    planned_on = serializers.DateField(allow_null=True)
    value = Amount(allow_null=True)
    currency = serializers.CharField()
    outcome = serializers.CharField(help_text="What the law said last; empty before the first determination.")
    outcome_words = serializers.SerializerMethodField()
    next_due_on = serializers.DateField(allow_null=True)
    assigned_to = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()

    def get_outcome_words(self, case: Any) -> str:
        return outcome_label(case.outcome)

    def get_assigned_to(self, case: Any) -> str:
        return case.assigned_to.username if case.assigned_to else ""


class CaseOut(CaseRow):
    """A case with its lines and parties, what it still lacks, and what you may do with it now."""

    exporting_from = serializers.CharField()
    route = serializers.ListField(child=serializers.CharField())
    end_use = serializers.CharField()
    purchase_order = serializers.CharField()
    purchase_order_on = serializers.DateField(allow_null=True)
    created_by = serializers.CharField(source="created_by.username")
    submitted_at = serializers.DateTimeField(allow_null=True)
    shipped_on = serializers.DateField(allow_null=True)
    version = serializers.IntegerField(help_text="Grows with every change.")
    lines = LineOut(many=True)
    parties = PlaceOut(many=True)
    missing = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

    def get_missing(self, case: Any) -> list[str]:
        return what_is_missing(case) if case.state == lifecycle.State.DRAFT else []

    def get_actions(self, case: Any) -> list[str]:
        user = self.context["user"]
        return [
            action.value
            for action in lifecycle.actions(case.state)
            if user.has_perm(lifecycle.step(case.state, action).needs)
        ]
