"""Chinese characters are read aloud from pypinyin's dictionary as pypinyin itself reads them."""

from __future__ import annotations

import subprocess
import sys

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from screening.matching.pinyin import spoken, syllables


def test_a_character_is_read_as_its_phrase_says() -> None:
    assert syllables("重庆银行") == ["chong", "qing", "yin", "hang"]
    assert syllables("重要行动") == ["zhong", "yao", "xing", "dong"]
    assert syllables("旅顺吕氏") == ["lv", "shun", "lv", "shi"]


def test_what_is_not_chinese_is_left_out_of_the_syllables_and_stays_in_what_is_spoken() -> None:
    assert syllables("中兴 ZTE 通讯") == ["zhong", "xing", "tong", "xun"]
    assert spoken("中兴 ZTE 通讯") == ["zhong", "xing", " ZTE ", "tong", "xun"]
    assert spoken("Łódź 5") == ["Łódź 5"]
    assert spoken("") == []


def test_every_character_and_phrase_sounds_as_in_pypinyin() -> None:
    phrases = list(PHRASES_DICT)[::20]
    texts = [chr(code) for code in list(PINYIN_DICT)[::20]]
    texts += phrases
    # Beginnings and ends of phrases beside one another, where one phrase may run into the next.
    texts += [
        one[:2] + other[1:] + third[:1] for one, other, third in zip(phrases, phrases[9:], phrases[33:], strict=False)
    ]
    different = [
        text
        for text in texts
        if syllables(text) != lazy_pinyin(text, style=Style.NORMAL, errors="ignore")
        or spoken(text) != lazy_pinyin(text)
    ]
    assert different == []


def test_reading_chinese_does_not_load_the_tables_of_pypinyin() -> None:
    told = "import sys; from screening.matching import warm; warm(); print('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout == "False\n"
