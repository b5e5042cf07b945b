"""Rescreening: a changed list reaches every party it may mean, and the cases decided on; cut off, it ends the same."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import transaction

from audit.models import Entry
from compliance.lifecycle import State
from compliance.models import Case
from compliance.queries.party_screening import party_screening
from compliance.services import parties, rescreen, screen
from compliance.services.refusals import NotYours
from compliance.tasks import rescreen_stale_cases
from screening import indexes, ours
from screening import services as screening
from screening.models import Batch, Match, Run, RunSubject
from screening.queries.batches import batch_progress, cautions
from tests.build import a_party, a_submitted_case, in_state
from tests.cast import Cast
from tests.screening.build import FORTY, LANTERN, TRUE_WALK, file_of, row

pytestmark = pytest.mark.django_db

NIGHT = dt.datetime(2030, 3, 1, 2, tzinfo=dt.UTC)
NEW = row("Quillfeather Meteorology Ltd", addresses="1 Quay, London, GB")


@pytest.fixture(autouse=True)
def _lists(db: Any, settings: Any, tmp_path: Path) -> None:
    settings.SCREENING_INDEX_DIR = tmp_path / "index"
    indexes._loaded.cache_clear()
    ours._loaded.cache_clear()
    load(tmp_path, [*FORTY, LANTERN], "first.csv")


def load(folder: Path, rows: list[dict[str, str]], name: str) -> None:
    assert screening.refresh(file_of(folder, rows, name), by="adam").outcome == "loaded"


def done(batch_id: int | None) -> Batch:
    assert batch_id is not None
    rescreen.work(batch_id)
    return Batch.objects.get(pk=batch_id)


def asked_in(batch: Batch) -> set[str]:
    runs = batch.chunks.exclude(run=None).values("run")
    return set(RunSubject.objects.filter(run__in=runs).values_list("subject_ref", flat=True))


def test_the_first_time_every_party_is_screened(cast: Cast) -> None:
    near, far = a_party(by=cast.mira, name="Quartz Lantern Computing"), a_party(by=cast.mira, name="Holy Oaks Bakery")
    batch = done(rescreen.start())
    assert (batch.standing, batch.because) == ("done", "matcher")
    assert asked_in(batch) == {near.subject, far.subject}
    assert set(Match.objects.values_list("subject_ref", flat=True)) == {near.subject}


def test_afterwards_only_those_are_whom_a_changed_entry_may_mean(cast: Cast, tmp_path: Path) -> None:
    near = a_party(by=cast.mira, name="Quilfeather Meteorology")
    met = a_party(by=cast.mira, name="Quartz Lantern Computing")
    a_party(by=cast.mira, name="Holy Oaks Bakery")
    done(rescreen.start())
    assert rescreen.start() is None
    load(tmp_path, [*FORTY, LANTERN | {"license_policy": "Case by case"}, NEW], "second.csv")
    batch = done(rescreen.start())
    assert batch.because == "lists"
    assert asked_in(batch) == {near.subject, met.subject}
    assert Match.objects.filter(subject_ref=near.subject, listed_name__startswith="Quillfeather").exists()


def test_a_party_not_screened_fully_keeps_one_from_relying_on_the_batch(cast: Cast) -> None:
    a_party(by=cast.mira, name="Oslo Bakery", names=["★★★"])
    batch = done(rescreen.start())
    progress = batch_progress(batch)
    assert (progress.examined, progress.incomplete, progress.unsearched) == (1, 1, 0)
    assert cautions(batch, progress)[0] == "1 could not be screened fully and stays open."


def test_a_party_renamed_after_its_index_was_built_is_found_by_its_new_name(cast: Cast, tmp_path: Path) -> None:
    party = a_party(by=cast.mira, name="Holy Oaks Bakery")
    a_party(by=cast.mira, name="Marsh Tea House")
    rescreen.index_parties()
    done(rescreen.start())
    parties.add_name(party.ref, by=cast.mira, name="Quillfeather Meteorology")
    load(tmp_path, [*FORTY, LANTERN, NEW], "second.csv")
    assert asked_in(done(rescreen.start())) == {party.subject}


def test_an_authorized_case_goes_back_to_review_the_same_night(cast: Cast, tmp_path: Path) -> None:
    party = a_party(by=cast.mira, name="Quillfeather Meteorology")
    case = in_state(a_submitted_case(by=cast.mira, party=party), State.AUTHORIZED)
    other = in_state(a_submitted_case(by=cast.mira), State.AUTHORIZED)
    load(tmp_path, [*FORTY, LANTERN, NEW], "second.csv")
    told = rescreen_stale_cases()
    case.refresh_from_db()
    other.refresh_from_db()
    assert (case.state, other.state) == ("under_review", "authorized")
    progress = batch_progress(Batch.objects.get(pk=told["batch"]))
    assert (progress.reopened, progress.failed, progress.incomplete) == (1, 0, 0)
    assert Entry.objects.filter(action="case.reopen", subject=case.subject).count() == 1
    assert rescreen_stale_cases() == {}


def confirmed(case: Case) -> None:
    """Let Mira's case be searched, and Otto confirm the one match it finds."""
    screen.screen_parties(case.ref, by=None)
    screening.judge(
        Match.objects.get().pk,
        by="otto",
        verdict="match",
        code="same_address",
        reason="Same door, same sign.",
        answers=TRUE_WALK,
    )


