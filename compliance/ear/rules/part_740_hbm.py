"""License Exceptions HBM (15 CFR 740.25), RFF (740.26) and IEC (740.24)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from compliance.ear.classification import classify
from compliance.ear.equipment import within, worldwide_set
from compliance.ear.facts import Facts
from compliance.ear.findings import Finding, Said, applies, does_not_apply, unknown
from compliance.ear.law import Law
from compliance.ear.parties import d5m, recipients
from compliance.ear.records import ListCode
from compliance.ear.rules.exceptions import NOTHING, answered, condition, serves, stated
from compliance.ear.rules.part_740_gate import gate

HBM_FROM, IEC_FROM = date(2024, 12, 2), date(2024, 9, 6)


def _memory(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    """Memory of 3A090.c below 3.3 gigabytes per second and square millimeter."""
    found, item = classify(facts.item, law), facts.item
    read = facts.seen("item.eccn", "item.level", "item.hbm_bandwidth_gbps", "item.hbm_area_mm2")
    if found.level.value is None:
        return unknown("general.level_unknown", *found.level.relied_on, missing=found.level.missing, read=read)
    if found.level.value != "c":
        return does_not_apply("exception.item_not_reached", read=read)
    limit = law.value("part_740.hbm_density")
    values = {"limit": limit.value}
    if item.hbm_bandwidth_gbps is None or not item.hbm_area_mm2:
        missing = [f"item.{name}" for name in ("hbm_bandwidth_gbps", "hbm_area_mm2") if not getattr(item, name)]
        return unknown("exception.memory_density_unknown", limit, missing=missing, read=read, values=values)
    below = item.hbm_bandwidth_gbps < Decimal(str(limit.value)) * item.hbm_area_mm2
    said = applies if below else does_not_apply
    key = "exception.memory_density_below" if below else "exception.memory_density_above"
    return said(key, limit, read=read, values=values)


def _route(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    read = facts.seen("case.hbm.route", "case.destination")
    if facts.hbm.route is None:
        return unknown("exception.unasked", missing=("case.hbm.route",), read=read)
    if facts.hbm.route == "designer":
        near = d5m(facts.destination, law)
        if near.answer is False:
            return does_not_apply("exception.designer_elsewhere", *near.relied_on, read=read)
        if near.answer is None:
            return unknown("general.place_in_doubt", *near.relied_on, missing=near.missing, read=read,
                           values={"destination": facts.destination or "?"})  # fmt: skip
    return applies("exception.paragraph_chosen", read=read)


def _gap(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    """An unresolved gap above one percent stops further shipments in the chain."""
    limit, gap = law.value("part_740.hbm_gap"), facts.hbm.unresolved_gap_percent
    read, values = facts.seen("case.hbm.unresolved_gap_percent"), {"limit": limit.value}
    if gap is None:
        return unknown("exception.gap_unasked", limit, missing=("case.hbm.unresolved_gap_percent",), read=read,
                       values=values)  # fmt: skip
    over = gap > Decimal(limit.value)
    said = does_not_apply if over else applies
    return said("exception.gap_above" if over else "exception.gap_within", limit, read=read, values=values)


def _packaging(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """Which of the two tests of (c)(2) is in play."""
    if facts.hbm.route != "packaging":
        return NOTHING
    read = facts.seen("case.hbm.packager_allied")
    if facts.hbm.packager_allied is None:
        return unknown("exception.unasked", missing=("case.hbm.packager_allied",), read=read)
    key = "exception.packager_allied" if facts.hbm.packager_allied else "exception.packager_other"
    return applies(key, read=read)


def _site(allied: bool) -> Callable[[Facts, Law], bool]:
    return lambda facts, law: facts.hbm.route == "packaging" and facts.hbm.packager_allied is allied


def _finished(facts: Facts, law: Law) -> bool:
    return facts.hbm.route == "packaging" and facts.hbm.packager_allied is not None


hbm_gate = gate("HBM", HBM_FROM)
hbm_item = condition("hbm_item", "15 CFR 740.25", "3A090.c below 3.3 GB/s/mm2.", _memory, of="HBM", since=HBM_FROM)
hbm_exporter = stated("hbm_exporter", "15 CFR 740.25", "Exporter from the US or A:5 without a D:5 or Macau parent.",
                      "case.hbm.exporter_eligible", of="HBM", since=HBM_FROM)  # fmt: skip
hbm_route = condition("hbm_route", "15 CFR 740.25(c)", "(c)(1) the designer buys, or (c)(2) to the packaging site.",
                      _route, of="HBM", since=HBM_FROM)  # fmt: skip
hbm_designer = stated("hbm_designer", "15 CFR 740.25(c)(1)", "The designer of the co-packaged commodity buys directly.",
                      "case.hbm.designer_purchase", of="HBM", since=HBM_FROM,
                      when=lambda facts, law: facts.hbm.route == "designer")  # fmt: skip
hbm_site = condition("hbm_site", "15 CFR 740.25(c)(2)", "An allied packaging site, or another.", _packaging, of="HBM",
                     since=HBM_FROM)  # fmt: skip
hbm_confirmation = stated(
    "hbm_confirmation", "15 CFR 740.25(c)(2)", "The allied site's written confirmation to the producer of the chips.",
    "case.hbm.confirmation_given", of="HBM", since=HBM_FROM, when=_site(True))  # fmt: skip
hbm_finished = stated("hbm_finished", "15 CFR 740.25(c)(2)", "The finished good stays below 3A090 (elsewhere .a, .b).",
                      "case.hbm.finished_not_above", of="HBM", since=HBM_FROM, when=_finished)  # fmt: skip
hbm_returned = stated("hbm_returned", "15 CFR 740.25(c)(2)", "From another site finished goods return to the exporter.",
                      "case.hbm.finished_returned", of="HBM", since=HBM_FROM, when=_site(False))  # fmt: skip
hbm_matched = stated("hbm_matched", "15 CFR 740.25(c)(2)", "From another site counts are matched.",
                     "case.hbm.counts_matched", of="HBM", since=HBM_FROM, when=_site(False))  # fmt: skip
hbm_no_distributor = stated("hbm_no_distributor", "15 CFR 740.25", "No distributors.", "case.hbm.distributor",
                            of="HBM", since=HBM_FROM, wants=False)  # fmt: skip
hbm_intermediates = stated("hbm_intermediates", "15 CFR 740.25", "Intermediates only for freight or customs.",
                           "case.hbm.other_intermediate", of="HBM", since=HBM_FROM, wants=False)  # fmt: skip
hbm_no_advanced_node = stated(
    "hbm_no_advanced_node", "15 CFR 740.25", "No co-packaging at an advanced-node facility in D:5 or Macau.",
    "case.hbm.advanced_node_site", of="HBM", since=HBM_FROM, wants=False)  # fmt: skip
hbm_gap = condition("hbm_gap", "15 CFR 740.25", "No unresolved gap above one percent in the chain.", _gap, of="HBM",
                    since=HBM_FROM)  # fmt: skip
hbm = serves("hbm", "15 CFR 740.25", "License Exception HBM.", of="HBM", since=HBM_FROM)


def _rff_entry(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    """The entry has to name 740.26: its own words say so, or a person who read it; a person's no stands."""
    words = [
        f"{listing.license_requirement} {listing.license_policy}"
        for party in recipients(facts)
        for listing in party.listings or ()
        if listing.code == ListCode.ENTITY_LIST
    ]
    if facts.rff.entry_names_exception is not False and words and all("740.26" in text for text in words):
        return applies("exception.entry_names", read=facts.seen("case.rff.entry_names_exception"))
    return answered(facts, "case.rff.entry_names_exception", True)


