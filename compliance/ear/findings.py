"""What one rule says about one set of facts: a finding, its question, and how a rule is written down.

A rule is a function with a citation and a life span. New law is a new function; old law is ended with ``until=``,
never edited. A rule answers with :func:`applies`, :func:`does_not_apply` or :func:`unknown`; a missing fact is named
so that it can be asked for, and never becomes "no".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from compliance.ear.facts import Facts, Seen, json_safe
from compliance.ear.law import Cited, Law, NotYetEncoded, Reading, Span


class Step(StrEnum):
    """The segments of Part 732, in the order they are walked."""

    SUBJECT = "subject"
    CLASSIFICATION = "classification"
    REQUIREMENT = "requirement"
    END_USE = "end_use"
    PROHIBITION = "prohibition"
    EXCEPTION = "exception"
    AUTHORIZATION = "authorization"
    DUTIES = "duties"


class Answer(StrEnum):
    """Three answers. Unknown is never no."""

    APPLIES = "applies"
    DOES_NOT_APPLY = "does_not_apply"
    UNKNOWN = "unknown"


class Effect(StrEnum):
    """What a finding does to the outcome when it applies."""

    SUBJECT = "subject"
    CLASSIFIES = "classifies"
    REQUIRES_LICENSE = "requires_license"
    PROHIBITS = "prohibits"
    HOLDS = "holds"  # not encoded or in conflict: a person decides
    BARS_EXCEPTIONS = "bars_exceptions"
    EXCEPTS = "excepts"
    AUTHORIZES = "authorizes"  # a general license
    CONDITION = "condition"
    POLICY = "policy"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact somebody has to find out; ``party`` is the party's ref, or ``None``."""

    field: str
    party: str | None = None


class Finding(NamedTuple):
    """One answer of one rule, with everything it rests on.

    ``key`` and ``values`` give the sentence (:func:`compliance.ear.say`). ``of`` names the exception or license a
    condition belongs to; ``procedural`` marks what has to be done before shipment rather than what has to be true.
    ``overcome_by`` names the authorizations that lift this requirement.
    """

    rule: str
    cite: str
    step: Step
    effect: Effect
    answer: Answer
    key: str
    values: Mapping[str, Any]
    relied_on: tuple[Cited, ...]
    read: Seen
    missing: tuple[Missing, ...]
    party: str | None
    checked: bool
    overcome_by: tuple[str, ...]
    of: str
    procedural: bool

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe data."""
        rule, cite, step, effect, answer, key, values, relied, read, missing, party, checked, lifted, of, procedural = (
            self
        )
        # In the order of their names, in which the bytes are sorted anyway.
        return {
            "answer": answer._value_,
            "checked": checked,
            "cite": cite,
            "effect": effect._value_,
            "key": key,
            "missing": [[m.field, m.party] for m in missing] if missing else [],
            "of": of,
            "overcome_by": list(lifted),
            "party": party,
            "procedural": procedural,
            "read": list(map(list, read)),
            "relied_on": [cited.to_dict() for cited in relied] if relied else [],
            "rule": rule,
            "step": step._value_,
            "values": dict(values),
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Finding:
        """Read what :meth:`to_dict` wrote."""
        return cls(
            rule=given["rule"],
            cite=given["cite"],
            step=Step(given["step"]),
            effect=Effect(given["effect"]),
            answer=Answer(given["answer"]),
            key=given["key"],
            values=dict(given["values"]),
            relied_on=tuple(Cited.from_dict(cited) for cited in given["relied_on"]),
            read=tuple((path, value) for path, value in given["read"]),
            missing=tuple(Missing(name, party) for name, party in given["missing"]),
            party=given["party"],
            checked=given["checked"],
            overcome_by=tuple(given["overcome_by"]),
            of=given["of"],
            procedural=given["procedural"],
        )


@dataclass(slots=True)
class Said:
    """What a rule's body returns; :class:`Rule` adds name, citation and step, and its name to a key without a dot."""

    answer: Answer
    key: str
    relied_on: tuple[Cited, ...] = ()
    read: Seen = ()
    missing: tuple[Missing, ...] = ()
    values: Mapping[str, Any] | None = None
    party: str | None = None
    checked: bool | None = None
    effect: Effect | None = None
    overcome_by: tuple[str, ...] = ()
    cite: str = ""


def applies(key: str, *relied_on: Cited, **more: Any) -> Said:
    """The rule applies, for the reason ``key``."""
    return Said(Answer.APPLIES, key, relied_on, **more)


