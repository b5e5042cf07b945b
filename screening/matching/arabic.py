"""Read names in Arabic script: one letter for its variants, words translated, known names spelled, the rest voweled.

Arabic, Persian, Urdu and Kurdish share the script. Short vowels are not written, so a word that no table knows is read
with vowels where speech needs them, and keeps its consonants beside it for the comparison (see :mod:`.skeleton`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from . import skeleton
from .words import arabic_words

_ARABIC = re.compile(r"[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
_PERSIAN = re.compile(r"[پچژگکی]")
_VARIANTS = str.maketrans(
    {
        **dict.fromkeys("يىئےۓێې", "ی"), **dict.fromkeys("كڪ", "ک"), **dict.fromkeys("أإآٱ", "ا"), "ؤ": "و", "ۆ": "و",
        **dict.fromkeys("ۇۈۋ", "و"), **dict.fromkeys("ةۀەۃہھۂ", "ه"), "ٹ": "ت", "ڈ": "د", "ڑ": "ر", "ڕ": "ر", "ڵ": "ل",
        "ں": "ن", "ڭ": "گ", "ڨ": "ق", "ڥ": "ڤ", "ء": None, "ـ": None, "\u200c": " ", "\u200d": None,
    }
)  # fmt: skip
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_PIECE = re.compile(r"[\u0620-\u06ff\u0750-\u077f]+|[^\W\u0620-\u06ff\u0750-\u077f]+(?:[.&'-][a-z0-9]+)*")
"""Words in Arabic letters, and words in any other: a name may hold both, and nothing of it is left out."""
_SPOKEN = {
    "ب": "b", "پ": "p", "ت": "t", "ط": "t", "ث": "th", "ج": "j", "ژ": "zh", "چ": "ch", "ح": "h", "خ": "kh", "ه": "h",
    "د": "d", "ذ": "dh", "ز": "z", "ض": "d", "ظ": "z", "ر": "r", "س": "s", "ش": "sh", "ص": "s", "ف": "f", "ڤ": "v",
    "ق": "q", "ک": "k", "گ": "g", "غ": "gh", "ل": "l", "م": "m", "ن": "n",
}  # fmt: skip
_IN_PERSIAN = {"ث": "s", "ذ": "z", "ض": "z", "ق": "gh"}
_AND = "و"
_PREFIXES = ("وال", "بال", "کال", "فال", "لل", "ال", "و", "ل", "ب")
_SUFFIXES = ("های", "هایی", "ها", "ات", "ین", "ون", "ان", "یه", "ه", "ی")
MOST = 3
"""How many readings a name has: with the first translation of each word, the second, the third."""
PHRASE = 6
"""Words that the longest phrase of the tables has."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A Latin reading of a name. ``letters`` gives, for its words, what was written."""

    text: str
    letters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Choices of Latin words for one or more written words, and the letters of a single one."""

    choices: tuple[str, ...]
    letters: str = ""


def is_arabic(text: str) -> bool:
    """Say whether a text holds letters of the Arabic script."""
    return bool(_ARABIC.search(text))


def normalize(text: str) -> str:
    """Return the text with one letter for its variants, digits as 0 to 9, and no vowel marks or stretching."""
    text = unicodedata.normalize("NFKC", text).translate(_VARIANTS).translate(_DIGITS)
    return "".join(c for c in text if unicodedata.category(c) != "Mn").casefold()


def readings(text: str) -> list[Reading]:
    """Return the Latin readings of a name in Arabic script, the most likely first.

    Titles are left out, unless the name holds nothing else.
    """
    persian = bool(_PERSIAN.search(text))
    tokens = _PIECE.findall(normalize(text))
    pieces = list(_pieces(tokens, persian=persian)) or [_Piece((spoken(one, persian=persian),), one) for one in tokens]
    found: dict[str, Reading] = {}
    for choice in range(min(MOST, max((len(piece.choices) for piece in pieces), default=0))):
        words: list[str] = []
        letters: dict[str, str] = {}
        for piece in pieces:
            spelled = piece.choices[min(choice, len(piece.choices) - 1)]
            words.append(spelled)
            if piece.letters and spelled:
                letters[spelled.split()[0]] = piece.letters
        read = " ".join(filter(None, words))
        found.setdefault(read, Reading(read, letters))
    return list(found.values())


def _pieces(tokens: list[str], *, persian: bool) -> Iterator[_Piece]:
    phrases, _names, skip = _tables()
    at = 0
    while at < len(tokens):
        if not is_arabic(tokens[at]):
            yield _Piece((tokens[at],))
            at += 1
            continue
        bare = [_known(token) for token in tokens[at : at + PHRASE]]
        for size in range(min(PHRASE, len(bare)), 1, -1):
            if (choices := phrases.get(" ".join(bare[:size]))) or (
                choices := phrases.get(" ".join(tokens[at : at + size]))
            ):
                yield _Piece(choices)
                at += size
                break
        else:
            if tokens[at] not in skip:
                yield from _word(tokens[at], persian=persian)
            at += 1


def _known(token: str) -> str:
    """Return a word without the prefixes and endings under which no table knows it."""
    phrases = _tables()[0]
    if token in phrases:
        return token
    for prefix in _PREFIXES:
        rest = token.removeprefix(prefix)
        if rest != token and len(rest) >= 2 and (rest in phrases or prefix in ("وال", "لل", "ال")):
            return rest
    return token


def _word(token: str, *, persian: bool) -> Iterator[_Piece]:
    """Read one word: the particles before it, then by table, by its parts, or letter by letter."""
    phrases, names, _skip = _tables()
    if token == _AND:
        yield _Piece(("and",))
        return
    core, article = token, ""
    if token not in phrases:
        for prefix in _PREFIXES:
            rest = token.removeprefix(prefix)
            # One letter is a particle only before a word that is known without it.
            if rest == token or len(rest) < 2 or (len(prefix) == 1 and _meant(rest) is None):
                continue
            if prefix.startswith("و"):
                yield _Piece(("and",))
            core, article = rest, "al" if prefix.endswith("ال") else ""
            break
    meant = _meant(core)
    if article and (meant is None or core in names):
        yield _Piece((article,))
    if meant is not None:
        # A short word that is translated meets too many others by its two consonants.
        yield _Piece(meant, core if core in names or len(skeleton.of_arabic(core)) > skeleton.LEAST else "")
        return
    if (split := _in_parts(core, persian=persian)) is not None:
        yield from split
        return
    yield _Piece((spoken(core, persian=persian),), core)


def _meant(word: str) -> tuple[str, ...] | None:
    """Return what the tables say of a word, if need be without an ending of gender, number or belonging."""
    phrases, names, _skip = _tables()
    if word in phrases:
        return phrases[word]
    if word.endswith("ی") and word + "ه" in phrases and word + "ه" not in names:
        # The tables have the feminine of adjectives, with which most names of companies go.
        return phrases[word + "ه"]
    for suffix in _SUFFIXES:
        stem = word.removesuffix(suffix)
        if stem == word or len(stem) < 3:
            continue
        for one in (stem, stem + "ه"):
            if one in phrases and one not in names:
                return phrases[one]
        if suffix in ("ی", "یه") and stem in names:
            return (names[stem][0].rstrip("aei") + "i",)
    return None


def _in_parts(word: str, *, persian: bool) -> list[_Piece] | None:
    """Cut a joined word into names: two first names stand apart, an ending of family names does not."""
    _phrases, names, _skip = _tables()
    for ending, latin in _endings():
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= 2:
            first = names[stem][0] if stem in names else spoken(stem, persian=persian)
            return [_Piece((first.replace(" ", "") + latin,), word)]
    for at in range(len(word) - 2, 1, -1):
        head, tail = word[:at], word[at:]
        if head in names and tail in names and (len(head) >= 3 or head in _FIRST):
            return [
                _Piece(names[head], head),
                _Piece(names[tail], tail),
            ]
    return None


_FIRST = frozenset({"بن", "گل"})


@lru_cache(maxsize=20_000)
def spoken(word: str, *, persian: bool) -> str:
    """Spell a word in normalized letters as it may be said: long vowels as written, ``a`` where speech needs one."""
    sounds = _sounds(word, persian=persian)
    out = ""
    for at, (sound, vowel) in enumerate(sounds):
        if vowel:
            out += sound
            continue
        before = at > 0 and not sounds[at - 1][1]
        after = at + 1 < len(sounds) and not sounds[at + 1][1]
        last = at + 1 == len(sounds)
        if last and before and not out.endswith(("a", "i")):
            # Two consonants end the word: after a long vowel, as in khalid, they are parted by i, else by a.
            long = at >= 2 and sounds[at - 2][1]
            out += "i" if long else "a"
        out += sound
        open_syllable = at == 0 or (before and out[-len(sound) - 1 : -len(sound)] not in ("a", "i"))
        if not last and after and open_syllable:
            out += "a"
    return out


def _sounds(word: str, *, persian: bool) -> list[tuple[str, bool]]:
    """Return the sounds that are written, each with whether it is a vowel. و and ی are either, by where they stand."""
    out: list[tuple[str, bool]] = []
    for at, letter in enumerate(word):
        vowel_before = bool(out) and out[-1][1]
        vowel_after = word[at + 1 : at + 2] in ("ا", "و", "ی")
        if letter in "اع":
            if not vowel_before and not (letter == "ع" and vowel_after):
                out.append(("a", True))
        elif letter in "وی":
            consonant = (
                (at == 0 and len(word) > 1) or (vowel_before and at + 1 < len(word)) or word[at + 1 : at + 2] == "ا"
            )
            if at == 1 and word[0] == "ا" and not vowel_after:
                out[-1] = ("u" if letter == "و" else "i", True)
            elif consonant:
                out.append((("v" if persian else "w") if letter == "و" else "y", False))
            else:
                out.append(("u" if letter == "و" else "i", True))
        elif letter == "ه" and at + 1 == len(word) and out and not vowel_before:
            out.append(("eh" if persian else "a", True))
        elif spoken_as := (_IN_PERSIAN.get(letter) if persian else None) or _SPOKEN.get(letter):
            out.append((spoken_as, False))
    return out


@cache
def _tables() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]], frozenset[str]]:
    """The tables by normalized word: every phrase, the names and places among them, and what is left out."""
    raw = arabic_words()
    names = {normalize(k): _choices(v) for table in (raw.names, raw.places) for k, v in table.items()}
    phrases = {normalize(k): _choices(v) for table in (raw.words, raw.legal) for k, v in table.items()}
    # A word that is also a name is read as the word: صباح is rarer in names of companies than in those of persons.
    return names | phrases, {k: v for k, v in names.items() if k not in phrases}, frozenset(map(normalize, raw.skip))


@cache
def _endings() -> tuple[tuple[str, str], ...]:
    return tuple(
        sorted(((normalize(k), v) for k, v in arabic_words().endings.items()), key=lambda one: (-len(one[0]), one))
    )


def _choices(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(" / "))
