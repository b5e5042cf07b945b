"""Reading scenarios: YAML that a lawyer can write and read, one file per paragraph of law.

A scenario names a ``case`` from ``tests/scenarios/cases.yaml`` and changes it: keys of ``facts`` are field keys
(``case.destination``, ``item.tpp``), ``each party`` applies to all parties, ``party <ref>`` to one. ``expect`` maps a
rule to its answer, or one of outcome, authorization, policy, question, not encoded, aes to what the determination says.
"""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from compliance.ear import Determination, Facts, Reading, determine, the_book

FOLDER = Path(__file__).parent.parent / "scenarios"


@dataclass(frozen=True)
class Scenario:
    """One scenario on one day in one reading."""

    file: str
    name: str
    on: dt.date
    reading: Reading
    facts: Facts
    expect: dict[str, Any]
    relied_on: tuple[str, ...]

    def determine(self) -> Determination:
        return determine(self.facts, on=self.on, reading=self.reading, book=the_book())


@lru_cache(maxsize=1)
def cases() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / "cases.yaml").read_text("utf-8"))
    return loaded


@lru_cache(maxsize=1)
def all_scenarios() -> tuple[Scenario, ...]:
    found = []
    for path in sorted(FOLDER.glob("part_*/*.yaml")):
        for written in yaml.safe_load(path.read_text("utf-8")):
            # YAML 1.1 takes a bare "on" for the truth value.
            raw = {"on" if key is True else key: value for key, value in written.items()}
            readings = [Reading(raw["reading"])] if "reading" in raw else list(Reading)
            for reading in readings:
                found.append(_scenario(f"{path.parent.name}/{path.stem}", raw, reading))
    return tuple(found)


def _scenario(file: str, raw: dict[str, Any], reading: Reading) -> Scenario:
    known = {"name", "on", "reading", "case", "facts", "expect", "relied_on"}
    if odd := set(raw) - known:
        raise ValueError(f"{file}: unknown key {odd} in {raw.get('name')}")
    facts = build(raw.get("case", "h100"), raw.get("facts", {}))
    return Scenario(file, raw["name"], raw["on"], reading, facts, raw["expect"], tuple(raw.get("relied_on", ())))


def build(case: str, changes: dict[str, Any]) -> Facts:
    """Build the facts of a scenario from a named case and its changes; ``null`` makes a fact unknown."""
    held = copy.deepcopy(cases()["cases"][case])
    facts: dict[str, Any] = copy.deepcopy(cases()["answered"])
    facts["item"] = {**facts.get("item", {}), **held}
    for key, value in changes.items():
        if key == "parties":
            facts["parties"] = value
        elif key.startswith(("each party", "party ")):
            for party in facts["parties"]:
                if key == "each party" or party["ref"] == key.removeprefix("party "):
                    party.update(value)
        elif key.startswith("item."):
            facts["item"][key.removeprefix("item.")] = value
        else:
            group, _, leaf = key.removeprefix("case.").partition(".")
            if leaf:
                facts.setdefault(group, {})[leaf] = value
            else:
                facts[group] = value
    return Facts.from_dict(facts)
