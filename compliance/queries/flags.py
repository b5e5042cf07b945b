"""What red flags look at: what people answered, what follows from the facts, and what the file itself tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from compliance import ear
from compliance.ear import derivations, red_flags
from compliance.models import Case, CaseParty, Document, Item, Party

from .facts import CaseFacts, fields

READINGS = ("codified", "enforced")
_CUSTOMERS = ("end_user", "iaas_customer", "ultimate_consignee", "recipient", "purchaser")
_OWNER_LIST = {"entity_list": "ENTITY_LIST", "military_end_user": "MEU_LIST", "sdn": "SDN_744_8"}


@dataclass(frozen=True, slots=True)
class Looked:
    """What the flags see of one item of a case: known facts only, and those of each party apart."""

    item: Item | None
    facts: ear.Facts
    values: dict[str, Any]
    parties: dict[str, dict[str, Any]]


def looked_at(known: CaseFacts, *, on: dt.date) -> list[Looked]:
    """Return what the flags look at: every item of the case, with every party but the exporter."""
    book = ear.the_book()
    shared = _known(_recorded(known, known.case.subject), dict(_of_case(known, on)))
    exporters = {party.ref for party in known.parties if known.role_of(party) == CaseParty.Role.EXPORTER}
    found = []
    for item in known.items or [None]:
        facts = known.for_law(item)
        recorded = _recorded(known, item.subject) if item else {}
        derived = derivations.of_case(facts, on=on, book=book) | ({"ic.model": str(item)} if item else {})
        by_ref = {party.ref: party for party in known.parties if party.ref not in exporters}
        parties = {
            each.ref: _known(
                _recorded(known, by_ref[each.ref].subject),
                derivations.of_party(each, on=on, book=book) | dict(_of_party(known, by_ref[each.ref])),
            )
            for each in facts.parties
            if each.ref in by_ref
        }
        values = _known(shared | recorded, derived | _of_beneficiary(known, parties))
        found.append(Looked(item, facts, values, parties))
    return found


def flag_answers(known: CaseFacts, looked: Looked, *, on: dt.date) -> list[red_flags.FlagAnswer]:
    """Return what every flag says of one item and all parties, in both readings."""
    activity = known.case.activity or None
    return [
        answer
        for reading in READINGS
        for answer in red_flags.evaluate(
            looked.values, on=on, reading=reading, activity=activity, parties=looked.parties
        )
    ]


def _known(recorded: dict[str, Any], derived: dict[str, Any]) -> dict[str, Any]:
    """Put what follows from the file over what people recorded, and leave out what nobody knows."""
    both = recorded | {key: value for key, value in derived.items() if value is not None}
    return {key: value for key, value in both.items() if value is not None}


def _recorded(known: CaseFacts, subject: str) -> dict[str, Any]:
    """Return what people recorded, in the form the flags compare."""
    values: dict[str, Any] = {}
    for key, fact in known.standing.get(subject, {}).items():
        field = fields().get(key)
        if field is not None and fact.value is not None:
            values[key] = field.parse(fact.value)
    return values


def _of_case(known: CaseFacts, on: dt.date) -> Iterator[tuple[str, Any]]:
    case = known.case
    if any(document.kind == Document.Kind.END_USE_STATEMENT for document in case.documents.all()):
        yield "document.end_use_statement_present", True
    founded = known.standing[case.subject].get("customer.incorporation_date")
    if founded and founded.value:
        yield "customer.years_in_business", Decimal((on - dt.date.fromisoformat(founded.value)).days // 365)
    customer = _customer(known)
    if customer is not None:
        yield "customer.is_new", not _dealt_with_before(case, customer)
    if any(place.role in {"end_user", "iaas_customer", "recipient"} for place in known.places):
        yield "order.end_user_identified", True
    consignees = [place.party for place in known.places if place.role == "ultimate_consignee"]
    if consignees and all(party.addresses.all() for party in consignees):
        yield "delivery.ultimate_address_known", True
    if case.activity == Case.Activity.IAAS:
        yield "transaction.kind", "service"
    if any(_of_concern(code, on) for code in case.route):
        yield "route.transit_country_diversion_risk", "high"
    if any(row.kind == "nac" for row in case.authorizations.all()):
        yield "transaction.license_exception", "NAC"


def _of_concern(code: str, on: dt.date) -> bool:
    """Return whether goods on their way through a country may stay there: D:5, Macau, an embargo, or not known."""
    law = ear.the_book().on(on, ear.Reading.CODIFIED)
    groups = ("part_740.group_d5", "part_740.group_e1", "part_740.group_e2")
    return code == "MO" or any(law.member(group, code).value is not False for group in groups)


def _of_party(known: CaseFacts, party: Party) -> Iterator[tuple[str, Any]]:
    standing = known.lists.get(party.subject)
    if standing is not None and standing.complete:
        yield "screening.name_similarity", Decimal(str(round(standing.highest_undecided, 4)))
        yield "screening.address_match", standing.address_match
    above = [(owner, percent) for owner, owned, percent in known.owners if owned == party.pk]
    if above:
        codes = {code for owner, _percent in above for code in _owner_lists(known, owner)}
        yield "party.known_owner_lists", None if "" in codes else tuple(sorted(codes)) or ("NONE",)
        yield "party.ownership_percentage_determined", all(percent is not None for _owner, percent in above)


def _of_beneficiary(known: CaseFacts, parties: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return where whoever the transaction is for has its headquarters."""
    customer = _customer(known)
    groups = parties.get(customer.ref, {}).get("party.hq_country_group") if customer else None
    return {"beneficiary.hq_country_group": groups}


def _customer(known: CaseFacts) -> Party | None:
    """Return whoever the transaction is for: the user before the consignee, the consignee before the payer."""
    by_role = {place.role: place.party for place in known.places}
    return next((by_role[role] for role in _CUSTOMERS if role in by_role), None)


def _dealt_with_before(case: Case, customer: Party) -> bool:
    earlier = Case.objects.filter(parties__party=customer, created_at__lt=case.created_at, shipped_on__isnull=False)
    return earlier.exclude(pk=case.pk).exists()


def _owner_lists(known: CaseFacts, owner: Party) -> set[str]:
    """Return the lists an owner stands on; an empty word stands for "cannot tell yet"."""
    standing = known.lists.get(owner.subject)
    if standing is None or not standing.complete or standing.undecided:
        return {""}
    return {_OWNER_LIST[one["code"]] for one in standing.listings if one["code"] in _OWNER_LIST}
