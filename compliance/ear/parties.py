"""Country tests that several parts share: D:5 or Macau, D:1/D:4/D:5 outside A:5/A:6, and where a party comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from compliance.ear.facts import Facts
from compliance.ear.findings import Missing
from compliance.ear.law import Cited, Law
from compliance.ear.records import PartyFacts


@dataclass(frozen=True, slots=True)
class Tested:
    """A three-valued answer with what it rests on and what is missing for it."""

    answer: bool | None
    relied_on: tuple[Cited, ...] = ()
    missing: tuple[Missing, ...] = ()
    value: str = ""

    @property
    def checked(self) -> bool:
        """Whether every line it rests on was checked."""
        return all(cited.checked for cited in self.relied_on)


def any_of(tests: Iterable[Tested]) -> Tested:
    """Kleene "or": one yes settles it; otherwise one unknown leaves it open."""
    held = tuple(tests)
    for test in held:
        if test.answer is True:
            return test
    relied = tuple(cited for test in held for cited in test.relied_on)
    if any(test.answer is None for test in held):
        return Tested(None, relied, tuple(dict.fromkeys(m for test in held for m in test.missing)))
    return Tested(False, relied)


def all_of(tests: Iterable[Tested]) -> Tested:
    """Kleene "and": one no settles it; otherwise one unknown leaves it open."""
    held = tuple(tests)
    for test in held:
        if test.answer is False:
            return test
    cited = tuple(line for test in held for line in test.relied_on)
    if any(test.answer is None for test in held):
        return Tested(None, cited, tuple(dict.fromkeys(m for test in held for m in test.missing)))
    return Tested(True, cited, value=next((test.value for test in held if test.value), ""))


def from_groups(code: str, law: Law, groups: Iterable[str]) -> Iterable[Tested]:
    """Test a country against several sets of countries."""
    for group in groups:
        cited = law.member(group, code)
        yield Tested(cited.value, (cited,), value=code)


def embargoed_place(code: str, law: Law) -> Tested:
    """Whether a country is in Country Group E:1 or E:2."""
    return any_of(from_groups(code, law, ("part_740.group_e1", "part_740.group_e2")))


def d5m(code: str | None, law: Law, field: str = "case.destination", party: str | None = None) -> Tested:
    """Whether a country is in Country Group D:5 or is Macau, which rules name beside it."""
    if code is None:
        return Tested(None, (), (Missing(field, party),))
    cited = law.member("part_740.group_d5", code)
    if code == "MO":
        return Tested(True, (cited,), value=code)
    return Tested(cited.value, (cited,), value=code)


def d145(code: str | None, law: Law, field: str = "case.destination") -> Tested:
    """Whether a country is in D:1, D:4 or D:5 and not also in A:5 or A:6."""
    if code is None:
        return Tested(None, (), (Missing(field),))
    inside = any_of(
        Tested(cited.value, (cited,), value=code)
        for cited in (law.member(f"part_740.group_{name}", code) for name in ("d1", "d4", "d5"))
    )
    if inside.answer is False:
        return inside
    spared = any_of(
        Tested(cited.value, (cited,), value=code)
        for cited in (law.member(f"part_740.group_{name}", code) for name in ("a5", "a6"))
    )
    if spared.answer is True:
        return Tested(False, (*inside.relied_on, *spared.relied_on), value=code)
    answer = None if spared.answer is None else inside.answer
    return Tested(answer, (*inside.relied_on, *spared.relied_on), value=code)


def from_d5m(party: PartyFacts, law: Law) -> Tested:
    """Whether a party, or its ultimate parent, is headquartered in a D:5 country or Macau.

    A parent nobody has looked for is unknown. A natural person has no headquarters, unless one was stated.
    """
    if party.natural_person is True:
        stated = (party.headquarters, party.ultimate_parent_headquarters)
        return any_of(d5m(code, law) for code in stated if code is not None)
    own = d5m(party.headquarters, law, "party.headquarters", party.ref)
    # A parent that is stated all the same counts: of two statements that contradict each other the stricter.
    if party.own_ultimate_parent is True and party.ultimate_parent_headquarters is None:
        return own
    parent = d5m(party.ultimate_parent_headquarters, law, "party.ultimate_parent_headquarters", party.ref)
    return any_of((own, parent))


def recipients(facts: Facts) -> tuple[PartyFacts, ...]:
    """Return the parties of 748.5(c)-(f), and those whose role nobody has stated."""
    return tuple(party for party in facts.parties if party.receives)


def any_from_d5m(facts: Facts, law: Law) -> Tested:
    """Whether any recipient comes from a D:5 country or Macau; with nobody named it is unknown."""
    held = recipients(facts)
    if not held:
        return Tested(None, (), (Missing("case.parties"),))
    return any_of(from_d5m(party, law) for party in held)
