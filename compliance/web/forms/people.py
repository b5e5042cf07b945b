"""The forms of people and units."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compliance.roles import Role

from . import fields

ROLE_WORDS: dict[str, tuple[Promise, Promise]] = {
    Role.ANALYST: (_("intake analyst"), _("opens cases, keeps parties and items, judges matches")),
    Role.OFFICER: (_("compliance officer"), _("the same, and proposes decisions, files for authorizations, ships")),
    Role.REVIEWER: (_("reviewer"), _("decides on what others prepared")),
    Role.AUDITOR: (_("auditor"), _("reads everything, writes nothing")),
    Role.ADMINISTRATOR: (_("administrator"), _("keeps people, lists and health; decides no case")),
}
"""What each role is called and what it does."""


class PersonForm(fields.PlainForm):
    """A person who signs in, with roles and units."""

    username = fields.text(
        _("Sign-in name"),
        limit=64,
        required=True,
        help_text=_("It stands under everything this person does, for good."),
    )
    full_name = fields.text(_("Full name"), limit=150, required=True)
    email = fields.text(
        _("E-mail address"), limit=254, help_text=_("Notices go there. Without one they stay in the inbox.")
    )
    language = fields.one_of(_("Language"), settings.LANGUAGES)
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=[(role.value, ROLE_WORDS[role][0]) for role in Role],
        error_messages={"required": _("Choose at least one role.")},
        widget=forms.CheckboxSelectMultiple,
    )
    units = forms.MultipleChoiceField(
        label=_("Business units"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What this person can see. Auditors and administrators see every unit."),
    )

    def __init__(self, *args: Any, units: Any = (), new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = [(unit.code, f"{unit} ({unit.code})") for unit in units]
        if not new:
            del self.fields["username"]

    def given(self) -> dict[str, Any]:
        """Return what the service takes."""
        return dict(self.cleaned_data)


class UnitForm(fields.PlainForm):
    """A business unit."""

    code = fields.text(
        _("Code"), limit=32, required=True, help_text=_("Small Latin letters and hyphens, such as data-center.")
    )
    name_en = fields.text(_("English name"), limit=120, required=True)
    name_zh = fields.text(_("Chinese name"), limit=120)
