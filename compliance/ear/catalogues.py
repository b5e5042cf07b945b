"""What the law package knows of itself: which scenarios test a provision, and how far each chapter is encoded.

Read by the pages of the rulebook. ``scenarios_index.json`` is written from the scenarios (tests compare the two);
``coverage.yaml`` is written by hand, and says nothing that can be counted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import yaml

from compliance.ear.inquiries import Words, both_languages
from compliance.ear.law import HERE, BadParameter

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Tested:
    """One scenario: its file under the scenarios, its sentence and its day."""

    file: str
    name: str
    on: str


@lru_cache(maxsize=1)
def _index() -> Mapping[str, Any]:
    read: dict[str, Any] = json.loads((HERE / "scenarios_index.json").read_text("utf-8"))
    return read


def tested_by(provision: str) -> tuple[int, tuple[Tested, ...]]:
    """Return how many scenarios test a rule or parameter, and up to sixty of them."""
    held = _index()["of"].get(provision)
    if held is None:
        return 0, ()
    scenarios = _index()["scenarios"]
    return held["count"], tuple(Tested(*scenarios[number]) for number in held["named"])


def scenarios_written() -> int:
    """Return how many scenarios there are."""
    return int(_index()["written"])


def cited_by_rule(rule: str) -> tuple[str, ...]:
    """Return the parameters a rule was seen to cite in the scenarios."""
    return tuple(_index()["cites"].get(rule, ()))


def rules_citing(parameter: str) -> tuple[str, ...]:
    """Return the rules that were seen to cite a parameter in the scenarios."""
    return tuple(rule for rule, cited in _index()["cites"].items() if parameter in cited)


class State(StrEnum):
    """How far a chapter is encoded."""

    MODELLED = "modelled"
    PARTIAL = "partial"
    NOT_MODELLED = "not_modelled"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter of the law: what of it is encoded, and what is left to a person."""

    code: str
    cite: str
    title: Words
    state: State
    covers: Words
    leaves: Words | None
    modules: tuple[str, ...]
    parameters: tuple[str, ...]
    catalogues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """A point of law nobody could settle from what was read; what rests on it may inform a case, never decide it."""

    code: str
    text: Words
    closed: bool
    holds: tuple[str, ...]


@lru_cache(maxsize=1)
def _coverage() -> Mapping[str, Any]:
    content: dict[str, Any] = yaml.load((HERE / "coverage.yaml").read_text("utf-8"), Loader=_LOADER)  # noqa: S506
    return content


@lru_cache(maxsize=1)
def chapters() -> tuple[Chapter, ...]:
    """Return the chapters in the order in which a case is worked. Raises :class:`BadParameter`."""
    found = []
    for raw in _coverage()["chapters"]:
        where = f"coverage, {raw['code']}"
        if raw["state"] not in set(State):
            raise BadParameter(f"{where}: '{raw['state']}' is no state")
        found.append(
            Chapter(
                code=str(raw["code"]),
                cite=raw["cite"],
                title=both_languages(where, raw["title"]),
                state=State(raw["state"]),
                covers=both_languages(where, raw["covers"]),
                leaves=both_languages(where, raw["leaves"]) if "leaves" in raw else None,
                modules=tuple(raw.get("modules", ())),
                parameters=tuple(raw.get("parameters", ())),
                catalogues=tuple(raw.get("catalogues", ())),
            )
        )
    return tuple(found)


def chapter_of_module(name: str) -> str:
    """Return the code of the chapter a module of rules belongs to; empty where no chapter claims it."""
    return _longest(name, {begin: chapter.code for chapter in chapters() for begin in chapter.modules})


def chapter_of(parameter: str) -> str:
    """Return the code of the chapter a parameter belongs to; empty where no chapter claims it."""
    return _longest(parameter, {begin: chapter.code for chapter in chapters() for begin in chapter.parameters})


def _longest(name: str, begins: Mapping[str, str]) -> str:
    fitting = [begin for begin in begins if name.startswith(begin)]
    return begins[max(fitting, key=len)] if fitting else ""


@lru_cache(maxsize=1)
def open_points() -> tuple[OpenPoint, ...]:
    """Return the open points O1 to O22 with the rules and parameters they hold."""
    return tuple(
        OpenPoint(
            code=raw["code"],
            text=both_languages(f"coverage, {raw['code']}", raw["text"]),
            closed=raw.get("closed", False),
            holds=tuple(raw.get("holds", ())),
        )
        for raw in _coverage()["open_points"]
    )
