"""The law's sentences in both languages; the core speaks in keys, the doors in languages."""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from compliance.ear.findings import Finding

LANGUAGES = ("en", "zh")
_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache(maxsize=2)
def words(lang: str) -> Mapping[str, str]:
    """Return every sentence of ``lang`` ("en" or "zh") by dotted key."""
    found: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / lang).glob("*.yaml")):
        content = yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
        for group, held in content.items():
            for name, text in held.items():
                if (key := f"{group}.{name}") in found:
                    raise ValueError(f"words/{lang}/{path.name}: {key} has a sentence already")
                found[key] = str(text)
    return found


def placeholders(text: str) -> set[str]:
    """Return the names between braces in ``text``."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def say(what: str | Any, lang: str, values: Mapping[str, Any] | None = None) -> str:
    """Return the sentence of a key, or of anything with ``key`` and ``values`` (a finding, condition, policy, gap).

    ``lang`` is "en" or "zh"; a longer tag such as "zh-hans" is read by its first two letters. A value beginning with
    ``@`` is itself a key and is said in the same language. A key without a sentence is shown as it is, never lost.
    """
    short = "zh" if lang[:2].lower() == "zh" else "en"
    key, given = (what, values or {}) if isinstance(what, str) else (what.key, what.values)
    text = words(short).get(key)
    if text is None:
        return key
    filled = {name: _said(value, short) for name, value in given.items()}
    return text.format_map({name: filled.get(name, "?") for name in placeholders(text)})


def title(rule: str | Finding, lang: str) -> str:
    """Return the short name of a rule, for a card's head."""
    return say(f"{rule if isinstance(rule, str) else rule.rule}.title", lang)


def _said(value: Any, lang: str) -> str:
    if isinstance(value, str):
        return say(value[1:], lang) if value.startswith("@") else value
    if isinstance(value, list | tuple):
        return ("、" if lang == "zh" else ", ").join(_said(one, lang) for one in value)
    return str(value)
