"""What red flags look at: what people answered, and what the file itself already tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from compliance import ear
from compliance.models import Case, CaseParty, Document, Item, Party

from .facts import CaseFacts, fields

_GROUPS = {"D:1": "d1", "D:4": "d4", "D:5": "d5", "A:5": "a5", "A:6": "a6"}
_CUSTOMERS = ("end_user", "iaas_customer", "ultimate_consignee", "recipient", "purchaser")
_CHAIN_ROLE = {
    "forwarding_agent": "forwarder",
    "intermediate_consignee": "consignee",
    "ultimate_consignee": "consignee",
    "reseller": "reseller",
    "end_user": "end_user",
}


@dataclass(frozen=True, slots=True)
class Looked:
    """What the flags see of one item of a case: known facts only, and those of each party apart."""

    item: Item | None
    values: dict[str, Any]
    parties: dict[str, dict[str, Any]]


def looked_at(known: CaseFacts, *, on: dt.date) -> list[Looked]:
    """Return what the flags look at: every item of the case, with every party but the exporter."""
    law = ear.the_book().on(on, ear.Reading.ENFORCED)
    shared = _known(_recorded(known, known.case.subject), _of_case(known, on, law))
    parties = {
        party.ref: _known(_recorded(known, party.subject), _of_party(known, party, law))
        for party in known.parties
        if known.role_of(party) != CaseParty.Role.EXPORTER
    }
    return [
        Looked(item, shared | (_known(_recorded(known, item.subject), _of_item(known, item)) if item else {}), parties)
        for item in known.items or [None]
    ]


def _known(recorded: dict[str, Any], derived: Iterator[tuple[str, Any]]) -> dict[str, Any]:
    """Put what the file tells over what people recorded, and leave out what nobody knows."""
    values = recorded | {key: value for key, value in derived if value is not None}
    return {key: value for key, value in values.items() if value is not None}


def _recorded(known: CaseFacts, subject: str) -> dict[str, Any]:
    """Return what people recorded, in the form the flags compare."""
    values: dict[str, Any] = {}
    for key, fact in known.standing.get(subject, {}).items():
        field = fields().get(key)
        if field is not None and fact.value is not None:
            values[key] = field.parse(fact.value)
    return values


def _of_case(known: CaseFacts, on: dt.date, law: ear.Law) -> Iterator[tuple[str, Any]]:
    case = known.case
    if case.documents.filter(kind=Document.Kind.END_USE_STATEMENT).exists():
        yield "document.end_use_statement_present", True
    founded = known.standing[case.subject].get("customer.incorporation_date")
    if founded and founded.value:
        yield "customer.years_in_business", Decimal((on - dt.date.fromisoformat(founded.value)).days // 365)
    customer = _customer(known)
    if customer is not None:
        yield "customer.is_new", not _dealt_with_before(case, customer)
        groups = _hq_groups(known, customer, law)
        yield "beneficiary.hq_country_group", groups
        yield "customer.hq_or_ultimate_parent_hq_in_supp_5a", _in_supplement_5a(known, customer, law)
    receivers = [place for place in known.places if place.role in {"end_user", "iaas_customer", "recipient"}]
    yield "order.end_user_identified", bool(receivers) or None
    consignees = [place.party for place in known.places if place.role == "ultimate_consignee"]
    if consignees and all(party.addresses.exists() for party in consignees):
        yield "delivery.ultimate_address_known", True
    if case.activity == Case.Activity.IAAS:
        yield "transaction.kind", "service"
    kinds = {row.kind for row in case.authorizations.all()}
    if "nac" in kinds:
        yield "transaction.license_exception", "NAC"


def _of_party(known: CaseFacts, party: Party, law: ear.Law) -> Iterator[tuple[str, Any]]:
    facts = known.standing[party.subject]
    location = facts.get("party.country")
    if location and location.value:
        yield "party.location_country_group", _groups_of(str(location.value), law)
    yield "party.hq_country_group", _hq_groups(known, party, law)
    roles = [place.role for place in known.places if place.party_id == party.pk]
    yield "party.chain_role", next((_CHAIN_ROLE[role] for role in roles if role in _CHAIN_ROLE), None)
    standing = known.lists.get(party.subject)
    if standing is not None and standing.complete:
        yield "screening.name_similarity", Decimal(str(standing.highest_undecided))
        yield "screening.address_match", standing.address_match
    above = [(owner, percent) for owner, owned, percent in known.owners if owned == party.pk]
    if above:
        codes = {code for owner, _percent in above for code in _owner_lists(known, owner)}
        yield "party.known_owner_lists", None if "" in codes else tuple(sorted(codes)) or ("NONE",)
        yield "party.ownership_percentage_determined", all(percent is not None for _owner, percent in above)


def _of_item(known: CaseFacts, item: Item) -> Iterator[tuple[str, Any]]:
    yield "ic.model", str(item)
    if item.eccn:
        yield "item.eccn_series", _series(item.eccn)
        yield "item.eccn_category_group", "3B" if item.eccn.startswith("3B") else "other"
    level = known.standing[item.subject].get("item.level")
    if item.eccn.startswith("3A090") or (level and level.value in {"a", "b"}):
        yield "ic.meets_3a090", True
        yield "item.in_scope_of_training_statement", True


def _series(eccn: str) -> str:
    number = eccn[2:5]
    if number == "515":
        return "9x515"
    return "600-series" if number.startswith("6") and number.isdigit() else "other"


def _customer(known: CaseFacts) -> Party | None:
    """Return whoever the transaction is for: the user before the consignee, the consignee before the payer."""
    by_role = {place.role: place.party for place in known.places}
    return next((by_role[role] for role in _CUSTOMERS if role in by_role), None)


def _dealt_with_before(case: Case, customer: Party) -> bool:
    earlier = Case.objects.filter(parties__party=customer, created_at__lt=case.created_at, shipped_on__isnull=False)
    return earlier.exclude(pk=case.pk).exists()


def _groups_of(country: str, law: ear.Law) -> tuple[str, ...]:
    found = [name for name, key in _GROUPS.items() if law.member(f"part_740.group_{key}", country).value is True]
    if country == "MO":
        found.append("MACAU")
    return tuple(sorted(found)) or ("NONE",)


def _hq_groups(known: CaseFacts, party: Party, law: ear.Law) -> tuple[str, ...] | None:
    """Return the groups of a party's headquarters and its ultimate parent's; unknown while either is."""
    countries = _hq_countries(known, party)
    if countries is None:
        return None
    found = {group for country in countries for group in _groups_of(country, law)}
    return tuple(sorted(found - {"NONE"} or found))


def _hq_countries(known: CaseFacts, party: Party) -> set[str] | None:
    facts = known.standing[party.subject]

    def value(key: str) -> Any:
        return facts[key].value if key in facts else None

    headquarters = value("party.headquarters")
    parent = headquarters if value("party.own_ultimate_parent") else value("party.ultimate_parent_headquarters")
    return {str(headquarters), str(parent)} if headquarters and parent else None


def _in_supplement_5a(known: CaseFacts, party: Party, law: ear.Law) -> bool | None:
    countries = _hq_countries(known, party)
    if countries is None:
        return None
    answers = {law.member("part_740.supplement_5a", country).value for country in countries}
    if answers == {True}:
        return True
    return None if None in answers and False not in answers else False


_OWNER_LIST = {"entity_list": "ENTITY_LIST", "military_end_user": "MEU_LIST", "sdn": "SDN_744_8"}


def _owner_lists(known: CaseFacts, owner: Party) -> set[str]:
    """Return the lists an owner stands on; an empty word stands for "cannot tell yet"."""
    standing = known.lists.get(owner.subject)
    if standing is None or not standing.complete or standing.undecided:
        return {""}
    return {_OWNER_LIST[one["code"]] for one in standing.listings if one["code"] in _OWNER_LIST}
