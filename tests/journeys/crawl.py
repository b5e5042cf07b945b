"""Finding every kind of page by following links, as a person of a given role would."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

from django.urls import Resolver404, resolve

from .browser import Visitor

FILES = {
    "audit:export",
    "compliance:case_document",
    "compliance:case_pdf",
    "compliance:case_proof",
    "compliance:impact_export",
    "compliance:party_document",
    "compliance:party_import_example",
    "compliance:report_export",
    "schema",
    "screening:batch_example",
    "screening:batch_export",
    "screening:difference_csv",
    "screening:published",
}
"""Addresses that answer with a file to be saved, not with a page."""
MANY = {"compliance:case": 3, "compliance:report": 2, "compliance:party": 2}
"""How many pages of a kind are opened where one would not show every shape of it."""
LINKS = "[...document.querySelectorAll('a[href]')].map((link) => link.href)"
READING = (Path(__file__).parent / "reading.js").read_text(encoding="utf-8")
NARROW = 360
TOO_WIDE = f"""[...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > {NARROW} + 1
    && !e.closest(".scroll")).map((e) => e.tagName.toLowerCase() + "." + e.className).slice(0, 6).join(" ")"""


@dataclass
class Map:
    """What one person's links lead to: pages, files, where each link was found, and what each page looked like.

    ``wide`` tells of pages that scroll sideways in a narrow window; ``words`` holds every text read and where.
    """

    pages: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    found_on: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)


def kind_of(address: str) -> str:
    """Return the name of the view an address leads to, with the names of its questions; empty where there is none."""
    parts = urlsplit(address)
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return ""
    if name == "compliance:report":
        return name
    asked = sorted(pair.partition("=")[0] for pair in parts.query.split("&") if pair)
    return f"{name}?{'&'.join(asked)}" if asked else name


def explore(visitor: Visitor, start: str = "/") -> Map:
    """Open one page of every kind the visitor's links reach (more of the kinds in ``MANY``), breadth first."""
    found, seen = Map(), {}
    waiting, met = [start], {start}
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if not kind:
            found.broken.append(f"{found.found_on.get(path)} links to {path}, and nothing answers there")
            continue
        seen[kind] = seen.get(kind, 0) + 1
        if kind.partition("?")[0] in FILES:
            if seen[kind] == 1:
                found.files.append(path)
            continue
        if seen[kind] > MANY.get(kind, 1):
            continue
        response = visitor.page.goto(f"{visitor.server}{path}", wait_until="load")
        status = response.status if response else 0
        if status != 200:
            found.broken.append(f"{found.found_on.get(path)} links to {path}, which answers {status}")
        found.pages.append(path)
        _look(visitor, path, found)
        for link in visitor.page.evaluate(LINKS):
            address = urldefrag(link).url
            if not address.startswith(visitor.server):
                continue
            there = address.removeprefix(visitor.server)
            if there not in met:
                met.add(there)
                found.found_on[there] = path
                waiting.append(there)
    return found


def _look(visitor: Visitor, path: str, found: Map) -> None:
    for words in visitor.page.evaluate(READING):
        found.words.setdefault(words, path)
    wide = visitor.page.viewport_size
    visitor.page.set_viewport_size({"width": NARROW, "height": 740})
    if (width := visitor.page.evaluate("document.documentElement.scrollWidth")) > NARROW:
        found.wide.append(f"{path} is {width} pixels wide: {visitor.page.evaluate(TOO_WIDE)}")
    visitor.page.set_viewport_size(wide)
