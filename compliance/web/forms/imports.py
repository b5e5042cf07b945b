"""The forms of the import of parties."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import fields


class SheetForm(fields.PlainForm):
    """A table of parties."""

    file = forms.FileField(
        label=_("Table of parties"),
        help_text=_("CSV or XLSX, at most 2,000 rows and 5 MB. The first row holds the headings."),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
            "invalid": _("Choose a file."),
        },
    )


class TakeInForm(fields.PlainForm):
    """Whether to take in everything or only the sound rows, and into which unit."""

    only_sound = fields.one_of(
        _("What shall be taken in?"),
        (("", _("all rows or none")), ("1", _("only the sound rows"))),
        required=False,
        radio=True,
    )
    unit = fields.one_of(_("Business unit"), ())
    sheet = forms.CharField(widget=forms.HiddenInput, strip=False)

    def __init__(self, *args: Any, units: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(units) > 1:
            self.fields["unit"].choices = [(unit.code, str(unit)) for unit in units]
        else:
            del self.fields["unit"]
