"""The time machine: the days on which an answer changes, what did it, and that no day in between was missed."""

import datetime as dt
import itertools
import random

import pytest

from compliance.ear import Facts, Outcome, Reading, determine, the_book
from compliance.ear.law import FIRST_DAY, HORIZON
from compliance.ear.timeline import LAST_DAY, Change, Stretch, Timeline, days_of, timeline, turns_of
from tests.ear.scenarios import all_scenarios, build

ENFORCED, CODIFIED = Reading.ENFORCED, Reading.CODIFIED


def of(case: str, **facts: str) -> Timeline:
    return timeline(build(case, {f"case.{name}": value for name, value in facts.items()}), book=the_book())


def outcomes(line: Timeline, reading: Reading) -> list[tuple[dt.date, Outcome]]:
    return [(one.first, one.outcome) for one in line.stretches[reading]]


def change(line: Timeline, day: dt.date, reading: Reading) -> Change:
    return next(one for one in line.changes if (one.day, one.reading) == (day, reading))


def test_the_worldwide_requirement_of_2025_stands_in_the_text_and_is_not_enforced() -> None:
    line = of("h100")
    assert (dt.date(2025, 1, 13), Outcome.LICENSE_REQUIRED) in outcomes(line, CODIFIED)
    assert line.at(dt.date(2025, 6, 1), CODIFIED).outcome is Outcome.LICENSE_REQUIRED
    assert line.at(dt.date(2025, 6, 1), ENFORCED).outcome is Outcome.NO_LICENSE_REQUIRED
    assert line.at(dt.date(2025, 1, 12), CODIFIED).outcome is Outcome.NO_LICENSE_REQUIRED


def test_a_change_names_the_rule_the_line_and_the_notice_that_did_it() -> None:
    found = change(of("h100"), dt.date(2025, 1, 13), CODIFIED)
    first = found.causes[0]
    assert first.rule == "advanced_a_destination"
    assert [(turn.what, turn.key, turn.by) for turn in first.turns] == [
        ("began", "part_742.advanced_scope_a", "90 FR 4544")
    ]
    assert found.before.outcome is Outcome.NO_LICENSE_REQUIRED
    assert found.after.outcome is Outcome.LICENSE_REQUIRED


def test_every_day_is_in_exactly_one_stretch_of_each_reading() -> None:
    line = of("h100", destination="CN")
    for reading in Reading:
        found = line.stretches[reading]
        assert (found[0].first, found[-1].last) == (FIRST_DAY, LAST_DAY)
        for one, following in itertools.pairwise(found):
            assert following.first == one.last + dt.timedelta(days=1)


def test_neighbors_differ_unless_the_law_was_read_no_further() -> None:
    for reading in Reading:
        found = of("a800", destination="CN").stretches[reading]
        for one, following in itertools.pairwise(found):
            assert answer_of(one) != answer_of(following) or (not one.beyond and following.beyond)


def answer_of(one: Stretch) -> tuple[Outcome, str | None, str | None]:
    return one.outcome, one.authorization, one.policy


def test_days_after_the_law_was_read_say_so() -> None:
    line = of("h100")
    assert not line.at(HORIZON, ENFORCED).beyond
    assert line.at(HORIZON + dt.timedelta(days=1), ENFORCED).beyond
    assert line.horizon == HORIZON


@pytest.mark.parametrize("day", [FIRST_DAY - dt.timedelta(days=1), LAST_DAY + dt.timedelta(days=1)])
def test_a_day_outside_the_timeline_is_refused_with_its_bounds(day: dt.date) -> None:
    with pytest.raises(ValueError, match="2022-10-07"):
        of("h100").at(day, ENFORCED)


@pytest.mark.parametrize("seed", range(6))
def test_any_day_asked_alone_answers_as_the_timeline_says(seed: int) -> None:
    chance = random.Random(seed)
    facts = chance.choice(all_scenarios()).facts
    line = timeline(facts, book=the_book())
    for _turn in range(25):
        day = FIRST_DAY + dt.timedelta(days=chance.randrange((HORIZON - FIRST_DAY).days + 1))
        for reading in Reading:
            found = determine(facts, on=day, reading=reading, book=the_book())
            shown = line.at(day, reading)
            policy = found.review_policy.policy if found.review_policy else None
            assert answer_of(shown) == (found.outcome, found.authorization, policy), day


def test_a_waiting_time_that_begins_with_the_facts_is_found() -> None:
    registered = dt.date(2026, 3, 2)
    facts = build(
        "rtx4090",
        {"case.destination": "CN", "case.authorization.nac_registered_on": registered.isoformat()},
    )
    line = timeline(facts, book=the_book())
    assert all(one.causes or one.before.beyond != one.after.beyond for one in line.changes)
    assert (
        line.at(registered, ENFORCED).outcome
        is determine(facts, on=registered, reading=ENFORCED, book=the_book()).outcome
    )


def test_the_days_of_the_book_include_both_sides_of_a_line_that_ends() -> None:
    days = set(days_of(the_book()))
    # The affiliates rule: in force 2025-09-29 to 2025-11-09, stayed, back on 2026-11-10.
    assert {dt.date(2025, 9, 29), dt.date(2025, 11, 10), dt.date(2026, 11, 10)} <= days
    ended = [turn for turn in turns_of(the_book())[dt.date(2025, 11, 10)] if turn.key == "part_744.affiliates"]
    assert [turn.what for turn in ended] == ["ended"]


def test_nothing_known_still_has_a_timeline() -> None:
    line = timeline(Facts(), book=the_book())
    assert {one.outcome for one in line.stretches[ENFORCED]} == {Outcome.UNDETERMINED}
