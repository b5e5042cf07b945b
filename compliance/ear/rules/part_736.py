"""General Order No. 4 (15 CFR Part 736, Supp. No. 1): the temporary general licenses of 2022 and 2023.

Their headquarters test and item lists were not read whole, so every row is unchecked: they may refuse, never grant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Answer, Effect, Finding, Missing, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import Law
from compliance.ear.parties import any_of, d5m, from_d5m, recipients

CITE = "15 CFR Part 736, Supp. No. 1, General Order No. 4(d)"
DESTINATIONS = frozenset({"CN", "HK", "MO"})
AT_ONLY_EQUIPMENT = frozenset({"3B991", "3B992", "3D991", "3E991", "3B993", "3B994"})


def _production(facts: Facts, law: Law, before: Sequence[Finding], code: str) -> Said | Iterable[Said]:
    needed = [
        f
        for f in before
        if f.answer is Answer.APPLIES and f.effect is Effect.REQUIRES_LICENSE and "TGL" in f.overcome_by
    ]
    if not needed:
        return ()
    row = law.row("part_736.general_order_4", code)
    relied = (row,) if row else ()
    held = facts.authorization
    read = facts.seen(
        "case.destination", "case.authorization.tgl_production_only", "case.authorization.tgl_end_use_outside"
    )
    if facts.destination is not None and facts.destination not in DESTINATIONS:
        return does_not_apply("general.tgl_other_destination", *relied, read=read, checked=True)
    tests = [from_d5m(party, law) for party in recipients(facts)]
    came = any_of(tests)
    if came.answer is True:
        return does_not_apply("general.tgl_headquarters", *relied, *came.relied_on, read=read, checked=True)
    if held.tgl_production_only is False:
        return does_not_apply("general.tgl_activity", *relied, read=read, checked=True)
    if held.tgl_end_use_outside is False:
        return does_not_apply("general.tgl_end_use", *relied, read=read, checked=True)
    missing = list(came.missing) + [
        Missing(f"case.authorization.{name}")
        for name in ("tgl_production_only", "tgl_end_use_outside")
        if getattr(held, name) is None
    ]
    if missing:
        return unknown("general.tgl_unasked", *relied, missing=missing, read=read)
    return applies("general.tgl_open_points", *relied, read=read)


@rule(
    CITE,
    step=Step.AUTHORIZATION,
    since=date(2022, 10, 21),
    until=date(2023, 4, 7),
    effect=Effect.AUTHORIZES,
    of="TGL",
    looks_back=True,
)
def general_license_2022(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """The temporary general license of October 2022, for production by companies from outside D:1, D:5 and E."""
    return _production(facts, law, before, "TGL-2022")


@rule(
    f"{CITE}(2)",
    step=Step.AUTHORIZATION,
    since=date(2023, 11, 17),
    until=date(2025, 12, 31),
    effect=Effect.AUTHORIZES,
    of="TGL",
    looks_back=True,
)
def general_license_advanced(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """The temporary general license for advanced computing items; last usable day 2025-12-31."""
    return _production(facts, law, before, "TGL (d)(2)")


@rule(f"{CITE}(1)", step=Step.AUTHORIZATION, since=date(2023, 11, 17), until=date(2025, 12, 31))
def general_license_equipment(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """The temporary general license for less restricted chip-making parts overcomes 744.23(a)(4) only."""
    entry = classify(facts.item, law).entry
    if entry not in AT_ONLY_EQUIPMENT:
        return ()
    row = law.row("part_736.general_order_4", "TGL (d)(1)")
    relied = (row,) if row else ()
    held = facts.authorization.tgl_directed_by_allied_company
    read = facts.seen("item.eccn", "case.destination", "case.authorization.tgl_directed_by_allied_company")
    near = d5m(facts.destination, law)
    if near.answer is False or held is False:
        return does_not_apply("outside", *relied, read=read, checked=True)
    if near.answer is None or held is None:
        asked = [
            *near.missing,
            *([Missing("case.authorization.tgl_directed_by_allied_company")] if held is None else []),
        ]
        return unknown("unasked", *relied, missing=asked, read=read)
    return applies("open_points", *relied, read=read, values={"not_encoded": True})


RULES = (
    general_license_2022,
    general_license_advanced,
    general_license_equipment,
)
