"""General Orders (15 CFR Part 736, Supp. No. 1): the temporary general licenses of No. 4, and Nos. 6 and 7.

The headquarters test and item lists of No. 4 were not read whole, so every row of it is unchecked: it may refuse, never
grant. No. 6 (2024-09-06, no end printed) and No. 7 (2025-09-29 to 2025-12-01) were read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from compliance.ear.classification import classify
from compliance.ear.facts import Facts, Seen
from compliance.ear.findings import (
    Effect,
    Finding,
    Missing,
    Rule,
    Said,
    Step,
    applies,
    does_not_apply,
    rule,
    unknown,
)
from compliance.ear.law import Law
from compliance.ear.parties import Tested, any_of, d5m, embargoed_place, from_d5m, from_groups, recipients
from compliance.ear.records import Activity
from compliance.ear.rules.exceptions import answered, named, relied, together

CITE = "15 CFR Part 736, Supp. No. 1, General Order No. 4(d)"
DESTINATIONS = frozenset({"CN", "HK", "MO"})
AT_ONLY_EQUIPMENT = frozenset({"3B991", "3B992", "3D991", "3E991", "3B993", "3B994"})


def _production(facts: Facts, law: Law, code: str) -> Said:
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
    return _production(facts, law, "TGL-2022")


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
    return _production(facts, law, "TGL (d)(2)")


@rule(
    f"{CITE}(1)",
    step=Step.AUTHORIZATION,
    since=date(2023, 11, 17),
    until=date(2025, 12, 31),
    effect=Effect.AUTHORIZES,
    of="TGL1",
    looks_back=True,
)
def general_license_equipment(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """The temporary general license for less restricted chip-making parts; it overcame 744.23(a)(4) only."""
    row = law.row("part_736.general_order_4", "TGL (d)(1)")
    relied_on = (row,) if row else ()
    held, entry = facts.authorization.tgl_directed_by_allied_company, classify(facts.item, law).entry
    read = facts.seen("item.eccn", "case.destination", "case.authorization.tgl_directed_by_allied_company")
    near = d5m(facts.destination, law)
    if near.answer is False or held is False:
        return does_not_apply("outside", *relied_on, read=read, checked=True)
    if held is None or near.answer is None:
        asked = [
            *near.missing,
            *([Missing("case.authorization.tgl_directed_by_allied_company")] if held is None else []),
        ]
        return unknown("unasked", *relied_on, missing=asked, read=read)
    # Limb (A) names items controlled for AT alone; the items of limb (B) were not read.
    key = "open_points" if entry in AT_ONLY_EQUIPMENT else "items_not_read"
    return applies(key, *relied_on, read=read)


# --- General Order No. 6: gate-all-around technology and quantum items -----------------------------------------------

SIX = "15 CFR Part 736, Supp. No. 1, General Order No. 6(f)"
GAAFET = frozenset({"3E905"})


def _six_item(facts: Facts, law: Law, paragraph: str) -> Said:
    read, entry = facts.seen("item.eccn", "case.general.order_6_paragraph"), classify(facts.item, law).entry
    if entry is None:
        return unknown("exception.unasked", missing=("item.eccn",), read=read)
    fits = law.member("part_736.general_order_6_quantum", entry) if paragraph == "quantum" else None
    if entry in GAAFET if fits is None else fits.value is True:
        return applies("exception.item_fits", *filter(None, (fits,)), read=read)
    return does_not_apply("exception.item_not_reached", *filter(None, (fits,)), read=read)


def _six_movement(facts: Facts, law: Law, paragraph: str) -> Said:
    """(f)(1) exports, reexports and transfers to A:5 and A:6; (f)(2) and (3) deemed exports to D:1 and D:5."""
    read = facts.seen("case.activity", "case.destination")
    if facts.activity is None:
        return unknown("general.activity_missing", missing=("case.activity",), read=read)
    deemed = facts.activity is Activity.DEEMED_EXPORT
    if paragraph != "gaafet":
        if not deemed:
            return does_not_apply("exception.not_met", read=read)
        return _place(_national(facts, law), read)
    if facts.activity not in {Activity.EXPORT, Activity.REEXPORT, Activity.TRANSFER}:
        return does_not_apply("exception.not_met", read=read)
    return _place(_allied(facts, law), read)


def _place(near: Tested, read: Seen) -> Said:
    if near.answer is None:
        return unknown("exception.unasked", *near.relied_on, missing=near.missing, read=read)
    said, key = (applies, "exception.place_fits") if near.answer else (does_not_apply, "exception.place_not_reached")
    return said(key, *near.relied_on, read=read)


def _national(facts: Facts, law: Law) -> Tested:
    """A deemed export goes to the country of citizenship or residency; (f)(2) and (3) are for D:1 and D:5."""
    if facts.destination is None:
        return Tested(None, (), (Missing("case.destination"),))
    return any_of(from_groups(facts.destination, law, ("part_740.group_d1", "part_740.group_d5")))


def _allied(facts: Facts, law: Law) -> Tested:
    if facts.destination is None:
        return Tested(None, (), (Missing("case.destination"),))
    return any_of(from_groups(facts.destination, law, ("part_740.group_a5", "part_740.group_a6")))


def _six(name: str, says: str, test: Callable[[Facts, Law, str], Said | Iterable[Said]]) -> Rule:
    """Make a condition of General Order No. 6; while nobody says which paragraph, only that is asked."""

    def body(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
        chosen = facts.general.order_6_paragraph
        if not relied(facts, "GO6") or (chosen is None and name != "order_6_paragraph"):
            return ()
        return test(facts, law, chosen or "")

    return named(name, SIX, says, body, step=Step.AUTHORIZATION, since=date(2024, 9, 6), effect=Effect.CONDITION,
                 of="GO6")  # fmt: skip


def _six_paragraph(facts: Facts, law: Law, chosen: str) -> Said:
    field = "case.general.order_6_paragraph"
    if not chosen:
        return unknown("exception.unasked", missing=(field,), read=facts.seen(field))
    return applies("exception.paragraph_chosen", read=facts.seen(field))


def _six_begun(facts: Facts, law: Law, chosen: str) -> Said | Iterable[Said]:
    fields = {"gaafet": "case.general.began_before", "employees": "case.general.employed_before"}
    return answered(facts, fields[chosen], True) if chosen in fields else ()


def _six_person(facts: Facts, law: Law, chosen: str) -> Said | Iterable[Said]:
    return answered(facts, "case.general.person_barred", False) if chosen in {"employees", "quantum"} else ()


def _six_direction(facts: Facts, law: Law, chosen: str) -> Said | Iterable[Said]:
    return answered(facts, "case.general.directed_from_d1_d5", False) if chosen in {"gaafet", "employees"} else ()


order_6_paragraph = _six("order_6_paragraph", "One of (f)(1) to (f)(3) is relied on.", _six_paragraph)
order_6_item = _six(
    "order_6_item", "3E905 under (f)(1) and (2), quantum technology and software under (f)(3).", _six_item
)
order_6_movement = _six(
    "order_6_movement", "To A:5 and A:6 under (f)(1), deemed exports under (f)(2), (3).", _six_movement
)
order_6_begun = _six("order_6_begun", "Work or employment that began by 2024-09-06.", _six_begun)
order_6_person = _six("order_6_person", "The person is not barred under part 744.", _six_person)
order_6_direction = _six("order_6_direction", "Not for advanced items at the direction of a D:1 or D:5 party; the list "
                         "it points to went on 2026-01-01 and is treated as still meant.", _six_direction)  # fmt: skip


@rule(SIX, step=Step.AUTHORIZATION, since=date(2024, 9, 6), effect=Effect.AUTHORIZES, of="GO6", looks_back=True)
def order_6(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """The general licenses of General Order No. 6; they overcome no requirement toward listed parties."""
    return together(before, "GO6") if relied(facts, "GO6") else ()


# --- General Order No. 7: affiliates of listed parties ----------------------------------------------------------------

SEVEN = "15 CFR Part 736, Supp. No. 1, General Order No. 7(g)"


@rule(
    SEVEN,
    step=Step.AUTHORIZATION,
    since=date(2025, 9, 29),
    until=date(2025, 12, 1),
    effect=Effect.AUTHORIZES,
    of="GO7",
    looks_back=True,
)
def order_7(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """Unlisted affiliates: to A:5 and A:6, elsewhere but E:1 and E:2 joint ventures with an allied partner.

    It overcame 744.11 and 744.21, not 744.8. As the affiliates rule was stayed from 2025-11-10 it mattered to 11-09.
    """
    if not relied(facts, "GO7"):
        return ()
    field = "case.general.joint_venture_partner"
    read, near = facts.seen("case.destination", field), _allied(facts, law)
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    if near.answer is True:
        return applies("allied", *near.relied_on, read=read)
    barred = embargoed_place(facts.destination, law)
    if barred.answer is True:
        return does_not_apply("general.exception_embargo", *barred.relied_on, read=read)
    if barred.answer is None:
        values = {"destination": facts.destination}
        return unknown("general.place_in_doubt", *barred.relied_on, read=read, values=values)
    partner = facts.general.joint_venture_partner
    if partner is None:
        return unknown("partner_unknown", *near.relied_on, missing=(field,), read=read)
    said = applies if partner else does_not_apply
    return said("joint_venture" if partner else "no_joint_venture", *near.relied_on, read=read)


RULES = (
    general_license_2022,
    general_license_advanced,
    general_license_equipment,
    order_6_paragraph,
    order_6_item,
    order_6_movement,
    order_6_begun,
    order_6_person,
    order_6_direction,
    order_6,
    order_7,
)
