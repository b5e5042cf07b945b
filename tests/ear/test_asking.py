"""Questions that matter: enough to settle every case as all answers would, none after which nothing could change."""

import datetime as dt
import random
from dataclasses import replace
from functools import lru_cache

import pytest

from compliance.ear import FIELDS, Answer, Effect, Facts, Outcome, Reading, determine, the_book
from compliance.ear.asking import Ask, questions_that_matter, still_open
from compliance.ear.conclusion import US_PERSON
from compliance.ear.trying import answers, countries, having, thresholds
from tests.ear.scenarios import Scenario, all_scenarios, build

TODAY = dt.date(2026, 11, 21)


def ask(facts: Facts, on: dt.date = TODAY, reading: Reading = Reading.ENFORCED, trials: int = 400) -> tuple[Ask, ...]:
    return questions_that_matter(facts, on=on, reading=reading, book=the_book(), trials=trials)


def outcome(facts: Facts, on: dt.date = TODAY, reading: Reading = Reading.ENFORCED) -> Outcome:
    return determine(facts, on=on, reading=reading, book=the_book()).outcome


def without(facts: Facts, *groups: str) -> Facts:
    return Facts.from_dict({name: value for name, value in facts.to_dict().items() if name not in groups})


def test_a_case_with_every_answer_has_no_question() -> None:
    assert ask(build("h100", {})) == ()


def test_the_same_facts_are_asked_about_in_the_same_order() -> None:
    facts = without(build("h100", {}), "destination", "end_use")
    assert ask(facts) == ask(Facts.from_dict(facts.to_dict()))


def test_after_a_requirement_that_nothing_lifts_nobody_is_asked_for_another() -> None:
    facts = without(build("h100", {"case.destination": "CN"}), "end_use")
    assert outcome(facts) is Outcome.LICENSE_REQUIRED
    waiting = determine(facts, on=TODAY, reading=Reading.ENFORCED, book=the_book()).questions
    assert "case.end_use.nuclear" in {question.field for question in waiting}
    assert "case.end_use.nuclear" not in {question.field for question in ask(facts)}


def test_a_question_says_which_answer_settles_the_case() -> None:
    facts = without(build("h100", {}), "end_use")
    nuclear = next(question for question in ask(facts) if question.field == "case.end_use.nuclear")
    assert (True, "license_required") in nuclear.settles
    assert nuclear.shown


def test_the_last_open_question_is_settled_by_either_answer() -> None:
    facts = build("h100", {"case.end_use.missile": None})
    (last,) = ask(facts)
    assert last.field == "case.end_use.missile"
    assert {value for value, _outcome in last.settles} == {True, False}


def test_without_a_single_trial_everything_is_asked_rather_than_nothing() -> None:
    facts = without(build("h100", {}), "end_use")
    few, many = ask(facts, trials=1), ask(facts)
    assert {one.field for one in many} <= {one.field for one in few}


def test_a_prohibition_ends_all_questions() -> None:
    denied = [{"ref": "buyer", "role": "purchaser", "listings": [{"code": "denied_persons"}]}]
    facts = Facts.from_dict({"activity": "export", "item": {"eccn": "EAR99", "us_origin": True}, "parties": denied})
    found = determine(facts, on=TODAY, reading=Reading.ENFORCED, book=the_book())
    assert found.outcome is Outcome.PROHIBITED
    assert ask(facts) == ()


CHOSEN = {"exception_relied_on"}
"""What the company chooses is no fact to find out: nobody is asked which exception she relies on."""


def test_of_an_item_outside_the_law_only_what_a_us_person_does_is_asked() -> None:
    scope = [one for one in all_scenarios() if one.file.startswith("part_734")]
    outside = [one for one in scope if one.determine().outcome is Outcome.NOT_SUBJECT]
    assert outside
    for scenario in outside[:20]:
        less = without(scenario.facts, "end_use")
        found = determine(less, on=scenario.on, reading=scenario.reading, book=the_book())
        waiting = {rule for rules in still_open(found).values() for rule in rules}
        assert found.outcome is not Outcome.NOT_SUBJECT or not waiting
        if any(f.effect is Effect.SUBJECT and f.answer is Answer.DOES_NOT_APPLY and f.checked for f in found.findings):
            personal = {f.rule for f in found.findings if f.of == US_PERSON}
            assert waiting <= personal


def forgetful(facts: Facts, chance: random.Random) -> Facts:
    """Forget about half of what is known."""
    known = facts.to_dict()
    for group in ("item", "end_use", "authorization"):
        held = known.get(group, {})
        known[group] = {name: held[name] for name in held if name in CHOSEN or chance.random() < 0.5}
    for name in ("activity", "destination", "exporting_from", "is_informed", "fabricator_or_osat"):
        if chance.random() < 0.4:
            known.pop(name, None)
    for party in known.get("parties", ()):
        for name in [*party]:
            # A role is given with the party; one that nobody stated is read as receiving the goods.
            if name not in {"ref", "role"} and chance.random() < 0.4:
                del party[name]
    return Facts.from_dict(known)


