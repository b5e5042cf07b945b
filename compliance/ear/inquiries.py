"""What is asked when facts are missing: the fields of red flags and the questionnaires customers answer.

``FIELDS`` holds every fact a red flag or a questionnaire names, in the shape of :mod:`compliance.ear.fields`.
A questionnaire is an ordered form over these fields and the law's own; each question says whether law, guidance, a
license condition, company policy or merely a *proposed* rule stands behind it. Answers become facts by
:meth:`Questionnaire.facts`. An empty answer is unknown, never "no".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from compliance.ear.fields import About, BadValue, Choice, Field, Kind
from compliance.ear.vocabulary import FIELDS as LAW_FIELDS

PARAMETERS = Path(__file__).parent / "parameters"
_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Words = Mapping[str, str]


class BadCatalog(ValueError):
    """A catalogue file that cannot be used; the message names file, entry and what is missing."""


class BadAnswer(ValueError):
    """An answer that cannot be this fact: ``field`` names it, ``key`` and ``values`` give the sentence to show."""

    def __init__(self, field: str, error: BadValue) -> None:
        super().__init__(f"{field}: {error.key}")
        self.field, self.key, self.values = field, error.key, error.values


@dataclass(frozen=True, slots=True)
class InquiryField(Field):
    """A field of a red flag or a questionnaire. ``derived_from`` says from which facts it can be worked out."""

    derived_from: str = ""

    @property
    def derived(self) -> bool:
        """Whether the answer can be worked out from ordinary facts of the case, so that nobody need be asked."""
        return bool(self.derived_from)


def read(path: str) -> Any:
    """Read one catalogue file below ``parameters``."""
    return yaml.load((PARAMETERS / path).read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader


def both_languages(where: str, words: Any) -> Words:
    """Return ``words`` if they say something in English and in Chinese; raises :class:`BadCatalog`."""
    if not isinstance(words, Mapping) or not all(str(words.get(lang) or "").strip() for lang in ("en", "zh")):
        raise BadCatalog(f"{where}: words in both 'en' and 'zh' are needed")
    return MappingProxyType({"en": str(words["en"]), "zh": str(words["zh"])})


def _field(raw: Mapping[str, Any]) -> InquiryField:
    where = f"inquiry_fields, {raw.get('key')}"
    kind = Kind(raw["kind"])
    if (kind in {Kind.CHOICE, Kind.MANY}) != bool(raw.get("choices")):
        raise BadCatalog(f"{where}: 'choices' belong to a choice, and a choice needs them")
    return InquiryField(
        key=raw["key"],
        about=About(raw["about"]),
        kind=kind,
        label=both_languages(where, raw["label"]),
        why=both_languages(where, raw["why"]),
        choices=tuple(Choice(str(c["value"]), both_languages(where, c)) for c in raw.get("choices", ())),
        unit=raw.get("unit", ""),
        cite=raw["cite"],
        derived_from=raw.get("derived", ""),
    )


def _fields() -> Mapping[str, InquiryField]:
    fields: dict[str, InquiryField] = {}
    for raw in read("part_732/inquiry_fields.yaml")["fields"]:
        if raw["key"] in fields or raw["key"] in LAW_FIELDS:
            raise BadCatalog(f"inquiry_fields, {raw['key']}: the key is taken")
        fields[raw["key"]] = _field(raw)
    return MappingProxyType(fields)


FIELDS: Mapping[str, InquiryField] = _fields()


def field_of(key: str) -> Field:
    """Return the field called ``key``, an inquiry's or the law's own; raises :class:`KeyError`."""
    return FIELDS[key] if key in FIELDS else LAW_FIELDS[key]


def parse(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Parse raw answers to known facts; unknown ones (``None``, empty) are left out, as are keys that are no field.

    Raises :class:`BadAnswer` naming the field.
    """
    known: dict[str, Any] = {}
    for key, raw in answers.items():
        if key not in FIELDS and key not in LAW_FIELDS:
            continue
        try:
            value = field_of(key).parse(raw)
        except BadValue as error:
            raise BadAnswer(key, error) from error
        if value is not None and value != ():
            known[key] = value
    return known


