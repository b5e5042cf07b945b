"""Lay two names side by side, word by word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import ratio

from . import skeleton
from .names import Form, sound
from .pinyin import heard, is_spelled


@dataclass(frozen=True, slots=True)
class Link:
    """Words of ours (by position) that stand for words of the listed name, and how alike they are."""

    ours: tuple[int, ...]
    listed: tuple[int, ...]
    alike: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Our name and a listed name, aligned. Every feature is a function of this."""

    ours: Form
    listed: Form
    links: tuple[Link, ...]
    our_weights: tuple[float, ...]
    listed_weights: tuple[float, ...]
    letters: float
    written: float
    gram: float = 0.0
    our_countries: frozenset[str] = frozenset()
    listed_countries: frozenset[str] = frozenset()
    address: float = 0.0
    initials: bool = False
    alike_ours: tuple[float, ...] = field(default=())
    alike_listed: tuple[float, ...] = field(default=())
    our_kind: str = ""
    listed_kind: str = ""


@lru_cache(maxsize=50_000)
def alike(a: str, b: str) -> float:
    """How surely two words are the same word, 0 to 1: equal, sounding alike, or within the edits its length allows."""
    if a == b:
        return 1.0
    if a.isdigit() or b.isdigit():
        return 0.0
    shorter = min(len(a), len(b))
    if shorter >= 4 and sound(a) == sound(b):
        return 0.94
    if shorter >= 4 and is_spelled(a) and is_spelled(b):
        return _as_pinyin(a, b)
    if shorter in (2, 3) and len(a) + len(b) < 8 and sound(a) == sound(b):
        return 0.85
    if shorter == 1:
        # An initial may stand for a word; it says little.
        return 0.55 if a[0] == b[0] else 0.0
    edits = 0 if shorter < 4 else 1 if shorter < 7 else 2 if shorter < 11 else 3
    if not edits:
        return 0.7 if shorter == 3 and OSA.distance(a, b) == 1 and len(a) + len(b) > 7 else 0.0
    distance = OSA.distance(a, b, score_cutoff=edits + 1)
    if distance <= edits:
        return max(0.0, 1.0 - 1.15 * distance / max(len(a), len(b)))
    if shorter >= 5 and (a.startswith(b) or b.startswith(a)):
        return 0.72
    if shorter >= 5:
        close = JaroWinkler.similarity(sound(a), sound(b))
        return 0.75 * close if close >= 0.93 else 0.0
    return 0.0


def _as_pinyin(a: str, b: str) -> float:
    """Two words that are both whole pinyin: another syllable is another word, however near its letters are."""
    if heard(a) == heard(b):
        return 0.9
    edits = 1 if min(len(a), len(b)) < 10 else 2
    distance = OSA.distance(a, b, score_cutoff=edits)
    return 0.9 - 1.6 * distance / max(len(a), len(b)) if distance <= edits else 0.0


def align(ours: Form, listed: Form) -> tuple[Link, ...]:
    """Pair the words of two names: equal ones first, then joined or split ones, then the most alike."""
    left: list[int] = list(range(len(ours.words)))
    right: list[int] = list(range(len(listed.words)))
    links: list[Link] = []
    for i in tuple(left):
        spellings = (ours.words[i], ours.optional.get(ours.words[i], ""))
        for j in right:
            if listed.words[j] in spellings:
                links.append(Link((i,), (j,), 1.0))
                left.remove(i)
                right.remove(j)
                break
    if left and right:
        # As written: joined to a name, "da" and "san" are syllables, not "of" and "saint".
        _joined(ours.tokens or ours.words, listed.tokens or listed.words, left, right, links, swap=False)
        _joined(listed.tokens or listed.words, ours.tokens or ours.words, right, left, links, swap=True)
    scored = sorted(
        ((_alike(ours, ours.words[i], listed.words[j]), i, j) for i in left for j in right),
        key=lambda found: (-found[0], abs(found[1] - found[2])),
    )
    # What Chinese characters say is read without a slip of the pen: another spelling is another name.
    strict = 0.2 if ours.how == "translated" else 0.0
    for found, i, j in scored:
        likeness = found - strict if found < 0.9 else found
        if likeness < 0.5:
            break
        if i in left and j in right:
            links.append(Link((i,), (j,), likeness))
            left.remove(i)
            right.remove(j)
    return tuple(links)


