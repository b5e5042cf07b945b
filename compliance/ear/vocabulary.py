"""Every fact the law can ask for: how it is written, what it is called in both languages and why it matters.

``FIELDS`` is the only list, read from ``words/fields.yaml``. Forms, questions, the API and
:meth:`compliance.ear.facts.Facts.from_dict` all read it, so a fact exists here or nowhere. Keys are ``case.…``,
``item.…`` and ``party.…``; ``case.parties`` and ``party.listings`` stand for the parties and the screening result,
which have forms of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from compliance.ear.fields import About, Choice, Field, Kind

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _field(key: str, written: Mapping[str, Any]) -> Field:
    return Field(
        key=key,
        about=About(key.split(".", 1)[0]),
        kind=Kind(written["kind"]),
        label=MappingProxyType(written["label"]),
        why=MappingProxyType(written["why"]),
        choices=tuple(Choice(v, MappingProxyType(label)) for v, label in written.get("choices", {}).items()),
        unit=written.get("unit", ""),
        cite=written.get("cite", ""),
    )


def _read(path: Path) -> Mapping[str, Field]:
    content = yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
    return MappingProxyType({key: _field(key, written) for key, written in content.items()})


FIELDS: Mapping[str, Field] = _read(Path(__file__).parent / "words" / "fields.yaml")