class Standing(StrEnum):
    """What stands behind a question. A proposed rule binds nobody; it is a template for good practice."""

    LAW = "law"
    GUIDANCE = "guidance"
    LICENSE_CONDITION = "license_condition"
    PROPOSED = "proposed"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a questionnaire. ``facts`` are the keys its answer fills.

    ``translations`` holds, for a fact of another kind than the question, which answer means what; an answer that is
    not in it says nothing about that fact.
    """

    field: Field
    standing: Standing
    cite: str
    facts: tuple[str, ...]
    required: bool
    translations: Mapping[str, Mapping[str, Any]]

    @property
    def key(self) -> str:
        """The key the answer is sent under."""
        return self.field.key


@dataclass(frozen=True, slots=True)
class Section:
    """A group of questions under one heading."""

    code: str
    title: Words
    intro: Words
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A form for one kind of party. ``standings`` says in both languages what each standing means."""

    code: str
    title: Words
    intro: Words
    standings: Mapping[Standing, Words]
    sections: tuple[Section, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question in order."""
        return tuple(question for section in self.sections for question in section.questions)

    def parse(self, answers: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, BadValue]]:
        """Parse every answer: what is known by key, and what is wrong by key, all of it at once.

        A key that is no question of this form is wrong too (``unknown_question``), so that nothing is silently lost.
        """
        by_key = {question.key: question.field for question in self.questions}
        known: dict[str, Any] = {}
        wrong: dict[str, BadValue] = {}
        for key, raw in answers.items():
            if key not in by_key:
                wrong[key] = BadValue("unknown_question", given=str(key)[:60])
                continue
            try:
                value = by_key[key].parse(raw)
            except BadValue as error:
                wrong[key] = error
                continue
            if value is not None and value != ():
                known[key] = value
        return known, wrong

    def facts(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return the facts the answers give, by fact key. Raises :class:`BadAnswer` for the first answer in error."""
        known, wrong = self.parse(answers)
        for key, error in wrong.items():
            raise BadAnswer(key, error)
        facts: dict[str, Any] = {}
        for question in self.questions:
            if question.key not in known:
                continue
            for fact in question.facts:
                value = known[question.key]
                if fact in question.translations:
                    value = question.translations[fact].get(value)
                if value is not None:
                    facts[fact] = value
        return facts

    def unanswered(self, answers: Mapping[str, Any], *, required_only: bool = True) -> tuple[str, ...]:
        """Return the keys of questions still open, in order."""
        known, _ = self.parse(answers)
        return tuple(q.key for q in self.questions if q.key not in known and (q.required or not required_only))


def questionnaire(code: str) -> Questionnaire:
    """Return the questionnaire called ``code``; raises :class:`KeyError`."""
    return QUESTIONNAIRES[code]


_SOURCES: Mapping[str, str] = {
    "iaas_customer": "part_744/iaas_customer_questionnaire.yaml",
    "side_duties": "side_duties.yaml",
}


def _questionnaire(path: str) -> Questionnaire:
    raw = read(path)
    where = raw["code"]
    sections = []
    for part in raw["sections"]:
        here = f"{where}, {part['code']}"
        questions = tuple(_question(here, one) for one in part["questions"])
        sections.append(
            Section(part["code"], both_languages(here, part["title"]), both_languages(here, part["intro"]), questions)
        )
    _once(where, (q.key for section in sections for q in section.questions))
    return Questionnaire(
        code=where,
        title=both_languages(where, raw["title"]),
        intro=both_languages(where, raw["intro"]),
        standings=MappingProxyType({s: both_languages(where, raw["standings"][s.value]) for s in Standing}),
        sections=tuple(sections),
    )


def _question(where: str, raw: Mapping[str, Any]) -> Question:
    key = raw["field"]
    translations = {fact: MappingProxyType(dict(told)) for fact, told in raw.get("translated", {}).items()}
    facts = (*raw.get("facts", (key,)), *translations)
    for name in (key, *facts):
        if name not in FIELDS and name not in LAW_FIELDS:
            raise BadCatalog(f"{where}: there is no field '{name}'")
    field = field_of(key)
    return Question(
        field, Standing(raw["standing"]), raw.get("cite", field.cite), facts, raw.get("required", False), translations
    )


def _once(where: str, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise BadCatalog(f"{where}: '{key}' is asked twice")
        seen.add(key)


@lru_cache(maxsize=1)
def _questionnaires() -> Mapping[str, Questionnaire]:
    return MappingProxyType({code: _questionnaire(path) for code, path in _SOURCES.items()})


QUESTIONNAIRES: Mapping[str, Questionnaire] = _questionnaires()
