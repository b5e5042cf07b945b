"""Model weights (15 CFR 742.6(a)(13)): a license to every destination, in the text since 2025-01-13, not enforced."""

from __future__ import annotations

from datetime import date

from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import Law
from compliance.ear.records import NO_ITEM, Activity
from compliance.ear.weights import concerned, controlled


@rule("15 CFR 742.6(a)(13)", step=Step.REQUIREMENT, since=date(2025, 1, 13), effect=Effect.REQUIRES_LICENSE)
def weights_worldwide(facts: Facts, law: Law) -> Said:
    """4E091 to or within every destination; only License Exception AIA overcomes it."""
    read = facts.seen("item.eccn", "case.activity", "case.destination")
    if not concerned(facts) or facts.activity in NO_ITEM:
        return does_not_apply("other_item", read=read)
    if not law.has("part_742.weights"):
        return does_not_apply("not_enforced", read=read)
    found, scope = controlled(facts, law), law.value("part_742.weights")
    if found.answer is False:
        return does_not_apply("other_item", *found.relied_on, read=read)
    if facts.destination == "US":
        return does_not_apply("general.to_us", read=read)
    if found.answer is None:
        return unknown("weights_open", scope, *found.relied_on, missing=found.missing, read=read)
    if facts.destination is None:
        return unknown("general.destination_missing", scope, missing=("case.destination",), read=read)
    if facts.activity is Activity.DEEMED_EXPORT:
        # 742.6(a)(6)(iv) frees deemed exports from paragraph (a)(6) only; what (a)(13) says of them was not read.
        return unknown("deemed_not_read", scope, read=read)
    values = {"destination": facts.destination}
    return applies("worldwide", scope, *found.relied_on, read=read, values=values, overcome_by=("AIA",))


RULES = (weights_worldwide,)
