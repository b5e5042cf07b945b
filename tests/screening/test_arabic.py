"""Names in Arabic script, on invented parties. Needs neither Django nor a database."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.matching import Entry, Index, Who, find, forms, skeleton
from screening.matching.arabic import normalize
from screening.matching.reverse import candidates, index_of_ours
from screening.matching.score import wording

ENTRIES = [
    Entry(10, ("BANK-E ZARDIN",), (), ("IR",), kind="entity"),
    Entry(11, ("Tavanir Kush Petrochemical Company",), (), ("IR",), kind="entity"),
    Entry(12, ("AL-QUMRAN, Faysal Abd al-Karim",), (), ("SY",), kind="individual"),
    Entry(13, ("Wahat Zarqun Exchange",), (), ("YE",), kind="entity"),
    Entry(14, ("Ghorveh Sanat Zarrabin",), (), ("IR",), kind="entity"),
    Entry(15, ("Hossein MEHRVARZIAN",), (), ("IR",), kind="individual"),
    *[Entry(100 + n, (f"{word} Trading Company",), (), ("AE",)) for n, word in enumerate(
        ("Abrolin", "Bextoma", "Cindrake", "Dolvane", "Evintor", "Fostrel", "Gambrix", "Hulvert", "Istrana", "Jorvik")
    )],
]  # fmt: skip


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(ENTRIES)


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("بانک زردین", 10),
        ("بنك زردين", 10),
        ("شرکت پتروشیمی توانیر کوش", 11),
        ("فيصل عبد الكريم القمران", 12),
        ("فيصل عبدالكريم القمران", 12),
        ("شركة واحة زرقون للصرافة", 13),
        ("قروه صنعت ضرابین", 14),
        ("حسین مهرورزیان", 15),
    ],
)
def test_a_name_in_arabic_script_finds_the_party_under_its_latin_spelling(index: Index, name: str, listed: int) -> None:
    found = find(Who((name,)), index, threshold=0.05)
    assert [one.id for one in found][:1] == [listed]


@pytest.mark.parametrize(
    "name", ["بانک سهند فرزان", "مطعم ليالي الصيف", "شركة الورود للحلويات", "کتابفروشی ترنجستان", "ليلى الكحلاوي"]
)
def test_a_harmless_name_in_arabic_script_raises_no_alarm(index: Index, name: str) -> None:
    assert find(Who((name,)), index, threshold=0.05) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كريم", "کریم"),
        ("مُحَمَّد", "محمد"),
        ("مـحـمـد", "محمد"),
        ("إبراهيم", "ابراهیم"),
        ("مؤسسة", "موسسه"),
        ("فرع ١٢", "فرع ۱۲"),
        ("ﻣﺤﻤﺪ", "محمد"),
        ("ٹریڈنگ", "تریدنگ"),
    ],
)
def test_variant_letters_and_marks_are_one(one: str, other: str) -> None:
    assert normalize(one) == normalize(other)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("شركة النور للتجارة", ("noor", "trading")),
        ("وزارت دفاع", ("ministry", "defense")),
        ("محمدرضا کریمی", ("muhammad", "reza", "karimi")),
        ("محمد‌رضا کریمی", ("muhammad", "reza", "karimi")),
        ("عبدالله بن خالد", ("abdallah", "bin", "khalid")),
        ("سامر وإخوانه", ("samir", "and", "brothers")),
        ("دانشگاه صنعتی شیراز", ("university", "of", "technology", "shiraz")),
    ],
)
def test_words_are_translated_and_names_are_spelled(name: str, read: tuple[str, ...]) -> None:
    assert forms(name)[0].words == read


def test_a_word_that_lists_keep_untranslated_has_a_reading_of_its_own() -> None:
    assert {form.words for form in forms("بانک تجارت")} == {("bank", "trading"), ("bank", "tejarat")}


def test_the_legal_form_is_set_aside_in_arabic_too() -> None:
    form = forms("شركة زرقون ذات مسؤولية محدودة")[0]
    assert form.words == ("zarqun",)
    assert form.legal == {"limited", "other"}


def test_what_stands_beside_arabic_script_is_kept() -> None:
    assert forms("Quorvel Ltd. النور")[0].words == ("quorvel", "noor")
    assert "zarya" in forms("Заря النور")[0].words


def test_a_name_that_is_only_a_title_is_still_compared() -> None:
    assert forms("شیخ")


@pytest.mark.parametrize("name", ["لمیٹڈ ٹریڈنگ کراچی", "کۆمپانیای ڕۆژ", "گروه ڤیستا", "ء", "ـــ", "٣٤", "و", "ال"])
def test_urdu_kurdish_and_odd_input_is_read_without_error(name: str) -> None:
    assert all(form.words for form in forms(name))


@pytest.mark.parametrize(
    ("written", "listed"),
    [
        ("قاسم", "ghassem"), ("قاسم", "kasem"), ("خوارزمي", "khwarizmi"), ("رضا", "reza"), ("رضا", "ridha"),
        ("شمخانی", "shamkhani"), ("مصطفى", "mostafa"), ("نجباء", "nujaba"), ("طريق", "tarigh"),
    ],
)  # fmt: skip
def test_spellings_of_one_written_word_have_its_consonants(written: str, listed: str) -> None:
    assert skeleton.alike(normalize(written), listed, listed) >= 0.8


@pytest.mark.parametrize(("written", "listed"), [("سامان", "simin"), ("محمود", "mohammad"), ("کاله", "kali")])
def test_a_long_vowel_that_is_written_must_be_spelled(written: str, listed: str) -> None:
    assert skeleton.alike(normalize(written), listed, listed) <= 0.65


def test_other_consonants_make_another_word() -> None:
    assert skeleton.alike(normalize("سامان"), "saman", "salman") == 0.0


def test_a_last_h_may_be_silent_and_a_last_kh_may_not() -> None:
    assert skeleton.alike(normalize("صالح"), "salih", "saleh") >= 0.8
    assert skeleton.alike(normalize("هنية"), "haniya", "haniyeh") >= 0.75
    assert skeleton.alike(normalize("شاملو"), "shamlu", "shamlakh") == 0.0


def test_one_word_is_not_read_otherwise_than_many() -> None:
    words = [
        "abdulkhaliq",
        "mohammad",
        "zakharoff",
        "shahid",
        "deutsche",
        "mukhametshin",
        "shaykh",
        "fattah",
        "shah",
        "saleh",
        "cement",
        "assad",
    ]
    assert skeleton._all(words) == [skeleton.of_latin(word) for word in words]


def test_the_explanation_says_that_vowels_were_not_written(index: Index) -> None:
    (found, *_) = find(Who(("بانک زردین",)), index, threshold=0.05)
    assert "read_from_arabic" in {reason.signal for reason in found.score.reasons}
    assert "short vowels" in wording("en")["read_from_arabic"]
    assert "短元音" in wording("zh-hans")["read_from_arabic"]


def test_a_latin_name_is_not_compared_by_its_consonants(index: Index) -> None:
    assert find(Who(("Qerivah Sunut Zirrubon",)), index, threshold=0.05) == []


def test_a_changed_entry_finds_our_party_in_arabic_script() -> None:
    ours = index_of_ours([Entry(1, ("قروه صنعت ضرابین",)), Entry(2, ("Abrolin Trading Company",))])
    assert candidates([Entry(14, ("Ghorveh Sanat Zarrabin",))], [ours]) == {1}


def test_the_consonants_are_kept_with_the_index(tmp_path: Path, index: Index) -> None:
    index.save(tmp_path)
    found = find(Who(("فيصل عبد الكريم القمران",)), Index.load(tmp_path))
    assert found[0].id == 12
