"""Red flags of a case as a person works them: flag, question, inquiry, answer, evidence, closed by whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.ear import inquiries, red_flags
from compliance.ear.fields import About, BadValue
from compliance.models import Case, FlagState, Party

from .case_law import Asked, asked
from .fact_words import label, lang, value_words
from .facts import CaseFacts, fields

STATUS: dict[str, str | Promise] = {
    "in_force": gettext_lazy("in force"),
    "guidance": gettext_lazy("BIS guidance"),
    "codified_not_yet_owed": gettext_lazy("codified, not yet owed"),
    "codified_not_enforced": gettext_lazy("codified, not enforced"),
    "stayed": gettext_lazy("stayed"),
    "presumed_back": gettext_lazy("presumed back in force"),
}
RECEIVING = ("end_user", "iaas_user", "iaas_customer", "recipient", "ultimate_consignee", "reseller", "purchaser")
"""Roles a question about “the customer” is about, the nearest to the use first."""


@dataclass(frozen=True, slots=True)
class FlagShown:
    """One red flag."""

    row: FlagState
    code: str
    number: str
    title: str
    text: str
    cite: str
    status: str
    answer: str
    answer_label: str
    severity: str
    checked: bool
    is_open: bool
    because: list[str]
    why_not: str
    steps: list[tuple[str, str]]
    questions: list[Asked]
    inquiries: list[Any]
    unanswered: int


@dataclass(slots=True)
class FlagsShown:
    """All red flags of a case, by what must be done about them."""

    evaluated: bool
    raised: list[FlagShown] = field(default_factory=list)
    unknown: list[FlagShown] = field(default_factory=list)
    closed: list[FlagShown] = field(default_factory=list)
    not_raised: list[FlagShown] = field(default_factory=list)
    not_relevant: list[FlagShown] = field(default_factory=list)
    questions: list[Asked] = field(default_factory=list)
    iaas: dict[str, Any] | None = None
    side_duties: dict[str, Any] | None = None

    @property
    def open(self) -> int:
        """Return how many flags block approval."""
        return len(self.raised) + len(self.unknown)

    def code_of(self, code: str | None, inquiry: str | None) -> str:
        """Return the flag a form was about: by its code, or by the inquiry it answers."""
        for flag in (*self.raised, *self.unknown):
            if flag.code == code or any(str(each.pk) == inquiry for each in flag.inquiries):
                return flag.code
        return ""


def show_flags(case: Case, known: CaseFacts) -> FlagsShown:
    """Return the flags of a case with the questions that would settle each."""
    rows = list(case.flags.all())
    shown = FlagsShown(evaluated=bool(rows))
    names = {party.ref: party.name for party in known.parties}
    customer = customer_of(known)
    for row in rows:
        flag = _flag(row, known, names, customer)
        if flag.is_open:
            (shown.raised if row.answer == FlagState.Answer.RAISED else shown.unknown).append(flag)
        elif row.closed_at:
            shown.closed.append(flag)
        elif row.answer == FlagState.Answer.NOT_RELEVANT:
            shown.not_relevant.append(flag)
        else:
            shown.not_raised.append(flag)
    asked_once: dict[tuple[str, str, str], Asked] = {}
    for flag in (*shown.raised, *shown.unknown):
        for each in flag.questions:
            asked_once.setdefault((each.key, each.party, each.item), each)
    shown.questions = list(asked_once.values())
    if case.activity == Case.Activity.IAAS:
        asked_of = next((place.party for place in known.places if place.role == "iaas_customer"), customer)
        shown.iaas = _questionnaire("iaas_customer", known, names, asked_of)
    shown.side_duties = _questionnaire("side_duties", known, names, None)
    return shown


def customer_of(known: CaseFacts) -> Party | None:
    """Return the party a question about “the customer” is about: the one nearest to the use."""
    for role in RECEIVING:
        for place in known.places:
            if place.role == role:
                return place.party
    return None


def _flag(row: FlagState, known: CaseFacts, names: dict[str, str], customer: Party | None) -> FlagShown:
    flag, language = red_flags.FLAGS.get(row.code), lang()
    open_inquiries = list(row.inquiries.all())
    return FlagShown(
        row=row,
        code=row.code,
        number=flag.number if flag else "",
        title=flag.title[language] if flag else row.code,
        text=flag.text[language] if flag else "",
        cite=flag.cite if flag else "",
        status=str(STATUS.get(str(row.detail.get("status", "")), "")),
        answer=row.answer,
        answer_label=str(row.get_answer_display()),
        severity=flag.severity if flag else "",
        checked=bool(row.detail.get("checked", True)),
        is_open=row.is_open,
        because=[_because(key, known) for key in row.detail.get("fired", ())],
        why_not=_in_language(row.detail.get("reason")),
        steps=[(step.basis, step.text[language]) for step in flag.due_diligence] if flag and row.is_open else [],
        questions=_questions(row, known, names, customer) if row.is_open else [],
        inquiries=open_inquiries,
        unanswered=sum(1 for each in open_inquiries if each.answered_on is None),
    )


def _in_language(words: Any) -> str:
    """Return stored words, which are either in both languages or a plain code of an older row."""
    if isinstance(words, dict):
        return str(words.get(lang(), ""))
    return str(words or "")


def _because(key: str, known: CaseFacts) -> str:
    """Return the fact that raised a flag, as question and answer where it is recorded."""
    for subject in (known.case.subject, *(p.subject for p in known.parties), *(i.subject for i in known.items)):
        fact = known.standing.get(subject, {}).get(key)
        if fact is not None:
            return f"{label(key)} – {value_words(key, fact.value)}"
    return label(key)


def _questions(row: FlagState, known: CaseFacts, names: dict[str, str], customer: Party | None) -> list[Asked]:
    found = []
    for key in dict.fromkeys(row.missing):
        one = fields().get(key)
        if one is None:
            continue
        if one.about is About.PARTY:
            refs = [ref for ref in row.detail.get("parties", ()) if ref in names] or (
                [customer.ref] if customer else []
            )
            found += [asked(key, party=ref, names=names) for ref in refs]
        elif one.about is About.ITEM:
            found += [asked(key, item=item.ref, names=names, model=str(item)) for item in known.items]
        else:
            found.append(asked(key, names=names))
    return found


def _questionnaire(code: str, known: CaseFacts, names: dict[str, str], customer: Party | None) -> dict[str, Any]:
    """Return a questionnaire with what is known filled in."""
    form, language = inquiries.questionnaire(code), lang()
    case = known.standing[known.case.subject]
    party = known.standing.get(customer.subject, {}) if customer else {}
    item = known.standing.get(known.items[0].subject, {}) if known.items else {}
    answered = total = 0
    sections = []
    for section in form.sections:
        questions = []
        for question in section.questions:
            about = question.field.about
            holder = party if about is About.PARTY else item if about is About.ITEM else case
            fact = holder.get(question.key)
            total += 1
            answered += fact is not None
            one = asked(
                question.key,
                party=customer.ref if about is About.PARTY and customer else "",
                item=known.items[0].ref if about is About.ITEM and known.items else "",
                names=names,
            )
            questions.append(
                {
                    "asked": one,
                    "standing": question.standing.value,
                    "standing_words": form.standings[question.standing][language],
                    "cite": question.cite,
                    "required": question.required,
                    "words": (_("cannot be known") if fact.cannot_be_known else value_words(question.key, fact.value))
                    if fact
                    else "",
                    "askable": about is not About.PARTY or customer is not None,
                }
            )
        sections.append(
            {
                "code": section.code,
                "title": section.title[language],
                "intro": section.intro[language],
                "questions": questions,
            }
        )
    return {
        "title": form.title[language],
        "intro": form.intro[language],
        "sections": sections,
        "answered": answered,
        "total": total,
        "customer": customer.name if customer else "",
        "party_ref": customer.ref if customer else "",
        "item_ref": known.items[0].ref if known.items else "",
    }


def with_what_follows(answers: list[dict[str, Any]], *, party_ref: str, item_ref: str) -> list[dict[str, Any]]:
    """Return answers to the IaaS questionnaire with the further facts its questions say an answer tells.

    An answer that cannot be known tells nothing further, and what was answered itself is never overwritten.
    """
    questions = {question.key: question for question in inquiries.questionnaire("iaas_customer").questions}
    found = {(answer["key"]): answer for answer in answers}
    for answer in answers:
        question = questions.get(answer["key"])
        if question is None or answer["value"] is None:
            continue
        for key, value in _told(question, answer["value"]).items():
            about = fields()[key].about
            found.setdefault(
                key,
                {
                    "key": key,
                    "value": value,
                    "party_ref": party_ref if about is About.PARTY else "",
                    "item_ref": item_ref if about is About.ITEM else "",
                    "cannot_be_known": False,
                },
            )
    return list(found.values())


def _told(question: inquiries.Question, raw: Any) -> dict[str, Any]:
    """Return the other facts one answer fills. A value that cannot be read fills none; the verb says what is wrong."""
    try:
        value = question.field.parse(raw)
    except BadValue:
        return {}
    told = {}
    for key in question.facts:
        if key != question.key:
            meaning = question.translations[key].get(value) if key in question.translations else value
            if meaning is not None:
                told[key] = meaning
    return told
