"""Consonant skeletons: what a word in Arabic script and its Latin spellings have in common.

Arabic script leaves short vowels out and writes long ones with letters that are consonants elsewhere, while Latin
spellings differ by language: ``Qasem``, ``Ghassem``, ``Kasim``. The skeleton keeps neither vowels nor half-vowels and
writes every group of consonants that such spellings exchange with one letter.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rapidfuzz.fuzz import ratio

from .postings import Array, key_of

LEAST = 2
"""Consonants a skeleton must have to be compared."""

_CLUSTERS = re.compile(r"tsch|tsh|sch|tch|kh|gh|sh|ch|th|dh|zh|dj|ph|ck|ts|tz|[a-z]")
_CLASS = {
    "b": "b", "p": "b", "t": "t", "j": "j", "dj": "j", "zh": "j", "h": "h", "kh": "h", "d": "d", "z": "d", "dh": "d",
    "r": "r", "s": "s", "sh": "s", "ch": "s", "sch": "s", "tch": "s", "tsh": "s", "tsch": "s", "th": "s", "ts": "s",
    "tz": "s", "f": "f", "ph": "f", "k": "k", "q": "k", "g": "k", "gh": "k", "c": "k", "ck": "k", "x": "s", "l": "l",
    "m": "m", "n": "n",
}  # fmt: skip
_SOFT_C = re.compile(r"c(?=[eiy])")
_SPELLED = {
    "ب": "b p", "پ": "p b", "ت": "t", "ط": "t", "ث": "th s t", "ج": "j dj zh", "ژ": "zh j", "چ": "ch tch", "ح": "h",
    "خ": "kh h", "ه": "h", "د": "d", "ذ": "dh d z th", "ز": "z", "ض": "d dh z", "ظ": "z dh d", "ر": "r", "س": "s",
    "ش": "sh ch sch", "ص": "s", "ف": "f ph", "ڤ": "f", "ق": "q k g gh c", "ک": "k c ck", "گ": "g gh", "غ": "gh g q",
    "ل": "l", "م": "m", "ن": "n",
}  # fmt: skip
"""How each consonant is spelled in Latin letters; the first spelling says which class it is in."""
_LETTERS = {letter: (_CLASS[spelled.split()[0]], frozenset(spelled.split())) for letter, spelled in _SPELLED.items()}
_LONG = {"ا": "aeo", "و": "ouwv", "ی": "iye"}
"""Letters for long vowels, and what of each is seen in Latin spellings."""
_BREATH = "ع"
"""A letter that Latin spellings leave out; a vowel of any kind stands beside it."""


@dataclass(frozen=True, slots=True)
class _Bones:
    """Consonants of a word by class and as spelled, and what stands before, between and after them."""

    classes: str
    spelled: tuple[frozenset[str], ...]
    gaps: tuple[str, ...]

    def ended(self) -> _Bones:
        """Without a last h, which is written or not, heard or not. A last kh is always both."""
        if len(self.classes) < LEAST or "h" not in self.spelled[-1] or "kh" in self.spelled[-1] or self.gaps[-1]:
            return self
        return _Bones(self.classes[:-1], self.spelled[:-1], (*self.gaps[:-2], self.gaps[-2] + "h"))


@lru_cache(maxsize=100_000)
def _latin(word: str) -> _Bones:
    classes: list[str] = []
    spelled: list[frozenset[str]] = []
    gaps = [""]
    for cluster in _CLUSTERS.findall(_SOFT_C.sub("s", word)):
        kind = _CLASS.get(cluster)
        if kind is None:
            gaps[-1] += cluster
        elif not (classes and classes[-1] == kind and not gaps[-1]):
            # A doubled letter is one consonant, as it is in Arabic script.
            classes.append(kind)
            spelled.append(frozenset({cluster}))
            gaps.append("")
    return _Bones("".join(classes), tuple(spelled), tuple(gaps)).ended()


@lru_cache(maxsize=20_000)
def _arabic(word: str) -> _Bones:
    classes, spelled, gaps = "", [], [""]
    for letter in word:
        if letter in _LETTERS:
            kind, spellings = _LETTERS[letter]
            classes += kind
            spelled.append(spellings)
            gaps.append("")
        elif letter in _LONG or letter == _BREATH:
            gaps[-1] += letter
    return _Bones(classes, tuple(spelled), tuple(gaps)).ended()


def of_latin(word: str) -> str:
    """Return the skeleton of a Latin word in lower-case letters."""
    return _latin(word).classes


def of_arabic(word: str) -> str:
    """Return the skeleton of a word in normalized Arabic letters."""
    return _arabic(word).classes


@lru_cache(maxsize=100_000)
def of_listed(word: str) -> tuple[str, ...]:
    """Return the skeletons of a listed word that are long enough: the whole one, and without a joined article."""
    return tuple(dict.fromkeys(one for one in map(of_latin, _bare(word)) if len(one) >= LEAST))


def _bare(word: str) -> tuple[str, ...]:
    return (word, word[2:]) if len(word) >= 6 and word.startswith(("al", "el")) else (word,)


def comparable(written: str) -> bool:
    """Say whether a word in Arabic letters has enough consonants to be compared by them."""
    return len(of_arabic(written)) >= LEAST


@lru_cache(maxsize=200_000)
def alike(written: str, spelled: str, listed: str) -> float:
    """How surely a listed word is one written in Arabic script, 0 to 1.

    ``written`` are its normalized letters and ``spelled`` how it was read. The same consonants make 0.8 to 0.93 where
    every long vowel has its place, less for a consonant or a vowel that does not fit, and nothing for several.
    """
    return max(_fit(_arabic(written), spelled, one) for one in _bare(listed))


def _fit(ours: _Bones, spelled: str, listed: str) -> float:
    theirs = _latin(listed)
    if len(ours.classes) < LEAST or ours.classes != theirs.classes:
        return 0.0
    misfits = sum(1 for may, does in zip(ours.spelled, theirs.spelled, strict=True) if may.isdisjoint(does))
    last = len(ours.gaps) - 1
    misfits += sum(
        1
        for at, (may, does) in enumerate(zip(ours.gaps, theirs.gaps, strict=True))
        if not _vowels_fit(may, does, inside=0 < at < last)
    )
    spare = len(ours.classes) - LEAST
    if misfits == 0:
        # Two consonants meet by chance, so that their vowels must agree as well.
        return min(0.93, (0.78 if spare else 0.68) + 0.15 * ratio(spelled, listed) / 100.0)
    return 0.65 if misfits == 1 and spare else 0.5 if misfits == 1 or (misfits == 2 and spare > 1) else 0.0


def _vowels_fit(written: str, spelled: str, *, inside: bool) -> bool:
    """Whether what is written between two consonants in Arabic letters can be what is spelled there in Latin ones."""
    seen = set(spelled)
    if _BREATH in written:
        return all(seen & set(_LONG[one]) for one in written if one in _LONG)
    if written.endswith("h"):
        # A last h, or the ending of the feminine: ah, eh, a. Hardly ever another vowel.
        return seen <= {"a", "e", "h"} if written == "h" else all(seen & set(_LONG[one]) for one in written[:-1])
    if not written:
        # A short vowel, if any. At an end of a word it would have been written.
        return spelled in ("", "a", "e", "i", "o", "u", "ou") if inside else spelled in ("", "h")
    if not inside and written == "ا":
        return 1 <= len(spelled) <= 2 and not seen & set("wv")
    if written == "ی" and not inside and spelled == "a":
        return True
    if written == "ا" and seen & set("wv"):
        return False
    return all(seen & set(_LONG[letter]) for letter in written)


def spelled_out(skeletons: Iterable[str]) -> str:
    """Return words, parted by spaces, that have these skeletons: what :func:`postings` takes for written names."""
    return " ".join("a".join(one) + "a" for one in skeletons)


def postings(names: Sequence[str]) -> dict[str, Array]:
    """Return which names have which skeletons, as sorted arrays; ``names`` are words parted by one space."""
    # One list of all words: a list for every name is what the collector would walk again and again.
    said = " ".join(filter(None, names)).split(" ") if any(names) else []
    number = {word: at for at, word in enumerate(dict.fromkeys(said))}
    at = np.fromiter(map(number.__getitem__, said), dtype=np.int64, count=len(said))
    owner = np.repeat(np.arange(len(names), dtype=np.uint64), [name.count(" ") + 1 if name else 0 for name in names])
    pairs = [np.zeros(0, dtype=np.uint64)]
    # Whole, and without an article that may be joined to it.
    for spelled in (list(number), [bare[-1] if len(bare := _bare(word)) > 1 else "" for word in number]):
        keys_of = np.array([key_of(one) if len(one) >= LEAST else 0 for one in _all(spelled)], dtype=np.uint64)[at]
        pairs.append((keys_of << np.uint64(32) | owner)[keys_of > 0])
    table = np.sort(np.concatenate(pairs))
    table = table[np.concatenate(([True], table[1:] != table[:-1]))] if len(table) else table
    keys, having = (table >> np.uint64(32)).astype(np.uint32), (table & np.uint64(0xFFFFFFFF)).astype(np.int32)
    counts = np.searchsorted(keys, keys, "right") - np.searchsorted(keys, keys, "left")
    norm = np.sqrt(np.bincount(having, weights=np.square(_rarity(counts, len(names))), minlength=len(names)))
    return {"skeleton_keys": keys, "skeleton_names": having, "skeleton_norm": norm.astype(np.float32)}


def _all(words: Sequence[str]) -> list[str]:
    """Return the skeletons of many words at once, all letters of one kind in one step: an index has 40,000 words."""
    text = "\n".join((*words, ""))
    for spelled, kind in _AT_ONCE:
        text = text.replace(spelled, kind)
    text = _DOUBLED.sub(r"\1", text.translate(_ONE_BY_ONE)).replace("H\n", "\n")
    return text.replace(_HARD_H, "h").replace("-", "").casefold().split("\n")[:-1]


_HARD_H = "X"
"""A kh while the letters of many words are replaced: unlike an h it is heard at the end of a word."""
_AT_ONCE = (
    *((f"c{vowel}", f"s{vowel}") for vowel in "eiy"),
    ("kh", _HARD_H),
    *((spelled, _CLASS[spelled].upper()) for spelled in sorted(_CLASS, key=len, reverse=True) if len(spelled) > 1),
)
_ONE_BY_ONE = str.maketrans(
    {letter: _CLASS[letter].upper() if letter in _CLASS else "-" for letter in "abcdefghijklmnopqrstuvwxyz0123456789"}
)
_DOUBLED = re.compile(r"([A-Z])\1+")


def shared(arrays: dict[str, Array], skeletons: Collection[str]) -> Array:
    """Return how much every name has in common with a name of these skeletons, 0 to 1, rare ones counting more."""
    keys, norm = arrays["skeleton_keys"], arrays["skeleton_norm"]
    out: Array = np.zeros(len(norm))
    if not len(keys):
        return out
    most = 0.0
    for one in skeletons:
        key = np.uint32(key_of(one))
        start, end = np.searchsorted(keys, key, "left"), np.searchsorted(keys, key, "right")
        worth = float(_rarity(np.array([end - start]), len(norm))[0]) ** 2
        most += worth
        out[arrays["skeleton_names"][start:end]] += worth
    return out / np.maximum(norm * math.sqrt(most), 1e-9) if most else out


def _rarity(counts: Array, names: int) -> Array:
    found: Array = np.log((1.0 + names) / (1.0 + counts)) + 0.1
    return found
