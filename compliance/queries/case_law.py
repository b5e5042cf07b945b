"""A stored determination as a reader sees it: eight segments, findings, citations, questions, what it omits."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compliance import ear
from compliance.ear.law import HORIZON
from compliance.models import StoredDetermination

from .asked import questions_asked
from .case_findings import Shown, findings, named, short, unique
from .case_weight import RANK, Group, alike, answer_of, carrying, deciding, groups, weight
from .fact_words import label, lang
from .facts import fields
from .outcomes import TONES, outcome_label

STEPS: dict[str, str | Promise] = {
    "subject": gettext_lazy("Subject to the EAR"),
    "classification": gettext_lazy("Classification"),
    "requirement": gettext_lazy("Requirements"),
    "end_use": gettext_lazy("End use, end user"),
    "prohibition": gettext_lazy("Prohibitions"),
    "exception": gettext_lazy("Exceptions"),
    "authorization": gettext_lazy("Authorization"),
    "duties": gettext_lazy("Duties that follow"),
}
POLICIES = {
    "presumption_of_approval": gettext_lazy("presumption of approval"),
    "approval_up_to_cap": gettext_lazy("approval up to a cap"),
    "case_by_case": gettext_lazy("case by case"),
    "not_encoded": gettext_lazy("not encoded"),
    "per_entry": gettext_lazy("as the list entry says"),
    "presumption_of_denial": gettext_lazy("presumption of denial"),
    "policy_of_denial": gettext_lazy("policy of denial"),
}


@dataclass(frozen=True, slots=True)
class StepShown:
    """The findings of one segment: those that say something, and those that do not apply.

    ``groups`` has the exceptions and general licenses with all their conditions, ``loose`` and ``quiet`` the rest.
    """

    key: str
    label: str
    outcome: str
    speaking: list[Shown]
    silent: list[Shown]
    groups: list[Group]
    loose: list[Shown]
    quiet: list[Shown]


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact to find out, with what a form needs to take the answer."""

    key: str
    party: str
    item: str
    about: str
    text: str
    why: str
    cite: str
    kind: str
    choices: list[tuple[str, str]]
    unit: str
    waiting: int
    form: bool
    settles: bool = False

    @property
    def anchor(self) -> str:
        """Return a name for this question that is the same on every page."""
        return "-".join(filter(None, (self.key.replace(".", "-"), self.party, self.item)))


@dataclass(slots=True)
class LawShown:
    """Everything the page says of a determination."""

    stored: StoredDetermination
    outcome: str
    outcome_label: str
    tone: str
    differ: bool
    codified: list[dict[str, Any]]
    enforced: list[dict[str, Any]]
    governs: str
    announcement: dict[str, Any] | None
    steps: list[StepShown]
    deciding: list[Shown] = field(default_factory=list)
    questions: list[Asked] = field(default_factory=list)
    not_encoded: list[dict[str, Any]] = field(default_factory=list)
    conditions: list[dict[str, Any]] = field(default_factory=list)
    policy: dict[str, Any] | None = None
    authorizations: list[str] = field(default_factory=list)
    aes_codes: list[dict[str, Any]] = field(default_factory=list)
    unchecked: int = 0
    asked: int = 0
    horizon: dt.date = HORIZON

    @property
    def beyond(self) -> bool:
        """Return whether the law asked for, or today's, lies past the day to which it was read."""
        return max(self.stored.on, timezone.localdate()) > self.horizon


