"""The rulebook with draft files in place, as an impact run asks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from django.utils.translation import gettext as _

from compliance import ear
from compliance.ear.law import PARAMETERS, BadParameter, Parameter, Rulebook, load

from .refusals import BadInput


def read_with(files: Mapping[str, str]) -> Rulebook:
    """Read the rulebook with these files in place. Raises :class:`~.refusals.BadInput` naming file and line."""
    # What the rules count on is checked here: a draft must fail before the run begins, not in the middle of it.
    if not files:
        return ear.the_book()
    known = {path.name for path in PARAMETERS.iterdir() if path.is_dir()}
    for name in files:
        folder, slash, leaf = name.partition("/")
        if not slash or "/" in leaf or not leaf.endswith(".yaml") or folder not in known:
            raise BadInput(
                "overlay",
                _("“%(name)s” is no place in the rulebook. Name files as part_744/affiliates.yaml."),
                name=name[:120],
            )
    try:
        book = load(PARAMETERS, {name: text.encode() for name, text in files.items()})
    except (BadParameter, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError, StopIteration) as error:
        raise BadInput(
            "overlay",
            _("The rulebook cannot be read with these files: %(why)s"),
            why=" ".join(str(error).split())[:300],
        ) from error
    for name in files:
        key = name.removesuffix(".yaml").replace("/", ".")
        if key not in book.parameters:
            raise BadInput(
                "overlay",
                _("“%(name)s” is no parameter: it needs title, cite and one of history, members or rows."),
                name=name[:120],
            )
        if (old := ear.the_book().parameters.get(key)) is not None:
            _refuse_another_kind(name, old, book.parameters[key])
    return book


def says_already(name: str, text: str) -> bool:
    """Whether the rulebook in use holds this very file."""
    path = PARAMETERS / name
    return path.is_file() and path.read_bytes() == text.encode()


def _refuse_another_kind(name: str, old: Parameter, new: Parameter) -> None:
    """Raise :class:`~.refusals.BadInput` for a text where the rules read a number, and the like."""
    if new.shape != old.shape:
        raise BadInput(
            "overlay",
            _("“%(name)s” is %(shape)s in the rulebook in use. Keep its shape: the rules read it so."),
            name=name[:120],
            shape=old.shape,
        )
    if old.shape != "history":
        return
    known = {_kind(line.cited.value) for line in old.lines}
    for number, line in enumerate(new.lines, 1):
        if _kind(line.cited.value) not in known:
            raise BadInput(
                "overlay",
                _("“%(name)s”, line %(number)d: the rules cannot read this value. Write one like those before it."),
                name=name[:120],
                number=number,
            )


def _kind(value: Any) -> str:
    if value is None or isinstance(value, bool | str):
        return type(value).__name__
    if isinstance(value, Mapping):
        return "mapping"
    if isinstance(value, list | tuple | set | frozenset):
        return "list"
    # Not a number is not equal to itself, and no rule can compare it.
    return "number" if value == value else "not a number"
