"""The forms of an item."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from compliance.queries import choices
from compliance.services.items import eccn

from . import fields


class ItemForm(fields.PlainForm):
    """What an item is and how the company has classified it."""

    kind = fields.one_of(_("Kind of item"), choices.ITEM_KINDS)
    vendor = fields.text(_("Maker"), limit=200, required=True)
    model = fields.text(
        _("Model"), limit=200, required=True, help_text=_("As on the data sheet; variants are items of their own.")
    )
    eccn_given = fields.Checked(
        eccn,
        label=_("ECCN held by the company"),
        help_text=_(
            "Such as 3A090.a, 5A992.z or EAR99. Empty if not classified yet; the figures are checked against it."
        ),
    )
    description = fields.text(_("Description"), limit=2000, lines=3)
    unit = fields.one_of(_("Business unit"), ())

    called = {"eccn": "eccn_given"}

    def __init__(self, *args: Any, units: Any = (), new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["eccn_given"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
        if new and len(units) > 1:
            self.fields["unit"].choices = [(unit.code, str(unit)) for unit in units]
        else:
            del self.fields["unit"]

    def given(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "unit"}