def show_law(stored: StoredDetermination, names: Mapping[str, str]) -> LawShown:
    """Return a determination as shown. ``names`` are the names of the case's parties by reference."""
    governs = governing(stored)
    shown = findings(stored, names)
    determinations = [line[governs] for line in stored.lines]
    result = LawShown(
        stored=stored,
        outcome=stored.outcome,
        outcome_label=outcome_label(stored.outcome),
        tone=TONES.get(stored.outcome, "unknown"),
        differ=any(each.reading for each in shown) or stored.outcome_codified != stored.outcome_enforced,
        codified=_segments(stored, "codified"),
        enforced=_segments(stored, "enforced"),
        governs=governs,
        announcement=None,
        steps=_steps(shown, governs),
        deciding=deciding(shown, governs, undetermined=stored.outcome == "undetermined"),
        asked=len({(one["rule"], one["party"]) for each in determinations for one in each["findings"]}),
        questions=questions_of(stored, names, governs),
        unchecked=sum(1 for each in shown if not each.citation["checked"] and each.outcome != "does_not_apply"),
    )
    if result.differ:
        result.announcement = _announcement(shown, stored)
    result.conditions = unique(
        {
            "cite": one["cite"],
            "met": one["met"],
            "of": one["of"],
            "words": ear.say(one["key"], lang(), named(one["values"], names)),
            "outcome": {True: "applies", False: "does_not_apply", None: "unknown"}[one["met"]],
            "fields": [label(key) for key in one["fields"]],
        }
        for each in determinations
        for one in each["conditions"]
    )
    result.not_encoded = unique(
        {
            "cite": one["cite"],
            "words": ear.say(one["key"], lang(), named(one["values"], names)),
            "holds": one["holds"],
            "party": names.get(one["party"] or "", ""),
        }
        for each in determinations
        for one in each["not_encoded"]
    )
    policies = [each["review_policy"] for each in determinations if each["review_policy"]]
    if policies:
        order = list(POLICIES)
        worst = max(policies, key=lambda one: order.index(one["policy"]) if one["policy"] in order else 0)
        result.policy = {
            "label": POLICIES.get(worst["policy"], worst["policy"]),
            "cite": worst["cite"],
            "words": ear.say(worst["key"], lang(), worst["values"]),
            "checked": worst["checked"],
        }
    result.authorizations = sorted({each["authorization"] for each in determinations if each["authorization"]})
    result.aes_codes = unique(code["value"] for each in determinations for code in each["aes_codes"])
    return result


def governing(stored: StoredDetermination) -> str:
    """Return the reading whose findings govern: under “stricter”, the one that gave the outcome."""
    if stored.governing == "stricter":
        return "codified" if stored.outcome == stored.outcome_codified else "enforced"
    return "enforced"


def _steps(shown: list[Shown], governs: str) -> list[StepShown]:
    steps = []
    for key, words in STEPS.items():
        here = [each for each in shown if each.step == key]
        speaking = sorted((each for each in here if each.outcome != "does_not_apply" or each.reading), key=weight)
        silent = [each for each in here if each.outcome == "does_not_apply" and not each.reading]
        together = groups(here, governs) if key in ("exception", "authorization") else []
        grouped = {group.name for group in together}
        loose = [each for each in speaking if each.of not in grouped]
        same = alike(loose)
        titles = {group.name for group in same}
        steps.append(
            StepShown(
                key=key,
                label=str(words),
                outcome=answer_of(key, ((each.effect, each.outcome) for each in here if each.reading in ("", governs))),
                speaking=speaking,
                silent=silent,
                groups=[*same, *together],
                loose=[each for each in loose if each.title not in titles],
                quiet=[each for each in silent if each.of not in grouped],
            )
        )
    return steps


def _segments(stored: StoredDetermination, reading: str) -> list[dict[str, Any]]:
    """Return the strip of one reading: each step's answer over all lines, with what it rests on or what is missing."""
    determinations = [line[reading] for line in stored.lines]
    segments = []
    for key, words in STEPS.items():
        here = [one for each in determinations for one in each["findings"] if one["step"] == key]
        heads = carrying(key, here, lambda one: str(one["effect"]))
        outcome = answer_of(key, ((one["effect"], one["answer"]) for one in here))
        segments.append(
            {
                "key": key,
                "label": words,
                "outcome": outcome,
                "summary": _summary(key, outcome, heads, stored, determinations),
                "href": f"#step-{key}",
            }
        )
    return segments


