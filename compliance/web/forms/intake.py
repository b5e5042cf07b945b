"""The forms of intake: the case itself, a line of it, a party in its role."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from compliance.ear.vocabulary import FIELDS
from compliance.queries import choices
from compliance.services.intake import CURRENCIES

from . import fields

KINDS: dict[str, tuple[Promise, str]] = {
    "export": (_("Goods, software or technology leave the country for another one."), "15 CFR 734.13(a)(1)"),
    "reexport": (_("Items subject to the EAR go from one foreign country to another."), "15 CFR 734.14"),
    "transfer": (_("Inside one foreign country the end use or the end user changes."), "15 CFR 734.16"),
    "deemed_export": (_("Technology or source code is released to a foreign person."), "15 CFR 734.13(a)(2)"),
    "iaas": (_("Computing power is rented out; the chips stay where they stand."), "15 CFR 744.6, 744.23"),
    "us_person_support": (_("A US person helps with an activity, wherever the items come from."), "15 CFR 744.6"),
}
"""What each kind of case is, in a sentence, with its source."""

LEFT_OUT: dict[str, frozenset[str]] = {
    "transfer": frozenset({"exporting_from", "route"}),
    "deemed_export": frozenset({"route", "purchase_order", "purchase_order_on"}),
    "iaas": frozenset({"route"}),
    "us_person_support": frozenset({"exporting_from", "route"}),
}
"""Fields that ask nothing in a kind of case."""

CALLED: dict[str, dict[str, Promise]] = {
    "transfer": {"destination": _("Country in which it changes hands"), "planned_on": _("Planned day of the transfer")},
    "deemed_export": {
        "exporting_from": _("Country where the release happens"),
        "destination": _("The recipient's most recent citizenship or permanent residency"),
        "planned_on": _("Planned day of the release"),
        "end_use": _("What the recipient will do with it"),
    },
    "iaas": {
        "exporting_from": _("Country where the accelerators stand"),
        "destination": _("Country from which the customer uses them"),
        "planned_on": _("Planned first day of service"),
        "end_use": _("What the customer will compute"),
        "purchase_order": _("Contract or order"),
        "purchase_order_on": _("Day of the contract"),
    },
    "us_person_support": {
        "destination": _("Country of the activity that is helped"),
        "planned_on": _("Planned first day of the support"),
        "end_use": _("What the support serves"),
        "purchase_order": _("Contract or order"),
        "purchase_order_on": _("Day of the contract"),
    },
}
"""Labels that differ from those of an export."""

FIRST_ROLES: dict[str, tuple[str, ...]] = {
    "iaas": ("iaas_customer", "iaas_user", "reseller"),
    "deemed_export": ("recipient", "exporter"),
    "us_person_support": ("end_user", "exporter"),
}
"""Roles offered first; in the other kinds the order of a shipment holds."""


def why(key: str) -> str:
    """Return why the law asks for a fact, in the reader's language, with its source."""
    field = FIELDS[key]
    sentence = field.why["zh" if (get_language() or "").startswith("zh") else "en"]
    return f"{sentence} ({field.cite})" if field.cite else sentence


class CaseForm(fields.PlainForm):
    """A case as people write it down. The kind decides which fields are asked and how they are called."""

    activity = fields.one_of(_("Kind of activity"), choices.ACTIVITIES, radio=True)
    title = fields.text(
        _("Title"),
        limit=200,
        required=True,
        help_text=_("One sentence a colleague understands: how many of what, to whom, where, for what."),
    )
    exporting_from = fields.country(_("Country the items leave"))
    destination = fields.country(_("Ultimate destination"))
    route = fields.route(
        _("Countries on the way"),
        help_text=_("In order, with commas. A transit country can have rules of its own, and a detour is a red flag."),
    )
    planned_on = fields.day(
        _("Planned day"),
        help_text=_("The law is read as it stands on this day. Change it later if the plan moves."),
    )
    end_use = fields.text(
        _("End use"),
        limit=4000,
        lines=5,
        help_text=_("In the customer's own words, in the language they came in. End use alone can require a license."),
    )
    purchase_order = fields.text(
        _("Purchase order"),
        limit=120,
        help_text=_("License Exceptions NAC and ACA ask for a written order before each shipment (15 CFR 740.8)."),
    )
    purchase_order_on = fields.day(_("Day of the order"))
    value = fields.number(_("Total value"), places=2, digits=16, help_text=_("High values need a second approval."))
    currency = fields.one_of(_("Currency"), [(code, code) for code in CURRENCIES], required=False)
    unit = fields.one_of(
        _("Business unit"), (), help_text=_("Colleagues of this unit will see the case; auditors see every unit.")
    )

    def __init__(self, *args: Any, units: Any = (), activity: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = activity
        self.fields["exporting_from"].help_text = why("case.exporting_from")
        self.fields["destination"].help_text = why("case.destination")
        for name in LEFT_OUT.get(activity, ()):
            del self.fields[name]
        for name, label in CALLED.get(activity, {}).items():
            if name in self.fields:
                self.fields[name].label = label
        if len(units) > 1:
            self.fields["unit"].choices = [(unit.code, str(unit)) for unit in units]
        else:
            del self.fields["unit"]

    def kinds(self) -> list[dict[str, Any]]:
        """Return the kinds of case with their sentence and source, for the cards at the top of the form."""
        chosen = self["activity"].value()
        return [
            {"value": value, "label": label, "words": KINDS[value][0], "cite": KINDS[value][1], "on": value == chosen}
            for value, label in choices.ACTIVITIES
        ]

    def given(self) -> dict[str, Any]:
        """Return the columns of the case. A transfer leaves from the country in which it happens."""
        columns = {name: value for name, value in self.cleaned_data.items() if name != "unit"}
        if columns["activity"] == "transfer":
            columns |= {"exporting_from": columns["destination"], "route": []}
        return columns


class LineForm(fields.PlainForm):
    """So many of an item."""

    called = {"item": "item_ref"}
    item_ref = fields.text(_("Item"), limit=20)
    quantity = fields.number(_("Quantity"), places=3, digits=14, least="0.001", required=True)
    unit_value = fields.number(_("Value of one"), places=2, digits=16)

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("item_ref") and "item_ref" not in self.errors:
            self.add_error("item_ref", _("Search for the item and choose it."))
        return self.cleaned_data


class PlaceForm(fields.PlainForm):
    """A party in its role."""

    called = {"party": "party_ref"}
    party_ref = fields.text(_("Party"), limit=20)
    role = fields.one_of(_("Role"), choices.PARTY_ROLES)

    def __init__(self, *args: Any, activity: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = FIRST_ROLES.get(activity, ())
        labels = dict(choices.PARTY_ROLES)
        self.fields["role"].choices = [
            ("", "—"),
            *((role, labels[role]) for role in (*first, *(other for other in labels if other not in first))),
        ]

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("party_ref") and "party_ref" not in self.errors:
            self.add_error("party_ref", _("Search for the party and choose it."))
        return self.cleaned_data
