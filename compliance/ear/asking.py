"""Which questions matter, and in which order: found by trying their answers on the engine itself.

A question is left out only where that is safe: nothing it could be answered changes the outcome, whatever the answers
to the others (:func:`still_open`, from how an outcome is drawn), or every answer leaves everything as it is, alone and
together with the questions that wait beside it. Where the trials run out, the rest is asked.

The order is that of the fewest questions to be expected after the answer: one that settles the case counts as none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.ear.conclusion import US_PERSON, Outcome, is_open
from compliance.ear.determination import Determination, determine
from compliance.ear.facts import BadFacts, Facts, json_safe
from compliance.ear.findings import Answer, Effect, Finding
from compliance.ear.law import Reading, Rulebook
from compliance.ear.trying import answers, having

TRIALS = 400
"""Determinations spent on one set of facts: a third of a second or so."""

Key = tuple[str, str | None]
_LIFTS = frozenset({Effect.EXCEPTS, Effect.AUTHORIZES})
_AGAINST = frozenset({Effect.REQUIRES_LICENSE, Effect.PROHIBITS, Effect.HOLDS, Effect.BARS_EXCEPTIONS})


@dataclass(frozen=True, slots=True)
class Ask:
    """A question worth asking.

    ``settles`` holds the tried answers after which nothing more need be asked, each with its outcome; ``shown`` says
    that a trial changed the outcome, so that it is certain to matter; ``waiting`` are the rules that wait for it.
    """

    field: str
    party: str | None
    waiting: tuple[str, ...]
    settles: tuple[tuple[Any, str], ...] = ()
    shown: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe data."""
        return {
            "field": self.field,
            "party": self.party,
            "waiting": list(self.waiting),
            "settles": [[json_safe(value), outcome] for value, outcome in self.settles],
            "shown": self.shown,
        }


def questions_that_matter(
    facts: Facts,
    *,
    on: dt.date,
    reading: Reading,
    book: Rulebook,
    tolerance: int = 0,
    trials: int = TRIALS,
    found: Determination | None = None,
) -> tuple[Ask, ...]:
    """Return the questions whose answers could change the outcome, the one that settles fastest first.

    ``found`` is the determination of these facts where it is known already; ``trials`` bounds the engine runs. Where
    nothing is left to ask, the outcome stands whatever the facts that are still unknown.
    """
    engine = _Engine(on, reading, book, tolerance, trials)
    base = found or engine.run(facts)
    assert base is not None  # noqa: S101 - the first run is never refused
    waiting = still_open(base)
    if not waiting:
        return ()
    search = _Search(engine, facts, base, waiting)
    search.try_each()
    search.try_with_the_others()
    search.try_pairs()
    return search.result()


def still_open(found: Determination) -> dict[Key, tuple[str, ...]]:
    """Return the questions that could still change the outcome, with the rules that wait for each.

    More facts turn an unknown into an answer and never an answer into another (the law here is monotone), so what is
    settled stays: after a prohibition nothing matters, after a requirement that nothing lifts only a prohibition does,
    and where a person has to decide anyway, no further reason to do so.
    """
    if found.outcome in {Outcome.PROHIBITED, Outcome.NOT_SUBJECT}:
        return {}
    outside = any(
        f.effect is Effect.SUBJECT and f.answer is Answer.DOES_NOT_APPLY and f.checked for f in found.findings
    )
    held = any(f.answer is not Answer.UNKNOWN and is_open(f) for f in found.findings)
    questions: dict[Key, list[str]] = {}
    for f in found.findings:
        # Of an item outside the law only what a U.S. person may do with it is left to settle.
        reached = f.of == US_PERSON or not outside
        if f.answer is Answer.UNKNOWN and f.missing and reached and _could_change(f, found.outcome, held):
            for m in f.missing:
                questions.setdefault((m.field, m.party), []).append(f.rule)
    order = {(q.field, q.party): rank for rank, q in enumerate(found.questions)}
    ordered = sorted(questions, key=lambda key: order.get(key, len(order)))
    return {key: tuple(dict.fromkeys(questions[key])) for key in ordered}


def _could_change(f: Finding, outcome: Outcome, held: bool) -> bool:
    if f.effect in {Effect.PROHIBITS, Effect.SUBJECT}:
        return True
    if outcome is Outcome.LICENSE_REQUIRED:
        return False
    if f.effect is Effect.REQUIRES_LICENSE:
        return True
    if f.effect is Effect.HOLDS:
        return not held
    return f.effect in _LIFTS and outcome is Outcome.UNDETERMINED


@dataclass(slots=True)
class _Engine:
    """Runs that are counted and remembered."""

    on: dt.date
    reading: Reading
    book: Rulebook
    tolerance: int
    left: int
    known: dict[Facts, Determination] = field(default_factory=dict)

    def run(self, facts: Facts) -> Determination | None:
        """Return the determination; ``None`` once all trials are spent."""
        found = self.known.get(facts)
        if found is None:
            if self.left <= 0:
                return None
            self.left -= 1
            found = self.known[facts] = determine(
                facts, on=self.on, reading=self.reading, book=self.book, tolerance=self.tolerance
            )
        return found

    def answers(self, key: Key) -> tuple[Any, ...]:
        return answers(key[0], law=self.book.on(self.on, self.reading, tolerance=self.tolerance), book=self.book)


def _with(facts: Facts, key: Key, value: Any) -> Facts | None:
    try:
        return having(facts, key[0], value, key[1])
    except (BadFacts, KeyError):
        return None


@dataclass(slots=True)
class _Tried:
    """What came of the answers to one question in the facts as they are."""

    rests: list[int] = field(default_factory=list)
    settles: list[tuple[Any, str]] = field(default_factory=list)
    kind: list[tuple[int, int, Any]] = field(default_factory=list)
    matters: bool = False
    states: set[Any] = field(default_factory=set)
    complete: bool = True


