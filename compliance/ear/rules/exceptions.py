"""What the rules of license exceptions share: who relies on one, conditions that are stated, and how they add up.

An exception beside NAC and ACA is examined only once somebody relies on it (``exception_relied_on``): left
unexamined it can only leave an answer too strict, and its questions would drown people who never think of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from compliance.ear.facts import Facts
from compliance.ear.findings import Answer, Effect, Finding, Rule, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Cited, Law, Reading

NOTHING: tuple[Said, ...] = ()
RELIED = "case.authorization.exception_relied_on"
When = Callable[[Facts, Law], bool]


def relied(facts: Facts, code: str) -> bool:
    """Whether somebody relies on the exception or authorization ``code``; unknown is not."""
    return facts.authorization.exception_relied_on == code


@lru_cache(maxsize=2048)
def text_of(code: str, law: Law) -> tuple[Cited, ...]:
    """Return the line that says whether the text of ``code`` was read for this day."""
    row = law.row("part_740.texts", code)
    return (row,) if row else ()


def answered(facts: Facts, field: str, wants: bool, **more: object) -> Said:
    """Answer for a condition that is one yes-or-no fact."""
    value, read = facts.get(field), facts.seen(field)
    if value is None:
        return unknown("exception.unasked", missing=(field,), read=read, **more)
    return (
        applies("exception.met", read=read, **more)
        if value is wants
        else does_not_apply("exception.not_met", read=read, **more)
    )


def named(
    name: str, cite: str, says: str, body: Callable[[Facts, Law, Sequence[Finding]], Said | Iterable[Said]], **more: Any
) -> Rule:
    """Make a rule of a body that several rules share. ``says`` is what the law says, ``more`` as for :func:`rule`."""
    body.__name__, body.__doc__ = name, says
    return rule(cite, looks_back=True, **more)(body)


def condition(
    name: str,
    cite: str,
    says: str,
    test: Callable[[Facts, Law, Sequence[Finding]], Said | Iterable[Said]],
    *,
    of: str,
    since: date = FIRST_DAY,
    procedural: bool = False,
    only: Reading | None = None,
) -> Rule:
    """Make a condition of ``of`` that is asked only of those who rely on it. ``says`` is what the law says."""

    def body(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
        return test(facts, law, before) if relied(facts, of) else NOTHING

    return named(name, cite, says, body, step=Step.EXCEPTION, since=since, effect=Effect.CONDITION, of=of,
                 procedural=procedural, only=only)  # fmt: skip


def stated(
    name: str,
    cite: str,
    says: str,
    field: str,
    *,
    of: str,
    wants: bool = True,
    when: When | None = None,
    since: date = FIRST_DAY,
    procedural: bool = False,
    only: Reading | None = None,
) -> Rule:
    """Make a condition that one yes-or-no fact answers; ``when`` says whether it is in play at all."""

    def test(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
        return NOTHING if when is not None and not when(facts, law) else answered(facts, field, wants)

    return condition(name, cite, says, test, of=of, since=since, procedural=procedural, only=only)


def together(before: Sequence[Finding], code: str, *texts: Cited) -> Said:
    """An exception applies when every condition that decides is met; ``texts`` are what the conditions were read in."""
    deciding = [f for f in before if f.of == code and f.effect is Effect.CONDITION and not f.procedural]
    failed = [f for f in deciding if f.answer is Answer.DOES_NOT_APPLY]
    if failed:
        values = {"rules": [f"@{f.rule}.title" for f in failed]}
        return does_not_apply("general.exception_fails", values=values, checked=True)
    waiting = [f for f in deciding if f.answer is Answer.UNKNOWN]
    if waiting:
        missing = tuple(dict.fromkeys(m for f in waiting for m in f.missing))
        values = {"rules": [f"@{f.rule}.title" for f in waiting]}
        return unknown("general.exception_open", *texts, missing=missing, values=values)
    read = all(f.checked for f in deciding) and all(text.checked for text in texts)
    return applies("general.exception_serves" if read else "exception.text_not_read", *texts, checked=read)


def serves(
    name: str,
    cite: str,
    says: str,
    *,
    of: str,
    since: date = FIRST_DAY,
    effect: Effect = Effect.EXCEPTS,
    only: Reading | None = None,
) -> Rule:
    """Make the rule that adds up the conditions of an exception."""

    def body(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
        return together(before, of, *text_of(of, law)) if relied(facts, of) else NOTHING

    return named(name, cite, says, body, step=Step.EXCEPTION, since=since, effect=effect, of=of, only=only)
