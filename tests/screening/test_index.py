"""What the index keeps in arrays, and what it hands out again. Needs neither Django nor a database."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from screening.matching import Entry, Index, Who, find
from screening.matching.many import find_chunk, find_many
from screening.matching.names import form
from screening.matching.postings import grams_of, postings
from screening.matching.score import same_address

LISTED = (
    Entry(40, ("Huawei Technologies Co., Ltd.", "HUAWEI TECH"), ("Bantian, Longgang, Shenzhen 518129",), ("CN",)),
    Entry(41, ("Yantar Shipbuilding Plant JSC",), ("1 Guskova Square, Kaliningrad",), ("RU",), ("INN 3900000111",)),
    Entry(42, ("Sovfracht-Sovmortrans Group",), countries=("RU",)),
    Entry(43, (), ("Flat 12, 5/F, 27-29 Ko Shing Street, Sheung Wan",), ("HK",)),
)
ASKED = (
    Who(("Huawei Technologies",), ("Building 7, Bantian, Longgang District, Shenzhen 518129",), ("CN",)),
    None,
    Who(("华为技术有限公司",)),
    Who(("Baltic Yantar plant",), identifiers=("inn-3900000111",)),
    Who(("Nobody at all",), ("Flat 12, 5/F, 27-29 Ko Shing Street, Hong Kong",)),
)


@pytest.fixture
def directory(tmp_path: Path) -> str:
    Index.build(LISTED).save(tmp_path)
    return str(tmp_path)


def test_an_index_from_disk_answers_as_the_one_just_built(directory: str) -> None:
    built, opened = Index.build(LISTED), Index.load(Path(directory))
    for who in filter(None, ASKED):
        assert find(who, opened) == find(who, built)
    assert [one.id for one in find(Who(("Yantar Shipbuilding Plant",)), opened, limit=1)] == [41]


def test_names_shared_out_over_processes_are_answered_in_order_with_the_same_reasons(directory: str) -> None:
    chunks = [ASKED, ASKED[:2], ASKED[3:]]
    shared = list(find_many([directory], chunks, threshold=0.0, limit=5, workers=2))
    assert shared == [find_chunk([directory], chunk, 0.0, 5) for chunk in chunks]
    assert shared[0][1] is None
    assert [found[0].id for found in shared[0] if found] == [40, 40, 41, 43]
    assert shared[0][3][0].score.reasons[0].signal == "same_identifier"


def test_every_three_letters_of_a_name_are_kept_once_and_none_runs_over_its_end() -> None:
    assert len(grams_of(" abc abc ")) == 4  # " ab", "abc", "bc ", "c a"
    kept = postings([" ab ", " abab ", " ab "])
    held = {
        number: sorted(np.repeat(np.arange(len(kept["idf"])), np.diff(kept["at"]))[kept["names"] == number])
        for number in (0, 1, 2)
    }
    assert held[0] == held[2] == grams_of(" ab ").tolist()
    assert held[1] == grams_of(" abab ").tolist()


def test_a_name_of_no_letters_in_common_with_any_is_like_none() -> None:
    found = form("zzyzx qqq")
    assert found is not None
    assert Index.build(LISTED).likeness(found).tolist() == [0.0, 0.0, 0.0, 0.0, 0.0]


def test_a_short_list_is_searched_by_every_letter_group() -> None:
    # Each group is on one name of three, which on a short list is no reason to call it ordinary.
    found = find(Who(("Sovfracht Group Vladivostok Harbor Branch 7",)), Index.build(LISTED), limit=1)
    assert [one.id for one in found] == [42]


def test_addresses_agree_only_where_a_number_does_however_it_is_written() -> None:
    assert same_address("12 Harbor Road, Pier West, Oslo", "12 Harbor Road, Pier West, Bergen") == 5 / 6
    assert same_address("12 Harbor Road, Pier West, Oslo", "Harbor Road, Pier West, Oslo") == 0.0
    assert same_address("12 Harbor Road, Pier West, Oslo", "13 Harbor Road, Pier West, Oslo") == 0.0
    assert same_address("12 Harbor Road, Pier West, Oslo", "１２ Harbor Road, Pier West, Oslo") == 1.0
    assert same_address("12 Harbor Road, Pier West, Oslo", "1'2 Harbor Road, Pier West, Oslo") == 1.0
    assert same_address("Harbor Road, Pier West, Oslo", "Harbor Road, Pier West, Oslo") == 0.0
