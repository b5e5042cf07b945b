"""Chinese characters read aloud, with the dictionary of pypinyin.

Read by pypinyin itself its dictionary takes 55 MB of every process; here it takes 2 MB and answers the same.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path


def syllables(text: str) -> list[str]:
    """Return the syllables of Chinese text without tones; what is not Chinese is left out."""
    return [part for part, read in _aloud(text) if read]


def spoken(text: str) -> list[str]:
    """Return text in parts, Chinese as syllables and everything else as it is."""
    return [part for part, _ in _aloud(text)]


@dataclass(frozen=True, slots=True)
class _Dictionary:
    """``signs``: code point → number of its syllable, 0 for none. ``phrases``: first character → how phrases go on.

    ``readings``: the phrases in which a character is not read as it is alone, with their syllables.
    """

    signs: array[int]
    syllables: tuple[str, ...]
    phrases: dict[str, str]
    readings: dict[str, str]
    longest: int

    def sign(self, sign: str) -> str:
        """Return how a character is read alone, or nothing."""
        at = ord(sign)
        return self.syllables[self.signs[at]] if at < len(self.signs) else ""


_SIGN = re.compile(r'"(\d+)":\s*"([^",]+)')
_PHRASE = re.compile(r'"([^"]+)":\s*(\[.*?\])(?=,\s*"|\s*\})', re.S)
_FIRST = re.compile(r'\[\s*"([^"]+)"')
_TONES = str.maketrans("āáǎàēéěèōóǒòīíǐìūúǔùüǖǘǚǜńňǹḿếề", "aaaaeeeeooooiiiiuuuuvvvvvnnnmêê", "\u0304\u0300\u030c")


@cache
def _dictionary() -> _Dictionary:
    # Importing the package would read its tables into as many objects as they have syllables: only the files are read.
    spec = find_spec("pypinyin")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pypinyin")
    folder = Path(spec.submodule_search_locations[0])
    numbers = {"": 0}
    alone: dict[int, int] = {}
    for found in _SIGN.finditer((folder / "pinyin_dict.json").read_text("utf-8")):
        alone[int(found[1])] = numbers.setdefault(found[2].translate(_TONES), len(numbers))
    signs = array("H", bytes(2 * (max(alone) + 1)))
    for at, number in alone.items():
        signs[at] = number
    plain: dict[str, str] = {}
    phrases: dict[str, str] = {}
    readings: dict[str, str] = {}
    table = _Dictionary(signs, tuple(numbers), phrases, readings, 0)
    longest = 0
    for found in _PHRASE.finditer((folder / "phrases_dict.json").read_text("utf-8")):
        phrase = found[1]
        read = [plain.get(one) or plain.setdefault(one, one.translate(_TONES)) for one in _FIRST.findall(found[2])]
        if read != [table.sign(sign) for sign in phrase]:
            readings[phrase] = " ".join(read)
        phrases[phrase[0]] = f"{phrases.get(phrase[0], ' ')}{phrase[1:]} "
        longest = max(longest, len(phrase))
    return _Dictionary(signs, tuple(numbers), phrases, readings, longest)


def _aloud(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the text in parts and, of each, whether it is a syllable."""
    table = _dictionary()
    for chinese, run in groupby(text, lambda sign: _HAN.match(sign) is not None):
        piece = "".join(run)
        if not chinese:
            yield piece, False
            continue
        for phrase in _phrases(piece, table):
            if phrase in table.readings:
                yield from ((one, True) for one in table.readings[phrase].split())
            else:
                yield from ((table.sign(sign) or sign, bool(table.sign(sign))) for sign in phrase)


_HAN = re.compile(
    "[\u3007\ue815-\ue864\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a703-\U0002b73f"
    "\U0002b740-\U0002b81d\U0002b825-\U0002bf6e\U0002c029-\U0002ce93\U0002d016\U0002d11b-\U0002ebd9"
    "\U0002f80a-\U0002fa1f\U00030000-\U0003134a\U00031350-\U00032389]"
)


def _phrases(text: str, table: _Dictionary) -> Iterator[str]:
    """Cut a run of characters into the longest phrases of the dictionary, and single characters."""
    at = 0
    while at < len(text):
        rests = table.phrases.get(text[at], "")
        most = min(table.longest, len(text) - at) if rests else 1
        size = next((size for size in range(most, 1, -1) if f" {text[at + 1 : at + size]} " in rests), 1)
        if size == 1 and f" {text[at + 1 :]}" in rests:
            # What is left only begins a phrase; its characters are then read one by one, as pypinyin does.
            yield from text[at:]
            return
        yield text[at : at + size]
        at += size


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


@lru_cache(maxsize=20_000)
def is_spelled(word: str) -> bool:
    """Whether a word of two syllables or more may be pinyin from end to end."""
    return _WHOLE.fullmatch(word) is not None


def heard(word: str) -> str:
    """Return a key that pinyin words share which many speakers do not tell apart: zh and z, ng and n, l and n."""
    return re.sub(r"(?<=[zcs])h|(?<=n)g(?![aeiou])", "", word).translate(_HEARD_ALIKE)
