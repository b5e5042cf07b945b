"""How each kind of fact is asked for in a form."""

from __future__ import annotations

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from compliance.ear.fields import Field, Kind

from .fields import CountryInput, DayInput


def speech() -> str:
    """Return the key under which the law keeps the reader's language."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def fact_widget(field: Field) -> forms.Widget:
    """Return the widget for a fact of this kind; the value is checked by the field itself."""
    if field.kind is Kind.YES_NO:
        return forms.Select(choices=[("", "—"), ("yes", _("yes")), ("no", _("no"))])
    if field.kind is Kind.MANY:
        return forms.CheckboxSelectMultiple(
            choices=[(choice.value, choice.label[speech()]) for choice in field.choices]
        )
    if field.kind is Kind.CHOICE:
        return forms.Select(choices=[("", "—"), *((choice.value, choice.label[speech()]) for choice in field.choices)])
    if field.kind is Kind.COUNTRY:
        return CountryInput()
    if field.kind is Kind.DATE:
        return DayInput()
    if field.kind is Kind.NUMBER:
        return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"})
