"""What the package knows of itself: index of scenarios, chapters, open points; and the stretches of days."""

import datetime as dt

import pytest

from compliance.ear import ORDER, Facts, Reading, catalogues, determine, the_book
from compliance.ear.comparison import Stretches, what_moved
from compliance.ear.determination import MODULES
from compliance.ear.law import PARAMETERS, load
from compliance.ear.lock import catalogue_rows, problems, read
from tests.ear import scenario_index
from tests.ear.scenarios import build


def test_the_kept_index_is_that_of_the_scenarios() -> None:
    assert scenario_index.INDEX.read_text("utf-8") == scenario_index.text(), (
        "run: python -m tests.ear.scenario_index --write"
    )


def test_a_rule_names_the_scenarios_that_test_it() -> None:
    count, named = catalogues.tested_by("nac_waiting_days")
    assert count >= 2
    assert "On day 24 it may not ship." in {one.name for one in named}


def test_what_nothing_tests_says_so() -> None:
    assert catalogues.tested_by("no_such_rule") == (0, ())


def test_every_module_of_rules_belongs_to_a_chapter() -> None:
    names = [module.__name__.rpartition(".")[2] for module in MODULES]
    assert [name for name in names if not catalogues.chapter_of_module(name)] == []


def test_every_parameter_belongs_to_a_chapter() -> None:
    assert [key for key in the_book().parameters if not catalogues.chapter_of(key)] == []


def test_the_longest_beginning_decides_the_chapter() -> None:
    assert catalogues.chapter_of_module("part_742_review") == "8"
    assert catalogues.chapter_of_module("part_742_weights") == "3"


def test_the_eleven_chapters_and_the_frame_are_there_in_both_languages() -> None:
    assert [chapter.code for chapter in catalogues.chapters()] == [str(number) for number in range(12)]
    assert all(chapter.title["zh"] and chapter.covers["zh"] for chapter in catalogues.chapters())


def test_open_points_name_rules_and_parameters_that_exist() -> None:
    known = {rule.name for rule in ORDER} | set(the_book().parameters) | {"part_732.red_flags"}
    known |= {"part_744.iaas_customer_questionnaire"}
    assert [point.code for point in catalogues.open_points()] == [f"O{number}" for number in range(1, 23)]
    assert {name for point in catalogues.open_points() for name in point.holds} - known == set()


def test_every_line_of_the_law_names_its_paragraph_and_notice() -> None:
    lines = [line for parameter in the_book().parameters.values() for line in parameter.lines]
    assert [line.cited.parameter for line in lines if not (line.cited.cite and line.cited.by)] == []


STAYED = b"""title: {en: NAC waiting days, zh: NAC waiting days}
cite: 15 CFR 740.8(c)
unit: days
history:
  - {value: 60, from: 2024-04-04, by: a draft}
"""


def test_a_file_over_the_rulebook_changes_only_what_it_says() -> None:
    book = load(PARAMETERS, {"part_740/nac_days.yaml": STAYED})
    assert book.digest != the_book().digest
    assert set(book.parameters) == set(the_book().parameters)
    day = dt.date(2026, 3, 1)
    assert book.on(day, Reading.CODIFIED).value("part_740.nac_days").value == 60
    assert the_book().on(day, Reading.CODIFIED).value("part_740.nac_days").value == 25


def test_what_moved_names_the_rule_and_the_line_that_did_it() -> None:
    facts = build(
        "rtx4090",
        {
            "case.destination": "CN",
            "each party": {"country": "CN", "headquarters": "CN"},
            "case.authorization.nac_registered_on": dt.date(2024, 5, 1),
        },
    )
    day = dt.date(2024, 5, 26)
    old = determine(facts, on=day, reading=Reading.CODIFIED, book=the_book())
    new = determine(facts, on=day, reading=Reading.CODIFIED, book=load(PARAMETERS, {"part_740/nac_days.yaml": STAYED}))
    moved = what_moved(old, new)
    assert [(one.rule, one.was, one.now) for one in moved][:1] == [("nac_waiting_days", "applies", "does_not_apply")]
    assert "part_740.nac_days" in moved[0].parameters
    assert "a draft" in moved[0].notices


def test_nothing_moved_between_equal_answers() -> None:
    found = determine(Facts(), on=dt.date(2026, 3, 1), reading=Reading.ENFORCED, book=the_book())
    assert what_moved(found, found) == ()


@pytest.mark.parametrize("day", [dt.date(2025, 9, 29), dt.date(2025, 11, 10), dt.date(2025, 1, 13)])
def test_a_stretch_of_days_ends_where_the_law_turns(day: dt.date) -> None:
    stretches = Stretches([the_book()])
    assert stretches.of(day, "{}") != stretches.of(day - dt.timedelta(days=1), "{}")
    assert stretches.of(day, "{}") == stretches.of(day, '[{"activity": "export"}]')


def test_facts_that_hold_a_day_are_asked_for_their_very_day() -> None:
    stretches = Stretches([the_book()])
    assert stretches.of(dt.date(2026, 3, 2), '{"nac_registered_on": "2026-02-20"}') == dt.date(2026, 3, 2)


def test_a_stretch_ends_with_the_year_and_with_what_the_reader_accepts_past_the_horizon() -> None:
    stretches = Stretches([the_book()], tolerance=30)
    last = the_book().horizon + dt.timedelta(days=30)
    assert stretches.of(last, "") != stretches.of(last + dt.timedelta(days=1), "")
    assert stretches.of(dt.date(2025, 12, 31), "") != stretches.of(dt.date(2026, 1, 1), "")


def test_a_row_of_a_catalogue_does_not_change_silently() -> None:
    rows = catalogue_rows()
    assert len([name for name in rows if name.startswith("red_flags ")]) >= 29
    locked = read("\n".join(str(one) for one, _row in rows.values()))
    assert [said for said in problems(the_book(), locked) if "not locked yet" not in said] == []
    changed = read("0000000000000000 -,- deadlines LE-NAC-REG-25")
    assert any(
        said.startswith("deadlines LE-NAC-REG-25: a released line was changed")
        for said in problems(the_book(), changed)
    )
    gone = read("0000000000000000 -,- red_flags EAR-RF-99")
    assert any("EAR-RF-99: a released line is gone" in said for said in problems(the_book(), gone))
