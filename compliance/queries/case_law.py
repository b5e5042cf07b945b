"""A stored determination as a reader sees it: eight segments, findings, citations, questions, what it omits."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
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
from .fact_words import label, lang, read_words
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
READINGS = ("codified", "enforced")
_RANK = {"applies": 0, "unknown": 1, "does_not_apply": 2}


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding with its citation; ``reading`` is set where the two readings do not agree on it."""

    step: str
    title: str
    outcome: str
    citation: dict[str, Any]
    item: str
    reading: str
    missing: int
    cite: str


@dataclass(frozen=True, slots=True)
class StepShown:
    """The findings of one segment: those that say something, and those that do not apply."""

    key: str
    label: str
    outcome: str
    speaking: list[Shown]
    silent: list[Shown]


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
    questions: list[Asked] = field(default_factory=list)
    not_encoded: list[dict[str, Any]] = field(default_factory=list)
    conditions: list[dict[str, Any]] = field(default_factory=list)
    policy: dict[str, Any] | None = None
    authorizations: list[str] = field(default_factory=list)
    aes_codes: list[dict[str, Any]] = field(default_factory=list)
    unchecked: int = 0
    horizon: dt.date = HORIZON

    @property
    def beyond(self) -> bool:
        """Return whether the law asked for, or today's, lies past the day to which it was read."""
        return max(self.stored.on, timezone.localdate()) > self.horizon


