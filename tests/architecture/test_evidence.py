"""Every action that leaves evidence says who hears of it, in words, or says that nobody does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from compliance.lifecycle import Action
from notifications.sentences import SENTENCES, sentence
from notifications.subscriptions import SUBSCRIPTIONS

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("audit", "screening", "compliance", "config")


def recorded() -> Iterator[tuple[str, str]]:
    """Yield every action that some ``record(…)`` in the source writes, and where."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args and _name(node.func) == "record":
                    for action in _texts(node.args[0]):
                        yield action, f"{path.relative_to(ROOT)}:{node.lineno}"


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _texts(value: ast.expr) -> list[str]:
    """Return the texts an expression can be: one, either side of a condition, or one for every action of a case."""
    if isinstance(value, ast.Constant):
        return [str(value.value)]
    if isinstance(value, ast.IfExp):
        return _texts(value.body) + _texts(value.orelse)
    if isinstance(value, ast.JoinedStr):
        return [f"case.{action.value}" for action in Action]
    return []


def test_the_source_is_read_rightly() -> None:
    found = {action for action, _place in recorded()}
    assert {"case.open", "clock.warn", "clock.overdue", "case.ship", "match.judge", "log.export"} <= found


def test_every_action_says_who_hears_of_it_or_says_nobody() -> None:
    missing = sorted({f"{action} ({place})" for action, place in recorded() if action not in SUBSCRIPTIONS})
    assert missing == []


def test_every_action_of_the_lifecycle_says_who_hears_of_it() -> None:
    assert [action for action in Action if f"case.{action.value}" not in SUBSCRIPTIONS] == []


def test_what_somebody_hears_of_has_a_sentence_and_what_nobody_hears_of_has_none() -> None:
    heard = {action for action, subscription in SUBSCRIPTIONS.items() if subscription.audiences}
    assert heard == set(SENTENCES)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("action", sorted(SENTENCES))
def test_a_sentence_can_be_said_even_of_an_entry_that_holds_nothing(action: str, language: str) -> None:
    with translation.override(language):
        said = sentence(action, {}, who="Mira")
    assert said
    assert "{" not in said
