"""The findings of a stored determination as cards: each once, with its sentence, its citation and the facts it read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from compliance import ear
from compliance.models import StoredDetermination

from .fact_words import lang, read_words

READINGS = ("codified", "enforced")


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding with its citation; ``reading`` is set where the two readings do not agree on it."""

    step: str
    title: str
    outcome: str
    citation: dict[str, Any]
    item: str
    reading: str
    missing: int
    cite: str
    effect: str = "info"
    of: str = ""
    anchor: str = ""
    checked: bool = True


def findings(stored: StoredDetermination, names: Mapping[str, str]) -> list[Shown]:
    """Return every finding once: those both readings share as one card, the others one per reading."""
    many = len(stored.lines) > 1
    kept: list[tuple[dict[str, Any], str, list[str]]] = []
    seen: dict[str, list[int]] = {}
    for line in stored.lines:
        both = {name: line[name]["findings"] for name in READINGS}
        for name in READINGS:
            other = both["enforced" if name == "codified" else "codified"]
            counterpart: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
            for one in other:
                counterpart.setdefault((one["rule"], one["party"], one["key"]), []).append(one)
            for one in both[name]:
                same = one in counterpart.get((one["rule"], one["party"], one["key"]), ())
                if same and name == "enforced":
                    continue
                reading = "" if same else name
                places = seen.setdefault(f"{one['rule']}|{one['party']}|{one['key']}|{reading}", [])
                twin = next((index for index in places if kept[index][0] == one), None)
                if twin is None:
                    places.append(len(kept))
                    kept.append((one, reading, [line["model"]]))
                else:
                    kept[twin][2].append(line["model"])
    lines = len(stored.lines)
    return [
        _shown(one, reading, "" if not many or len(models) == lines else ", ".join(models), names, number)
        for number, (one, reading, models) in enumerate(kept, start=1)
    ]


def named(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a sentence with the names of parties where the law has their references."""
    return {key: names.get(value, value) if isinstance(value, str) else value for key, value in values.items()}


def _shown(one: dict[str, Any], reading: str, item: str, names: Mapping[str, str], number: int) -> Shown:
    language = lang()
    cited = one["relied_on"]
    title = ear.say(f"{one['rule']}.title", language)
    first = cited[0] if cited else {}
    who = names.get(one["party"] or "", "")
    since = max((dt.date.fromisoformat(each["since"]) for each in cited), default=None)
    until = min((dt.date.fromisoformat(each["until"]) for each in cited if each.get("until")), default=None)
    notes = unique({"note": each["note"]} for each in cited if each.get("note"))
    return Shown(
        step=one["step"],
        title=f"{title} · {who}" if who else title,
        outcome=one["answer"],
        citation={
            "paragraph": one["cite"],
            "words": ear.say(one["key"], language, named(one["values"], names)),
            "outcome": one["answer"],
            "since": since,
            "until": until,
            "notice": "; ".join(dict.fromkeys(each["by"] for each in cited)),
            "first": first,
            "checked": one["checked"],
            "sources": cited,
            "note": " ".join(each["note"] for each in notes),
            "facts": [
                {"name": name, "value": words, "unknown": value is None}
                for name, words, value in ((*read_words(path, value, names), value) for path, value in one["read"])
            ],
        },
        item=item,
        reading=reading,
        missing=len(one["missing"]),
        cite=short(one["cite"]),
        effect=one["effect"],
        of=one["of"],
        anchor=f"finding-{number}",
        checked=one["checked"],
    )


def unique(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for row in rows:
        if row not in found:
            found.append(row)
    return found


def short(cite: str) -> str:
    """Return a paragraph without title and without what comes after the first one."""
    return cite.removeprefix("15 CFR ").partition(",")[0].partition(";")[0]