def show_law(stored: StoredDetermination, names: Mapping[str, str]) -> LawShown:
    """Return a determination as shown. ``names`` are the names of the case's parties by reference."""
    governs = governing(stored)
    shown = _findings(stored, names)
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
        steps=_steps(shown),
        questions=questions_of(stored, names, governs),
        unchecked=sum(1 for each in shown if not each.citation["checked"] and each.outcome != "does_not_apply"),
    )
    if result.differ:
        result.announcement = _announcement(shown, stored)
    result.conditions = _unique(
        {
            "cite": one["cite"],
            "met": one["met"],
            "of": one["of"],
            "words": ear.say(one["key"], lang(), one["values"]),
            "outcome": {True: "applies", False: "does_not_apply", None: "unknown"}[one["met"]],
            "fields": [label(key) for key in one["fields"]],
        }
        for each in determinations
        for one in each["conditions"]
    )
    result.not_encoded = _unique(
        {
            "cite": one["cite"],
            "words": ear.say(one["key"], lang(), one["values"]),
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
    result.aes_codes = _unique(code["value"] for each in determinations for code in each["aes_codes"])
    return result


def governing(stored: StoredDetermination) -> str:
    """Return the reading whose findings govern: under “stricter”, the one that gave the outcome."""
    if stored.governing == "stricter":
        return "codified" if stored.outcome == stored.outcome_codified else "enforced"
    return "enforced"


def _unique(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for row in rows:
        if row not in found:
            found.append(row)
    return found


def _findings(stored: StoredDetermination, names: Mapping[str, str]) -> list[Shown]:
    """Return every finding once: those both readings share as one card, the others one per reading."""
    many = len(stored.lines) > 1
    kept: list[tuple[dict[str, Any], str, list[str]]] = []
    seen: dict[str, list[int]] = {}
    for line in stored.lines:
        both = {name: line[name]["findings"] for name in READINGS}
        for name in READINGS:
            other = both["enforced" if name == "codified" else "codified"]
            counterpart = {(one["rule"], one["party"], one["key"]): one for one in other}
            for one in both[name]:
                same = counterpart.get((one["rule"], one["party"], one["key"])) == one
                if same and name == "enforced":
                    continue
                reading = "" if same else name
                places = seen.setdefault(f"{one['rule']}|{one['party']}|{one['key']}|{reading}", [])
                twin = next((index for index in places if kept[index][0] == one), None)
                if twin is None:
                    places.append(len(kept))
                    kept.append((one, reading, [line["model"]]))
                else:
                    kept[twin][2].append(line["model"])
    lines = len(stored.lines)
    return [
        _shown(one, reading, "" if not many or len(models) == lines else ", ".join(models), names)
        for one, reading, models in kept
    ]


def _shown(one: dict[str, Any], reading: str, item: str, names: Mapping[str, str]) -> Shown:
    language = lang()
    cited = one["relied_on"]
    title = ear.say(f"{one['rule']}.title", language)
    first = cited[0] if cited else {}
    who = names.get(one["party"] or "", "")
    since = max((dt.date.fromisoformat(each["since"]) for each in cited), default=None)
    until = min((dt.date.fromisoformat(each["until"]) for each in cited if each.get("until")), default=None)
    notes = _unique({"note": each["note"]} for each in cited if each.get("note"))
    return Shown(
        step=one["step"],
        title=f"{title} · {who}" if who else title,
        outcome=one["answer"],
        citation={
            "paragraph": one["cite"],
            "words": ear.say(one["key"], language, one["values"]),
            "outcome": one["answer"],
            "since": since,
            "until": until,
            "notice": "; ".join(dict.fromkeys(each["by"] for each in cited)),
            "first": first,
            "checked": one["checked"],
            "sources": cited,
            "note": " ".join(each["note"] for each in notes),
            "facts": [
                {"name": name, "value": words, "unknown": value is None}
                for name, words, value in ((*read_words(path, value, names), value) for path, value in one["read"])
            ],
        },
        item=item,
        reading=reading,
        missing=len(one["missing"]),
        cite=_short(one["cite"]),
    )


def _steps(shown: list[Shown]) -> list[StepShown]:
    steps = []
    for key, words in STEPS.items():
        here = [each for each in shown if each.step == key]
        speaking = sorted(
            (e for e in here if e.outcome != "does_not_apply" or e.reading), key=lambda e: _RANK[e.outcome]
        )
        silent = [each for each in here if each.outcome == "does_not_apply" and not each.reading]
        steps.append(StepShown(key, str(words), _outcome(each.outcome for each in here), speaking, silent))
    return steps


def _outcome(answers: Iterable[str]) -> str:
    found = set(answers)
    return next((name for name in _RANK if name in found), "waiting")


_CARRIES = {"exception": {"excepts", "authorizes"}, "prohibition": {"prohibits"}}
"""Effects that answer for a whole segment: that one condition of an exception holds does not make it apply."""


def _segments(stored: StoredDetermination, reading: str) -> list[dict[str, Any]]:
    """Return the strip of one reading: each step's answer over all lines, with what it rests on or what is missing."""
    determinations = [line[reading] for line in stored.lines]
    segments = []
    for key, words in STEPS.items():
        here = [one for each in determinations for one in each["findings"] if one["step"] == key]
        carrying = [one for one in here if one["effect"] in _CARRIES.get(key, ())]
        outcome = _outcome(one["answer"] for one in carrying or here)
        segments.append(
            {
                "key": key,
                "label": words,
                "outcome": outcome,
                "summary": _summary(key, outcome, carrying or here, stored, determinations),
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
            if one["of"] and _RANK[one["answer"]] < _RANK.get(best.get(one["of"], ""), 9):
                best[one["of"]] = one["answer"]
        return " · ".join(f"{name} {marks[answer]}" for name, answer in best.items())
    policies = [each["review_policy"]["policy"] for each in determinations if each["review_policy"]]
    if key == "authorization" and policies:
        return str(POLICIES.get(policies[0], policies[0]))
    missing = {tuple(m) for one in here if one["answer"] == "unknown" for m in one["missing"]}
    if outcome == "unknown" and missing:
        return ngettext("%(n)d fact is missing", "%(n)d facts are missing", len(missing)) % {"n": len(missing)}
    cites = list(
        dict.fromkeys(_short(one["cite"]) for one in here if one["answer"] == "applies" and one["effect"] != "info")
    )
    if outcome == "applies" and len(cites) > 1:
        return _("%(cite)s and %(n)d more") % {"cite": cites[0], "n": len(cites) - 1}
    return cites[0] if cites and outcome == "applies" else ""


def _short(cite: str) -> str:
    """Return a paragraph without title and without what comes after the first one."""
    return cite.removeprefix("15 CFR ").partition(",")[0].partition(";")[0]


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
