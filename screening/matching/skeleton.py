"""Consonant skeletons: what a word in Arabic script and its Latin spellings have in common.

Arabic script leaves short vowels out and writes long ones with letters that are consonants elsewhere, while Latin
spellings differ by language: ``Qasem``, ``Ghassem``, ``Kasim``. The skeleton keeps neither vowels nor half-vowels and
writes every group of consonants that such spellings exchange with one letter.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.fuzz import ratio

LEAST = 2
"""Consonants a skeleton must have to be compared."""

_CLUSTERS = re.compile(r"sch|tch|kh|gh|sh|ch|th|dh|zh|dj|ph|ck|ts|tz|[a-z]")
_CLASS = {
    "b": "b", "p": "b", "t": "t", "j": "j", "dj": "j", "zh": "j", "h": "h", "kh": "h", "d": "d", "z": "d", "dh": "d",
    "r": "r", "s": "s", "sh": "s", "ch": "s", "sch": "s", "tch": "s", "th": "s", "ts": "s", "tz": "s", "f": "f",
    "ph": "f", "k": "k", "q": "k", "g": "k", "gh": "k", "c": "k", "ck": "k", "x": "ks", "l": "l", "m": "m", "n": "n",
}  # fmt: skip
_SOFT_C = re.compile(r"c(?=[eiy])")
_FROM_ARABIC = {
    "ب": "b", "پ": "b", "ت": "t", "ط": "t", "ث": "s", "ج": "j", "ژ": "j", "چ": "s", "ح": "h", "خ": "h", "ه": "h",
    "د": "d", "ذ": "d", "ز": "d", "ض": "d", "ظ": "d", "ر": "r", "س": "s", "ش": "s", "ص": "s", "ف": "f", "ڤ": "f",
    "ق": "k", "ک": "k", "گ": "k", "غ": "k", "ل": "l", "م": "m", "ن": "n",
}  # fmt: skip


@lru_cache(maxsize=100_000)
def of_latin(word: str) -> str:
    """Return the skeleton of a Latin word in lower-case letters; a doubled letter is one, a last h is not heard."""
    out: list[str] = []
    before = ""
    for cluster in _CLUSTERS.findall(_SOFT_C.sub("s", word)):
        kind = _CLASS.get(cluster, "")
        if kind != before:
            out.append(kind)
        before = kind
    return "".join(out).removesuffix("h")


def of_arabic(word: str) -> str:
    """Return the skeleton of a word in normalized Arabic letters. Doubling is not written, so nothing is left out."""
    return "".join(_FROM_ARABIC.get(letter, "") for letter in word).removesuffix("h")


@lru_cache(maxsize=100_000)
def of_listed(word: str) -> tuple[str, ...]:
    """Return the skeletons of a listed word that are long enough: the whole one, and without a joined article."""
    found = [of_latin(word)]
    if len(word) >= 6 and word.startswith(("al", "el")):
        found.append(of_latin(word[2:]))
    return tuple(dict.fromkeys(one for one in found if len(one) >= LEAST))


def alike(skeleton: str, spelled: str, listed: str) -> float:
    """How surely a listed word is one written in Arabic script, 0 to 1.

    ``skeleton`` is that of the written word and ``spelled`` how it was read. Equal consonants make about 0.85; vowels
    decide between 0.7 and 0.93, and short words need more of them.
    """
    if len(skeleton) < LEAST or skeleton not in of_listed(listed):
        return 0.0
    vowels = ratio(spelled, listed) / 100.0
    return min(0.93, (0.70 if len(skeleton) > LEAST else 0.60) + 0.25 * vowels)
