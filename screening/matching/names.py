"""Bring a name into a form in which it can be compared: the same way for our parties and for listed ones."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from anyascii import anyascii

from . import han
from .words import legal_forms, words

LONGEST = 500
"""Characters of a name that are compared. Callers must say so when a name is longer."""

_LOOKALIKES = str.maketrans("асеорхуіјѕԁһ", "aceopxyijsdh")
_LATIN, _CYRILLIC = re.compile(r"[a-z]"), re.compile(r"[а-яёіїєґ]")
_DOTTED = re.compile(r"\b(?:[a-z]\.\s?){2,}(?![a-z]{2})")
_CAMEL = re.compile(r"(?<=[a-z]{3})(?=[A-Z][a-z]{2})")
_VESSEL = re.compile(r"^\s*(?:m/v|mv|m\.v\.|m/t|mt|m\.t\.|s\.s\.|ss)\s+", re.I)
_NOTE = re.compile(r"\b(?:attn|c/o|t/a)\b.*$|^\s*(?:messrs\.?)\s", re.I)
_DIGITS = str.maketrans("01358", "oiesb")


@dataclass(frozen=True, slots=True)
class Form:
    """One reading of a name. ``words`` are what is compared; ``legal`` the classes of legal form set aside.

    ``how`` says how the reading came about: ``written``, ``translated`` (from Han or Cyrillic words), ``alias``;
    ``source`` attests an alias. ``optional`` holds spellings that may stand for a word, such as pinyin initials.
    """

    words: tuple[str, ...]
    legal: frozenset[str] = frozenset()
    how: str = "written"
    source: str = ""
    optional: dict[str, str] = field(default_factory=dict, compare=False, hash=False)

    @property
    def squashed(self) -> str:
        return "".join(self.words)

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.words if word not in ("of", "and"))


def clean(text: str) -> str:
    """Return at most :data:`LONGEST` characters of the text in NFKC, without what is no letter, digit or mark."""
    text = unicodedata.normalize("NFKC", text[: LONGEST * 4])[:LONGEST]
    return "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "So") else c for c in text if _visible(c)
    ).strip()


def _visible(c: str) -> bool:
    # Direction marks, zero-width characters and lone surrogates are invisible: a name is what a person sees.
    return unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn")


@lru_cache(maxsize=20_000)
def forms(text: str) -> tuple[Form, ...]:
    """Return the readings of a name, most literal first; none when nothing comparable is left."""
    text = clean(text)
    if not text:
        return ()
    if han.is_han(text):
        found = [
            _form(reading.text, reading.how, reading.source, reading.legal, reading.optional)
            for reading in han.readings(text)
        ]
    else:
        found = [_form(_latin(text))]
    unique: dict[tuple[str, ...], Form] = {}
    for form in found:
        if form.words:
            unique.setdefault(form.words, form)
    return tuple(unique.values())


def form(text: str) -> Form | None:
    """Return the one reading of a name in Latin or Cyrillic letters, or None."""
    found = forms(text)
    return found[0] if found else None


def _latin(text: str) -> str:
    """Lower-case ASCII words: look-alike letters folded, other scripts transliterated."""
    text = _NOTE.sub("", text) or text
    text = _VESSEL.sub("", text) or text
    text = text.replace("&", " and ").replace("№", " ")
    text = _CAMEL.sub(" ", text) if " " in text or "." in text else text
    text = " ".join(_fold_lookalikes(word) for word in text.casefold().split())
    text = anyascii(unicodedata.normalize("NFC", text)).casefold()
    text = _DOTTED.sub(lambda m: re.sub(r"[.\s]", "", m.group()) + " ", text)
    return re.sub(r"['`’]", "", text)


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
    text = re.sub(r"(?<=[a-z])[-.](?=[a-z])", "", text) if how == "written" and _obfuscated(text) else text
    raw = re.findall(r"[a-z0-9]+", text)
    tokens = _join_letters(raw)
    tokens, classes = _set_legal_forms_aside([_read_digits(t) for t in tokens])
    table = words()
    spelled = tuple(_spell(t) for t in tokens)
    while len(spelled) > 1 and spelled[0] in table.titles:
        spelled = spelled[1:]
    return Form(spelled, classes | legal, how, source, optional or {})


def _obfuscated(text: str) -> bool:
    """Dots or hyphens inside words where nobody writes them: ``prin.ting``, ``skyv-erse``."""
    return bool(re.search(r"(?:^|\s)[a-z]+\.[a-z]{3,}", text))


def _join_letters(tokens: list[str]) -> list[str]:
    """Join runs of three or more single letters, spaced out by hand or by dots."""
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
    if len(token) >= 4 and re.fullmatch(r"[a-z]+[01358][a-z]+", token):
        return token.translate(_DIGITS)
    return token


def _set_legal_forms_aside(tokens: list[str]) -> tuple[list[str], frozenset[str]]:
    table = legal_forms()
    kept: list[str] = []
    classes: set[str] = set()
    at = 0
    while at < len(tokens):
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
    return (kept, frozenset(classes)) if kept else (tokens, frozenset())


_SURE = frozenset(
    {"ltd", "llc", "inc", "jsc", "co", "ooo", "oao", "zao", "pao", "ao", "fze", "plc", "bhd", "pte", "pvt"}
)


def _spell(token: str) -> str:
    table = words()
    if token in table.same:
        return table.same[token]
    if len(token) >= 5:
        for stem, one in table.stems:
            if len(stem) >= 5 and token.startswith(stem):
                return one
    return token


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """Return a key that spellings of one foreign word share: ``Zakharoff`` and ``Zakharov``."""
    for pattern, by in _SOUNDS:
        word = re.sub(pattern, by, word)
    return re.sub(r"(.)\1+", r"\1", word)


_SOUNDS = (
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