def _rff_item(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    """Not for the tools of 3B001, 3B002, 3B993 and 3B994 nor the software and technology of 3D992 to 3E994."""
    shut, read = within(facts.item.eccn, "part_740.rff_excluded", law), facts.seen("item.eccn")
    if shut.answer is None:
        return unknown("exception.unasked", *shut.relied_on, missing=shut.missing, read=read)
    if shut.answer:
        return does_not_apply("exception.item_not_reached", *shut.relied_on, read=read)
    return applies("exception.item_fits", *shut.relied_on, read=read)


def _rff_notified(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    """45 days ahead of the shipment."""
    days, told = law.value("part_740.rff_days"), facts.rff.notified_on
    read, values = facts.seen("case.rff.notified_on"), {"days": days.value}
    if told is None:
        return unknown("exception.notice_missing", days, missing=("case.rff.notified_on",), read=read, values=values)
    late = (law.day - told) < timedelta(days=days.value)
    said = does_not_apply if late else applies
    return said("exception.notice_running" if late else "exception.notice_over", days, read=read, values=values)


rff_gate = gate("RFF", HBM_FROM)
rff_entry = condition("rff_entry", "15 CFR 740.26", "An Entity List entry that names 740.26.", _rff_entry, of="RFF",
                      since=HBM_FROM)  # fmt: skip
rff_item = condition("rff_item", "15 CFR 740.26", "Not the controlled tools nor their software and technology.",
                     _rff_item, of="RFF", since=HBM_FROM)  # fmt: skip
rff_not_servicing = stated("rff_not_servicing", "15 CFR 740.26", "Not for servicing the controlled tools.",
                           "case.rff.services_controlled_tools", of="RFF", since=HBM_FROM, wants=False)  # fmt: skip
rff_no_advanced_node = stated("rff_no_advanced_node", "15 CFR 740.26", "Not for advanced-node production.",
                              "case.rff.advanced_node", of="RFF", since=HBM_FROM, wants=False)  # fmt: skip
rff_notified = condition("rff_notified", "15 CFR 740.26", "BIS notified 45 days ahead.", _rff_notified, of="RFF",
                         since=HBM_FROM, procedural=True)  # fmt: skip
rff_notice_complete = stated("rff_notice_complete", "15 CFR 740.26", "With end user, items, price and ship date.",
                             "case.rff.notice_complete", of="RFF", since=HBM_FROM, procedural=True)  # fmt: skip
rff = serves("rff", "15 CFR 740.26", "License Exception RFF.", of="RFF", since=HBM_FROM)


def _iec_item(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    found, read = worldwide_set(facts.item, law), facts.seen("item.eccn")
    if found.answer is None:
        return unknown("exception.unasked", *found.relied_on, missing=found.missing, read=read)
    said = applies if found.answer else does_not_apply
    return said("exception.item_fits" if found.answer else "exception.item_not_reached", *found.relied_on, read=read)


iec_gate = gate("IEC", IEC_FROM)
iec_item = condition("iec_item", "15 CFR 740.24", "Items controlled worldwide since 2024-09-06.", _iec_item, of="IEC",
                     since=IEC_FROM)  # fmt: skip
iec_table = stated("iec_table", "15 CFR 740.24", "A destination that the table of BIS names for the item.",
                   "case.iec.on_table", of="IEC", since=IEC_FROM)  # fmt: skip
iec = serves("iec", "15 CFR 740.24", "License Exception IEC.", of="IEC", since=IEC_FROM)

RULES = (
    hbm_gate,
    hbm_item,
    hbm_exporter,
    hbm_route,
    hbm_designer,
    hbm_site,
    hbm_confirmation,
    hbm_finished,
    hbm_returned,
    hbm_matched,
    hbm_no_distributor,
    hbm_intermediates,
    hbm_no_advanced_node,
    hbm_gap,
    hbm,
    rff_gate,
    rff_entry,
    rff_item,
    rff_not_servicing,
    rff_no_advanced_node,
    rff_notified,
    rff_notice_complete,
    rff,
    iec_gate,
    iec_item,
    iec_table,
    iec,
)
