"""Our party against the entry, field by field: what agrees, what differs, what could not be compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from anyascii import anyascii
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from rapidfuzz.fuzz import ratio

from ..matching import forms
from ..matching.names import form
from ..matching.score import same_address
from ..matching.words import legal_forms
from ..models import Match
from ..sources.places import names_of

MET = 85.0
"""From this likeness of letters on (0 to 100), a word counts as met on the other side."""
_WORDS = re.compile(r"\w+|\W+")
_SCRIPTS = (
    ("CJK", "Han", _("Chinese script")),
    ("HIRAGANA", "Kana", _("Japanese script")),
    ("KATAKANA", "Kana", _("Japanese script")),
    ("CYRILLIC", "Cyrillic", _("Cyrillic script")),
    ("ARABIC", "Arabic", _("Arabic script")),
    ("HANGUL", "Hangul", _("Korean script")),
    ("HEBREW", "Hebrew", _("Hebrew script")),
)
_LATIN = ("Latin", _("Latin script"))
_KINDS = {
    "individual": _("person"),
    "person": _("person"),
    "entity": _("organization"),
    "organization": _("organization"),
    "vessel": _("vessel"),
    "aircraft": _("aircraft"),
}
_ONE_KIND = {"individual": "person", "entity": "organization"}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a value.

    ``met`` is False where the other side has nothing like it, ``near`` True where it has it in another spelling.
    """

    text: str
    met: bool = True
    near: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """One value of a field. ``script`` and ``reading`` say how a name in another script was read for comparing."""

    parts: tuple[Part, ...]
    script: str = ""
    reading: tuple[Part, ...] = ()
    source: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of both sides. ``agreement``: ``agrees``, ``similar``, ``differs`` or ``unknown``."""

    key: str
    title: Promise
    ours: tuple[Shown, ...]
    theirs: tuple[Shown, ...]
    agreement: str


def compare(match: Match, told: dict[str, Any]) -> tuple[Field, ...]:
    """Return both sides of a match field by field. ``told`` is what the run asked about the subject."""
    listed = match.listed
    names = [name.name for name in listed.names.all()]
    kind = str(told.get("kind") or "")
    return (
        _names(list(told.get("names", ())), names),
        _plain("kind", _("Kind"), [kind] if kind else [], [listed.kind] if listed.kind else [], of=kind_title),
        _countries(list(told.get("countries", ())), list(listed.countries)),
        _addresses(match, list(told.get("addresses", ())), list(told.get("countries", ()))),
        _plain("identifiers", _("Numbers"), list(told.get("identifiers", ())), list(listed.identifiers)),
        Field("dates", _("Dates"), (), tuple(_line(one) for one in _dates(match)), "unknown"),
        Field("others", _("Further particulars"), (), tuple(_line(one) for one in _particulars(listed.raw)), "unknown"),
    )


def not_compared(fields: Iterable[Field], gaps: Iterable[dict[str, str]]) -> tuple[str, ...]:
    """Return, as sentences, what the score says nothing about."""
    found = []
    for field in fields:
        if field.agreement != "unknown" or field.key in ("dates", "others"):
            continue
        values = {"field": str(field.title)}
        if not field.ours and not field.theirs:
            found.append(_now("%(field)s: neither side tells any.") % values)
        elif not field.ours:
            found.append(_now("%(field)s: ours are not known.") % values)
        else:
            found.append(_now("%(field)s: the entry gives none.") % values)
    found.append(_now("Dates and places of birth or founding: the search does not read ours."))
    for gap in gaps:
        if gap.get("name"):
            found.append(_now("The name “%(name)s” could not be compared whole.") % {"name": gap["name"]})
        elif gap.get("why") == "too_many_matches":
            found.append(_now("The party met more entries than are kept; the least sure are not shown."))
    found.append(_now("Ownership: no list names the companies that a listed party owns."))
    return tuple(found)


def _names(ours: list[str], theirs: list[str]) -> Field:
    said, listed = _vocabulary(ours), _vocabulary(theirs)
    same = bool(_whole(ours) & _whole(theirs))
    return Field(
        "names",
        _("Names"),
        tuple(_name(one, listed) for one in ours),
        tuple(_name(one, said) for one in theirs),
        "unknown" if not theirs or not ours else "agrees" if same else "similar",
    )


_OWN_NAME = re.compile(r"\w+'s own English name")
_METI = re.compile(r"METI list no\. (\d+)")


def source_words(source: str) -> str:
    """Put where an alias comes from into the reader's language; numbers of exchanges are the same in all."""
    said = _OWN_NAME.sub(_now("its own English name"), source)
    return _METI.sub(lambda found: _now("METI list no. %(number)s") % {"number": found[1]}, said)


