"""The rulebook as a reader sees it: every parameter with its lines, every rule with its paragraph and life span."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from compliance import ear
from compliance.ear import catalogues
from compliance.ear.law import HORIZON, PARAMETERS, Reading
from compliance.ear.words import words

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
    modelled: str = "modelled"
    scenarios: int = 0


@dataclass(frozen=True, slots=True)
class RuleShown:
    """One rule whole: its paragraph and life span, what it says, what it cites, what tests it."""

    name: str
    title: str
    cite: str
    step: str
    effect: str
    of: str
    since: dt.date
    until: dt.date | None
    comply: dt.date | None
    unenforced: dt.date | None
    only: str
    in_force: bool
    modelled: str
    summary: str
    sentences: list[str]
    parameters: list[ProvisionShown]
    scenarios: tuple[catalogues.Tested, ...]
    tested: int


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
    return _parts(day, lang())


@lru_cache(maxsize=64)
def _parts(day: dt.date, _language: str) -> list[PartShown]:
    """Group the book once per day and language: it does not change while the process lives."""
    found: dict[str, tuple[list[ProvisionShown], list[ProvisionShown]]] = {}
    for parameter in ear.the_book().parameters.values():
        found.setdefault(parameter.key.partition(".")[0], ([], []))[0].append(_provision(parameter, day))
    for rule in ear.ORDER:
        part = "part_" + rule.cite.removeprefix("15 CFR ").removeprefix("Part ")[:3].rstrip(".")
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
                modelled=_modelled(rule),
                scenarios=catalogues.tested_by(rule.name)[0],
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
        modelled=_state([line.cited.checked for line in parameter.lines]),
        scenarios=catalogues.tested_by(parameter.key)[0],
    )


def _state(checked: list[bool]) -> str:
    """Return how far lines may decide: all of them, some, or none (they may hold a case back, never let it go)."""
    if all(checked):
        return catalogues.State.MODELLED.value
    return (catalogues.State.PARTIAL if any(checked) else catalogues.State.NOT_MODELLED).value


def _modelled(rule: ear.Rule) -> str:
    """Return whether a rule answers by itself, rests on lines nobody checked, or leaves the case to a person."""
    if rule.effect is ear.Effect.HOLDS:
        return catalogues.State.NOT_MODELLED.value
    book = ear.the_book().parameters
    cited = [book[key] for key in catalogues.cited_by_rule(rule.name) if key in book]
    return _state([line.cited.checked for parameter in cited for line in parameter.lines])


def rule(name: str, day: dt.date) -> RuleShown:
    """Return one rule with everything known of it. Raises :class:`KeyError`."""
    found = next((one for one in ear.ORDER if one.name == name), None)
    if found is None:
        raise KeyError(name)
    said = words("zh" if lang() == "zh" else "en")
    book = ear.the_book().parameters
    tested, scenarios = catalogues.tested_by(name)
    span = found.span
    return RuleShown(
        name=name,
        title=ear.title(name, lang()),
        cite=found.cite,
        step=found.step.value,
        effect=found.effect.value,
        of=found.of,
        since=span.effective,
        until=span.end,
        comply=span.compliance,
        unenforced=span.unenforced,
        only=span.only.value if span.only else "",
        in_force=span.covers(day, Reading.CODIFIED),
        modelled=_modelled(found),
        summary=" ".join((found.body.__doc__ or "").split()),
        sentences=[text for key, text in said.items() if key.startswith(f"{name}.") and key != f"{name}.title"],
        parameters=[_provision(book[key], day) for key in catalogues.cited_by_rule(name) if key in book],
        scenarios=scenarios,
        tested=tested,
    )


def tests_of(provision: str) -> tuple[int, tuple[catalogues.Tested, ...]]:
    """Return how many scenarios test a provision, and up to sixty of them."""
    return catalogues.tested_by(provision)


def rules_of(parameter: str) -> list[ProvisionShown]:
    """Return the rules that cite a parameter."""
    named = set(catalogues.rules_citing(parameter))
    return [each for part in parts(HORIZON) for each in part.rules if each.key in named]


def folders() -> list[str]:
    """Return the folders of the rulebook, one per part of the regulation."""
    return sorted(path.name for path in PARAMETERS.iterdir() if path.is_dir())


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
