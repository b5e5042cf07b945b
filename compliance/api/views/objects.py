"""Parties and items."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.queries import items as reading_items
from compliance.queries import parties as reading_parties
from compliance.queries.fact_words import label
from compliance.queries.facts import current_facts, fields
from compliance.queries.scope import item_for, party_for
from compliance.services import facts, items, parties

from ..pagination import page_of, page_shape
from ..schema import operation
from ..serializers import objects as shapes
from .door import Door, unit_of

PartyPage = page_shape("PartyPage", shapes.PartyRow)
ItemPage = page_shape("ItemPage", shapes.ItemRow)
VIEW_PARTY, ADD_PARTY, CHANGE_PARTY = "compliance.view_party", "compliance.add_party", "compliance.change_party"
VIEW_ITEM, ADD_ITEM, CHANGE_ITEM = "compliance.view_item", "compliance.add_item", "compliance.change_item"


def facts_of(holder: Any) -> list[dict[str, Any]]:
    """Return what is recorded of a party or item, in the shape of ``FactOut``."""
    return [
        {
            "key": key,
            "value": fact.value,
            "value_kind": fields()[key].kind.value if key in fields() else "text",
            "value_unit": fields()[key].unit if key in fields() else "",
            "question": label(key),
            "cannot_be_known": fact.cannot_be_known,
            "source": fact.source,
            "as_of": fact.as_of,
            "recorded_at": fact.recorded_at,
            "recorded_by": fact.recorded_by.username,
        }
        for key, fact in sorted(current_facts([holder])[holder.subject].items())
    ]


def evidence_of(given: dict[str, Any]) -> dict[str, Any]:
    """Return key, value and evidence as the verbs take them. Raises ``ValidationError`` for a value said twice."""
    cannot = given.get("cannot_be_known", False)
    if cannot == ("value" in given):
        raise ValidationError({"value": [_("Give a value, or say that it cannot be known: one of the two.")]})
    return {
        "key": given["key"],
        "value": given.get("value"),
        "cannot_be_known": cannot,
        "source": given.get("source", ""),
        "as_of": given.get("as_of"),
    }


def party_body(user: Any, ref: str) -> Any:
    """Return one party as the API shows it."""
    party = party_for(user, ref)
    owners = [
        {
            "owner": branch.ref,
            "name": branch.name,
            "percent": branch.percent,
            "source": branch.share.source,
            "as_of": branch.share.as_of,
        }
        for branch in reading_parties.tree(user, party, up=True)
    ]
    return shapes.PartyOut(party, context={"facts": facts_of(party), "owners": owners}).data


def item_body(user: Any, ref: str) -> Any:
    """Return one item as the API shows it."""
    item = item_for(user, ref)
    return shapes.ItemOut(item, context={"facts": facts_of(item)}).data


class Parties(Door):
    """All parties."""

    needs = {"GET": VIEW_PARTY, "POST": ADD_PARTY}

    @operation("list_parties", "List parties", gives=PartyPage, asks=shapes.PartyQuery)
    def get(self, request: Request) -> Response:
        asked = self.asked(shapes.PartyQuery)
        found = reading_parties.found_parties(
            request.user, asked.get("q", ""), kind=asked.get("kind", "")
        ).select_related("unit")
        return Response(page_of(found, asked, lambda rows: shapes.PartyRow(rows, many=True).data))

    @operation("add_party", "Enter a party", takes=shapes.NewParty, gives=shapes.PartyOut, status=201, once=True)
    def post(self, request: Request) -> Response:
        given = self.given(shapes.NewParty)

        def add() -> Any:
            unit = unit_of(request.user, given)
            party = parties.add_party(by=request.user, unit=unit, **given)
            return party_body(request.user, party.ref)

        return self.once(add)


class OneParty(Door):
    """One party."""

    needs = {"GET": VIEW_PARTY}

    @operation("read_party", "Read a party", gives=shapes.PartyOut)
    def get(self, request: Request, ref: str) -> Response:
        self.asked()
        return Response(party_body(request.user, ref))


class PartyNames(Door):
    """The other names of a party."""

    needs = {"POST": CHANGE_PARTY}

    @operation("add_party_name", "Add a name", takes=shapes.NewName, gives=shapes.PartyOut, status=201, once=True)
    def post(self, request: Request, ref: str) -> Response:
        given = self.given(shapes.NewName)

        def add() -> Any:
            parties.add_name(ref, by=request.user, name=given["name"])
            return party_body(request.user, ref)

        return self.once(add)


class PartyFacts(Door):
    """What is known of a party."""

    needs = {"POST": CHANGE_PARTY}

    @operation("add_party_fact", "Record a fact", takes=shapes.NewFact, gives=shapes.PartyOut, status=201, once=True)
    def post(self, request: Request, ref: str) -> Response:
        given = evidence_of(self.given(shapes.NewFact))

        def add() -> Any:
            facts.record_party_fact(ref, by=request.user, **given)
            return party_body(request.user, ref)

        return self.once(add)


class PartyOwners(Door):
    """Who owns a party."""

    needs = {"POST": CHANGE_PARTY}

    @operation("add_party_owner", "Record a share", takes=shapes.NewOwner, gives=shapes.PartyOut, status=201, once=True)
    def post(self, request: Request, ref: str) -> Response:
        given = self.given(shapes.NewOwner)

        def add() -> Any:
            parties.record_ownership(
                by=request.user,
                owner_ref=given["owner"],
                owned_ref=ref,
                percent=given["percent"],
                source=given["source"],
                as_of=given["as_of"],
            )
            return party_body(request.user, ref)

        return self.once(add)


class Items(Door):
    """All items."""

    needs = {"GET": VIEW_ITEM, "POST": ADD_ITEM}

    @operation("list_items", "List items", gives=ItemPage, asks=shapes.ItemQuery)
    def get(self, request: Request) -> Response:
        asked = self.asked(shapes.ItemQuery)
        found = reading_items.found_items(request.user, asked.get("q", ""), kind=asked.get("kind", "")).select_related(
            "unit"
        )
        return Response(page_of(found, asked, lambda rows: shapes.ItemRow(rows, many=True).data))

    @operation("add_item", "Enter an item", takes=shapes.NewItem, gives=shapes.ItemOut, status=201, once=True)
    def post(self, request: Request) -> Response:
        given = self.given(shapes.NewItem)

        def add() -> Any:
            unit = unit_of(request.user, given)
            item = items.add_item(by=request.user, unit=unit, eccn_given=given.pop("eccn", ""), **given)
            return item_body(request.user, item.ref)

        return self.once(add)


class OneItem(Door):
    """One item."""

    needs = {"GET": VIEW_ITEM}

    @operation("read_item", "Read an item", gives=shapes.ItemOut)
    def get(self, request: Request, ref: str) -> Response:
        self.asked()
        return Response(item_body(request.user, ref))


class ItemFacts(Door):
    """What is known of an item."""

    needs = {"POST": CHANGE_ITEM}

    @operation("add_item_fact", "Record a fact", takes=shapes.NewFact, gives=shapes.ItemOut, status=201, once=True)
    def post(self, request: Request, ref: str) -> Response:
        given = evidence_of(self.given(shapes.NewFact))

        def add() -> Any:
            facts.record_item_fact(ref, by=request.user, **given)
            return item_body(request.user, ref)

        return self.once(add)
