"""Authorization Validated End-User, 15 CFR 748.15: general, data center, universal (UVEU) and national (NVEU).

The names of Supplements No. 7 and 8 are the customer's input, except the removals that were read: Intel Dalian, Samsung
and SK hynix on 2025-12-31 (and TSMC Nanjing by notice). UVEU and NVEU are codified since 2025-01-13 and not enforced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Finding, Rule, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Law, NotYetEncoded, Reading
from compliance.ear.parties import any_from_d5m, any_of, d5m
from compliance.ear.rules.exceptions import answered, named, relied, together

CITE = "15 CFR 748.15"
DATA_CENTER_FROM, SPLIT = date(2024, 10, 2), date(2025, 1, 13)
GENERAL_PLACES = frozenset({"CN", "HK", "IN"})
Test = Callable[[Facts, Law], "Said | Iterable[Said]"]


def _condition(
    name: str, cite: str, says: str, test: Test, *, since: date = FIRST_DAY, procedural: bool = False,
    only: Reading | None = None,
) -> Rule:  # fmt: skip
    """Make a condition of VEU, asked only of those who rely on it."""

    def body(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
        return test(facts, law) if relied(facts, "VEU") else ()

    return named(name, cite, says, body, step=Step.AUTHORIZATION, since=since, effect=Effect.CONDITION, of="VEU",
                 procedural=procedural, only=only)  # fmt: skip


def _kind(facts: Facts, law: Law) -> Said:
    """Which kind there is on this day in this reading."""
    kind, read = facts.veu.kind, facts.seen("case.veu.kind")
    if kind is None:
        return unknown("exception.unasked", missing=("case.veu.kind",), read=read)
    row = law.row("part_748.veu_kinds", kind)
    if row is None:
        return does_not_apply("veu_kind.not_there", read=read)
    # A kind that a rule not enforced replaced is left to a person.
    return applies("veu_kind.there" if row.checked else "veu_kind.by_hand", row, read=read)


def _place(facts: Facts, law: Law) -> Said | Iterable[Said]:
    kind, place, read = facts.veu.kind, facts.destination, facts.seen("case.veu.kind", "case.destination")
    if kind is None:
        return ()
    if place is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    if kind == "general":
        fits = place in GENERAL_PLACES
        return applies("exception.place_fits", read=read) if fits else does_not_apply(
            "exception.place_not_reached", read=read)  # fmt: skip
    near = any_of((d5m(place, law), any_from_d5m(facts, law)))
    if near.answer is True:
        return does_not_apply("exception.place_not_reached", *near.relied_on, read=read)
    if near.answer is None:
        return unknown("general.headquarters_open", *near.relied_on, missing=near.missing, read=read)
    return applies("exception.place_fits", *near.relied_on, read=read)


def _listed(facts: Facts, law: Law) -> Said:
    """Named in the supplement on this day; who was removed is no longer, whatever somebody answered."""
    holder, read = facts.veu.holder, facts.seen("case.veu.holder", "case.veu.listed")
    if holder is None:
        return unknown("exception.unasked", missing=("case.veu.holder",), read=read)
    if (gone := law.row("part_748.veu_removed", holder)) is not None:
        return does_not_apply("veu_listed.removed", gone, read=read, values={"holder": gone.value["name"]})
    return answered(facts, "case.veu.listed", True)


def _item(facts: Facts, law: Law) -> Said:
    """Not for the 600 series, missile technology or crime control."""
    entry = classify(facts.item, law).entry
    if entry is not None and entry != "EAR99" and entry[2] == "6":
        return does_not_apply("exception.item_not_reached", read=facts.seen("item.eccn"))
    return answered(facts, "case.veu.missile_or_crime_control", False)


def _share(field: str, parameter: str, kind: str, *, least: bool = False) -> Test:
    """A share that may not pass its limit, or with ``least`` not fall below it."""

    def test(facts: Facts, law: Law) -> Said | Iterable[Said]:
        if facts.veu.kind != kind:
            return ()
        limit, held = law.value(parameter), facts.get(field)
        read, values = facts.seen(field), {"limit": limit.value}
        if held is None:
            return unknown("exception.ledger_unknown", limit, missing=(field,), read=read, values=values)
        fits = held >= Decimal(limit.value) if least else held <= Decimal(limit.value)
        said, key = (applies, "exception.ledger_within") if fits else (does_not_apply, "exception.ledger_over")
        return said(key, limit, read=read, values={**values, "total": held})

    return test


def _share_us(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Half of the compute of a UVEU headquartered in the United States stays there."""
    if facts.veu.kind != "uveu" or facts.veu.us_headquartered is False:
        return ()
    if facts.veu.us_headquartered is None:
        field = "case.veu.us_headquartered"
        return unknown("exception.unasked", missing=(field,), read=facts.seen(field))
    return _share("case.veu.share_us_percent", "part_748.uveu_share_us", "uveu", least=True)(facts, law)


