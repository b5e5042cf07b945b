"""Read names in Chinese characters: simplify, set the legal form aside, translate words, write the rest in pinyin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from opencc import OpenCC

from . import pinyin
from .words import Alias, chinese

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_BRACKETS = re.compile(r"[()（）\[\]【】《》“”\"'·・,，、。.\s]+")
_NUMBERS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_ORDINAL = {"1": "st", "2": "nd", "3": "rd"}
_COUNTED = re.compile(r"第?([一二三四五六七八九十〇零百]+|\d+)(研究所|研究院|设计部|设计所|厂|所|院)")


@dataclass(frozen=True, slots=True)
class Reading:
    """A Latin reading of a Chinese name; see :class:`screening.matching.names.Form` for the fields."""

    text: str
    how: str
    source: str = ""
    legal: frozenset[str] = frozenset()
    optional: dict[str, str] = field(default_factory=dict)


def is_han(text: str) -> bool:
    """Say whether a text holds Chinese characters."""
    return bool(_HAN.search(text))


@cache
def _simplifier() -> Any:
    return OpenCC("t2s")


@cache
def _from_japanese() -> Any:
    return OpenCC("jp2t")


def simplify(text: str) -> str:
    """Return the text in simplified characters."""
    return str(_simplifier().convert(text))


def _read_as_chinese(text: str) -> str:
    """Return Japanese characters as the simplified Chinese ones: 集団 as 集团."""
    # The Japanese 研 goes by way of an old form that has no simplified one.
    return simplify(_from_japanese().convert(text)).replace("硏", "研")


def readings(text: str) -> list[Reading]:
    """Return the Latin readings of a Chinese name: sourced aliases first, then words translated, the rest in pinyin."""
    plain = simplify(text)
    core, legal = _without_legal_form(_BRACKETS.sub("", plain))
    # As a Japanese source may write it: 集団 for 集团. Only for known names, since the two share characters.
    known = dict.fromkeys((core, _without_legal_form(_BRACKETS.sub("", _read_as_chinese(text)))[0]))
    found = [Reading(one.latin, "alias", one.source, legal) for name in known for one in _aliases().get(name, ())]
    pieces = list(_segments(core))
    choices = max((len(_aliases()[piece]) for kind, piece in pieces if kind == "alias"), default=1)
    found += [_read(pieces, legal, choice) for choice in range(choices)]
    if any(kind == "alias" for kind, _ in pieces):
        # The same name without its aliases: a listed entry may use the pinyin of a brand as well as the brand.
        found.append(_read(list(_segments(core, aliases=False)), legal, 0))
    if (meant := _by_meaning(pieces)) is not None:
        found.append(_read(meant, legal, 0))
    return found


def _by_meaning(pieces: list[tuple[str, str]]) -> list[tuple[str, str]] | None:
    """Return the pieces with coined words by what their characters mean (天升 "sky rise"), if all have a meaning.

    Companies in Hong Kong and Taiwan in particular go by such names in English, where pinyin finds nothing.
    """
    known = chinese().characters
    coined = [piece for kind, piece in pieces if kind == "han"]
    if not coined or not all(2 <= len(piece) <= 4 and all(c in known for c in piece) for piece in coined):
        return None
    return [("latin", " ".join(known[c] for c in piece)) if kind == "han" else (kind, piece) for kind, piece in pieces]


def _read(pieces: list[tuple[str, str]], legal: frozenset[str], choice: int) -> Reading:
    """Write the pieces of a name in Latin letters; of several aliases of a piece the one numbered ``choice``."""
    tables = chinese()
    out: list[str] = []
    optional: dict[str, str] = {}
    sources: list[str] = []
    for kind, piece in pieces:
        if kind == "alias":
            known = _aliases()[piece]
            alias = known[min(choice, len(known) - 1)]
            out.append(alias.latin)
            sources.append(f"{piece}: {alias.source}")
        elif kind == "word":
            out.append(tables.words[piece])
        elif kind == "place":
            out.append(tables.places[piece])
        elif kind == "han":
            syllables = pinyin.syllables(piece)
            joined = "".join(s.replace("ü", "u").replace("v", "u") for s in syllables)
            out.append(joined)
            if len(syllables) >= 2:
                optional[joined] = "".join(s[0] for s in syllables)
        else:
            out.append(piece.casefold())
    return Reading(" ".join(out), "alias" if sources else "translated", "; ".join(sources), legal, optional)


@cache
def _aliases() -> dict[str, tuple[Alias, ...]]:
    """The aliases by simplified name without its legal form, as a name arrives here."""
    found: dict[str, tuple[Alias, ...]] = {}
    for name, aliases in chinese().aliases.items():
        # Some aliases come from Japanese sources; their characters are read as Chinese ones too.
        for written in dict.fromkeys((simplify(name), _read_as_chinese(name))):
            core = _without_legal_form(_BRACKETS.sub("", written))[0]
            found[core] = tuple(dict.fromkeys((*found.get(core, ()), *aliases)))
    return found


@cache
def _within() -> frozenset[str]:
    """The aliases that also mean their organization inside a longer name, as a brand or a registered name does."""
    return frozenset(name for name, known in _aliases().items() if not all(alias.whole for alias in known))


def _without_legal_form(core: str) -> tuple[str, frozenset[str]]:
    classes: set[str] = set()
    again = True
    while again:
        again = False
        for suffix, kind in chinese().legal:
            if core.endswith(suffix) and len(core) > len(suffix):
                core, again = core[: -len(suffix)], True
                classes.add(kind)
                break
    return core, frozenset(classes)


def _counted(core: str) -> str:
    """Write ``第二十研究所`` as ``20研究所``."""

    def number(m: re.Match[str]) -> str:
        value = _value(m.group(1))
        if m.group(2) in ("研究院", "院"):
            return f" {value}{_ORDINAL.get(value, 'th')} academy "
        return f" {value} {m.group(2)}"

    return _COUNTED.sub(number, core)


def _value(text: str) -> str:
    if text.isdigit():
        return text
    if "十" in text:
        tens, _, ones = text.partition("十")
        return f"{tens.translate(_NUMBERS) or '1'}{ones.translate(_NUMBERS) or '0'}"
    return text.translate(_NUMBERS)


def _segments(core: str, *, aliases: bool = True) -> Iterator[tuple[str, str]]:
    """Cut a name into known words, longest first, runs of unknown characters, and Latin pieces."""
    tables = chinese()
    text = _counted(core)
    at, run = 0, ""
    while at < len(text):
        for size in range(min(tables.longest, len(text) - at), 0, -1):
            piece = text[at : at + size]
            kind = _kind(piece, aliases=aliases)
            if kind and (size > 1 or _stands_alone(text, at, run, aliases=aliases)):
                if run:
                    yield "han", run
                    run = ""
                yield kind, piece
                at += size
                if kind == "place" and text[at : at + 1] in _RANKS and not _begins(text, at, aliases=aliases):
                    at += 1
                break
        else:
            latin = re.match(r"[^\u3400-\u9fff\uf900-\ufaff]+", text[at:])
            if latin:
                if run:
                    yield "han", run
                    run = ""
                if latin.group().strip():
                    yield "latin", latin.group().strip()
                at += latin.end()
            else:
                run += text[at]
                at += 1
    if run:
        yield "han", run


def _stands_alone(text: str, at: int, run: str, *, aliases: bool) -> bool:
    """Whether one character is a word by itself: it ends the name, or stands between words. Elsewhere it is coined."""
    ends = at + 1 == len(text) and text[at] in _AT_THE_END
    return ends or (not run and _begins(text, at + 1, aliases=aliases))


_AT_THE_END = frozenset("厂所院局社")
_RANKS = frozenset("市省县")
"""What may follow a place's name: city, province, county."""


def _begins(text: str, at: int, *, aliases: bool) -> bool:
    """Whether a known word of two characters or more begins at a place in the text."""
    known = (_kind(text[at : at + size], aliases=aliases) for size in range(chinese().longest, 1, -1))
    return any(known)


def _kind(piece: str, *, aliases: bool) -> str:
    tables = chinese()
    if aliases and piece in _within():
        return "alias"
    if piece in tables.places:
        return "place"
    return "word" if piece in tables.words else ""
