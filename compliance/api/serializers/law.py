"""A determination in both readings, and clocks: as stored, with the law's words in the client's language."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from compliance import ear
from compliance.queries import choices
from compliance.queries.fact_words import label, lang
from compliance.queries.outcomes import outcome_label

from .base import Count, Paging, Switch, one_of

CLOCK_KINDS = [value for value, _label in choices.CLOCK_KINDS]


class SourceOut(serializers.Serializer[Any]):
    """A dated parameter of the rulebook that was relied on."""

    parameter = serializers.CharField()
    cite = serializers.CharField()
    value = serializers.JSONField(allow_null=True)
    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    by = serializers.CharField(help_text="The notice that made it so.")
    checked = serializers.BooleanField(help_text="Whether a person has checked it against the source.")


class MissingOut(serializers.Serializer[Any]):
    """A fact that would settle a question; unknown is never no."""

    key = serializers.CharField()
    party = serializers.CharField(help_text="The party it is about; empty where it is about the case or the item.")
    question = serializers.CharField()


class FindingOut(serializers.Serializer[Any]):
    """What one rule says of one line."""

    rule = serializers.CharField()
    step = serializers.CharField()
    title = serializers.CharField()
    answer = serializers.CharField(help_text="`applies`, `does_not_apply` or `unknown`.")
    words = serializers.CharField()
    cite = serializers.CharField()
    party = serializers.CharField()
    checked = serializers.BooleanField()
    missing = MissingOut(many=True)
    relied_on = SourceOut(many=True)


class ConditionOut(serializers.Serializer[Any]):
    """Something to be done before shipment."""

    cite = serializers.CharField()
    words = serializers.CharField()
    met = serializers.BooleanField(allow_null=True, help_text="`null`: nobody knows yet.")


class PolicyOut(serializers.Serializer[Any]):
    """How BIS says it reviews an application."""

    policy = serializers.CharField()
    cite = serializers.CharField()
    words = serializers.CharField()


class GapOut(serializers.Serializer[Any]):
    """A chapter on which this answer says nothing."""

    cite = serializers.CharField()
    words = serializers.CharField()
    holds = serializers.BooleanField(help_text="Whether it could change the answer.")


class ReadingOut(serializers.Serializer[Any]):
    """One line in one reading of the law."""

    outcome = serializers.CharField()
    outcome_words = serializers.CharField()
    authorization = serializers.CharField(allow_null=True)
    review_policy = PolicyOut(allow_null=True)
    findings = FindingOut(many=True)
    conditions = ConditionOut(many=True)
    questions = MissingOut(many=True)
    not_encoded = GapOut(many=True)


class DeterminedLineOut(serializers.Serializer[Any]):
    """One line of the case, in both readings."""

    line = serializers.IntegerField(allow_null=True)
    item = serializers.CharField()
    model = serializers.CharField()
    codified = ReadingOut(help_text="As the text of the regulation stands.")
    enforced = ReadingOut(help_text="As BIS says it enforces it.")


class DeterminationOut(serializers.Serializer[Any]):
    """What the law said of a case on a day. It proposes; people decide."""

    case = serializers.CharField()
    on = serializers.DateField(help_text="The day whose law was read.")
    made_at = serializers.DateTimeField()
    outcome = serializers.CharField(help_text="The outcome that governs.")
    outcome_words = serializers.CharField()
    outcome_codified = serializers.CharField()
    outcome_enforced = serializers.CharField()
    governing = serializers.CharField(help_text="`enforced` or `stricter`: how your organization reads the law.")
    readings_differ = serializers.BooleanField()
    rulebook = serializers.CharField(help_text="Digest of the rulebook that was read.")
    facts_digest = serializers.CharField()
    digest = serializers.CharField(help_text="Digest of the whole answer.")
    lines = DeterminedLineOut(many=True)


def determination_of(stored: Any) -> dict[str, Any]:
    """Return a stored determination in the shape of :class:`DeterminationOut`."""
    return {
        "case": stored.case.ref,
        "on": stored.on,
        "made_at": stored.made_at,
        "outcome": stored.outcome,
        "outcome_words": outcome_label(stored.outcome),
        "outcome_codified": stored.outcome_codified,
        "outcome_enforced": stored.outcome_enforced,
        "governing": stored.governing,
        "readings_differ": any(line["codified"]["findings"] != line["enforced"]["findings"] for line in stored.lines),
        "rulebook": stored.rulebook,
        "facts_digest": stored.facts_digest,
        "digest": stored.digest,
        "lines": [
            {
                "line": line["line"],
                "item": line["item"],
                "model": line["model"],
                "codified": _reading(line["codified"]),
                "enforced": _reading(line["enforced"]),
            }
            for line in stored.lines
        ],
    }


def _reading(found: dict[str, Any]) -> dict[str, Any]:
    policy = found["review_policy"]
    return {
        "outcome": found["outcome"],
        "outcome_words": outcome_label(found["outcome"]),
        "authorization": found["authorization"],
        "review_policy": {**policy, "words": _say(policy)} if policy else None,
        "findings": [
            {
                **each,
                "title": ear.say(f"{each['rule']}.title", lang()),
                "words": _say(each),
                "party": each["party"] or "",
                "missing": [_missing(key, party) for key, party in each["missing"]],
            }
            for each in found["findings"]
        ],
        "conditions": [{**each, "words": _say(each)} for each in found["conditions"]],
        "questions": [_missing(each["field"], each["party"]) for each in found["questions"]],
        "not_encoded": [{**each, "words": _say(each)} for each in found["not_encoded"]],
    }


def _say(one: dict[str, Any]) -> str:
    return ear.say(one["key"], lang(), one["values"])


def _missing(key: str, party: str | None) -> dict[str, str]:
    return {"key": key, "party": party or "", "question": label(key)}


class ClockQuery(Paging):
    """Which clocks."""

    kind = one_of(CLOCK_KINDS, required=False)
    mine = Switch(required=False, default=False)
    within = Count(min_value=0, max_value=3660, required=False, help_text="Days from today; overdue ones are included.")


class ClockOut(serializers.Serializer[Any]):
    """A day on which something is due."""

    id = serializers.IntegerField()
    case = serializers.CharField(source="case.ref")
    kind = serializers.CharField()
    kind_words = serializers.CharField(source="get_kind_display")
    title = serializers.CharField()
    citation = serializers.CharField()
    start_event = serializers.CharField()
    started_on = serializers.DateField()
    due_on = serializers.DateField()
    days_left = serializers.SerializerMethodField()
    standing = serializers.CharField()
    standing_words = serializers.CharField(source="get_standing_display")
    ended_on = serializers.DateField(allow_null=True)
    owner = serializers.CharField(source="owner.username")
    proof = serializers.CharField()

    def get_days_left(self, clock: Any) -> int | None:
        """Days to the day due, negative when it has passed; nothing for a clock that no longer runs."""
        today: dt.date = timezone.localdate()
        return (clock.due_on - today).days if clock.standing in ("running", "paused") else None
