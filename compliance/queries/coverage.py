"""How far the law is encoded: chapters, open points, and the catalogues of red flags and deadlines."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from compliance import ear
from compliance.ear import catalogues
from compliance.ear.deadlines import DEADLINES
from compliance.ear.determination import MODULES
from compliance.ear.red_flags import FLAGS

from .fact_words import lang


@dataclass(frozen=True, slots=True)
class ChapterShown:
    """A chapter with what can be counted of it."""

    chapter: catalogues.Chapter
    title: str
    covers: str
    leaves: str
    rules: int
    holds: int
    parameters: int
    lines: int
    unchecked: int
    scenarios: int


def coverage() -> list[ChapterShown]:
    """Return the chapters with their state and what can be counted of them."""
    book, language = ear.the_book().parameters, lang()
    shown = []
    for chapter in catalogues.chapters():
        rules = [
            one
            for module in MODULES
            for one in module.RULES
            if catalogues.chapter_of_module(module.__name__.rpartition(".")[2]) == chapter.code
        ]
        parameters = [parameter for key, parameter in book.items() if catalogues.chapter_of(key) == chapter.code]
        lines = [line for parameter in parameters for line in parameter.lines]
        named = [one.name for one in rules] + [one.key for one in parameters]
        shown.append(
            ChapterShown(
                chapter=chapter,
                title=chapter.title[language],
                covers=chapter.covers[language],
                leaves=chapter.leaves[language] if chapter.leaves else "",
                rules=len(rules),
                holds=sum(1 for one in rules if one.effect is ear.Effect.HOLDS),
                parameters=len(parameters),
                lines=len(lines) + _rows_of(chapter.catalogues),
                unchecked=sum(1 for line in lines if not line.cited.checked) + _unchecked_rows(chapter.catalogues),
                scenarios=sum(catalogues.tested_by(name)[0] for name in named if "." not in name),
            )
        )
    return shown


def _rows_of(names: tuple[str, ...]) -> int:
    return sum({"red_flags": len(FLAGS), "deadlines": len(DEADLINES)}[name] for name in names)


def _unchecked_rows(names: tuple[str, ...]) -> int:
    found = 0
    if "red_flags" in names:
        found += sum(1 for flag in FLAGS.values() if not flag.checked)
    if "deadlines" in names:
        found += sum(1 for row in DEADLINES.values() if not row.checked)
    return found


def open_points() -> list[dict[str, Any]]:
    """Return the points of law still open, with titles of the rules and parameters they hold."""
    book, language = ear.the_book().parameters, lang()
    rules = {one.name for one in ear.ORDER}
    return [
        {
            "code": point.code,
            "text": point.text[language],
            "closed": point.closed,
            "holds": [
                {
                    "key": name,
                    "rule": name in rules,
                    "page": name in book,
                    "title": _title_of(name, book, rules),
                }
                for name in point.holds
            ],
        }
        for point in catalogues.open_points()
    ]


def _title_of(name: str, book: Any, rules: set[str]) -> str:
    if name in rules:
        return ear.title(name, lang())
    if name in book:
        return str(book[name].title[lang()])
    return str(_CATALOGUES.get(name, name))


_CATALOGUES = {
    "part_732.red_flags": gettext_lazy("Red flags"),
    "part_744.iaas_customer_questionnaire": gettext_lazy("IaaS customer"),
}
"""Catalogues with readers of their own, which have no page of a provision."""


def scenarios_written() -> int:
    """Return how many scenarios the release was tested with."""
    return catalogues.scenarios_written()


def flag_rows(day: dt.date) -> list[dict[str, Any]]:
    """Return the red flags with their standing on a day, in the order of the catalogue."""
    language = lang()
    return [
        {
            "code": flag.code,
            "number": flag.number,
            "cite": flag.cite,
            "title": flag.title[language],
            "text": flag.text[language],
            "checked": flag.checked,
            "since": flag.history[0].span.effective if flag.history else None,
            "by": "; ".join(dict.fromkeys(standing.by for standing in flag.history)),
        }
        for flag in FLAGS.values()
    ]


def deadline_rows() -> list[dict[str, Any]]:
    """Return the deadlines: only those that are checked and countable may run."""
    language = lang()
    return [
        {
            "code": row.code,
            "name": row.name[language],
            "who": row.who[language],
            "starts": row.starts[language],
            "cite": row.cite,
            "length": row.length,
            "rule": row.rule,
            "day_type": row.day_type,
            "checked": row.checked,
            "runs": row.checked and row.countable,
        }
        for row in DEADLINES.values()
    ]
