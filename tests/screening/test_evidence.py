"""What else speaks for or against a match besides a company's name, and names nobody should have sent."""

from __future__ import annotations

import subprocess
import sys

import pytest

from screening.matching import Entry, Index, Who, find, forms
from screening.matching.align import alike
from screening.matching.names import LONGEST, form
from screening.matching.score import WEIGHTS, same_address

ENTRIES = [
    Entry(1, ("Quorvel Star",), kind="vessel"),
    Entry(2, ("Marble Orchard Trading Co., Ltd.",), ("12 Harbour Drive, Kowloon",), ("HK",), ("HRB 5512345",)),
    Entry(3, ("Bureau of Lantern Quality Inspection",)),
    Entry(4, (), ("Room 1405, 27/F Harbour Centre, 900 Canton Road, Kowloon",), ("HK",)),
    Entry(5, ("Sky Rise Lantern Technology Ltd.",), (), ("CN",)),
    Entry(6, ("20th Research Institute of Lantern Group",), (), ("CN",)),
    Entry(7, ("Shenzhen Runyang Lantern Ltd",), (), ("CN",)),
]


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(ENTRIES)


def signals(index: Index, who: Who) -> set[str]:
    return {reason.signal for reason in find(who, index)[0].score.reasons}


@pytest.mark.parametrize("name", ["M/V Quorvel Star", "MV QUORVEL STAR", "m.v. Quorvel Star"])
def test_a_vessel_is_found_with_and_without_what_ships_are_called(index: Index, name: str) -> None:
    found = find(Who((name,), kind="vessel"), index)[0]
    assert found.id == 1
    assert found.score.value > 0.9


def test_initials_find_the_whole_name_and_say_so(index: Index) -> None:
    found = find(Who(("BLQI",)), index)[0]
    assert found.id == 3
    assert "initials_agree" in {reason.signal for reason in found.score.reasons}


@pytest.mark.parametrize(
    ("ours", "listed", "least"),
    [
        ("12 Harbour Dr., Kowloon", "12 Harbour Drive, Kowloon", 0.99),
        ("Rm 1405, Blk 3, 900 Canton Rd", "Room 1405, Block 3, 900 Canton Road", 0.99),
        ("13 Harbour Drive, Kowloon", "12 Harbour Drive, Kowloon", 0.0),
        ("", "12 Harbour Drive, Kowloon", 0.0),
    ],
)
def test_streets_are_compared_by_number_and_whole_words(ours: str, listed: str, least: float) -> None:
    strength = same_address(ours, listed)
    assert strength >= least
    assert bool(strength) == bool(least)


def test_an_address_that_agrees_raises_the_score_of_a_name_and_says_so(index: Index) -> None:
    name = ("Marble Orchad Trade",)
    bare = find(Who(name), index)[0]
    placed = find(Who(name, addresses=("12 Harbour Dr, Kowloon",)), index)[0]
    assert placed.score.value > bare.score.value
    assert "addresses_agree" in {reason.signal for reason in placed.score.reasons}


def test_an_entry_that_is_an_address_alone_is_found_by_an_abbreviated_address(index: Index) -> None:
    found = find(Who(("Freshly Named",), addresses=("Rm 1405, 27/F Harbour Centre, 900 Canton Rd, Kowloon",)), index)
    assert found[0].id == 4
    assert found[0].score.reasons[0].signal == "listed_address"


def test_a_number_is_found_however_it_is_written(index: Index) -> None:
    found = find(Who(("Nobody Alike",), identifiers=("hrb-5512345",)), index)[0]
    assert found.id == 2
    assert found.score.reasons[0].signal == "same_identifier"


def test_what_was_not_compared_is_said(index: Index) -> None:
    left = {"countries_not_compared", "addresses_not_compared", "identifiers_not_compared"}
    name = ("Marble Orchard Trading",)
    assert left <= signals(index, Who(name))
    told = Who(name, ("12 Harbour Drive, Kowloon",), ("HK",), ("HRB 1",))
    assert not left & signals(index, told)
    moved = [r for r in find(Who(name), index)[0].score.reasons if r.signal in left]
    assert {reason.effect for reason in moved} == {0.0}


