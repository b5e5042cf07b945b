"""License Exception TMP, 15 CFR 740.9(a)(6): commodities abroad to be inspected, tested, calibrated or repaired."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Finding, Said, applies, does_not_apply, unknown
from compliance.ear.law import Law
from compliance.ear.rules.exceptions import condition, serves, stated
from compliance.ear.rules.part_740_gate import gate


def _commodity(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    """Software and technology are product groups D and E."""
    found, form, read = classify(facts.item, law), facts.item.form, facts.seen("item.eccn", "item.form")
    if found.group in {"D", "E"} or form in {"software", "technology"}:
        return does_not_apply("general.exception_not_a_commodity", read=read)
    if not found.group and form is None:
        return unknown("exception.form_unasked", missing=("item.form",), read=read)
    return applies("exception.commodity", read=read)


def _return(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    """Back within a year, or a longer stay that BIS authorized."""
    years, held = law.value("part_740.temporary_years"), facts.tmp
    read = facts.seen("case.tmp.returns_within_year", "case.tmp.longer_stay_authorized")
    values = {"years": years.value}
    if held.returns_within_year:
        return applies("exception.returns", years, read=read, values=values, checked=True)
    if held.longer_stay_authorized:
        return applies("exception.longer_stay", years, read=read, values=values, checked=True)
    missing = [f"case.tmp.{name}" for name in ("returns_within_year", "longer_stay_authorized")
               if getattr(held, name) is None]  # fmt: skip
    if missing:
        return unknown("exception.return_unasked", years, missing=missing, read=read, values=values)
    return does_not_apply("exception.stays_too_long", years, read=read, values=values)


tmp_gate = gate("TMP")
tmp_commodity = condition("tmp_commodity", "15 CFR 740.9(a)(6)", "Commodities only, no software or technology.",
                          _commodity, of="TMP")  # fmt: skip
tmp_purpose = stated("tmp_purpose", "15 CFR 740.9(a)(6)", "Sent to be inspected, tested, calibrated or repaired.",
                     "case.tmp.inspection_or_repair", of="TMP")  # fmt: skip
tmp_no_order = stated("tmp_no_order", "15 CFR 740.9(a)", "No order to acquire the item was received before shipment.",
                      "case.tmp.order_received", of="TMP", wants=False)  # fmt: skip
tmp_not_staying = stated("tmp_not_staying", "15 CFR 740.9(a)", "It is not known that the item stays abroad.",
                         "case.tmp.stays_abroad", of="TMP", wants=False)  # fmt: skip
tmp_no_lease = stated("tmp_no_lease", "15 CFR 740.9(a)", "Not for a later lease or rental.",
                      "case.tmp.lease_or_rental", of="TMP", wants=False)  # fmt: skip
tmp_return = condition("tmp_return", "15 CFR 740.9(a)(14)", "Returned within one year, or BIS authorized longer.",
                       _return, of="TMP")  # fmt: skip
tmp = serves(
    "tmp", "15 CFR 740.9(a)(6)", "License Exception TMP for inspection, test, calibration or repair.", of="TMP"
)

RULES = (
    tmp_gate,
    tmp_commodity,
    tmp_purpose,
    tmp_no_order,
    tmp_not_staying,
    tmp_no_lease,
    tmp_return,
    tmp,
)
