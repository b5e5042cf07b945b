"""The General Prohibitions (15 CFR 736.2(b)) that no other part fills, and the paths by which an item is obtained.

Prohibitions 1 to 3 are filled by Parts 738 and 742, 4 by denial orders, 5 by Part 744, 6 by Part 746, 7 by 744.6; here
stand 8 (transit), 9 (terms of an authorization) and 10 (knowledge of a violation). Exceptions lift 1 to 3 and 8 only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from compliance.ear import origin
from compliance.ear.classification import classify
from compliance.ear.facts import Facts
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
from compliance.ear.law import FIRST_DAY, Cited, Law, Reading
from compliance.ear.lifting import ADVANCED
from compliance.ear.parties import d145
from compliance.ear.records import NO_SHIPMENT, Role

# Ways of getting at an item in which somebody else's conduct decides whether it may be dealt in at all.
THROUGH_OTHERS = frozenset({"third_party", "transshipped", "cloud"})
TRANSIT = "part_736.transit_countries"


@rule("15 CFR 736.2(b)(8)", step=Step.PROHIBITION, since=FIRST_DAY, effect=Effect.HOLDS)
def transit(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """General Prohibition 8: through the named countries an item passes only if it could be sent there itself.

    Asked where the item is transshipped; a consignee on the way in such a country speaks for itself.
    """
    if facts.activity in NO_SHIPMENT:
        return ()
    read = facts.seen("case.dealing.transit_country", "case.dealing.path", "case.destination", "item.eccn")
    places = [facts.dealing.transit_country] if facts.dealing.transit_country else []
    places += [p.country for p in facts.parties if p.role is Role.INTERMEDIATE_CONSIGNEE and p.country is not None]
    passed = [(place, law.member(TRANSIT, place)) for place in places if place != facts.destination]
    named = [(place, cited) for place, cited in passed if cited.value is not False]
    if named:
        return [_through(facts, law, place, cited) for place, cited in named]
    if facts.dealing.path == "transshipped" and facts.dealing.transit_country is None:
        return unknown("route_missing", missing=("case.dealing.transit_country",), read=read)
    return does_not_apply("not_named", *(cited for _, cited in passed), read=read) if passed else ()


def _through(facts: Facts, law: Law, place: str, cited: Cited) -> Said:
    read = facts.seen("case.dealing.transit_country", "item.eccn", "item.level")
    values = {"country": place}
    found = classify(facts.item, law)
    level = found.level.value
    inside = d145(place, law)
    if level in {"a", "b"} and inside.answer is True and cited.value is True:
        relied = (cited, *inside.relied_on, *found.level.relied_on)
        needs = Effect.REQUIRES_LICENSE
        return applies("transit.needs_license", *relied, read=read, values=values, effect=needs, overcome_by=ADVANCED)
    if level == "none" and found.entry and cited.value is True:
        only = law.member("part_774.antiterrorism_only", found.entry)
        special = law.member("part_746.special_destinations", place)
        if only.value is True and special.value is False:
            return does_not_apply("transit.could_go_there", cited, only, read=read, values=values)
    return applies("transit.by_hand", cited, read=read, values=values)


@rule("15 CFR 736.2(b)(9)", step=Step.PROHIBITION, since=FIRST_DAY, effect=Effect.PROHIBITS)
def terms_of_authorization(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """General Prohibition 9: the terms of a license or exception bind whoever holds the item under it."""
    read = facts.seen("case.dealing.terms_broken", "case.dealing.path")
    if facts.dealing.terms_broken is True:
        return applies("broken", read=read)
    if facts.dealing.terms_broken is False:
        return does_not_apply("kept", read=read)
    if facts.dealing.path == "held":
        return unknown("unasked", missing=("case.dealing.terms_broken",), read=read)
    return ()


@rule("15 CFR 736.2(b)(10), 764.2(e)", step=Step.PROHIBITION, since=FIRST_DAY, effect=Effect.PROHIBITS)
def knowledge_of_violation(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """General Prohibition 10: nobody deals in an item subject to the EAR knowing of a violation, past or to come.

    To sell, transfer, export, finance, order, buy, remove, conceal, store, use, loan, dispose of, transport, forward or
    service: all are named. 764.2(b) reaches who causes or aids a violation. No license exception helps.
    """
    read = facts.seen("case.dealing.violation_known", "case.dealing.path", "case.dealing.chip_made_by_d5m")
    known = facts.dealing.violation_known
    if known is True:
        return applies("known", read=read)
    if known is False:
        return does_not_apply("not_known", read=read)
    if facts.dealing.path in THROUGH_OTHERS or origin.chip_of_d5m(facts, law).answer is True:
        return unknown("unasked", missing=("case.dealing.violation_known",), read=read)
    return ()


@rule("15 CFR 736.2(b)(10), 764.2(e)", step=Step.PROHIBITION, since=date(2025, 5, 13), effect=Effect.HOLDS)
def presumed_violation(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """BIS presumes that chips at the level of 3A090 by companies of D:5 or Macau were made or obtained in violation.

    Huawei Ascend 910B, 910C and 910D are named, not exhaustively; boards, servers and parts linked to the violation are
    reached as well. Dealing in them is presumed to need authorization of BIS, so a person decides. A presumption and a
    notice of risk, not a new rule.
    """
    read = facts.seen("case.dealing.chip_made_by_d5m", "item.eccn", "item.level", "item.us_origin")
    chip = origin.chip_of_d5m(facts, law)
    if chip.answer is False:
        return does_not_apply("other_chip", *chip.relied_on, read=read, checked=True) if chip.relied_on else ()
    presumed = law.value("part_736.presumed_chips")
    if chip.answer is True:
        values = {"level": f"@level.{chip.value}", "named": list(presumed.value)}
        return applies("presumed", presumed, *chip.relied_on, read=read, values=values)
    # An unknown level is asked for by the rules on the level.
    asked = [one for one in chip.missing if one == Missing("case.dealing.chip_made_by_d5m")]
    return unknown("unasked", presumed, missing=asked, read=read) if asked else ()


@rule("BIS guidance of 2025-05-13", step=Step.PROHIBITION, since=date(2025, 5, 13), only=Reading.ENFORCED)
def technical_analysis(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """BIS does not aim its enforcement at getting such a chip solely for technical analysis. It opens nothing here."""
    if facts.dealing.technical_analysis_only is not True or origin.chip_of_d5m(facts, law).answer is not True:
        return ()
    return applies("stated", read=facts.seen("case.dealing.technical_analysis_only"))


@rule("15 CFR 736.2(b)(10), 764.2(b), 764.2(e), 772.1", step=Step.PROHIBITION, since=FIRST_DAY, effect=Effect.HOLDS)
def lawful_chain(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Who buys or uses through others shows how the item came; a high probability ignored is knowledge."""
    if facts.dealing.path not in THROUGH_OTHERS:
        return ()
    read = facts.seen("case.dealing.path", "case.dealing.lawful_chain_shown")
    shown = facts.dealing.lawful_chain_shown
    if shown is None:
        return unknown("unasked", missing=("case.dealing.lawful_chain_shown",), read=read)
    return does_not_apply("shown", read=read) if shown else applies("not_shown", read=read)


