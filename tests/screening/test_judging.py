"""Screening our parties, judging matches, and how a clearance lapses."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from audit.models import Entry
from screening import queries, services
from screening.models import Batch, Judgement, Match, Run
from screening.queries import footnotes_of
from screening.reasons import Refusal
from screening.services import Subject, batches, touching
from tests.screening.build import FORTY, LANTERN, TRUE_WALK, file_of, row

pytestmark = pytest.mark.django_db

OURS = Subject("party:1", ("Quarz Lantern Computing Limited", "石英灯计算"), countries=("CN",))
REASON = "Another company: founded in 1994, in Oslo."


def screened(subject: Subject = OURS) -> Run:
    return services.screen([subject])


def only_match(run: Run) -> Match:
    return Match.objects.get(run=run)


def clear(run: Run) -> None:
    services.judge(only_match(run).pk, by="mira", verdict="no_match", code="different_name", reason=REASON)


def confirm(run: Run) -> None:
    services.judge(
        only_match(run).pk,
        by="otto",
        verdict="match",
        code="same_address",
        reason="Same door, same sign.",
        answers=TRUE_WALK,
    )


def test_a_party_is_screened_by_any_of_its_names(lists: Any) -> None:
    run = screened(Subject("party:1", ("Oslo Bakery", "Quartz Lantern Computing")))
    match = only_match(run)
    assert (run.state, match.our_name, match.listed_name) == (
        "complete", "Quartz Lantern Computing", "Quartz Lantern Computing Co., Ltd.",
    )  # fmt: skip
    assert match.reasons
    assert run.coverage["searched"] == {"EL": 41}


@pytest.mark.parametrize(
    ("address", "alike"), [("8 Lantern Road, Hefei, Anhui, CN", True), ("1 Karl Johans gate, Oslo", False)]
)
def test_an_undecided_match_says_whether_the_address_agrees_too(lists: Any, address: str, alike: bool) -> None:
    subject = Subject(OURS.ref, OURS.names, countries=("CN",), addresses=(address,))
    run = screened(subject)
    assert queries.standing(subject.ref, run).address_alike is alike
    clear(run)
    assert queries.standing(subject.ref, run).address_alike is False


def test_without_lists_a_run_has_failed_and_settles_nothing(db: Any) -> None:
    run = screened()
    standing = queries.standing("party:1", run)
    assert run.state == "failed"
    assert standing.run_state == "failed"
    assert not standing.settled


def test_a_party_without_a_comparable_name_makes_the_run_partial_for_it_alone(lists: Any) -> None:
    run = services.screen([Subject("party:1", ("🚀",)), Subject("party:2", ("Oslo Bakery",))])
    standings = queries.standings(["party:1", "party:2"], run)
    assert run.state == "partial"
    assert not standings["party:1"].settled
    assert standings["party:2"].settled


def test_a_name_too_long_to_be_compared_whole_is_a_gap(lists: Any) -> None:
    assert screened(Subject("party:1", ("Quorvel " * 1250,))).state == "partial"


def test_a_party_the_run_did_not_ask_about_stands_nowhere(lists: Any) -> None:
    assert not queries.standing("party:99", screened()).settled


def test_an_unjudged_match_is_undecided(lists: Any) -> None:
    run = screened()
    standing = queries.standing("party:1", run)
    assert [match.why for match in standing.undecided] == ["new"]
    assert services.undecided_matches(run) == 1


def test_a_clearance_holds_for_the_pair_in_the_next_run(lists: Any) -> None:
    clear(screened())
    standing = queries.standing("party:1", screened())
    assert standing.settled
    assert [match.standing for match in standing.cleared] == ["cleared"]


def test_a_clearance_of_one_party_does_not_clear_another(lists: Any) -> None:
    clear(screened())
    other = Subject("party:2", OURS.names, countries=OURS.countries)
    assert not queries.standing("party:2", screened(other)).settled


def test_a_clearance_lapses_when_our_party_changes(lists: Any) -> None:
    clear(screened())
    changed = Subject("party:1", (*OURS.names, "Lantern Computing"), countries=("CN",))
    assert [m.why for m in queries.standing("party:1", screened(changed)).undecided] == ["subject_changed"]


def test_the_order_of_names_is_no_change(lists: Any) -> None:
    clear(screened())
    same = Subject("party:1", OURS.names[::-1], countries=("CN",))
    assert queries.standing("party:1", screened(same)).settled


def test_a_clearance_lapses_when_the_entry_changes(lists: Any, tmp_path: Path) -> None:
    clear(screened())
    altered = LANTERN | {"addresses": "9 Other Road, Hefei, CN"}
    services.refresh(file_of(tmp_path, [*FORTY, altered]), by="mira")
    assert [m.why for m in queries.standing("party:1", screened()).undecided] == ["entry_changed"]


def test_a_clearance_lapses_when_the_matcher_changes(lists: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    clear(screened())
    for module in ("services.running", "services.judging", "queries.standing"):
        monkeypatch.setattr(import_module(f"screening.{module}"), "MATCHER_VERSION", "another")
    assert [m.why for m in queries.standing("party:1", screened()).undecided] == ["matcher_changed"]


def test_a_clearance_expires(lists: Any, settings: Any) -> None:
    settings.GATEHOUSE_CLEARANCE_DAYS = 30
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), tick=False):
        clear(screened())
    with time_machine.travel(dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC), tick=False):
        assert queries.standing("party:1", screened()).settled
    with time_machine.travel(dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC), tick=False):
        assert [m.why for m in queries.standing("party:1", screened()).undecided] == ["expired"]


def test_unsure_stays_undecided(lists: Any) -> None:
    run = screened()
    services.judge(
        only_match(run).pk, by="mira", verdict="unsure", code="more_information", reason="Waiting for the registry."
    )
    assert [m.why for m in queries.standing("party:1", run).undecided] == ["unsure"]


def test_the_latest_judgement_counts(lists: Any) -> None:
    run = screened()
    clear(run)
    confirm(run)
    standing = queries.standing("party:1", run)
    assert [match.judgement.by for match in standing.matched] == ["otto"]
    assert [one.by for one in queries.earlier_judgements("party:1", only_match(run).entity_key)] == ["otto", "mira"]


def test_a_confirmed_match_survives_a_change_of_our_party(lists: Any) -> None:
    run = screened()
    confirm(run)
    changed = Subject("party:1", (*OURS.names, "Lantern Computing"), countries=("CN",))
    assert len(queries.standing("party:1", screened(changed)).matched) == 1


def test_a_judgement_leaves_an_entry_with_its_reason(lists: Any) -> None:
    clear(screened())
    entry = Entry.objects.get(action="match.judge")
    assert (entry.subject, entry.actor) == ("party:1", "mira")
    assert (entry.payload["verdict"], entry.payload["reason"]) == ("no_match", REASON)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"verdict": "clear"}, "verdict"),
        ({"code": "same_address"}, "code"),
        ({"reason": "no"}, "reason"),
        ({"reason": "\u202e\x00 \n"}, "reason"),
        ({"reason": "x" * 4001}, "reason"),
    ],
)
def test_an_unusable_answer_is_refused_and_nothing_is_kept(lists: Any, told: dict[str, str], field: str) -> None:
    answer = {"verdict": "no_match", "code": "different_name", "reason": REASON} | told
    with pytest.raises(Refusal) as caught:
        services.judge(only_match(screened()).pk, by="mira", **answer)
    assert caught.value.field == field
    assert not Judgement.objects.exists()


@pytest.mark.parametrize("table", ["judgement", "match", "run", "runsubject"])
def test_what_was_screened_and_judged_cannot_be_deleted(lists: Any, table: str) -> None:
    clear(screened())
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM screening_{table}")


def test_a_confirmed_listing_tells_the_law_what_the_list_says(lists: Any, tmp_path: Path) -> None:
    run = screened()
    confirm(run)
    [listing] = queries.confirmed_listings(["party:1"])["party:1"]
    assert (listing.list_code, listing.footnotes, listing.start_date) == ("EL", ("4",), dt.date(2024, 5, 14))
    assert (listing.license_policy, listing.on_current_list) == ("Presumption of denial", True)
    services.refresh(file_of(tmp_path, [*FORTY, row("Newcomer")]), by="mira")
    [listing] = queries.confirmed_listings(["party:1"])["party:1"]
    assert not listing.on_current_list
    assert listing.list_code == "EL"


@pytest.mark.parametrize(
    ("words", "footnotes"),
    [
        ("For all items subject to the EAR, see §§ 734.9(e)1 and 744.11 of the EAR2", ("1", "2")),
        ("For All Items Subject to the EAR (See §734.9(e)(2), and §744.11 of the EAR)4.", ("4",)),
        ("For all items subject to the EAR (See §§734.4(a)(9), 734.9(e)(3), and 744.11 of the EAR)5", ("5",)),
        ("For all items subject to the EAR. (See §§ 734.9(g),3 746.8(a)(3), and 744.21(b) of the EAR)", ("3",)),
        ("For all items subject to the EAR. (See §§ 734.9(e)(2) and 744.11 of the EAR)", ("4",)),
        ("All items subject to the EAR; see footnote 4.", ("4",)),
        ("For all items subject to the EAR. (See §744.11 of the EAR)", ()),
        ("", ()),
    ],
)
def test_footnotes_are_read_out_of_the_requirement(words: str, footnotes: tuple[str, ...]) -> None:
    assert footnotes_of(words) == footnotes


def test_a_changed_list_touches_those_it_may_concern_and_nobody_else(lists: Any, tmp_path: Path) -> None:
    clear(screened())
    bakery, newcomer = Subject("party:2", ("Oslo Bakery",)), Subject("party:3", ("Brandnew Zephyrion Labs",))
    before = Batch.objects.get(pk=batches.begin_rescreening(cases=[], parties=["party:1"], by="mira", because="asked"))
    changed = [*FORTY, LANTERN | {"license_policy": "Policy of denial"}, row("Brandnew Zephyrion Laboratories Ltd")]
    services.refresh(file_of(tmp_path, changed), by="mira")
    told = touching.changed_since(before)
    assert told is not None
    assert touching.met_before(told) == {"party:1"}
    assert touching.concerned(told, [OURS, bakery, newcomer]) == {"party:1", "party:3"}


def test_a_run_knows_when_the_lists_have_moved_on(lists: Any, tmp_path: Path) -> None:
    run = screened()
    assert run.searched_key == services.current_searched()
    services.refresh(file_of(tmp_path, [*FORTY, LANTERN, row("Newcomer")]), by="mira")
    assert run.searched_key != services.current_searched()


def test_an_earlier_day_is_screened_on_the_lists_of_that_day(db: Any, tmp_path: Path) -> None:
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), tick=False):
        services.refresh(file_of(tmp_path, FORTY, "march.csv"), by="mira")
    with time_machine.travel(dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC), tick=False):
        services.refresh(file_of(tmp_path, [*FORTY, LANTERN], "may.csv"), by="mira")
        assert not Match.objects.filter(run=services.screen([OURS], on=dt.date(2026, 4, 1))).exists()
        assert Match.objects.filter(run=services.screen([OURS], on=dt.date(2026, 5, 1))).exists()
        assert services.screen([OURS], on=dt.date(2026, 1, 1)).state == "failed"


def test_lists_grow_stale(lists: Any, settings: Any) -> None:
    settings.GATEHOUSE_LIST_MAX_AGE_DAYS = 3
    assert not queries.coverage().stale
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=4), tick=False):
        assert queries.coverage().stale


def test_coverage_names_what_is_not_searched(lists: Any) -> None:
    coverage = queries.coverage()
    assert [one.code for one in coverage.searched] == ["EL"]
    assert "SDN" in [one.code for one in coverage.absent]
    assert any("1260H" in str(title) for title, _why in coverage.not_searched)


def test_standings_of_many_parties_cost_a_constant_number_of_queries(
    lists: Any, django_assert_num_queries: Any
) -> None:
    subjects = [Subject(f"party:{n}", OURS.names) for n in range(8)]
    run = services.screen(subjects)
    with django_assert_num_queries(2):
        assert len(queries.standings([s.ref for s in subjects], run)) == 8


TWINS = [row("Twin Quorvel Foundry", _id=f"twin-{n}", addresses=f"{n} Foundry Lane, Wuhan, CN") for n in range(1, 5)]


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_clearance_of_a_namesake_outlasts_that_another_comes_or_goes(db: Any, tmp_path: Path, gone: int) -> None:
    services.refresh(file_of(tmp_path, [*FORTY, *TWINS[:3]], "first.csv"), by="mira")
    ours = Subject("party:1", ("Twin Quorvel Foundry Ltd",))
    for match in Match.objects.filter(run=services.screen([ours])):
        services.judge(match.pk, by="mira", verdict="no_match", code="different_name", reason=REASON)
    stay = [one for number, one in enumerate(TWINS[:3]) if number != gone]
    services.refresh(file_of(tmp_path, [*FORTY, *stay], "second.csv"), by="mira")
    assert len(queries.standing(ours.ref, services.screen([ours])).cleared) == 2
    services.refresh(file_of(tmp_path, [TWINS[3], *FORTY, *stay], "third.csv"), by="mira")
    standing = queries.standing(ours.ref, services.screen([ours]))
    assert (len(standing.cleared), len(standing.undecided)) == (2, 1)


def test_a_search_on_a_past_day_does_not_take_the_place_of_the_newest(lists: Any, scope: Any, tmp_path: Path) -> None:
    mira = object()
    subject = Subject("party:1", ("Newcomer Ristano",))
    with time_machine.travel(dt.datetime(2099, 1, 2, 12, tzinfo=dt.UTC), tick=False):
        services.refresh(file_of(tmp_path, [*FORTY, LANTERN, row("Newcomer Ristano")]), by="mira")
        services.screen([subject])
        waiting = queries.match_rows(mira).count()
        past = services.screen([subject], on=dt.date(2099, 1, 1))
    assert not past.matches.filter(score__gt=0.9).exists()
    assert queries.match_rows(mira).filter(score__gt=0.9).count() == 1
    assert queries.match_rows(mira).count() == waiting
