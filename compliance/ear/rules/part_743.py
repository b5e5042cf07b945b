"""Duties that follow: the notices and reports that what was relied on brings with it (15 CFR Parts 740, 743, 748).

They change no outcome. Each names its row in the catalogue of deadlines, which says how it is counted; a row nobody
checked is shown as such and starts no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from compliance.ear.facts import Facts
from compliance.ear.findings import Answer, Finding, Said, Step, applies, kept, rule, unknown
from compliance.ear.foundry import level_of
from compliance.ear.law import FIRST_DAY, Law

if TYPE_CHECKING:
    from compliance.ear.deadline_catalog import Deadline

# What is relied on, the row of the catalogue, and the rule that must have spoken where the duty may not follow.
_FOLLOWS = (
    ("NAC", "LE-NAC-25", "nac_notified"),
    ("NAC", "LE-NAC-REG-25", "nac_notified"),
    ("HBM", "LE-HBM-60", ""),
    ("RFF", "LE-RFF-45", ""),
    ("RFF", "LE-RFF-1BD", ""),
    ("RFF", "LE-RFF-INST", ""),
    ("RFF", "LE-RFF-ANN", ""),
    ("LPP", "LE-LPP-30", ""),
    ("LPP", "LE-LPP-PRE", ""),
    ("AIA", "LE-AIA-CERT", ""),
    ("ACM", "LE-ACM-6M", ""),
)
# The kind of validated end user and the rows of the catalogue.
_VALIDATED = {
    "general": ("VEU-PRESHIP", "VEU-GEN-FEB"),
    "data_center": ("VEU-PRESHIP", "VEU-DC-JUL", "VEU-DC-JAN"),
    "uveu": ("VEU-PRESHIP", "VEU-UVEU-180", "VEU-UVEU-60", "VEU-CHIP", "VEU-THEFT-30"),
    "nveu": ("VEU-PRESHIP", "VEU-CHIP", "VEU-THEFT-30"),
}
QUANTUM = ("3D901", "3E901", "4D906", "4E906")


def served(before: Sequence[Finding]) -> set[str]:
    """Return the exceptions and general licenses that apply."""
    return kept(before).served


@lru_cache(maxsize=64)
def row_of(code: str) -> Deadline:
    """Return a row of the catalogue, which is read when it is first asked for: importing the law stays quick."""
    from compliance.ear.deadline_catalog import deadline

    return deadline(code)


def duty(code: str) -> Said:
    """Return the duty of one row of the catalogue; ``runs`` says whether its clock may be started."""
    row = row_of(code)
    said_as = "_".join(code.lower().split("-"))
    cite = row.cite if row.cite.startswith(("15 CFR", "31 CFR", "Supp.", "ECCN")) else f"15 CFR {row.cite}"
    values = {"deadline": code, "runs": row.checked and row.countable}
    return Said(Answer.APPLIES, said_as, cite=cite, checked=row.checked, values=values)


@rule("15 CFR Part 740", step=Step.DUTIES, since=FIRST_DAY, looks_back=True)
def exception_reports(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """Notices and reports of the license exception that serves: 740.8, 740.25 to 740.29."""
    codes = served(before)
    if not codes:
        return ()
    spoke = {f.rule for f in before}
    return [duty(row) for of, row, needs in _FOLLOWS if of in codes and (not needs or needs in spoke)]


@rule("15 CFR 748.15(e), (f)", step=Step.DUTIES, since=FIRST_DAY, looks_back=True)
def validated_end_user_reports(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """Certificates, notices and reports of a validated end user, by its kind."""
    if "VEU" not in served(before):
        return ()
    return [duty(row) for row in _VALIDATED.get(facts.veu.kind or "", ("VEU-PRESHIP",))]


@rule(
    "15 CFR Part 736, Supp. No. 1, General Order No. 6(f)(4)",
    step=Step.DUTIES,
    since=date(2024, 9, 6),
    looks_back=True,
)
def general_order_6_reports(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """Reports under General Order No. 6: 743.7 for gate-all-around technology, 743.8 for quantum."""
    if "GO6" not in served(before):
        return ()
    eccn = (facts.item.eccn or "").upper()
    if eccn.startswith("3E905"):
        return applies("gaafet", cite="15 CFR 743.7", read=facts.seen("item.eccn"))
    if eccn.startswith(QUANTUM):
        return applies("quantum", cite="15 CFR 743.8", read=facts.seen("item.eccn"))
    return ()


@rule("15 CFR 743.9", step=Step.DUTIES, since=date(2025, 1, 16), comply=date(2025, 1, 31))
def foundry_report(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """A front-end fabricator reports every quarter what it made for authorized designers that are not approved too."""
    if facts.fabricator_or_osat is not True or level_of(facts, law) != "a":
        return ()
    return tuple(_foundry(facts))


def _foundry(facts: Facts) -> Iterator[Said]:
    read = facts.seen("case.fabricator_or_osat", "case.foundry.designer_standing")
    standing = facts.foundry.designer_standing
    if standing is None:
        yield unknown("standing_unknown", missing=["case.foundry.designer_standing"], read=read)
    elif standing == "authorized":
        said = duty("FDY-QTR")
        said.read = read
        yield said


RULES = (
    exception_reports,
    validated_end_user_reports,
    general_order_6_reports,
    foundry_report,
)
