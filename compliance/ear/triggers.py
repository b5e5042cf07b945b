"""A condition over facts that answers yes, no or *unknown*: nine operators, ``any``, ``all`` or an expression.

The logic is Kleene's strong three-valued logic; ``None`` is unknown. ``None or True`` is true, ``None and False`` is
false, everything else that touches ``None`` stays unknown. Rows of catalogues are written in this small language, so
that a lawyer can read them; what it cannot say is a function beside the row.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

Kleene = bool | None


class Operator(StrEnum):
    """How a given value is held against the value of the row."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    CONTAINS = "contains"
    INTERSECTS = "intersects"


class BadTrigger(ValueError):
    """A row that cannot be evaluated; the message says which part and why."""


def either(answers: Iterable[Kleene]) -> Kleene:
    """Kleene's "or": true if any is true, false if all are false, else unknown. Of nothing: false."""
    unknown = False
    for answer in answers:
        if answer is True:
            return True
        unknown = unknown or answer is None
    return None if unknown else False


def both(answers: Iterable[Kleene]) -> Kleene:
    """Kleene's "and": false if any is false, true if all are true, else unknown. Of nothing: true."""
    unknown = False
    for answer in answers:
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True


def squeezed(text: str) -> str:
    """Return ``text`` without case, spaces and punctuation, so that "Ascend-910 B" is found as "ascend910b"."""
    return re.sub(r"[\W_]+", "", text.casefold())


def compare(op: Operator, given: Any, value: Any) -> Kleene:
    """Hold ``given`` against ``value``; ``None`` given is unknown under every operator.

    ``eq``, ``ne`` and ``in`` compare whole values; ``lt le gt ge`` compare numbers or dates; ``contains`` asks
    whether a given set (or text) has the one value in it, ``intersects`` whether it has any of the values. Text is
    compared without case, spaces and punctuation. Raises :class:`BadTrigger` when the two cannot be compared.
    """
    if given is None:
        return None
    match op:
        case Operator.EQ:
            return bool(_plain(given) == _plain(value))
        case Operator.NE:
            return bool(_plain(given) != _plain(value))
        case Operator.IN:
            return _plain(given) in {_plain(one) for one in _several(op, value)}
        case Operator.CONTAINS:
            return _has(op, given, value)
        case Operator.INTERSECTS:
            return any(_has(op, given, one) for one in _several(op, value))
        case _:
            return _ordered(op, given, value)


def _plain(value: Any) -> Any:
    # True == 1 in Python; a yes must never equal a number.
    return ("yes_no", value) if isinstance(value, bool) else squeezed(value) if isinstance(value, str) else value


def _several(op: Operator, value: Any) -> tuple[Any, ...]:
    if isinstance(value, str) or not isinstance(value, list | tuple | set | frozenset):
        raise BadTrigger(f"'{op.value}' needs a list of values, not {value!r}")
    return tuple(value)


def _has(op: Operator, given: Any, one: Any) -> bool:
    if isinstance(given, str):
        if not (wanted := squeezed(str(one))):
            raise BadTrigger(f"'{op.value}' needs letters or digits to look for, not {one!r}")
        return wanted in squeezed(given)
    if isinstance(given, list | tuple | set | frozenset):
        return _plain(one) in {_plain(member) for member in given}
    raise BadTrigger(f"'{op.value}' needs a set or text, not {given!r}")


def _ordered(op: Operator, given: Any, value: Any) -> bool:
    left, right = _orderable(op, given), _orderable(op, value)
    if type(left) is not type(right):
        raise BadTrigger(f"'{op.value}' cannot hold {given!r} against {value!r}")
    answers: dict[Operator, bool] = {
        Operator.LT: left < right,
        Operator.LE: left <= right,
        Operator.GT: left > right,
        Operator.GE: left >= right,
    }
    return answers[op]


def _orderable(op: Operator, value: Any) -> Any:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    raise BadTrigger(f"'{op.value}' needs a number or a date, not {value!r}")


