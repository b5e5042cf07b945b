"""What a door may offer to choose from: the kinds, roles and units the rows know, without their models."""

from __future__ import annotations

from compliance.models import Authorization, Case, CaseParty, Clock, Document, Item, Party, Unit, User

ACTIVITIES = Case.Activity.choices
PARTY_ROLES = CaseParty.Role.choices
PARTY_KINDS = Party.Kind.choices
ITEM_KINDS = Item.Kind.choices
DOCUMENT_KINDS = Document.Kind.choices
AUTHORIZATION_KINDS = Authorization.Kind.choices
AUTHORIZATION_STANDINGS = Authorization.Standing.choices
CLOCK_KINDS = Clock.Kind.choices


def units_of(user: User) -> list[Unit]:
    """Return the business units in which the person may enter something new."""
    return list(user.units.all())


def unit_named(user: User, code: str) -> Unit | None:
    """Return the person's unit with this code; without a code the home unit. ``None`` where there is none."""
    if not code:
        return user.unit
    return user.units.filter(code=code).first()
