"""License Exception RPL, 15 CFR 740.10: parts one for one, items returned after servicing, replacements."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from compliance.ear.facts import Facts
from compliance.ear.findings import Finding, Said, applies, unknown
from compliance.ear.law import Law
from compliance.ear.rules.exceptions import condition, serves, stated
from compliance.ear.rules.part_740_gate import gate

# Hong Kong follows China; Macau is a place of its own in D:1.
CHINA = frozenset({"CN", "HK"})


def _kind(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    read = facts.seen("case.rpl.kind")
    if facts.rpl.kind is None:
        return unknown("exception.unasked", missing=("case.rpl.kind",), read=read)
    return applies("exception.paragraph_chosen", read=read)


def _of(*kinds: str) -> Callable[[Facts, Law], bool]:
    """In play for these kinds; while the kind is unknown only the kind is asked for."""
    return lambda facts, law: facts.rpl.kind in kinds


def _d1_but_china(kind: str) -> Callable[[Facts, Law], bool]:
    def test(facts: Facts, law: Law) -> bool:
        place = facts.destination
        if facts.rpl.kind != kind or place is None or place in CHINA:
            return False
        return law.member("part_740.group_d1", place).value is not False

    return test


PARTS, REPLACED = _of("parts"), _of("replacement")
rpl_gate = gate("RPL")
rpl_kind = condition("rpl_kind", "15 CFR 740.10", "Parts under (a), servicing or replacement under (b).",
                     _kind, of="RPL")  # fmt: skip
rpl_not_improved = stated("rpl_not_improved", "15 CFR 740.10", "Performance is not improved.", "case.rpl.improves",
                          of="RPL", wants=False,
                          when=lambda facts, law: bool(facts.rpl.kind or facts.rpl.improves))  # fmt: skip
rpl_one_for_one = stated("rpl_one_for_one", "15 CFR 740.10(a)", "Parts are replaced one for one.",
                         "case.rpl.one_for_one", of="RPL", when=PARTS)  # fmt: skip
rpl_lawful = stated("rpl_lawful", "15 CFR 740.10(a)", "The original was lawfully exported.", "case.rpl.original_lawful",
                    of="RPL", when=PARTS)  # fmt: skip
rpl_entitled = stated("rpl_entitled", "15 CFR 740.10(a)", "The original exporter, or the original authority confirmed.",
                      "case.rpl.exporter_entitled", of="RPL", when=PARTS)  # fmt: skip
rpl_no_stock = stated("rpl_no_stock", "15 CFR 740.10(a)", "No spares for stock.", "case.rpl.for_stock", of="RPL",
                      wants=False, when=PARTS)  # fmt: skip
rpl_disposed = stated("rpl_disposed", "15 CFR 740.10(a), (b)(3)", "What is replaced is destroyed or returned.",
                      "case.rpl.old_disposed", of="RPL", when=_of("parts", "replacement"))  # fmt: skip
rpl_no_license_for_parts = stated(
    "rpl_no_license_for_parts", "15 CFR 740.10(a)", "The original license did not demand a license for replacements.",
    "case.rpl.license_demands_license", of="RPL", wants=False, when=PARTS)  # fmt: skip
rpl_servicing_d1 = stated(
    "rpl_servicing_d1", "15 CFR 740.10(b)(2)", "To D:1 except China by the original licensee, use and user unchanged.",
    "case.rpl.original_licensee_unchanged", of="RPL", when=_d1_but_china("servicing"))  # fmt: skip
rpl_under_license = stated(
    "rpl_under_license", "15 CFR 740.10(b)(3)", "Exported in its present form under a BIS license or authorization.",
    "case.rpl.exported_under_license", of="RPL", when=REPLACED)  # fmt: skip
rpl_not_wear = stated("rpl_not_wear", "15 CFR 740.10(b)(3)", "Not replaced for ordinary wear.", "case.rpl.for_wear",
                      of="RPL", wants=False, when=REPLACED)  # fmt: skip
rpl_free = stated("rpl_free", "15 CFR 740.10(b)(3)", "Free of charge to Group B and D:1.", "case.rpl.free_of_charge",
                  of="RPL", when=REPLACED)  # fmt: skip
rpl_warranty = stated("rpl_warranty", "15 CFR 740.10(b)(3)", "To D:1 except China within warranty or 12 months.",
                      "case.rpl.within_warranty", of="RPL", when=_d1_but_china("replacement"))  # fmt: skip
rpl = serves("rpl", "15 CFR 740.10", "License Exception RPL.", of="RPL")

RULES = (
    rpl_gate,
    rpl_kind,
    rpl_not_improved,
    rpl_one_for_one,
    rpl_lawful,
    rpl_entitled,
    rpl_no_stock,
    rpl_disposed,
    rpl_no_license_for_parts,
    rpl_servicing_d1,
    rpl_under_license,
    rpl_not_wear,
    rpl_free,
    rpl_warranty,
    rpl,
)