def _verdict(found: Determination) -> tuple[Outcome, str | None]:
    return found.outcome, found.authorization


def _state(found: Determination, but: Key) -> tuple[Any, ...]:
    """Return all that decides, apart from the question tried: two answers of equal state are one answer."""
    return tuple(
        (
            *(f.rule, f.party, f.effect, f.answer, f.checked, f.overcome_by, f.of),
            *((m.field, m.party) for m in f.missing if (m.field, m.party) != but),
        )
        for f in found.findings
        if f.effect not in {Effect.INFO, Effect.POLICY}
    )


class _Search:
    """The trials for one set of facts."""

    def __init__(
        self, engine: _Engine, facts: Facts, base: Determination, waiting: Mapping[Key, tuple[str, ...]]
    ) -> None:
        self.engine, self.facts, self.base, self.waiting = engine, facts, base, waiting
        self.tried: dict[Key, _Tried] = {key: _Tried() for key in waiting}

    def try_each(self) -> None:
        """Try every answer of every question alone."""
        before = _verdict(self.base)
        for key, tried in self.tried.items():
            for value in self.engine.answers(key):
                found = self._run(self.facts, key, value, tried)
                if found is None:
                    continue
                rest = len(still_open(found))
                tried.rests.append(rest)
                tried.states.add(_state(found, key))
                tried.matters = tried.matters or _verdict(found) != before
                if rest == 0:
                    tried.settles.append((value, found.outcome.value))
                tried.kind.append((_weight(found), rest, value))

    def try_with_the_others(self) -> None:
        """Answer all the others as harmlessly as they allow, and try each question on top of that.

        Once so that little else stays open, once so that much does: an item no rule reaches would hide the rest.
        """
        for busy in (False, True):
            if all(tried.matters for tried in self.tried.values()):
                return
            calm = self._calm(busy)
            for key, tried in self.tried.items():
                if not tried.matters:
                    self._differs(calm, key, tried)

    def _calm(self, busy: bool) -> Facts:
        facts = self.facts
        for key, tried in self.tried.items():
            if tried.kind:
                value = min(tried.kind, key=lambda one: _kindness(one[0], one[1], busy))[2]
                facts = _with(facts, key, value) or facts
        for _round in range(24):
            found = self.engine.run(facts)
            rest = still_open(found) if found else {}
            if not rest:
                break
            facts = self._kindest(facts, next(iter(rest)), busy)
        return facts

    def _kindest(self, facts: Facts, key: Key, busy: bool) -> Facts:
        best: tuple[int, int] | None = None
        chosen = facts
        for value in self.engine.answers(key):
            tried = _with(facts, key, value)
            found = self.engine.run(tried) if tried else None
            if tried is not None and found is not None:
                kindness = _kindness(_weight(found), len(still_open(found)), busy)
                if best is None or kindness < best:
                    best, chosen = kindness, tried
        return chosen

    def try_pairs(self) -> None:
        """Try the questions that still seem idle together with those that wait beside them."""
        beside: dict[Key, set[Key]] = {}
        for f in self.base.findings:
            keys = {(m.field, m.party) for m in f.missing}
            for key in keys & set(self.tried):
                beside.setdefault(key, set()).update(keys - {key})
        for key, tried in self.tried.items():
            if tried.matters:
                continue
            for other in sorted(beside.get(key, ()), key=str):
                for value in self.engine.answers(other):
                    given = _with(self.facts, other, value)
                    if given is not None and not tried.matters:
                        self._differs(given, key, tried)

    def _differs(self, facts: Facts, key: Key, tried: _Tried) -> None:
        verdicts, states = set(), set()
        for value in self.engine.answers(key):
            found = self._run(facts, key, value, tried)
            if found is not None:
                verdicts.add(_verdict(found))
                states.add(_state(found, key))
        tried.matters = tried.matters or len(verdicts) > 1
        if len(states) > 1:
            tried.states |= states

    def _run(self, facts: Facts, key: Key, value: Any, tried: _Tried) -> Determination | None:
        given = _with(facts, key, value)
        if given is None:
            return None
        found = self.engine.run(given)
        if found is None:
            tried.complete = False
        return found

    def result(self) -> tuple[Ask, ...]:
        """Return the questions in order. A single answer that was tried alone proves nothing, so it is kept."""
        kept = [
            key
            for key, tried in self.tried.items()
            if tried.matters or not tried.complete or len(tried.rests) < 2 or len(tried.states) > 1
        ]
        kept = kept or list(self.tried)
        rank = {key: place for place, key in enumerate(self.tried)}
        most = len(self.tried)
        kept.sort(key=lambda key: (not self.tried[key].matters, _expected(self.tried[key].rests, most), rank[key]))
        return tuple(
            Ask(key[0], key[1], self.waiting[key], tuple(self.tried[key].settles), self.tried[key].matters)
            for key in kept
        )


def _weight(found: Determination) -> int:
    """Return how much stands against the goods for good; an item outside the law tells nothing about the rest."""
    against = sum(
        f.effect in _AGAINST and (f.answer is Answer.APPLIES or (f.answer is Answer.DOES_NOT_APPLY and not f.checked))
        for f in found.findings
    )
    return against + 10 * (found.outcome is Outcome.NOT_SUBJECT)


def _kindness(weight: int, rest: int, busy: bool) -> tuple[int, int]:
    return weight, -rest if busy else rest


def _expected(rests: Iterable[int], most: int) -> float:
    counted = list(rests)
    return sum(counted) / len(counted) if counted else float(most)