def _outside(facts: Facts, law: Law) -> bool | None:
    if facts.destination is None:
        return None
    return law.member("part_740.supplement_5a", facts.destination).value is not True


def _share_country(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """The share of one country counts outside Supplement No. 5(a)."""
    if _outside(facts, law) is False:
        return ()
    return _share("case.veu.share_country_percent", "part_748.uveu_share_country", "uveu")(facts, law)


def _quota(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """The allocation of the quarter; after 2027 nothing is printed."""
    if facts.veu.kind != "nveu":
        return ()
    try:
        return _share("case.veu.cumulative_tpp", "part_748.nveu_quota", "nveu")(facts, law)
    except NotYetEncoded:
        return unknown("exception.text_not_read")


def _site(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """BIS is told of a new site 180 days before the export."""
    if facts.veu.kind != "uveu":
        return ()
    days, told = law.value("part_748.uveu_site_days"), facts.veu.site_notified_on
    read, values = facts.seen("case.veu.site_notified_on"), {"days": days.value}
    if told is None:
        return unknown("exception.notice_missing", days, missing=("case.veu.site_notified_on",), read=read,
                       values=values)  # fmt: skip
    late = (law.day - told) < timedelta(days=days.value)
    said = does_not_apply if late else applies
    return said("exception.notice_running" if late else "exception.notice_over", days, read=read, values=values)


def _certificate(facts: Facts, law: Law) -> Said:
    return answered(facts, "case.veu.certificate", True)


def _notice(facts: Facts, law: Law) -> Said:
    return answered(facts, "case.veu.notice", True)


CODIFIED = Reading.CODIFIED
veu_kind = _condition("veu_kind", CITE, "A kind of VEU that exists on this day in this reading.", _kind)
veu_place = _condition("veu_place", CITE, "General VEU: China and India. Others: outside D:5 and Macau.", _place)
veu_listed = _condition("veu_listed", f"{CITE}, Supp. Nos. 7 and 8", "Named in the supplement of this day.", _listed)
veu_item = _condition("veu_item", CITE, "Not for the 600 series, missile technology or crime control.", _item)
uveu_share_outside = _condition(
    "uveu_share_outside", f"{CITE}(a)(2)(ii)", "At most 25 percent of compute outside Supplement No. 5(a).",
    _share("case.veu.share_outside_percent", "part_748.uveu_share_outside", "uveu"), since=SPLIT,
    only=CODIFIED)  # fmt: skip
uveu_share_country = _condition(
    "uveu_share_country", f"{CITE}(a)(2)(ii)", "At most 7 percent of compute in any one country outside it.",
    _share_country, since=SPLIT, only=CODIFIED)  # fmt: skip
uveu_share_us = _condition(
    "uveu_share_us", f"{CITE}(a)(2)(ii)", "At least half of the compute of a US-headquartered UVEU in the US.",
    _share_us, since=SPLIT, only=CODIFIED)  # fmt: skip
nveu_quota = _condition("nveu_quota", f"{CITE}(a)(2)(iii)", "The NVEU allocation per company, country and quarter.",
                        _quota, since=SPLIT, only=CODIFIED)  # fmt: skip
uveu_site = _condition("uveu_site", f"{CITE}(a)(2)(ii)(A)", "180 days' notice of a new site.", _site, since=SPLIT,
                       procedural=True, only=CODIFIED)  # fmt: skip
veu_certificate = _condition("veu_certificate", f"{CITE}(e)", "The end user's certificate before the first shipment.",
                             _certificate, procedural=True)  # fmt: skip
veu_notice = _condition("veu_notice", f"{CITE}(g)", "Written notice of each shipment as agreed.", _notice,
                        procedural=True)  # fmt: skip


@rule(CITE, step=Step.AUTHORIZATION, since=FIRST_DAY, effect=Effect.AUTHORIZES, of="VEU", looks_back=True)
def validated_end_user(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """Authorization VEU stands in for a license when every condition that decides is met."""
    return together(before, "VEU") if relied(facts, "VEU") else ()


RULES = (
    veu_kind,
    veu_place,
    veu_listed,
    veu_item,
    uveu_share_outside,
    uveu_share_country,
    uveu_share_us,
    nveu_quota,
    uveu_site,
    veu_certificate,
    veu_notice,
    validated_end_user,
)
