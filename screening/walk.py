"""The questions a match is held to before anybody may say that it is true, and what the answers say.

Source: OFAC, frequently asked question 5, "How do I determine if I have a valid OFAC match?" ("Assessing OFAC Name
Matches", five steps). Its questions fit an entry of any list; whom to call is the list keeper's matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its step in the guidance, its words, its answers, and those after which there is no valid match."""

    key: str
    step: int
    words: Promise
    help: Promise
    answers: tuple[tuple[str, Promise], ...]
    stops: frozenset[str] = field(default_factory=frozenset)


_COMPARED = (("agrees", _("agrees")), ("differs", _("differs")), ("unknown", _("cannot be compared")))

QUESTIONS: tuple[Question, ...] = (
    Question(
        "entry",
        1,
        _("Did the search meet an entry of the list itself?"),
        _("Not a remark, the name of a place, or an entry of another kind of list."),
        (("yes", _("yes, an entry")), ("no", _("no, something else"))),
        frozenset({"no"}),
    ),
    Question(
        "kind",
        2,
        _("Are both of the same kind?"),
        _("A person, an organization, a vessel or an aircraft."),
        (("same", _("the same kind")), ("different", _("different kinds")), ("unknown", _("not known"))),
        frozenset({"different"}),
    ),
    Question(
        "name",
        3,
        _("How much of the listed name does ours meet?"),
        _("One of several parts, such as a family name alone, is not a valid match."),
        (
            ("whole", _("the whole name, or a listed alias")),
            ("several", _("several parts of it")),
            ("one", _("only one of several parts")),
        ),
        frozenset({"one"}),
    ),
    Question(
        "address",
        4,
        _("Does the address agree?"),
        _("Compare the whole entry with everything you hold. What neither side tells cannot be compared."),
        _COMPARED,
    ),
    Question(
        "country",
        4,
        _("Does the country or nationality agree?"),
        _("Places of business, registration and headquarters; for a person, nationality and citizenship."),
        _COMPARED,
    ),
    Question(
        "number",
        4,
        _("Does a number agree?"),
        _("Registration, tax, passport, IMO or another number of the entry."),
        _COMPARED,
    ),
    Question(
        "dates",
        4,
        _("Do dates and places of birth or founding agree?"),
        _("If much of this is missing, obtain more before you answer the match."),
        _COMPARED,
    ),
    Question(
        "similarities",
        5,
        _("Are there several similarities or exact matches?"),
        _("With several, call the keeper of the list or pass the match on before you act on it."),
        (("several", _("several")), ("few", _("one or two")), ("none", _("none"))),
        frozenset({"none"}),
    ),
)
"""In the order of the guidance; its fourth step, the comparison of the complete entry, is four questions here."""

BY_KEY = {question.key: question for question in QUESTIONS}
_DATA = ("address", "country", "number", "dates")


@dataclass(frozen=True, slots=True)
class Advice:
    """What the answers say: ``open``, ``no_match``, ``more`` or ``match``, and the question that decided it."""

    says: str
    by: Question | None = None


def known_answers(given: Mapping[str, str]) -> dict[str, str]:
    """Keep the answers that are answers to a question of the walk, in the order of the walk."""
    return {q.key: given[q.key] for q in QUESTIONS if given.get(q.key) in dict(q.answers)}


def told(answers: Mapping[str, str]) -> str:
    """Return the answers with their questions as one line, in the reader's language."""
    known = known_answers(answers)
    return " ".join(f"{q.words} {dict(q.answers)[known[q.key]]}." for q in QUESTIONS if q.key in known)


def next_question(answers: Mapping[str, str]) -> Question | None:
    """Return the first question without an answer."""
    return next((question for question in QUESTIONS if question.key not in answers), None)


def stopped_by(answers: Mapping[str, str]) -> Question | None:
    """Return the question whose answer says that there is no valid match.

    A number that agrees outweighs a name met only in part: translated and abbreviated names meet in one word.
    """
    same_number = answers.get("number") == "agrees"
    for question in QUESTIONS:
        if answers.get(question.key) in question.stops:
            if same_number and question.key in ("name", "similarities"):
                continue
            return question
    return None


def advice(answers: Mapping[str, str]) -> Advice:
    """Say what the answers come to.

    ``open`` while questions are left and none has stopped the walk; ``more`` where too little could be compared or
    only little agrees: more has to be obtained first.
    """
    stop = stopped_by(answers)
    if stop is not None:
        return Advice("no_match", stop)
    if next_question(answers) is not None:
        return Advice("open")
    if answers["number"] == "agrees":
        return Advice("match", BY_KEY["number"])
    if answers["similarities"] != "several":
        return Advice("more", BY_KEY["similarities"])
    if all(answers[key] == "unknown" for key in _DATA):
        return Advice("more", BY_KEY["dates"])
    return Advice("match", BY_KEY["similarities"])
