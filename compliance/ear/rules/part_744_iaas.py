"""Computing power as a service: what binds a provider today, and what is only proposed (15 CFR Part 744).

Remote access moves no item, so no rule on items asks for a license; ``no license required`` is then said of the service
and of nothing else. What binds is knowledge: weapons and military intelligence (744.6, General Prohibition 7), training
for parties of D:5 countries or Macau (policy statement of 2025-05-13), the terms of a license the chips came under, the
lists and the embargoes. Chips, software and technology that move are lines of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Law
from compliance.ear.parties import any_from_d5m, recipients
from compliance.ear.records import Activity, PartyFacts, Role

STATEMENT_FROM = date(2025, 5, 13)
WEAPONS = ("nuclear", "missile", "chemical_biological", "military_intelligence")
CUSTOMERS = frozenset({Role.IAAS_CUSTOMER, Role.IAAS_USER})
NOTHING: tuple[Said, ...] = ()


def _other(facts: Facts) -> bool:
    return facts.activity is not Activity.IAAS


@rule("15 CFR 734.13, Part 744", step=Step.END_USE, since=FIRST_DAY)
def iaas_service(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Remote access alone is no export, on long-standing advice of BIS: the answer is about the service."""
    return NOTHING if _other(facts) else applies("service", read=facts.seen("case.activity"))


@rule("BIS industry guidance of 2025-05-13; Part 732, Supp. No. 3", step=Step.END_USE, since=FIRST_DAY,
      effect=Effect.HOLDS)  # fmt: skip
