"""The catalogue of deadlines: its rows, its sentences and the reasons for which no day can be named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from compliance.ear.inquiries import Words, both_languages, read


@dataclass(frozen=True, slots=True)
class Window:
    """A yearly period (month and day) and the day a report on it is due; without a period, the yearly day alone."""

    begins: tuple[int, int] | None
    ends: tuple[int, int] | None
    due: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """One row of the catalogue. ``countable`` is false while nobody has confirmed how it is counted."""

    code: str
    category: str
    name: Words
    who: Words
    starts: Words
    rule: str
    length: int
    direction: str
    day_type: str
    roll: str
    cite: str
    status: str
    checked: bool
    countable: bool
    confidence: str
    windows: tuple[Window, ...]
    first: Mapping[str, dt.date]
    fixed: dt.date | None
    pauses: frozenset[str]
    leap_day: str
    because: Words | None
    note: Words | None


class CannotCount(ValueError):
    """No day can be named. ``key`` and ``values`` give the sentence: :meth:`say`."""

    def __init__(self, key: str, code: str, **values: Any) -> None:
        self.key, self.code, self.values = f"refused_{key}", code, {"code": code, **values}
        super().__init__(self.say("en"))

    def say(self, lang: str) -> str:
        """Return what is wrong and what to do, in ``en`` or ``zh``."""
        return sentence(self.key, self.values, lang)


class UnknownDeadline(LookupError):
    """There is no deadline of that code."""


class CountingRuleUnverified(CannotCount):
    """Nobody has read the section that says how to count. Set the date by hand."""


class NoDayToCount(CannotCount):
    """The rule names no number of days, or counts hours."""


class BadPause(CannotCount):
    """A pause the rule does not know, that ends before it begins or that is still open."""


def deadline(code: str) -> Deadline:
    """Return the row called ``code``; raises :class:`UnknownDeadline`."""
    try:
        return DEADLINES[code]
    except KeyError as error:
        raise UnknownDeadline(f"there is no deadline '{code}'") from error


def sentence(key: str, values: Mapping[str, Any], lang: str) -> str:
    """Return a sentence of the catalogue in ``en`` or ``zh``; values may themselves be words in both languages."""
    short = "zh" if lang[:2].lower() == "zh" else "en"
    return SENTENCES[key][short].format(**{name: _said(value, short) for name, value in values.items()})


def _said(value: Any, lang: str) -> str:
    if isinstance(value, Mapping):
        return str(value[lang])
    if isinstance(value, list | tuple):
        return ("、" if lang == "zh" else ", ").join(_said(one, lang) for one in value)
    return str(value)


def _month_day(raw: str | None) -> tuple[int, int] | None:
    if raw is None:
        return None
    month, day = str(raw).split("-")
    return int(month), int(day)


def _row(raw: Mapping[str, Any]) -> Deadline:
    where = f"deadlines, {raw['code']}"
    windows = (
        Window(_month_day(one.get("from")), _month_day(one.get("to")), _month_day(one.get("due")))
        for one in raw.get("windows", ())
    )
    return Deadline(
        code=raw["code"],
        category=raw["category"],
        name=both_languages(where, raw["name"]),
        who=both_languages(where, raw["who"]),
        starts=both_languages(where, raw["starts"]),
        rule=raw["rule"],
        length=raw.get("length", 0),
        direction=raw["direction"],
        day_type=raw["day_type"],
        roll=raw.get("roll", ""),
        cite=raw["cite"],
        status=raw["status"],
        checked=raw["checked"],
        countable=raw["counting"] == "verified" and raw["day_type"] != "unverified",
        confidence=raw["confidence"],
        windows=tuple(windows),
        first=MappingProxyType(dict(raw.get("first", {}))),
        fixed=raw.get("date"),
        pauses=frozenset(raw.get("pauses", ())),
        leap_day=raw.get("leap_day", ""),
        because=both_languages(where, raw["because"]) if "because" in raw else None,
        note=both_languages(where, raw["note"]) if "note" in raw else None,
    )


_CATALOG = read("deadlines.yaml")
SENTENCES: Mapping[str, Words] = {
    key: both_languages(f"deadlines, {key}", w) for key, w in _CATALOG["sentences"].items()
}
GROUNDS: Mapping[str, Words] = {key: both_languages(f"deadlines, {key}", w) for key, w in _CATALOG["grounds"].items()}
DEADLINES: Mapping[str, Deadline] = MappingProxyType({raw["code"]: _row(raw) for raw in _CATALOG["deadlines"]})