def _whole(names: list[str]) -> set[str]:
    return {form.squashed for name in names for form in forms(name)}


def _name(text: str, others: frozenset[str]) -> Shown:
    script, words = _script(text)
    readings = forms(text) if script != "Latin" else ()
    # Of several readings the one that meets most of the other side is the one worth showing.
    best = max(readings, key=lambda form: sum(_met(word, others) for word in form.words), default=None)
    return Shown(
        parts=_parts(text, others, _set_aside()) if script == "Latin" else (Part(text),),
        script="" if script == "Latin" else str(words),
        reading=tuple(_part(word, others) for word in best.words) if best else (),
        source=source_words(best.source) if best else "",
    )


@lru_cache(maxsize=4096)
def _script(text: str) -> tuple[str, Promise]:
    for char in text:
        if char.isalpha() and ord(char) > 0x24F:
            name = unicodedata.name(char, "")
            for start, code, words in _SCRIPTS:
                if name.startswith(start):
                    return code, words
    return _LATIN


def _vocabulary(texts: Iterable[str]) -> frozenset[str]:
    found = {_fold(word) for text in texts for word in _WORDS.findall(text)}
    found |= {word for text in texts for form in forms(text) for word in form.words}
    return frozenset(found - {""})


@lru_cache(maxsize=20_000)
def _fold(word: str) -> str:
    return "".join(c for c in anyascii(word).casefold() if c.isalnum())


def _met(word: str, others: frozenset[str]) -> bool:
    return _part(word, others).met


def _part(word: str, others: frozenset[str]) -> Part:
    plain = _fold(word)
    if not plain or plain in others:
        return Part(word)
    near = any(ratio(plain, other, score_cutoff=MET) for other in others)
    return Part(word, met=near, near=near)


@lru_cache(maxsize=1)
def _set_aside() -> frozenset[str]:
    """Legal forms written as one word."""
    return frozenset(phrase[0] for phrase in legal_forms() if len(phrase) == 1)


def _parts(text: str, others: frozenset[str], aside: frozenset[str] = frozenset()) -> tuple[Part, ...]:
    """Cut a text into words and what is between them; where the other side is silent, nothing is marked.

    Words set ``aside``, such as legal forms, are never marked: they were not compared as words.
    """
    if not others:
        return (Part(text),)
    pieces = [Part(one) if one.casefold() in aside else _part(one, others) for one in _WORDS.findall(text)]
    return tuple(_joined(pieces))


def _joined(pieces: Sequence[Part]) -> list[Part]:
    """Join neighbors that are marked alike, with the space or comma between them: one mark reads better than five."""
    found: list[Part] = []
    for piece in pieces:
        before = found[-2:]
        if (
            len(before) == 2
            and _fold(piece.text)
            and not _fold(before[1].text)
            and (piece.met, piece.near) == (before[0].met, before[0].near) != (True, False)
        ):
            found[-2:] = [Part(before[0].text + before[1].text + piece.text, piece.met, piece.near)]
        else:
            found.append(piece)
    return found


def _addresses(match: Match, ours: list[str], our_countries: list[str]) -> Field:
    theirs = list(match.listed.addresses)
    # A country that both sides tell is met, though only one of them writes it into the address.
    named = frozenset(_fold(word) for code in our_countries for name in names_of(code) for word in name.split())
    listed_in = [name for code in match.listed.countries for name in names_of(code)]
    said, listed = _vocabulary(ours) | named, _vocabulary(theirs + listed_in)
    best = max((same_address(one, "|".join(theirs)) for one in ours), default=0.0) if theirs else 0.0
    agreement = "unknown" if not ours or not theirs else "agrees" if best >= 0.8 else "similar" if best else "differs"
    if agreement == "differs" and any(_place_alike(one, listed, theirs) for one in ours):
        agreement = "similar"
    return Field(
        "addresses",
        _("Addresses"),
        tuple(_written(one, listed if theirs else frozenset()) for one in ours),
        tuple(_written(one, said if ours else frozenset()) for one in theirs),
        agreement,
    )


