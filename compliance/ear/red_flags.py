"""Red flags: the catalogue of Supplement No. 3 to part 732 and of the BIS documents of 13 May 2025, and its answers.

A red flag is raised, not raised, unknown or not relevant. With a fact missing it is unknown and becomes a question;
it is "not relevant" only where a known fact says that it cannot arise. A raised flag creates a duty to inquire; it is
guidance on knowledge (15 CFR 772.1), not a license requirement, except where its row says more.

    evaluate({"service.type": "IaaS"}, on=date(2026, 3, 1), reading="codified", activity="iaas")
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from compliance.ear.facts import json_safe
from compliance.ear.fields import About, BadValue, Kind
from compliance.ear.inquiries import FIELDS, BadCatalog, InquiryField, Words, both_languages, parse, read
from compliance.ear.law import Reading, Span
from compliance.ear.triggers import BadTrigger, Condition, Operator, Trigger, Verdict

# Thresholds the law does not give. They are company policy, and may be overridden by the caller.
#   screening.name_similarity: the probability of a match from which a person must look (0 to 1)
#   customer.public_footprint_score: how many of the five public traces a customer should at least show
DEFAULT_POLICY: Mapping[str, Any] = MappingProxyType(
    {"screening.name_similarity": "0.5", "customer.public_footprint_score": 2}
)


class FlagState(StrEnum):
    """The answer of one flag. Unknown is never "not raised"."""

    RAISED = "raised"
    NOT_RAISED = "not_raised"
    UNKNOWN = "unknown"
    NOT_RELEVANT = "not_relevant"


class Status(StrEnum):
    """Where a flag stands on a day."""

    IN_FORCE = "in_force"
    GUIDANCE = "guidance"
    CODIFIED_NOT_YET_OWED = "codified_not_yet_owed"
    CODIFIED_NOT_ENFORCED = "codified_not_enforced"
    STAYED = "stayed"
    PRESUMED_BACK = "presumed_back"


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of a flag's history: its status from ``span.effective`` on, and the notice that made it."""

    span: Span
    status: Status
    by: str
    checked: bool

    def holds(self, on: dt.date, reading: Reading) -> bool:
        """Whether the flag counts on that day in that reading."""
        return self.status is not Status.STAYED and self.span.covers(on, reading)


@dataclass(frozen=True, slots=True)
class Premise:
    """A known fact without which the flag cannot arise, and the words for it."""

    trigger: Trigger
    reason: Words


@dataclass(frozen=True, slots=True)
class Step:
    """A step of due diligence. ``basis`` is ``source`` (asked or implied by it) or ``practice`` (ours, not law)."""

    basis: str
    text: Words


@dataclass(frozen=True, slots=True)
class Flag:
    """One row of the catalogue. ``presumes`` is what the law must read while the flag is open."""

    code: str
    number: str
    source: str
    cite: str
    title: Words
    text: Words
    severity: str
    history: tuple[Standing, ...]
    checked: bool
    confidence: str
    condition: Condition
    due_diligence: tuple[Step, ...]
    activities: frozenset[str]
    activities_reason: Words | None
    premises: tuple[Premise, ...]
    resolved_by: Trigger | None
    also_ask: tuple[str, ...]
    presumes: Mapping[str, Any]
    effect: Words | None
    doubt: Words | None

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field the flag can ask for."""
        keys = [t.field for t in self.condition.triggers] + [p.trigger.field for p in self.premises]
        keys += [self.resolved_by.field] if self.resolved_by else []
        return tuple(dict.fromkeys([*keys, *self.also_ask]))

    @property
    def per_party(self) -> bool:
        """Whether the flag is about one party, so that it is asked of each."""
        return any(FIELDS[trigger.field].about is About.PARTY for trigger in self.condition.triggers)

    def standing(self, on: dt.date) -> Standing | None:
        """Return the line of the history that covers ``on`` as codified; ``None`` before the flag existed."""
        return next((line for line in self.history if line.span.covers(on, Reading.CODIFIED)), None)


@dataclass(frozen=True, slots=True)
class FlagAnswer:
    """What one flag says about one set of facts.

    ``holds`` says whether it counts on that day in that reading: a flag that is stayed or not enforced is answered
    all the same, for show. ``missing`` are the fields still to be asked; ``fired`` the fields of the triggers that
    hold. ``checked`` is false where the row or its status was not confirmed: such a flag may hold a case back.
    """

    code: str
    answer: FlagState
    status: Status
    holds: bool
    reading: Reading
    severity: str
    cite: str
    since: dt.date
    by: str
    checked: bool
    missing: tuple[str, ...] = ()
    fired: tuple[str, ...] = ()
    party: str = ""
    reason: Words | None = None
    presumes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def flag(self) -> Flag:
        """The row of the catalogue, with words and due-diligence steps."""
        return FLAGS[self.code]

    @property
    def open(self) -> bool:
        """Whether somebody has to inquire: it counts, and it is raised or unknown."""
        return self.holds and self.answer in {FlagState.RAISED, FlagState.UNKNOWN}

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe data."""
        return {
            "code": self.code,
            "answer": self.answer.value,
            "status": self.status.value,
            "holds": self.holds,
            "reading": self.reading.value,
            "severity": self.severity,
            "cite": self.cite,
            "since": self.since.isoformat(),
            "by": self.by,
            "checked": self.checked,
            "missing": list(self.missing),
            "fired": list(self.fired),
            "party": self.party,
            "reason": dict(self.reason) if self.reason else None,
            "presumes": {key: json_safe(value) for key, value in self.presumes.items()},
        }


