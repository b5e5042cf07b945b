"""From findings to an outcome, in three-valued logic: a small total function.

An unknown or a chapter not encoded counts only where it could change the answer, and an unchecked line may make the
answer stricter, never more lenient.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from compliance.ear.findings import Answer, Effect, Finding, Step
from compliance.ear.law import Cited, Law


class Outcome(StrEnum):
    """What the law says of one line of a case."""

    NOT_SUBJECT = "not_subject"
    NO_LICENSE_REQUIRED = "no_license_required"
    LICENSE_EXCEPTION = "license_exception"
    GENERAL_LICENSE = "general_license"
    UNDETERMINED = "undetermined"
    LICENSE_REQUIRED = "license_required"
    PROHIBITED = "prohibited"


# From lenient to strict; an unknown is stricter than anything that lets goods go.
_STRICTNESS = {outcome: rank for rank, outcome in enumerate(Outcome)}
_MATTERS = frozenset({Effect.SUBJECT, Effect.REQUIRES_LICENSE, Effect.PROHIBITS, Effect.HOLDS})
_STEPS = {step: rank for rank, step in enumerate(Step)}
US_PERSON = "us_person"
"""What 744.6 asks of U.S. persons (``of``): it stands also where the item itself is not subject to the EAR."""

_SERVICES = frozenset({"service_without_item.iaas", "service_without_item.us_person"})


@dataclass(frozen=True, slots=True)
class Question:
    """A fact to ask for: the field, the party it is about, and the rules that wait for it."""

    field: str
    party: str | None
    waiting: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe data."""
        return {"field": self.field, "party": self.party, "waiting": list(self.waiting)}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Question:
        """Read what :meth:`to_dict` wrote."""
        return cls(given["field"], given["party"], tuple(given["waiting"]))


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that has to be done before shipment. ``met`` is ``None`` while nobody knows."""

    rule: str
    of: str
    cite: str
    key: str
    values: Mapping[str, Any]
    met: bool | None
    fields: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe data."""
        return {
            "rule": self.rule,
            "of": self.of,
            "cite": self.cite,
            "key": self.key,
            "values": dict(self.values),
            "met": self.met,
            "fields": list(self.fields),
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Condition:
        """Read what :meth:`to_dict` wrote."""
        return cls(**{**given, "fields": tuple(given["fields"]), "values": dict(given["values"])})


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """How BIS says it reviews an application; ``policy`` is the short code, ``key`` the sentence."""

    policy: str
    cite: str
    key: str
    values: Mapping[str, Any]
    checked: bool

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe data."""
        return {
            "policy": self.policy,
            "cite": self.cite,
            "key": self.key,
            "values": dict(self.values),
            "checked": self.checked,
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> ReviewPolicy:
        """Read what :meth:`to_dict` wrote."""
        return cls(**{**given, "values": dict(given["values"])})


@dataclass(frozen=True, slots=True)
class NotEncoded:
    """A chapter on which the answer says nothing; ``holds`` when it could change the answer."""

    cite: str
    key: str
    values: Mapping[str, Any]
    party: str | None
    holds: bool

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe data."""
        return {
            "cite": self.cite,
            "key": self.key,
            "values": dict(self.values),
            "party": self.party,
            "holds": self.holds,
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> NotEncoded:
        """Read what :meth:`to_dict` wrote."""
        return cls(**{**given, "values": dict(given["values"])})


@dataclass(frozen=True, slots=True)
class Concluded:
    """What follows from the findings."""

    outcome: Outcome
    authorization: str | None
    review_policy: ReviewPolicy | None
    conditions: tuple[Condition, ...]
    questions: tuple[Question, ...]
    not_encoded: tuple[NotEncoded, ...]
    aes_codes: tuple[Cited, ...]


def is_open(finding: Finding) -> bool:
    """Whether the finding could still make the answer stricter."""
    if finding.effect not in _MATTERS:
        return False
    if finding.answer is Answer.UNKNOWN:
        return True
    if finding.answer is Answer.APPLIES:
        return finding.effect is Effect.HOLDS
    # "No" that rests on a line nobody has checked must not let anything go.
    return not finding.checked and finding.effect is not Effect.SUBJECT


def conclude(findings: tuple[Finding, ...], law: Law) -> Concluded:
    """Draw the outcome and what belongs to it."""
    outcome, authorization = _outcome(findings)
    # A "no" asks nothing and states no policy; only what is shown for information may still name a chapter.
    telling = [f for f in findings if f.answer is not Answer.DOES_NOT_APPLY or f.effect is Effect.INFO]
    required = any(f.effect is Effect.REQUIRES_LICENSE and f.answer is Answer.APPLIES for f in telling)
    return Concluded(
        outcome,
        authorization,
        _policy(telling) if required and outcome is not Outcome.PROHIBITED else None,
        _conditions(findings, authorization),
        _questions(telling, outcome),
        _not_encoded(telling, outcome),
        _aes_codes(findings, authorization, law),
    )


def strictest_outcome(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the strictest; with nothing to judge the answer is undetermined."""
    return max(outcomes, key=_STRICTNESS.__getitem__, default=Outcome.UNDETERMINED)


def _outcome(findings: tuple[Finding, ...]) -> tuple[Outcome, str | None]:
    required, exceptions, waiting, beyond_law, outside = [], {}, False, False, False
    no, subject, lifting_effects = Answer.DOES_NOT_APPLY, Effect.SUBJECT, (Effect.EXCEPTS, Effect.AUTHORIZES)
    for f in findings:
        # Most findings are a checked "no", which moves nothing but the question of scope.
        if f.answer is no and f.checked and f.effect is not subject:
            continue
        if f.effect is Effect.PROHIBITS and f.answer is Answer.APPLIES and not outside:
            return Outcome.PROHIBITED, None
        if f.effect is Effect.REQUIRES_LICENSE and f.answer is Answer.APPLIES:
            required.append(f)
        elif f.effect is Effect.SUBJECT and f.answer is Answer.DOES_NOT_APPLY and f.checked:
            outside = True
        elif f.effect in lifting_effects and f.answer is not no:
            exceptions[f.of] = f
        if is_open(f):
            waiting = True
            beyond_law = beyond_law or f.effect is Effect.SUBJECT
    if outside:
        return _beyond_scope(findings), None
    if beyond_law or not findings:
        return Outcome.UNDETERMINED, None
    if not required:
        return (Outcome.UNDETERMINED, None) if waiting else (Outcome.NO_LICENSE_REQUIRED, "NLR")
    lifting = [e for name, e in exceptions.items() if all(name in f.overcome_by for f in required)]
    if not lifting:
        return Outcome.LICENSE_REQUIRED, None
    for e in lifting:
        if e.answer is Answer.APPLIES and e.checked and not waiting:
            lifted = Outcome.LICENSE_EXCEPTION if e.effect is Effect.EXCEPTS else Outcome.GENERAL_LICENSE
            return lifted, e.of
    return Outcome.UNDETERMINED, None


def _beyond_scope(findings: tuple[Finding, ...]) -> Outcome:
    """Say of an item that is not subject to the EAR what 744.6 still asks of a U.S. person who deals with it."""
    personal = [f for f in findings if f.of == US_PERSON and f.effect is Effect.REQUIRES_LICENSE]
    if any(f.answer is Answer.APPLIES for f in personal):
        return Outcome.LICENSE_REQUIRED
    return Outcome.UNDETERMINED if any(is_open(f) for f in personal) else Outcome.NOT_SUBJECT


# How strict a policy of review is; "unknown" text ranks above every policy that may lead to an approval.
POLICIES = {
    name: rank
    for rank, name in enumerate(
        (
            "presumption_of_approval",
            "approval_up_to_cap",
            "case_by_case",
            "not_encoded",
            "per_entry",
            "presumption_of_denial",
            "policy_of_denial",
        )
    )
}


def _policy(findings: Sequence[Finding]) -> ReviewPolicy | None:
    stated = [f for f in findings if f.effect is Effect.POLICY and f.answer is Answer.APPLIES]
    if not stated:
        return None
    chosen = max(stated, key=lambda f: POLICIES[f.values["policy"]])
    return ReviewPolicy(chosen.values["policy"], chosen.cite, chosen.key, chosen.values, chosen.checked)


def _conditions(findings: tuple[Finding, ...], authorization: str | None) -> tuple[Condition, ...]:
    if authorization is None:
        return ()
    met = {Answer.APPLIES: True, Answer.DOES_NOT_APPLY: False, Answer.UNKNOWN: None}
    return tuple(
        Condition(f.rule, f.of, f.cite, f.key, f.values, met[f.answer], tuple(m.field for m in f.missing))
        for f in findings
        if f.effect is Effect.CONDITION and f.procedural and f.of == authorization
    )


def _questions(findings: Sequence[Finding], outcome: Outcome) -> tuple[Question, ...]:
    """Order questions so that the one most answers wait for comes first, then the regulation's own order.

    An exception's question is worth asking only while the exception could still carry the case.
    """
    if outcome is Outcome.PROHIBITED:
        return ()
    waiting: dict[tuple[str, str | None], list[Finding]] = {}
    for f in findings:
        if f.answer is not Answer.UNKNOWN:
            continue
        hopeful = outcome is Outcome.UNDETERMINED and f.effect in {Effect.EXCEPTS, Effect.AUTHORIZES}
        if is_open(f) or hopeful:
            for m in f.missing:
                waiting.setdefault((m.field, m.party), []).append(f)
    ordered = sorted(
        waiting.items(),
        key=lambda entry: (-len({f.rule for f in entry[1]}), min(_STEPS[f.step] for f in entry[1])),
    )
    return tuple(Question(name, party, tuple(dict.fromkeys(f.rule for f in held))) for (name, party), held in ordered)


def _not_encoded(findings: Sequence[Finding], outcome: Outcome) -> tuple[NotEncoded, ...]:
    def silent(f: Finding) -> bool:
        if f.effect is Effect.HOLDS:
            return f.answer is not Answer.DOES_NOT_APPLY and not f.missing
        return f.key == "general.not_encoded" or (f.effect is Effect.INFO and f.values.get("not_encoded") is True)

    settled = outcome is Outcome.PROHIBITED
    return tuple(
        NotEncoded(f.cite, f.key, f.values, f.party, is_open(f) and not settled) for f in findings if silent(f)
    )


def _aes_codes(findings: tuple[Finding, ...], authorization: str | None, law: Law) -> tuple[Cited, ...]:
    # A service moves nothing that could be filed.
    if authorization is None or any(f.key in _SERVICES for f in findings):
        return ()
    return tuple(c for c in law.rows("part_758.aes_codes") if c.value["authorization"] == authorization)
