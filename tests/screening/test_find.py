"""Proposing and scoring, on a handful of invented names. Needs neither Django nor a database."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.matching import Entry, Index, Who, find
from screening.matching.features import FEATURES
from screening.matching.score import WEIGHTS, wording

ENTRIES = [
    Entry(10, ("Quartz Lantern Computing Co., Ltd.", "QLC"), ("8 Lantern Road, Hefei",), ("CN",), ("91340100MA2N",)),
    Entry(11, ("Zarya Instrument Works JSC",), (), ("RU",)),
    Entry(12, ("Shiyingdeng Semiconductor (Hefei) Co., Ltd.",), (), ("CN",)),
    Entry(13, ("Ivan Sergeyevich Quorvelov",), (), ("RU",)),
    Entry(14, (), ("Unit 14, 27/F Harbour Centre, 900 Canton Road, Kowloon",), ("HK",)),
    Entry(15, ("China Academy of Lantern Technology 23 Research Institute",), (), ("CN",)),
    *[Entry(100 + n, (f"{word} Technology Co., Ltd.",), (), ("CN",)) for n, word in enumerate(
        ("Abrolin", "Bextoma", "Cindrake", "Dolvane", "Evintor", "Fostrel", "Gambrix", "Hulvert", "Istrana", "Jorvik")
    )],
]  # fmt: skip


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(ENTRIES)


def best(index: Index, name: str, **told: tuple[str, ...]) -> tuple[int, float]:
    found = find(Who((name,), **told), index)
    return (found[0].id, found[0].score.value) if found else (0, 0.0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("QUARTZ LANTERN COMPUTING CO LTD", 10),
        ("Quarz Lantern Computing", 10),
        ("QuartzLantern Computing Limited", 10),
        ("Computing Quartz Lantern", 10),
        ("Quartz Lantern Computing, Shanghai Branch", 10),
        ("АО «Заря Инструмент»", 11),
        ("QUORVELOV, Ivan Sergeevich", 13),
        ("Иван Сергеевич Кворвелов", 13),
        ("合肥石英灯半导体有限公司", 12),
    ],
)
def test_a_variant_of_a_listed_name_finds_it(index: Index, name: str, expected: int) -> None:
    found, score = best(index, name)
    assert found == expected
    assert score > 0.25


def test_a_company_is_no_vessel_and_no_person_of_the_same_name() -> None:
    listed = Index.build([Entry(1, ("QUORVEL LANTERN",), kind="vessel"), Entry(2, ("Marble Orchard",), kind="entity")])
    signals = {
        name: {reason.signal for reason in find(Who((name,)), listed)[0].score.reasons}
        for name in ("Quorvel Lantern Co., Ltd.", "Quorvel Lantern", "Marble Orchard Ltd")
    }
    assert "kinds_disagree" in signals["Quorvel Lantern Co., Ltd."]
    assert "kinds_disagree" not in signals["Quorvel Lantern"] | signals["Marble Orchard Ltd"]


def test_many_names_of_one_party_do_not_crowd_out_another() -> None:
    many = [Entry(1, tuple(f"Quorvel Bank {n}" for n in range(60))), Entry(2, ("Quorvel Bank Armenia",))]
    found = find(Who(("Quorvel Bank Armenian",)), Index.build(many))
    assert found[0].id == 2


@pytest.mark.parametrize(
    "name", ["Marble Orchard Bakery Inc.", "Technology Co., Ltd.", "Kestovar Technology Co., Ltd."]
)
def test_common_words_alone_are_no_match(index: Index, name: str) -> None:
    assert best(index, name)[1] < 0.25


@pytest.mark.parametrize("name", ["Huawei", "华为", "HUAWEI CLOUD"])
def test_the_name_of_a_group_alone_finds_its_many_companies(name: str) -> None:
    places = ("Beijing", "Dalian", "Shenzhen", "Chile", "Brazil", "Peru", "Berlin", "Mexico", "Oslo", "Guiyang") * 6
    many = [Entry(n, (f"Huawei Cloud {place}",)) for n, place in enumerate(places)]
    many.append(Entry(99, ("Huawei Technologies Co., Ltd.",)))
    assert best(Index.build([*many, *ENTRIES]), name)[1] > 0.25


def test_another_number_speaks_against_the_match(index: Index) -> None:
    same = best(index, "China Academy of Lantern Technology 23 Research Institute")
    other = best(index, "China Academy of Lantern Technology 31 Research Institute")
    assert same[1] > other[1]
    reasons = {
        r.signal for r in find(Who(("China Academy of Lantern Technology 31 Institute",)), index)[0].score.reasons
    }
    assert "numbers_disagree" in reasons


def test_another_country_lowers_the_score_and_says_so(index: Index) -> None:
    home = find(Who(("Quarts Lantern Computing",), countries=("CN",)), index)[0]
    away = find(Who(("Quarts Lantern Computing",), countries=("BR",)), index)[0]
    assert away.score.value < home.score.value
    assert "countries_disagree" in {reason.signal for reason in away.score.reasons}


def test_a_shared_number_is_a_match_whatever_the_name(index: Index) -> None:
    found = find(Who(("Nothing Alike At All",), identifiers=("91340100-MA2N",)), index)[0]
    assert found.id == 10
    assert found.score.value >= 0.99
    assert found.score.reasons[0].signal == "same_identifier"


def test_a_listed_bare_address_is_found_by_the_address(index: Index) -> None:
    address = "27/F Harbour Centre, Unit 14, 900 Canton Rd, Kowloon, Hong Kong"
    found = find(Who(("Freshly Named Trading",), addresses=(address,)), index, threshold=0.25)
    assert [one.id for one in found] == [14]


def test_every_score_comes_with_reasons_and_words(index: Index) -> None:
    found = find(Who(("Quarz Lantern Computing",)), index)[0]
    assert found.score.reasons
    assert ("lantern", "lantern", 1.0) in found.score.words
    rarity = dict(zip(found.score.words, found.score.rarity, strict=True))
    assert rarity["lantern", "lantern", 1.0] > rarity["computer", "computer", 1.0]


def test_every_feature_is_weighed_and_worded_in_both_languages() -> None:
    english, chinese = wording("en"), wording("zh-hans")
    assert set(WEIGHTS) == {feature.__name__ for feature in FEATURES}
    assert set(english) == set(chinese)
    assert all(sentence.endswith(".") for sentence in english.values())
    assert all(sentence.endswith("。") for sentence in chinese.values())


def test_an_index_on_disk_answers_as_the_one_in_memory(index: Index, tmp_path: Path) -> None:
    index.save(tmp_path)
    assert best(Index.load(tmp_path), "Quarz Lantern Computing") == best(index, "Quarz Lantern Computing")


def test_an_index_of_another_layout_is_refused(index: Index, tmp_path: Path) -> None:
    index.save(tmp_path)
    (tmp_path / "index.json").write_text('{"layout": "0", "arrays": []}')
    with pytest.raises(ValueError, match="layout"):
        Index.load(tmp_path)


def test_an_empty_index_finds_nobody() -> None:
    assert find(Who(("Quartz Lantern",)), Index.build([])) == []


def test_another_country_weighs_little_on_the_very_same_name_and_much_on_a_mere_likeness() -> None:
    listed = Index.build([Entry(1, ("Setrivix Information Industry Co., Ltd.",), (), ("CN",))])
    same = find(Who(("Setrivix Information Industry",), countries=("DE",)), listed)[0].score
    alike = find(Who(("Netrivic Information Industry",), countries=("DE",)), listed)[0].score
    unknown = find(Who(("Netrivic Information Industry",)), listed)[0].score
    assert "only_alike_elsewhere" in {reason.signal for reason in alike.reasons}
    assert "only_alike_elsewhere" not in {reason.signal for reason in same.reasons}
    assert same.value > 0.8
    assert alike.value < unknown.value / 4


def test_a_short_word_does_not_mean_every_name_that_holds_it() -> None:
    listed = Index.build([Entry(1, ("Abrolin TAC Telecommunication",)), Entry(2, ("TAC",))])
    found = {one.id: one.score.value for one in find(Who(("TAC Inc.",)), listed)}
    assert found[2] > 0.5
    assert found.get(1, 0.0) < 0.05


def test_the_very_same_name_comes_before_one_that_merely_holds_it() -> None:
    listed = Index.build([
        Entry(1, ("China Academy of Lantern Technology Beijing Institute of Precision Optics",)),
        Entry(2, ("China Academy of Lantern Technology",)),
    ])  # fmt: skip
    assert find(Who(("China Academy of Lantern Technology",)), listed)[0].id == 2


def test_a_company_of_a_known_group_is_found_by_the_group_s_name_in_any_country() -> None:
    listed = Index.build([Entry(1, ("Hikvision",), (), ("CN",)), Entry(2, ("Mercury",), (), ("RU",))])
    group = find(Who(("Hikvision Deutschland GmbH",), countries=("DE",)), listed)
    assert group[0].id == 1
    assert group[0].score.value > 0.05
    assert not find(Who(("Mercury Security Corporation",), countries=("DE",)), listed, threshold=0.05)


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("АО «Кворвельский комбинат им. Лантернова»", "KVORVELSKI PLANT NAMED AFTER LANTERNOV JSC"),
        ("Институт физики Кворвеля РАН", "Kvorvel Institute of Physics of the Russian Academy of Sciences"),
        ("ФГУП «ГНПП «Кворвель»", "STATE RESEARCH AND PRODUCTION ENTERPRISE KVORVEL"),
        ("Госкорпорация «Кворвель»", "State Corporation Kvorvel"),
        ("Государственный комитет Республики Кворвель", "State Authority of the Republic of Kvorvel"),
    ],
)
def test_a_cyrillic_name_finds_the_party_that_is_listed_in_translation(name: str, listed: str) -> None:
    found, score = best(Index.build([*ENTRIES, Entry(1, (listed,))]), name)
    assert found == 1
    assert score > 0.25


TRADES = ("log", "nika", "no", "park", "servis", "snab", "mash", "prom", "stroy", "tsentr", "invest", "lux", "grad")


def test_a_name_written_in_one_piece_finds_the_listed_one_that_is_translated() -> None:
    alike = [Entry(10 + n, (f"Akkumulyatornyetekh{word}",)) for n, word in enumerate(TRADES)]
    others = [Entry(100 + n, (f"Quorvel {n}",)) for n in range(400)]
    index = Index.build([*alike, *others, Entry(1, ("AKKUMULYATORNYE TEKHNOLOGII",))])
    assert best(index, "AKKUMULYATORNYETEKHNOLOGII")[0] == 1


def test_two_plants_of_one_town_are_not_one() -> None:
    listed = Index.build([Entry(1, ("Ryazanski Radiopribornyi Zavod AO",))])
    assert best(listed, "Рязанский молочный комбинат «Кворвель»")[1] < 0.05


def test_no_party_of_a_group_is_left_out_because_others_are_as_like() -> None:
    places = ("Ankara", "Boston", "Cairo", "Delhi", "Essen", "Faro", "Genoa", "Haifa", "Izmir", "Jena", "Kyoto", "Lyon")
    group = [
        Entry(10 * n + m, (f"Quorvel Lantern {place} {word}",))
        for n, place in enumerate(places)
        for m, word in enumerate(("Holding", "Factory", "Laboratory", "Works", "Trading"))
    ]
    others = [Entry(1000 + n, (f"{'BDFGKLMNPRST'[n % 12]}ar{'aeiou'[n % 5]}l{n} Orchard",)) for n in range(2000)]
    listed = Index.build([*group, *others])
    assert len(find(Who(("Quorvel Lantern",)), listed, threshold=0.05, limit=100)) == 60
    assert len(find(Who(("Quorvel Lantern",)), listed, threshold=0.05, limit=7)) == 7
