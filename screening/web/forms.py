"""Forms of the screening pages: strings in, keyword arguments out. What is right is decided by the services."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from .. import queries
from ..lists import LISTS


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
    on = forms.DateField(
        label=_("Lists of the day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("A past day, to search the lists as they stood at its end. Empty: the lists in use."),
        error_messages={"invalid": _("Enter a day, such as 2026-07-31.")},
    )


ANSWERS = {
    "no_match": _("Not the same party"),
    "unsure": _("Cannot tell yet"),
    "escalated": _("Pass on to a colleague"),
    "match": _("The same party"),
}
"""The answers to a match in the order of the keys that choose them; the last has no key."""


class Reasoned(forms.Form):
    """A coded ground and a reason in words, for the answers given in ``verdicts``."""

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
    verdicts: tuple[str, ...] = tuple(ANSWERS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [
            (ANSWERS[verdict], [(f"{verdict}:{code}", words) for code, words in queries.CODES[verdict].items()])
            for verdict in self.verdicts
        ]
        self.fields["code"].choices = [("", "—"), *groups]  # type: ignore[attr-defined]


class TogetherForm(Reasoned):
    """One ground and one reason for several parties of ours that are not the one listed party."""

    verdicts = ("no_match",)
    field_order = ("code", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = ""  # There is one answer only, and every ground offered belongs to it.

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).partition(":")[2]


class RejectForm(forms.Form):
    """Why a loaded file is not to be used."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=_("What is wrong with the file, so that whoever loaded it knows what to do."),
        error_messages={
            "required": _("Write the reason."),
            "max_length": _("The reason is longer than %(limit_value)d characters. Shorten it."),
        },
    )


class JudgeForm(Reasoned):
    """A person's answer to a match. ``colleagues`` are those it may be passed on to, as (user name, name)."""

    verdict = forms.ChoiceField(
        label=_("Is it the same party?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer.")},
    )
    waits_for = forms.ChoiceField(label=_("Passed on to"), required=False)
    field_order = ("verdict", "code", "waits_for", "reason")

    def __init__(self, *args: Any, colleagues: Any = (), verdicts: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.verdicts = verdicts or self.verdicts
        super().__init__(*args, **kwargs)
        self.fields["verdict"].choices = [(key, ANSWERS[key]) for key in self.verdicts]  # type: ignore[attr-defined]
        self.fields["waits_for"].choices = [("", "—"), *colleagues]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Split the ground from the answer it belongs to, and hold both together."""
        told = super().clean() or {}
        belongs, _colon, code = told.get("code", "").partition(":")
        if told.get("code") and told.get("verdict") and belongs != told["verdict"]:
            self.add_error("code", _("Choose a ground that belongs to the answer."))
        told["code"] = code
        return told


class QueueForm(forms.Form):
    """What of the queue is asked for; anything that is not an answer falls back to the whole queue."""

    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("undecided")),
            ("escalated", _("passed on")),
            ("mine", _("passed on to me")),
            ("decided", _("judged")),
        ],
    )
    list = forms.ChoiceField(label=_("List"), required=False)
    at_least = forms.ChoiceField(
        label=_("How sure"),
        required=False,
        choices=[("", _("any"))],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("by priority")),
            ("age", _("longest waiting first")),
            ("score", _("surest first")),
            ("clock", _("by clock")),
            ("list", _("by list")),
        ],
    )
    q = forms.CharField(label=_("Name"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists = [(info.code, f"{info.code} {info.title}") for info in LISTS]
        self.fields["list"].choices = [("", _("all")), *lists]  # type: ignore[attr-defined]
        levels = [(str(n), _("%(n)s %% and more") % {"n": n}) for n in queries.AT_LEAST]
        self.fields["at_least"].choices = [("", _("any")), *levels]  # type: ignore[attr-defined]

    def filters(self) -> queries.Filters:
        """Return what is asked for."""
        self.is_valid()
        told = self.cleaned_data
        return queries.Filters(
            show=told.get("show") or "undecided",
            list_code=told.get("list") or "",
            at_least=int(told.get("at_least") or 0),
            words=(told.get("q") or "").strip(),
            sort=told.get("sort") or "priority",
        )

    def query(self) -> str:
        """Return what is asked for as the end of an address, without a question mark."""
        self.is_valid()
        return urlencode({name: value for name, value in self.cleaned_data.items() if value})
