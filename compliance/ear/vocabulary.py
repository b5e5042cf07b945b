"""Every fact the law can ask for: how it is written, what it is called in both languages and why it matters.

``FIELDS`` is the only list, read from the files of ``words/fields``. Forms, questions, the API and
:meth:`compliance.ear.facts.Facts.from_dict` all read it, so a fact exists here or nowhere. Keys are ``case.…``,
``item.…`` and ``party.…``; ``case.parties`` and ``party.listings`` stand for the parties and the screening result,
which have forms of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
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


# Forms show what everybody is asked first; the chapters follow by name.
_FIRST = ("case", "item", "party", "end_use", "authorization", "certifications")


def _read(folder: Path) -> Mapping[str, Field]:
    found: dict[str, Field] = {}
    names = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    for name in (*_FIRST, *(name for name in names if name not in _FIRST)):
        content = yaml.load(names[name].read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
        for key, written in content.items():
            if key in found:
                raise ValueError(f"words/fields/{name}.yaml: {key} is a field already")
            found[key] = _field(key, written)
    return MappingProxyType(found)


class _Vocabulary(Mapping[str, Field]):
    """The fields, read when one is first asked for: importing the law stays quick."""

    @cached_property
    def _fields(self) -> Mapping[str, Field]:
        return _read(Path(__file__).parent / "words" / "fields")

    def __getitem__(self, key: str) -> Field:
        return self._fields[key]

    def __contains__(self, key: object) -> bool:
        return key in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


FIELDS: Mapping[str, Field] = _Vocabulary()
