"""Facts as people read them: the question behind a key, and a value with its unit, choice or country in words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance import countries
from compliance.ear.fields import Field, Kind

from .facts import fields

_PATH = re.compile(r"(?P<key>[^\[]+)(\[(?P<party>[^\]]+)\])?\Z")


def lang() -> str:
    """Return the reader's language as the law's words know it: ``en`` or ``zh``."""
    return "zh" if (get_language() or "en").startswith("zh") else "en"


def label(key: str) -> str:
    """Return the question a fact answers; an unknown key is shown as it is, never lost."""
    field = fields().get(key)
    return field.label[lang()] if field else key


def value_words(key: str, value: Any) -> str:
    """Return a value in words; ``unknown`` where there is none."""
    if value is None or value == "":
        return _("unknown")
    field = fields().get(key)
    if isinstance(value, list | tuple):
        return ("、" if lang() == "zh" else ", ").join(value_words(key, one) for one in value) or _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {one}" for name, one in value.items() if one not in (None, "", [], ()))
    return _said(field, str(value)) if field else str(value)


def _said(field: Field, value: str) -> str:
    if field.kind is Kind.COUNTRY:
        return f"{countries.name(value, lang())} ({value})"
    if field.kind in {Kind.CHOICE, Kind.MANY}:
        found = next((choice for choice in field.choices if choice.value == value), None)
        return found.label[lang()] if found else value
    if field.kind is Kind.NUMBER:
        grouped = f"{value.partition('.')[0]}"
        whole = f"{int(grouped):,}" if grouped.lstrip("-").isdigit() else grouped
        rest = value.partition(".")[2]
        return f"{whole}{'.' + rest if rest else ''}{' ' + field.unit if field.unit else ''}"
    if field.kind is Kind.DATE:
        return day_words(value)
    return value


def day_words(value: str) -> str:
    """Return a day written year-month-day as people write it; anything else as it is."""
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.year}年{day.month}月{day.day}日" if lang() == "zh" else f"{day.day} {day:%b} {day.year}"


def read_words(path: str, value: Any, names: Mapping[str, str]) -> tuple[str, str]:
    """Return what a finding read as (question, value); ``names`` are the parties' names by reference."""
    found = _PATH.match(path)
    if found is None:
        return path, str(value)
    key, party = found["key"], found["party"]
    if key == "party" and value == "screened":
        question, said = _("Screening"), _("done, every match judged")
        return (f"{names.get(party, party)}: {question}" if party else question), said
    question = label(key)
    return (f"{names.get(party, party)}: {question}" if party else question), value_words(key, value)