def iaas_users(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Who buys and who uses has to be known before anything can be said of them.

    For chips at the level of 3A090.a every user counts, by headquarters and ultimate parent, those of resellers too.
    """
    if _other(facts):
        return NOTHING
    read = facts.seen("case.support.users_known", "item.level")
    if not any(party.role in CUSTOMERS for party in facts.parties):
        return unknown("nobody_named", missing=("case.parties",), read=read)
    level = classify(facts.item, law).level
    if law.day < STATEMENT_FROM or level.value not in {None, "a"}:
        return does_not_apply("other_chips", *level.relied_on, read=read, checked=True)
    if facts.support.users_known is not True:
        key = "unasked" if facts.support.users_known is None else "not_known"
        return unknown(key, missing=("case.support.users_known",), read=read)
    return does_not_apply("known", read=read)


@rule(
    "BIS policy statement of 2025-05-13; 15 CFR 744.6, 744.22, 744.23",
    step=Step.END_USE,
    since=STATEMENT_FROM,
    effect=Effect.REQUIRES_LICENSE,
)
def iaas_training(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Training for parties of D:5 countries or Macau on chips of 3A090.a for weapons or military intelligence.

    Accounts differ on whether the beneficiary alone is enough, so such training is reviewed by a person even where no
    such use is known.
    """
    if _other(facts):
        return NOTHING
    statement, support = law.value("part_744.training_statement"), facts.support
    read = facts.seen("case.support.trains_models", "case.support.beneficiary_cleared", "item.level")
    level = classify(facts.item, law).level
    if level.value is not None and level.value not in statement.value:
        return does_not_apply("other_chips", statement, *level.relied_on, read=read, checked=level.checked)
    if support.trains_models is False:
        return does_not_apply("no_training", statement, read=read)
    came = any_from_d5m(facts, law)
    if came.answer is False:
        return does_not_apply("other_beneficiary", statement, *came.relied_on, read=read)
    missing = [m.field for m in came.missing if m.party is None]
    named = [m for m in came.missing if m.party is not None]
    if support.trains_models is None:
        missing.append("case.support.trains_models")
    if level.value is None:
        missing += level.missing
    if came.answer is None or missing:
        return unknown("unasked", statement, *came.relied_on, missing=(*missing, *named), read=read)
    uses = {name: getattr(facts.end_use, name) for name in WEAPONS}
    if any(uses.values()):
        return applies("weapons", statement, *came.relied_on, read=read, values={"country": came.value})
    if None in uses.values():
        asked = tuple(f"case.end_use.{name}" for name, known in uses.items() if known is None)
        return unknown("uses_unasked", statement, *came.relied_on, missing=asked, read=read)
    if support.beneficiary_cleared is True:
        return does_not_apply("cleared", statement, *came.relied_on, read=read)
    asked = ("case.support.beneficiary_cleared",)
    return unknown("review", statement, *came.relied_on, missing=asked, read=read, values={"country": came.value})


@rule(
    "15 CFR 736.2(b)(9), Part 748 Supp. No. 2 (dd)",
    step=Step.PROHIBITION,
    since=date(2026, 1, 15),
    effect=Effect.PROHIBITS,
)
def iaas_license_terms(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Chips licensed to China or Macau on the path of January 2026 carry terms on remote users, weights and access."""
    if _other(facts):
        return NOTHING
    terms = law.value("part_742.case_by_case_2026")
    read = facts.seen(
        "case.destination", "case.support.chips_under_2026_license", "case.support.license_conditions_met"
    )
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    place = law.member("part_742.case_by_case_places", facts.destination)
    if place.value is not True or facts.support.chips_under_2026_license is False:
        return does_not_apply("other_chips", terms, read=read)
    if facts.support.chips_under_2026_license is None:
        return unknown("unasked", terms, missing=("case.support.chips_under_2026_license",), read=read)
    if facts.support.license_conditions_met is None:
        return unknown("terms_unasked", terms, missing=("case.support.license_conditions_met",), read=read)
    if facts.support.license_conditions_met:
        return does_not_apply("met", terms, read=read)
    return applies("broken", terms, read=read)


def _unknown_places(party: PartyFacts) -> tuple[str, ...]:
    """Return what is not known of where a customer is and comes from; a natural person has no headquarters."""
    missing = ["party.country"] if party.country is None else []
    if party.natural_person is not True:
        if party.headquarters is None:
            missing.append("party.headquarters")
        if party.own_ultimate_parent is not True and party.ultimate_parent_headquarters is None:
            missing.append("party.ultimate_parent_headquarters")
    return tuple(missing)


@rule("15 CFR Part 746", step=Step.PROHIBITION, since=FIRST_DAY, effect=Effect.HOLDS)
def iaas_embargo(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """A customer or user in, or from, an embargoed place: part 746 and the Treasury rules, decided by hand."""
    if _other(facts):
        return NOTHING
    said = []
    for party in recipients(facts):
        places = (party.country, party.headquarters, party.ultimate_parent_headquarters)
        members = [(place, law.member("part_746.special_destinations", place)) for place in places if place]
        caught = [cited for _, cited in members if cited.value is True]
        seen = facts.seen("party.country", "party.headquarters", "party.ultimate_parent_headquarters", party=party.ref)
        if caught:
            said.append(applies("embargoed", *caught, party=party.ref, read=seen, values={"party": party.ref}))
        elif doubted := [(place, cited) for place, cited in members if cited.value is None]:
            place, cited = doubted[0]
            values = {"destination": place}
            said.append(unknown("general.place_in_doubt", cited, party=party.ref, read=seen, values=values))
        elif missing := _unknown_places(party):
            values = {"party": party.ref}
            said.append(unknown("place_missing", missing=missing, party=party.ref, read=seen, values=values))
    return said or does_not_apply("none", read=facts.seen("case.activity"))


@rule("89 FR 5698", step=Step.DUTIES, since=date(2024, 1, 29))
def iaas_identification(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """The customer identification program of 2024-01-29 is a proposal: good practice, binding on nobody."""
    return NOTHING if _other(facts) else applies("proposed", read=facts.seen("case.activity"))


RULES = (
    iaas_service,
    iaas_users,
    iaas_training,
    iaas_license_terms,
    iaas_embargo,
    iaas_identification,
)
