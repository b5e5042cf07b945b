"""Chinese characters read aloud. The dictionary takes 55 MB, so it is loaded by the first process that needs it."""

from __future__ import annotations

import re
from functools import lru_cache


def syllables(text: str) -> list[str]:
    """Return the syllables of Chinese text without tones; what is not Chinese is left out."""
    from pypinyin import Style, lazy_pinyin

    return list(lazy_pinyin(text, style=Style.NORMAL, errors="ignore"))


def spoken(text: str) -> list[str]:
    """Return text in parts, Chinese as syllables and everything else as it is."""
    from pypinyin import lazy_pinyin

    return list(lazy_pinyin(text))


_FINALS = {
    "": "a ai an ang ao e ei en eng er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan ue uo",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan ue un uo",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}
"""The syllables of Standard Chinese in Hanyu Pinyin (GB/T 16159) without tones, by what they begin with."""

_WHOLE = re.compile(
    "(?:" + "|".join(f"{first}(?:{'|'.join(finals.split())})" for first, finals in _FINALS.items()) + "){2,}"
)
_HEARD_ALIKE = str.maketrans({"l": "n"})


@lru_cache(maxsize=50_000)
def is_spelled(word: str) -> bool:
    """Whether a word of two syllables or more may be pinyin from end to end."""
    return _WHOLE.fullmatch(word) is not None


def heard(word: str) -> str:
    """Return a key that pinyin words share which many speakers do not tell apart: zh and z, ng and n, l and n."""
    return re.sub(r"(?<=[zcs])h|(?<=n)g(?![aeiou])", "", word).translate(_HEARD_ALIKE)
