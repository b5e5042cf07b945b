"""Duties that follow: what is filed in AES at any value, and by when (15 CFR 758.1(b), 15 CFR 30.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compliance.ear.facts import Facts
from compliance.ear.findings import Finding, Said, Step, applies, kept, rule
from compliance.ear.law import FIRST_DAY, Law
from compliance.ear.records import Activity, ListCode, Role
from compliance.ear.rules.part_743 import row_of, served

FILED_ABOUT = frozenset({Role.INTERMEDIATE_CONSIGNEE, Role.ULTIMATE_CONSIGNEE, Role.END_USER})
"""748.5(d)-(f)."""

UNTOUCHED = frozenset({"software", "technology"})


def _leaves(facts: Facts) -> bool:
    """Whether a tangible item leaves the United States: the only movement that is filed."""
    return facts.activity is Activity.EXPORT and facts.exporting_from == "US" and facts.item.form not in UNTOUCHED


@rule("15 CFR 758.1(b)(8)", step=Step.DUTIES, since=FIRST_DAY)
def filing_unverified(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Every tangible export with a party on the Unverified List is filed, at any value and to any destination."""
    if not _leaves(facts):
        return ()
    return [
        applies("any_value", party=party.ref, read=facts.seen("party.role", "party.listings", party=party.ref))
        for party in facts.parties
        if (party.role is None or party.role in FILED_ABOUT)
        and any(one.code == ListCode.UNVERIFIED for one in party.listings or ())
    ]


@rule("15 CFR 758.1(b)(2), (b)(7)", step=Step.DUTIES, since=FIRST_DAY, looks_back=True)
def filing_license(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """What goes under a license, or to a validated end user, is filed at any value."""
    if not _leaves(facts):
        return ()
    codes = served(before)
    if "VEU" in codes:
        return applies("validated_end_user", cite="15 CFR 758.1(b)(7)")
    if any(not codes & set(f.overcome_by) for f in kept(before).required):
        return applies("license", cite="15 CFR 758.1(b)(2)")
    return ()


@rule("15 CFR 30.4(b)(2)", step=Step.DUTIES, since=FIRST_DAY)
def filing_times(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Where a filing is due, how long before departure; read before the revision of Part 30, so shown and not run."""
    if not _leaves(facts):
        return ()
    row = row_of("EEI-VESSEL")
    return applies("before_departure", checked=row.checked, values={"deadline": row.code, "runs": False})


RULES = (
    filing_unverified,
    filing_license,
    filing_times,
)
