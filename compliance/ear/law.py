"""The dated law: parameters read from YAML, and the law of one day in one reading.

A dated line is in force by its :class:`Span`. Every value comes back as a :class:`Cited`, which names the paragraph,
the notice that made the line and whether anybody checked it against the text. Nothing here knows a rule.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import yaml

from compliance.ear.facts import json_safe

HERE = Path(__file__).parent
PARAMETERS = HERE / "parameters"
# The law was read to this day; some parts of it earlier (words: law_horizon).
HORIZON = dt.date(2026, 11, 21)
FIRST_DAY = dt.date(2022, 10, 7)
_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Reading(StrEnum):
    """One day has two readings: the text as codified, and what BIS says it enforces."""

    CODIFIED = "codified"
    ENFORCED = "enforced"


class NotYetEncoded(LookupError):
    """The law of that day is not written down here: decide by hand. Silence is not permission."""

    def __init__(self, parameter: str, day: dt.date) -> None:
        super().__init__(f"{parameter} is not encoded for {day.isoformat()}")
        self.parameter, self.day = parameter, day


class BadParameter(ValueError):
    """A parameter file that cannot be law; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Span:
    """When a line or a rule holds. ``end`` is its last day, inclusive.

    Codified: from ``effective``. Enforced: from ``compliance`` (or ``effective``) until the day before ``unenforced``.
    ``only`` restricts a line to one reading, for statements of BIS that never entered the text.
    """

    effective: dt.date
    compliance: dt.date | None = None
    end: dt.date | None = None
    unenforced: dt.date | None = None
    only: Reading | None = None

    def covers(self, day: dt.date, reading: Reading) -> bool:
        """Whether the span holds on ``day`` in ``reading``."""
        if day < self.effective or (self.end is not None and day > self.end):
            return False
        if self.only is not None and reading is not self.only:
            return False
        if reading is Reading.CODIFIED:
            return True
        if self.compliance is not None and day < self.compliance:
            return False
        return self.unenforced is None or day < self.unenforced