@rule("15 CFR 736.2(b), 764.2(b)", step=Step.PROHIBITION, since=FIRST_DAY)
def purchase_path(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """What each way of obtaining the item leaves in force, and what it adds."""
    read = facts.seen("case.dealing.path", "case.activity")
    path = facts.dealing.path
    if path == "maker":
        return applies("direct", read=read)
    if path == "third_party":
        return applies("third_party", read=read)
    if path == "transshipped":
        return applies("transshipped", read=read)
    if path == "cloud":
        return applies("cloud", read=read)
    if path == "held":
        return applies("held", read=read)
    return ()


_PARAGRAPH = re.compile(r"736\.2\(b\)\((\d+)\)")
_OTHER_PARTS = (("744.6", 7), ("744.", 5), ("746.", 6), ("764.3", 4))


@lru_cache(maxsize=512)
def _prohibition(cite: str) -> int:
    """Return the number of the prohibition that a cited paragraph fills; 1 for a reason for control."""
    own = _PARAGRAPH.search(cite)
    if own is not None:
        return int(own[1])
    return next((number for part, number in _OTHER_PARTS if part in cite), 1)


@rule("15 CFR 736.2(b)", step=Step.DUTIES, since=FIRST_DAY, looks_back=True)
def prohibitions_engaged(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """Name the General Prohibitions that the findings fill: 2 and 3 stand in for 1 where the item is foreign-made."""
    stops = {Effect.REQUIRES_LICENSE, Effect.PROHIBITS}
    numbers = {_prohibition(f.cite) for f in before if f.answer is Answer.APPLIES and f.effect in stops}
    if kept(before).unscoped:
        # Only what binds a United States person reaches an item that is not subject to the EAR.
        numbers &= {7}
    if not numbers:
        return ()
    if 1 in numbers and origin.foreign_made(facts) and facts.activity not in NO_SHIPMENT:
        through = {route for route, test in origin.routes(facts, law).items() if test.answer is True}
        if through:
            numbers.discard(1)
            numbers |= {2 if route.value.startswith("734.4") else 3 for route in through}
    return applies("named", values={"numbers": [str(number) for number in sorted(numbers)]})


RULES = (
    transit,
    terms_of_authorization,
    knowledge_of_violation,
    presumed_violation,
    technical_analysis,
    lawful_chain,
    purchase_path,
    prohibitions_engaged,
)
