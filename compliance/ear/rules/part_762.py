"""Duties that follow: the records to be kept (15 CFR Part 762)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compliance.ear.facts import Facts
from compliance.ear.findings import Answer, Finding, Said, Step, applies, kept, rule
from compliance.ear.law import FIRST_DAY, Law
from compliance.ear.records import ListCode
from compliance.ear.rules.part_743 import row_of, served

_NAMED = ("HBM", "RFF", "AIA", "ACM", "LPP")


@rule("15 CFR 762.6", step=Step.DUTIES, since=FIRST_DAY, looks_back=True)
def records_five_years(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """Records are kept five years from the last event; nothing an agency asked for is destroyed."""
    if facts.activity is None or any(f.checked for f in kept(before).unscoped):
        return ()
    row = row_of("REC-EAR-5Y")
    values = {"years": row.length, "deadline": row.code, "runs": row.checked and row.countable}
    return applies("kept", checked=row.checked, read=facts.seen("case.activity"), values=values)


@rule("15 CFR 762.2(b)", step=Step.DUTIES, since=FIRST_DAY, looks_back=True)
def records_named(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """Records that 762.2(b) names: of some exceptions, of statements of unverified parties, of vetted designers."""
    serving = served(before)
    said = [
        applies("exception", cite="15 CFR 762.2(b)(56)-(60)", values={"authorization": code})
        for code in _NAMED
        if code in serving
    ]
    said += [
        applies("statement", cite="15 CFR 762.2(b)(52)", party=party.ref)
        for party in facts.parties
        if any(one.code == ListCode.UNVERIFIED for one in party.listings or ())
    ]
    if facts.fabricator_or_osat is True and any(
        f.rule == "foundry_report" and f.answer is Answer.APPLIES for f in before
    ):
        said.append(applies("vetting_form", cite="15 CFR 762.2(b)(62)"))
    return said


RULES = (
    records_five_years,
    records_named,
)
