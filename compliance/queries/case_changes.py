"""What would change the answer to a case, and what the law says once a fact is changed without saving it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from compliance import countries, ear
from compliance.ear.changing import DAY, PLACE, REMOVED, Flip, what_would_change
from compliance.ear.facts import json_safe

from .case_days import READINGS, AnswerShown, SaidShown, say_finding, shown_answer, what_carries
from .fact_words import day_words, label, lang, value_words

_ORDER = {outcome: rank for rank, outcome in enumerate(ear.Outcome)}
MOST_OTHERS = 4


@dataclass(frozen=True, slots=True)
class FlipShown:
    """One change: the fact, its value and the one to try, the answer then, and the finding that did it."""

    fact: str
    who: str
    was: str
    to: str
    others: str
    answer: AnswerShown
    did: SaidShown | None
    note: str


@dataclass(frozen=True, slots=True)
class ChangesShown:
    """The changes by what they do: less strict, as strict by another authorization, stricter, left open.

    ``answer`` is the answer as it stands on ``day``.
    """

    answer: AnswerShown
    day: dt.date
    freeing: list[FlipShown]
    sideways: list[FlipShown]
    holding: list[FlipShown]
    opening: list[FlipShown]

    @property
    def groups(self) -> list[tuple[str, list[FlipShown]]]:
        """Return the groups that hold anything, with their headings."""
        named = (
            (_("Less strict"), self.freeing),
            (_("As strict, by another authorization"), self.sideways),
            (_("Stricter"), self.holding),
            (_("Open: to be decided by hand"), self.opening),
        )
        return [(heading, rows) for heading, rows in named if rows]

    @property
    def count(self) -> int:
        """Return how many changes were found."""
        return sum(len(rows) for _heading, rows in self.groups)


@lru_cache(maxsize=64)
def _flips(facts: ear.Facts, day: dt.date, reading: ear.Reading, tolerance: int, _digest: str) -> tuple[Flip, ...]:
    return what_would_change(facts, on=day, reading=reading, book=ear.the_book(), tolerance=tolerance)


def changes_of_line(facts: ear.Facts, day: dt.date, reading: str, names: Mapping[str, str]) -> ChangesShown:
    """Return what would change the answer of one line on ``day`` in ``reading``."""
    book, tolerance = ear.the_book(), settings.GATEHOUSE_RULEBOOK_MAX_AGE_DAYS
    read = ear.Reading(reading)
    base = ear.determine(facts, on=day, reading=read, book=book, tolerance=tolerance)
    freeing, sideways, holding, opening = [], [], [], []
    for flip in _flips(facts, day, read, tolerance, book.digest):
        shown = _shown(flip, names)
        if flip.outcome is ear.Outcome.UNDETERMINED:
            opening.append(shown)
        elif flip.outcome is base.outcome:
            sideways.append(shown)
        elif _ORDER[flip.outcome] < _ORDER[base.outcome]:
            freeing.append(shown)
        else:
            holding.append(shown)
    return ChangesShown(_answer(base), day, freeing, sideways, holding, opening)


def _answer(found: ear.Determination) -> AnswerShown:
    policy = found.review_policy.policy if found.review_policy else None
    return shown_answer(found.outcome, found.authorization, policy)


def _shown(flip: Flip, names: Mapping[str, str]) -> FlipShown:
    fact = {
        PLACE: _("Everything moved together: destination, and where every recipient is"),
        DAY: _("The day of export"),
        REMOVED: _("This party not taking part"),
    }.get(flip.fact) or label(flip.fact)
    others = [_value(flip.fact, one, "") for one in flip.others[:MOST_OTHERS]]
    rest = len(flip.others) - len(others)
    joined = ("、" if lang() == "zh" else ", ").join(others)
    if rest > 0:
        joined = _("%(some)s and %(n)d more") % {"some": joined, "n": rest}
    return FlipShown(
        fact=fact,
        who=names.get(flip.party or "", flip.party or ""),
        was=_("takes part") if flip.fact == REMOVED else _value(flip.fact, flip.was, ""),
        to=_("not a party to it") if flip.fact == REMOVED else _value(flip.fact, flip.to, flip.bound),
        others=joined,
        answer=shown_answer(flip.outcome, flip.authorization, flip.policy),
        did=say_finding(flip.finding, names) if flip.finding else None,
        note=_("with the ECCN these figures give: %(eccn)s") % {"eccn": flip.eccn} if flip.eccn else "",
    )


def _value(fact: str, value: Any, bound: str) -> str:
    if fact == PLACE:
        return f"{countries.name(value, lang())} ({value})"
    if isinstance(value, dt.date):
        return day_words(value.isoformat())
    if fact == "party.listings":
        if value is None:
            return str(_("not screened"))
        return str(_("an entry on the Entity List for all items") if value else _("no entry on any list"))
    words = value_words(fact, json_safe(value))
    if bound == "from":
        return str(_("%(value)s or more") % {"value": words})
    return str(_("%(value)s or less") % {"value": words}) if bound == "up_to" else words


@dataclass(frozen=True, slots=True)
class TriedShown:
    """The answer to changed facts in both readings beside the answer that stands; nothing of it is kept."""

    day: dt.date
    changed: list[dict[str, str]]
    before: list[tuple[str, AnswerShown]]
    after: list[tuple[str, AnswerShown, list[SaidShown]]]
    moved: bool


def try_facts(
    facts: ear.Facts, day: dt.date, changes: Iterable[tuple[str, str, str]], *, then: dt.date, names: Mapping[str, str]
) -> TriedShown:
    """Ask the law of ``then`` for the facts with ``changes`` (key, party, value; an empty value is unknown).

    Raises :class:`ear.BadFacts` naming the fact for a value that cannot be it, :class:`KeyError` for a key or party
    that does not exist.
    """
    changed, told = facts, []
    for key, party, value in changes:
        changed = changed.answering(key, value or None, party=party or None)
        told.append(
            {
                "fact": label(key),
                "who": names.get(party, party),
                "was": value_words(key, json_safe(facts.get(key, party or None))),
                "to": value_words(key, json_safe(changed.get(key, party or None))),
                "raw": f"{key}|{party}|{value}",
            }
        )
    before = [_ask(facts, day, reading) for reading in ear.Reading]
    after = [_ask(changed, then, reading) for reading in ear.Reading]
    words = [str(READINGS[reading.value]) for reading in ear.Reading]
    return TriedShown(
        day=then,
        changed=told,
        before=list(zip(words, map(_answer, before), strict=True)),
        after=[(word, _answer(one), what_carries(one, names)) for word, one in zip(words, after, strict=True)],
        moved=[_answer(one) for one in before] != [_answer(one) for one in after],
    )


def _ask(facts: ear.Facts, day: dt.date, reading: ear.Reading) -> ear.Determination:
    tolerance = max(settings.GATEHOUSE_RULEBOOK_MAX_AGE_DAYS, (day - ear.the_book().horizon).days)
    return ear.determine(facts, on=day, reading=reading, book=ear.the_book(), tolerance=tolerance)


def facts_to_try(facts: ear.Facts, names: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the facts a finding of today may read, as (key|party, question, whom, value), for a form."""
    rows = []
    for key, field in ear.FIELDS.items():
        if key in {"case.parties", "party.listings"}:
            continue
        for party in [one.ref for one in facts.parties] if key.startswith("party.") else [""]:
            rows.append(
                {
                    "name": f"{key}|{party}",
                    "label": field.label[lang()],
                    "who": names.get(party, party),
                    "was": value_words(key, json_safe(facts.get(key, party or None))),
                }
            )
    return rows
