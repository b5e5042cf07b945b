"""Words and marks can be told from their ground in the light theme, the dark theme and on paper (WCAG 2.2 AA)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
WORDS, MARKS = 4.5, 3.0
STATES = ("held", "open", "authorized", "refused", "unknown", "quiet")
GROUNDS = ("paper", "paper-raised", "paper-sunken")

PAIRS = [
    *((ink, ground, WORDS) for ink in ("ink", "ink-quiet", "accent") for ground in GROUNDS),
    *((ink, "accent-ground", WORDS) for ink in ("ink", "ink-quiet", "accent")),
    *((state, ground, WORDS) for state in STATES for ground in (f"{state}-ground", *GROUNDS)),
    *(("ink", f"{state}-ground", WORDS) for state in STATES),
    *((f"{state}-line", ground, MARKS) for state in STATES for ground in (f"{state}-ground", *GROUNDS)),
    *(("edge", ground, MARKS) for ground in GROUNDS),
    *(("focus", ground, MARKS) for ground in (*GROUNDS, "accent-ground")),
    *((state, "mark", WORDS) for state in ("ink",)),
    ("ink-quiet", "unknown-ground", WORDS),
    ("on-accent", "accent-solid", WORDS),
    ("on-accent", "accent-solid-hover", WORDS),
    ("rail-ink", "rail", WORDS),
    ("rail-ink-quiet", "rail", WORDS),
    ("rail-here-ink", "rail-here", WORDS),
    ("rail-count-ink", "rail-count", WORDS),
    ("rail-count", "rail", MARKS),
    ("alarm-ink", "alarm", WORDS),
]


def tokens(theme: str) -> dict[str, str]:
    """Colors of a theme: the light ones, with what the theme redefines on top."""
    text = TOKENS.read_text("utf-8")
    light, dark = text.split("@media (prefers-color-scheme: dark)")
    dark, paper = dark.split("@media print")
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    more = {"light": "", "dark": dark, "paper": paper}[theme]
    return found | dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", more))


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def test_the_measure_agrees_with_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark", "paper"])
def test_every_pair_of_tokens_can_be_read(theme: str) -> None:
    colors = tokens(theme)
    weak = [
        f"{ink} on {ground}: {contrast(colors[ink], colors[ground]):.2f}, needs {need}"
        for ink, ground, need in PAIRS
        if contrast(colors[ink], colors[ground]) < need
    ]
    assert weak == []


def test_every_color_of_the_dark_theme_has_a_light_one() -> None:
    assert set(tokens("dark")) == set(tokens("light"))


@pytest.mark.parametrize("name", ["base.css", "layout.css", "components.css", "print.css"])
def test_only_tokens_name_colors(name: str) -> None:
    """White is the one exception: the ground of a QR code stays white in every theme, or no camera reads it."""
    text = (TOKENS.parent / name).read_text("utf-8")
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", text)) <= {"#ffffff"}
