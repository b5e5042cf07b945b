"""What a determination promises: repeatable, honest about what is missing, and never more lenient for knowing less."""

import datetime as dt
import itertools
import random
import subprocess
import sys

import pytest

from compliance.ear import (
    FIELDS,
    Answer,
    Determination,
    Facts,
    Outcome,
    Reading,
    determine,
    strictest,
    the_book,
)
from tests.ear.scenarios import all_scenarios, build

TODAY = dt.date(2026, 11, 21)
CONTRADICTIONS = {"item_facts_agree", "party_facts_agree", "route_facts_agree"}
LENIENT = {Outcome.NOT_SUBJECT, Outcome.NO_LICENSE_REQUIRED, Outcome.LICENSE_EXCEPTION, Outcome.GENERAL_LICENSE}


def answer(facts: Facts, on: dt.date = TODAY, reading: Reading = Reading.ENFORCED) -> Determination:
    return determine(facts, on=on, reading=reading, book=the_book())


def test_with_no_facts_nothing_is_decided_and_everything_is_asked() -> None:
    found = answer(Facts())
    asked = {question.field for question in found.questions}
    assert found.outcome is Outcome.UNDETERMINED
    assert {"case.activity", "case.destination", "case.parties", "item.eccn", "item.tpp"} <= asked
    assert {"case.end_use.nuclear", "case.is_informed"} <= asked
    assert found.questions[0].field in {"case.destination", "item.tpp", "item.eccn"}


def test_every_question_is_a_field_somebody_can_answer() -> None:
    for scenario in all_scenarios():
        for question in scenario.determine().questions:
            assert question.field in FIELDS
            assert (question.party is not None) == question.field.startswith("party.")
            assert question.waiting


def test_a_determination_is_stored_and_read_back_without_loss() -> None:
    for scenario in all_scenarios():
        found = scenario.determine()
        again = Determination.from_dict(found.to_dict())
        assert again == found
        assert again.digest == found.digest


def test_the_same_question_gives_the_same_bytes() -> None:
    facts = build("h100", {"case.destination": "CN"})
    assert answer(facts).canonical() == answer(Facts.from_dict(facts.to_dict())).canonical()
    assert answer(facts).digest != answer(facts, reading=Reading.CODIFIED).digest


COVERED = {"is_informed"}
"""A letter about the product or the party is volunteered; whether there is any letter is asked once, for the case."""


def test_forgetting_a_fact_never_makes_the_answer_lenient() -> None:
    """For each scenario that holds a case back, remove one fact at a time: it may not let the case go."""
    rank = list(Outcome)
    chosen = random.Random(7).sample(all_scenarios(), 60)
    for scenario in chosen:
        known = scenario.determine()
        if any(f.rule in CONTRADICTIONS and f.answer is Answer.UNKNOWN for f in known.findings):
            continue  # of two statements that contradict each other one may be taken back
        for less in without_one(scenario.facts):
            found = determine(less, on=scenario.on, reading=scenario.reading, book=the_book())
            if found.outcome in LENIENT:
                assert rank.index(found.outcome) >= rank.index(known.outcome), (scenario.name, less)


def without_one(facts: Facts) -> list[Facts]:
    """Return the facts once without each known fact that the law can ask for."""
    whole, found = facts.to_dict(), []
    for group in ("item", "end_use", "authorization"):
        for name in set(whole.get(group, {})) - COVERED:
            less = {**whole, group: {k: v for k, v in whole[group].items() if k != name}}
            found.append(Facts.from_dict(less))
    for name in ("activity", "destination", "exporting_from", "is_informed", "fabricator_or_osat"):
        found.append(Facts.from_dict({k: v for k, v in whole.items() if k != name}))
    for number, party in enumerate(whole.get("parties", [])):
        for name in set(party) - {"ref"} - COVERED:
            fewer = [dict(p) for p in whole["parties"]]
            del fewer[number][name]
            found.append(Facts.from_dict({**whole, "parties": fewer}))
    return found


def test_a_case_takes_the_strictest_of_its_lines_and_unknown_beats_everything_lenient() -> None:
    order = [
        Outcome.NOT_SUBJECT,
        Outcome.NO_LICENSE_REQUIRED,
        Outcome.LICENSE_EXCEPTION,
        Outcome.GENERAL_LICENSE,
        Outcome.UNDETERMINED,
        Outcome.LICENSE_REQUIRED,
        Outcome.PROHIBITED,
    ]
    for lenient, strict in itertools.combinations(order, 2):
        assert strictest([lenient, strict]) is strict
        assert strictest([strict, lenient]) is strict
    assert strictest([]) is Outcome.UNDETERMINED
    assert strictest([answer(build("h100", {})), answer(build("h100", {"case.destination": "CN"}))]) is (
        Outcome.LICENSE_REQUIRED
    )


def test_the_two_readings_differ_for_an_ally_and_agree_for_china() -> None:
    ally, china = build("h100", {}), build("h100", {"case.destination": "CN"})
    assert [answer(ally, reading=r).outcome for r in Reading] == [Outcome.LICENSE_REQUIRED, Outcome.NO_LICENSE_REQUIRED]
    assert {answer(china, reading=r).outcome for r in Reading} == {Outcome.LICENSE_REQUIRED}


def test_answering_the_questions_one_by_one_settles_the_case() -> None:
    """Start from nothing but the item's name and follow the questions with the answers of a clean case."""
    clean = build("h100", {})
    facts = Facts.from_dict({"parties": [{"ref": p.ref, "role": p.role, "listings": []} for p in clean.parties]})
    for _ in range(60):
        found = answer(facts)
        if not found.questions:
            break
        question = found.questions[0]
        # A party that is its own ultimate parent answers with its own headquarters.
        own = {"party.ultimate_parent_headquarters": "party.headquarters"}.get(question.field, question.field)
        facts = facts.answering(question.field, clean.get(own, question.party), party=question.party)
    assert found.outcome is Outcome.NO_LICENSE_REQUIRED
    assert found.may_ship


@pytest.mark.parametrize(
    "day", [dt.date.min, dt.date(1999, 12, 31), dt.date(2022, 10, 7), dt.date(2100, 1, 1), dt.date.max]
)
def test_any_day_is_answered_without_an_error(day: dt.date) -> None:
    for reading in Reading:
        for case in ("h100", "memory", "rtx4090", "bare"):
            assert answer(build(case, {}), day, reading).outcome in Outcome


def test_the_law_needs_neither_django_nor_settings() -> None:
    script = (
        "import sys; import compliance.ear as ear; ear.the_book();"
        "bad = [m for m in sys.modules if m.split('.')[0] in {'django', 'celery', 'redis', 'httpx'}];"
        "assert not bad, bad"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
