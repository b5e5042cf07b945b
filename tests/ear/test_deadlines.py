"""Deadlines as day arithmetic: literal dates, both sides of each, and what is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from compliance.ear.deadline_catalog import GROUNDS, SENTENCES
from compliance.ear.deadlines import (
    DEADLINES,
    BadPause,
    CannotCount,
    CountingRuleUnverified,
    NacClock,
    NacState,
    NoDayToCount,
    Pause,
    UnknownDeadline,
    due,
    due_at,
    yearly,
)
from compliance.ear.working_days import federal_holidays, working

D = dt.date
DAY = dt.timedelta(days=1)
NAC = "LE-NAC-REG-25"
LAPSE, STORM, OUTAGE = "lapse_in_appropriations", "catastrophic_event", "system_failure"


# --- the catalogue ---------------------------------------------------------------------------------------------------
def test_the_catalogue_has_its_104_rows_and_the_second_clock_of_nac():
    assert len(DEADLINES) == 105
    assert NAC in DEADLINES


@pytest.mark.parametrize("code", list(DEADLINES))
def test_every_deadline_speaks_both_languages_and_cites_its_source(code):
    row = DEADLINES[code]
    for words in (row.name, row.who, row.starts, row.note, row.because):
        assert words is None or (words["en"].strip() and words["zh"].strip())
    assert row.cite
    assert any("\u4e00" <= letter <= "\u9fff" for letter in row.name["zh"] + row.starts["zh"])


@pytest.mark.parametrize("code", list(DEADLINES))
def test_every_deadline_is_counted_or_refused_with_a_reason_in_both_languages(code):
    starts = (D(2026, 3, 3), D(2026, 9, 3))
    for start in starts:
        try:
            found = due(code, start)
        except CannotCount as refused:
            assert refused.say("en").strip()
            assert "{" not in refused.say("zh")
        else:
            assert found.explain("en")
            assert len(found.explain("en")) == len(found.explain("zh"))
            assert found.cite == DEADLINES[code].cite


def test_the_sentences_have_the_same_blanks_in_both_languages():
    import string

    for key, words in SENTENCES.items():
        blanks = [{name for _, name, _, _ in string.Formatter().parse(words[lang]) if name} for lang in ("en", "zh")]
        assert blanks[0] == blanks[1], key
    assert all(words["zh"] for words in GROUNDS.values())


def test_an_unknown_code_is_said_to_be_unknown():
    with pytest.raises(UnknownDeadline, match="NO-SUCH"):
        due("NO-SUCH", D(2026, 1, 1))


@pytest.mark.parametrize("code", ["ERC-30", "UVL-60", "IAAS-CIP-1Y"])
def test_a_rule_nobody_confirmed_is_refused(code):
    with pytest.raises(CountingRuleUnverified) as refused:
        due(code, D(2026, 1, 1))
    assert "by hand" in refused.value.say("en")
    assert "人工" in refused.value.say("zh-hans")


@pytest.mark.parametrize("code", ["VSD-INIT", "FDY-MAT", "H200-50", "EEI-CORR", "REC-HOLD", "VSD-QTR", "ENF-HEAR"])
def test_a_rule_that_names_no_day_gives_none(code):
    with pytest.raises(NoDayToCount):
        due(code, D(2026, 1, 1))


def test_a_time_of_day_is_no_start():
    with pytest.raises(TypeError):
        due("LIC-90", dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC))


def test_a_count_that_leaves_the_calendar_is_refused_and_does_not_crash():
    for code in ("LIC-90", "LIC-VAL-4Y", "LE-RFF-1BD", "BOY-US", "LIC-EMERG", "LE-ENC-ANN"):
        with pytest.raises(CannotCount):
            due(code, D.max)
    with pytest.raises(CannotCount):
        due("LE-NAC-25", D.min)


# --- literal dates ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "start", "expected"),
    [
        (NAC, D(2024, 5, 1), D(2024, 5, 26)),  # the worked example of the guidance
        (NAC, D(2024, 2, 10), D(2024, 3, 6)),  # over 29 February
        (NAC, D(2023, 2, 10), D(2023, 3, 7)),
        (NAC, D(2025, 12, 15), D(2026, 1, 9)),  # over the new year
        ("LE-NAC-25", D(2024, 5, 26), D(2024, 5, 1)),  # notify at least 25 days before the planned export
        ("LIC-90", D(2026, 1, 1), D(2026, 4, 1)),
        ("LIC-ITD-20", D(2026, 2, 20), D(2026, 3, 12)),
        ("LIC-VAL-4Y", D(2024, 3, 15), D(2028, 3, 15)),
        ("LIC-VAL-4Y", D(2024, 2, 29), D(2028, 2, 29)),
        ("LIC-VAL-1Y", D(2024, 2, 29), D(2025, 2, 28)),  # the earlier day
        ("REC-EAR-5Y", D(2024, 2, 29), D(2029, 3, 1)),  # records: the later day
        ("REC-EAR-5Y", D(2024, 2, 28), D(2029, 2, 28)),
        ("LE-ACM-6M", D(2025, 8, 31), D(2026, 2, 28)),
        ("LIC-EMERG", D(2024, 1, 31), D(2024, 2, 29)),
        ("LIC-EMERG", D(2025, 12, 1), D(2026, 1, 31)),
        ("VSD-LOOK-5Y", D(2026, 11, 21), D(2021, 11, 21)),
        ("LE-HBM-60", D(2026, 1, 1), D(2026, 3, 2)),
        ("BOY-US", D(2026, 2, 10), D(2026, 4, 30)),
        ("BOY-FOR", D(2026, 12, 31), D(2027, 2, 28)),
        ("BOY-10BD", D(2026, 6, 12), D(2026, 6, 29)),  # Juneteenth, a Friday, is left out
        ("LE-RFF-1BD", D(2026, 7, 2), D(2026, 7, 6)),  # 4 July, a Saturday, is kept on Friday the 3rd
        ("LE-RFF-1BD", D(2021, 12, 30), D(2022, 1, 3)),  # New Year's Day, a Saturday, is kept on 31 December
        ("ENF-ANS-30", D(2024, 2, 29), D(2024, 4, 1)),  # 30 March is a Saturday
        ("ENF-TDO-7", D(2024, 2, 29), D(2024, 2, 20)),  # seven working days back
        ("ENF-TDO-20", D(2026, 3, 14), D(2026, 2, 20)),  # 22 February is a Sunday: the Friday before
        ("LE-ENC-SEMI", D(2026, 6, 30), D(2026, 8, 1)),
        ("LE-ENC-SEMI", D(2026, 7, 1), D(2027, 2, 1)),
        ("LE-ENC-ANN", D(2026, 1, 5), D(2027, 2, 1)),
        ("VEU-GEN-FEB", D(2026, 12, 31), D(2027, 2, 15)),
        ("VEU-DC-JAN", D(2026, 12, 31), D(2027, 1, 15)),
        ("LE-RFF-ANN", D(2026, 2, 1), D(2026, 2, 1)),
        ("LE-RFF-ANN", D(2026, 2, 2), D(2027, 2, 1)),
        ("FDY-QTR", D(2026, 10, 31), D(2026, 11, 30)),
        ("FDY-QTR", D(2026, 11, 1), D(2027, 3, 2)),
        ("FDY-QTR", D(2027, 1, 31), D(2027, 3, 2)),
        ("FDY-QTR", D(2028, 1, 1), D(2028, 3, 1)),  # a leap year
        ("FDY-QTR", D(2025, 1, 15), D(2025, 5, 31)),  # the longer first period
        ("DATE-TGL4", D(2025, 6, 1), D(2025, 12, 31)),
        ("FDY-20261231", D(2026, 1, 1), D(2026, 12, 31)),
        ("LE-STA-PCS", D(2026, 5, 5), D(2026, 5, 5)),
        ("EEI-POST", D(2026, 12, 29), D(2027, 1, 3)),
    ],
)
def test_a_due_day(code, start, expected):
    assert due(code, start).due == expected


@pytest.mark.parametrize(("code", "start"), [("FDY-QTR", D(2025, 1, 14)), ("VEU-DC-JUL", D(2026, 7, 1))])
def test_a_day_outside_every_period_is_refused(code, start):
    with pytest.raises(CannotCount, match="no period"):
        due(code, start)


def test_the_count_says_its_steps():
    found = due(NAC, D(2024, 5, 1))
    assert found.explain("en")[-1] == "25 calendar days later is 2024-05-26."
    assert found.explain("zh")[-1] == "其后第25个日历日为2024-05-26。"
    assert (found.cite, found.day_type, found.checked) == ("15 CFR 740.8(c)(2)", "calendar", True)


def test_a_rule_not_read_again_is_counted_with_its_doubt():
    found = due("EEI-FATAL", D(2026, 1, 1))
    assert found.checked is False
    assert any("not every part" in said.lower() for said in found.explain("en"))


def test_a_proposed_or_unenforced_rule_says_so():
    assert "binds nobody" in due("IAAS-TRAIN-15", D(2026, 1, 1)).explain("en")[-1]
    assert "does not enforce" in due("VEU-UVEU-180", D(2026, 9, 1)).explain("en")[-1]


def test_the_temporary_general_license_ends_with_the_last_day_of_2025():
    last = due("DATE-TGL4", D(2025, 1, 1))
    assert last.passed(D(2025, 12, 31)) is False
    assert last.passed(D(2026, 1, 1)) is True
    assert last.days_left(D(2025, 12, 30)) == 1


def test_a_license_that_ends_on_a_federal_holiday_keeps_the_earlier_day_and_names_the_later():
    found = due("LIC-VAL-4Y", D(2021, 12, 25))  # 25 December 2025 is a Thursday
    assert (found.due, found.extends_to) == (D(2025, 12, 25), D(2025, 12, 26))
    plain = due("LIC-VAL-4Y", D(2022, 3, 15))
    assert (plain.due, plain.extends_to) == (D(2026, 3, 15), None)


def test_the_one_year_license_says_what_decides():
    assert "face of each license" in DEADLINES["LIC-VAL-1Y"].note["en"]
    assert due("LIC-VAL-1Y", D(2025, 11, 21)).due == D(2026, 11, 21)


def test_the_days_of_a_year_on_which_reports_fall_due():
    assert yearly("LE-WASS", 2026) == (D(2026, 2, 1), D(2026, 8, 1))
    assert yearly("FDY-QTR", 2027) == (D(2027, 3, 2), D(2027, 5, 30), D(2027, 8, 30), D(2027, 11, 30))
    assert yearly("FDY-QTR", 2025) == (D(2025, 5, 31), D(2025, 8, 30), D(2025, 11, 30))
    with pytest.raises(NoDayToCount):
        yearly("LIC-90", 2026)


def test_hours_are_elapsed_time_and_need_a_time_zone():
    from zoneinfo import ZoneInfo

    chicago = ZoneInfo("America/Chicago")
    loading = dt.datetime(2026, 3, 8, 12, tzinfo=chicago)  # the clocks went forward that night
    assert due_at("EEI-VESSEL", loading) == dt.datetime(2026, 3, 7, 11, tzinfo=chicago)
    with pytest.raises(ValueError, match="time zone"):
        due_at("EEI-AIR", dt.datetime(2026, 3, 8, 12))  # noqa: DTZ001 - that is the mistake
    with pytest.raises(NoDayToCount):
        due("EEI-AIR", D(2026, 3, 8))
    with pytest.raises(ValueError, match="counted in days"):
        due_at("LIC-90", loading)


def test_the_federal_holidays_of_2026():
    assert sorted(federal_holidays(2026)) == [
        D(2026, 1, 1), D(2026, 1, 19), D(2026, 2, 16), D(2026, 5, 25), D(2026, 6, 19), D(2026, 7, 3),
        D(2026, 9, 7), D(2026, 10, 12), D(2026, 11, 11), D(2026, 11, 26), D(2026, 12, 25),
    ]  # fmt: skip
    assert D(2020, 6, 19) not in federal_holidays(2020)
    assert D(2021, 6, 18) in federal_holidays(2021)


# --- pauses ----------------------------------------------------------------------------------------------------------
def nac(*pauses: Pause) -> dt.date:
    return due(NAC, D(2024, 5, 1), pauses=pauses).due


def test_a_lapse_in_appropriations_stops_the_clock():
    assert nac(Pause(D(2024, 5, 10), D(2024, 5, 14), LAPSE)) == D(2024, 5, 31)


def test_overlapping_pauses_count_once_and_touching_ones_count_both():
    assert nac(Pause(D(2024, 5, 10), D(2024, 5, 14), LAPSE), Pause(D(2024, 5, 12), D(2024, 5, 16), STORM)) == D(
        2024, 6, 2
    )
    assert nac(Pause(D(2024, 5, 10), D(2024, 5, 14), LAPSE), Pause(D(2024, 5, 15), D(2024, 5, 16), STORM)) == D(
        2024, 6, 2
    )


def test_a_pause_in_the_extended_part_counts_and_one_after_the_end_does_not():
    first = Pause(D(2024, 5, 10), D(2024, 5, 14), LAPSE)  # to 31 May
    assert nac(first, Pause(D(2024, 5, 31), D(2024, 6, 1), STORM)) == D(2024, 6, 2)
    assert nac(first, Pause(D(2024, 6, 1), D(2024, 6, 9), STORM)) == D(2024, 5, 31)


def test_days_of_a_pause_before_the_count_do_not_count():
    assert nac(Pause(D(2024, 4, 1), D(2024, 5, 1), LAPSE)) == D(2024, 5, 26)
    assert nac(Pause(D(2024, 4, 1), D(2024, 5, 2), LAPSE)) == D(2024, 5, 27)


@pytest.mark.parametrize(
    ("code", "pause"),
    [
        (NAC, Pause(D(2024, 5, 10), D(2024, 5, 12), "applicant_question")),
        (NAC, Pause(D(2024, 5, 10), D(2024, 5, 12), "holiday")),
        (NAC, Pause(D(2024, 5, 10), D(2024, 5, 10), OUTAGE)),
        (NAC, Pause(D(2024, 5, 12), D(2024, 5, 10), LAPSE)),
        (NAC, Pause(D(2024, 5, 10), None, LAPSE)),
        ("VSD-180", Pause(D(2024, 5, 10), D(2024, 5, 12), LAPSE)),
    ],
)
def test_a_pause_the_rule_does_not_know_is_refused(code, pause):
    with pytest.raises(BadPause) as refused:
        due(code, D(2024, 5, 1), pauses=[pause])
    assert refused.value.say("zh").strip()


def test_the_license_clock_stops_for_questions_to_the_applicant():
    asked = Pause(D(2026, 1, 10), D(2026, 1, 19), "applicant_question")
    assert due("LIC-90", D(2026, 1, 1), pauses=[asked]).due == D(2026, 4, 11)


SPANS = st.lists(
    st.tuples(st.dates(D(2024, 3, 1), D(2024, 9, 1)), st.integers(1, 40), st.sampled_from([LAPSE, STORM, OUTAGE])),
    max_size=5,
)


@given(st.dates(D(2024, 1, 1), D(2024, 8, 1)), SPANS)
def test_between_start_and_due_day_lie_25_days_without_a_pause(start, spans):
    """The definition, counted day by day."""
    pauses = [Pause(first, first + DAY * length, ground) for first, length, ground in spans]
    found = due(NAC, start, pauses=pauses).due
    stood = {first + DAY * n for first, length, _ in spans for n in range(length + 1)}
    counted = [start + DAY * n for n in range(1, (found - start).days + 1)]
    assert sum(day not in stood for day in counted) == 25
    # Standing days right behind the 25th do not matter; the due day itself is one that counts.
    assert found not in stood


@given(st.sampled_from(sorted(DEADLINES)), st.dates(D(2023, 1, 1), D(2035, 1, 1)))
def test_a_later_start_is_never_due_earlier(code, start):
    try:
        early, late = due(code, start), due(code, start + DAY)
    except CannotCount:
        assume(False)
    assert early.due <= late.due
    if DEADLINES[code].direction == "after" and DEADLINES[code].rule != "fixed":
        assert early.due >= start
    if DEADLINES[code].direction == "before":
        assert early.due <= start
    if DEADLINES[code].roll == "part_766":
        assert working(early.due)


# --- the clock of NAC ------------------------------------------------------------------------------------------------
def test_the_nac_clock_runs_to_day_25_and_then_waits_for_an_answer():
    clock = NacClock(D(2024, 5, 1))
    assert clock.state(D(2024, 4, 30)) is NacState.NOT_REGISTERED
    assert clock.state(D(2024, 5, 1)) is NacState.RUNNING
    assert clock.state(D(2024, 5, 26)) is NacState.RUNNING
    assert clock.state(D(2024, 5, 27)) is NacState.NO_ANSWER
    assert clock.due().due == D(2024, 5, 26)


def test_time_alone_never_lets_a_shipment_go():
    assert not any(NacClock(D(2024, 5, 1)).may_ship(D(2024, 5, 1) + DAY * n) for n in range(400))
    assert NacClock(D(2024, 5, 1), confirmation="  ").may_ship(D(2024, 6, 30)) is False


def test_with_the_number_shipment_may_go_from_day_25_on():
    clock = NacClock(D(2024, 5, 1), confirmation="NAC-0001")
    assert clock.state(D(2024, 5, 20)) is NacState.CONFIRMED
    assert clock.may_ship(D(2024, 5, 25)) is False
    assert clock.may_ship(D(2024, 5, 26)) is True


def test_a_notification_that_was_only_submitted_has_no_clock():
    clock = NacClock(None, confirmation="NAC-0001")
    assert clock.state(D(2024, 6, 30)) is NacState.NOT_REGISTERED
    assert clock.may_ship(D(2024, 6, 30)) is False
    assert clock.due() is None


def test_an_answer_that_a_license_is_needed_closes_the_way():
    clock = NacClock(D(2024, 5, 1), confirmation="NAC-0001", license_needed=True)
    assert clock.state(D(2024, 5, 26)) is NacState.LICENSE_NEEDED
    assert clock.may_ship(D(2024, 6, 30)) is False


def test_an_open_pause_holds_the_clock_until_it_ends():
    clock = NacClock(D(2025, 9, 20), (Pause(D(2025, 10, 1), None, LAPSE),))
    assert clock.state(D(2025, 9, 30)) is NacState.RUNNING
    assert clock.state(D(2025, 10, 1)) is NacState.PAUSED
    assert clock.state(D(2025, 11, 12)) is NacState.PAUSED
    with pytest.raises(BadPause):
        clock.due()
    ended = NacClock(D(2025, 9, 20), (Pause(D(2025, 10, 1), D(2025, 11, 12), LAPSE),))
    assert ended.due().due == D(2025, 11, 27)
    assert ended.state(D(2025, 11, 12)) is NacState.PAUSED
    assert ended.state(D(2025, 11, 13)) is NacState.RUNNING
    assert ended.state(D(2025, 11, 28)) is NacState.NO_ANSWER


def test_a_pause_after_the_end_does_not_bring_the_clock_back():
    clock = NacClock(D(2024, 5, 1), (Pause(D(2024, 6, 1), None, LAPSE),))
    assert clock.state(D(2024, 6, 5)) is NacState.NO_ANSWER


def test_a_clock_with_another_ground_cannot_be_made():
    with pytest.raises(BadPause):
        NacClock(D(2024, 5, 1), (Pause(D(2024, 5, 3), D(2024, 5, 9), "applicant_question"),))