@dataclass(frozen=True, slots=True)
class Cited:
    """A value of the law with its source. ``by`` is the notice that made the line; unchecked may hold, never free."""

    parameter: str
    value: Any
    cite: str
    since: dt.date
    until: dt.date | None
    by: str
    checked: bool
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe data."""
        out = {
            "by": self.by,
            "checked": self.checked,
            "cite": self.cite,
            "parameter": self.parameter,
            "since": self.since.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "value": json_safe(self.value),
        }
        if self.note:
            out["note"] = self.note
        return out

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Cited:
        """Read what :meth:`to_dict` wrote."""
        until = given["until"]
        return cls(
            parameter=given["parameter"],
            value=tuple(given["value"]) if isinstance(given["value"], list) else given["value"],
            cite=given["cite"],
            since=dt.date.fromisoformat(given["since"]),
            until=dt.date.fromisoformat(until) if until else None,
            by=given["by"],
            checked=given["checked"],
            note=given.get("note", ""),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One dated line of a parameter."""

    span: Span
    cited: Cited
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter file: a value with a history, a set with members or a catalogue of rows (``shape``)."""

    key: str
    shape: str
    cite: str
    title: Mapping[str, str]
    unit: str
    lines: tuple[Line, ...]
    by_member: Mapping[str, tuple[Line, ...]]


@dataclass(eq=False)
class Law:
    """The law of one day in one reading. Answers are remembered, so asking twice costs nothing.

    ``tolerance`` is the number of days past the horizon for which the reader accepts the law as last read.
    """

    day: dt.date
    reading: Reading
    parameters: Mapping[str, Parameter]
    tolerance: int = 0
    _values: dict[str, Cited] = field(default_factory=dict)
    _members: dict[tuple[str, str], Cited] = field(default_factory=dict)
    _has: dict[str, bool] = field(default_factory=dict)
    _rows: dict[str, tuple[Cited, ...]] = field(default_factory=dict)

    def value(self, key: str) -> Cited:
        """Return the value in force; raises :class:`NotYetEncoded` before the first line."""
        if (known := self._values.get(key)) is None:
            lines = self.parameters[key].lines
            held = [line for line in lines if line.span.covers(self.day, self.reading)]
            if not held:
                raise NotYetEncoded(key, self.day)
            # Later text replaces earlier; a line not yet owed or not enforced leaves the one before it standing.
            known = self._values[key] = max(held, key=lambda line: line.span.effective).cited
        return known

    def has(self, key: str) -> bool:
        """Whether a line of ``key`` is in force."""
        if (known := self._has.get(key)) is None:
            lines = self.parameters[key].lines
            known = self._has[key] = any(line.span.covers(self.day, self.reading) for line in lines)
        return known

    def member(self, key: str, member: str) -> Cited:
        """Return whether ``member`` is in the set: a :class:`Cited` of ``True``, ``False`` or ``None`` (unknown).

        A code the Country Chart does not know is unknown, never outside.
        """
        if (known := self._members.get((key, member))) is None:
            known = self._members[key, member] = self._find(key, member)
        return known

    def _find(self, key: str, member: str) -> Cited:
        parameter = self.parameters[key]
        for line in parameter.by_member.get(member, ()):
            if line.span.covers(self.day, self.reading):
                return line.cited
        if not parameter.lines or self.day < FIRST_DAY:
            raise NotYetEncoded(key, self.day)
        place = len(member) == 2 and member.isalpha()
        charted = not place or member == "US" or member in self.parameters["part_738.countries"].by_member
        value = False if charted else None
        return Cited(key, value, parameter.cite, FIRST_DAY, None, "", checked=charted)

    def printed(self, key: str, member: str) -> Cited | None:
        """Return the line of a membership that has ended while the printed table still showed it, if any."""
        for line in self.parameters[key].by_member.get(member, ()):
            printed, end = line.raw.get("printed_to"), line.span.end
            if printed is not None and end is not None and end < self.day <= printed:
                return line.cited
        return None

    def rows(self, key: str) -> tuple[Cited, ...]:
        """Return the rows of a catalogue in force, each value a mapping."""
        if (known := self._rows.get(key)) is None:
            lines = self.parameters[key].lines
            known = self._rows[key] = tuple(line.cited for line in lines if line.span.covers(self.day, self.reading))
        return known

    def row(self, key: str, code: str) -> Cited | None:
        """Return the row called ``code`` if it is in force."""
        return next((cited for cited in self.rows(key) if cited.value["code"] == code), None)


@dataclass(eq=False)
class Rulebook:
    """All parameters and the fingerprint of parameters and rules together."""

    parameters: Mapping[str, Parameter]
    digest: str
    horizon: dt.date = HORIZON
    first_day: dt.date = FIRST_DAY
    _days: dict[tuple[dt.date, Reading, int], Law] = field(default_factory=dict)

    def on(self, day: dt.date, reading: Reading, *, tolerance: int = 0) -> Law:
        """Return the law of ``day`` in ``reading``; see :class:`Law` for ``tolerance``."""
        law = self._days.get((day, reading, tolerance))
        if law is None:
            if len(self._days) > 400:
                self._days.clear()
            law = self._days[day, reading, tolerance] = Law(day, reading, self.parameters, tolerance)
        return law


@lru_cache(maxsize=1)
def the_book() -> Rulebook:
    """Return the rulebook of this release, read once per process."""
    return load(PARAMETERS)


def load(folder: Path, over: Mapping[str, bytes] | None = None) -> Rulebook:
    """Read every parameter under ``folder``. Raises :class:`BadParameter` naming file and line.

    ``over`` puts files in place of those of the folder, or beside them, by their path in it (a rule change before it is
    published: ``{"part_744/affiliates.yaml": b"..."}``).

    Files of another shape (the red-flag and deadline catalogues have readers of their own) are passed over here but
    count in the digest, as do the rules: a different digest means a different answer is possible.
    """
    seal = hashlib.sha256()
    for source in sorted([*HERE.glob("*.py"), *HERE.glob("rules/*.py")]):
        seal.update(source.read_bytes())
    parameters = {}
    over = over or {}
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.yaml")}
    for name in sorted({*found, *over}, key=lambda one: PurePosixPath(one).parts):
        content = over[name] if name in over else found[name].read_bytes()
        seal.update(content)
        head = content[:4000]
        if b"\nhistory:" not in head and b"\nmembers:" not in head and b"\nrows:" not in head:
            continue
        key = ".".join(PurePosixPath(name).with_suffix("").parts)
        parameters[key] = _parameter(key, yaml.load(content, Loader=_LOADER))  # noqa: S506 - a safe loader
    return Rulebook(MappingProxyType(parameters), seal.hexdigest())


_SHAPES = {"history": "value", "members": "member", "rows": "row"}
_LINE_KEYS = {"from", "to", "comply", "unenforced", "only", "by", "checked", "cite", "note", "corrects"}
_SET_KEYS = {"member", "answer", "printed_from", "printed_to"}


def _parameter(key: str, content: Mapping[str, Any]) -> Parameter:
    shape = next(name for name in _SHAPES if name in content)
    for needed in ("title", "cite", shape):
        if not content.get(needed):
            raise BadParameter(f"{key}: '{needed}' is missing")
    lines = tuple(_line(key, shape, number, raw, content["cite"]) for number, raw in enumerate(content[shape], 1))
    by_member: dict[str, list[Line]] = {}
    if shape == "members":
        for line in lines:
            by_member.setdefault(line.raw["member"], []).append(line)
    return Parameter(
        key,
        shape,
        content["cite"],
        content["title"],
        content.get("unit", ""),
        lines,
        {member: tuple(held) for member, held in by_member.items()},
    )


def _line(key: str, shape: str, number: int, raw: Mapping[str, Any], cite: str) -> Line:
    where = f"{key}, line {number}"
    own = {"history": {"value"}, "members": _SET_KEYS, "rows": None}[shape]
    if own is not None and (odd := set(raw) - _LINE_KEYS - own):
        raise BadParameter(f"{where}: unknown key {', '.join(sorted(odd))}")
    for needed in ("from", "by", *({"history": ("value",), "members": ("member",), "rows": ("code",)}[shape])):
        if needed not in raw or raw[needed] == "":
            raise BadParameter(f"{where}: '{needed}' is missing")
    for name in ("from", "to", "comply", "unenforced"):
        if raw.get(name) is not None and not isinstance(raw[name], dt.date):
            raise BadParameter(f"{where}: '{name}' is not a date")
    span = Span(
        effective=raw["from"],
        compliance=raw.get("comply"),
        end=raw.get("to"),
        unenforced=raw.get("unenforced"),
        only=Reading(raw["only"]) if "only" in raw else None,
    )
    if span.end is not None and span.end < span.effective:
        raise BadParameter(f"{where}: ends before it begins")
    if shape == "history":
        value: Any = tuple(raw["value"]) if isinstance(raw["value"], list) else raw["value"]
    elif shape == "members":
        value = {"yes": True, "unknown": None}[raw.get("answer", "yes")]
    else:
        value = {name: v for name, v in raw.items() if name not in _LINE_KEYS}
    cited = Cited(
        key,
        value,
        raw.get("cite", cite),
        span.effective,
        span.end,
        raw["by"],
        raw.get("checked", True),
        raw.get("note", ""),
    )
    return Line(span, cited, raw)
