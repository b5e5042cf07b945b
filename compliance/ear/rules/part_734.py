"""Scope: items subject to the EAR (15 CFR Part 734)."""

from __future__ import annotations

from compliance.ear.classification import classify
from compliance.ear.facts import Activity, Facts
from compliance.ear.findings import Effect, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Law

NO_ITEM = frozenset({Activity.IAAS, Activity.US_PERSON_SUPPORT})


@rule("15 CFR 734.3", step=Step.SUBJECT, since=FIRST_DAY, effect=Effect.SUBJECT)
def subject_to_ear(facts: Facts, law: Law) -> Said:
    """US-origin items anywhere and all items in the United States are subject to the EAR.

    Foreign-made items may be, through 734.4 and 734.9; that chapter is not encoded, so the answer is unknown.
    """
    read = facts.seen("case.activity", "case.exporting_from", "item.us_origin", "item.located_in_us")
    if facts.activity is None:
        return unknown("activity_missing", missing=("case.activity",), read=read)
    if facts.activity in NO_ITEM:
        return applies("no_item", read=read)
    if facts.item.us_origin is True:
        return applies("us_origin", read=read)
    if facts.item.located_in_us is True or facts.exporting_from == "US":
        return applies("in_us", read=read)
    missing = [
        key
        for key, value in (
            ("case.exporting_from", facts.exporting_from),
            ("item.us_origin", facts.item.us_origin),
        )
        if value is None
    ]
    if missing:
        return unknown("origin_missing", missing=missing, read=read)
    return unknown("foreign_made", read=read)


@rule("15 CFR 734.13", step=Step.SUBJECT, since=FIRST_DAY, effect=Effect.HOLDS)
def service_without_item(facts: Facts, law: Law) -> Said:
    """Computing power or support moves no item, and a deemed export is of technology: what does not fit is held.

    Part 744 and guidance reach services; they are not encoded.
    """
    read = facts.seen("case.activity")
    if facts.activity is Activity.IAAS:
        return applies("iaas", read=read, cite="15 CFR 744.6; BIS policy statement of 2025-05-13")
    if facts.activity is Activity.US_PERSON_SUPPORT:
        return applies("us_person", read=read, cite="15 CFR 744.6, 736.2(b)(7)")
    if facts.activity is Activity.DEEMED_EXPORT and classify(facts.item, law).group not in {"D", "E"}:
        # Releasing technology or source code to a person is a deemed export; handing over hardware is not.
        return applies("deemed_commodity", read=facts.seen("case.activity", "item.eccn"), cite="15 CFR 734.13(a)(2)")
    return does_not_apply("item_moves", read=read)
