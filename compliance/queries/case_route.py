"""The way of a case: who stands between exporter and end user, where each is, and what is marked on them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance import countries
from compliance.models import Case, CaseParty, Fact, Party

from .fact_words import lang
from .facts import CaseFacts

# From the seller to the user; within a place the order in which they were added.
ORDER = (
    "exporter",
    "forwarding_agent",
    "intermediate_consignee",
    "reseller",
    "purchaser",
    "ultimate_consignee",
    "iaas_customer",
    "recipient",
    "end_user",
    "iaas_user",
)


def route_of_case(known: CaseFacts) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return nodes and legs for the drawing (their shape is that of ``config.drawings.route``)."""
    case = known.case
    places = sorted(known.places, key=lambda place: ORDER.index(place.role) if place.role in ORDER else 99)
    nodes: list[dict[str, Any]] = []
    if not any(place.role == "exporter" for place in places):
        nodes.append({"name": _("Our company"), "role": _("exporter"), "place": [_country(case.exporting_from)]})
    roles: dict[int, list[str]] = {}
    for place in places:
        roles.setdefault(place.party_id, []).append(str(CaseParty.Role(place.role).label))
    last: dict[int, CaseParty] = {}
    for place in places:
        # A party stands where its last role is: who buys and uses is drawn at the end of the way.
        last.pop(place.party_id, None)
        last[place.party_id] = place
    nodes += [_node(known, place.party, roles[place.party_id]) for place in last.values()]
    return nodes, _legs(case, len(nodes))


def _node(known: CaseFacts, party: Party, roles: list[str]) -> dict[str, Any]:
    marks = marks_of(known, party)
    node: dict[str, Any] = {
        "name": party.name,
        "role": ("、" if lang() == "zh" else ", ").join(roles),
        "place": [where_words(known, party)],
        "marks": marks,
        "href": f"#party-{party.ref}",
    }
    if marks:
        node["tone"] = marks[0]["tone"]
    return node


def where_words(known: CaseFacts, party: Party) -> str:
    """Return place, headquarters and ultimate parent as one short line; what is not known says so."""
    facts = known.standing[party.subject]
    parts = [_code(facts.get("party.country"))]
    parts.append(_("HQ %(country)s") % {"country": _code(facts.get("party.headquarters"))})
    own = facts.get("party.own_ultimate_parent")
    if own is not None and own.value is True:
        parts.append(_("own parent"))
    else:
        parts.append(_("parent %(country)s") % {"country": _code(facts.get("party.ultimate_parent_headquarters"))})
    return " · ".join(parts)


def _code(fact: Fact | None) -> str:
    return str(fact.value) if fact is not None and fact.value else "?"


def _country(code: str) -> str:
    return countries.name(code, lang()) if code else _("country unknown")


def marks_of(known: CaseFacts, party: Party) -> list[dict[str, str]]:
    """Return what is marked on a party, the gravest first: listed, undecided, not screened, parent unknown."""
    marks: list[dict[str, str]] = []
    standing = known.lists.get(party.subject)
    if standing is not None and standing.listings:
        codes = sorted(
            {str(each.get("list") or each.get("list_code") or each.get("code") or "") for each in standing.listings}
        )
        marks.append({"tone": "listed", "text": _("listed: %(lists)s") % {"lists": ", ".join(filter(None, codes))}})
    if standing is not None and standing.undecided:
        marks.append(
            {
                "tone": "unjudged",
                "text": ngettext("%(n)d match to judge", "%(n)d matches to judge", standing.undecided)
                % {"n": standing.undecided},
            }
        )
    if standing is None or not standing.complete:
        marks.append({"tone": "unknown", "text": _("not screened as it stands")})
    facts = known.standing[party.subject]
    own, parent = facts.get("party.own_ultimate_parent"), facts.get("party.ultimate_parent_headquarters")
    if not (own is not None and own.value is True) and (parent is None or parent.value is None):
        marks.append({"tone": "unknown", "text": _("ultimate parent unknown")})
    return marks


def _legs(case: Case, nodes: int) -> list[dict[str, Any]]:
    remote = case.activity in {Case.Activity.IAAS, Case.Activity.US_PERSON_SUPPORT, Case.Activity.DEEMED_EXPORT}
    legs: list[dict[str, Any]] = [{"label": "", "remote": remote} for _each in range(max(nodes - 1, 0))]
    if legs:
        legs[0]["label"] = str(case.get_activity_display())
    return legs
