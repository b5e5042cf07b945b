"""The blocks a printed file is made of, as plain data, and how days and amounts are written in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

Block = dict[str, Any]
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Hand:
    """How values are written: ``lang`` is ``en`` or ``zh``; ``both`` writes what both languages can share once."""

    lang: str
    both: bool = False

    def day(self, value: dt.date | dt.datetime | None) -> str:
        """Return a calendar day as the language writes it; beside another language, as both read it."""
        if value is None:
            return "–"
        if self.both:
            return f"{value:%Y-%m-%d}"
        if self.lang == "zh":
            return f"{value.year}年{value.month}月{value.day}日"
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"

    def moment(self, value: dt.datetime | None) -> str:
        """Return a moment in UTC, to the minute: the file is read in more places than one."""
        if value is None:
            return "–"
        value = value.astimezone(dt.UTC)
        return f"{self.day(value)} {value:%H:%M} UTC"

    def amount(self, value: Any, unit: str = "") -> str:
        """Return a number with grouped digits and its unit."""
        if value is None:
            return "–"
        plain = f"{Decimal(str(value)):,f}"
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        return f"{plain} {unit}".strip()


def para(text: str, tone: str = "") -> Block:
    """A paragraph."""
    return {"k": "para", "text": text, "tone": tone}


def sub(text: str, note: str = "") -> Block:
    """A heading inside a part."""
    return {"k": "sub", "text": text, "note": note}


def points(texts: Sequence[str]) -> Block:
    """A list of sentences."""
    return {"k": "points", "rows": list(texts)}


def pairs(rows: Sequence[tuple[str, Any]]) -> Block:
    """Names and values; an empty value shows a dash, because a blank could be taken for an answer."""
    return {"k": "pairs", "rows": [[name, value or "–"] for name, value in rows]}


def table(head: Sequence[str], rows: Sequence[Sequence[Any]], widths: Sequence[int], *, nothing: str = "") -> Block:
    """A table; without rows, the sentence that says so."""
    if not rows:
        return para(nothing or _("None recorded."))
    cells = [["–" if cell in (None, "") else cell for cell in row] for row in rows]
    return {"k": "table", "head": list(head), "rows": cells, "widths": list(widths)}


def finding(title: str, answer: str, word: str, words: str, lines: Sequence[str], *, tag: str = "") -> Block:
    """One answer of the law: its title, answer, sentence, and the lines of its citation."""
    return {"k": "finding", "title": title, "answer": answer, "word": word, "words": words, "lines": list(lines),
            "tag": tag}  # fmt: skip


def paired(first: Any, second: Any) -> Any:
    """Return two documents of one shape as one: what both say alike once, everything else as [first, second]."""
    if isinstance(first, dict) and isinstance(second, dict):
        return {key: paired(value, second.get(key)) for key, value in first.items()}
    if isinstance(first, list) and isinstance(second, list):
        return [paired(one, other) for one, other in zip_longest(first, second, fillvalue="")]
    return first if first == second else [first, second]
