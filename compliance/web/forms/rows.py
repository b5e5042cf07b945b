"""The form that makes parties of rows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from . import fields


class MakeForm(fields.PlainForm):
    """Into which unit the parties are entered."""

    unit = fields.one_of(_("Business unit"), ())

    def __init__(self, *args: Any, units: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(units) > 1:
            self.fields["unit"].choices = [(unit.code, str(unit)) for unit in units]
        else:
            del self.fields["unit"]
