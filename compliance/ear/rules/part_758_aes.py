"""What AES asks for (15 CFR 758.1): the code of what is relied on, the ECCN, the paragraph of a .z item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Finding, Said, Step, applies, does_not_apply, kept, rule
from compliance.ear.law import FIRST_DAY, Law
from compliance.ear.records import Activity


def _filed(facts: Facts) -> bool:
    """Whether this is an export from the United States, the only movement that is filed."""
    return facts.activity is Activity.EXPORT and facts.exporting_from == "US"


@rule("15 CFR 758.1(g)", step=Step.DUTIES, since=FIRST_DAY, looks_back=True)
def aes_code(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """The AES code of what serves; where none was read this is said, and nobody guesses."""
    if not _filed(facts):
        return ()
    said = []
    for code in dict.fromkeys(f.of for f in kept(before).serving):
        # One code stood for every temporary general license of General Order No. 4.
        filed_as = "TGL" if code == "TGL1" else code
        rows = [row for row in law.rows("part_758.aes_codes") if row.value["authorization"] == filed_as]
        values = {"authorization": code, "codes": [row.value["code"] for row in rows]}
        said.append(applies("known", *rows, values=values) if rows else does_not_apply("open", values=values))
    return said


@rule("15 CFR 758.1(b)(10), (g)(3)", step=Step.DUTIES, since=FIRST_DAY)
def aes_eccn_always(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """To China, Russia and Venezuela the ECCN is always filed, and items of the CCL at any value."""
    if not _filed(facts) or facts.destination is None:
        return ()
    named = law.member("part_758.eccn_always", facts.destination)
    if named.value is not True:
        return ()
    read = facts.seen("case.destination", "item.eccn")
    key = "eccn" if classify(facts.item, law).entry == "EAR99" else "eccn_and_value"
    return applies(key, named, read=read, values={"destination": facts.destination})


@rule("15 CFR 758.1(g)(5)", step=Step.DUTIES, since=date(2023, 11, 17))
def aes_z_paragraph(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """The description of a .z item begins with its paragraph."""
    paragraph = classify(facts.item, law).paragraph
    if not _filed(facts) or paragraph.partition(".")[0] != "z":
        return ()
    return applies("begins", read=facts.seen("item.eccn"), values={"paragraph": paragraph})


RULES = (
    aes_code,
    aes_eccn_always,
    aes_z_paragraph,
)
