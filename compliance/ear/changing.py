"""What would change the answer: single facts, each changed alone and put to the engine, never argued in words.

Tried are the destination, where parties come from, what lists hold, every yes/no and choice that a finding read, each
number down and up to the next value at which the answer turns, and the day. A row names the finding that did it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from compliance.ear.classification import classify
from compliance.ear.conclusion import Outcome, is_open
from compliance.ear.determination import Determination, determine
from compliance.ear.facts import BadFacts, Facts
from compliance.ear.fields import Kind
from compliance.ear.findings import Answer, Effect, Finding
from compliance.ear.law import NotYetEncoded, Reading, Rulebook
from compliance.ear.timeline import differences, timeline
from compliance.ear.trying import LISTED, answers, around, countries, having, thresholds
from compliance.ear.vocabulary import FIELDS

PLACE = "case.place"
"""Not a fact but several: destination, and the country and headquarters of every recipient, moved together."""
DAY = "case.day"
REMOVED = "party.removed"
PLAIN_CHIP = "3A991.p"
"""Where a chip below every level of 3A090 goes unless another entry names it."""
# Said otherwise here: a parent elsewhere, entries on lists. A role makes no sense without its party.
_SKIPPED = frozenset({"party.own_ultimate_parent", "party.listings_undecided", "party.role"})
# What the company chooses is asked of nobody, and so in no finding; another choice may still change the answer.
_CHOSEN = frozenset({"case.authorization.exception_relied_on"})
_MANY = 2
"""With more parties than these each is tried in fewer countries."""
_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Flip:
    """One change of one fact that changes the answer.

    ``fact`` is a field key, or :data:`PLACE`, :data:`DAY`, :data:`REMOVED`; ``was`` and ``to`` are the values
    (``None`` is unknown); ``others`` are further values of the same effect. ``bound`` is ``from`` or ``up_to`` for a
    number: ``to`` is the nearest value on that side. ``eccn`` is the entry the changed figures make of the item, where
    it was tried with that. ``rule`` and ``cite`` name the finding that did it.
    """

    fact: str
    party: str | None
    was: Any
    to: Any
    others: tuple[Any, ...]
    bound: str
    outcome: Outcome
    authorization: str | None
    policy: str | None
    rule: str
    cite: str
    finding: Finding | None
    eccn: str | None = None

    @property
    def lenient(self) -> bool:
        """Whether the goods could go then without a license."""
        return self.outcome in _LENIENT


_RANK = {outcome: rank for rank, outcome in enumerate(Outcome)}
_AGREEMENT = frozenset(
    {"item_facts_agree", "party_facts_agree", "route_facts_agree", "classification_agrees", "parties_at_destination"}
)
"""Rules that hold a case because its facts contradict each other."""
_MOVEMENTS = frozenset({"export", "reexport", "transfer"})
_LENIENT = frozenset(
    {Outcome.NOT_SUBJECT, Outcome.NO_LICENSE_REQUIRED, Outcome.LICENSE_EXCEPTION, Outcome.GENERAL_LICENSE}
)


def what_would_change(
    facts: Facts, *, on: dt.date, reading: Reading, book: Rulebook, tolerance: int = 0
) -> tuple[Flip, ...]:
    """Return every single change that gives another outcome or authorization, those nearest to the facts first.

    The review policy alone makes no row. Facts that no finding read are not tried.
    """
    tried = _Trial(facts, on, reading, book, tolerance)
    rows = [*tried.places(), *tried.parties(), *tried.facts_read(), *tried.numbers(), *tried.days()]
    return tuple(rows)


class _Trial:
    def __init__(self, facts: Facts, on: dt.date, reading: Reading, book: Rulebook, tolerance: int) -> None:
        self.facts, self.on, self.reading, self.book, self.tolerance = facts, on, reading, book, tolerance
        self.law = book.on(on, reading, tolerance=tolerance)
        self.base = self.run(facts)
        self.verdict = _verdict(self.base)
        self.held = {f.rule for f in self.base.findings if f.effect is Effect.HOLDS and is_open(f)}
        self.read = {path for finding in self.base.findings for path, _value in finding.read}
        self.read |= {
            f"{m.field}[{m.party}]" if m.party else m.field for finding in self.base.findings for m in finding.missing
        }

    def run(self, facts: Facts) -> Determination:
        return determine(facts, on=self.on, reading=self.reading, book=self.book, tolerance=self.tolerance)

    def _given(self, key: str, value: Any, party: str | None = None) -> Facts | None:
        try:
            return having(self.facts, key, value, party)
        except (BadFacts, KeyError):
            return None

    def _row(
        self, fact: str, was: Any, to: Any, found: Determination, party: str | None = None, bound: str = ""
    ) -> Flip:
        did = next((now or before for _one, before, now in differences(self.base, found)), None)
        return Flip(
            fact,
            party,
            was,
            to,
            (),
            bound,
            found.outcome,
            found.authorization,
            found.review_policy.policy if found.review_policy else None,
            did.rule if did else "",
            did.cite if did else "",
            did,
        )

    def _contradicts(self, given: Facts, found: Determination) -> bool:
        """Whether the changed fact merely does not fit the others: that is a slip to mend, no other case."""
        return found.outcome is Outcome.UNDETERMINED and any(
            finding.effect is Effect.HOLDS
            and finding.rule not in self.held
            and (finding.rule in _AGREEMENT or self._known(given, finding))
            and (finding.answer is not Answer.DOES_NOT_APPLY)
            for finding in found.findings
        )

    def _known(self, given: Facts, finding: Finding) -> bool:
        """Whether what a finding asks for is known already, so that it can only be in question."""
        asked = [m for m in finding.missing if m.field in FIELDS and m.field != "case.parties"]
        return bool(asked) and all(given.get(m.field, m.party) is not None for m in asked)

    def _variants(
        self, fact: str, was: Any, values: Iterable[Any], give: Callable[[Any], Facts | None], party: str | None = None
    ) -> Iterator[Flip]:
        """Yield a row for each kind of answer the values lead to; values of one kind share a row."""
        rows: dict[tuple[Any, ...], Flip] = {}
        for value in values:
            given = give(value) if value != was else None
            found = self.run(given) if given is not None else None
            if given is None or found is None or _verdict(found) == self.verdict or self._contradicts(given, found):
                continue
            row = self._row(fact, was, value, found, party)
            kind = (row.outcome, row.authorization, row.rule)
            held = rows.get(kind)
            rows[kind] = row if held is None else replace(held, others=(*held.others, value))
        yield from rows.values()

    def places(self) -> Iterator[Flip]:
        """Try other destinations, alone and together with everybody who receives the goods."""
        try:
            codes = [code for code in countries(self.law) if code != "US"]
        except NotYetEncoded:
            return
        yield from self._variants(
            "case.destination", self.facts.destination, codes, lambda code: self._given("case.destination", code)
        )
        if self.facts.parties and self.facts.destination is not None:
            yield from self._variants(PLACE, self.facts.destination, codes, self._moved)

    def _moved(self, code: str) -> Facts:
        parties = tuple(
            replace(
                one,
                country=code,
                headquarters=code,
                own_ultimate_parent=True,
                ultimate_parent_headquarters=None,
            )
            if one.receives
            else one
            for one in self.facts.parties
        )
        return replace(self.facts, destination=code, parties=parties)

    def parties(self) -> Iterator[Flip]:
        """Try each party elsewhere, with and without entries on lists, and the case without it."""
        for one in self.facts.parties:
            for key in ("party.headquarters", "party.ultimate_parent_headquarters"):
                yield from self._variants(
                    key,
                    self.facts.get(key, one.ref),
                    answers(key, law=self.law, book=self.book, few=len(self.facts.parties) > _MANY),
                    lambda code, key=key, ref=one.ref: self._from(key, code, ref),  # type: ignore[misc]
                    one.ref,
                )
            listings = [()] if one.listings else [(), LISTED]
            yield from self._variants(
                "party.listings",
                one.listings,
                listings,
                lambda held, ref=one.ref: self._given("party.listings", held, ref),  # type: ignore[misc]
                one.ref,
            )
            if len(self.facts.parties) > 1:
                rest = tuple(other for other in self.facts.parties if other.ref != one.ref)
                found = self.run(replace(self.facts, parties=rest))
                if _RANK[found.outcome] < _RANK[self.base.outcome]:
                    yield self._row(REMOVED, one.ref, None, found, one.ref)

    def _from(self, key: str, code: str, ref: str) -> Facts | None:
        """Move a headquarters or a parent. A party with a parent elsewhere is not its own parent any more."""
        given = self._given(key, code, ref)
        if given is None or key != "party.ultimate_parent_headquarters":
            return given
        return given.answering("party.own_ultimate_parent", False, party=ref)

    def facts_read(self) -> Iterator[Flip]:
        """Try every yes/no and every choice that a finding read or misses."""
        for key, field in FIELDS.items():
            if key in _SKIPPED or field.kind not in {Kind.YES_NO, Kind.CHOICE}:
                continue
            values = answers(key, law=self.law, book=self.book)
            if key == "case.activity":
                # A shipment that becomes a service is another case, not another fact.
                values = tuple(one for one in values if (one in _MOVEMENTS) == (self.facts.activity in _MOVEMENTS))
            for party in self._about(key):
                yield from self._variants(
                    key,
                    self.facts.get(key, party),
                    values,
                    lambda value, key=key, party=party: self._given(key, value, party),  # type: ignore[misc]
                    party,
                )

    def _about(self, key: str) -> list[str | None]:
        """Return the parties (or nobody) for which the field was read or is missing."""
        if key.startswith("party."):
            return [one.ref for one in self.facts.parties if f"{key}[{one.ref}]" in self.read or key in self.read]
        return [None] if key in self.read or key in _CHOSEN else []

    def numbers(self) -> Iterator[Flip]:
        """Try each number below and above: the nearest value on either side at which the answer is another."""
        for key, field in FIELDS.items():
            if field.kind is not Kind.NUMBER or key not in self.read:
                continue
            known = self.facts.get(key)
            if known is None:
                yield from self._variants(
                    key,
                    None,
                    around(thresholds(self.book, field.unit)),
                    lambda value, key=key: self._measured(key, value),  # type: ignore[misc]
                )
                continue
            points = around([*thresholds(self.book, field.unit), known])
            yield from self._next(key, known, [point for point in points if point > known], "from")
            yield from self._next(key, known, [point for point in reversed(points) if point < known], "up_to")

    def _next(self, key: str, known: Decimal, points: list[Decimal], bound: str) -> Iterator[Flip]:
        """Walk away from the known figure and name, for each other answer, the first value that has it."""
        seen, near = {self.verdict}, known
        for point in points:
            given = self._measured(key, point)
            if given is None:
                continue
            found = self.run(given)
            if _verdict(found) not in seen and not self._contradicts(given, found):
                seen.add(_verdict(found))
                value, given, found = self._narrow(key, near, point, given, found)
                eccn = given.item.eccn if given.item.eccn != self.facts.item.eccn else None
                yield replace(self._row(key, known, value, found, None, bound), eccn=eccn)
            near = point

    def _measured(self, key: str, value: Decimal) -> Facts | None:
        """Return the facts with another figure; an ECCN the figures contradict gives way to the one they propose."""
        given = self._given(key, value)
        if given is None:
            return None
        found = classify(given.item, self.law)
        if found.disagrees and not classify(self.facts.item, self.law).disagrees:
            bare = replace(given.item, eccn=None, level=None)
            return replace(given, item=replace(bare, eccn=classify(bare, self.law).proposed or PLAIN_CHIP))
        return given

    def _narrow(
        self, key: str, same: Decimal, other: Decimal, facts: Facts, found: Determination
    ) -> tuple[Decimal, Facts, Determination]:
        """Return the value nearest to ``same`` that still has this answer, to four figures."""
        target = _verdict(found)
        step = _grain(other if other else same)
        for _turn in range(_HALVINGS):
            if abs(other - same) <= step:
                break
            middle = ((same + other) / 2 / step).to_integral_value() * step
            given = self._measured(key, middle) if middle not in {same, other} else None
            if given is None:
                break
            tried = self.run(given)
            if _verdict(tried) == target:
                other, facts, found = middle, given, tried
            else:
                same = middle
        return Decimal(format(other.normalize(), "f")), facts, found

    def days(self) -> Iterator[Flip]:
        """Name the last day before and the first day after on which the answer is another."""
        line = timeline(self.facts, book=self.book)
        if not line.first <= self.on <= line.last:
            return
        stretches = line.stretches[self.reading]
        here = next(place for place, one in enumerate(stretches) if one.first <= self.on <= one.last)
        for way in (-1, 1):
            place = here + way
            while 0 <= place < len(stretches):
                one = stretches[place]
                if (one.outcome, one.authorization) != self.verdict:
                    day = one.last if way < 0 else one.first
                    ahead = max((day - self.book.horizon).days, self.tolerance)
                    found = determine(self.facts, on=day, reading=self.reading, book=self.book, tolerance=ahead)
                    yield self._row(DAY, self.on, day, found)
                    break
                place += way


def _grain(value: Decimal) -> Decimal:
    """Return the fineness in which a threshold is sought: a thousandth of its size, no finer than it is written."""
    return Decimal(10) ** min(value.adjusted() - 3, 0) if value else Decimal("0.001")


def _verdict(found: Determination) -> tuple[Outcome, str | None]:
    return found.outcome, found.authorization
