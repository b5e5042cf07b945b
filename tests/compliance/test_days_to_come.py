"""What has not happened yet is not written down as if it had."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from compliance.lifecycle import State
from compliance.models import Authorization, Clock
from compliance.services import license
from compliance.services.refusals import BadInput
from tests.build import a_submitted_case, day, in_state
from tests.cast import Cast


def test_neither_a_registration_nor_a_pause_is_recorded_before_its_day(cast: Cast, time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC))
    case = in_state(a_submitted_case(by=cast.mira), State.AUTHORIZATION_NEEDED)
    with pytest.raises(BadInput, match="registration lies in the future") as refusal:
        license.file_application(
            case.ref, by=cast.otto, kind="nac", application="Z1", filed_on="2026-11-18", registered_on="2026-11-22"
        )
    assert refusal.value.field == "registered_on"
    assert not Clock.objects.filter(kind="nac").exists()
    in_state(case, State.AUTHORIZATION_PENDING)
    Authorization.objects.create(
        case=case,
        unit=case.unit,
        kind="nac",
        application="Z1",
        filed_on=day("2026-11-18"),
        registered_on=day("2026-11-20"),
        recorded_by=cast.otto,
    )
    pause = {"by": cast.otto, "ground": "system_failure", "proof": "notice of BIS"}
    with pytest.raises(BadInput, match="pause lies in the future") as refusal:
        license.record_pause(case.ref, **pause, first_day="2026-11-22")
    assert refusal.value.field == "first_day"
    assert license.record_pause(case.ref, **pause, first_day="2026-11-21").last_day is None