def _alike(ours: Form, word: str, listed: str) -> float:
    """How alike two words are. Of a word in Arabic script the consonants decide, since its vowels are a reading."""
    found = alike(word, listed)
    written = ours.letters.get(word) if ours.letters else None
    if not written or found >= SURE or not skeleton.comparable(written):
        return found
    return skeleton.alike(written, word, listed) or found - OTHER_CONSONANTS


SURE = 0.94
OTHER_CONSONANTS = 0.25
"""What another consonant takes from the likeness of a word: no slip of the pen gives it in a name that was read."""


def _joined(
    many: tuple[str, ...], one: tuple[str, ...], left: list[int], right: list[int], links: list[Link], *, swap: bool
) -> None:
    """Find neighbours on one side that are one word on the other: ``kapil raj`` and ``kapilraj``."""
    if len(left) < 2:
        return
    for j in tuple(right):
        length = len(one[j])
        if length < 4:
            continue
        for size in (2, 3, 4):
            for i in range(len(many) - size + 1):
                # One letter more or less is as far as the comparison below goes.
                if abs(sum(map(len, many[i : i + size])) - length) > 1:
                    continue
                span = tuple(range(i, i + size))
                if not all(k in left for k in span):
                    continue
                text = "".join(many[k] for k in span)
                if text == one[j] or (len(text) >= 7 and OSA.distance(text, one[j], score_cutoff=1) <= 1):
                    likeness = 1.0 if text == one[j] else 0.9
                    links.append(Link((j,), span, likeness) if swap else Link(span, (j,), likeness))
                    for k in span:
                        left.remove(k)
                    right.remove(j)
                    break
            if j not in right:
                break


def _weighed(word: str, weight: Callable[[str], float], company: bool) -> float:
    """A single letter is an initial in a person's name; in that of a company it tells one company from another."""
    return LETTER if company and len(word) == 1 and word.isalpha() else weight(word)


LETTER = 0.35


def lay(
    ours: Form,
    listed: Form,
    *,
    weight: Callable[[str], float],
    gram: float = 0.0,
    our_countries: frozenset[str] = frozenset(),
    listed_countries: frozenset[str] = frozenset(),
    address: float = 0.0,
    our_kind: str = "",
    listed_kind: str = "",
) -> Pair:
    """Align two names and measure what the features need."""
    links = align(ours, listed)
    our_alike, listed_alike = [0.0] * len(ours.words), [0.0] * len(listed.words)
    for link in links:
        for i in link.ours:
            our_alike[i] = link.alike
        for j in link.listed:
            listed_alike[j] = link.alike
    squashed = ratio(ours.squashed, listed.squashed)
    written = ratio(ours.raw, listed.raw) if ours.raw != ours.squashed or listed.raw != listed.squashed else squashed
    letters = max(squashed, ratio(" ".join(sorted(ours.words)), " ".join(sorted(listed.words))), written)
    company = bool(ours.legal or listed.legal)
    our_weights = tuple(_weighed(word, weight, company) for word in ours.words)
    listed_weights = tuple(_weighed(word, weight, company) for word in listed.words)
    short, long = (ours, listed) if len(ours.words) == 1 else (listed, ours)
    initials = len(short.words) == 1 and len(long.words) >= 3 and len(short.squashed) >= 3
    return Pair(
        ours,
        listed,
        links,
        our_weights,
        listed_weights,
        letters / 100.0,
        written / 100.0,
        gram,
        our_countries,
        listed_countries,
        address,
        initials and short.squashed == long.initials,
        tuple(our_alike),
        tuple(listed_alike),
        our_kind,
        listed_kind,
    )