def told(facts: Facts, truth: Facts, key: str, party: str | None, chance: random.Random, on: dt.date) -> Facts:
    """Answer from the truth where it is known, at random where it is not."""
    value = None if key == "case.parties" else _true(truth, key, party)
    if value is None:
        law = the_book().on(on, Reading.ENFORCED)
        value = chance.choice(answers(key, law=law, book=the_book()))
    return having(facts, key, value, party)


def _true(truth: Facts, key: str, party: str | None) -> object:
    return truth.get(key, party) if party is None or any(p.ref == party for p in truth.parties) else None


def contradicts(facts: Facts, on: dt.date, reading: Reading) -> bool:
    """Whether a person has to decide, or facts that are known are in question because they do not agree."""
    return any(
        (f.effect is Effect.HOLDS and f.answer is Answer.APPLIES)
        or any(m.field != "case.parties" and facts.get(m.field, m.party) is not None for m in f.missing)
        for f in determine(facts, on=on, reading=reading, book=the_book()).findings
    )


@lru_cache(maxsize=1)
def consistent() -> tuple[Scenario, ...]:
    return tuple(one for one in all_scenarios()[::7] if not contradicts(one.facts, one.on, one.reading))


@pytest.mark.parametrize("seed", range(14))
def test_answering_only_what_is_asked_settles_the_case_as_all_answers_would(seed: int) -> None:
    chance = random.Random(seed)
    scenario = chance.choice(consistent())
    on, reading, truth = scenario.on, scenario.reading, scenario.facts
    facts = forgetful(truth, chance)
    for _turn in range(120):
        open_now = questions_that_matter(facts, on=on, reading=reading, book=the_book(), trials=24)
        if not open_now:
            break
        asked = open_now[0]
        if asked.field != "case.parties" and facts.get(asked.field, asked.party) is not None:
            return  # Answers drawn by lot contradict what the scenario knows, and are asked about again.
        facts = told(facts, truth, asked.field, asked.party, chance, on)
    settled = outcome(facts, on, reading)
    assert not still_open(determine(facts, on=on, reading=reading, book=the_book()))
    every = answering_all(facts, truth, on, reading, chance)
    if not contradicts(every, on, reading):  # Answers drawn by lot need not fit what the scenario knows.
        assert outcome(every, on, reading) is settled, scenario.name
    known = with_all_of(facts, truth)
    if not contradicts(known, on, reading):
        # A detail nobody is asked for may soften what was settled without it, and never the other way.
        assert RANK[outcome(known, on, reading)] <= RANK[settled], scenario.name


RANK = {one: rank for rank, one in enumerate(Outcome)}


def answering_all(facts: Facts, truth: Facts, on: dt.date, reading: Reading, chance: random.Random) -> Facts:
    """Answer every question of the determination, also those that were not worth asking."""
    for _turn in range(40):
        found = determine(facts, on=on, reading=reading, book=the_book())
        left = [q for q in found.questions if q.field != "case.parties" and facts.get(q.field, q.party) is None]
        if not left:
            break
        for question in left:
            facts = told(facts, truth, question.field, question.party, chance, on)
    return facts


def with_all_of(facts: Facts, truth: Facts) -> Facts:
    """Add all that is true and was not asked."""
    for key in FIELDS:
        for party in [one.ref for one in truth.parties] if key.startswith("party.") else [None]:
            value = None if key == "case.parties" else truth.get(key, party)
            if value is not None and facts.get(key, party) is None:
                facts = having(facts, key, value, party)
    return facts


def test_one_country_speaks_for_each_class_and_none_for_two() -> None:
    law = the_book().on(TODAY, Reading.CODIFIED)
    found = countries(law)
    assert {"US", "GB", "CN", "AE", "MO", "RU", "CU"} <= set(found)
    # Hong Kong follows China, so China speaks for both.
    assert "HK" not in found
    assert len(found) == len(set(found))


def test_the_thresholds_of_the_book_are_found_by_their_unit() -> None:
    found = {str(one) for one in thresholds(the_book(), "TPP")}
    assert {"1600", "2400", "4800", "21000"} <= found
    assert thresholds(the_book(), "furlongs") == ()


def test_an_answer_with_a_form_of_its_own_can_be_tried() -> None:
    facts = build("h100", {})
    listed = having(facts, "party.listings", answers_of("party.listings")[1], "user")
    assert outcome(listed) is Outcome.LICENSE_REQUIRED
    nobody = replace(facts, parties=())
    assert having(nobody, "case.parties", answers_of("case.parties")[0]).parties[0].country == "GB"


def answers_of(key: str) -> tuple[object, ...]:
    return answers(key, law=the_book().on(TODAY, Reading.ENFORCED), book=the_book())
