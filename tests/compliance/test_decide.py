"""Maker and checker: nobody decides on her own proposal, and nobody approves a moving target."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction

from audit.models import Entry
from compliance.lifecycle import State
from compliance.models import Case, User, Verdict
from compliance.queries.screening import latest_screening, search_troubles
from compliance.services import decide, determine, facts, files, intake, parties, refusals, screen
from screening.services.loading import SAMPLE, refresh
from tests.build import a_party, a_submitted_case
from tests.cast import Cast, enter_cast
from tests.compliance.walk import approved, fingerprint, flags_closed, lists_loaded, proposed, reviewed, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    """The law was read to 21 November 2026: the stories play on that day, whenever the tests run."""
    with time_machine.travel("2026-11-21T09:00:00Z", tick=True):
        yield


@pytest.fixture
def case(cast: Cast, settings: object) -> Case:
    settings.GATEHOUSE_DEMO = True  # the sample lists decide nothing outside a demo
    lists_loaded()
    return proposed(cast)


def test_a_clean_case_needs_no_license_as_enforced_and_one_as_codified(case: Case) -> None:
    determination = case.determinations.first()
    assert determination is not None
    assert (determination.outcome_enforced, determination.outcome_codified) == (
        "no_license_required",
        "license_required",
    )


def test_a_person_cannot_approve_her_own_proposal(case: Case, cast: Cast) -> None:
    cast.otto.groups.add(*cast.rhea.groups.all())
    otto = type(cast.otto).objects.get(pk=cast.otto.pk)
    with pytest.raises(refusals.OwnProposal) as refusal:
        decide.approve(case.ref, by=otto, reason="Mine.", fingerprint=fingerprint(case), acknowledged_readings=True)
    assert "Rhea Kapoor" in str(refusal.value)
    case.refresh_from_db()
    assert case.state == State.AWAITING_APPROVAL


def test_the_database_refuses_a_maker_who_checks(case: Case, cast: Cast) -> None:
    decision = waiting(case)
    with pytest.raises(IntegrityError, match="the_maker_is_never_the_checker"), transaction.atomic():
        Verdict.objects.create(
            decision=decision,
            proposed_by=cast.otto,
            by=cast.otto,
            answer="approve",
            reason="Mine.",
            content=decision.content,
        )


def test_an_analyst_cannot_approve(case: Case, cast: Cast) -> None:
    with pytest.raises(refusals.NotYours):
        decide.approve(case.ref, by=cast.mira, reason="Looks fine.", fingerprint=fingerprint(case))


def test_somebody_of_another_unit_finds_no_case(case: Case, cast: Cast) -> None:
    with pytest.raises(Case.DoesNotExist):
        decide.approve(case.ref, by=cast.carl, reason="Looks fine.", fingerprint=fingerprint(case))


def test_one_reviewer_authorizes_a_plain_case(case: Case, cast: Cast) -> None:
    assert approved(case, cast.rhea).state == State.AUTHORIZED


def test_an_approval_without_a_reason_is_refused(case: Case, cast: Cast) -> None:
    with pytest.raises(refusals.ReasonMissing):
        decide.approve(case.ref, by=cast.rhea, reason="  ", fingerprint=fingerprint(case), acknowledged_readings=True)


def test_readings_that_differ_must_be_acknowledged(case: Case, cast: Cast) -> None:
    with pytest.raises(refusals.ReadingsNotAcknowledged):
        decide.approve(case.ref, by=cast.rhea, reason="Fine.", fingerprint=fingerprint(case))


def test_what_was_read_must_be_what_is_proposed(case: Case, cast: Cast) -> None:
    with pytest.raises(refusals.WrongFingerprint):
        decide.approve(case.ref, by=cast.rhea, reason="Fine.", fingerprint="0" * 64, acknowledged_readings=True)


def test_a_fact_of_a_party_that_changes_makes_the_proposal_stale(case: Case, cast: Cast) -> None:
    seen = fingerprint(case)
    party = case.parties.get().party
    facts.record_party_fact(
        party.ref, by=cast.mira, key="party.headquarters", value="CN", source="new registry extract"
    )
    with pytest.raises(refusals.ContentMoved) as refusal:
        decide.approve(case.ref, by=cast.rhea, reason="Fine.", fingerprint=seen, acknowledged_readings=True)
    assert "parties" in str(refusal.value)


def test_a_document_added_after_the_proposal_makes_it_stale(case: Case, cast: Cast) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    seen = fingerprint(case)
    files.attach(case.ref, by=cast.mira, kind="other", upload=SimpleUploadedFile("new.pdf", b"%PDF-1.7 new evidence"))
    with pytest.raises(refusals.ContentMoved):
        decide.approve(case.ref, by=cast.rhea, reason="Fine.", fingerprint=seen, acknowledged_readings=True)


def test_a_refused_approval_leaves_no_trace(case: Case, cast: Cast) -> None:
    before = Entry.objects.count()
    with pytest.raises(refusals.WrongFingerprint):
        decide.approve(case.ref, by=cast.rhea, reason="Fine.", fingerprint="0" * 64, acknowledged_readings=True)
    assert Entry.objects.count() == before
    assert not Verdict.objects.exists()


def test_sending_back_returns_the_case_to_review_with_the_reason(case: Case, cast: Cast) -> None:
    decide.send_back(case.ref, by=cast.rhea, reason="The site plan is missing.")
    case.refresh_from_db()
    assert case.state == State.UNDER_REVIEW
    entry = Entry.objects.get(action="case.send_back")
    assert entry.payload["reason"] == "The site plan is missing."
    assert entry.payload["proposed_by"] == "otto"


def test_refusing_ends_the_case(case: Case, cast: Cast) -> None:
    decide.refuse(case.ref, by=cast.rhea, reason="The customer is not credible.")
    case.refresh_from_db()
    assert case.state == State.REFUSED


def test_a_high_value_needs_two_colleagues(cast: Cast, settings: object) -> None:
    settings.GATEHOUSE_DEMO = True
    lists_loaded()
    case = proposed(cast, value="2500000")
    assert waiting(case).checkers_needed == 2
    assert approved(case, cast.rhea).state == State.AWAITING_APPROVAL
    with pytest.raises(refusals.AlreadyDecided):
        approved(case, cast.rhea)
    assert approved(case, cast.sam).state == State.AUTHORIZED


def test_a_license_required_case_goes_to_the_license_desk_with_two_approvals(cast: Cast, settings: object) -> None:
    settings.GATEHOUSE_DEMO = True
    lists_loaded()
    case = proposed(cast, country="CN", recommendation="apply")
    assert case.determinations.first().outcome == "license_required"
    assert approved(case, cast.rhea, cast.sam).state == State.AUTHORIZATION_NEEDED


def test_nobody_can_propose_to_proceed_where_a_license_is_required(cast: Cast, settings: object) -> None:
    settings.GATEHOUSE_DEMO = True
    lists_loaded()
    case = flags_closed(reviewed(cast, country="CN"), cast)
    with pytest.raises(refusals.WrongRecommendation):
        decide.propose(case.ref, by=cast.otto, recommendation="proceed", reason="Let it go.")


def test_no_open_flag_passes(cast: Cast, settings: object) -> None:
    settings.GATEHOUSE_DEMO = True
    lists_loaded()
    case = reviewed(cast)
    with pytest.raises(refusals.Blocked) as refusal:
        decide.propose(case.ref, by=cast.otto, recommendation="proceed", reason="Let it go.")
    assert "red flag" in str(refusal.value)


def test_a_flag_explained_of_one_party_opens_again_for_another(cast: Cast, settings: object) -> None:
    settings.GATEHOUSE_DEMO = True
    lists_loaded()
    case = flags_closed(reviewed(cast), cast)
    known = case.flags.exclude(closed_at=None).exclude(detail__parties=[])
    assert known.exists()
    other = a_party(by=cast.mira, name="Nightjar Hosting Pte Ltd")
    intake.add_party(case.ref, by=cast.mira, party_ref=other.ref, role="end_user")
    screen.screen_parties(case.ref, by=cast.mira)
    determine.determine_case(case.ref, by=cast.otto)
    again = [flag for flag in case.flags.all() if other.ref in flag.detail["parties"]]
    assert again
    assert all(flag.is_open for flag in again if flag.answer in {"raised", "unknown"})


def test_the_sample_lists_decide_nothing_outside_a_demo(cast: Cast, settings: object) -> None:
    settings.GATEHOUSE_DEMO = False
    lists_loaded()
    case = flags_closed(reviewed(cast), cast)
    with pytest.raises(refusals.Blocked) as refusal:
        decide.propose(case.ref, by=cast.otto, recommendation="proceed", reason="Let it go.")
    assert any("sample" in sentence for sentence in refusal.value.blockers)


def test_without_lists_nothing_is_clear(cast: Cast) -> None:
    case = flags_closed(reviewed(cast), cast)
    with pytest.raises(refusals.Blocked) as refusal:
        decide.propose(case.ref, by=cast.otto, recommendation="proceed", reason="Let it go.")
    assert any("no lists are loaded" in sentence for sentence in refusal.value.blockers)
    assert case.outcome == "undetermined"


def test_an_amendment_makes_the_determination_stale(cast: Cast, settings: object) -> None:
    settings.GATEHOUSE_DEMO = True
    lists_loaded()
    case = flags_closed(reviewed(cast), cast)
    intake.amend(case.ref, by=cast.mira, destination="CN")
    with pytest.raises(refusals.Blocked) as refusal:
        decide.propose(case.ref, by=cast.otto, recommendation="proceed", reason="Let it go.")
    assert any("Facts changed" in sentence for sentence in refusal.value.blockers)


def test_a_party_written_differently_must_be_screened_again(cast: Cast, settings: object) -> None:
    settings.GATEHOUSE_DEMO = True
    lists_loaded()
    case = flags_closed(reviewed(cast), cast)
    parties.change_party(case.parties.get().party.ref, by=cast.mira, names=["Another Name Ltd"])
    determine.determine_case(case.ref, by=cast.otto)
    with pytest.raises(refusals.Blocked) as refusal:
        decide.propose(case.ref, by=cast.otto, recommendation="proceed", reason="Let it go.")
    assert any("Screen again" in sentence for sentence in refusal.value.blockers)


def test_a_case_left_without_determination_is_determined_by_the_clock(cast: Cast) -> None:
    case = a_submitted_case(by=cast.mira)
    assert determine.redetermine_open_cases()["determined"] == 1
    assert case.determinations.count() == 1
    assert determine.redetermine_open_cases() == {"determined": 0, "reopened": 0, "unchanged": 1, "failed": 0}


def test_a_decided_case_is_said_to_be_unchanged_once_and_not_every_night(case: Case, cast: Cast) -> None:
    case = approved(case, cast.rhea)
    item = case.lines.get().item
    facts.record_item_fact(item.ref, by=cast.mira, key="item.dram_bandwidth_gbps", value="3351", source="data sheet")
    for _night in range(3):
        assert determine.redetermine_open_cases()["unchanged"] == 1
    assert Entry.objects.filter(action="case.recheck", subject=case.subject).count() == 1


def test_of_two_colleagues_who_approve_at_once_one_is_told_it_is_decided(
    transactional_db: None, settings: object
) -> None:
    settings.GATEHOUSE_DEMO = True
    cast = enter_cast()
    lists_loaded()
    case = proposed(cast)
    read = fingerprint(case)

    def approve(person: User) -> None:
        try:
            decide.approve(case.ref, by=person, reason="I read it.", fingerprint=read, acknowledged_readings=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as second:
        with transaction.atomic():
            decide.approve(case.ref, by=cast.rhea, reason="I read it.", fingerprint=read, acknowledged_readings=True)
            waits = second.submit(approve, cast.sam)
            with pytest.raises(TimeoutError):
                waits.result(timeout=0.5)
        with pytest.raises(refusals.OutOfTurn):
            waits.result(timeout=10)
    assert Verdict.objects.get().by == cast.rhea
    assert Entry.objects.filter(action="case.approve").count() == 1


def test_the_database_refuses_a_verdict_that_names_another_maker(case: Case, cast: Cast) -> None:
    decision = waiting(case)
    with pytest.raises(IntegrityError, match="names the person who made its proposal"), transaction.atomic():
        Verdict.objects.create(
            decision=decision,
            proposed_by=cast.mira,
            by=cast.otto,
            answer="approve",
            reason="Mine.",
            content=decision.content,
        )


@pytest.mark.parametrize("table", ["compliance_verdict", "compliance_storeddetermination"])
def test_what_was_signed_and_answered_cannot_be_emptied(case: Case, table: str) -> None:
    with (
        pytest.raises(DatabaseError, match="TRUNCATE refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_a_search_of_a_file_that_lacks_core_lists_does_not_count(cast: Cast, settings: object, tmp_path: Path) -> None:
    part = tmp_path / "part.csv"
    rows = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    part.write_text("".join(row for row in rows if "(MEU)" not in row and "(UVL)" not in row), encoding="utf-8")
    assert refresh(part, by="system").outcome == "loaded"
    case = reviewed(cast)
    assert search_troubles(latest_screening(case).run) == [
        ("lists_absent", "The lists in use lack UVL, MEU. Load the whole file, then screen again.")
    ]
    with pytest.raises(refusals.Blocked, match="lack UVL, MEU"):
        decide.propose(flags_closed(case, cast).ref, by=cast.otto, recommendation="proceed", reason="Clear.")
    whole = tmp_path / "whole.csv"
    whole.write_text("".join(rows), encoding="utf-8")
    assert refresh(whole, by="system").outcome == "loaded"
    screen.screen_parties(case.ref, by=cast.mira)
    assert search_troubles(latest_screening(case).run) == []


def a_search_that_does_not_count(kind: str, case: Case, cast: Cast, settings: Any, folder: Path) -> None:
    party = case.parties.get().party
    if kind == "stale":
        settings.GATEHOUSE_LIST_MAX_AGE_DAYS = -1
    elif kind == "other lists":
        other = folder / "other.csv"
        other.write_text(SAMPLE.read_text(encoding="utf-8").replace("Sample Quartz", "Sample Quarz"), encoding="utf-8")
        assert refresh(other, by="system", is_sample=True).outcome == "loaded"
    elif kind == "another threshold":
        settings.GATEHOUSE_MATCH_THRESHOLD = 0.35
    elif kind == "partial":
        parties.add_name(party.ref, by=cast.mira, name="★★★")
        screen.screen_parties(case.ref, by=cast.mira)
    elif kind == "another name":
        parties.change_party(party.ref, by=cast.mira, name="Quillfeather Holdings")
    elif kind == "never searched":
        other = a_party(by=cast.mira, name="Nightjar Hosting Pte Ltd")
        intake.add_party(case.ref, by=cast.mira, party_ref=other.ref, role="end_user")
    elif kind == "not judged":
        parties.change_party(party.ref, by=cast.mira, name="Sample Quartz Lantern Computing")
        screen.screen_parties(case.ref, by=cast.mira)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("stale", "Out of date: "),
        ("other lists", "The lists or the thresholds have changed since the search."),
        ("another threshold", "The lists or the thresholds have changed since the search."),
        ("partial", "Screening was partial"),
        ("another name", "Not screened as they stand now: Quillfeather Holdings."),
        ("never searched", "Not screened as they stand now: Nightjar Hosting Pte Ltd."),
        ("not judged", "1 match is not judged."),
    ],
)
def test_a_search_that_does_not_count_blocks_a_proposal(
    cast: Cast, settings: Any, tmp_path: Path, kind: str, words: str
) -> None:
    settings.GATEHOUSE_DEMO = True
    lists_loaded()
    case = flags_closed(reviewed(cast), cast)
    a_search_that_does_not_count(kind, case, cast, settings, tmp_path)
    with pytest.raises(refusals.Blocked) as refusal:
        decide.propose(case.ref, by=cast.otto, recommendation="proceed", reason="Let it go.")
    assert any(sentence.startswith(words) for sentence in refusal.value.blockers), refusal.value.blockers


def test_a_partial_search_is_told_aloud_with_the_name_to_correct(cast: Cast, signed_in: Any, settings: Any) -> None:
    settings.GATEHOUSE_DEMO = True
    lists_loaded()
    case = reviewed(cast)
    party = case.parties.get().party
    parties.add_name(party.ref, by=cast.mira, name="🚀🚀")
    browser = signed_in(cast.otto)
    html = browser.post(f"/cases/{case.ref}/screen/", follow=True).content.decode()
    assert "The parties were screened in the lists of today." not in html
    assert f"Screening was partial: {party.ref} could not be compared fully." in html
    assert "Correct on the party&#x27;s page what cannot be compared, then screen again: “🚀🚀”." in html
    parties.change_party(party.ref, by=cast.mira, names=[])
    html = browser.post(f"/cases/{case.ref}/screen/", follow=True).content.decode()
    assert "The parties were screened in the lists of today." in html
    assert "Screening was partial" not in html


@pytest.mark.parametrize("kind", ["stale", "other lists", "another threshold"])
def test_a_search_that_no_longer_counts_blocks_an_approval(
    cast: Cast, settings: Any, tmp_path: Path, kind: str
) -> None:
    settings.GATEHOUSE_DEMO = True
    lists_loaded()
    case = proposed(cast, by_hand="Counsel says so.")
    read = fingerprint(case)
    a_search_that_does_not_count(kind, case, cast, settings, tmp_path)
    with pytest.raises(refusals.Blocked):
        decide.approve(case.ref, by=cast.rhea, reason="Read.", fingerprint=read, acknowledged_readings=True)
    assert Case.objects.get(pk=case.pk).state == State.AWAITING_APPROVAL
