"""Chinese characters read aloud. The dictionary takes 55 MB, so it is loaded by the first process that needs it."""

from __future__ import annotations


def syllables(text: str) -> list[str]:
    """Return the syllables of Chinese text without tones; what is not Chinese is left out."""
    from pypinyin import Style, lazy_pinyin

    return list(lazy_pinyin(text, style=Style.NORMAL, errors="ignore"))


def spoken(text: str) -> list[str]:
    """Return text in parts, Chinese as syllables and everything else as it is."""
    from pypinyin import lazy_pinyin

    return list(lazy_pinyin(text))
