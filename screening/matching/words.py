"""The word tables of the matcher, read once from ``data/``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from .pinyin import is_spelled

DATA = Path(__file__).parent / "data"


def _read(name: str) -> Any:
    return yaml.load((DATA / name).read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


@dataclass(frozen=True, slots=True)
class Words:
    """``same``: word → its one spelling. ``stems``: beginnings of Russian words. ``common``: words of no weight.

    ``groups``: names of groups with many listed companies; the list makes them common, yet they tell a lot.
    ``tails``: what follows a name when a branch or a department is meant. ``joined``: places written as one word.
    ``ordinary``: words of trades and things, of little weight wherever they stand.
    ``acronyms``: the words that an acronym beside a name stands for. ``also``: another word for one of a Cyrillic name.
    """

    same: dict[str, str]
    stems: tuple[tuple[str, str], ...]
    common: frozenset[str]
    titles: frozenset[str]
    places: frozenset[str]
    groups: frozenset[str]
    tails: frozenset[tuple[str, ...]]
    countries: frozenset[str]
    joined: frozenset[str]
    ordinary: frozenset[str]
    acronyms: dict[str, tuple[str, ...]]
    also: dict[str, str]


@dataclass(frozen=True, slots=True)
class Alias:
    """A Chinese name and the Latin name it goes by; ``source`` attests the pair.

    ``whole`` marks a short name that means the organization only when nothing else stands beside it.
    """

    latin: str
    source: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Chinese:
    """The dictionary for reading Chinese names: legal forms, places, words, and sourced aliases."""

    legal: tuple[tuple[str, str], ...]
    places: dict[str, str]
    words: dict[str, str]
    aliases: dict[str, tuple[Alias, ...]]
    longest: int
    characters: dict[str, str]


@dataclass(frozen=True, slots=True)
class Arabic:
    """The dictionary for names in Arabic script; " / " parts the Latin choices of one key. See the head of the file."""

    words: dict[str, str]
    legal: dict[str, str]
    places: dict[str, str]
    names: dict[str, str]
    endings: dict[str, str]
    skip: tuple[str, ...]


@cache
def legal_forms() -> dict[tuple[str, ...], str]:
    """Return every phrase of a legal form, as words, with its class."""
    table: dict[tuple[str, ...], str] = {}
    for kind, phrases in _read("legal_forms.yaml").items():
        for phrase in phrases:
            table[tuple(str(phrase).split())] = kind
    return table


@cache
def legal_beginnings() -> frozenset[str]:
    """Return the first words of the phrases of a legal form."""
    return frozenset(phrase[0] for phrase in legal_forms())


@cache
def stems_by_beginning() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the stems of five letters and more with the word each stands for, by their first five letters."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for stem, one in words().stems:
        if len(stem) >= 5:
            found[stem[:5]] = (*found.get(stem[:5], ()), (stem, one))
    return found


@cache
def place_beginnings() -> frozenset[str]:
    """Return what places that are written as one word begin with."""
    return frozenset(place[:end] for place in words().joined for end in range(1, len(place)))


@cache
def words() -> Words:
    """Return the word tables for names in Latin and transliterated Cyrillic letters."""
    raw = _read("words.yaml")
    same = {str(other): str(one) for one, others in raw["same"].items() for other in others}
    # The longest first; "scientific" is spelled like every other "science".
    beginnings = [(str(stem), same.get(str(one), str(one))) for one, those in raw["stems"].items() for stem in those]
    stems = tuple(sorted(beginnings, key=lambda pair: -len(pair[0])))
    places = {word for latin in chinese_places().values() for word in latin.split()}
    common, titles = frozenset(map(str, raw["common"])), frozenset(map(str, raw["titles"]))
    return Words(
        same,
        stems,
        common,
        titles,
        frozenset(places),
        frozenset(map(str, raw["groups"])),
        frozenset(tuple(str(tail).split()) for tail in raw["tails"]),
        frozenset(map(str, raw["countries"])),
        frozenset(place for place in (*places, "hongkong") if len(place) >= 6),
        frozenset(one for one in _english() if not is_spelled(one)) - frozenset(map(str, raw["groups"])),
        {str(short): tuple(str(said).split()) for short, said in raw["acronyms"].items()},
        {same.get(one, one): same.get(other, other) for one, other in raw["also"].items()},
    )


def _english() -> Iterator[str]:
    """The English words that Chinese names are translated with: words of trades, not of one company."""
    same = {str(other): str(one) for one, others in _read("words.yaml")["same"].items() for other in others}
    for english in _read("zh_words.yaml")["words"].values():
        yield from (same.get(word, word) for word in str(english).split())


@cache
def misspelled() -> dict[str, str]:
    """Return what long common words become when a letter is left out, to find the word from a misspelling of it."""
    table = words()
    known = {w: w for w in (*table.common, *table.ordinary, *table.same.values())} | table.same
    found: dict[str, str] = {}
    for word, one in known.items():
        if len(word) >= LONG and word.isalpha():
            for at in range(len(word)):
                found.setdefault(word[:at] + word[at + 1 :], one)
    return found


LONG = 8
"""A word of so many letters in which one is wrong is still that word."""


@cache
def legal_words() -> frozenset[str]:
    """Return the long words that stand in phrases of a legal form and nowhere else in a name."""
    found = {word for phrase in legal_forms() for word in phrase if len(word) >= 7}
    # "Youxian" is in the table of phrases, and one letter away from many a name.
    ordinary = words().common | set(words().same) | {"company", "private", "federal", "enterprise", "institution"}
    return frozenset(found - ordinary - {"youxian"})


@cache
def legal_words_of_about(length: int, edits: int) -> tuple[str, ...]:
    """Return the words of legal forms that are at most ``edits`` letters longer or shorter, by letter."""
    return tuple(sorted(word for word in legal_words() if abs(len(word) - length) <= edits))


@cache
def chinese_places() -> dict[str, str]:
    return {str(k): str(v) for k, v in _read("zh_words.yaml")["places"].items()}


@cache
def chinese() -> Chinese:
    """Return the tables for Chinese names."""
    raw = _read("zh_words.yaml")
    aliases: dict[str, tuple[Alias, ...]] = {}
    for row in _read("aliases.yaml"):
        name = str(row["zh"])
        aliases[name] = (*aliases.get(name, ()), Alias(str(row["latin"]), str(row["source"]), bool(row.get("whole"))))
    table = {str(k): str(v) for k, v in raw["words"].items()}
    legal = tuple(sorted(((str(k), str(v)) for k, v in raw["legal"].items()), key=lambda pair: -len(pair[0])))
    longest = max(map(len, [*table, *aliases, *chinese_places()]))
    return Chinese(legal, chinese_places(), table, aliases, longest, dict(_read("zh_characters.yaml")))


@cache
def arabic_words() -> Arabic:
    """Return the tables for names in Arabic script."""
    raw = _read("ar_words.yaml")
    words, legal, places, names, endings = (
        {str(k): str(v) for k, v in raw[part].items()} for part in ("words", "legal", "places", "names", "endings")
    )
    return Arabic(words, legal, places, names, endings, tuple(map(str, raw["skip"])))
