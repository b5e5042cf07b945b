"""One line of input to one line of output: a determination or a classification as plain JSON data."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from compliance import ear
from compliance.ear.asking import questions_that_matter
from compliance.ear.classification import classify
from compliance.ear.facts import BadFacts
from compliance.ear.records import Item

BOTH = "both"
READINGS = (*(reading.value for reading in ear.Reading), BOTH)
AROUND = ("id", "on", "reading")
ITEM_COLUMNS = tuple(field.name for field in fields(Item))
CLASSIFY_COLUMNS = (*AROUND, *ITEM_COLUMNS)
TRIALS = 200
"""Determinations spent per line on which questions matter; what they do not settle is asked all the same."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


@dataclass(frozen=True, slots=True)
class Asked:
    """How lines are answered. A line's own ``on`` and ``reading`` come first; ``explain`` is "en", "zh" or empty."""

    on: dt.date
    reading: str = ear.Reading.ENFORCED.value
    tolerance: int = 0
    questions: bool = False
    explain: str = ""


def determined(line: Mapping[str, Any], asked: Asked, book: ear.Rulebook) -> dict[str, Any]:
    """Determine one line: ``{"id", "on", "reading", "facts"}`` or bare facts. Raises :class:`BadFacts`."""
    known, given = _taken_apart(line)
    on, reading = _around(known, asked)
    facts = ear.Facts.from_dict(given)
    about = {"id": known["id"]} if known.get("id") is not None else {}
    about |= {"on": on.isoformat(), "reading": reading}
    if reading != BOTH:
        return about | _one(facts, on, ear.Reading(reading), asked, book)
    each = {one.value: _one(facts, on, one, asked, book) for one in ear.Reading}
    outcomes = [ear.Outcome(one["outcome"]) for one in each.values()]
    return about | {
        "outcome": ear.strictest(outcomes).value,
        "differ": len(set(outcomes)) > 1,
        "readings": each,
    }


def classified(line: Mapping[str, Any], asked: Asked, book: ear.Rulebook) -> dict[str, Any]:
    """Classify one item given as flat ``item.*`` facts. Raises :class:`BadFacts`."""
    given = {name.removeprefix("item."): value for name, value in line.items()}
    if len(given) != len(line):
        raise BadFacts("line", "duplicate_key", given="item.…")
    known = {name: given.pop(name) for name in AROUND if name in given}
    if "item" in given and isinstance(given["item"], Mapping):
        given = {**given.pop("item"), **given}
    on, reading = _around(known, asked)
    try:
        item = ear.Facts.from_dict({"item": given}).item
    except BadFacts as error:
        raise BadFacts(error.path.removeprefix("facts."), error.key, **error.values) from error
    about = {"id": known["id"]} if known.get("id") is not None else {}
    about |= {"on": on.isoformat(), "reading": reading}
    readings = [one for one in ear.Reading if reading in {one.value, BOTH}]
    each = {one.value: _classified(item, book.on(on, one, tolerance=asked.tolerance), asked) for one in readings}
    rulebook = {"rulebook": book.digest}
    if reading == BOTH:
        return about | {"readings": each} | rulebook
    return about | each[reading] | rulebook


def error_of(error: BadFacts, lang: str = "en") -> dict[str, Any]:
    """Return an error as the output shows it: where, a stable key and a sentence that says what to do."""
    return {"path": error.path, "key": error.key, "message": ear.say(f"bad.{error.key}", lang, error.values)}


