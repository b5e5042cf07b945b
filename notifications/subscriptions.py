"""Who hears of what. Every action of the chain has a line here, or says that nobody hears of it.

The person who did something never hears of it herself. Nobody hears of a case outside her units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.queries import hearers

from .models import Urgency


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the chain, and the case it is about if it is about one."""

    action: str
    actor: str
    subject: str
    payload: Mapping[str, Any]
    case: Any = None


Audience = Callable[[Told], list[Any]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who hears of an action, and how much it may wait."""

    audiences: tuple[Audience, ...]
    urgency: Urgency


def may(permission: str, *, anywhere: bool = False) -> Audience:
    """Those with a permission, in the unit of the case where there is one, or in any unit."""

    def find(told: Told) -> list[Any]:
        return hearers.those_who_may(permission, case=None if anywhere else told.case)

    return find


def holder(told: Told) -> list[Any]:
    """The person who holds the case, or who opened it while nobody holds it."""
    if told.case is None:
        return []
    return [told.case.assigned_to or told.case.created_by]


def proposer(told: Told) -> list[Any]:
    """The person who made the latest proposal."""
    found = hearers.proposer_of(told.case) if told.case else None
    return [found] if found else []


def named(*keys: str) -> Audience:
    """The people whose user names stand in the payload."""

    def find(told: Told) -> list[Any]:
        return hearers.people_named(str(told.payload.get(key) or "") for key in keys)

    return find


def person_meant(told: Told) -> list[Any]:
    """The person an entry is about (``person:mira``)."""
    noun, _colon, username = told.subject.partition(":")
    return hearers.people_named([username]) if noun == "person" else []


NOBODY = Subscription((), Urgency.NOTE)

APPROVERS = may("compliance.approve_case")
OFFICERS = may("compliance.propose_case")
LICENSERS = may("compliance.license_case")
SHIPPERS = may("compliance.ship_case")
LIST_KEEPERS = may("screening.refresh_lists")
ADMINISTRATORS = may("compliance.manage_people", anywhere=True)
owner = named("owner")


def _soon(*audiences: Audience) -> Subscription:
    return Subscription(audiences, Urgency.SOON)


def _note(*audiences: Audience) -> Subscription:
    return Subscription(audiences, Urgency.NOTE)


def _legal(*audiences: Audience) -> Subscription:
    return Subscription(audiences, Urgency.LEGAL)


SUBSCRIPTIONS: dict[str, Subscription] = {
    # --- the case, in the order of its life
    "case.open": NOBODY,
    "case.amend": NOBODY,
    "case.answer": NOBODY,
    "case.attach": NOBODY,
    "case.assign": _soon(named("now")),
    "case.comment": _note(holder, proposer),
    "case.submit": _soon(OFFICERS),
    "case.screen": NOBODY,
    "case.determine": NOBODY,
    "case.recheck": NOBODY,
    "case.inquire": NOBODY,
    "case.close_flag": NOBODY,
    "case.propose": _soon(APPROVERS),
    "case.countersign": _soon(APPROVERS),
    "case.approve": _soon(holder, proposer, SHIPPERS),
    "case.require_authorization": _soon(holder, proposer, LICENSERS),
    "case.send_back": _soon(holder, proposer),
    "case.refuse": _soon(holder, proposer),
    "case.hold": _note(holder),
    "case.resume": _note(holder),
    "case.file": _note(holder),
    "case.pause_clock": _note(holder),
    "case.grant": _soon(holder, SHIPPERS),
    "case.deny": _soon(holder, proposer),
    "case.ship": _note(holder, proposer),
    "case.reopen": _soon(holder, proposer),
    "case.close": NOBODY,
    # --- days that are due
    "clock.warn": _legal(owner, holder),
    "clock.overdue": _legal(owner, holder, OFFICERS),
    "clock.expire": _legal(owner, holder),
    # --- lists, matches, law
    "list.refresh": NOBODY,
    "list.await": _soon(LIST_KEEPERS),
    "list.publish": NOBODY,
    "list.reject": _soon(LIST_KEEPERS),
    "list.retire": _soon(LIST_KEEPERS),
    "list.quarantine": _soon(LIST_KEEPERS),
    "match.judge": NOBODY,
    "match.escalate": _soon(named("waits_for")),
    # --- parties and items
    "party.add": NOBODY,
    "party.change": NOBODY,
    "party.fact": NOBODY,
    "party.attach": NOBODY,
    "party.own": NOBODY,
    "party.disown": NOBODY,
    "party.import": NOBODY,
    "party.screen": NOBODY,
    "item.add": NOBODY,
    "item.change": NOBODY,
    "item.fact": NOBODY,
    # --- people
    "person.add": NOBODY,
    "person.change": _soon(person_meant),
    "person.close": NOBODY,
    "person.reopen": NOBODY,
    "person.new_password": _soon(person_meant),
    "person.profile": NOBODY,
    "person.sign_in_failed": NOBODY,
    "unit.add": NOBODY,
    "roles.sync": _note(ADMINISTRATORS),
    # --- questions asked of the law
    "batch.start": NOBODY,
    "batch.finish": NOBODY,
    "batch.stop": NOBODY,
    "batch.export": NOBODY,
    "impact.start": NOBODY,
    "impact.finish": NOBODY,
    "impact.stop": NOBODY,
    # --- what leaves the house
    "report.export": NOBODY,
    "proof.export": NOBODY,
    "log.export": NOBODY,
}


def audience(told: Told) -> tuple[list[Any], Urgency]:
    """Return who hears of an entry, each once, in a fixed order, and how much it may wait.

    A legal deadline always reaches somebody: where its owner has left or moved away, the officers of the unit hear of
    it, and where there are none, the administrators.
    """
    found = SUBSCRIPTIONS.get(told.action, NOBODY)
    heard = _who(told, found.audiences)
    if found.urgency is Urgency.LEGAL:
        heard = heard or _who(told, (OFFICERS,)) or _who(told, (ADMINISTRATORS,))
    return heard, found.urgency


def _who(told: Told, audiences: tuple[Audience, ...]) -> list[Any]:
    people = {person.pk: person for each in audiences for person in each(told)}
    left_out = {told.actor}
    if told.action == "case.countersign":
        # Whoever prepared the proposal cannot give the second verdict on it.
        left_out.add(str(told.payload.get("proposed_by")))
    heard = [
        person
        for person in people.values()
        if person.is_active and person.username not in left_out and hearers.may_see(person, told.case)
    ]
    return sorted(heard, key=lambda person: person.pk)
