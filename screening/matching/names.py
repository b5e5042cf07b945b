"""Bring a name into a form in which it can be compared: the same way for our parties and for listed ones."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from . import arabic, han
from .words import (
    LONG,
    legal_beginnings,
    legal_forms,
    legal_words,
    legal_words_of_about,
    misspelled,
    place_beginnings,
    stems_by_beginning,
    words,
)
from .written import written

LONGEST = 500
"""Characters of a name that are compared. Callers must say so when a name is longer."""

_LOOKALIKES = str.maketrans("асеорхуіјѕԁһ", "aceopxyijsdh")
_LATIN, _CYRILLIC = re.compile(r"[a-z]"), re.compile(r"[а-яёіїєґ]")
_UKRAINIAN, _KAZAKH = re.compile(r"[іїєґў]"), re.compile(r"[әғқңөұүһ]")
_IN_UKRAINIAN = str.maketrans({"г": "h", "и": "y", "є": "ie"})
"""Letters that stand for another sound in Ukrainian and Belarusian than in Russian."""
_DOTTED = re.compile(r"\b(?:[a-z]\.\s?){2,}(?![a-z]{2})")
_DOTS = re.compile(r"[.\s]")
_CAMEL = re.compile(r"(?<=[a-z]{3})(?=[A-Z][a-z]{2})")
_VESSEL = re.compile(r"^\s*(?:m/v|mv|m\.v\.|m/t|mt|m\.t\.|s\.s\.|ss)\s+", re.I)
_NOTE = re.compile(r"\b(?:attn|c/o|t/a)\b.*$|^\s*(?:messrs\.?)\s", re.I)
_MISREAD = re.compile(r"[a-z]+[01358][a-z]+")
_DIGITS = str.maketrans("01358", "oiesb")


@dataclass(frozen=True, slots=True)
class Form:
    """One reading of a name. ``words`` are what is compared; ``legal`` the classes of legal form set aside.

    ``how`` says how the reading came about: ``written``, ``head`` (without the branch or address behind the name),
    ``translated`` (from Han or Cyrillic words), ``unvoweled`` (from Arabic script), ``alias``; ``source`` attests an
    alias. ``raw`` is the name as written, in one piece, before words were brought to one spelling, ``tokens`` word by
    word; ``optional`` holds spellings that may stand for a word, ``letters`` what stands for it in Arabic script.
    """

    words: tuple[str, ...]
    legal: frozenset[str] = frozenset()
    how: str = "written"
    source: str = ""
    raw: str = ""
    tokens: tuple[str, ...] = ()
    optional: dict[str, str] = field(default_factory=dict, compare=False, hash=False)
    letters: dict[str, str] = field(default_factory=dict, compare=False, hash=False)

    @property
    def squashed(self) -> str:
        return "".join(self.words)

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.words if word not in ("of", "and"))


def clean(text: str) -> str:
    """Return at most :data:`LONGEST` characters of the text in NFKC, without what is no letter, digit or mark."""
    if text.isascii() and text.isprintable():
        return text[:LONGEST].strip()
    text = unicodedata.normalize("NFKC", text[: LONGEST * 4])[:LONGEST]
    return "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "So") else c for c in text if _visible(c)
    ).strip()


def _visible(c: str) -> bool:
    # Direction marks, zero-width characters and lone surrogates are invisible: a name is what a person sees.
    return unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn")


@lru_cache(maxsize=5_000)
def forms(text: str) -> tuple[Form, ...]:
    """Return the readings of a name, most literal first; none when nothing comparable is left."""
    text = _clean(text)
    if not text:
        return ()
    if han.is_han(text):
        found = [
            _form(reading.text, reading.how, reading.source, reading.legal, reading.optional)
            for reading in han.readings(text)
        ]
    elif arabic.is_arabic(text):
        found = [_from_arabic(reading) for reading in arabic.readings(text)]
    else:
        found = [form for one in written(text) for form in _spelled(one)]
    unique: dict[tuple[str, ...], Form] = {}
    for form in found:
        if form.words:
            unique.setdefault(form.words, form)
    return tuple(unique.values())


def _spelled(text: str) -> list[Form]:
    found = [_form(_latin(text), optional=words().also if _CYRILLIC.search(text.casefold()) else None)]
    if (head := _head(text)) is not None:
        found.append(_form(_latin(head), "head"))
    return found


def warm() -> None:
    """Read every table and dictionary now, so that the first name takes no longer than the next."""
    forms("暖机 warm up")
    forms("بنك الشام")


def form(text: str) -> Form | None:
    """Return the most literal reading of a name, or None when nothing comparable is left."""
    text = _clean(text)
    if not text.isascii() and (han.is_han(text) or arabic.is_arabic(text)):
        return next(iter(forms(text)), None)
    found = _form(_latin(text))
    return found if found.words else None


def _clean(text: str) -> str:
    """Clean a name. What parts the letters of one Persian word is invisible elsewhere, and a space here."""
    return clean(text.replace("\u200c", " ") if "\u200c" in text and arabic.is_arabic(text) else text)


def _from_arabic(reading: arabic.Reading) -> Form:
    found = _form(_latin(reading.text), "unvoweled")
    # Words are brought to one spelling; what was written in their place goes with them.
    letters = {
        word: reading.letters[token]
        for word, token in zip(found.words, found.tokens, strict=True)
        if token in reading.letters
    }
    return replace(found, letters=letters)


def _head(text: str) -> str | None:
    """Return the name without the branch, department or address that follows it, if something of the kind does."""
    for mark in _BEHIND.finditer(text):
        head, behind = text[: mark.start()], text[mark.end() :]
        said = re.findall(r"[a-z0-9]+", _latin(behind))
        table = words()
        if said and (
            any(any(c.isdigit() for c in word) for word in said)
            or said[-1] in table.countries
            or any(tuple(said[:size]) in table.tails for size in (1, 2, 3))
        ):
            return head if re.search(r"\w{2}", head) else None
    said = re.findall(r"\w+", text)
    for size in (3, 2, 1):
        if len(said) > size + 1 and tuple(word.casefold() for word in said[-size:]) in words().tails:
            return " ".join(said[:-size])
    return None


_BEHIND = re.compile(r"\s*[,;]\s+|\s+[-–—]+\s+|\s*\(")


def _latin(text: str) -> str:
    """Lower-case ASCII words: look-alike letters folded, other scripts transliterated."""
    text = _NOTE.sub("", text) or text
    text = _VESSEL.sub("", text) or text
    text = text.replace("&", " and ")
    if not text.isupper() and (" " in text or "." in text):
        text = _CAMEL.sub(" ", text)
    text = text.casefold()
    if not text.isascii():
        text = " ".join(_fold_lookalikes(word) for word in text.replace("№", " ").split())
        if _UKRAINIAN.search(text) and not _KAZAKH.search(text):
            text = text.translate(_IN_UKRAINIAN)
        text = anyascii(unicodedata.normalize("NFC", text)).casefold()
    if "." in text:
        text = _DOTTED.sub(lambda m: _DOTS.sub("", m.group()) + " ", text)
    return text.replace("'", "").replace("`", "")


def _fold_lookalikes(word: str) -> str:
    """A word that mixes Latin and Cyrillic letters is a disguise: read its Cyrillic letters as what they look like."""
    if _LATIN.search(word) and _CYRILLIC.search(word):
        return word.translate(_LOOKALIKES).replace("м", "m").replace("в", "b").replace("т", "t").replace("к", "k")
    return word


def _form(
    text: str,
    how: str = "written",
    source: str = "",
    legal: frozenset[str] = frozenset(),
    optional: dict[str, str] | None = None,
) -> Form:
    if how == "written" and "." in text and _DOT_INSIDE.search(text):
        text = _MARK_INSIDE.sub("", text)
    if "-" in text:
        text = _HYPHENED.sub(_without_hyphen, text)
    if _DIGIT.search(text):
        text = _ORDINAL.sub(r" \1 ", text)
    tokens = _join_letters(_WORD.findall(text))
    tokens, classes = _set_legal_forms_aside([_read(t) for t in tokens])
    tokens = _spelled_out(_join_places(tokens))
    table = words()
    spelled = tuple(_spell(t) for t in tokens)
    if len(spelled) > 1 and (len(tokens[0]) == 1 or len(tokens[-1]) == 1):
        # A single letter joins two words in Spanish or Slavic names; at an end of a name it is an initial.
        ends = (0, len(spelled) - 1)
        spelled = tuple(tokens[at] if at in ends and len(tokens[at]) == 1 else one for at, one in enumerate(spelled))
    while len(spelled) > 1 and spelled[0] in table.titles:
        spelled, tokens = spelled[1:], tokens[1:]
    return Form(spelled, classes | legal, how, source, "".join(tokens), tuple(tokens), optional or {})


_DOT_INSIDE, _MARK_INSIDE = re.compile(r"(?:^|\s)[a-z]+\.[a-z]{3,}"), re.compile(r"(?<=[a-z])[-.](?=[a-z])")
"""Dots or hyphens inside words where nobody writes them: ``prin.ting``, ``skyv-erse``."""
_WORD = re.compile(r"[a-z0-9]+")
_DIGIT = re.compile(r"\d")
_ORDINAL = re.compile(r"\b(?:no\.?\s?)?(\d+)(?:st|nd|rd|th)?\b")
"""A number in a name, whether it is written ``No. 20``, ``20th`` or ``20``."""
_HYPHENED = re.compile(r"\b[a-z]{2,}-[a-z]{2,}\b")


def _without_hyphen(found: re.Match[str]) -> str:
    """A hyphen inside a word of a legal form is a disguise: ``liab-ility``."""
    joined = found.group().replace("-", "")
    return joined if joined in legal_words() else found.group()


@lru_cache(maxsize=50_000)
def _read(token: str) -> str:
    return _legal_spelling(_read_digits(token))


def _legal_spelling(token: str) -> str:
    """A word of a legal form that is misspelled is read as that word: ``liabiliyt``."""
    table = legal_words()
    if len(token) < 6 or token in table:
        return token
    edits = 1 if len(token) < 9 else 2
    # The nearest, and of equals the first by letter: every process must read a name alike.
    near = extractOne(token, legal_words_of_about(len(token), edits), scorer=OSA.distance, score_cutoff=edits)
    return near[0] if near else token


def _join_places(tokens: list[str]) -> list[str]:
    """Write a place in one word: ``hei long jiang``, ``hong kong``."""
    joined, beginnings = words().joined, place_beginnings()
    if beginnings.isdisjoint(tokens):
        return tokens
    out: list[str] = []
    at = 0
    while at < len(tokens):
        for size in (4, 3, 2):
            if at + size <= len(tokens) and "".join(tokens[at : at + size]) in joined:
                out.append("".join(tokens[at : at + size]))
                at += size
                break
        else:
            out.append(tokens[at])
            at += 1
    return out


def _spelled_out(tokens: list[str]) -> list[str]:
    """Write what stands in short beside a name in words: ``NII``. Alone it is a name, and ``Ran`` is one in Chinese."""
    table = words().acronyms
    if len(tokens) < 2 or table.keys().isdisjoint(tokens):
        return tokens
    institute = any(token.startswith("inst") for token in tokens)
    out: list[str] = []
    for token in tokens:
        out.extend(table[token] if token in table and (institute or token not in _ACADEMY) else (token,))
    return out


_ACADEMY = frozenset({"ran", "ras"})


def _join_letters(tokens: list[str]) -> list[str]:
    """Join runs of three or more single letters, spaced out by hand or by dots."""
    if len([token for token in tokens if len(token) == 1]) < 3:
        return tokens
    out: list[str] = []
    run: list[str] = []
    for token in [*tokens, ""]:
        if len(token) == 1 and token.isalpha():
            run.append(token)
            continue
        out.extend(["".join(run)] if len(run) >= 3 else run)
        run = []
        if token:
            out.append(token)
    return out


def _read_digits(token: str) -> str:
    """A digit inside a word of letters is a reading mistake: ``noyabr5k``."""
    if len(token) >= 4 and not token.isalpha() and _MISREAD.fullmatch(token):
        return token.translate(_DIGITS)
    return token


def _set_legal_forms_aside(tokens: list[str]) -> tuple[list[str], frozenset[str]]:
    table, beginnings, alone = legal_forms(), legal_beginnings(), legal_words()
    if beginnings.isdisjoint(tokens) and alone.isdisjoint(tokens):
        return tokens, frozenset()
    kept: list[str] = []
    classes: set[str] = set()
    at = 0
    while at < len(tokens):
        if tokens[at] not in beginnings:
            kept.append(tokens[at])
            at += 1
            continue
        for size in range(min(6, len(tokens) - at), 0, -1):
            kind = table.get(tuple(tokens[at : at + size]))
            # A short form such as "as" or "se" is one only at an end of the name: inside, it is a word or a person.
            edge = at == 0 or at + size == len(tokens)
            if kind and (size > 1 or len(tokens[at]) > 3 or edge or tokens[at] in _SURE):
                classes.add(kind)
                at += size
                break
        else:
            kept.append(tokens[at])
            at += 1
    while len(kept) > 1 and (kind := table.get((kept[-1],))):
        classes.add(kind)
        kept.pop()
    # What is left of a phrase that is written in part: "obshchestvo otvetstvennostyu valma".
    if len(named := [token for token in kept if token not in alone]) < len(kept) and named:
        kept = named
    return (kept, frozenset(classes)) if kept else (tokens, frozenset())


_SURE = frozenset(
    {"ltd", "llc", "inc", "jsc", "co", "ooo", "oao", "zao", "pao", "ao", "fze", "plc", "bhd", "pte", "pvt"}
)


@lru_cache(maxsize=50_000)
def _spell(token: str) -> str:
    table = words()
    if token in table.same:
        return table.same[token]
    if token.endswith(("ch", "vna")) and (patronymic := _PATRONYMIC.fullmatch(token)) and patronymic[1] in table.same:
        return table.same[patronymic[1]] + ("ovich" if patronymic[2].endswith("ch") else "ovna")
    if len(token) >= 5:
        for stem, one in stems_by_beginning().get(token[:5], ()):
            if token.startswith(stem) and len(token) - len(stem) <= ENDING:
                return one
    return _corrected(token) or token


ENDING = 9
"""So many letters may follow the stem of a word, as in ``aviatsi-onnogo``; more are a second word."""

_PATRONYMIC = re.compile(r"([a-z]{4,})([oeiy]v[iy]ch|[oe]vna)")
"""A father's name is spelled as the name is: ``Volodymyrovych`` is ``Vladimirovich``."""


