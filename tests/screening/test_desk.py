"""The hit desk: its order, its filters, the questions before a true match, and several answers at once."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import time_machine

from audit.models import Entry
from screening import queries, services, walk
from screening.models import Judgement, Match
from screening.queries import Filters
from screening.queries.compare import source_words
from screening.queries.matches import word_views
from screening.reasons import Refusal
from screening.services import Subject
from tests.screening.build import FORTY, LANTERN, TRUE_WALK, file_of, row

pytestmark = pytest.mark.django_db

REASON = "Another company: founded in 1994, in Oslo."
OURS = Subject("party:1", ("Quarz Lantern Computing Limited",), countries=("CN",))


@pytest.fixture(autouse=True)
def _lenient(settings: Any) -> None:
    """Propose what merely resembles: what is tested here begins after the search."""
    settings.GATEHOUSE_MATCH_THRESHOLD = 0.002


class Reader:
    """A person who sees everything."""

    def get_username(self) -> str:
        return "otto"


@pytest.fixture
def otto(scope: Any) -> Reader:
    return Reader()


def proposed(*subjects: Subject) -> list[Match]:
    run = services.screen(subjects or (OURS,))
    return list(Match.objects.filter(run=run).order_by("subject_ref"))


def near(count: int, start: int = 1) -> list[Subject]:
    """Parties whose names resemble the entry without being its name."""
    return [Subject(f"party:{n}", (f"Quarz Lantern Computing Branch {n}",)) for n in range(start, start + count)]


def answer(match: Match, verdict: str = "no_match", code: str = "different_name", **told: Any) -> int:
    return services.judge(
        match.pk, by=told.pop("by", "mira"), verdict=verdict, code=code, reason=told.pop("reason", REASON), **told
    )


def shown(user: Reader, **asked: Any) -> list[queries.QueueRow]:
    found = queries.queue(user, Filters(**asked))
    return queries.queue_rows(found, found.ids)


# --- the questions ---------------------------------------------------------------------------------------------------
def test_a_true_match_is_refused_without_the_questions(lists: Any) -> None:
    [match] = proposed()
    with pytest.raises(Refusal, match="Question 1 is not answered"):
        answer(match, "match", "same_address")
    with pytest.raises(Refusal, match="Question 5 is not answered"):
        answer(match, "match", "same_address", answers={k: v for k, v in TRUE_WALK.items() if k != "similarities"})
    assert not Judgement.objects.exists()


@pytest.mark.parametrize(
    ("changed", "step"),
    [({"entry": "no"}, 1), ({"kind": "different"}, 2), ({"name": "one"}, 3), ({"similarities": "none"}, 5)],
)
def test_a_true_match_is_refused_against_the_answers(lists: Any, changed: dict[str, str], step: int) -> None:
    [match] = proposed()
    with pytest.raises(Refusal, match=f"answer to question {step} says that there is no valid match"):
        answer(match, "match", "same_address", answers=TRUE_WALK | changed)


def test_an_answer_that_is_none_is_refused_by_its_question(lists: Any) -> None:
    [match] = proposed()
    with pytest.raises(Refusal, match="“perhaps” is not an answer to the question: Are both of the same kind"):
        answer(match, answers={"kind": "perhaps"})


def test_the_answers_are_kept_with_the_judgement_and_in_the_chain(lists: Any) -> None:
    [match] = proposed()
    answer(match, "match", "same_address", answers=TRUE_WALK)
    assert Judgement.objects.get().walk == TRUE_WALK
    assert Entry.objects.get(action="match.judge").payload["walk"] == TRUE_WALK
    assert queries.earlier_judgements(match.subject_ref, match.entity_key)[0].walk == TRUE_WALK


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, "match"),
        ({"entry": "no"}, "no_match"),
        ({"name": "one"}, "no_match"),
        ({"name": "one", "number": "agrees"}, "match"),
        ({"kind": "different", "number": "agrees"}, "no_match"),
        ({"similarities": "few"}, "more"),
        ({"similarities": "none"}, "no_match"),
        ({"address": "unknown", "country": "unknown"}, "more"),
    ],
)
def test_the_walk_says_what_the_guidance_says(changed: dict[str, str], says: str) -> None:
    assert walk.advice(TRUE_WALK | changed).says == says


def test_the_walk_is_open_until_its_last_question() -> None:
    given: dict[str, str] = {}
    while (question := walk.next_question(given)) is not None:
        assert walk.advice(given).says == "open"
        given[question.key] = TRUE_WALK[question.key]
    assert [walk.BY_KEY[key].step for key in given] == [1, 2, 3, 4, 4, 4, 4, 5]


# --- passing on ------------------------------------------------------------------------------------------------------
def test_a_match_passed_on_waits_for_the_colleague_named(lists: Any, otto: Reader) -> None:
    [match] = proposed()
    answer(match, "escalated", "second_opinion", waits_for="otto")
    [view] = queries.standing("party:1", match.run).undecided
    assert (view.why, view.judgement.waits_for) == ("escalated", "otto")  # type: ignore[union-attr]
    assert queries.queue(otto, Filters(show="mine")).ids == [match.pk]
    assert Entry.objects.get(action="match.escalate").payload["waits_for"] == "otto"
    answer(match, by="otto")
    assert queries.queue(otto, Filters(show="escalated")).ids == []
    assert queries.standing("party:1", match.run).settled


@pytest.mark.parametrize(
    ("to", "words"), [("", "Choose the colleague"), ("mira", "yourself"), ("carl", "may not judge")]
)
def test_a_match_is_passed_on_only_to_somebody_who_may_answer_it(lists: Any, to: str, words: str) -> None:
    [match] = proposed()
    with pytest.raises(Refusal, match=words):
        answer(match, "escalated", "second_opinion", waits_for=to)
    assert not Judgement.objects.exists()


# --- order and filters -----------------------------------------------------------------------------------------------
def test_the_all_but_named_stand_first_and_the_sort_can_be_changed(lists: Any, otto: Reader) -> None:
    weak = Subject("party:1", ("Quarz Lantern Compute Trading",))
    same = Subject("party:2", ("Quartz Lantern Computing Co Ltd",))
    first = {m.subject_ref: m for m in proposed(weak, same)}
    rows = shown(otto)
    assert [r.match.subject_ref for r in rows] == ["party:2", "party:1"]
    assert rows[0].rank == 1
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=3), tick=False):
        assert shown(otto, sort="age")[0].days_waiting == 3
    assert queries.place_of(otto, first["party:2"].pk, Filters()).next_id == first["party:1"].pk
    assert queries.place_of(otto, first["party:1"].pk, Filters()).previous_id == first["party:2"].pk


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(list_code="EL"), 1),
        (Filters(list_code="SDN"), 0),
        (Filters(words="lantern"), 1),
        (Filters(words="bakery"), 0),
        (Filters(at_least=50), 1),
        (Filters(show="decided"), 0),
        (Filters(show="escalated"), 0),
    ],
)
def test_the_queue_holds_what_is_asked_for(lists: Any, otto: Reader, filters: Filters, found: int) -> None:
    proposed()
    assert len(queries.queue(otto, filters).ids) == found


def test_a_pair_waits_since_it_was_proposed_again_after_its_clearance(lists: Any, otto: Reader, settings: Any) -> None:
    settings.GATEHOUSE_CLEARANCE_DAYS = 30
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), tick=False):
        answer(proposed()[0])
    with time_machine.travel(dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC), tick=False):
        proposed()
    with time_machine.travel(dt.datetime(2026, 5, 3, 12, tzinfo=dt.UTC), tick=False):
        [row_] = shown(otto)
    assert row_.days_waiting == 2


# --- several at once -------------------------------------------------------------------------------------------------
def together(matches: list[Match], **told: Any) -> list[int]:
    ids = told.pop("ids", [match.pk for match in matches])
    return services.judge_together(ids, by="mira", code=told.pop("code", "different_name"), reason=REASON)


def test_several_parties_are_cleared_of_one_entry_each_with_an_entry_of_its_own(lists: Any) -> None:
    matches = proposed(*near(3))
    assert len(together(matches)) == 3
    assert set(Judgement.objects.values_list("verdict", flat=True)) == {"no_match"}
    assert [e.subject for e in Entry.objects.filter(action="match.judge").order_by("pk")] == [
        "party:1", "party:2", "party:3",
    ]  # fmt: skip


def test_fifty_at_most_are_answered_together(lists: Any) -> None:
    matches = proposed(*near(51))
    with pytest.raises(Refusal, match="51 matches are ticked; at most 50"):
        together(matches)
    assert len(together(matches[:50])) == 50


def test_one_that_cannot_be_answered_so_holds_up_all(lists: Any) -> None:
    exact = Subject("party:9", ("Quartz Lantern Computing Limited",))
    matches = proposed(*near(2), exact)
    with pytest.raises(Refusal, match="“Quartz Lantern Computing Limited” has the name"):
        together(matches)
    assert not Judgement.objects.exists()


def test_a_match_by_number_is_answered_by_itself(db: Any, tmp_path: Path) -> None:
    listed = LANTERN | {"ids": "Registration Number, 91340100MA2, CN"}
    services.refresh(file_of(tmp_path, [*FORTY, listed]), by="mira")
    subject = Subject("party:1", ("Quarz Lantern Computing Branch",), identifiers=("91340100MA2",))
    with pytest.raises(Refusal, match="Answer this match by itself"):
        together(proposed(subject))


def test_two_entries_are_not_answered_together(db: Any, tmp_path: Path) -> None:
    other = row("Zephyrion Telemetry Works Ltd", addresses="4 Quay, Hefei, CN")
    services.refresh(file_of(tmp_path, [*FORTY, LANTERN, other]), by="mira")
    matches = proposed(*near(1), Subject("party:7", ("Zephyrion Telemetrics",)))
    with pytest.raises(Refusal, match="more than one entry"):
        together(matches)


@pytest.mark.parametrize("meanwhile", ["judged", "screened again", "passed on"])
def test_what_changed_meanwhile_is_not_answered_together(lists: Any, meanwhile: str) -> None:
    matches = proposed(*near(2))
    if meanwhile == "judged":
        answer(matches[0])
    elif meanwhile == "screened again":
        proposed(*near(1))
    else:
        answer(matches[0], "escalated", "second_opinion", waits_for="otto")
    with pytest.raises(Refusal, match="since the page was opened"):
        together(matches)


@pytest.mark.parametrize(("told", "words"), [({"ids": []}, "Tick at least one"), ({"ids": [0]}, "does not exist")])
def test_nothing_or_nobody_is_not_answered_together(lists: Any, told: dict[str, Any], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        together([], **told)


# --- clearances: what reopens them, and nothing else -----------------------------------------------------------------
def _unchanged(directory: Path, patch: Any) -> Subject:
    return OURS


def _other_entry_changed(directory: Path, patch: Any) -> Subject:
    services.refresh(file_of(directory, [*FORTY[1:], LANTERN, row("Newcomer")], "next.csv"), by="mira")
    return OURS


def _our_party_changed(directory: Path, patch: Any) -> Subject:
    return Subject("party:1", (*OURS.names, "Lantern Computing"), countries=("CN",))


def _entry_changed(directory: Path, patch: Any) -> Subject:
    services.refresh(file_of(directory, [*FORTY, LANTERN | {"addresses": "9 Other Road, CN"}], "next.csv"), by="mira")
    return OURS


def _matcher_changed(directory: Path, patch: Any) -> Subject:
    for module in ("services.running", "services.judging", "queries.standing"):
        patch.setattr(import_module(f"screening.{module}"), "MATCHER_VERSION", "another")
    return OURS


@pytest.mark.parametrize(
    ("happened", "days", "why"),
    [
        (_unchanged, 1, ""),
        (_unchanged, 30, ""),
        (_other_entry_changed, 1, ""),
        (_unchanged, 31, "expired"),
        (_our_party_changed, 1, "subject_changed"),
        (_entry_changed, 1, "entry_changed"),
        (_matcher_changed, 1, "matcher_changed"),
    ],
)
def test_a_clearance_reopens_for_its_reasons_only_and_the_queue_says_the_same(
    happened: Any, days: int, why: str, lists: Any, otto: Reader, settings: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    settings.GATEHOUSE_CLEARANCE_DAYS = 30
    now = dt.datetime.now(dt.UTC).replace(hour=12)
    with time_machine.travel(now, tick=False):
        answer(proposed()[0])
    with time_machine.travel(now + dt.timedelta(days=days), tick=False):
        [match] = proposed(happened(tmp_path, monkeypatch))
        standing = queries.standing("party:1", match.run)
        assert [view.why for view in standing.undecided] == ([why] if why else [])
        assert bool(queries.queue(otto, Filters()).ids) is bool(why)
        assert bool(queries.queue(otto, Filters(show="decided")).ids) is not bool(why)


def test_a_later_run_takes_no_evidence_away(lists: Any, otto: Reader, tmp_path: Path) -> None:
    [match] = proposed()
    judged = answer(match)
    services.refresh(file_of(tmp_path, [*FORTY, row("Newcomer")], "next.csv"), by="mira")
    assert proposed() == []
    page = queries.match_for(otto, match.pk)
    assert page is not None
    assert not page.is_latest
    assert [one.reason for one in page.earlier] == [REASON]
    assert page.listed.name == "Quartz Lantern Computing Co., Ltd."
    assert Judgement.objects.get(pk=judged).match_id == match.pk


# --- side by side ----------------------------------------------------------------------------------------------------
def test_a_word_without_a_counterpart_is_marked_and_what_was_not_compared_is_said(lists: Any, otto: Reader) -> None:
    [match] = proposed(Subject("party:1", ("Quarz Lantern Computing Bakery",), countries=("NO",)))
    page = queries.match_for(otto, match.pk)
    assert page is not None
    fields = {field.key: field for field in page.fields}
    assert [part.text for part in fields["names"].ours[0].parts if not part.met] == ["Bakery"]
    assert [part.text for part in fields["names"].theirs[0].parts if not part.met] == []
    assert fields["countries"].agreement == "differs"
    assert fields["identifiers"].agreement == "unknown"
    assert "Numbers: neither side tells any." in page.not_compared
    assert "Addresses: ours are not known." in page.not_compared


def test_a_chinese_name_stands_beside_the_reading_that_was_compared(lists: Any, otto: Reader) -> None:
    subject = Subject("party:1", ("石英灯笼计算有限公司", "Quarz Lantern Computing"))
    page = queries.match_for(otto, proposed(subject)[0].pk)
    assert page is not None
    chinese = page.fields[0].ours[0]
    assert (chinese.parts[0].text, chinese.script) == ("石英灯笼计算有限公司", "Chinese script")
    assert chinese.reading


def test_every_word_says_whom_it_met_and_how_rare_it_is(lists: Any, otto: Reader) -> None:
    [match] = proposed(Subject("party:1", ("Quarz Lantern Computing Bakery",), countries=("CN",)))
    page = queries.match_for(otto, match.pk)
    assert page is not None
    told = {word.ours: (word.listed, word.alike, str(word.rare)) for word in page.words}
    assert told["lantern"] == ("lantern", 100, "rare")
    assert told["computer"][::2] == ("computer", "common")
    assert told["bakery"][:2] == ("", 0)


def test_words_kept_before_rarity_was_are_shown_without_it() -> None:
    [word] = word_views([["lantern", "lantern", 1.0]])
    assert (word.ours, word.alike, word.rare) == ("lantern", 100, "")


def test_another_spelling_is_told_from_the_same_and_from_none(lists: Any, otto: Reader) -> None:
    [match] = proposed(Subject("party:1", ("Quarz Lantern Computing Bakery",), countries=("NO",)))
    page = queries.match_for(otto, match.pk)
    assert page is not None
    ours = page.fields[0].ours[0].parts
    assert [part.text for part in ours if part.near] == ["Quarz"]
    assert [part.text for part in ours if not part.met] == ["Bakery"]


def test_a_country_that_both_sides_tell_is_not_marked_in_an_address(lists: Any, otto: Reader) -> None:
    [match] = proposed(Subject("party:1", OURS.names, addresses=("8 Lantern Road",), countries=("CN",)))
    page = queries.match_for(otto, match.pk)
    assert page is not None
    theirs = next(field for field in page.fields if field.key == "addresses").theirs[0].parts
    assert [part.text for part in theirs if not part.met] == ["Hefei, Anhui"]


def test_a_chinese_address_is_shown_as_it_was_compared(lists: Any, otto: Reader) -> None:
    [match] = proposed(Subject("party:1", OURS.names, addresses=("合肥市灯笼路8号",), countries=("CN",)))
    page = queries.match_for(otto, match.pk)
    assert page is not None
    ours = next(field for field in page.fields if field.key == "addresses").ours[0]
    assert (ours.parts[0].text, ours.script) == ("合肥市灯笼路8号", "Chinese script")
    assert "hefei" in {part.text for part in ours.reading if part.met}


@pytest.mark.parametrize(
    ("address", "agreement"),
    [
        ("Lantern Road, Hefei", "similar"),
        ("8 Lantern Road, Hefei, Anhui", "agrees"),
        ("77 Lantern Road, Hefei, Anhui", "differs"),
        ("Karl Johans gate, Oslo", "differs"),
    ],
)
def test_an_address_without_a_number_is_compared_by_its_place(
    lists: Any, otto: Reader, address: str, agreement: str
) -> None:
    [match] = proposed(Subject("party:1", OURS.names, addresses=(address,), countries=("CN",)))
    page = queries.match_for(otto, match.pk)
    assert page is not None
    assert next(field for field in page.fields if field.key == "addresses").agreement == agreement


def test_the_thresholds_in_force_are_told_in_words(settings: Any) -> None:
    settings.GATEHOUSE_MATCH_THRESHOLD = 0.1
    settings.GATEHOUSE_MATCH_THRESHOLDS = "[{list: EL, threshold: 0.05}, {type: vessel, threshold: 0.3}]"
    told = [(one.percent, str(one.list_title), str(one.kind)) for one in queries.thresholds()]
    assert told == [(10.0, "", ""), (5.0, "Entity List", ""), (30.0, "", "vessel")]


def test_the_source_of_an_alias_is_told_in_the_words_of_the_reader() -> None:
    assert source_words("长江存储: Company's own English name") == "长江存储: its own English name"
    assert source_words("METI list no. 297") == "METI list no. 297"
    assert source_words("HKEX 0981") == "HKEX 0981"
