"""Form fields that say what the services say: one sentence for a wrong value, whichever door it came through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from compliance import countries
from compliance.services import words
from compliance.services.refusals import BadInput, Refusal

Words: TypeAlias = str | Promise


class PlainForm(forms.Form):
    """A form that shows every wrong field at once and takes a service's refusal beside the field it names.

    ``called`` maps a service's name of a field to the form's, where they differ.
    """

    use_required_attribute = False
    called: dict[str, str] = {}

    def refuse(self, refusal: Refusal) -> None:
        """Put a refusal where the reader looks: beside its field, or over the form."""
        name = self.called.get(refusal.field, refusal.field) if isinstance(refusal, BadInput) else ""
        self.add_error(name if name in self.fields else None, str(refusal))

    def summary(self) -> list[tuple[str, Words, str]]:
        """Return (id of the field, its label, what is wrong), for the list at the top of the page."""
        return [
            (self[name].id_for_label or self[name].auto_id, self[name].label, sentence)
            for name, sentences in self.errors.items()
            if name in self.fields
            for sentence in sentences
        ]


class Checked(forms.Field):
    """A value checked by one function of :mod:`compliance.services.words`; its refusal becomes the field's error."""

    def __init__(self, check: Callable[[Any], Any], *, required: bool = False, **kwargs: Any) -> None:
        super().__init__(required=required, **kwargs)
        self.check = check

    def clean(self, value: Any) -> Any:
        try:
            return self.check(value)
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from refusal

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(initial, data))


def text(label: Words, *, limit: int, required: bool = False, lines: int = 0, **more: Any) -> Checked:
    """Return a field for one line of text, or for a text of several ``lines``. ``limit`` counts characters."""
    widget: forms.Widget = forms.Textarea(attrs={"rows": lines}) if lines else forms.TextInput()
    widget.attrs |= {"autocomplete": "off", "dir": "auto"} | more.pop("attrs", {})

    def check(raw: Any) -> str:
        return words.text("", raw, limit=limit, required=required, lines=bool(lines))

    return Checked(check, required=required, label=label, widget=widget, **more)


class DayInput(forms.DateInput):
    """The browser's own calendar; a plain line when what was typed is no date, so that it stays to be mended."""

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        try:
            shown = context["widget"]["value"]
            context["widget"]["type"] = "date" if not shown or dt.date.fromisoformat(str(shown)) else "text"
        except ValueError:
            context["widget"]["type"] = "text"
        return context


def day(label: Words, *, required: bool = False, **more: Any) -> Checked:
    """Return a field for a calendar day between 1990 and 2100."""
    return Checked(
        lambda raw: words.day("", raw, required=required), required=required, label=label, widget=DayInput(), **more
    )


def number(label: Words, *, places: int, digits: int, least: str = "0", required: bool = False, **more: Any) -> Checked:
    """Return a field for a number with at most ``digits`` digits, ``places`` of them after the point."""

    def check(raw: Any) -> Decimal | None:
        value = words.number("", raw, places=places, digits=digits, least=Decimal(least))
        if value is None and required:
            raise BadInput("", _("Give a number."))
        return value

    attrs = {"inputmode": "decimal", "autocomplete": "off"} | more.pop("attrs", {})
    return Checked(check, required=required, label=label, widget=forms.TextInput(attrs=attrs), **more)


class CountryInput(forms.TextInput):
    """One line with the names of countries to pick from; shows the name, takes the name or the code."""

    def __init__(self, *, many: bool = False) -> None:
        attrs = {"autocomplete": "off", "spellcheck": "false"}
        super().__init__(attrs=attrs if many else {**attrs, "list": "countries"})
        self.many = many

    def format_value(self, value: Any) -> str:
        codes = value if isinstance(value, list | tuple) else [value] if value else []
        return ", ".join(shown_country(str(code)) for code in codes)


def shown_country(code: str) -> str:
    """Return ``Singapore (SG)`` in the reader's language; what is no code comes back as it is."""
    return f"{countries.name(code, get_language() or 'en')} ({code})" if code in countries.CODES else code


def country_code(raw: Any) -> str:
    """Return the code of a country given as code, as name in either language, or as ``name (code)``.

    What is none of these comes back as it was, for the check that refuses it.
    """
    given = " ".join(str(raw or "").replace("（", "(").replace("）", ")").split())
    if given.upper() in countries.CODES:
        return given.upper()
    if given.endswith(")") and given[-3:-1].upper() in countries.CODES:
        return given[-3:-1].upper()
    for language in ("en", "zh"):
        for code, name in countries.names(language).items():
            if name.casefold() == given.casefold():
                return code
    return given


def country(label: Words, *, required: bool = False, **more: Any) -> Checked:
    """Return a field for one country."""

    def check(raw: Any) -> str:
        code = country_code(raw)
        if not code and required:
            raise BadInput("", _("Choose a country."))
        return words.country("", code)

    return Checked(check, required=required, label=label, widget=CountryInput(), **more)


def route(label: Words, **more: Any) -> Checked:
    """Return a field for the countries on the way, in order, set apart by commas."""

    def check(raw: Any) -> list[str]:
        parts = str(raw or "").replace("，", ",").replace("、", ",").replace("→", ",").replace(";", ",").split(",")
        if len(parts) > 20:
            raise BadInput("", _("A route has at most 20 countries."))
        return [words.country("", country_code(part)) for part in parts if part.strip()]

    return Checked(check, label=label, widget=CountryInput(many=True), **more)


def one_of(label: Words, choices: Any, *, required: bool = True, radio: bool = False, **more: Any) -> forms.ChoiceField:
    """Return a field with a few fixed answers, as a list or as radio buttons."""
    sentence = _("“%(value)s” is not one of the answers. Choose from the list.")
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=required,
        widget=forms.RadioSelect() if radio else forms.Select(),
        error_messages={"required": _("Choose one."), "invalid_choice": sentence},
        **more,
    )


def country_list() -> list[str]:
    """Return the names of all countries as the fields show them, for one ``<datalist>`` per page."""
    return [shown_country(code) for code, _name in countries.choices(get_language() or "en")]
