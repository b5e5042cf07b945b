"""The gate of 15 CFR 740.2: where an exception is shut whatever its own conditions say, day by day.

(a)(6) embargoes; (a)(9)(i) chip-making equipment; (a)(9)(ii) advanced computing items, by place and from 2024-04-04 by
headquarters; (a)(17) unverified parties; (a)(22) items controlled worldwide. Every exception asks :func:`gate`, which
answers once, with the paragraph that shuts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from compliance.ear.classification import classify
from compliance.ear.equipment import controlled_set, within, worldwide_set
from compliance.ear.facts import Facts
from compliance.ear.findings import (
    Answer,
    Effect,
    Finding,
    Rule,
    Said,
    Step,
    applies,
    does_not_apply,
    kept,
    rule,
    unknown,
)
from compliance.ear.law import FIRST_DAY, Law
from compliance.ear.parties import Tested, all_of, any_from_d5m, any_of, d5m, d145, embargoed_place
from compliance.ear.rules.exceptions import NOTHING, condition, relied

GATE_FROM = date(2023, 11, 17)
WORLDWIDE_FROM = date(2024, 9, 6)
RELATED = frozenset({"3D001", "3D002", "3D003", "3E001"})
# 740.2(a)(9)(ii) names them beside the items that have a level.
WEIGHTS = "4E091"
NOT_ENCODED = "OTHER"
# VEU and the general orders are authorizations of their own: 740.2 does not speak of them.
EXCEPTIONS = frozenset({"TMP", "RPL", "GOV", "TSU", "HBM", "RFF", "IEC", "AIA", "ACM", "LPP"})
READ = ("case.destination", "item.eccn", "item.level")
Bar = tuple[str, str, Tested]


def _required(before: Sequence[Finding]) -> list[Finding]:
    return kept(before).required


def _inside_list(facts: Facts, law: Law) -> Tested:
    """Whether 740.2(a)(9)(ii) reaches the item and the place, or from 2024-04-04 a party from there."""
    found = classify(facts.item, law)
    if found.entry == WEIGHTS:
        item = Tested(law.has("part_740.supplement_5a"))
    elif found.level.value == "c":
        # Memory stands in the list since License Exception HBM was put into it.
        item = Tested(True, found.level.relied_on)
    else:
        item = Tested(found.advanced, found.level.relied_on)
    if item.answer is False:
        return item
    gate, tests = law.value("part_740.headquarters_gate"), [d145(facts.destination, law)]
    if gate.value:
        tests.append(any_from_d5m(facts, law))
    near = any_of(tests)
    return all_of((item, Tested(near.answer, (gate, *near.relied_on), near.missing)))


def _equipment(facts: Facts, law: Law) -> Tested:
    """Whether the item is one of the chip-making set that only GOV 740.11(b) serves to a D:5 country or Macau."""
    near = d5m(facts.destination, law)
    if near.answer is False:
        return near
    item = within(facts.item.eccn, "part_740.gov_only_items", law)
    if item.answer is False and item.value in RELATED:
        related = controlled_set(facts.item, law)
        item = Tested(related.answer, (*item.relied_on, *related.relied_on), related.missing)
    return all_of((near, item))


def _bars(facts: Facts, law: Law, before: Sequence[Finding], code: str) -> Iterator[Bar]:
    """Walk the paragraphs: citation, sentence, and whether it shuts ``code``."""
    yield "15 CFR 740.2(a)(6)", "gate.embargo", embargoed_place(facts.destination or "", law)
    for f in before:
        if f.effect is Effect.BARS_EXCEPTIONS and f.answer is not Answer.DOES_NOT_APPLY:
            shut = True if f.answer is Answer.APPLIES else None
            yield "15 CFR 740.2(a)(17)", "gate.unverified", Tested(shut, (), f.missing)
    if law.day >= GATE_FROM and code != "GOV":
        yield "15 CFR 740.2(a)(9)(i)", "gate.equipment", _equipment(facts, law)
    if law.day >= GATE_FROM and _unlisted(facts, law, code):
        key = "gate.low_power" if code == "LPP" else "gate.unlisted"
        yield "15 CFR 740.2(a)(9)(ii)", key, _inside_list(facts, law)
    if law.day >= WORLDWIDE_FROM and law.member("part_740.allow_list_worldwide", code).value is not True:
        yield "15 CFR 740.2(a)(22)", "gate.worldwide", worldwide_set(facts.item, law)


def _unlisted(facts: Facts, law: Law, code: str) -> bool:
    if code == "AIA" and classify(facts.item, law).entry != WEIGHTS:
        return True
    return law.member("part_740.allow_list", code).value is not True


def _passed(facts: Facts, law: Law, before: Sequence[Finding], code: str) -> Said:
    read, values = facts.seen(*READ), {"exception": code}
    if facts.destination is None:
        return unknown("general.destination_missing", missing=("case.destination",), read=read)
    open_bar: Bar | None = None
    for cite, key, shut in _bars(facts, law, before, code):
        if shut.answer is True:
            return does_not_apply(key, *shut.relied_on, cite=cite, read=read, values=values)
        if shut.answer is None and open_bar is None:
            open_bar = (cite, key, shut)
    stops = [f for f in _required(before) if code not in f.overcome_by]
    if stops:
        rules = [f"@{name}.title" for name in dict.fromkeys(f.rule for f in stops)]
        return does_not_apply("general.exception_stopped", read=read, values={"rules": rules})
    if open_bar is not None:
        cite, key, shut = open_bar
        return unknown(f"{key}_open", *shut.relied_on, missing=shut.missing, cite=cite, read=read, values=values)
    listed = law.member("part_740.allow_list", code) if law.day >= GATE_FROM else None
    worldwide = law.member("part_740.allow_list_worldwide", code) if law.day >= WORLDWIDE_FROM else None
    # What only shows where the law stands may not make the answer unchecked: these lists were read whole.
    return applies("gate.clear", *filter(None, (listed, worldwide)), read=read, values=values)


def gate(code: str, since: date = FIRST_DAY) -> Rule:
    """Make the gate of one exception: the first paragraph of 740.2 that shuts it, or none."""

    def test(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
        return _passed(facts, law, before, code)

    says = f"Whether 740.2 leaves {code} open for this item, place and these parties."
    return condition(f"{code.lower()}_gate", "15 CFR 740.2", says, test, of=code, since=since)


def _could_serve(facts: Facts, law: Law, before: Sequence[Finding]) -> list[str]:
    """Return the exceptions of this day that every requirement leaves open and that have such items at all."""
    sets = [set(f.overcome_by) for f in _required(before)]
    held = set.intersection(*sets) if sets else set()
    rows = law.rows("part_740.other_exceptions")
    names = [row.value["code"] for row in rows]
    return [name for name in names if name.split()[0] in held and _suits(name.split()[0], facts, law)]


def _suits(code: str, facts: Facts, law: Law) -> bool:
    """Whether the exception has items of this kind: memory, software and technology, commodities."""
    found = classify(facts.item, law)
    if code == "HBM":
        return found.level.value == "c"
    intangible = found.group in {"D", "E"} or facts.item.form in {"software", "technology"}
    return {"TSU": intangible, "TMP": not intangible}.get(code, True)


@rule("15 CFR 740.2(a)(9)(ii)", step=Step.EXCEPTION, since=GATE_FROM, looks_back=True)
def listed_exceptions_only(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """To D:1, D:4 or D:5 (from 2024-04-04 also to parties from a D:5 country or Macau) only listed exceptions serve.

    Names those that could be examined; while nobody relies on one the license requirement stands.
    """
    if not _required(before):
        return NOTHING
    rows, possible = law.rows("part_740.other_exceptions"), _could_serve(facts, law, before)
    read = facts.seen("case.destination", "item.eccn", "case.authorization.exception_relied_on")
    inside = _inside_list(facts, law)
    if inside.answer is True:
        possible = [name for name in possible if not _unlisted(facts, law, name.split()[0])]
        key = "only_listed" if possible else "none_listed"
        return applies(key, *inside.relied_on, values={"exceptions": possible}, read=read)
    key = "others" if possible else "no_others"
    return does_not_apply(key, *rows, values={"exceptions": possible}, read=read, checked=False)


@rule("15 CFR 740.2", step=Step.EXCEPTION, since=FIRST_DAY, looks_back=True)
def exception_not_available(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """What somebody relies on does not overcome a requirement of this case: say which, and the paragraph that shuts it.

    Such an exception is not examined further; whatever its conditions are, the license requirement stands.
    """
    code = facts.authorization.exception_relied_on
    if code in {None, "none", NOT_ENCODED}:
        return NOTHING
    stops = [f for f in _required(before) if code not in f.overcome_by]
    if not stops:
        return NOTHING
    read = facts.seen("case.authorization.exception_relied_on", *READ)
    values = {"exception": code, "rules": [f"@{name}.title" for name in dict.fromkeys(f.rule for f in stops)]}
    said = [applies("stopped", read=read, values=values)]
    if facts.destination is not None and code in EXCEPTIONS:
        shut = next((bar for bar in _bars(facts, law, before, code) if bar[2].answer is True), None)
        if shut is not None:
            said.append(applies(shut[1], *shut[2].relied_on, cite=shut[0], read=read, values={"exception": code}))
    return said


@rule("15 CFR Part 740", step=Step.EXCEPTION, since=FIRST_DAY, looks_back=True)
def unencoded_exception(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
    """LVS, GBS, TSR, STA, APR, 740.13(d) and the rest: shut for advanced items there, otherwise decided by hand."""
    if not relied(facts, NOT_ENCODED) or not _required(before):
        return NOTHING
    read = facts.seen(*READ)
    if law.day >= GATE_FROM:
        inside = any_of((_inside_list(facts, law), _equipment(facts, law)))
        if inside.answer is True:
            return does_not_apply("shut", *inside.relied_on, read=read, cite="15 CFR 740.2(a)(9)")
    return unknown("by_hand", read=read, values={"not_encoded": True})


RULES = (
    listed_exceptions_only,
    exception_not_available,
    unencoded_exception,
)