def test_a_coined_chinese_name_is_read_by_what_its_characters_mean(index: Index) -> None:
    assert find(Who(("天升灯科技有限公司",)), index)[0].id == 5
    assert ("sky", "rise", "technology") in {reading.words for reading in forms("天升科技有限公司")}


@pytest.mark.parametrize("name", ["Lantern Group No. 20 Research Institute", "20 Institute Lantern Group"])
def test_a_number_is_the_same_as_an_ordinal(index: Index, name: str) -> None:
    found = find(Who((name,)), index)[0]
    assert found.id == 6
    assert "numbers_disagree" not in {reason.signal for reason in found.score.reasons}


def test_another_pinyin_syllable_is_another_word_and_a_slip_of_the_pen_is_not() -> None:
    assert alike("runyang", "nanyang") < 0.5
    assert alike("runyang", "runyangg") > 0.8
    assert alike("zhongxing", "zongxin") == 0.9


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Marble Intl Trdg Co", ("marble", "international", "trading")),
        ("Marble Technolgies", ("marble", "technology")),
        ("Pavel Volodymyrovych Quorvel", ("pavel", "vladimirovich", "quorvel")),
        ("Marble Limted Liabilty Company", ("marble",)),
    ],
)
def test_abbreviations_and_slips_in_common_words_are_read_as_those_words(written: str, read: tuple[str, ...]) -> None:
    found = form(written)
    assert found is not None
    assert found.words == read


def test_every_process_reads_a_name_alike() -> None:
    ask = (
        "from screening.matching.names import form; print([form(n) for n in ('Group of Companis', 'Kompania Limitd')])"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", ask], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1


def test_every_weight_keeps_the_direction_its_sentence_promises() -> None:
    against = {name for name in WEIGHTS if name.endswith(("_differ", "_disagree", "_missing", "_only"))}
    against |= {"only_common_words_shared", "each_has_own_words", "one_listed_word_inside"}
    against |= {"only_alike_elsewhere", "short_word_alone"}
    free = {"read_from_chinese", "read_from_head"}
    assert all(WEIGHTS[name] <= 0 for name in against)
    assert all(WEIGHTS[name] >= 0 for name in set(WEIGHTS) - against - free)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " \t\n",
        "Q",
        "永",
        "\x00\x01\x02",
        "Quorvel\x00Star\x07",
        "‮ratS levrouQ‬",
        "Quorvel נגד Star النور",
        "🚢🚢🚢",
        "🚢 Quorvel Star 🚢",
        "Quorvel " * 1300,
        "永" * 10_000,
        "ﷺ" * 10_000,
        "()[]{}.,;:/\\'\"%$#@!",
        "e\u0301" * 400,
        "\ud800 Quorvel",
        "1" * 9_000,
    ],
)
def test_a_name_nobody_should_have_sent_is_answered_and_never_a_traceback(index: Index, name: str) -> None:
    found = find(Who((name,), (name,), ("HK",), (name,)), index, limit=5)
    assert len(found) <= 5
    assert all(0.0 <= one.score.value <= 1.0 for one in found)
    assert all(len("".join(reading.words)) <= 8 * LONGEST for reading in forms(name))


@pytest.mark.parametrize("name", ["🚢 Quorvel Star 🚢", "Quorvel\u200b Star", "Quorvel\x07Star", "Ｑuorvel Ｓtar"])
def test_what_a_person_does_not_see_in_a_name_does_not_matter(index: Index, name: str) -> None:
    assert find(Who((name,)), index)[0].id == 1


@pytest.mark.parametrize("name", ["Q", "Star", "Ltd", "Trading Co"])
def test_a_letter_or_a_common_word_alone_is_no_match(index: Index, name: str) -> None:
    assert all(one.score.value < 0.1 for one in find(Who((name,)), index))
