"""Clocks warn ahead, escalate what is overdue, and reopen what relied on something that ended: each once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from audit.models import Entry
from compliance import tasks
from compliance.lifecycle import State
from compliance.models import Authorization, Case, Clock, ClockWarning
from compliance.queries.health import SWEEP_KEY
from compliance.services import decide, intake, license
from compliance.services.clocks import lead_reached, start_clock, sweep
from tests.build import a_submitted_case, agreed, day, in_state
from tests.cast import Cast, enter_cast

DUE = day("2026-12-31")


@pytest.fixture
def case(cast: Cast) -> Case:
    return a_submitted_case(by=cast.mira)


def a_clock(case: Case, cast: Cast, **given: Any) -> Clock:
    values = {
        "kind": Clock.Kind.OTHER,
        "start_event": "letter of BIS",
        "started_on": day("2026-11-01"),
        "due_on": DUE,
        "owner": cast.mira,
    }
    return start_clock(case, **{**values, **given})


def a_license(case: Case, cast: Cast, expires_on: dt.date = DUE) -> Authorization:
    return Authorization.objects.create(
        case=case,
        unit=case.unit,
        kind="license",
        standing="granted",
        number="D1234567",
        granted_on=day("2026-01-15"),
        expires_on=expires_on,
        recorded_by=cast.otto,
    )


def told(action: str) -> list[dict[str, Any]]:
    return list(Entry.objects.filter(action=action).order_by("sequence").values_list("payload", flat=True))


@pytest.mark.parametrize(
    ("today", "lead"),
    [
        ("2026-11-30", None),
        ("2026-12-01", 30),
        ("2026-12-23", 30),
        ("2026-12-24", 7),
        ("2026-12-30", 1),
        ("2026-12-31", 0),
        ("2027-01-01", ClockWarning.OVERDUE),
    ],
)
def test_the_smallest_lead_that_is_reached_counts(settings: Any, today: str, lead: int | None) -> None:
    settings.GATEHOUSE_DEADLINE_LEADS = [30, 7, 1]
    assert lead_reached(DUE, day(today)) == lead


def test_each_lead_is_announced_once_however_often_the_sweep_runs(cast: Cast, case: Case) -> None:
    a_clock(case, cast)
    for today in ("2026-11-30", "2026-12-01", "2026-12-01", "2026-12-02", "2026-12-24", "2026-12-31", "2026-12-31"):
        sweep(today=day(today))
    assert [note["lead"] for note in told("clock.warn")] == [30, 7, 0]


def test_days_on_which_nothing_ran_lose_nothing(cast: Cast, case: Case) -> None:
    a_clock(case, cast)
    assert sweep(today=day("2026-12-26")) == {"warned": 1, "overdue": 0, "expired": 0}
    assert [note["lead"] for note in told("clock.warn")] == [7]


def test_what_is_overdue_is_escalated_once(cast: Cast, case: Case) -> None:
    a_clock(case, cast, kind=Clock.Kind.INQUIRY)
    assert sweep(today=day("2027-01-01"))["overdue"] == 1
    assert sweep(today=day("2027-02-01"))["overdue"] == 0
    [note] = told("clock.overdue")
    assert (note["owner"], note["due_on"], note["kind"]) == ("mira", "2026-12-31", "inquiry")


def test_a_day_that_was_moved_is_announced_anew(cast: Cast, case: Case) -> None:
    clock = a_clock(case, cast)
    sweep(today=day("2026-12-30"))
    Clock.objects.filter(pk=clock.pk).update(due_on=day("2027-01-06"))
    sweep(today=day("2026-12-30"))
    assert [(note["lead"], note["due_on"]) for note in told("clock.warn")] == [(1, "2026-12-31"), (7, "2027-01-06")]


@pytest.mark.parametrize("standing", ["paused", "met", "cancelled"])
def test_a_clock_that_does_not_run_says_nothing(cast: Cast, case: Case, standing: str) -> None:
    clock = a_clock(case, cast)
    Clock.objects.filter(pk=clock.pk).update(standing=standing, ended_on=day("2026-11-20"))
    assert sweep(today=day("2027-06-01")) == {"warned": 0, "overdue": 0, "expired": 0}


def test_a_license_lets_go_on_its_last_day_and_reopens_the_case_the_day_after(cast: Cast, case: Case) -> None:
    granted = a_license(case, cast)
    clock = a_clock(case, cast, kind=Clock.Kind.LICENSE_EXPIRY, authorization=granted, reopens=True)
    in_state(case, State.AUTHORIZED)
    assert sweep(today=DUE)["expired"] == 0
    assert sweep(today=DUE + dt.timedelta(days=1)) == {"warned": 0, "overdue": 0, "expired": 1}
    assert sweep(today=DUE + dt.timedelta(days=2)) == {"warned": 0, "overdue": 0, "expired": 0}
    case.refresh_from_db()
    clock.refresh_from_db()
    granted.refresh_from_db()
    assert (case.state, clock.standing, granted.standing) == (State.UNDER_REVIEW, "expired", "expired")
    [note] = told("case.reopen")
    assert (note["because"], note["before"], note["owner"]) == ("expired", "authorized", "mira")
    assert told("clock.overdue") == []


def test_a_license_that_ends_after_the_shipment_leaves_the_case_where_it_is(cast: Cast, case: Case) -> None:
    a_clock(case, cast, kind=Clock.Kind.LICENSE_EXPIRY, authorization=a_license(case, cast), reopens=True)
    in_state(case, State.SHIPPED)
    assert sweep(today=day("2027-01-02"))["expired"] == 1
    case.refresh_from_db()
    assert case.state == State.SHIPPED
    assert len(told("clock.expire")) == 1
    assert told("case.reopen") == []


def test_the_end_of_record_keeping_is_an_end_and_not_a_delay(cast: Cast, case: Case) -> None:
    a_clock(case, cast, kind=Clock.Kind.RECORDS)
    in_state(case, State.AUTHORIZED)
    assert sweep(today=day("2027-01-01")) == {"warned": 0, "overdue": 0, "expired": 1}
    case.refresh_from_db()
    assert case.state == State.AUTHORIZED
    assert told("clock.overdue") == []


def test_the_next_day_due_follows_the_clocks(cast: Cast, case: Case) -> None:
    assert case.planned_on == day("2026-12-15")
    clock = a_clock(case, cast, due_on=day("2026-12-01"))
    intake.comment(case.ref, by=cast.mira, text="A letter came.")
    case.refresh_from_db()
    assert case.next_due_on == day("2026-12-01")
    Clock.objects.filter(pk=clock.pk).update(standing="met", ended_on=day("2026-11-20"))
    intake.amend(case.ref, by=cast.mira, planned_on="2026-12-20")
    case.refresh_from_db()
    assert case.next_due_on == day("2026-12-20")


def test_a_denial_ends_the_waiting_for_answers(cast: Cast, case: Case) -> None:
    clock = a_clock(case, cast, kind=Clock.Kind.INQUIRY, due_on=day("2026-12-01"))
    agreed(case, by=cast.lena, outcome="license_required")
    license.file_application(case.ref, by=cast.otto, kind="license", application="Z1", filed_on="2026-11-01")
    license.record_denial(case.ref, by=cast.otto, reason="Presumption of denial.")
    clock.refresh_from_db()
    assert clock.standing == "cancelled"
    assert sweep(today=day("2026-12-24"))["overdue"] == 0


def test_a_case_that_has_shipped_or_ended_is_no_longer_due_on_its_planned_day(cast: Cast, case: Case) -> None:
    a_clock(case, cast, kind=Clock.Kind.RECORDS, due_on=day("2031-12-15"))
    in_state(case, State.SHIPPED)
    decide.close(case.ref, by=cast.mira, reason="Clearance is filed.")
    case.refresh_from_db()
    assert case.next_due_on == day("2031-12-15")


def test_the_answer_to_a_notification_is_due_on_the_25th_calendar_day_after_registration(
    cast: Cast, case: Case, time_machine: Any
) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC))
    agreed(case, by=cast.lena, outcome="license_exception", authorization="NAC")
    license.file_application(
        case.ref, by=cast.otto, kind="nac", application="Z1234567", filed_on="2026-11-18", registered_on="2026-11-20"
    )
    clock = Clock.objects.get(case=case, kind="nac")
    assert (clock.started_on, clock.due_on) == (day("2026-11-20"), day("2026-12-15"))
    license.record_pause(
        case.ref,
        by=cast.otto,
        ground="system_failure",
        first_day="2026-11-21",
        last_day="2026-11-23",
        proof="notice of BIS",
    )
    clock.refresh_from_db()
    assert clock.due_on == day("2026-12-18")


def test_a_sweep_leaves_a_sign_of_life(cast: Cast, case: Case) -> None:
    cache.delete(SWEEP_KEY)
    tasks.sweep_clocks.run()
    assert isinstance(cache.get(SWEEP_KEY), dt.datetime)


def test_while_one_worker_sweeps_another_does_nothing(transactional_db: None) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from audit.alone import alone

    cast = enter_cast()
    a_clock(a_submitted_case(by=cast.mira), cast, due_on=day("2026-01-01"))

    def other() -> dict[str, int]:
        try:
            return tasks.sweep_clocks.run()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as worker:
        with alone("compliance: clocks") as free:
            assert free
            assert worker.submit(other).result() == {}
        assert worker.submit(other).result()["overdue"] == 1


def test_four_sweeps_at_once_announce_once(transactional_db: None) -> None:
    from concurrent.futures import ThreadPoolExecutor

    cast = enter_cast()
    case = a_submitted_case(by=cast.mira)
    for _number in range(5):
        a_clock(case, cast)

    def one(_number: int) -> int:
        try:
            return sweep(today=day("2026-12-24"))["warned"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as sweeps:
        assert sum(sweeps.map(one, range(4))) == 5
    assert len(told("clock.warn")) == 5