def _place_alike(ours: str, listed: frozenset[str], theirs: list[str]) -> bool:
    """Whether an address without a number to tell it by names the same place: the matcher compares only by numbers."""
    read = form(ours)
    words = read.words if read else ()
    if any(char.isdigit() for char in ours) and any(char.isdigit() for one in theirs for char in one):
        return False
    return len(words) >= 2 and sum(_met(word, listed) for word in words) >= 0.6 * len(words)


def _written(text: str, others: frozenset[str]) -> Shown:
    """Return an address; one in another script with the reading it was compared by."""
    script, words = _script(text)
    read = form(text) if script != "Latin" else None
    if read is None:
        return Shown(_parts(text, others))
    reading = tuple(_part(word, others) if others else Part(word) for word in read.words)
    return Shown((Part(text),), script=str(words), reading=reading)


def _countries(ours: list[str], theirs: list[str]) -> Field:
    return Field(
        "countries",
        _("Countries"),
        tuple(Shown((Part(code, not theirs or code in theirs),), country=code) for code in ours),
        tuple(Shown((Part(code, not ours or code in ours),), country=code) for code in theirs),
        "unknown" if not ours or not theirs else "agrees" if set(ours) & set(theirs) else "differs",
    )


def _plain(key: str, title: Promise, ours: Sequence[str], theirs: Sequence[str], *, of: Any = str) -> Field:
    def fold(text: str) -> str:
        return _fold(_ONE_KIND.get(text.casefold(), text))

    mine, listed = {fold(one) for one in ours}, {fold(one) for one in theirs}
    # A published number stands among its kind, country and dates: ours agrees when it is one of those words.
    listed |= {_fold(word) for one in theirs for word in re.split(r"[,;\s]+", one)} if key == "identifiers" else set()
    agreement = "unknown" if not mine or not listed else "agrees" if mine & listed else "differs"
    differs = agreement == "differs"
    return Field(
        key,
        title,
        tuple(Shown((Part(str(of(one)), not differs),)) for one in ours),
        tuple(Shown((Part(str(of(one)), not differs),)) for one in theirs),
        agreement,
    )


def kind_title(kind: str) -> str:
    """Return what a kind of party is called in the reader's language; one nobody knows is shown as it is."""
    return str(_KINDS.get(kind.casefold(), kind))


def _line(text: str) -> Shown:
    return Shown((Part(text),))


def _dates(match: Match) -> list[str]:
    listed, raw = match.listed, match.listed.raw
    found = [_now("listed since %(day)s") % {"day": _day(listed.start_date)}] if listed.start_date else []
    if listed.end_date:
        found.append(_now("listed until %(day)s") % {"day": _day(listed.end_date)})
    for column, words in (("dates_of_birth", _now("born %(when)s")), ("places_of_birth", _now("born in %(when)s"))):
        found += [words % {"when": one} for one in _many(raw.get(column))]
    return found


def _day(value: Any) -> str:
    if (get_language() or "").startswith("zh"):
        return f"{value.year}年{value.month}月{value.day}日"
    return date_format(value, "j M Y")


_PARTICULARS = {
    "title": _("position"),
    "nationalities": _("nationality"),
    "citizenships": _("citizenship"),
    "call_sign": _("call sign"),
    "vessel_type": _("type of vessel"),
    "vessel_flag": _("flag"),
    "vessel_owner": _("owner of the vessel"),
    "gross_tonnage": _("gross tonnage"),
}


def _particulars(raw: dict[str, Any]) -> list[str]:
    return [f"{words}: {one}" for column, words in _PARTICULARS.items() for one in _many(raw.get(column))]


def _many(value: Any) -> list[str]:
    found = value if isinstance(value, list) else str(value or "").split(";")
    return [text for one in found if (text := str(one).strip())]
