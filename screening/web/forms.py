"""Forms of the screening pages: strings in, keyword arguments out. What is right is decided by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .. import queries


class LookUpForm(forms.Form):
    """One name to look up."""

    name = forms.CharField(
        label=_("Name"),
        max_length=500,
        help_text=_("In any script: Latin, Chinese, Cyrillic, Arabic."),
        error_messages={
            "required": _("Enter a name."),
            "max_length": _("The name is longer than %(limit_value)d characters. Enter the name alone."),
        },
    )
    country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=_("Country"),
        required=False,
        help_text=_("Two letters, such as CN."),
        error_messages={"invalid": _("Enter a two-letter country code, such as CN.")},
    )
    address = forms.CharField(label=_("Address"), max_length=500, required=False)


class JudgeForm(forms.Form):
    """A person's answer to a match."""

    verdict = forms.ChoiceField(
        label=_("Is it the same party?"),
        choices=[
            ("no_match", _("Not the same party")),
            ("match", _("The same party")),
            ("unsure", _("Cannot tell yet")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer.")},
    )
    code = forms.ChoiceField(
        label=_("Ground"),
        help_text=_("The ground must belong to the answer."),
        error_messages={"required": _("Choose a ground.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        help_text=_("So that a colleague understands it in five years: what was compared, and with what result."),
        error_messages={
            "required": _("Write the reason."),
            "max_length": _("The reason is longer than %(limit_value)d characters. Shorten it."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = dict(self.fields["verdict"].choices)  # type: ignore[attr-defined]
        groups = [
            (named[verdict], [(f"{verdict}:{code}", words) for code, words in codes.items()])
            for verdict, codes in queries.CODES.items()
        ]
        self.fields["code"].choices = [("", "—"), *groups]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Split the ground from the answer it belongs to, and hold both together."""
        told = super().clean() or {}
        belongs, _colon, code = told.get("code", "").partition(":")
        if told.get("code") and told.get("verdict") and belongs != told["verdict"]:
            self.add_error("code", _("Choose a ground that belongs to the answer."))
        told["code"] = code
        return told