def _taken_apart(line: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
    """Part what is around the facts from the facts."""
    if "facts" not in line:
        if around := [name for name in AROUND if name in line]:
            raise BadFacts("facts", "facts_missing", given=", ".join(around))
        return {}, line
    for name in line:
        if name not in {*AROUND, "facts"}:
            raise BadFacts(_short(name), "unknown_fact", known=", ".join((*AROUND, "facts")))
    return {name: line[name] for name in AROUND if name in line}, line["facts"]


def _around(known: Mapping[str, Any], asked: Asked) -> tuple[dt.date, str]:
    name = known.get("id")
    if name is not None and (isinstance(name, bool) or not isinstance(name, str | int) or len(str(name)) > 200):
        raise BadFacts("id", "not_an_id")
    on = asked.on
    if known.get("on") is not None:
        on = day(known["on"], "on")
    reading = known.get("reading") or asked.reading
    if reading not in READINGS:
        raise BadFacts("reading", "not_a_choice", given=str(reading)[:40], choices=", ".join(READINGS))
    return on, reading


def day(written: Any, path: str) -> dt.date:
    """Read a day as year-month-day and nothing else. Raises :class:`BadFacts`."""
    text = str(written).strip()
    try:
        if not isinstance(written, str) or not _DAY.match(text):
            raise ValueError
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadFacts(path, "not_a_date", given=text[:40]) from None


def _short(name: str) -> str:
    return name[:60]


def _one(facts: ear.Facts, on: dt.date, reading: ear.Reading, asked: Asked, book: ear.Rulebook) -> dict[str, Any]:
    found = ear.determine(facts, on=on, reading=reading, book=book, tolerance=asked.tolerance)
    data, digest = found.to_dict_and_digest()
    out: dict[str, Any] = {"outcome": data["outcome"]}
    if not asked.questions:
        out |= {
            "authorization": data["authorization"],
            "may_ship": found.may_ship,
            "review_policy": data["review_policy"],
            "findings": data["findings"],
        }
    out["questions"] = data["questions"]
    if asked.questions:
        matter = questions_that_matter(
            facts, on=on, reading=reading, book=book, tolerance=asked.tolerance, trials=TRIALS, found=found
        )
        out["questions"] = [{"field": one.field, "party": one.party, "waiting": list(one.waiting)} for one in matter]
    if not asked.questions:
        out |= {
            "not_encoded": data["not_encoded"],
            "conditions": data["conditions"],
            "aes": data["aes_codes"],
            "rulebook": data["rulebook"],
            "digest": digest,
        }
    return _explained(out, asked.explain) if asked.explain else out


def _explained(out: dict[str, Any], lang: str) -> dict[str, Any]:
    """Put the sentence beside every key."""
    out["outcome_sentence"] = ear.say(f"outcome.{out['outcome']}", lang)
    for finding in out.get("findings", ()):
        finding["title"] = ear.title(finding["rule"], lang)
        finding["sentence"] = ear.say(finding["key"], lang, finding["values"])
    for name in ("conditions", "not_encoded"):
        for one in out.get(name, ()):
            one["sentence"] = ear.say(one["key"], lang, one["values"])
    if out.get("review_policy"):
        policy = out["review_policy"]
        policy["sentence"] = ear.say(policy["key"], lang, policy["values"])
    for question in out["questions"]:
        _say_question(question, lang)
    return out


def _say_question(question: dict[str, Any], lang: str) -> None:
    if (field := ear.FIELDS.get(question["field"])) is not None:
        question["label"], question["why"] = field.label[lang], field.why[lang]


def _classified(item: Item, law: ear.Law, asked: Asked) -> dict[str, Any]:
    """Classify an item by the rules of the classification step, so that both doors say the same."""
    facts = ear.Facts(item=item)
    findings: list[ear.Finding] = []
    for one in ear.ORDER:
        here = one.step is ear.Step.CLASSIFICATION or one.name == "item_facts_agree"
        if here and one.span.covers(law.day, law.reading):
            findings.extend(one.reads(facts, law, findings))
    try:
        found = classify(item, law)
    except ear.NotYetEncoded:
        found = None
    questions = dict.fromkeys(
        m.field for f in findings if f.answer is ear.Answer.UNKNOWN for m in f.missing if m.field.startswith("item.")
    )
    asking: list[dict[str, Any]] = [{"field": name} for name in questions]
    if asked.explain:
        for question in asking:
            _say_question(question, asked.explain)
    return {
        "eccn": item.eccn,
        "level": found.level.value if found else None,
        "proposed_eccn": found.proposed if found else None,
        "disagrees": found.disagrees if found else None,
        "checked": all(f.checked for f in findings),
        "reasons": [_reason(f, asked.explain) for f in findings],
        "questions": asking,
    }


def _reason(finding: ear.Finding, lang: str) -> dict[str, Any]:
    data = finding.to_dict()
    out = {name: data[name] for name in ("rule", "cite", "answer", "key", "values", "relied_on", "checked")}
    return out | ({"sentence": ear.say(finding, lang)} if lang else {})
