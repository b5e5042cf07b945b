"""From signals to a score that says how surely it is the same party, with its reasons."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from rapidfuzz.fuzz import ratio, token_set_ratio, token_sort_ratio
from rapidfuzz.process import cdist

from .align import Pair, lay
from .features import FEATURES, letters_agree, listed_words_found, our_words_found
from .index import ADDRESS, Index, Listed
from .names import Form, clean, form, forms
from .words import _read, words

MATCHER_VERSION = "5"
"""Part of every judgement: a clearance given under another version no longer holds."""

# Fitted by bench/fit_matcher.py to queries with known answers, each held to the sign its sentence promises. Set by hand
# is what those queries hardly exercise: initials, groups, aliases, addresses, short words, names in Arabic script, and
# that the very same name comes before one that merely holds it. So is how far a reading from Chinese is trusted (it was
# fitted to 1.7; most names read word by word are nobody's on the list), and what another country counts against a
# match: a listed party that works through a company elsewhere must still be shown under its own name or a rare word of
# it (fitted together: -5.1).
BIAS = -5.38
WEIGHTS: dict[str, float] = {
    "same_words": 1.5,
    "our_words_found": 1.56,
    "listed_words_found": 0.14,
    "both_names_covered": 2.80,
    "letters_agree": 3.20,
    "written_alike": 0.86,
    "letters_differ": 0.00,
    "rare_word_shared": 0.90,
    "known_group_named": 2.0,
    "our_rare_word_missing": 0.00,
    "listed_rare_word_missing": -0.33,
    "only_common_words_shared": -1.50,
    "each_has_own_words": -2.33,
    "listed_name_inside_ours": 0.00,
    "our_name_inside_listed": 1.85,
    "numbers_disagree": -1.45,
    "one_word_only": -0.67,
    "one_listed_word_inside": -2.43,
    "short_names_differ": -0.80,
    "kinds_disagree": -1.05,
    "initials_agree": 2.5,
    "legal_forms_disagree": -0.34,
    "known_by_alias": 0.3,
    "read_from_chinese": 1.2,
    "read_from_arabic": 0.6,
    "read_from_head": 0.81,
    "countries_agree": 0.74,
    "countries_disagree": -2.0,
    "only_alike_elsewhere": -2.5,
    "short_word_alone": -2.0,
    "addresses_agree": 1.5,
}


@dataclass(frozen=True, slots=True)
class Who:
    """What is known of our party for screening. Countries are ISO 3166 two-letter codes, ``kind`` one of KINDS."""

    names: tuple[str, ...]
    addresses: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One signal, how strong it is (0 to 1) and what it moved the score by, in log odds."""

    signal: str
    strength: float
    effect: float
    detail: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "signal": self.signal,
            "strength": round(self.strength, 3),
            "effect": round(self.effect, 3),
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class Score:
    """How surely it is the same party, as a probability, and why.

    ``words`` pairs our words with theirs; ``rarity`` says of each pair how much its rarest word tells, 0.05 to 1.
    """

    value: float
    reasons: tuple[Reason, ...]
    words: tuple[tuple[str, str, float], ...] = ()
    rarity: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A listed party that may be ours: its id in the index, the names that met, and the score."""

    id: int
    our_name: str
    listed_name: str
    score: Score


COUNTED = tuple(feature for feature in FEATURES if WEIGHTS[feature.__name__])
"""Signals that count for something. The others are measured when weights are fitted."""


def counted(pair: Pair) -> dict[str, float]:
    """Return the signals of a pair that its score is made of."""
    return {feature.__name__: feature(pair) for feature in COUNTED}


def signals(pair: Pair) -> dict[str, float]:
    """Return every signal of a pair of names."""
    return {feature.__name__: feature(pair) for feature in FEATURES}


def score(pair: Pair) -> Score:
    """Weigh the signals of a pair. Only signals that are present become reasons."""
    return explained(pair, counted(pair))


def explained(pair: Pair, found: dict[str, float]) -> Score:
    """Return the score of signals already measured, with its reasons."""
    reasons = [
        Reason(name, strength, WEIGHTS[name] * strength, pair.ours.source if name == "known_by_alias" else "")
        for name, strength in found.items()
        if strength > 0.01 and abs(WEIGHTS[name] * strength) > 0.05
    ]
    reasons.sort(key=lambda reason: -abs(reason.effect))
    return Score(_probability(_odds(found)), tuple(reasons), _side_by_side(pair), _rarity(pair))


_COVERING = ("our_words_found", "listed_words_found", "both_names_covered", "letters_agree")
_MOST_ELSE = sum(max(weight, 0.0) for name, weight in WEIGHTS.items() if name not in {*_COVERING, "initials_agree"})


def _at_most(pair: Pair) -> float:
    """Return odds that the pair cannot exceed. Most candidates fall short of a threshold by what this asks alone."""
    ours, listed = our_words_found(pair), listed_words_found(pair)
    return (
        BIAS
        + WEIGHTS["our_words_found"] * ours
        + WEIGHTS["listed_words_found"] * listed
        + WEIGHTS["both_names_covered"] * ours * listed
        + WEIGHTS["letters_agree"] * letters_agree(pair)
        + (WEIGHTS["initials_agree"] if pair.initials else 0.0)
        + _MOST_ELSE
        - (0.0 if pair.our_countries else WEIGHTS["countries_agree"])
        - (0.0 if pair.address else WEIGHTS["addresses_agree"])
        - (WEIGHTS["known_group_named"] if words().groups.isdisjoint(pair.ours.words) else 0.0)
        - (0.0 if pair.ours.letters else WEIGHTS["read_from_arabic"])
        - (WEIGHTS["same_words"] if pair.letters < 1.0 else 0.0)
    )


def _odds(found: dict[str, float]) -> float:
    return BIAS + sum(WEIGHTS[name] * strength for name, strength in found.items() if strength)


def _probability(odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, odds))))


def _side_by_side(pair: Pair) -> tuple[tuple[str, str, float], ...]:
    rows = [
        (
            " ".join(pair.ours.words[i] for i in link.ours),
            " ".join(pair.listed.words[j] for j in link.listed),
            link.alike,
        )
        for link in sorted(pair.links, key=lambda link: link.ours)
    ]
    rows += [(word, "", 0.0) for word, found in zip(pair.ours.words, pair.alike_ours, strict=True) if not found]
    rows += [("", word, 0.0) for word, found in zip(pair.listed.words, pair.alike_listed, strict=True) if not found]
    return tuple(rows)


def _rarity(pair: Pair) -> tuple[float, ...]:
    """Return, in the order of :func:`_side_by_side`, how much the rarest word of each pair tells."""
    ours, listed = pair.our_weights, pair.listed_weights
    told = [
        max([ours[i] for i in link.ours] + [listed[j] for j in link.listed])
        for link in sorted(pair.links, key=lambda link: link.ours)
    ]
    told += [weight for weight, found in zip(ours, pair.alike_ours, strict=True) if not found]
    told += [weight for weight, found in zip(listed, pair.alike_listed, strict=True) if not found]
    return tuple(told)


def find(who: Who, index: Index, *, threshold: float = 0.0, limit: int = 20) -> list[Found]:
    """Return the listed parties our party may be, surest first, at or above the threshold.

    Every name of ours is compared with the names the index proposes; a listed party is reported once, with its best
    pair of names. A shared identifier or a listed bare address is reported whatever the names say.
    """
    weighed: dict[int, tuple[float, Pair, dict[str, float], str, int]] = {}
    countries = frozenset(c.upper() for c in who.countries)
    least = math.log(threshold / (1.0 - threshold)) if 0.0 < threshold < 1.0 else -math.inf
    for name in who.names:
        for reading in forms(name):
            for block in _blocks(reading, index):
                fitting = 0
                for listed in block:
                    pair = _lay(who, reading, listed, index, countries)
                    if (not pair.links and not pair.initials) or _at_most(pair) < least:
                        continue
                    found = counted(pair)
                    odds = _odds(found)
                    if odds < least:
                        continue
                    fitting += odds >= FITTING
                    if (earlier := weighed.get(listed.row)) is None or odds > earlier[0]:
                        weighed[listed.row] = (odds, pair, found, name, listed.number)
                if fitting * 2 < len(block) or len(weighed) >= limit:
                    break
    # Reasons are written only for what may be shown: most candidates are nobody we mean.
    surest = sorted(weighed.items(), key=lambda one: (-_in_order(one[1], index), one[0]))[:limit]
    best = {
        row: Found(row, name, index.name(number), _told(explained(pair, found), _not_compared(who, pair, index, row)))
        for row, (_, pair, found, name, number) in surest
    }
    for address in who.addresses:
        _bare_addresses(best, address, index)
    for identifier in who.identifiers:
        for row in index.with_identifier(identifier):
            reason = Reason("same_identifier", 1.0, 9.0, clean(identifier))
            names = index.names_of(row)
            shown = index.name(names[0].number) if names else ""
            ours = who.names[0] if who.names else ""
            by_name = best.get(row)
            reasons = (reason, *(by_name.score.reasons if by_name else ()))
            words, rarity = (by_name.score.words, by_name.score.rarity) if by_name else ((), ())
            best[row] = Found(row, ours, shown, Score(0.99, reasons, words, rarity))
    # Sorting keeps the order of equals, which is that of the names as written.
    ranked = sorted(best.values(), key=lambda found: -round(found.score.value, 4))
    kept = [found for found in ranked if found.score.value >= threshold][:limit]
    return [Found(index.id(f.id), f.our_name, f.listed_name, f.score) for f in kept]


def _not_compared(who: Who, pair: Pair, index: Index, row: int) -> tuple[Reason, ...]:
    """Say what one side does not give. It moved the score neither way, and whoever judges should look for it."""
    missing = []
    if not (pair.our_countries and pair.listed_countries):
        missing.append("countries_not_compared")
    if not (who.addresses and index.addresses(row)):
        missing.append("addresses_not_compared")
    if not who.identifiers:
        missing.append("identifiers_not_compared")
    return tuple(Reason(signal, 0.0, 0.0) for signal in missing)


def _told(score: Score, more: tuple[Reason, ...]) -> Score:
    return Score(score.value, (*score.reasons, *more), score.words, score.rarity)


def _in_order(one: tuple[float, Pair, dict[str, float], str, int], index: Index) -> float:
    """Return the odds, a trifle more the nearer the names are as written: it decides only between equals."""
    odds, _, _, ours, number = one
    return (
        round(odds, 5)
        + token_sort_ratio(ours.casefold(), index.name(number).casefold()) / 100_000_000.0 * ours.isascii()
    )


ALIGNED = 10
"""How many candidates of one reading are laid side by side at a time, word by word."""
FITTING = math.log(0.05 / 0.95)
"""Odds from which a candidate fits: while half of those laid side by side do, the next are looked at too."""
PROPOSED = (50, 400)
"""How many candidates the index is asked for, and how many where even the last of them fit."""
NAMES_OF_ONE = 3
"""How many names of one listed party may be among the likest."""


def _blocks(reading: Form, index: Index) -> Iterator[list[Listed]]:
    """Yield the candidates worth aligning, the likest first. Parties of one group may be hundreds."""
    seen: set[int] = set()
    for most in PROPOSED:
        proposed = index.propose(reading, limit=most)
        left = [one for one in proposed if one.number not in seen]
        while left:
            block = _worth_aligning(reading, left)
            yield block
            seen.update(one.number for one in block)
            left = [one for one in left if one.number not in seen]
        if len(proposed) < most:
            return


def _worth_aligning(reading: Form, proposed: list[Listed]) -> list[Listed]:
    """Keep the candidates most alike by letters, letter groups and shared words; of one party a few names only.

    The very same name is always kept: parties of one name are as many as they are.
    """
    if len(proposed) <= ALIGNED:
        return proposed
    ours, squashed = reading.squashed, [one.squashed for one in proposed]
    letters = cdist([ours], squashed, scorer=ratio)[0]
    shared = cdist([" ".join(reading.words)], [one.words for one in proposed], scorer=token_set_ratio)[0]
    marks = np.array([one.gram for one in proposed], dtype=np.float32) + letters / 100.0 + shared / 200.0
    if numbers := {word for word in reading.words if word.isdigit()}:
        # Institutes of one group differ in their number and in nothing else.
        marks += np.array([0.5 * (not numbers.isdisjoint(one.words.split())) for one in proposed], dtype=np.float32)
    kept: list[Listed] = []
    of_row: Counter[int] = Counter()
    for at in np.argsort(-marks, kind="stable").tolist():
        row = proposed[at].row
        of_row[row] += 1
        same = squashed[at] == ours
        if of_row[row] <= NAMES_OF_ONE and (same or len(kept) < ALIGNED):
            kept.append(proposed[at])
    if len(reading.words) == 1:
        # Written in one piece, a name is as the listed one was before its words were translated.
        kept += [one for one in proposed if one.raw.replace(" ", "") == reading.raw and one not in kept][:NAMES_OF_ONE]
    return kept


def _lay(who: Who, reading: Form, listed: Listed, index: Index, countries: frozenset[str]) -> Pair:
    address = 0.0
    if who.addresses and (addresses := index.addresses(listed.row)):
        address = max(same_address(one, addresses) for one in who.addresses)
    return lay(
        reading,
        listed.form(),
        weight=index.weight,
        gram=listed.gram,
        our_countries=countries,
        listed_countries=index.countries(listed.row),
        address=address,
        our_kind=who.kind,
        listed_kind=index.kind(listed.row),
    )


def _keep(best: dict[int, Found], found: Found) -> None:
    earlier = best.get(found.id)
    if earlier is None or found.score.value > earlier.score.value:
        best[found.id] = found


def _bare_addresses(best: dict[int, Found], address: str, index: Index) -> None:
    """Listed addresses without a name: an address of ours that says the same is a match by itself."""
    reading = form(address)
    if reading is None:
        return
    for listed in index.propose(reading, limit=10, kind=ADDRESS):
        written = index.name(listed.number)
        strength = same_address(address, written)
        if strength >= 0.6:
            reason = Reason("listed_address", strength, 4.0 * strength, clean(written))
            _keep(best, Found(listed.row, address, written, Score(0.6 + 0.38 * strength, (reason,))))


def same_address(ours: str, listed: str) -> float:
    """How much two addresses share, 0 to 1: the best of the listed ones, and only when a number agrees."""
    if not ours or not listed:
        return 0.0
    mine = _address_words(ours)
    numbers = {w for w in mine if any(c.isdigit() for c in w)}
    if not numbers:
        return 0.0
    digits = {run for word in numbers for run in _DIGITS.findall(word)}
    best = 0.0
    for one in re.split(r"\||;", listed):
        # No number of ours is written there: nothing to take apart. Other scripts have digits of their own.
        plain = one.translate(_MARKS)
        if plain.isascii() and not any(run in plain for run in digits):
            continue
        theirs = _address_words(one)
        shared = mine & theirs
        if not theirs or (numbers and not numbers & theirs) or not any(any(c.isdigit() for c in w) for w in shared):
            continue
        best = max(best, len(shared) / max(1, min(len(mine), len(theirs))) if min(len(mine), len(theirs)) >= 4 else 0.0)
    return best


_DIGITS = re.compile(r"\d+")
_MARKS = str.maketrans("", "", "'`")

_STREETS = {
    "rd": "road", "st": "street", "saint": "street", "dr": "drive", "ave": "avenue", "av": "avenue",
    "bldg": "building", "fl": "floor", "blk": "block", "rm": "room",
}  # fmt: skip


@lru_cache(maxsize=50_000)
def _address_words_cached(text: str) -> frozenset[str]:
    found = form(text)
    return frozenset(_STREETS.get(w, w) for w in found.words) if found else frozenset()


def _address_words(text: str) -> frozenset[str]:
    return _address_words_cached(text.strip())


@cache
def wording(language: str) -> dict[str, str]:
    """Return what each signal is called on the match page, in English or Chinese."""
    if language.startswith("zh"):
        return {str(k): str(v) for k, v in _read("signals_zh.yaml").items()}
    named = {f.__name__: (f.__doc__ or "").split("\n", 1)[0] for f in FEATURES}
    return named | {
        "same_identifier": "An identification number of our party is one of the listed party.",
        "listed_address": "The address of our party is itself listed.",
        "countries_not_compared": "Countries were not compared: one of the two parties has none on record.",
        "addresses_not_compared": "Addresses were not compared: one of the two parties has none on record.",
        "identifiers_not_compared": "Numbers were not compared: none is on record for our party.",
    }
