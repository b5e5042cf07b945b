"""Cases, parties and items for tests, made by the same verbs people use, with good defaults.

Every function takes who does it as ``by`` and lets the test say only what the test is about.
"""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from compliance.lifecycle import State
from compliance.models import Case, Decision, Item, Party, StoredDetermination, User
from compliance.services import facts, intake, items, parties

_number = count(1)

SOURCE = {"source": "company register extract", "as_of": "2026-01-15"}


def a_party(
    *, by: User, name: str = "", country: str = "SG", headquarters: str = "SG", parent: str = "SG", **given: Any
) -> Party:
    """Enter a party; an empty ``country``, ``headquarters`` or ``parent`` leaves that fact unknown."""
    party = parties.add_party(
        by=by,
        name=name or f"Example Cloud {next(_number)} Pte Ltd",
        **{"addresses": [{"text": "1 Example Road", "country": country}], **given},
    )
    told = {"party.country": country, "party.headquarters": headquarters, "party.ultimate_parent_headquarters": parent}
    for key, value in told.items():
        if value:
            facts.record_party_fact(party.ref, by=by, key=key, value=value, **SOURCE)
    return party


def an_item(*, by: User, kind: str = "chip", vendor: str = "Example", model: str = "", **given: Any) -> Item:
    """Enter an item; ``eccn_given`` is its classification, empty unless the test says so."""
    return items.add_item(by=by, kind=kind, vendor=vendor, model=model or f"X{next(_number)}", **given)


def a_case(*, by: User, **given: Any) -> Case:
    """Open a draft with destination, planned day and end use, and nothing in it yet."""
    return intake.open_case(
        by=by,
        **{
            "title": "12 accelerators to Example Cloud, Singapore",
            "activity": "export",
            "exporting_from": "US",
            "destination": "SG",
            "planned_on": "2026-12-15",
            "end_use": "Training of a weather model in the customer's own data center.",
            "value": "250000",
            **given,
        },
    )


def a_complete_case(*, by: User, party: Party | None = None, item: Item | None = None, **given: Any) -> Case:
    """Open a draft with one line and one end user: everything that handing in asks for."""
    case = a_case(by=by, **given)
    intake.add_line(case.ref, by=by, item_ref=(item or an_item(by=by)).ref, quantity=12, unit_value="20000")
    whom = party or a_party(by=by)
    intake.add_party(case.ref, by=by, party_ref=whom.ref, role="end_user")
    return Case.objects.get(pk=case.pk)


def a_submitted_case(*, by: User, **given: Any) -> Case:
    """Hand a complete case in; it is under review, not yet screened or determined."""
    case = a_complete_case(by=by, **given)
    return intake.submit(case.ref, by=by)


def in_state(case: Case, state: State) -> Case:
    """Put the row of a case into a state without the story that leads there, for tests about what follows."""
    Case.objects.filter(pk=case.pk).update(state=state.value)
    return Case.objects.get(pk=case.pk)


def agreed(case: Case, *, by: User, outcome: str, authorization: str | None = None) -> Case:
    """Write an approved proposal to apply, resting on a determination of this outcome, for tests about what follows."""
    determination = StoredDetermination.objects.create(
        case=case,
        on=day("2026-11-25"),
        lines=[{"facts": {}, "enforced": {"authorization": authorization, "conditions": []}}],
        outcome=outcome,
        outcome_codified=outcome,
        outcome_enforced=outcome,
        governing="enforced",
        rulebook="0" * 64,
        facts_digest="0" * 64,
        digest="0" * 64,
    )
    Decision.objects.create(
        case=case,
        determination=determination,
        recommendation="apply",
        reason="A test about what follows.",
        proposed_by=by,
        content="0" * 64,
        standing="approved",
    )
    return in_state(case, State.AUTHORIZATION_NEEDED)


def day(text: str) -> dt.date:
    """Return a day written as 2026-11-21."""
    return dt.date.fromisoformat(text)
