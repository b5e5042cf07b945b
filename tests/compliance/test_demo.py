"""The demo plays to its end under today's law, and still shows every outcome and every state."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command

from compliance.ear import Outcome
from compliance.lifecycle import State
from compliance.models import Authorization, Case


@pytest.mark.django_db
def test_the_demo_shows_every_outcome_and_every_state(settings: Any) -> None:
    settings.GATEHOUSE_DEMO = True
    call_command("sync_roles", verbosity=0)
    call_command("seed_demo", verbosity=0)
    cases = list(Case.objects.all())
    assert {case.outcome for case in cases if case.outcome} == {outcome.value for outcome in Outcome}
    assert {case.state for case in cases} == {state.value for state in State}
    assert 30 <= len(cases) <= 40
    # A demo that asks everybody everything tells nothing.
    assert Counter(case.outcome for case in cases)["undetermined"] <= len(cases) // 3
    assert Authorization.objects.filter(kind="nac").count() == 3
    said = {case.title: case.outcome for case in cases}
    assert said["96 H100 to Thames Compute, London, for research computing"] == "no_license_required"
    assert said["64 H100 to Linhai Cloud, Linhai"] == "license_required"
    assert said["80 GeForce RTX 4090 to Pearl River Games Studio, second lot"] == "license_exception"
    assert said["Reexport of 200 frame grabbers made in Singapore"] == "not_subject"
    assert said["Upgrade of 8 H100 that a customer bought from a trader"] == "prohibited"
    assert said["Gate-all-around process notes to Maasland Research"] == "general_license"
