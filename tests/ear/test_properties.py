"""What holds for any facts on any day: scenarios with some of their answers drawn anew, and the law in small."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from compliance.ear import (
    FIELDS,
    ORDER,
    Answer,
    BadFacts,
    Determination,
    Effect,
    Facts,
    Item,
    Listing,
    Outcome,
    Reading,
    Rulebook,
    determine,
    the_book,
)
from compliance.ear.classification import classify
from compliance.ear.law import FIRST_DAY, HORIZON, Parameter
from compliance.ear.records import USERS, ListCode
from compliance.ear.trying import answers, having
from tests.ear.scenarios import all_scenarios, build

RANK = {outcome: rank for rank, outcome in enumerate(Outcome)}
LENIENT = {Outcome.NOT_SUBJECT, Outcome.NO_LICENSE_REQUIRED, Outcome.LICENSE_EXCEPTION, Outcome.GENERAL_LICENSE}
CONTRADICTIONS = {
    "item_facts_agree",
    "party_facts_agree",
    "route_facts_agree",
    "classification_agrees",
    "weights_agree",
}
NOT_ASKED = {
    # The exception is the company's choice; letters about one item or party are asked about with case.is_informed.
    "case.authorization.exception_relied_on",
    "item.is_informed",
    "party.is_informed",
    "case.origin.informed_subject",
    # Set by the screening itself, together with the listings.
    "party.listings_undecided",
    # What somebody comes to know of the past of an item: red flags bring it up, nobody is asked beforehand.
    "case.dealing.violation_known",
    "case.dealing.terms_broken",
    "case.dealing.path",
    "case.dealing.transit_country",
    "case.dealing.chip_made_by_d5m",
    # Training figures make an item a model; who ships something else is not asked for them.
    "case.weights.operations",
}
FEW = settings(max_examples=30, deadline=None, derandomize=True)
MANY = settings(max_examples=80, deadline=None, derandomize=True)


@lru_cache(maxsize=1)
def days() -> tuple[dt.date, ...]:
    """Every day on which a line or a rule begins or ends, with its neighbors."""
    marks = {FIRST_DAY, HORIZON}
    spans = [line.span for parameter in the_book().parameters.values() for line in parameter.lines]
    for span in (*spans, *(rule.span for rule in ORDER)):
        marks.update(day for day in (span.effective, span.compliance, span.end, span.unenforced) if day is not None)
    near = {day + dt.timedelta(days=step) for day in marks if FIRST_DAY <= day <= HORIZON for step in (-1, 0, 1)}
    return tuple(sorted(day for day in near if FIRST_DAY <= day <= HORIZON))


ON = st.sampled_from(days())
READING = st.sampled_from(list(Reading))


@st.composite
def cases(draw: st.DrawFn) -> Facts:
    """Draw the facts of a scenario and answer up to four questions anew, or take their answers back."""
    facts = draw(st.sampled_from(all_scenarios())).facts
    law = the_book().on(HORIZON, Reading.CODIFIED)
    for key in draw(st.lists(st.sampled_from(sorted(set(FIELDS) - {"case.parties"})), max_size=4)):
        party = None
        if key.startswith("party."):
            if not facts.parties:
                continue
            party = draw(st.sampled_from([one.ref for one in facts.parties]))
        value = draw(st.sampled_from((None, *answers(key, law=law, book=the_book()))))
        facts = having(facts, key, value, party)
    return facts


def ask(facts: Facts, on: dt.date, reading: Reading, book: Rulebook | None = None) -> Determination:
    return determine(facts, on=on, reading=reading, book=book or the_book())


def known(facts: Facts) -> Iterator[tuple[str, str | None]]:
    """Yield each fact that is known and asked for, with its party."""
    for key in FIELDS:
        for party in [one.ref for one in facts.parties] if key.startswith("party.") else [None]:
            if key not in NOT_ASKED and key != "case.parties" and facts.get(key, party) is not None:
                yield key, party


def in_conflict(found: Determination) -> bool:
    """Whether facts contradict each other, so that taking one of them back may settle what it unsettled."""
    return any(
        (f.rule in CONTRADICTIONS and f.answer is not Answer.DOES_NOT_APPLY)
        or f.key in {"use_744_23.contradicted", "advanced_level.density_not_defined"}
        for f in found.findings
    )


@FEW
@given(cases(), ON, READING)
def test_any_facts_on_any_day_are_answered_and_kept_without_loss(facts: Facts, on: dt.date, reading: Reading) -> None:
    found = ask(facts, on, reading)
    again = ask(Facts.from_dict(facts.to_dict()), on, reading)
    assert found.canonical() == again.canonical()
    assert Determination.from_dict(found.to_dict()) == found
    assert found.may_ship is False or found.outcome in LENIENT


@MANY
@given(cases(), ON, READING, st.data())
def test_what_nobody_knows_is_never_better_than_what_somebody_answers(
    facts: Facts, on: dt.date, reading: Reading, data: st.DataObject
) -> None:
    whole = ask(facts, on, reading)
    assume(not in_conflict(whole))
    key, party = data.draw(st.sampled_from(list(known(facts))))
    less = ask(having(facts, key, None, party), on, reading)
    assert less.outcome not in LENIENT or RANK[whole.outcome] <= RANK[less.outcome], (key, party)


@FEW
@given(cases(), ON, READING, st.sampled_from(list(ListCode)), st.sampled_from(((), ("1",), ("4",), ("5",))), st.data())
def test_a_listed_party_never_lowers_the_outcome(
    facts: Facts,
    on: dt.date,
    reading: Reading,
    code: ListCode,
    footnotes: tuple[str, ...],
    data: st.DataObject,
) -> None:
    clear = [party.ref for party in facts.parties if party.listings == ()]
    assume(clear)
    ref = data.draw(st.sampled_from(clear))
    entry = Listing(code.value, footnotes=footnotes, license_requirement="For all items subject to the EAR.")
    before, after = ask(facts, on, reading), ask(having(facts, "party.listings", (entry,), ref), on, reading)
    assert RANK[after.outcome] >= RANK[before.outcome]
    if code is ListCode.DENIED_PERSONS and before.outcome is not Outcome.NOT_SUBJECT:
        # Whether the item is subject to the EAR at all may still be open.
        assert after.outcome in {Outcome.PROHIBITED, Outcome.NOT_SUBJECT, before.outcome}


@FEW
@given(cases(), ON, READING)
def test_another_listed_user_beside_the_others_never_lowers_the_outcome(
    facts: Facts, on: dt.date, reading: Reading
) -> None:
    assume(any(party.role in USERS for party in facts.parties))
    user = next(party for party in facts.parties if party.role in USERS)
    entry = Listing(ListCode.ENTITY_LIST.value, license_requirement="For all items subject to the EAR.")
    more = replace(facts, parties=(*facts.parties, replace(user, ref="another", listings=(entry,))))
    before, after = ask(facts, on, reading), ask(more, on, reading)
    assert RANK[after.outcome] >= RANK[before.outcome]


@FEW
@given(cases(), ON, READING, st.randoms(use_true_random=False))
def test_the_order_of_the_parties_changes_no_outcome(facts: Facts, on: dt.date, reading: Reading, lot: Any) -> None:
    assume(len(facts.parties) > 1)
    shuffled = list(facts.parties)
    lot.shuffle(shuffled)
    first, second = ask(facts, on, reading), ask(replace(facts, parties=tuple(shuffled)), on, reading)
    assert (first.outcome, first.authorization, first.may_ship) == (
        second.outcome,
        second.authorization,
        second.may_ship,
    )
    assert {(q.field, q.party) for q in first.questions} == {(q.field, q.party) for q in second.questions}


@lru_cache(maxsize=128)
def book_of(day: dt.date) -> Rulebook:
    """The book as it stood on ``day``: what begins later is not in it, not even in the lists of members."""
    held: dict[str, Parameter] = {}
    for key, parameter in the_book().parameters.items():
        begun = tuple(line for line in parameter.lines if line.span.effective <= day)
        members = {
            member: tuple(line for line in lines if line.span.effective <= day)
            for member, lines in parameter.by_member.items()
        }
        # That a list exists, or that an entry has days of its own, is no line of law: the list is there, and empty.
        begun = begun or parameter.lines[:1]
        if key != "part_774.dated_entries":
            members = {member: lines for member, lines in members.items() if lines}
        held[key] = replace(parameter, lines=begun, by_member=members)
    return Rulebook(MappingProxyType(held), the_book().digest)


@FEW
@given(cases(), ON, READING)
def test_a_determination_rests_on_nothing_that_begins_after_its_day(
    facts: Facts, on: dt.date, reading: Reading
) -> None:
    assert ask(facts, on, reading, book_of(on)).canonical() == ask(facts, on, reading).canonical()


@lru_cache(maxsize=1)
def undisputed() -> tuple[dt.date, ...]:
    """The days on which every line and every rule holds in both readings or in neither."""
    spans = [line.span for parameter in the_book().parameters.values() for line in parameter.lines]
    spans += [rule.span for rule in ORDER]
    split = [one for one in spans if one.compliance is not None or one.unenforced is not None or one.only is not None]
    return tuple(day for day in days() if all(len({one.covers(day, r) for r in Reading}) == 1 for one in split))


def test_there_are_days_on_which_nothing_is_disputed() -> None:
    assert undisputed()


@FEW
@given(cases(), st.deferred(lambda: st.sampled_from(undisputed())))
def test_both_readings_agree_where_no_line_and_no_rule_differs(facts: Facts, on: dt.date) -> None:
    codified, enforced = (ask(facts, on, reading).to_dict() for reading in Reading)
    assert codified | {"reading": ""} == enforced | {"reading": ""}


LEVELS = {"none": 0, "c": 0, "b": 1, "a": 2, "entry": 2}
FIGURES = st.integers(0, 30000).map(Decimal)


@MANY
@given(
    FIGURES,
    FIGURES,
    st.integers(0, 4000).map(lambda n: Decimal(n) / 100),
    st.booleans(),
    st.sampled_from((Decimal(100), Decimal(599), Decimal(600), Decimal(900))),
    ON,
    READING,
)
def test_more_computing_power_at_the_same_density_never_lowers_the_level(
    one: Decimal, other: Decimal, density: Decimal, data_center: bool, io: Decimal, on: dt.date, reading: Reading
) -> None:
    law = the_book().on(on, reading)
    chip = Item(
        form="integrated_circuit",
        tpp=min(one, other),
        performance_density=density,
        data_center_designed_or_marketed=data_center,
        io_transfer_rate_gbps=io,
    )
    less, more = classify(chip, law).level, classify(replace(chip, tpp=max(one, other)), law).level
    if less.value is not None and more.value is not None:
        assert LEVELS[more.value] >= LEVELS[less.value]
    # Where the smaller one is caught the larger one may not become a question.
    assert more.value is not None or LEVELS[less.value or "none"] == 0


@MANY
@given(st.integers(0, 10000), st.integers(0, 10000), st.integers(1600, 4799), ON, READING)
def test_higher_density_at_the_same_power_never_lowers_the_level(
    one: int, other: int, tpp: int, on: dt.date, reading: Reading
) -> None:
    law = the_book().on(on, reading)
    chip = Item(form="integrated_circuit", tpp=Decimal(tpp), data_center_designed_or_marketed=True)
    low, high = sorted((Decimal(one) / 1000, Decimal(other) / 1000))
    less = classify(replace(chip, performance_density=low), law).level.value
    more = classify(replace(chip, performance_density=high), law).level.value
    if less is not None and more is not None:
        assert LEVELS[more] >= LEVELS[less]


@FEW
@given(
    st.integers(0, 1000),
    st.integers(0, 1000),
    st.sampled_from(("GB", "CN", "IR", "RU", "VN", "AE")),
    st.sampled_from(("h100", "h20", "rtx4090", "level_b", "memory", "a100")),
    ON,
    READING,
)
def test_more_controlled_content_never_frees_an_item(
    one: int, other: int, destination: str, case: str, on: dt.date, reading: Reading
) -> None:
    low, high = sorted((Decimal(one) / 10, Decimal(other) / 10))
    outcomes = [_foreign_made(case, share, destination, on, reading) for share in (low, high)]
    assert outcomes[1] is not Outcome.NOT_SUBJECT or outcomes[0] is Outcome.NOT_SUBJECT


def _foreign_made(case: str, share: Decimal, destination: str, on: dt.date, reading: Reading) -> Outcome:
    facts = build(
        case,
        {
            "case.activity": "reexport",
            "case.exporting_from": "TW",
            "case.destination": destination,
            "item.us_origin": False,
            "item.located_in_us": False,
            "case.origin.us_content_percent": share,
            "case.origin.content_without_de_minimis": False,
            "case.origin.direct_product": False,
            "case.origin.product_of_listed_plant": False,
            "case.origin.contains_us_technology_ic": False,
            "case.origin.for_footnote_entity": False,
            "case.origin.trained_on_controlled_chips": False,
        },
    )
    return ask(facts, on, reading).outcome


@FEW
@given(cases(), ON, READING)
def test_only_a_finding_that_stands_requires_a_license_or_prohibits(
    facts: Facts, on: dt.date, reading: Reading
) -> None:
    found = ask(facts, on, reading)
    applied = {f.effect for f in found.findings if f.answer is Answer.APPLIES}
    if found.outcome is Outcome.PROHIBITED:
        assert Effect.PROHIBITS in applied
    if found.outcome is Outcome.LICENSE_REQUIRED:
        assert Effect.REQUIRES_LICENSE in applied
    if found.outcome in LENIENT - {Outcome.NOT_SUBJECT}:
        assert not any(f.answer is Answer.UNKNOWN and f.effect is Effect.REQUIRES_LICENSE for f in found.findings)
        assert not any(f.answer is Answer.APPLIES and f.effect is Effect.HOLDS for f in found.findings)
    if found.outcome is Outcome.NO_LICENSE_REQUIRED:
        assert Effect.REQUIRES_LICENSE not in applied
    if found.outcome in {Outcome.LICENSE_EXCEPTION, Outcome.GENERAL_LICENSE}:
        needed = [f for f in found.findings if f.effect is Effect.REQUIRES_LICENSE and f.answer is Answer.APPLIES]
        assert needed
        assert all(found.authorization in f.overcome_by for f in needed)


@FEW
@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.text(max_size=8) | st.integers() | st.floats(), max_size=3))
def test_any_value_is_read_or_refused_by_name(given_values: dict[str, Any]) -> None:
    facts = build("h100", {})
    for key, value in given_values.items():
        party = "user" if key.startswith("party.") else None
        try:
            facts = facts.answering(key, value, party=party)
        except (BadFacts, KeyError) as error:
            assert key.rpartition(".")[2] in str(error) or key in {"case.parties", "party.listings"}
    assert ask(facts, HORIZON, Reading.ENFORCED).outcome in Outcome
