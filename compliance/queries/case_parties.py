"""Facts with their evidence, and the parties of a case with what is known of them and who owns them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from compliance.models import CaseParty, Fact, Party

from .case_law import Asked, asked
from .case_route import marks_of
from .fact_words import label, value_words
from .facts import CaseFacts, fields

PARTY_KEYS = (
    "party.country",
    "party.headquarters",
    "party.own_ultimate_parent",
    "party.ultimate_parent_headquarters",
    "party.military_end_user",
)
"""What is asked of every party, in this order, whether or not anything is known."""


@dataclass(frozen=True, slots=True)
class FactShown:
    """One fact with its evidence; ``known`` is false where nothing is recorded."""

    key: str
    label: str
    value: str
    known: bool
    cannot_be_known: bool
    source: str
    as_of: dt.date | None
    by: str
    at: dt.datetime | None
    document: Any
    form: Asked | None


@dataclass(frozen=True, slots=True)
class OwnerShown:
    """One share in a party; ``percent`` is empty where it is unknown."""

    name: str
    ref: str
    percent: Decimal | None
    depth: int
    owned: str


@dataclass(frozen=True, slots=True)
class PartyShown:
    """A party in this case."""

    ref: str
    name: str
    kind: str
    roles: list[str]
    marks: list[dict[str, str]]
    facts: list[FactShown]
    owners: list[OwnerShown]


def fact_shown(key: str, fact: Fact | None, form: Asked | None = None) -> FactShown:
    """Return one fact, or that it is not known."""
    if fact is None:
        return FactShown(key, label(key), _("unknown"), False, False, "", None, "", None, None, form)
    return FactShown(
        key=key,
        label=label(key),
        value=_("cannot be known") if fact.cannot_be_known else value_words(key, fact.value),
        known=True,
        cannot_be_known=fact.cannot_be_known,
        source=fact.source,
        as_of=fact.as_of,
        by=fact.recorded_by.name,
        at=fact.recorded_at,
        document=fact.document,
        form=form,
    )


def facts_shown(known: CaseFacts) -> list[tuple[str, list[FactShown]]]:
    """Return the facts of the case and of each item, by group, with a form to change each."""
    case = known.standing[known.case.subject]
    shown = [fact_shown(key, fact, asked(key, names={})) for key, fact in sorted(case.items())]
    groups = [
        (_("The transaction"), [one for one in shown if one.key.startswith("case.")]),
        (_("Answers to red-flag questions"), [one for one in shown if not one.key.startswith("case.")]),
    ]
    for item in known.items:
        facts = known.standing[item.subject]
        rows = [
            fact_shown(key, fact, asked(key, item=item.ref, names={}, model=str(item)))
            for key, fact in sorted(facts.items())
        ]
        groups.append((f"{item} · {item.ref}", rows))
    return groups


def parties_shown(known: CaseFacts) -> list[PartyShown]:
    """Return every party with its roles, marks, facts and recorded owners."""
    names = {party.ref: party.name for party in known.parties}
    found = []
    for party in known.parties:
        facts = known.standing[party.subject]
        keys = [*PARTY_KEYS, *sorted(set(facts) - set(PARTY_KEYS))]
        found.append(
            PartyShown(
                ref=party.ref,
                name=party.name,
                kind=str(party.get_kind_display()),
                roles=[str(CaseParty.Role(place.role).label) for place in known.places if place.party_id == party.pk],
                marks=marks_of(known, party),
                facts=[
                    fact_shown(
                        key, facts.get(key), asked(key, party=party.ref, names=names) if key in fields() else None
                    )
                    for key in keys
                ],
                owners=_owners(known, party),
            )
        )
    return found


def _owners(known: CaseFacts, party: Party) -> list[OwnerShown]:
    """Walk up from the party; a circle or a second way to the same owner is shown once."""
    found: list[OwnerShown] = []
    seen: set[int] = {party.pk}

    def walk(owned: int, depth: int, name: str) -> None:
        for owner, under, percent in known.owners:
            if under == owned:
                found.append(OwnerShown(owner.name, owner.ref, percent, depth, name))
                if owner.pk not in seen and depth < 12:
                    seen.add(owner.pk)
                    walk(owner.pk, depth + 1, owner.name)

    walk(party.pk, 0, party.name)
    return found
