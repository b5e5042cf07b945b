"""Letting goods go: lists and law are asked once more, and nothing leaves under NAC without the number."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction

from audit.models import Entry
from compliance.lifecycle import State
from compliance.models import Authorization, Case, Clock, Decision, Pause, StoredDetermination
from compliance.queries.case_choices import fitting_kinds
from compliance.services import decide, facts, license, refusals, ship
from tests.cast import Cast
from tests.compliance.walk import REASON, RTX_4090, approved, flags_closed, lists_loaded, proposed, reviewed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november(settings: Any) -> Iterator[None]:
    settings.GATEHOUSE_DEMO = True
    with time_machine.travel("2026-11-21T09:00:00Z", tick=True):
        yield


@pytest.fixture
def authorized(cast: Cast) -> Case:
    lists_loaded()
    return approved(proposed(cast), cast.rhea)


def test_an_authorized_case_ships_and_its_records_are_kept_five_years(authorized: Case, cast: Cast) -> None:
    ship.ship(authorized.ref, by=cast.otto)
    authorized.refresh_from_db()
    assert authorized.state == State.SHIPPED
    assert authorized.clocks.get(kind=Clock.Kind.RECORDS).due_on == dt.date(2031, 11, 21)
    assert authorized.next_due_on == dt.date(2031, 11, 21)
    assert Entry.objects.filter(action="case.ship").count() == 1


def test_a_changed_fact_sends_the_case_back_instead(authorized: Case, cast: Cast) -> None:
    party = authorized.parties.get().party
    facts.record_party_fact(party.ref, by=cast.mira, key="party.headquarters", value="CN", source="news")
    with pytest.raises(refusals.AnswerChanged):
        ship.ship(authorized.ref, by=cast.otto)
    authorized.refresh_from_db()
    assert authorized.state == State.UNDER_REVIEW
    entry = Entry.objects.get(action="case.reopen")
    assert entry.payload["because"] == "asked again before shipment"
    assert "parties" in entry.payload["changes"]
    assert not Entry.objects.filter(action="case.ship").exists()


def test_a_red_flag_that_only_today_raises_holds_the_shipment(cast: Cast) -> None:
    lists_loaded()
    case = reviewed(cast)
    doubtful = next(flag for flag in case.flags.all() if flag.answer == "unknown")
    # As an earlier catalogue would have left it.
    case.flags.filter(pk=doubtful.pk).update(answer="not_relevant", missing=[], detail={})
    flags_closed(case, cast)
    decide.propose(case.ref, by=cast.otto, recommendation="proceed", reason=REASON)
    approved(case, cast.rhea)
    with pytest.raises(refusals.AnswerChanged, match=doubtful.code):
        ship.ship(case.ref, by=cast.otto)
    case.refresh_from_db()
    assert case.state == State.UNDER_REVIEW
    assert case.flags.get(code=doubtful.code).is_open
    assert Entry.objects.get(action="case.reopen").payload["changes"] == ["open_flag"]


def test_past_the_days_accepted_the_law_is_not_known_and_nothing_ships(authorized: Case, cast: Cast) -> None:
    with time_machine.travel("2027-02-01T09:00:00Z", tick=True), pytest.raises(refusals.AnswerChanged):
        ship.ship(authorized.ref, by=cast.otto)


def test_an_analyst_does_not_release_shipments(authorized: Case, cast: Cast) -> None:
    with pytest.raises(refusals.NotYours):
        ship.ship(authorized.ref, by=cast.mira)


@pytest.fixture
def needs_license(cast: Cast) -> Case:
    lists_loaded()
    return approved(proposed(cast, country="CN", recommendation="apply"), cast.rhea, cast.sam)


@pytest.fixture
def needs_notice(cast: Cast) -> Case:
    lists_loaded()
    return approved(proposed(cast, country="CN", recommendation="apply", figures=RTX_4090), cast.rhea, cast.sam)


@pytest.mark.parametrize("kind", ["general", "nac", "exception"])
def test_only_a_license_lets_go_what_needs_a_license(needs_license: Case, cast: Cast, kind: str) -> None:
    with pytest.raises(refusals.WrongAuthorization) as refusal:
        license.file_application(
            needs_license.ref, by=cast.lena, kind=kind, application="self-declared", filed_on="2026-11-01"
        )
    assert "BIS license" in str(refusal.value)
    needs_license.refresh_from_db()
    assert needs_license.state == State.AUTHORIZATION_NEEDED


def test_the_form_offers_only_what_fits_what_was_approved(needs_license: Case, cast: Cast, signed_in: Any) -> None:
    browser = signed_in(cast.otto)
    page = browser.get(f"/cases/{needs_license.ref}/").content.decode()
    assert '<option value="license"' in page
    for kind in ("nac", "exception", "general"):
        assert f'<option value="{kind}"' not in page
    refused = browser.post(
        f"/cases/{needs_license.ref}/file/", {"kind": "nac", "application": "Z1", "filed_on": "2026-11-01"}
    )
    assert refused.status_code == 400
    assert "is not among the choices" in refused.content.decode()


@pytest.mark.parametrize(
    ("governs", "kinds"), [("enforced", ("nac", "license")), ("stricter", ("exception", "license"))]
)
def test_what_fits_is_read_in_the_reading_that_governs(
    needs_notice: Case, governs: str, kinds: tuple[str, str]
) -> None:
    stored = needs_notice.determinations.first()
    assert stored is not None
    lines = json.loads(json.dumps(stored.lines))
    lines[0]["codified"]["authorization"] = "TMP"
    fields = {f.name: getattr(stored, f.name) for f in stored._meta.fields if f.name not in {"id", "made_at"}}
    read = fields | {"lines": lines, "governing": governs, "outcome_codified": stored.outcome}
    other = StoredDetermination.objects.create(**read)
    Decision.objects.filter(case=needs_notice).update(determination=other)
    assert fitting_kinds(needs_notice) == kinds


def test_what_was_granted_in_another_way_does_not_ship(needs_license: Case, cast: Cast) -> None:
    ref = needs_license.ref
    license.file_application(ref, by=cast.lena, kind="license", application="Z1", filed_on="2026-11-01")
    license.record_grant(ref, by=cast.lena, number="D1", granted_on="2026-11-20", expires_on="2027-11-19")
    Authorization.objects.update(kind="general")
    with pytest.raises(refusals.WrongAuthorization):
        ship.ship(ref, by=cast.otto)


def test_a_license_is_drawn_down_and_never_overdrawn(needs_license: Case, cast: Cast) -> None:
    ref = needs_license.ref
    license.file_application(ref, by=cast.lena, kind="license", application="Z1", filed_on="2026-11-01")
    license.record_grant(
        ref, by=cast.lena, number="D1", granted_on="2026-11-20", expires_on="2027-11-19", quantity="10"
    )
    with pytest.raises(refusals.LicenseExhausted):
        ship.ship(ref, by=cast.otto)
    Authorization.objects.update(quantity=12)
    ship.ship(ref, by=cast.otto)
    needs_license.refresh_from_db()
    assert needs_license.state == State.SHIPPED
    assert needs_license.draw_downs.get().quantity == 12


def test_an_expired_license_lets_nothing_go(needs_license: Case, cast: Cast) -> None:
    ref = needs_license.ref
    license.file_application(ref, by=cast.lena, kind="license", application="Z1", filed_on="2026-11-01")
    license.record_grant(ref, by=cast.lena, number="D1", granted_on="2026-11-10", expires_on="2026-11-22")
    with time_machine.travel("2026-11-23T09:00:00Z", tick=True), pytest.raises(refusals.LicenseExpired):
        ship.ship(ref, by=cast.otto)


def test_a_grant_needs_a_number_and_a_license_an_expiry(needs_license: Case, cast: Cast) -> None:
    ref = needs_license.ref
    license.file_application(ref, by=cast.lena, kind="license", application="Z1", filed_on="2026-11-01")
    with pytest.raises(refusals.BadInput) as refusal:
        license.record_grant(ref, by=cast.lena, number=" ", granted_on="2026-11-10", expires_on="2027-11-09")
    assert refusal.value.field == "number"
    with pytest.raises(refusals.BadInput) as refusal:
        license.record_grant(ref, by=cast.lena, number="D1", granted_on="2026-11-10")
    assert refusal.value.field == "expires_on"


def test_the_nac_clock_runs_from_registration_and_pauses_move_it(needs_notice: Case, cast: Cast) -> None:
    ref = needs_notice.ref
    license.file_application(
        ref, by=cast.lena, kind="nac", application="Z2", filed_on="2026-10-28", registered_on="2026-11-01"
    )
    clock = needs_notice.clocks.get(kind=Clock.Kind.NAC)
    assert (clock.started_on, clock.due_on) == (dt.date(2026, 11, 1), dt.date(2026, 11, 26))
    license.record_pause(
        ref,
        by=cast.lena,
        ground="lapse_in_appropriations",
        first_day="2026-11-05",
        last_day="2026-11-09",
        proof="notice of the agency",
    )
    clock.refresh_from_db()
    assert clock.due_on == dt.date(2026, 12, 1)


def test_nothing_ships_under_nac_before_the_25_days_even_with_the_number(needs_notice: Case, cast: Cast) -> None:
    ref = needs_notice.ref
    license.file_application(
        ref, by=cast.lena, kind="nac", application="Z2", filed_on="2026-11-01", registered_on="2026-11-01"
    )
    license.record_grant(ref, by=cast.lena, number="A1", granted_on="2026-11-15")
    with pytest.raises(refusals.TooEarly):
        ship.ship(ref, by=cast.otto)
    needs_notice.refresh_from_db()
    assert needs_notice.state == State.AUTHORIZED


def test_a_confirmation_cannot_be_recorded_before_registration(needs_notice: Case, cast: Cast) -> None:
    ref = needs_notice.ref
    license.file_application(ref, by=cast.lena, kind="nac", application="Z2", filed_on="2026-11-01")
    assert not needs_notice.clocks.filter(kind=Clock.Kind.NAC).exists()
    with pytest.raises(refusals.BadInput) as refusal:
        license.record_grant(ref, by=cast.lena, number="A1", granted_on="2026-11-15")
    assert "registered" in str(refusal.value)


def test_a_running_pause_cannot_end_before_it_began(needs_notice: Case, cast: Cast) -> None:
    ref = needs_notice.ref
    license.file_application(
        ref, by=cast.lena, kind="nac", application="Z2", filed_on="2026-10-28", registered_on="2026-11-01"
    )
    ground = {"ground": "system_failure", "proof": "notice of BIS"}
    license.record_pause(ref, by=cast.lena, first_day="2026-11-10", **ground)
    with pytest.raises(refusals.BadInput) as refusal:
        license.record_pause(ref, by=cast.lena, first_day="2026-11-02", last_day="2026-11-05", **ground)
    assert refusal.value.field == "last_day"
    assert Pause.objects.get().last_day is None


@pytest.mark.parametrize(("field", "given"), [("quantity", "-5"), ("quantity", "0"), ("value", "-1")])
def test_a_limit_below_nothing_is_refused(needs_notice: Case, cast: Cast, field: str, given: str) -> None:
    ref = needs_notice.ref
    license.file_application(ref, by=cast.lena, kind="license", application="Z1", filed_on="2026-11-01")
    with pytest.raises(refusals.BadInput) as refusal:
        license.record_grant(
            ref, by=cast.lena, number="D1", granted_on="2026-11-20", expires_on="2027-11-19", **{field: given}
        )
    assert refusal.value.field == field


@pytest.mark.parametrize("told", [{"value": None}, {"value": "250000", "currency": "EUR"}])
def test_an_unknown_value_is_not_counted_as_nothing(needs_notice: Case, cast: Cast, told: dict[str, Any]) -> None:
    Case.objects.filter(pk=needs_notice.pk).update(**told)
    granted = Authorization.objects.create(
        case=needs_notice,
        unit=needs_notice.unit,
        kind="license",
        standing="granted",
        number="D1",
        granted_on=dt.date(2026, 11, 20),
        value="300000",
        recorded_by=cast.lena,
    )
    case = Case.objects.get(pk=needs_notice.pk)
    with transaction.atomic(), pytest.raises(refusals.ValueUnknown):
        license.draw_down(case, granted, by=cast.otto, on=dt.date(2026, 11, 21))
    assert not granted.draw_downs.exists()