def _corrected(token: str) -> str:
    """Return the common word of which a long word is a misspelling by one letter: ``technolgies``; else nothing."""
    table, known = misspelled(), words()
    if len(token) < LONG - 1 or not token.isalpha() or token in known.common or token in known.ordinary:
        return ""
    if token in table:
        return table[token]
    for at in range(len(token)):
        short = token[:at] + token[at + 1 :]
        if len(short) >= LONG - 1 and short in table:
            return table[short]
    return ""


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """Return a key that spellings of one foreign word share: ``Zakharoff`` and ``Zakharov``."""
    for pattern, by in _SOUNDS:
        word = pattern.sub(by, word)
    return _DOUBLED.sub(r"\1", word)


_DOUBLED = re.compile(r"(.)\1+")
_SOUNDS = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"off$", "ov"),
        (r"(?:ij|iy|yi|yj|ii|yy|ey|ei|ie|y)$", "i"),
        (r"shch|sch|tch|tsch", "ch"),
        (r"tz|ts", "c"),
        (r"kh", "h"),
        (r"zh|dj|dzh", "j"),
        (r"ph", "f"),
        (r"ck|q|k", "k"),
        (r"ks|x", "x"),
        (r"(?<=[aeiou])[yij](?=[aeou])", ""),
        (r"[iyj](?=[aeou])", ""),
        (r"w", "v"),
        (r"ou|oo|u", "u"),
        (r"ee|ea|y|j", "i"),
        (r"(?<=[bcdfgkptsz])h", ""),
    )
)
