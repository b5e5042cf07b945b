"""License Exceptions NAC and ACA (15 CFR 740.8) at every date.

What has to be true is a condition that decides; what has to be done before shipment is procedural and stays on the
determination's list of conditions. Rules that belong to an exception are asked only where it could lift a requirement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import (
    Answer,
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
from compliance.ear.parties import any_from_d5m, any_of, d5m, d145, embargoed_place, recipients
from compliance.ear.records import Activity
from compliance.ear.rules.exceptions import NOTHING, named, together

NAC_FROM, SPLIT_FROM = date(2023, 11, 17), date(2024, 4, 4)
LAST_SINGLE = SPLIT_FROM - timedelta(days=1)
# Cryptographic entries need License Exception ENC besides, which a person decides.
ENCRYPTION = frozenset({"5A002", "5A004", "5D002"})


def _item(facts: Facts, law: Law, before: Sequence[Finding], code: str) -> Said:
    """3A090, 4A090 and .z items, except those for data centers at the level of 3A090.a; never 3A090.c."""
    found, for_centers = classify(facts.item, law), facts.item.data_center_designed_or_marketed
    read = facts.seen("item.eccn", "item.level", "item.tpp", "item.data_center_designed_or_marketed")
    relied = found.level.relied_on
    if found.level.value not in {"a", "b"}:
        return does_not_apply("general.exception_other_item", *relied, read=read)
    if found.group in {"D", "E"}:
        return does_not_apply("general.exception_not_a_commodity", *relied, read=read)
    if found.level.value == "a" and for_centers is None:
        return unknown(
            "general.data_center_unasked", *relied, missing=("item.data_center_designed_or_marketed",), read=read
        )
    if found.level.value == "a" and for_centers:
        return does_not_apply("general.exception_data_center", *relied, read=read)
    return applies("general.exception_item", *relied, read=read)


def _no_other_requirement(facts: Facts, law: Law, before: Sequence[Finding], code: str) -> Said:
    """No exception lifts what part 744 or 746 requires, 744.23(a)(3) apart; nor serves with an unverified party."""
    stops: list[Finding] = []
    waits: list[Finding] = []
    missing: list[Missing] = []
    for f in before:
        if f.effect is Effect.BARS_EXCEPTIONS or (
            f.effect is Effect.REQUIRES_LICENSE
            and code not in f.overcome_by
            and f.step in {Step.END_USE, Step.PROHIBITION}
        ):
            if f.answer is Answer.APPLIES:
                stops.append(f)
            elif f.answer is Answer.UNKNOWN:
                waits.append(f)
                missing += f.missing
    values = {"rules": [f"@{rule}.title" for rule in dict.fromkeys(f.rule for f in (stops or waits))]}
    if stops:
        return does_not_apply("general.exception_stopped", values=values)
    if _military(facts):
        # 3A090 is not in the supplement of 744.21, but BIS reads a military end use as closing 740.8: the stricter.
        return does_not_apply("general.exception_military", read=facts.seen("case.end_use.military"), checked=False)
    if waits:
        return unknown("general.exception_waits", missing=tuple(dict.fromkeys(missing)), values=values)
    return applies("general.exception_clear")


def _military(facts: Facts) -> bool:
    return facts.end_use.military is True or any(party.military_end_user is True for party in recipients(facts))


def _embargo(facts: Facts, law: Law, before: Sequence[Finding], code: str) -> Said:
    read = facts.seen("case.destination")
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    barred = embargoed_place(facts.destination, law)
    if barred.answer is True:
        return does_not_apply("general.exception_embargo", *barred.relied_on, read=read)
    if barred.answer is None:
        values = {"destination": facts.destination}
        return unknown("general.place_in_doubt", *barred.relied_on, read=read, values=values)
    return applies("general.exception_no_embargo", read=read)


def _encryption(facts: Facts, law: Law, before: Sequence[Finding], code: str) -> Said | Iterable[Said]:
    """5A002, 5A004 and 5D002 need ENC besides; whether 740.17 is met is for a person to say."""
    if classify(facts.item, law).entry not in ENCRYPTION:
        return NOTHING
    field, held = "case.authorization.enc_met", facts.authorization.enc_met
    if held is None:
        return unknown("general.exception_encryption", missing=(field,), read=facts.seen(field))
    said = applies if held else does_not_apply
    return said("general.encryption_met" if held else "general.encryption_not_met", read=facts.seen(field))


def _order(facts: Facts, law: Law, before: Sequence[Finding], code: str) -> Said:
    read = facts.seen("case.authorization.purchase_order", "case.commercial_sample")
    if facts.authorization.purchase_order:
        return applies("general.purchase_order", read=read)
    if facts.commercial_sample:
        return applies("general.sample", read=read)
    if facts.authorization.purchase_order is None:
        return unknown("general.purchase_order_missing", missing=("case.authorization.purchase_order",), read=read)
    return does_not_apply("general.purchase_order_missing", read=read)


# --- the conditions NAC and ACA have in common -----------------------------------------------------------------------


def _both(
    name: str,
    cite: str,
    says: str,
    test: Callable[[Facts, Law, Sequence[Finding], str], Said | Iterable[Said]],
    *,
    procedural: bool = False,
) -> tuple[Rule, Rule]:
    """Make a condition that NAC and ACA have in common, a rule for each; nobody has to rely on them to be asked."""

    def made(code: str, since: date) -> Rule:
        def body(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
            return test(facts, law, before, code)

        return named(f"{code.lower()}_{name}", cite, says, body, step=Step.EXCEPTION, since=since,
                     effect=Effect.CONDITION, of=code, procedural=procedural)  # fmt: skip

    return made("NAC", NAC_FROM), made("ACA", SPLIT_FROM)


nac_item, aca_item = _both(
    "item", "15 CFR 740.8(a)", "Advanced items other than data-center items at the level of 3A090.a.", _item
)
nac_encryption, aca_encryption = _both(
    "encryption", "15 CFR 740.8, 740.17", "Cryptographic items need License Exception ENC besides.", _encryption
)
nac_part_744, aca_part_744 = _both(
    "part_744",
    "15 CFR 740.8(b), 740.2(a)(17)",
    "Not where part 744 or 746 requires a license that the exception does not lift.",
    _no_other_requirement,
)
nac_embargo, aca_embargo = _both("embargo", "15 CFR 740.2(a)(6)", "Embargoed destinations are closed.", _embargo)
nac_purchase_order, aca_purchase_order = _both(
    "purchase_order",
    "15 CFR 740.8(a)",
    "A written purchase order before each shipment; commercial samples apart.",
    _order,
    procedural=True,
)


# --- the conditions of NAC -------------------------------------------------------------------------------------------


@rule(
    "15 CFR 740.8(a)",
    step=Step.EXCEPTION,
    since=NAC_FROM,
    until=LAST_SINGLE,
    effect=Effect.CONDITION,
    of="NAC",
    looks_back=True,
)
def nac_movement_2023(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """The single NAC of 2023 served exports, reexports and transfers to D:1, D:4 and D:5."""
    read = facts.seen("case.activity", "case.destination")
    if facts.activity is None:
        return unknown("general.activity_missing", missing=("case.activity",), read=read)
    if facts.activity not in {Activity.EXPORT, Activity.REEXPORT, Activity.TRANSFER}:
        return does_not_apply("other_activity", read=read)
    inside = d145(facts.destination, law)
    if inside.answer is None:
        return unknown(
            "general.place_in_doubt",
            *inside.relied_on,
            missing=inside.missing,
            read=read,
            values={"destination": facts.destination or "?"},
        )
    said = applies if inside.answer else does_not_apply
    return said("inside" if inside.answer else "outside", *inside.relied_on, read=read)


@rule(
    "15 CFR 740.8(a)(1)",
    step=Step.EXCEPTION,
    since=SPLIT_FROM,
    effect=Effect.CONDITION,
    of="NAC",
    looks_back=True,
)
def nac_movement(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """NAC serves exports and reexports to a D:5 country or Macau, or to a party from there anywhere; no transfers."""
    read = facts.seen("case.activity", "case.destination")
    if facts.activity is None:
        return unknown("general.activity_missing", missing=("case.activity",), read=read)
    if facts.activity not in {Activity.EXPORT, Activity.REEXPORT}:
        return does_not_apply("other_activity", read=read)
    near = any_of((d5m(facts.destination, law), any_from_d5m(facts, law)))
    if near.answer is None:
        return unknown("general.headquarters_open", *near.relied_on, missing=near.missing, read=read)
    said = applies if near.answer else does_not_apply
    return said("inside" if near.answer else "outside", *near.relied_on, read=read)


@rule(
    "15 CFR 740.8(b)(2)",
    step=Step.EXCEPTION,
    since=NAC_FROM,
    until=LAST_SINGLE,
    effect=Effect.CONDITION,
    of="NAC",
    looks_back=True,
)
def nac_not_military_2023(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """The NAC of 2023 barred military end uses and end users in so many words."""
    read = facts.seen("case.end_use.military")
    if _military(facts):
        return does_not_apply("military", read=read)
    missing = [Missing("case.end_use.military")] if facts.end_use.military is None else []
    missing += [Missing("party.military_end_user", p.ref) for p in recipients(facts) if p.military_end_user is None]
    if missing:
        return unknown("unasked", missing=missing, read=read)
    return applies("not_military", read=read)


def _notice_needed(facts: Facts, law: Law) -> bool:
    """Until 2024-04-03 D:1 and D:4 outside D:5 and Macau, and transfers, went without notice."""
    if law.day >= SPLIT_FROM:
        return True
    return facts.activity is not Activity.TRANSFER and d5m(facts.destination, law).answer is not False


def _exhausted(facts: Facts) -> tuple[str, ...]:
    """Return the ledger that is overdrawn: units or value under this notification above what it declared."""
    held = facts.authorization
    for name, declared, shipped in (
        ("quantity", held.nac_declared_quantity, held.nac_shipped_quantity),
        ("value", held.nac_declared_value, held.nac_shipped_value),
    ):
        if declared is not None and shipped is not None and shipped > declared:
            return (f"case.authorization.nac_declared_{name}", f"case.authorization.nac_shipped_{name}")
    return ()


@rule("15 CFR 740.8(c)", step=Step.EXCEPTION, since=NAC_FROM, effect=Effect.CONDITION, of="NAC", procedural=True,
      looks_back=True)  # fmt: skip
def nac_notified(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """A notification registered in SNAP-R that names this end user and these items within its value and quantity."""
    if not _notice_needed(facts, law):
        return NOTHING
    held = facts.authorization
    read = facts.seen("case.authorization.nac_registered_on", "case.authorization.nac_covers_shipment")
    if held.nac_registered_on is None:
        return unknown("not_registered", missing=("case.authorization.nac_registered_on",), read=read)
    values = {"registered": held.nac_registered_on}
    if over := _exhausted(facts):
        return does_not_apply("exhausted", read=facts.seen(*over), values=values)
    if held.nac_covers_shipment is None:
        return unknown("coverage", missing=("case.authorization.nac_covers_shipment",), read=read, values=values)
    said = applies if held.nac_covers_shipment else does_not_apply
    return said("registered" if held.nac_covers_shipment else "not_covered", read=read, values=values)


@rule("15 CFR 740.8(c)", step=Step.EXCEPTION, since=NAC_FROM, effect=Effect.CONDITION, of="NAC", procedural=True,
      looks_back=True)  # fmt: skip
def nac_waiting_days(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """25 calendar days from registration, not from submission; pauses of the clock are kept with the deadline."""
    if not _notice_needed(facts, law):
        return NOTHING
    days, registered = law.value("part_740.nac_days"), facts.authorization.nac_registered_on
    read = facts.seen("case.authorization.nac_registered_on")
    if registered is None:
        missing = ("case.authorization.nac_registered_on",)
        return unknown("not_started", days, missing=missing, read=read, values={"days": days.value})
    try:
        due = registered + timedelta(days=days.value)
    except OverflowError:
        due = date.max
    said = applies if law.day >= due else does_not_apply
    values = {"days": days.value, "registered": registered, "due": due}
    return said("over" if law.day >= due else "running", days, read=read, values=values)


@rule("15 CFR 740.8(c)", step=Step.EXCEPTION, since=NAC_FROM, effect=Effect.CONDITION, of="NAC", procedural=True,
      looks_back=True)  # fmt: skip
def nac_confirmed(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """Nothing ships before BIS has given the NAC confirmation number."""
    if not _notice_needed(facts, law):
        return NOTHING
    number, read = facts.authorization.nac_confirmation_number, facts.seen("case.authorization.nac_confirmation_number")
    if not number:
        return unknown("waiting", missing=("case.authorization.nac_confirmation_number",), read=read)
    return applies("confirmed", read=read, values={"number": number})


@rule("15 CFR 740.8", step=Step.EXCEPTION, since=NAC_FROM, effect=Effect.EXCEPTS, of="NAC", looks_back=True)
def nac(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """License Exception Notified Advanced Computing."""
    return together(before, "NAC")


# --- ACA, split off on 2024-04-04 ------------------------------------------------------------------------------------


@rule("15 CFR 740.8(a)(2)", step=Step.EXCEPTION, since=SPLIT_FROM, effect=Effect.CONDITION, of="ACA", looks_back=True)
def aca_movement(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """ACA serves D:1 and D:4 (codified from 2025-01-13: any destination) outside D:5 and Macau, without notice.

    Not for a party from a D:5 country or Macau; in-country transfers inside these are served. The wider text came with
    the rule that is not enforced: only what rests on it, a destination outside D:1 and D:4, shares its doubt.
    """
    read = facts.seen("case.activity", "case.destination")
    if facts.activity is None:
        return unknown("general.activity_missing", missing=("case.activity",), read=read)
    if facts.activity not in {Activity.EXPORT, Activity.REEXPORT, Activity.TRANSFER}:
        return does_not_apply("other_activity", read=read)
    scope, inside = law.value("part_740.aca_scope"), d5m(facts.destination, law)
    if inside.answer is True and facts.activity is Activity.TRANSFER:
        return applies("transfer", *inside.relied_on, read=read)
    near = any_of((inside, any_from_d5m(facts, law)))
    if near.answer is True:
        return does_not_apply("d5m", scope, *near.relied_on, read=read)
    reached = d145(facts.destination, law)
    if scope.value == "d14" and reached.answer is False:
        return does_not_apply("outside", scope, *reached.relied_on, read=read)
    rests_on = (scope,) if scope.checked or reached.answer is not True else ()
    if near.answer is None:
        return unknown("general.headquarters_open", *rests_on, *near.relied_on, missing=near.missing, read=read)
    return applies("reached", *rests_on, *near.relied_on, read=read)


@rule("15 CFR 740.8", step=Step.EXCEPTION, since=SPLIT_FROM, effect=Effect.EXCEPTS, of="ACA", looks_back=True)
def aca(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """License Exception Advanced Computing Authorized."""
    return together(before, "ACA")


RULES = (
    nac_item,
    nac_movement_2023,
    nac_movement,
    nac_encryption,
    nac_not_military_2023,
    nac_part_744,
    nac_embargo,
    nac_purchase_order,
    nac_notified,
    nac_waiting_days,
    nac_confirmed,
    nac,
    aca_item,
    aca_movement,
    aca_encryption,
    aca_part_744,
    aca_embargo,
    aca_purchase_order,
    aca,
)