@dataclass(frozen=True, slots=True)
class Trigger:
    """One test of one fact. ``policy`` names the entry of the policy that supplies the value, if the law gives none."""

    field: str
    op: Operator
    value: Any
    policy: str = ""

    def holds(self, values: Mapping[str, Any], policy: Mapping[str, Any] | None = None) -> Kleene:
        """Answer for these values. A policy entry that is missing or ``None`` leaves the answer unknown."""
        if not self.policy:
            return compare(self.op, values.get(self.field), self.value)
        threshold = (policy or {}).get(self.policy)
        return None if threshold is None else compare(self.op, values.get(self.field), threshold)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a condition says: the answer, the positions (from 1) that hold, the fields that could still change it."""

    answer: Kleene
    fired: tuple[int, ...]
    missing: tuple[str, ...]


# A parsed expression: a position from 1, or a connective with its parts.
Tree = int | tuple[str, tuple["Tree", ...]]


@dataclass(frozen=True, slots=True)
class Condition:
    """Triggers joined by a tree. Build with :meth:`parse`."""

    triggers: tuple[Trigger, ...]
    tree: Tree

    @classmethod
    def parse(cls, triggers: Iterable[Trigger], logic: str) -> Condition:
        """Join ``triggers`` by ``any``, ``all`` or an expression such as ``1 or (2 and 3)``.

        Raises :class:`BadTrigger` when the expression is malformed, names no such position or leaves one out.
        """
        held = tuple(triggers)
        if not held:
            raise BadTrigger("a condition needs at least one trigger")
        places = tuple(range(1, len(held) + 1))
        if logic in {"any", "all"}:
            return cls(held, ("or" if logic == "any" else "and", places))
        tree = _Parser(logic).parse()
        used = set(_positions(tree))
        if used != set(places):
            raise BadTrigger(f"'{logic}' must use each of the positions 1 to {len(held)}")
        return cls(held, tree)

    def ask(self, values: Mapping[str, Any], policy: Mapping[str, Any] | None = None) -> Verdict:
        """Evaluate over known ``values`` (absent or ``None`` is unknown)."""
        answers = {place: one.holds(values, policy) for place, one in enumerate(self.triggers, 1)}
        fired = tuple(place for place, answer in answers.items() if answer)
        open_places = _open(self.tree, answers)
        missing = dict.fromkeys(self.triggers[place - 1].field for place in open_places)
        return Verdict(_answer(self.tree, answers), fired, tuple(missing))


def _answer(tree: Tree, answers: Mapping[int, Kleene]) -> Kleene:
    if isinstance(tree, int):
        return answers[tree]
    join, parts = tree
    return (either if join == "or" else both)(_answer(part, answers) for part in parts)


def _open(tree: Tree, answers: Mapping[int, Kleene]) -> tuple[int, ...]:
    """Return the unknown positions below parts that are themselves unknown: a settled part needs no more questions."""
    if _answer(tree, answers) is not None:
        return ()
    if isinstance(tree, int):
        return (tree,)
    return tuple(sorted({place for part in tree[1] for place in _open(part, answers)}))


def _positions(tree: Tree) -> tuple[int, ...]:
    return (tree,) if isinstance(tree, int) else tuple(place for part in tree[1] for place in _positions(part))


class _Parser:
    """``or`` binds weaker than ``and``; parentheses as usual."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = re.findall(r"\d+|\(|\)|\w+|\S", text)
        self.place = 0

    def parse(self) -> Tree:
        tree = self._join("or", lambda: self._join("and", self._leaf))
        if self.place != len(self.words):
            raise BadTrigger(f"'{self.text}' goes on after its end")
        return tree

    def _next(self) -> str:
        return self.words[self.place] if self.place < len(self.words) else ""

    def _join(self, word: str, part: Any) -> Tree:
        parts = [part()]
        while self._next() == word:
            self.place += 1
            parts.append(part())
        return parts[0] if len(parts) == 1 else (word, tuple(parts))

    def _leaf(self) -> Tree:
        word = self._next()
        self.place += 1
        if word.isdigit() and int(word) > 0:
            return int(word)
        if word == "(":
            tree = self._join("or", lambda: self._join("and", self._leaf))
            if self._next() != ")":
                raise BadTrigger(f"'{self.text}' lacks a closing parenthesis")
            self.place += 1
            return tree
        raise BadTrigger(f"'{self.text}' has {word or 'nothing'!r} where a position is expected")
