"""One function per signal. The first line of its docstring is what the analyst reads on the match page.

Each returns a number between 0 and 1; what it counts for is in :data:`screening.matching.score.WEIGHTS`. The Chinese
wording stands in ``data/signals_zh.yaml`` under the same name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from .align import Pair
from .words import words

Feature = Callable[[Pair], float]


def our_words_found(pair: Pair) -> float:
    """The words of our name are found in the listed name, rare words counting more."""
    return _covered(pair.our_weights, pair.alike_ours)


def listed_words_found(pair: Pair) -> float:
    """The words of the listed name are found in ours, rare words counting more."""
    return _covered(pair.listed_weights, pair.alike_listed)


def both_names_covered(pair: Pair) -> float:
    """Each name is covered by the other; neither has much of its own."""
    return our_words_found(pair) * listed_words_found(pair)


def same_words(pair: Pair) -> float:
    """The names are the same once legal form, order, spelling of common words and letter case are set aside."""
    if pair.ours.squashed == pair.listed.squashed or (pair.ours.raw and pair.ours.raw == pair.listed.raw):
        return 1.0
    return float(sorted(pair.ours.words) == sorted(pair.listed.words))


def letters_agree(pair: Pair) -> float:
    """The letters of the two names agree as a whole, wherever the spaces are."""
    return max(0.0, (pair.letters - 0.5) * 2.0)


def written_alike(pair: Pair) -> float:
    """The names agree as they are written, before translated and abbreviated words are brought to one spelling."""
    return max(0.0, (pair.written - 0.5) * 2.0)


def letters_differ(pair: Pair) -> float:
    """The letters of the two names differ in more than a few places."""
    return min(1.0, max(0.0, (0.85 - pair.letters) * 2.5))


def rare_word_shared(pair: Pair) -> float:
    """A rare word stands in both names."""
    return max((w * a for w, a in zip(pair.listed_weights, pair.alike_listed, strict=True) if a >= 0.8), default=0.0)


def known_group_named(pair: Pair) -> float:
    """The name of a group of which many companies are listed stands in both names."""
    if words().groups.isdisjoint(pair.ours.words):
        return 0.0
    shared = {pair.listed.words[j] for link in pair.links if link.alike >= 0.94 for j in link.listed}
    return float(bool(shared & words().groups))


def our_rare_word_missing(pair: Pair) -> float:
    """A rare word of our name is not in the listed name."""
    return max((w * (1 - a) for w, a in zip(pair.our_weights, pair.alike_ours, strict=True)), default=0.0)


def listed_rare_word_missing(pair: Pair) -> float:
    """A rare word of the listed name is not in ours."""
    return max((w * (1 - a) for w, a in zip(pair.listed_weights, pair.alike_listed, strict=True)), default=0.0)


def only_common_words_shared(pair: Pair) -> float:
    """What the names share are words that many names have, and one has a word of its own."""
    if same_words(pair):
        return 0.0
    alone = max(
        _most_own(pair.ours.words, pair.our_weights, pair.alike_ours),
        _most_own(pair.listed.words, pair.listed_weights, pair.alike_listed),
    )
    return max(0.0, 1.0 - 1.3 * rare_word_shared(pair)) * alone


def each_has_own_words(pair: Pair) -> float:
    """Each name has a word that the other has not, so that they may be two companies of one family of names."""
    if known_group_named(pair):
        # Two companies of one known group: the words that tell them apart speak of business and place.
        return 0.0
    return min(
        _most_own(pair.ours.words, pair.our_weights, pair.alike_ours),
        _most_own(pair.listed.words, pair.listed_weights, pair.alike_listed),
    )


def listed_name_inside_ours(pair: Pair) -> float:
    """The whole listed name stands inside ours, as when a branch or an address follows it."""
    if len(pair.ours.words) <= len(pair.listed.words) or min(pair.alike_listed, default=0.0) < 0.85 or same_words(pair):
        return 0.0
    positions = sorted(i for link in pair.links for i in link.ours)
    together = positions and positions[-1] - positions[0] == len(positions) - 1
    strength = sum(pair.listed_weights)
    return min(1.0, strength / 1.6) * max(pair.listed_weights) if together else 0.0


def our_name_inside_listed(pair: Pair) -> float:
    """Our whole name stands inside the listed one."""
    if len(pair.listed.words) <= len(pair.ours.words) or min(pair.alike_ours, default=0.0) < 0.85 or same_words(pair):
        return 0.0
    return min(1.0, sum(pair.our_weights) / 1.6) * max(pair.our_weights)


def numbers_disagree(pair: Pair) -> float:
    """Both names carry a number and the numbers differ."""
    ours, listed = _numbers(pair.ours.words), _numbers(pair.listed.words)
    return float(bool(ours and listed and ours != listed))


def one_word_only(pair: Pair) -> float:
    """One of the names is a single word, which can be chance."""
    return float(min(_count(pair, pair.ours.words), _count(pair, pair.listed.words)) == 1 and not same_words(pair))


def short_names_differ(pair: Pair) -> float:
    """The names are short and not the same, so that a single letter makes another name."""
    if same_words(pair):
        return 0.0
    shorter = min(len(pair.ours.squashed), len(pair.listed.squashed))
    return min(1.0, max(0.0, (10.0 - shorter) / 6.0))


def one_listed_word_inside(pair: Pair) -> float:
    """The listed name is a single word, and ours has more; the name of a known group apart."""
    ours, listed = _count(pair, pair.ours.words), _count(pair, pair.listed.words)
    return float(listed == 1 and ours > 1 and not same_words(pair) and not known_group_named(pair))


def kinds_disagree(pair: Pair) -> float:
    """One is a company and the other a person, a vessel or an aircraft."""
    ours = pair.our_kind or ("entity" if pair.ours.legal else "")
    listed = pair.listed_kind or ("entity" if pair.listed.legal else "")
    return float(bool(ours and listed and ours != listed))


def read_from_head(pair: Pair) -> float:
    """What follows our name, a branch or an address, was left out."""
    return float(pair.ours.how == "head")


def initials_agree(pair: Pair) -> float:
    """One name is made of the initials of the other."""
    return float(pair.initials)


def legal_forms_disagree(pair: Pair) -> float:
    """The names carry different kinds of legal form."""
    return float(bool(pair.ours.legal and pair.listed.legal and not pair.ours.legal & pair.listed.legal))


def known_by_alias(pair: Pair) -> float:
    """Our name is a known Chinese name of this Latin one; the source is given."""
    return float(pair.ours.how == "alias")


def read_from_chinese(pair: Pair) -> float:
    """Our name was translated or read in pinyin, so other spellings are possible."""
    return float(pair.ours.how == "translated")


def read_from_arabic(pair: Pair) -> float:
    """Our name was read from Arabic script, which leaves short vowels unwritten, so other spellings are possible."""
    return float(pair.ours.how == "unvoweled")


def countries_agree(pair: Pair) -> float:
    """A country given for our party is one given for the listed party."""
    return float(bool(pair.our_countries & pair.listed_countries))


def countries_disagree(pair: Pair) -> float:
    """The countries given for the two parties do not overlap."""
    return float(bool(pair.our_countries and pair.listed_countries and not pair.our_countries & pair.listed_countries))


def short_word_alone(pair: Pair) -> float:
    """Our name is one short word, as the initials of many companies are, and the listed name says more."""
    return float(len(pair.ours.words) == 1 and len(pair.ours.squashed) <= 4 and len(pair.listed.words) > 1)


def only_alike_elsewhere(pair: Pair) -> float:
    """The countries given do not overlap, and no rare word stands in both names: a likeness of two companies apart."""
    if not countries_disagree(pair) or same_words(pair):
        return 0.0
    shared = (w for w, a in zip(pair.listed_weights, pair.alike_listed, strict=True) if a >= 0.9)
    return max(0.0, 1.0 - max(shared, default=0.0))


def addresses_agree(pair: Pair) -> float:
    """The addresses share their number and most of their words."""
    return pair.address


FEATURES: tuple[Feature, ...] = (
    same_words,
    our_words_found,
    listed_words_found,
    both_names_covered,
    letters_agree,
    written_alike,
    letters_differ,
    rare_word_shared,
    known_group_named,
    our_rare_word_missing,
    listed_rare_word_missing,
    only_common_words_shared,
    each_has_own_words,
    listed_name_inside_ours,
    our_name_inside_listed,
    numbers_disagree,
    one_word_only,
    one_listed_word_inside,
    short_names_differ,
    kinds_disagree,
    initials_agree,
    legal_forms_disagree,
    known_by_alias,
    read_from_chinese,
    read_from_arabic,
    read_from_head,
    countries_agree,
    countries_disagree,
    only_alike_elsewhere,
    short_word_alone,
    addresses_agree,
)


def _most_own(names: tuple[str, ...], weights: tuple[float, ...], alike: tuple[float, ...]) -> float:
    """How far the word least like any of the other name is from them; linking words and initials aside."""
    most = 0.0
    for word, weight, like in zip(names, weights, alike, strict=True):
        if 1.0 - like > most and (len(word) > 2 or weight > 0.3) and word not in _LINKING:
            most = 1.0 - like
    return most


def _count(pair: Pair, names: tuple[str, ...]) -> int:
    """How many words a name has. Beside one in Arabic script, where it is written to its word, an article is none."""
    return len(names) - names.count("al") if pair.ours.how == "unvoweled" else len(names)


_LINKING = frozenset({"and", "of", "for", "the"})


def _covered(weights: tuple[float, ...], alike: tuple[float, ...]) -> float:
    total = sum(weights)
    return sum(w * a for w, a in zip(weights, alike, strict=True)) / total if total else 0.0


@lru_cache(maxsize=50_000)
def _numbers(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(m.group().lstrip("0") for word in words for m in re.finditer(r"\d+", word))