def does_not_apply(key: str, *relied_on: Cited, **more: Any) -> Said:
    """The rule does not apply, for the reason ``key``."""
    return Said(Answer.DOES_NOT_APPLY, key, relied_on, **more)


def unknown(key: str, *relied_on: Cited, missing: Iterable[str | Missing] = (), **more: Any) -> Said:
    """The rule cannot answer; ``missing`` names the facts to ask for (none: only a person can decide)."""
    party = more.get("party")
    named = tuple(
        m if isinstance(m, Missing) else Missing(m, party if m.startswith("party.") else None) for m in missing
    )
    return Said(Answer.UNKNOWN, key, relied_on, missing=named, **more)


class Before(list[Finding]):
    """The findings so far. What most rules look back for is kept beside them, so that nobody walks the whole list."""

    __slots__ = ("required", "served", "serving", "unscoped")

    def __init__(self, found: Iterable[Finding] = ()) -> None:
        super().__init__()
        self.required: list[Finding] = []
        self.serving: list[Finding] = []
        self.served: set[str] = set()
        self.unscoped: list[Finding] = []
        for finding in found:
            self.add(finding)

    def add(self, finding: Finding) -> None:
        """Put one more finding at the end."""
        self.append(finding)
        effect = finding.effect
        if finding.answer is Answer.APPLIES:
            if effect is Effect.REQUIRES_LICENSE:
                self.required.append(finding)
            elif effect is Effect.EXCEPTS or effect is Effect.AUTHORIZES:
                self.serving.append(finding)
                self.served.add(finding.of)
        elif effect is Effect.SUBJECT and finding.answer is Answer.DOES_NOT_APPLY:
            self.unscoped.append(finding)


def kept(before: Sequence[Finding]) -> Before:
    """Return ``before`` with what is kept beside it; the engine's own list has it already."""
    return before if type(before) is Before else Before(before)


_made = tuple.__new__
_PLAIN = frozenset({str, bool, int, type(None)})
Body = Callable[..., "Said | Iterable[Said]"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of law: its function, citation, step and life span."""

    name: str
    cite: str
    step: Step
    effect: Effect
    span: Span
    body: Body
    of: str
    procedural: bool
    looks_back: bool
    # Whether the rule belongs to an authorization (``of``): asked only where that could lift a requirement.
    lifts: bool

    def reads(self, facts: Facts, law: Law, before: Sequence[Finding]) -> Iterable[Finding]:
        """Apply the rule; what the law does not yet say comes back as unknown."""
        try:
            said = self.body(facts, law, before) if self.looks_back else self.body(facts, law)
            if type(said) is not Said:
                # A rule with nothing to say mostly says it with an empty tuple.
                return [self._finding(one) for one in said] if said else ()  # type: ignore[union-attr]
        except NotYetEncoded as gap:
            said = unknown("not_encoded", values={"parameter": gap.parameter})
            return (self._finding(said, key="general.not_encoded"),)
        return (self._finding(said),)

    def _finding(self, said: Said, key: str = "") -> Finding:
        checked, values, said_as = said.checked, said.values, key or said.key
        if checked is None:
            checked = True
            for cited in said.relied_on:
                if not cited.checked:
                    checked = False
                    break
        # Past the checks of NamedTuple's own constructor: this runs for every finding of every determination.
        return _made(
            Finding,
            (
                self.name,
                said.cite or self.cite,
                self.step,
                said.effect or self.effect,
                said.answer,
                said_as if "." in said_as else f"{self.name}.{said_as}",
                {name: value if type(value) in _PLAIN else json_safe(value) for name, value in values.items()}
                if values
                else {},
                said.relied_on,
                said.read,
                said.missing,
                said.party,
                checked,
                said.overcome_by,
                self.of,
                self.procedural,
            ),
        )


def rule(
    cite: str,
    *,
    step: Step,
    since: dt.date,
    until: dt.date | None = None,
    comply: dt.date | None = None,
    unenforced: dt.date | None = None,
    only: Reading | None = None,
    effect: Effect = Effect.INFO,
    of: str = "",
    procedural: bool = False,
    looks_back: bool = False,
) -> Callable[[Body], Rule]:
    """Make a rule of a function ``(facts, law)``; with ``looks_back`` it also gets the findings before it.

    ``until`` is the last day, inclusive. ``of`` and ``procedural`` are for conditions of an exception.
    """

    def made(body: Body) -> Rule:
        name = getattr(body, "__name__", "rule")
        span = Span(since, comply, until, unenforced, only)
        lifts = bool(of) and step in {Step.EXCEPTION, Step.AUTHORIZATION}
        return Rule(name, cite, step, effect, span, body, of, procedural, looks_back, lifts)

    return made