def test_an_answer_that_no_longer_holds_is_not_said_to_hold(cast: Cast, signed_in: Any, tmp_path: Path) -> None:
    case = a_submitted_case(by=cast.mira, party=a_party(by=cast.mira, name="Quartz Lantern Computing"))
    screen.screen_parties(case.ref, by=None)
    screening.judge(
        Match.objects.get().pk,
        by="otto",
        verdict="no_match",
        code="different_name",
        reason="Another door, another sign.",
    )
    browser = signed_in(cast.otto)
    assert "holds until" in browser.get(f"/cases/{case.ref}/").content.decode()
    load(tmp_path, [*FORTY, LANTERN | {"addresses": "9 New Road, Shenzhen, CN"}, NEW], "second.csv")
    screen.screen_parties(case.ref, by=None)
    html = browser.get(f"/cases/{case.ref}/").content.decode()
    assert "the listed entry changed since it was judged" in html
    assert "holds until" not in html


@pytest.mark.parametrize(
    "changed", [[*FORTY, LANTERN | {"license_policy": "Case by case"}], FORTY], ids=["other words", "taken off"]
)
def test_a_confirmed_entry_that_moved_takes_the_case_back_once(
    cast: Cast, tmp_path: Path, changed: list[dict[str, str]]
) -> None:
    case = a_submitted_case(by=cast.mira, party=a_party(by=cast.mira, name="Quartz Lantern Computing"))
    confirmed(case)
    in_state(case, State.AUTHORIZED)
    load(tmp_path, [*changed, NEW], "second.csv")
    rescreen_stale_cases()
    case.refresh_from_db()
    assert case.state == "under_review"
    entry = Entry.objects.get(action="case.reopen", subject=case.subject)
    told = entry.payload
    assert (told["because"], told["undecided"], told["confirmed_moved"]) == ("confirmed entry", 0, 1)
    in_state(case, State.AUTHORIZED)
    load(tmp_path, [*changed, NEW, row("Tandoora Brickworks")], "third.csv")
    rescreen_stale_cases()
    case.refresh_from_db()
    assert case.state == "authorized"


def test_a_party_found_when_the_lists_changed_does_not_pass_for_one_without_a_match(cast: Cast, tmp_path: Path) -> None:
    party = a_party(by=cast.mira, name="Quillfeather Meteorology")
    case = a_submitted_case(by=cast.mira, party=party)
    screen.screen_parties(case.ref, by=None)
    assert party_screening(party).words == "no match open"
    in_state(case, State.SHIPPED)
    load(tmp_path, [*FORTY, LANTERN, NEW], "second.csv")
    rescreen_stale_cases()
    assert party_screening(party).words == "1 match not judged"


def test_parties_whose_part_broke_are_tried_again_an_hour_later(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = a_party(by=cast.mira, name="Quartz Lantern Computing")
    with time_machine.travel(NIGHT, tick=False), monkeypatch.context() as broken:
        broken.setattr("compliance.services.rescreen.subjects_of", lambda _parties: 1 / 0)
        first = done(rescreen.start())
    assert (first.standing, batch_progress(first).failed, asked_in(first)) == ("done", 1, set())
    with time_machine.travel(NIGHT + dt.timedelta(minutes=50), tick=False):
        assert rescreen.start() is None
    with time_machine.travel(NIGHT + dt.timedelta(minutes=70), tick=False):
        again = done(rescreen.start())
    assert (again.because, asked_in(again)) == ("broken", {party.subject})
    assert rescreen.start() is None


def test_cut_off_anywhere_it_ends_with_the_same_result(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screening.services.batches.PARTIES", 1)
    for name in ("Quartz Lantern Computing", "Brontix Quorvel Works", "Holy Oaks Bakery"):
        a_submitted_case(by=cast.mira, party=a_party(by=cast.mira, name=name))
    whole = done(rescreen.start(everybody=True))
    load(tmp_path, [*FORTY, LANTERN, NEW], "second.csv")
    before = Run.objects.count()
    cut = rescreen.start(everybody=True)
    assert cut is not None
    assert rescreen.work(cut, most=1) == 1
    with pytest.raises(RuntimeError), transaction.atomic():
        rescreen.work(cut, most=3)
        raise RuntimeError("killed")
    assert batch_progress(Batch.objects.get(pk=cut)).done == 1
    assert rescreen.start() == cut
    again = done(cut)
    assert again.standing == "done"
    assert asked_in(again) == asked_in(whole)
    assert Run.objects.count() == before + 6
    assert Entry.objects.filter(action="batch.finish", subject=f"batch:{cut}").count() == 1


def test_lists_replaced_on_the_way_stop_the_batch_and_the_next_searches_all(cast: Cast, tmp_path: Path) -> None:
    party = a_party(by=cast.mira, name="Quillfeather Meteorology")
    cut = rescreen.start()
    assert cut is not None
    load(tmp_path, [*FORTY, LANTERN, NEW], "second.csv")
    assert rescreen.work(cut) == 0
    assert Batch.objects.get(pk=cut).standing == "stopped"
    assert asked_in(done(rescreen.start())) == {party.subject}


def test_who_may_not_load_lists_may_not_rescreen(cast: Cast) -> None:
    with pytest.raises(NotYours):
        rescreen.start(by=cast.mira, everybody=True)
    assert not Batch.objects.exists()