def _summary(
    key: str,
    outcome: str,
    here: list[dict[str, Any]],
    stored: StoredDetermination,
    determinations: list[dict[str, Any]],
) -> str:
    """Return the one line under a segment's answer."""
    if key == "classification":
        return " · ".join(
            dict.fromkeys(
                line["facts"]["item"]["eccn"] for line in stored.lines if line["facts"].get("item", {}).get("eccn")
            )
        )
    if key == "exception":
        marks = {"applies": "✓", "unknown": "?", "does_not_apply": "✕"}
        best: dict[str, str] = {}
        for one in here:
            if one["of"] and RANK[one["answer"]] < RANK.get(best.get(one["of"], ""), 9):
                best[one["of"]] = one["answer"]
        return " · ".join(f"{name} {marks[answer]}" for name, answer in best.items())
    policies = [each["review_policy"]["policy"] for each in determinations if each["review_policy"]]
    if key == "authorization" and policies:
        return str(POLICIES.get(policies[0], policies[0]))
    missing = {tuple(m) for one in here if one["answer"] == "unknown" for m in one["missing"]}
    if outcome == "unknown" and missing:
        return ngettext("%(n)d fact is missing", "%(n)d facts are missing", len(missing)) % {"n": len(missing)}
    cites = list(
        dict.fromkeys(short(one["cite"]) for one in here if one["answer"] == "applies" and one["effect"] != "info")
    )
    if outcome == "applies" and len(cites) > 1:
        return _("%(cite)s and %(n)d more") % {"cite": cites[0], "n": len(cites) - 1}
    return cites[0] if cites and outcome == "applies" else ""


def _announcement(shown: list[Shown], stored: StoredDetermination) -> dict[str, Any]:
    """Return what lies between the two readings: the paragraphs on which they part, and what BIS said."""
    apart = [each for each in shown if each.reading]
    titles = Counter(f"{each.title} ({each.cite})" for each in apart)
    words = _("The codified text and what BIS says it enforces part here: %(where)s.") % {
        "where": "; ".join(list(titles)[:5])
    }
    if stored.outcome_codified != stored.outcome_enforced:
        words += " " + _("As codified: %(codified)s. As enforced: %(enforced)s.") % {
            "codified": outcome_label(stored.outcome_codified),
            "enforced": outcome_label(stored.outcome_enforced),
        }
    return {"words": words, "href": "", "day": None}


def questions_of(stored: StoredDetermination, names: Mapping[str, str], governs: str) -> list[Asked]:
    """Return what is still to be found out and could change the outcome, what settles it fastest first, each once."""
    found: dict[tuple[str, str, str], Asked] = {}
    for line, questions in zip(stored.lines, questions_asked(stored, governs), strict=True):
        for one in questions:
            key, party = one["field"], one["party"] or ""
            item = line["item"] if key.startswith("item.") else ""
            if (key, party, item) not in found:
                found[key, party, item] = asked(
                    key,
                    party=party,
                    item=item,
                    names=names,
                    model=line["model"],
                    waiting=len(one["waiting"]),
                    settles=bool(one.get("settles")) and len(stored.lines) == 1,
                )
    return list(found.values())


OWN_FORMS = frozenset({"case.parties", "party.listings", "party.listings_undecided", "party.role"})
"""Facts that are not answered in a field: parties are added in the case, listings are judged in screening."""


def asked(
    key: str,
    *,
    party: str = "",
    item: str = "",
    names: Mapping[str, str],
    model: str = "",
    waiting: int = 0,
    settles: bool = False,
) -> Asked:
    """Return one question with what its form needs."""
    known, language = fields().get(key), lang()
    about = names.get(party, party) if party else model if item else ""
    return Asked(
        key=key,
        party=party,
        item=item,
        about=about,
        text=known.label[language] if known else key,
        why=known.why[language] if known else "",
        cite=known.cite if known else "",
        kind=known.kind.value if known else "text",
        choices=[(each.value, each.label[language]) for each in known.choices] if known else [],
        unit=known.unit if known else "",
        waiting=waiting,
        form=bool(known) and key not in OWN_FORMS,
        settles=settles,
    )
