"""What stands between a case and its approval, and how many colleagues must approve."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance import ear
from compliance.ear.parties import d5m
from compliance.models import Case, StoredDetermination

from .facts import CaseFacts
from .law import ask_the_law
from .screening import latest_screening, search_troubles


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that stands in the way: a stable code, a sentence, and the panel where it is settled."""

    code: str
    sentence: str
    panel: str


def blockers(case: Case, *, refusing: bool = False, gathered: CaseFacts | None = None) -> list[Blocker]:
    """Return everything that blocks an approval, in the order in which it is best settled.

    A proposal to *refuse* needs a determination, but not that every doubt is settled: doubt is a reason to refuse.
    """
    known = gathered or CaseFacts(case)
    found: list[Blocker] = []
    latest = case.determinations.first()
    if latest is None:
        found.append(Blocker("not_determined", _("The case has not been determined yet."), "determination"))
    else:
        found += _stale(case, latest, known)
    if refusing:
        return found
    found += _contradictions(known)
    found += _screening(case, known)
    found += _flags(case)
    return found


def _stale(case: Case, latest: StoredDetermination, known: CaseFacts) -> list[Blocker]:
    if case.planned_on is not None and latest.on != case.planned_on:
        return [Blocker("wrong_day", _("The determination is for another day than the planned one."), "determination")]
    if latest.rulebook != ear.the_book().digest:
        return [Blocker("old_rulebook", _("The rulebook changed after the determination."), "determination")]
    if ask_the_law(case, on=latest.on, gathered=known).facts_digest != latest.facts_digest:
        return [Blocker("facts_moved", _("Facts changed after the determination: determine again."), "determination")]
    return []


def _contradictions(known: CaseFacts) -> list[Blocker]:
    """Two things recorded of a party that cannot both be so: a person has to say which is right."""
    found = [
        Blocker(
            "owner_elsewhere",
            _("%(owner)s owns %(party)s but is headquartered elsewhere than its stated ultimate parent. Correct one.")
            % {"owner": owner.name, "party": party.name},
            "parties",
        )
        for party, owner in known.owners_elsewhere()
    ]
    for party in known.parties:
        country = known.standing[party.subject].get("party.country")
        places = {address.country for address in party.addresses.all() if address.country}
        if country and country.value and places and country.value not in places:
            found.append(
                Blocker(
                    "address_elsewhere",
                    _("%(party)s is recorded in %(country)s, but none of its addresses is there. Correct one.")
                    % {"party": party.name, "country": country.value},
                    "parties",
                )
            )
    return found


def _screening(case: Case, known: CaseFacts) -> list[Blocker]:
    latest = latest_screening(case)
    if latest is None:
        return [Blocker("not_screened", _("The parties have not been screened yet."), "screening")]
    found = [Blocker(code, sentence, "screening") for code, sentence in search_troubles(latest.run)]
    missing = [
        party.name
        for party in known.everybody.values()
        if not (known.lists.get(party.subject) and known.lists[party.subject].complete)
    ]
    if missing:
        found.append(
            Blocker(
                "party_not_screened",
                _("Not screened as they stand now: %(names)s. Screen again.") % {"names": ", ".join(missing[:5])},
                "screening",
            )
        )
    undecided = sum(standing.undecided for standing in known.lists.values())
    if undecided:
        found.append(
            Blocker(
                "undecided_match",
                ngettext("%(count)d match is not judged.", "%(count)d matches are not judged.", undecided)
                % {"count": undecided},
                "screening",
            )
        )
    return found


def _flags(case: Case) -> list[Blocker]:
    standing = [flag for flag in case.flags.all() if flag.is_open]
    if not standing:
        return []
    codes = ", ".join(flag.code for flag in standing[:6])
    sentence = ngettext(
        "%(count)d red flag is open: %(codes)s.", "%(count)d red flags are open: %(codes)s.", len(standing)
    )
    return [Blocker("open_flag", sentence % {"count": len(standing), "codes": codes}, "flags")]


@dataclass(frozen=True, slots=True)
class Route:
    """How many colleagues must approve, and why more than one where it is more than one. Reasons are stable codes."""

    checkers: int = 1
    reasons: list[str] = field(default_factory=list)


def route_of(case: Case, latest: StoredDetermination, *, recommendation: str, by_hand: bool) -> Route:
    """Return the approval route: two for D:5 or Macau, a license exception, a decision by hand, or a high value."""
    if recommendation == "refuse":
        return Route()
    reasons: list[str] = []
    if _touches_d5_or_macau(latest):
        reasons.append("d5_or_macau")
    if latest.outcome in {ear.Outcome.LICENSE_EXCEPTION.value, ear.Outcome.GENERAL_LICENSE.value}:
        reasons.append("exception_or_general_license")
    if by_hand:
        reasons.append("decided_by_hand")
    if case.value is None or case.currency != "USD":
        reasons.append("value_unknown")
    elif case.value >= settings.GATEHOUSE_SECOND_APPROVAL_VALUE:
        reasons.append("high_value")
    return Route(2 if reasons else 1, reasons)


def route_reason(code: str) -> str:
    """Return why a second approval is needed, as words."""
    return {
        "d5_or_macau": _("a party is located or headquartered in Country Group D:5 or Macau"),
        "exception_or_general_license": _("a license exception or general license is relied on"),
        "decided_by_hand": _("the answer was decided by hand"),
        "high_value": _("the value reaches the organization's limit"),
        "value_unknown": _("the value in US dollars, which the organization's limit is compared with, is not known"),
    }[code]


def _touches_d5_or_macau(latest: StoredDetermination) -> bool:
    """Return whether the destination or any party points there, or may: a country nobody can place counts."""
    law = ear.the_book().on(latest.on, ear.Reading.ENFORCED)
    countries = {code for line in latest.lines for code in _countries(line["facts"])}
    return any(d5m(code, law).answer is not False for code in countries)


def _countries(facts: dict[str, Any]) -> set[str]:
    names = ("country", "headquarters", "ultimate_parent_headquarters")
    found = {party.get(name, "") for party in facts.get("parties", []) for name in names}
    return (found | {facts.get("destination", "")}) - {""}
