"""The rulebook as a reader sees it: every parameter with its lines, every rule with its paragraph and life span."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from compliance import ear
from compliance.ear.law import HORIZON, Reading

from .fact_words import lang


@dataclass(frozen=True, slots=True)
class LineShown:
    """One dated line: what holds, from when to when, by which notice."""

    value: str
    since: dt.date
    until: dt.date | None
    comply: dt.date | None
    unenforced: dt.date | None
    by: str
    checked: bool
    note: str
    cite: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class ProvisionShown:
    """A parameter or a rule of the book."""

    key: str
    title: str
    cite: str
    kind: str
    unit: str
    lines: int
    in_force: int
    unchecked: int
    value: str
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class PartShown:
    """One part of the regulation with what is encoded of it."""

    key: str
    number: str
    provisions: list[ProvisionShown]
    rules: list[ProvisionShown]

    @property
    def count(self) -> int:
        """Return how many provisions and rules there are."""
        return len(self.provisions) + len(self.rules)


def horizon() -> dt.date:
    """Return the day to which the law was read."""
    return HORIZON


def digest() -> str:
    """Return the fingerprint of the rulebook in use."""
    return ear.the_book().digest


def parts(day: dt.date) -> list[PartShown]:
    """Return every provision grouped by part, as of ``day`` in the codified reading."""
    found: dict[str, tuple[list[ProvisionShown], list[ProvisionShown]]] = {}
    for parameter in ear.the_book().parameters.values():
        found.setdefault(parameter.key.partition(".")[0], ([], []))[0].append(_provision(parameter, day))
    for rule in ear.ORDER:
        part = "part_" + rule.cite.removeprefix("15 CFR ").removeprefix("Part ")[:3]
        found.setdefault(part, ([], []))[1].append(
            ProvisionShown(
                key=rule.name,
                title=ear.title(rule.name, lang()),
                cite=rule.cite,
                kind="rule",
                unit="",
                lines=1,
                in_force=int(rule.span.covers(day, Reading.CODIFIED)),
                unchecked=0,
                value="",
                since=rule.span.effective,
                until=rule.span.end,
            )
        )
    return [
        PartShown(key, key.removeprefix("part_"), sorted(held, key=lambda p: p.key), rules)
        for key, (held, rules) in sorted(found.items())
    ]


def _provision(parameter: Any, day: dt.date) -> ProvisionShown:
    covered = [line for line in parameter.lines if line.span.covers(day, Reading.CODIFIED)]
    single = parameter.shape == "history" and len(covered) == 1
    return ProvisionShown(
        key=parameter.key,
        title=parameter.title.get(lang(), ""),
        cite=parameter.cite,
        kind=parameter.shape,
        unit=parameter.unit,
        lines=len(parameter.lines),
        in_force=len(covered),
        unchecked=sum(1 for line in parameter.lines if not line.cited.checked),
        value=_value(covered[0].cited.value) if single else "",
    )


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_value(one)}" for name, one in value.items() if one not in (None, "", []))
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_value(one) for one in value)
    if isinstance(value, bool):
        return "✓" if value else "✕"
    return "–" if value is None else str(value)


def provision(key: str, day: dt.date) -> tuple[ProvisionShown, list[LineShown]]:
    """Return one parameter with all its lines, newest first. Raises :class:`KeyError`."""
    parameter = ear.the_book().parameters[key]
    lines = [
        LineShown(
            value=str(line.raw.get("member")) if parameter.shape == "members" else _value(line.cited.value),
            since=line.cited.since,
            until=line.cited.until,
            comply=line.span.compliance,
            unenforced=line.span.unenforced,
            by=line.cited.by,
            checked=line.cited.checked,
            note=line.cited.note,
            cite=line.cited.cite,
            in_force=line.span.covers(day, Reading.CODIFIED),
        )
        for line in parameter.lines
    ]
    return _provision(parameter, day), sorted(lines, key=lambda each: (not each.in_force, each.value, each.since))


def paragraphs(text: str) -> list[ProvisionShown]:
    """Return provisions whose paragraph or title holds the words, in the order of the book."""
    word = text.casefold()
    if not word:
        return []
    day = HORIZON
    return [each for each in _everything(day) if word in each.cite.casefold() or word in each.title.casefold()]


def _everything(day: dt.date) -> Iterable[ProvisionShown]:
    for part in parts(day):
        yield from part.provisions
        yield from part.rules
