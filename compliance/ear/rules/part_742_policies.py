"""Review policies beside advanced computing: equipment, end uses, weights, the chart, lists (742.4(b), 742.6(b), 744).

Where several fit, the strictest is shown (:mod:`compliance.ear.conclusion`); a requirement of Part 744 follows its own
section. A requirement whose policy nobody has read says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from compliance.ear.classification import classify
from compliance.ear.facts import Facts, Seen
from compliance.ear.findings import Answer, Effect, Finding, Missing, Said, Step, applies, kept, rule
from compliance.ear.law import FIRST_DAY, Cited, Law
from compliance.ear.parties import Tested, any_from_d5m, any_of, d5m
from compliance.ear.records import USERS, ListCode, PartyFacts
from compliance.ear.rules.part_742_review import ADVANCED, NOTHING, required
from compliance.ear.rules.part_744_lists import on_list

POLICY = Effect.POLICY
EQUIPMENT = frozenset({"equipment_2022", "equipment_destination"})
# What 744.23(d) governs; (a)(3) for chips and technology stands with advanced computing.
END_USES = frozenset(
    {
        "supercomputer_end_use",
        "advanced_node_end_use",
        "unknown_node_end_use",
        "design_tools_end_use",
        "semiconductor_equipment_end_use",
        "memory_headquarters",
    }
)
# The policy each other requirement states for itself; what is not named here or elsewhere was not read.
STATED = {
    "military_end_use": "presumption_of_denial",
    "military_intelligence": "presumption_of_denial",
    "military_end_user_list": "presumption_of_denial",
    "blocked_persons": "presumption_of_denial",
    "russia_belarus": "policy_of_denial",
    "affiliates": "per_entry",
    "equipment_footnote_5": "per_entry",
    "footnote_5_matrix": "per_entry",
}
_ELSEWHERE = ADVANCED | EQUIPMENT | END_USES | {"entity_list", "memory_destination", "equipment_worldwide"}
_ELSEWHERE |= {"weights_worldwide"}
_LISTED = frozenset({"entity_list", "equipment_footnote_5", "footnote_5_matrix"})
_RUSSIA = frozenset({"russia_belarus"})


def _allied(facts: Facts, law: Law) -> Tested:
    """Whether every end user is headquartered in the US, A:5 or A:6 and not majority-owned from D:5 or Macau."""
    users = [party for party in facts.parties if party.role in USERS]
    if not users:
        return Tested(None, (), (Missing("case.parties"),))
    tests = [_allied_party(party, law) for party in users]
    relied = tuple(cited for test in tests for cited in test.relied_on)
    if any(test.answer is False for test in tests):
        return Tested(False, relied)
    missing = tuple(m for test in tests for m in test.missing)
    return Tested(None if any(test.answer is None for test in tests) else True, relied, missing)


def _allied_party(party: PartyFacts, law: Law) -> Tested:
    place = party.headquarters
    if place is None:
        return Tested(None, (), (Missing("party.headquarters", party.ref),))
    groups = [law.member(f"part_740.group_{name}", place) for name in ("a5", "a6")]
    if place != "US" and not any(cited.value for cited in groups):
        return Tested(None if any(cited.value is None for cited in groups) else False, tuple(groups))
    if party.majority_owned_d5m is None:
        return Tested(None, tuple(groups), (Missing("party.majority_owned_d5m", party.ref),))
    return Tested(not party.majority_owned_d5m, tuple(groups))


def _by_744_23(facts: Facts, law: Law) -> Said:
    """The policy of 744.23(d): denial, unless approval or case-by-case review is shown.

    In the text of 2023 denial follows the destination, since 2024-04-04 also headquarters; a foreign substitute led to
    approval first and leads to case-by-case review since.
    """
    text, read = law.value("part_742.policy_end_use"), facts.seen("case.destination", "item.foreign_substitute")
    if text.value == "not_encoded":
        return _policy("not_encoded", "not_encoded", (text,), read)
    allied, substitute = _allied(facts, law), facts.item.foreign_substitute
    if allied.answer is True:
        return _policy("allied", "presumption_of_approval", (text, *allied.relied_on), read)
    places = [d5m(facts.destination, law)]
    if text.value == "denial_by_place_and_headquarters":
        places.append(any_from_d5m(facts, law))
    restricted = any_of(places)
    if substitute is True:
        milder = "case_by_case" if len(places) > 1 else "presumption_of_approval"
        return _policy("substitute", milder, (text,), read)
    if restricted.answer is False:
        return _policy("case_by_case", "case_by_case", (text, *restricted.relied_on), read)
    missing = list(allied.missing) if allied.answer is None else []
    missing += [Missing("item.foreign_substitute")] if substitute is None else []
    key = "denial_unless_shown" if missing else "presumption_of_denial"
    return _policy(key, "presumption_of_denial", (text, *restricted.relied_on), read, missing)


def _policy(key: str, policy: str, relied: tuple[Cited, ...], read: Seen, missing: Sequence[Missing] = ()) -> Said:
    values = {"policy": policy}
    return Said(Answer.APPLIES, f"review_end_use.{key}", relied, read, tuple(missing), values, cite=relied[0].cite)


@rule("15 CFR 744.23(d)", step=Step.AUTHORIZATION, since=FIRST_DAY, effect=POLICY, looks_back=True)
def review_end_use(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """The policy for what 744.23 requires."""
    return _by_744_23(facts, law) if required(before, END_USES) else NOTHING


@rule("15 CFR 742.4(b)(2), 742.6(b)(10)(i)", step=Step.AUTHORIZATION, since=FIRST_DAY, effect=POLICY, looks_back=True)
def review_equipment(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """Equipment follows 744.23(d), but is reviewed case by case where Part 744 asks for no license."""
    if not required(before, EQUIPMENT):
        return NOTHING
    said = _by_744_23(facts, law)
    said.cite = "15 CFR 742.4(b)(2), 742.6(b)(10)(i)"
    in_744 = [f for f in before if f.effect is Effect.REQUIRES_LICENSE and " 744." in f.cite]
    free = all(f.answer is Answer.DOES_NOT_APPLY and f.checked for f in in_744)
    if free and (said.values or {})["policy"] == "presumption_of_denial":
        values = {"policy": "case_by_case"}
        return applies("no_license_in_744", *said.relied_on, values=values, read=said.read, cite=said.cite)
    return said


@rule("15 CFR 742.4(b)(10), 742.6(b)(11)", step=Step.AUTHORIZATION, since=date(2024, 9, 6), effect=POLICY,
      looks_back=True)  # fmt: skip
def review_worldwide(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """Items controlled worldwide: approval for A:1, A:5 and A:6, denial for D:1 and D:5, otherwise case by case.

    The preamble of the rule names A:1 only; the text governs.
    """
    if not required(before, {"equipment_worldwide"}):
        return NOTHING
    place, read = str(facts.destination), facts.seen("case.destination")
    for groups, policy in ((("d1", "d5"), "presumption_of_denial"), (("a1", "a5", "a6"), "presumption_of_approval")):
        found = any_of(Tested(c.value, (c,)) for c in (law.member(f"part_740.group_{g}", place) for g in groups))
        if found.answer is not False:
            # A place whose group nobody knows is met with the stricter policy.
            return applies(policy, *found.relied_on, values={"policy": policy, "destination": place}, read=read)
    return applies("case_by_case", values={"policy": "case_by_case", "destination": place}, read=read)


@rule("15 CFR 742.6(b)(14)", step=Step.AUTHORIZATION, since=date(2025, 1, 13), effect=POLICY, looks_back=True)
def review_weights(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """Model weights: denial outside the destinations of Supp. No. 5(a) to Part 740; for these no policy was read."""
    if not required(before, {"weights_worldwide"}):
        return NOTHING
    listed = law.member("part_740.supplement_5a", facts.destination or "")
    policy = "not_encoded" if listed.value is True else "presumption_of_denial"
    return applies(policy, listed, values={"policy": policy}, read=facts.seen("case.destination"))


@rule("15 CFR Part 742, Part 744, Part 746", step=Step.AUTHORIZATION, since=FIRST_DAY, effect=POLICY, looks_back=True)
def review_other(facts: Facts, law: Law, before: Sequence[Finding]) -> Iterable[Said]:
    """The policies that other requirements state for themselves; one that nobody has read says so."""
    said: set[tuple[str, str | None]] = set()
    for f in kept(before).required:
        if f.rule not in _ELSEWHERE and (f.rule, f.party) not in said:
            said.add((f.rule, f.party))
            policy = STATED.get(f.rule, "not_encoded")
            yield applies(policy, values={"policy": policy, "rule": f"@{f.rule}.title"}, cite=f.cite, party=f.party)


@rule("15 CFR Part 744, Supp. No. 4", step=Step.AUTHORIZATION, since=FIRST_DAY, effect=POLICY, looks_back=True)
def review_entity_list(facts: Facts, law: Law, before: Sequence[Finding]) -> Iterable[Said]:
    """The policy printed in the Entity List entry, which also governs for footnotes 4 and 5."""
    listed = {f.party for f in required(before, {"entity_list"})}
    for party, listing in on_list(facts, law, ListCode.ENTITY_LIST):
        if party.ref in listed:
            text = listing.license_policy.strip()
            policy = "presumption_of_denial" if "presumption of denial" in text.lower() else "per_entry"
            if "policy of denial" in text.lower():
                policy = "policy_of_denial"
            values = {"policy": policy, "text": text[:500] or "?", "party": party.ref}
            yield applies("entry", values=values, party=party.ref)


@rule("15 CFR 744.11(a)(2), 744.23(d)", step=Step.AUTHORIZATION, since=FIRST_DAY, looks_back=True)
def review_footnotes(facts: Facts, law: Law, before: Sequence[Finding]) -> Iterable[Said]:
    """Entities of footnotes 4 and 5 follow the policy of the Entity List, whatever 742 or 744.23 says."""
    listed = {f.party for f in required(before, _LISTED)}
    for party, listing in on_list(facts, law, ListCode.ENTITY_LIST):
        if party.ref in listed and {"4", "5"} & set(listing.footnotes):
            yield applies("list_governs", party=party.ref, values={"party": party.ref})


@rule("15 CFR 746.8(b)", step=Step.AUTHORIZATION, since=FIRST_DAY, looks_back=True)
def review_russia(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """Beside the policy of denial 746.8(b) names grounds that are reviewed case by case."""
    if not required(before, _RUSSIA):
        return NOTHING
    return applies("grounds", read=facts.seen("case.destination"))


@rule("15 CFR 750.7(g)", step=Step.AUTHORIZATION, since=FIRST_DAY, looks_back=True)
def license_validity(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """How long a license runs: one year for items of 742.6(a)(6)(iii)(A), four for others; its face decides."""
    if not kept(before).required:
        return NOTHING
    short = required(before, {"advanced_a_destination", "advanced_a_headquarters"}) and law.day >= date(2025, 1, 13)
    # The text of 2025-01-27 points to a list that had been rewritten on 2025-01-13.
    return applies("one_year" if short else "four_years", checked=False)


@rule("15 CFR Part 748, Supp. No. 2 (c)(3)-(4)", step=Step.AUTHORIZATION, since=date(2025, 1, 13),
      comply=date(2025, 5, 15), unenforced=date(2025, 5, 13), looks_back=True)  # fmt: skip
def application_content(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """What an application for a commodity at the level of 3A090.a contains (90 FR 4544)."""
    found = required(before, {"advanced_a_destination", "advanced_a_headquarters"})
    held: Any = classify(facts.item, law)
    if not found or held.group in {"D", "E"}:
        return NOTHING
    return applies("content", read=facts.seen("item.eccn"))


RULES = (
    review_end_use,
    review_equipment,
    review_worldwide,
    review_weights,
    review_other,
    review_entity_list,
    review_footnotes,
    review_russia,
    license_validity,
    application_content,
)
