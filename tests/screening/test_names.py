"""How names are brought into the form in which they are compared. Needs neither Django nor a database."""

from __future__ import annotations

import pytest

from screening.matching.names import LONGEST, clean, forms


def words(text: str) -> tuple[str, ...]:
    return forms(text)[0].words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SIS DOO", "SIS d.o.o."),
        ("Acme Quorvel Co., Ltd.", "ACME QUORVEL COMPANY LIMITED"),
        ("JSC Quorvel", "Joint Stock Company Quorvel"),
        ("OBSHCHESTVO S OGRANICHENNOI OTVETSTVENNOSTYU AKVAMARIN", "AKVAMARIN LLC"),
        ("АО «Акварель»", "Akvarel JSC"),
        ("Peking Quorvel Tech", "Beijing Quorvel Technologies"),
        ("M/V Pola Quorvel", "POLA QUORVEL"),
        ("Ｑｕｏｒｖｅｌ　Ｓｙｓｔｅｍｓ", "Quorvel System"),
        ("G Y R QUORVEL, S. DE R.L. DE C.V.", "GYR Quorvel"),
        ("Quorvel Limited Liabiliyt Company", "Quorvel LLC"),
        ("QUORVEL LIMITED LIAB-ILITY COMPANY", "Quorvel LLC"),
        ("OBSHCHESTVO OTVETSTVENNOSTYU KVORVEL", "Kvorvel OOO"),
        ("Hong Kong Quorvel", "HONGKONG QUORVEL"),
        ("Hei Long Jiang Quorvel", "Heilongjiang Quorvel"),
    ],
)
def test_two_spellings_of_one_name_have_the_same_words(one: str, other: str) -> None:
    assert words(one) == words(other)


def test_the_legal_form_is_set_aside_and_kept() -> None:
    assert forms("Quorvel GmbH")[0].legal == {"limited"}
    assert forms("Quorvel AG")[0].legal == {"stock"}


def test_a_name_made_only_of_legal_forms_is_still_a_name() -> None:
    assert words("CO LTD") == ("co", "ltd")


def test_letters_that_only_look_latin_are_read_as_what_they_look_like() -> None:
    assert words("QUОRVЕL") == ("quorvel",)


def test_letters_spaced_out_by_hand_are_joined() -> None:
    assert words("Ali Akbar S a l e h i") == ("ali", "akbar", "salehi")


def test_direction_marks_and_control_characters_are_not_part_of_a_name() -> None:
    assert words("\u202eQuor\u200bvel\x07\u202c") == ("quorvel",)


@pytest.mark.parametrize("text", ["", "   ", "\x00\x01", "\u202e\u202c", "🚀🚀", "——", "\ud800"])
def test_what_holds_nothing_comparable_has_no_form(text: str) -> None:
    assert forms(text) == ()


def test_ten_thousand_characters_are_cut_and_not_refused() -> None:
    assert len(clean("Quorvel " * 1250)) == LONGEST
    assert forms("Quorvel " * 1250)


def test_traditional_and_simplified_characters_read_the_same() -> None:
    assert words("中芯國際") == words("中芯国际")


def test_chinese_words_are_translated_and_the_rest_is_read_in_pinyin() -> None:
    [form] = forms("合肥石英灯半导体有限公司")
    assert form.words == ("hefei", "shiyingdeng", "semiconductor")
    assert form.legal == {"limited"}
    assert form.how == "translated"


def test_a_known_chinese_name_is_read_as_its_latin_one_and_names_its_source() -> None:
    form = forms("寒武纪")[0]
    assert form.words == ("cambricon",)
    assert form.how == "alias"
    assert form.source == "SSE 688256"


def test_chinese_numbers_of_institutes_become_digits() -> None:
    assert "20" in words("第二十研究所")


def test_arabic_letters_are_transliterated() -> None:
    assert all(word.isascii() for word in words("شركة المثال التجارية"))


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("Quorvel Ltd., Room 2203A, Grand Tower, Guangzhou", "Quorvel Ltd."),
        ("Quorvel Consulting, Kabul, Afghanistan", "Quorvel Consulting"),
        ("Quorvel Holding - Purchasing Dept", "Quorvel Holding"),
        ("Quorvel Maritime Representative Office", "Quorvel Maritime"),
    ],
)
def test_a_branch_or_an_address_behind_a_name_can_be_left_out(name: str, head: str) -> None:
    reading = forms(name)[-1]
    assert reading.how == "head"
    assert reading.words == words(head)


@pytest.mark.parametrize("name", ["QUORVELOV, Ivan Sergeyevich", "Quorvel, Lantern and Partners", "Quorvel Sales"])
def test_what_follows_a_comma_is_left_out_only_when_it_is_no_part_of_the_name(name: str) -> None:
    assert [reading.how for reading in forms(name)] == ["written"]


