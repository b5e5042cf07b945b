"""License Exceptions GOV (15 CFR 740.11(b)) and TSU (740.13(a) and (c))."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Finding, Said, applies, does_not_apply, kept, unknown
from compliance.ear.law import Law
from compliance.ear.rules.exceptions import NOTHING, condition, serves, stated
from compliance.ear.rules.part_740_gate import gate

# 744.21(c): toward military end users only these two paragraphs serve.
FOR_MILITARY = frozenset({"personal", "agency"})
SOFTWARE, TECHNOLOGY = "D", "E"


def _gov_basis(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    read = facts.seen("case.gov.basis")
    if facts.gov.basis is None:
        return unknown("exception.unasked", missing=("case.gov.basis",), read=read)
    return applies("exception.paragraph_chosen", read=read)


def _gov_item(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """(vi) serves technology, (vii) microelectronics."""
    basis, found = facts.gov.basis, classify(facts.item, law)
    read = facts.seen("case.gov.basis", "item.eccn", "item.form")
    if basis not in {"technology", "microelectronics"}:
        return NOTHING
    if basis == "microelectronics":
        # The word is not defined in what was read: a chip is one, the rest is for a person.
        if facts.item.form in {"integrated_circuit", "memory"}:
            return applies("exception.item_fits", read=read)
        return unknown("exception.item_in_doubt", read=read, missing=() if facts.item.form else ("item.form",))
    if found.group == TECHNOLOGY or (not found.group and facts.item.form == "technology"):
        return applies("exception.item_fits", read=read)
    if not found.group and facts.item.form is None:
        return unknown("exception.form_unasked", read=read, missing=("item.form",))
    return does_not_apply("exception.item_not_reached", read=read)


def _gov_military(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """Where 744.21 requires a license only (b)(2)(i) and (ii) overcome it."""
    military = any("744.21" in f.cite for f in kept(before).required)
    if not military or facts.gov.basis is None:
        return NOTHING
    read = facts.seen("case.gov.basis")
    if facts.gov.basis in FOR_MILITARY:
        return applies("exception.military_paragraph", read=read)
    return does_not_apply("exception.military_other_paragraph", read=read)


def _contract(facts: Facts, law: Law) -> bool:
    return facts.gov.basis == "contract"


gov_gate = gate("GOV")
gov_basis = condition("gov_basis", "15 CFR 740.11(b)(2)", "One of the paragraphs of (b)(2) is relied on.", _gov_basis,
                      of="GOV")  # fmt: skip
gov_documented = stated("gov_documented", "15 CFR 740.11(b)(2)", "A contract, directive or written authorization.",
                        "case.gov.documented", of="GOV")  # fmt: skip
gov_item = condition("gov_item", "15 CFR 740.11(b)(2)(vi)-(vii)", "(vi) technology, (vii) microelectronics.",
                     _gov_item, of="GOV")  # fmt: skip
gov_military = condition("gov_military", "15 CFR 744.21(c)", "Toward military end users only (i) and (ii).",
                         _gov_military, of="GOV")  # fmt: skip
gov_filed = stated("gov_filed", "15 CFR 740.11(b)(2)(iii)", "An AES filing for paragraph (iii).", "case.gov.aes_filed",
                   of="GOV", when=_contract, procedural=True)  # fmt: skip
gov = serves("gov", "15 CFR 740.11(b)", "License Exception GOV for the United States Government.", of="GOV")


def _tsu_basis(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    read = facts.seen("case.tsu.basis")
    if facts.tsu.basis is None:
        return unknown("exception.unasked", missing=("case.tsu.basis",), read=read)
    return applies("exception.paragraph_chosen", read=read)


def _tsu_item(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    """(a) serves software and technology, (c) software."""
    read = facts.seen("item.eccn", "item.form", "case.tsu.basis")
    group, form = classify(facts.item, law).group, facts.item.form
    allowed = {SOFTWARE} if facts.tsu.basis == "update" else {SOFTWARE, TECHNOLOGY}
    if group:
        return applies("exception.item_fits", read=read) if group in allowed else _not_reached(read)
    if form is None:
        return unknown("exception.form_unasked", missing=("item.form",), read=read)
    fits = form == "software" or (form == "technology" and TECHNOLOGY in allowed)
    return applies("exception.item_fits", read=read) if fits else _not_reached(read)


def _not_reached(read: tuple[tuple[str, object], ...]) -> Said:
    return does_not_apply("exception.item_not_reached", read=read)


def _tsu(basis: str) -> Callable[[Facts, Law], bool]:
    return lambda facts, law: facts.tsu.basis == basis


def _software(facts: Facts, law: Law) -> bool:
    return facts.tsu.basis == "operation" and (
        classify(facts.item, law).group == SOFTWARE or facts.item.form == "software"
    )


tsu_gate = gate("TSU")
tsu_basis = condition("tsu_basis", "15 CFR 740.13", "Operation technology and software (a), or updates (c).",
                      _tsu_basis, of="TSU")  # fmt: skip
tsu_item = condition("tsu_item", "15 CFR 740.13", "Software or technology; updates are software.", _tsu_item, of="TSU")
tsu_minimum = stated("tsu_minimum", "15 CFR 740.13(a)", "The minimum to install, operate, maintain or repair.",
                     "case.tsu.minimum_necessary", of="TSU", when=_tsu("operation"))  # fmt: skip
tsu_lawful = stated("tsu_lawful", "15 CFR 740.13(a), (c)", "Where equipment or software itself went lawfully.",
                    "case.tsu.equipment_lawful", of="TSU",
                    when=lambda facts, law: bool(facts.tsu.basis) or facts.tsu.equipment_lawful is False)  # fmt: skip
tsu_object_code = stated("tsu_object_code", "15 CFR 740.13(a)", "Software in object code.", "case.tsu.object_code",
                         of="TSU", when=_software)  # fmt: skip
tsu_no_development = stated(
    "tsu_no_development", "15 CFR 740.13(a)", "No technology for development or production.",
    "case.tsu.development_or_production", of="TSU", wants=False, when=_tsu("operation"))  # fmt: skip
tsu_bug_fix = stated("tsu_bug_fix", "15 CFR 740.13(c)", "Updates that only fix errors.", "case.tsu.bug_fix_only",
                     of="TSU", when=_tsu("update"))  # fmt: skip
tsu_same_consignee = stated("tsu_same_consignee", "15 CFR 740.13(c)", "The same consignee.", "case.tsu.same_consignee",
                            of="TSU", when=_tsu("update"))  # fmt: skip
tsu_no_function = stated("tsu_no_function", "15 CFR 740.13(c)", "No added function.", "case.tsu.adds_function",
                         of="TSU", wants=False, when=_tsu("update"))  # fmt: skip
tsu = serves("tsu", "15 CFR 740.13", "License Exception TSU, paragraphs (a) and (c).", of="TSU")

RULES = (
    gov_gate,
    gov_basis,
    gov_documented,
    gov_item,
    gov_military,
    gov_filed,
    gov,
    tsu_gate,
    tsu_basis,
    tsu_item,
    tsu_minimum,
    tsu_lawful,
    tsu_object_code,
    tsu_no_development,
    tsu_bug_fix,
    tsu_same_consignee,
    tsu_no_function,
    tsu,
)
