"""What red flags ask and the case already knows: answers worked out from the law's own facts.

Only what follows is answered; the rest stays open. A country group is given for the headquarters only when both
headquarters are known, or when the one that is known is already of concern: half a picture never says "none".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from compliance.ear.facts import Facts
from compliance.ear.law import Law, NotYetEncoded, Reading, Rulebook
from compliance.ear.records import PartyFacts, Role
from compliance.ear.triggers import Kleene, both

GROUPS: Mapping[str, str] = {
    "D:1": "part_740.group_d1",
    "D:4": "part_740.group_d4",
    "D:5": "part_740.group_d5",
    "A:5": "part_740.group_a5",
    "A:6": "part_740.group_a6",
}
OF_CONCERN = frozenset({"D:1", "D:4", "D:5", "MACAU"})
SERIES_600 = re.compile(r"\d[A-E]6\d\d")
SPACECRAFT = re.compile(r"9[A-E]515")
Z_PARAGRAPH = re.compile(r"[345][A-E]\d{3}\.z")
CHAIN: Mapping[Role, str] = {
    Role.INTERMEDIATE_CONSIGNEE: "consignee",
    Role.ULTIMATE_CONSIGNEE: "consignee",
    Role.FORWARDING_AGENT: "forwarder",
    Role.END_USER: "end_user",
    Role.IAAS_CUSTOMER: "end_user",
    Role.IAAS_USER: "end_user",
}


def of_case(facts: Facts, *, on: dt.date, book: Rulebook) -> dict[str, Any]:
    """Return what the item and the customer answer, by inquiry field key; what does not follow is left out."""
    # As codified: Supplement No. 5(a) belongs to a rule that is not enforced, and so does the flag that reads it.
    law = book.on(on, Reading.CODIFIED)
    values: dict[str, Any] = _of_item(facts)
    customers = [party for party in facts.parties if party.role is Role.IAAS_CUSTOMER]
    if customers:
        values["customer.hq_or_ultimate_parent_hq_in_supp_5a"] = both(_inside_5a(law, one) for one in customers)
    return {key: value for key, value in values.items() if value is not None}


def of_party(party: PartyFacts, *, on: dt.date, book: Rulebook) -> dict[str, Any]:
    """Return what is known of one party, by inquiry field key; what does not follow is left out."""
    law = book.on(on, Reading.CODIFIED)
    values = {
        "party.chain_role": CHAIN.get(party.role) if party.role else None,
        "party.location_country_group": _groups(law, party.country),
        "party.hq_country_group": _headquarters_groups(law, party),
    }
    return {key: value for key, value in values.items() if value is not None}


def _of_item(facts: Facts) -> dict[str, Any]:
    item = facts.item
    values: dict[str, Any] = {}
    if item.level is not None:
        values["ic.meets_3a090"] = item.level != "none"
    if item.eccn is None:
        return values
    eccn = item.eccn.strip()
    spacecraft, series = SPACECRAFT.match(eccn), SERIES_600.match(eccn)
    values["item.eccn_series"] = "9x515" if spacecraft else "600-series" if series else "other"
    values["item.eccn_category_group"] = "3B" if eccn.startswith("3B") else "other"
    values["item.in_scope_of_training_statement"] = _named_by_statement(eccn, item.level)
    return values


def _named_by_statement(eccn: str, level: str | None) -> Kleene:
    if eccn.startswith(("3A090.a", "4A090.a")) or Z_PARAGRAPH.match(eccn):
        return True
    if eccn in {"3A090", "4A090"}:
        return None if level is None else level == "a"
    return False


def _headquarters(party: PartyFacts) -> tuple[str | None, str | None]:
    parent = party.headquarters if party.own_ultimate_parent else party.ultimate_parent_headquarters
    return party.headquarters, parent


def _inside_5a(law: Law, party: PartyFacts) -> Kleene:
    return both(_member(law, "part_740.supplement_5a", country) for country in _headquarters(party))


def _member(law: Law, key: str, country: str | None) -> Kleene:
    if country is None:
        return None
    try:
        answer: Kleene = law.member(key, country).value
    except NotYetEncoded:
        return None
    return answer


def _groups(law: Law, country: str | None) -> tuple[str, ...] | None:
    """Return the groups of a country as the answer of a field of many choices; ``None`` if any is unknown."""
    answers = {name: _member(law, key, country) for name, key in GROUPS.items()}
    if None in answers.values():
        return None
    names = [name for name, inside in answers.items() if inside] + (["MACAU"] if country == "MO" else [])
    return tuple(sorted(names)) or ("NONE",)


def _headquarters_groups(law: Law, party: PartyFacts) -> tuple[str, ...] | None:
    found = [_groups(law, country) for country in _headquarters(party)]
    known = {name for groups in found if groups for name in groups} - {"NONE"}
    if None in found and not known & OF_CONCERN:
        return None
    return tuple(sorted(known)) or ("NONE",)