def test_a_chinese_name_with_two_known_latin_names_is_read_both_ways() -> None:
    read = {reading.words for reading in forms("中芯国际控股有限公司")}
    assert ("smic", "holding") in read
    assert ("semiconductor", "manufacturing", "international", "holding") in read


def test_an_alias_in_japanese_characters_is_found_by_the_chinese_ones() -> None:
    assert forms("西安导航技术研究所")[0].how == "alias"


def test_a_place_is_read_with_and_without_its_rank() -> None:
    assert words("延边市银星科技有限公司") == words("延边银星科技有限公司")


def test_and_stands_between_words_and_is_otherwise_a_syllable() -> None:
    assert "and" in words("衡水机械和电子有限公司")
    assert "and" not in words("衡水和硕电子有限公司")


def test_a_short_name_means_its_organization_only_by_itself() -> None:
    assert forms("川大")[0].how == "alias"
    assert {form.how for form in forms("川大成机械有限公司")} == {"translated"}


def test_a_known_name_is_known_as_a_japanese_source_writes_it() -> None:
    assert forms("中国航天科技集団公司第一研究院")[0].how == "alias"


@pytest.mark.parametrize(
    ("cyrillic", "listed"),
    [
        ("АО «Кворвельский приборостроительный завод»", "Kvorvelskiy Instrument Plant JSC"),
        ("Кворвельский химический комбинат", "Kvorvelskiy Chemical Factory"),
        ("Институт физики Кворвеля РАН", "Kvorvelya Institute of Physics, Russian Academy of Sciences"),
        ("ООО «НИИ «Кворвель»", "Scientific Research Institute Kvorvel LLC"),
        ("Рязанский кредитный банк", "Credit Bank Ryazan"),
        ("Объединённая металлургическая компания «Кворвель»", "Kvorvel United Metallurgical Company"),
        ("Департамент финансовых расследований", "Department of Financial Investigations"),
        ("Державна служба безпеки", "State Security Service"),
        ("ТОВ «Кворвель авіаційна компанія»", "Kvorvel Aviation Company LLC"),
        ("УП «Гродзенскі электронны завод»", "Grodno Electronic Works"),
    ],
)
def test_a_cyrillic_name_has_the_words_the_lists_translate_it_with(cyrillic: str, listed: str) -> None:
    left_out = {"of", "and"}
    named = {"investigations": "investigation"}
    ours, theirs = words(cyrillic), (named.get(word, word) for word in words(listed))
    assert set(ours) - left_out == set(theirs) - left_out


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("Євген Кворвель", "Yevhen Kvorvel"),
        ("Евгений Кворвель", "Evgenii Kvorvel"),
        ("Григорій Кворвель", "Hryhorii Kvorvel"),
        ("Дзмітрый Кворвель", "Dmitry Kvorvel"),
        ("Пётр Кворвель", "Pyotr Kvorvel"),
    ],
)
def test_a_first_name_reads_the_same_from_russian_ukrainian_and_belarusian(cyrillic: str, latin: str) -> None:
    assert words(cyrillic) == words(latin)


def test_ukrainian_letters_stand_for_their_own_sounds() -> None:
    assert words("Гнат Кравчишин") == ("gnat", "kravchishin")
    assert words("Гнат Кравчишин Іваськів") == ("hnat", "kravchyshyn", "ivaskiv")


def test_kazakh_letters_are_not_read_as_ukrainian() -> None:
    assert words("Ғалым Іргебай") == ("ghalym", "irgebay")


def test_an_acronym_is_spelled_out_beside_a_name_and_kept_alone() -> None:
    assert words("NPO Quorvel") == words("Scientific Production Association Quorvel")
    assert words("NPO") == ("npo",)
    assert words("Li Ran") == ("li", "ran")


def test_a_word_that_only_begins_like_a_russian_one_is_left_alone() -> None:
    assert words("Oboronlogistika Quorvel")[0] == "oboronlogistika"
    assert words("Burov Quorvel")[0] == "burov"
    assert words("SIBIRSKIEMINERALY") == ("sibirskiemineraly",)


@pytest.mark.parametrize("typed", ["Marble Orchard (a.k.a. Quorvel Lantern)", "Marble Orchard d/b/a Quorvel Lantern"])
def test_every_name_of_a_text_with_also_known_as_is_read(typed: str) -> None:
    assert {("marble", "orchard"), ("quorvel", "lantern")} <= {form.words for form in forms(typed)}


def test_a_company_may_be_called_aka() -> None:
    assert len(forms("Aka Quorvel Ltd")) == 1


def test_a_title_behind_the_comma_is_no_name() -> None:
    assert ("abdullah", "quorvelov") in {form.words for form in forms("QUORVELOV, Haji Abdullah")}
