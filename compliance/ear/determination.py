"""A determination: every finding of one day in one reading, and what follows from them. It proposes; people decide.

``ORDER`` is the regulation's own order, the segments of 15 CFR Part 732 (:class:`compliance.ear.findings.Step`); within
one the modules stand as in ``MODULES``, and the rules of a module as in its ``RULES``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from compliance.ear.conclusion import (
    Condition,
    NotEncoded,
    Outcome,
    Question,
    ReviewPolicy,
    conclude,
    strictest_outcome,
)
from compliance.ear.facts import Facts
from compliance.ear.findings import Answer, Before, Effect, Finding, Rule, Step
from compliance.ear.foundry import governing
from compliance.ear.law import Cited, Reading, Rulebook
from compliance.ear.lifting import examined
from compliance.ear.rules import (
    part_732,
    part_732_contradictions,
    part_734,
    part_734_de_minimis,
    part_734_foreign_products,
    part_736,
    part_736_prohibitions,
    part_738,
    part_740_diffusion,
    part_740_gate,
    part_740_gov,
    part_740_hbm,
    part_740_nac,
    part_740_rpl,
    part_740_tmp,
    part_742,
    part_742_equipment,
    part_742_policies,
    part_742_review,
    part_742_weights,
    part_743,
    part_744,
    part_744_6,
    part_744_23,
    part_744_entity_list,
    part_744_iaas,
    part_744_lists,
    part_746,
    part_748,
    part_758,
    part_758_aes,
    part_762,
    part_774,
    part_774_equipment,
    part_774_foundry,
    part_774_weights,
)

MODULES = (
    part_732,
    part_732_contradictions,
    part_734,
    part_734_de_minimis,
    part_734_foreign_products,
    part_774,
    part_774_equipment,
    part_774_foundry,
    part_774_weights,
    part_738,
    part_742,
    part_742_equipment,
    part_742_weights,
    part_744,
    part_744_23,
    part_744_6,
    part_744_iaas,
    part_744_lists,
    part_744_entity_list,
    part_746,
    part_740_gate,
    part_740_tmp,
    part_740_rpl,
    part_740_gov,
    part_740_hbm,
    part_740_diffusion,
    part_740_nac,
    part_736,
    part_748,
    part_758_aes,
    part_743,
    part_758,
    part_762,
    part_736_prohibitions,
    part_742_review,
    part_742_policies,
)
_STEPS = {step: rank for rank, step in enumerate(Step)}
ORDER: tuple[Rule, ...] = tuple(
    sorted((one for module in MODULES for one in module.RULES), key=lambda one: _STEPS[one.step])
)

_TINY = re.compile(rb"\de-\d")


def canonical_bytes(data: Mapping[str, Any]) -> bytes:
    """Write a determination's data as the bytes that are digested: sorted keys, no spaces, UTF-8.

    They are those of Python's own JSON, which is all a checker has. The first way is the faster one; it refuses
    integers beyond 64 bits and writes fractions below a ten-thousandth otherwise (``1e-7`` for ``1e-07``).
    """
    try:
        text = orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        text = b""
    if text and b"0.0000" not in text and not (b"e-" in text and _TINY.search(text)):
        return text
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Determination:
    """The ordered findings and what follows from them; never edited, stored whole and digested.

    ``authorization`` is ``NLR``, an exception (``NAC``, ``ACA``), ``TGL`` or ``None``. ``review_policy`` is what an
    application would meet; it is stated wherever a requirement applies, also when an exception lifts it.
    ``conditions`` have to be met before shipment (:attr:`may_ship`); ``questions`` are facts to ask for, the one that
    settles most first; ``not_encoded`` are chapters on which this answer says nothing.
    """

    on: dt.date
    reading: Reading
    rulebook: str
    outcome: Outcome
    authorization: str | None
    review_policy: ReviewPolicy | None
    findings: tuple[Finding, ...]
    conditions: tuple[Condition, ...]
    questions: tuple[Question, ...]
    not_encoded: tuple[NotEncoded, ...]
    aes_codes: tuple[Cited, ...]

    @property
    def may_ship(self) -> bool:
        """Whether nothing in the law stands in the way today: no license needed and every condition met."""
        free = {Outcome.NOT_SUBJECT, Outcome.NO_LICENSE_REQUIRED, Outcome.LICENSE_EXCEPTION, Outcome.GENERAL_LICENSE}
        return self.outcome in free and all(condition.met is True for condition in self.conditions)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe data; :meth:`from_dict` reads it back without loss."""
        return {
            "on": self.on.isoformat(),
            "reading": self.reading.value,
            "rulebook": self.rulebook,
            "outcome": self.outcome.value,
            "authorization": self.authorization,
            "review_policy": self.review_policy.to_dict() if self.review_policy else None,
            "findings": [finding.to_dict() for finding in self.findings],
            "conditions": [condition.to_dict() for condition in self.conditions],
            "questions": [question.to_dict() for question in self.questions],
            "not_encoded": [gap.to_dict() for gap in self.not_encoded],
            "aes_codes": [code.to_dict() for code in self.aes_codes],
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Determination:
        """Read what :meth:`to_dict` wrote."""
        policy = given["review_policy"]
        return cls(
            on=dt.date.fromisoformat(given["on"]),
            reading=Reading(given["reading"]),
            rulebook=given["rulebook"],
            outcome=Outcome(given["outcome"]),
            authorization=given["authorization"],
            review_policy=ReviewPolicy.from_dict(policy) if policy else None,
            findings=tuple(Finding.from_dict(finding) for finding in given["findings"]),
            conditions=tuple(Condition.from_dict(condition) for condition in given["conditions"]),
            questions=tuple(Question.from_dict(question) for question in given["questions"]),
            not_encoded=tuple(NotEncoded.from_dict(gap) for gap in given["not_encoded"]),
            aes_codes=tuple(Cited.from_dict(code) for code in given["aes_codes"]),
        )

    def canonical(self) -> bytes:
        """Return the bytes that are digested: sorted keys, no spaces, UTF-8."""
        return canonical_bytes(self.to_dict())

    @property
    def digest(self) -> str:
        """SHA-256 of :meth:`canonical`, in hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def to_dict_and_digest(self) -> tuple[dict[str, Any], str]:
        """Return :meth:`to_dict` and :attr:`digest`, which costs half of asking for both."""
        data = self.to_dict()
        return data, hashlib.sha256(canonical_bytes(data)).hexdigest()


@lru_cache(maxsize=1024)
def _in_force(on: dt.date, reading: Reading) -> tuple[tuple[Rule, bool, bool, bool], ...]:
    """Return the rules of a day and a reading in order, each with whether it lifts, states a policy and classifies."""
    return tuple(
        (one, one.lifts, one.effect is Effect.POLICY, one.step is Step.CLASSIFICATION)
        for one in ORDER
        if one.span.covers(on, reading)
    )


def determine(facts: Facts, *, on: dt.date, reading: Reading, book: Rulebook, tolerance: int = 0) -> Determination:
    """Read the law of ``on`` (the day of export, not of the order) for these facts.

    A day before the first encoded law or after the horizon comes back as undetermined with the reason; nothing is
    raised for facts that are missing or contradict each other. ``tolerance`` is the number of days past the horizon for
    which the organization accepts the law as last read; the finding ``after_horizon`` says when it was used.
    """
    law = book.on(on, reading, tolerance=tolerance)
    findings = Before()
    # Where a presumption of classification stands, the rest of the law sees the item as presumed.
    presumed = governing(facts, law)
    # What could lift a requirement that applies. What nothing asks for is not examined: it would only raise questions.
    wanted: set[str] = set()
    open_to, no = examined(facts.authorization.exception_relied_on), Answer.DOES_NOT_APPLY
    for one, lifts, states_policy, classifies in _in_force(on, reading):
        # How an application is reviewed is stated only where a license is required.
        if (lifts and one.of not in wanted) or (states_policy and not findings.required):
            continue
        for finding in one.reads(facts if classifies else presumed, law, findings):
            if finding.answer is no and finding.effect is not Effect.SUBJECT:
                # Most findings are a "no", which nothing looks back for.
                findings.append(finding)
                continue
            findings.add(finding)
            if finding.effect is Effect.REQUIRES_LICENSE and finding.answer is Answer.APPLIES:
                wanted |= open_to.intersection(finding.overcome_by)
    concluded = conclude(tuple(findings), law)
    return Determination(
        on=on,
        reading=reading,
        rulebook=book.digest,
        outcome=concluded.outcome,
        authorization=concluded.authorization,
        review_policy=concluded.review_policy,
        findings=tuple(findings),
        conditions=concluded.conditions,
        questions=concluded.questions,
        not_encoded=concluded.not_encoded,
        aes_codes=concluded.aes_codes,
    )


def strictest(determinations: Iterable[Determination | Outcome]) -> Outcome:
    """Return the outcome a case takes from its lines: the strictest. Unknown beats everything lenient; none is unknown.

    Prohibited, license required, undetermined, general license, license exception, no license required, not subject.
    """
    return strictest_outcome(one.outcome if isinstance(one, Determination) else one for one in determinations)
