"""How BIS says it reviews applications for advanced computing items and memory (15 CFR 742.6(b)(10)).

A policy is stated only where a license is required. Where several fit, the strictest is shown; the case-by-case path of
2026-01-15 governs over 742.6's own denial, as its text says.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from compliance.ear.classification import classify
from compliance.ear.facts import Facts, Seen
from compliance.ear.findings import (
    Answer,
    Effect,
    Finding,
    Missing,
    Said,
    Step,
    applies,
    does_not_apply,
    kept,
    rule,
    unknown,
)
from compliance.ear.law import FIRST_DAY, Cited, Law
from compliance.ear.parties import any_from_d5m, any_of, d5m
from compliance.ear.records import USERS, Activity, ListCode, Listing

ADVANCED = frozenset(
    {
        "advanced_2022",
        "advanced_a_destination",
        "advanced_b_destination",
        "advanced_a_headquarters",
        "advanced_headquarters",
        "technology_headquarters",
    }
)
NOTHING: tuple[Said, ...] = ()
_SHUT_USES = ("military", "military_intelligence", "nuclear", "missile", "chemical_biological")
_OWNERS_THAT_PASS_NOTHING_ON = frozenset({"address_only", "unlisted_military"})
_SHUT_LISTS = frozenset({ListCode.ENTITY_LIST, ListCode.MILITARY_END_USER, ListCode.SDN})


def required(before: Sequence[Finding], rules: Container[str]) -> list[Finding]:
    """Return the findings of ``rules`` that require a license."""
    return [f for f in kept(before).required if f.rule in rules]


def limits_of_2026(facts: Facts, law: Law) -> tuple[bool | None, tuple[Missing, ...]]:
    """Whether the export is of the kind reviewed case by case since 2026-01-15, and what is missing to say so.

    A commodity of 742.6(a)(6)(iii), exported from the United States, below both limits, to end users in China or
    Macau, with no party or use that (dd) shuts out; the certifications of (dd) come on top.
    """
    if not law.has("part_742.case_by_case_2026"):
        return False, ()
    limit, item = law.value("part_742.case_by_case_2026").value, facts.item
    if facts.activity not in {None, Activity.EXPORT} or facts.exporting_from not in {None, "US"}:
        return False, ()
    if classify(item, law).group in {"D", "E"} or item.form in {"software", "technology"}:
        return False, ()
    if item.tpp is not None and item.tpp >= Decimal(limit["tpp"]):
        return False, ()
    if item.dram_bandwidth_gbps is not None and item.dram_bandwidth_gbps >= Decimal(limit["dram_gbps"]):
        return False, ()
    users = [party for party in facts.parties if party.role in USERS]
    places = [facts.destination, *(party.country for party in users)]
    if any(place and law.member("part_742.case_by_case_places", place).value is not True for place in places):
        return False, ()
    barred, open_facts = _shut_out(facts, law)
    if barred:
        return False, ()
    missing = [
        Missing(key)
        for key in ("case.activity", "case.exporting_from", "case.destination", "item.tpp", "item.dram_bandwidth_gbps")
        if facts.get(key) is None
    ]
    missing += [Missing("party.country", party.ref) for party in users if party.country is None]
    if not users:
        missing.append(Missing("case.parties"))
    missing += open_facts
    return (None, tuple(missing)) if missing else (True, ())


def _shuts(listing: Listing, law: Law) -> bool:
    return listing.code in _SHUT_LISTS and (listing.effective is None or listing.effective <= law.day)


def _shut_out(facts: Facts, law: Law) -> tuple[bool, list[Missing]]:
    """Whether a party or use is one that (dd) shuts out (military, intelligence, weapons, listed), and what is open.

    The item does not matter here: a military end user is shut out also where 744.21 asks no license for the item.
    """
    missing = []
    for name in _SHUT_USES:
        use = getattr(facts.end_use, name)
        if use is True:
            return True, []
        if use is None:
            missing.append(Missing(f"case.end_use.{name}"))
    for party in facts.parties:
        if not party.receives:
            continue
        owned = party.owned_50_percent_by_listed if law.has("part_744.affiliates") else False
        if party.owning_list in _OWNERS_THAT_PASS_NOTHING_ON:
            owned = False
        if owned is True or party.military_end_user is True or any(_shuts(one, law) for one in party.listings or ()):
            return True, []
        if owned is None:
            missing.append(Missing("party.owned_50_percent_by_listed", party.ref))
        if party.listings is None or party.listings_undecided is True:
            missing.append(Missing("party.listings", party.ref))
        if party.military_end_user is None:
            missing.append(Missing("party.military_end_user", party.ref))
    return False, missing


@rule("15 CFR 742.6(b)(10)", step=Step.AUTHORIZATION, since=FIRST_DAY, effect=Effect.POLICY, looks_back=True)
def review_advanced(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """The policy for advanced computing items in every period since 2022-10-21."""
    if not required(before, ADVANCED):
        return NOTHING
    level = classify(facts.item, law).level.value
    read = facts.seen("case.destination", "item.level", "item.data_center_designed_or_marketed")
    restricted = any_of((d5m(facts.destination, law), any_from_d5m(facts, law)))
    if restricted.answer is False:
        letter = "b" if level == "b" else "a"
        cited = law.value(f"part_742.policy_elsewhere_{letter}")
        policy = cited.value
        if policy == "approval_up_to_cap":
            return _allocation(facts, law, cited, read)
        return applies(policy, cited, *restricted.relied_on, values={"policy": policy}, read=read, cite=cited.cite)
    cited = law.value("part_742.policy_restricted")
    within, missing = limits_of_2026(facts, law)
    if within:
        held = facts.certifications
        named = [(name, getattr(held, name)) for name in held.__dataclass_fields__]
        missing = tuple(Missing(f"case.certifications.{name}") for name, given in named if given is None)
        within = False if any(given is False for _, given in named) else (None if missing else True)
    if within:
        limit = law.value("part_742.case_by_case_2026")
        values = {"policy": "case_by_case", **limit.value}
        return applies("case_by_case_2026", limit, values=values, read=read, cite=limit.cite)
    for_centers = facts.item.data_center_designed_or_marketed
    if law.has("part_742.policy_carve_out_2024") and (
        (level == "a" and for_centers is False) or (level == "b" and for_centers is True)
    ):
        carve = law.value("part_742.policy_carve_out_2024")
        return applies("case_by_case_2024", carve, values={"policy": carve.value}, read=read, cite=carve.cite)
    values = {"policy": cited.value}
    if within is None:
        # Denial stands until every limit is known; what is missing could turn it into a case-by-case review.
        return Said(Answer.APPLIES, "denial_unless_case_by_case", (cited,), read, missing, values, cite=cited.cite)
    return applies(cited.value, cited, *restricted.relied_on, values=values, read=read, cite=cited.cite)


def _allocation(facts: Facts, law: Law, cited: Cited, read: Seen) -> Said:
    """Approval for Supp. No. 5(a) destinations; elsewhere up to the country's allocation of 2025-2027."""
    listed = law.member("part_740.supplement_5a", facts.destination or "")
    used = facts.authorization.country_allocation_tpp
    if listed.value is True:
        cite = "15 CFR 742.6(b)(10)(iii)(A)(2)"
        values = {"policy": "presumption_of_approval"}
        return applies("presumption_of_approval", cited, listed, values=values, read=read, cite=cite)
    limit = law.value("part_742.country_allocation")
    read += facts.seen("case.authorization.country_allocation_tpp")
    common: dict[str, Any] = {"read": read, "cite": limit.cite}
    if used is None:
        values = {"policy": "approval_up_to_cap", "limit": limit.value}
        missing = (Missing("case.authorization.country_allocation_tpp"),)
        return Said(Answer.APPLIES, "approval_up_to_cap", (cited, limit), missing=missing, values=values, **common)
    beyond = used > Decimal(limit.value)
    reached: dict[str, Any] = {
        "policy": "presumption_of_denial" if beyond else "presumption_of_approval",
        "limit": limit.value,
        "used": used,
    }
    return applies("beyond_allocation" if beyond else "within_allocation", cited, limit, values=reached, **common)


