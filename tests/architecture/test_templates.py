"""The habits of the templates: small components that name their inputs, nothing a strict policy would refuse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMPONENTS = sorted((ROOT / "templates" / "components").glob("*.html"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", COMPONENTS, ids=named)
def test_a_component_is_short_and_its_first_line_names_its_inputs(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) <= 40
    assert lines[0].startswith(f"{{# {path.stem}")
    assert "#}" in lines[0]


@pytest.mark.parametrize("path", [p for p in TEMPLATES if "mail" not in p.parts], ids=named)
def test_no_template_carries_inline_style_or_script(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<style\b|\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or "application/json" in tag, tag


def test_no_page_asks_another_host_for_anything() -> None:
    for path in TEMPLATES:
        assert not re.search(r"(src|action)\s*=\s*[\"']\s*(https?:)?//", path.read_text("utf-8")), path


def test_the_page_script_stays_small() -> None:
    assert len((ROOT / "static" / "js" / "app.js").read_text("utf-8").splitlines()) <= 150