def evaluate(
    values: Mapping[str, Any],
    *,
    on: dt.date,
    reading: Literal["codified", "enforced"] | Reading,
    policy: Mapping[str, Any] | None = None,
    activity: str | None = None,
    parties: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[FlagAnswer, ...]:
    """Answer every flag that exists on ``on``, in the order of the catalogue.

    ``values`` are raw or parsed answers by field key; ``None`` or an absent key is unknown. ``activity`` is the kind of
    the case (``export`` ... ``us_person_support``), ``None`` if unknown. With ``parties`` (values by the party's ref) a
    flag about a party is answered once for each, else once over ``values``. ``policy`` overrides entries of
    :data:`DEFAULT_POLICY`. Raises :class:`~compliance.ear.inquiries.BadAnswer` naming the field of a bad value and
    :class:`BadPolicy` for a threshold that is no such value.
    """
    side = Reading(reading)
    thresholds = _policy(policy or {})
    known = parse(values)
    of_parties = {ref: known | parse(held) for ref, held in (parties or {}).items()}
    answers: list[FlagAnswer] = []
    for flag in FLAGS.values():
        line = flag.standing(on)
        if line is None:
            continue
        if flag.per_party and of_parties:
            answers += [
                _answer(flag, line, held, on, side, thresholds, activity, ref) for ref, held in of_parties.items()
            ]
        else:
            answers.append(_answer(flag, line, known, on, side, thresholds, activity, ""))
    return tuple(answers)


class BadPolicy(ValueError):
    """A threshold that cannot be used; the message names the entry."""


def _policy(given: Mapping[str, Any]) -> dict[str, Any]:
    thresholds: dict[str, Any] = {}
    for name, raw in (dict(DEFAULT_POLICY) | dict(given)).items():
        if name not in DEFAULT_POLICY:
            raise BadPolicy(f"there is no policy entry '{name}'; known are {', '.join(sorted(DEFAULT_POLICY))}")
        try:
            thresholds[name] = FIELDS[name].parse(raw)
        except BadValue as error:
            raise BadPolicy(f"policy entry '{name}' is not a value of its field: {error.key}") from error
    return thresholds


def _answer(
    flag: Flag,
    line: Standing,
    known: Mapping[str, Any],
    on: dt.date,
    reading: Reading,
    policy: Mapping[str, Any],
    activity: str | None,
    party: str,
) -> FlagAnswer:
    state, verdict, reason = _state(flag, known, policy, activity)
    missing = verdict.missing
    if state is FlagState.RAISED:
        # What would settle a raised flag, or what the inquiry must find out besides.
        after = [*([flag.resolved_by.field] if flag.resolved_by else []), *flag.also_ask]
        missing = tuple(key for key in after if key not in known)
    holds = line.holds(on, reading)
    raised = state is FlagState.RAISED
    return FlagAnswer(
        code=flag.code,
        answer=state,
        status=line.status,
        holds=holds,
        reading=reading,
        severity=flag.severity,
        cite=flag.cite,
        since=line.span.effective,
        by=line.by,
        checked=flag.checked and line.checked,
        missing=missing if state in {FlagState.RAISED, FlagState.UNKNOWN} else (),
        fired=tuple(dict.fromkeys(flag.condition.triggers[place - 1].field for place in verdict.fired)),
        party=party,
        reason=reason,
        presumes=flag.presumes if raised and holds else {},
    )


def _state(
    flag: Flag, known: Mapping[str, Any], policy: Mapping[str, Any], activity: str | None
) -> tuple[FlagState, Verdict, Words | None]:
    verdict = flag.condition.ask(known, policy)
    if activity is not None and flag.activities and activity not in flag.activities:
        return FlagState.NOT_RELEVANT, verdict, flag.activities_reason
    for premise in flag.premises:
        if premise.trigger.holds(known, policy) is False:
            return FlagState.NOT_RELEVANT, verdict, premise.reason
    if flag.resolved_by and flag.resolved_by.holds(known, policy):
        return FlagState.NOT_RAISED, verdict, None
    state = {True: FlagState.RAISED, False: FlagState.NOT_RAISED, None: FlagState.UNKNOWN}[verdict.answer]
    return state, verdict, None


# --- reading the catalogue -------------------------------------------------------------------------------------------
_ORDERED = {Operator.LT, Operator.LE, Operator.GT, Operator.GE}
_FITTING: Mapping[Operator, frozenset[Kind]] = {
    Operator.EQ: frozenset({Kind.YES_NO, Kind.CHOICE, Kind.COUNTRY, Kind.NUMBER, Kind.DATE}),
    Operator.NE: frozenset({Kind.YES_NO, Kind.CHOICE, Kind.COUNTRY}),
    Operator.IN: frozenset({Kind.CHOICE, Kind.COUNTRY}),
    Operator.CONTAINS: frozenset({Kind.MANY, Kind.TEXT}),
    Operator.INTERSECTS: frozenset({Kind.MANY, Kind.TEXT}),
    **{op: frozenset({Kind.NUMBER, Kind.DATE}) for op in _ORDERED},
}


def _trigger(where: str, raw: Mapping[str, Any]) -> Trigger:
    op = Operator(raw["op"])
    asked = FIELDS.get(raw["field"])
    if asked is None:
        raise BadCatalog(f"{where}: there is no field '{raw['field']}'")
    if asked.kind not in _FITTING[op]:
        raise BadCatalog(f"{where}: '{op.value}' does not fit {asked.key}, which is {asked.kind.value}")
    if "policy" in raw:
        if raw["policy"] not in DEFAULT_POLICY:
            raise BadCatalog(f"{where}: there is no policy entry '{raw['policy']}'")
        return Trigger(asked.key, op, None, raw["policy"])
    return Trigger(asked.key, op, _value(where, asked, op, raw["value"]))


def _value(where: str, asked: InquiryField, op: Operator, raw: Any) -> Any:
    several = op in {Operator.IN, Operator.INTERSECTS}
    parts = raw if several else [raw]
    if not isinstance(parts, list):
        raise BadCatalog(f"{where}: '{op.value}' needs a list")
    try:
        parsed = [asked.parse(part) for part in parts]
    except BadValue as error:
        raise BadCatalog(f"{where}: {raw!r} is not a value of {asked.key} ({error.key})") from error
    flat = [one for part in parsed for one in (part if isinstance(part, tuple) else (part,))]
    return tuple(flat) if several else flat[0]


def _standing(where: str, raw: Mapping[str, Any], last: Standing | None) -> Standing:
    span = Span(raw["from"], raw.get("comply"), raw.get("to"), raw.get("unenforced"))
    if last is not None and last.span.end != span.effective - dt.timedelta(days=1):
        raise BadCatalog(f"{where}: the line from {span.effective} does not follow on the one before")
    return Standing(span, Status(raw["status"]), raw["by"], raw.get("checked", True))


def _flag(raw: Mapping[str, Any]) -> Flag:
    where = f"red_flags, {raw['code']}"
    history: list[Standing] = []
    for line in raw["history"]:
        history.append(_standing(where, line, history[-1] if history else None))
    try:
        condition = Condition.parse([_trigger(where, one) for one in raw["triggers"]], raw["trigger_logic"])
    except BadTrigger as error:
        raise BadCatalog(f"{where}: {error}") from error
    applies = raw.get("applies_to", {})
    premises = tuple(
        Premise(_trigger(where, one), both_languages(where, one["reason"])) for one in applies.get("when", ())
    )
    for key in raw.get("also_ask", ()):
        if key not in FIELDS:
            raise BadCatalog(f"{where}: there is no field '{key}'")
    return Flag(
        code=raw["code"],
        number=raw["number"],
        source=raw["source"],
        cite=raw["cite"],
        title=both_languages(where, raw["title"]),
        text=both_languages(where, raw["text"]),
        severity=raw["severity"],
        history=tuple(history),
        checked=raw["checked"],
        confidence=raw["confidence"],
        condition=condition,
        due_diligence=tuple(Step(step["basis"], both_languages(where, step)) for step in raw["due_diligence"]),
        activities=frozenset(applies.get("activities", ())),
        activities_reason=both_languages(where, applies["reason"]) if "activities" in applies else None,
        premises=premises,
        resolved_by=_trigger(where, raw["resolved_by"]) if "resolved_by" in raw else None,
        also_ask=tuple(raw.get("also_ask", ())),
        presumes=MappingProxyType(dict(raw.get("presumes", {}))),
        effect=both_languages(where, raw["effect"]) if "effect" in raw else None,
        doubt=both_languages(where, raw["doubt"]) if "doubt" in raw else None,
    )


def _flags() -> Mapping[str, Flag]:
    flags: dict[str, Flag] = {}
    for raw in read("part_732/red_flags.yaml")["flags"]:
        if raw["code"] in flags:
            raise BadCatalog(f"red_flags: {raw['code']} stands there twice")
        flags[raw["code"]] = _flag(raw)
    return MappingProxyType(flags)


FLAGS: Mapping[str, Flag] = _flags()