@rule(
    "15 CFR Part 748, Supp. No. 2 (dd)",
    step=Step.AUTHORIZATION,
    since=date(2026, 1, 15),
    effect=Effect.INFO,
    looks_back=True,
)
def certifications_2026(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """What the exporter certifies for case-by-case review; the numbered paragraphs of (dd) were not read."""
    if not required(before, ADVANCED) or limits_of_2026(facts, law)[0] is not True:
        return NOTHING
    names = [
        name for name in facts.certifications.__dataclass_fields__ if getattr(facts.certifications, name) is not True
    ]
    keys = [f"case.certifications.{name}" for name in facts.certifications.__dataclass_fields__]
    read = facts.seen(*keys)
    refused = [name for name in names if getattr(facts.certifications, name) is False]
    if refused:
        return does_not_apply("refused", values={"count": len(refused)}, read=read, checked=False)
    if names:
        asked = [f"case.certifications.{name}" for name in names]
        return unknown("open", missing=asked, values={"count": len(names)}, read=read, checked=False)
    return applies("complete", read=read, checked=False)


@rule(
    "15 CFR Part 748, Supp. No. 2 (dd)",
    step=Step.AUTHORIZATION,
    since=date(2026, 1, 15),
    effect=Effect.INFO,
    looks_back=True,
)
def certification_2026(facts: Facts, law: Law, before: Sequence[Finding]) -> Iterable[Said]:
    """Each certification by itself: given, refused or open."""
    if not required(before, ADVANCED) or limits_of_2026(facts, law)[0] is not True:
        return
    limit = law.value("part_742.case_by_case_2026")
    for name in facts.certifications.__dataclass_fields__:
        key = f"case.certifications.{name}"
        given, common = getattr(facts.certifications, name), {"checked": False, "read": facts.seen(key)}
        values = {"certification": f"@certification.{name}"}
        if given is None:
            yield unknown("certification_2026.open", limit, missing=(key,), values=values, **common)
        elif given:
            yield applies("certification_2026.given", limit, values=values, **common)
        else:
            yield does_not_apply("certification_2026.refused", limit, values=values, **common)


@rule("15 CFR 744.23(d)(3)(i)", step=Step.AUTHORIZATION, since=date(2024, 4, 4), looks_back=True)
def review_conflict(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """744.23(d) speaks of case-by-case review for items other than data-center 3A090.a while 742.6 says denial."""
    if not required(before, {"advanced_headquarters"}):
        return NOTHING
    level, for_centers = classify(facts.item, law).level.value, facts.item.data_center_designed_or_marketed
    if level == "b" or for_centers is False:
        return applies("two_texts", checked=False)
    return NOTHING


@rule("15 CFR 742.6(b)(10)(ii)", step=Step.AUTHORIZATION, since=date(2024, 12, 2), effect=Effect.POLICY,
      looks_back=True)  # fmt: skip
def review_memory(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """Memory to a D:5 country or Macau: approval for parties not from there, otherwise denial."""
    if not required(before, {"memory_destination"}):
        return NOTHING
    cited, came = law.value("part_742.policy_memory"), any_from_d5m(facts, law)
    policy = cited.value if came.answer is False else "presumption_of_denial"
    return applies(policy, cited, *came.relied_on, values={"policy": policy}, read=facts.seen("case.destination"))


RULES = (
    review_advanced,
    certifications_2026,
    certification_2026,
    review_conflict,
    review_memory,
)
