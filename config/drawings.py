"""Geometry of the drawings: where a node, a leg or a day stands. Pure; the templates turn it into SVG.

Positions are in the drawing's own units (one unit is one CSS pixel at full size). A strict content security policy
forbids style attributes, so everything that depends on data is an SVG attribute computed here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

FULL_WIDTH, NODE_WIDTH, LEG_WIDTH, LINE, PAD = 1200, 206, 76, 17, 12
BAR = 1000


def text_width(text: str) -> float:
    """Estimate the width of a text in Latin characters: East Asian wide characters count 1.9."""
    return sum(1.9 if unicodedata.east_asian_width(letter) in "WF" else 1.0 for letter in text)


def wrap(text: str, width: float, lines: int) -> list[str]:
    """Break a text into at most `lines` lines of `width` Latin characters; what does not fit ends in an ellipsis."""
    rows, row = [], ""
    pieces = [piece for word in text.split() for piece in _breakable(word, width)]
    for piece, glue in pieces:
        candidate = f"{row}{glue if row else ''}{piece}"
        if text_width(candidate) <= width or not row:
            row = candidate
        else:
            rows.append(row)
            row = piece
    rows.append(row)
    if len(rows) > lines:
        last = rows[lines - 1]
        while last and text_width(last) > width - 1:
            last = last[:-1]
        rows = [*rows[: lines - 1], f"{last}…"]
    return [row for row in rows if row]


def _breakable(word: str, width: float) -> list[tuple[str, str]]:
    """Cut a word where a line may break: between wide characters, and anywhere in a word longer than a line."""
    if text_width(word) > width or any(unicodedata.east_asian_width(letter) in "WF" for letter in word):
        return [(letter, "" if index else " ") for index, letter in enumerate(word)]
    return [(word, " ")]


@dataclass(frozen=True)
class Line:
    """One line of text in a node."""

    text: str
    y: float
    css: str


@dataclass
class Node:
    """A party on the route: box, lines of text, and the tone of its worst mark."""

    x: float
    width: float
    height: float
    data: Mapping[str, Any]
    tone: str
    lines: list[Line] = field(default_factory=list)

    @property
    def text_x(self) -> float:
        return self.x + PAD


@dataclass(frozen=True)
class Leg:
    """The way from one node to the next: its ends, its label, and whether nothing physical moves along it."""

    x1: float
    x2: float
    y: float
    middle: float
    label: str
    remote: bool

    @property
    def tip(self) -> str:
        return f"M{self.x2} {self.y}l-8 -4.5v9z"


@dataclass(frozen=True)
class Route:
    nodes: list[Node]
    legs: list[Leg]
    width: float
    height: float


def route(nodes: Sequence[Mapping[str, Any]], legs: Sequence[Mapping[str, Any]] = ()) -> Route:
    """Place the parties of a case on one line, from exporter to end user.

    A node: name, role, place (lines of "SG · HQ SG"), marks (each with tone and text), tone, href.
    A leg: label, remote.
    """
    drawn: list[Node] = []
    # Legs take what the nodes leave of a full line, so that a short route still spans the page.
    spare = (FULL_WIDTH - 2 - len(nodes) * NODE_WIDTH) / max(len(nodes) - 1, 1)
    leg_width = round(max(spare, LEG_WIDTH), 1)
    for index, data in enumerate(nodes):
        x = index * (NODE_WIDTH + leg_width) + 1
        node = Node(x, NODE_WIDTH, 0, data, str(data.get("tone") or ""))
        y = 22.0
        texts = [(row, "name") for row in wrap(str(data.get("name", "")), 25, 2)]
        texts += [(str(data.get("role", "")), "role")]
        texts += [(row, "place") for place in data.get("place", ()) for row in wrap(str(place), 31, 2)]
        for mark in data.get("marks", ()):
            node.tone = node.tone or str(mark.get("tone", ""))
            texts += [(row, f"flag tone-{mark.get('tone', 'open')}") for row in wrap(str(mark.get("text", "")), 30, 2)]
        for text, css in texts:
            if text:
                node.lines.append(Line(text, y, css))
                y += LINE
        node.height = y - LINE + PAD
        drawn.append(node)
    height = max((node.height for node in drawn), default=0.0)
    for node in drawn:
        node.height = height
    paths = []
    for left, right, data in zip(drawn, drawn[1:], [*legs, *({},) * len(drawn)], strict=False):
        x1, x2 = left.x + left.width + 4, right.x - 4
        label = str(data.get("label", ""))
        paths.append(Leg(x1, x2, height / 2 + 1, (x1 + x2) / 2, label, bool(data.get("remote"))))
    width = len(drawn) * (NODE_WIDTH + leg_width) - leg_width + 2
    return Route(drawn, paths, max(round(width, 1), FULL_WIDTH), height + 2)


@dataclass(frozen=True)
class Bar:
    """A clock as a bar of 1000 units: the run so far, the pauses, the day marks, today, and the proof."""

    run: float
    pauses: list[tuple[float, float]]
    cells: list[float]
    now: float | None
    proof: float | None


def bar(
    start: date,
    due: date,
    today: date,
    pauses: Sequence[tuple[date, date | None]] = (),
    confirmed: date | None = None,
) -> Bar:
    """Draw the days from start to due. Dates are calendar days; a pause without end lasts until today."""
    days = max((due - start).days, 1)

    def at(day: date) -> float:
        return round(min(max((day - start).days / days, 0), 1) * BAR, 1)

    held = [(at(begin), max(at(end or today) - at(begin), 2.0)) for begin, end in pauses]
    cells = [round(BAR * number / days, 1) for number in range(1, days)] if days <= 40 else []
    now = at(today) if start <= today <= due else None
    return Bar(at(min(confirmed or today, today)), held, cells, now, at(confirmed) if confirmed else None)
