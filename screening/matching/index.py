"""Which listed names are worth comparing: sparse character n-grams and exact maps, kept as plain arrays.

An index is an artefact of one snapshot of the lists. It is built once, written as ``.npy`` files and memory-mapped by
every process, so that they share one copy.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from . import skeleton
from .names import Form, clean, form
from .postings import Array, grams_of, key_map, key_of, postings, strings
from .words import words

LAYOUT = "10"
"""Changes whenever the arrays or the normal form of names change; an index of another layout is rebuilt."""

NAME, ADDRESS = 0, 1
ORDINARY = 0.06
"""A letter group that a larger share of the names has is ordinary."""
FEW = 1_000
"""A letter group that no more names have is never ordinary: on a short list every group would be."""
ENOUGH = 6
"""With so many letter groups that are not ordinary, the ordinary ones are left out."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index keeps of a listed party. ``id`` is the caller's own number for it, ``kind`` one of KINDS."""

    id: int
    names: tuple[str, ...]
    addresses: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    kind: str = ""


KINDS = ("", "entity", "individual", "vessel", "aircraft")
"""What a party may be; the empty word where the publisher does not say."""


@dataclass(slots=True)
class Listed:
    """A listed name as the index hands it out. ``words`` are those of its form, separated by spaces.

    Not frozen: fifty are made for every name that is asked, and freezing them costs more than reading them.
    """

    number: int
    row: int
    words: str
    legal: str
    raw: str
    gram: float

    @property
    def squashed(self) -> str:
        return self.words.replace(" ", "")

    def form(self) -> Form:
        """Return what is compared. Most candidates never come so far, so it is made when it is asked for."""
        words, tokens = tuple(self.words.split()), tuple(self.raw.split())
        return Form(words, _classes(self.legal), raw="".join(tokens) or self.squashed, tokens=tokens or words)


@lru_cache(maxsize=1_000)
def _classes(legal: str) -> frozenset[str]:
    return frozenset(legal.split())


def _spaced(form: Form) -> str:
    return f" {' '.join(form.words)} "


def _raw(form: Form) -> str:
    """Return the words as written where they differ from their one spelling."""
    return "" if form.tokens == form.words else " ".join(form.tokens)


def _squashed(form: Form) -> str:
    return f"  {form.squashed}  "


def _skeletons(form: Form) -> set[str]:
    """Return the skeletons of the words that are in Arabic script, where they have consonants enough."""
    return {one for one in map(skeleton.of_arabic, form.letters.values()) if len(one) >= skeleton.LEAST}


def _consonants(form: Form, *, every: bool) -> str:
    """Return the words by whose consonants a name is found: those in Arabic script, or else ``every`` one that tells.

    Of our own parties only names in Arabic script are found so: between Latin names letters say more.
    """
    if form.letters:
        return skeleton.spelled_out(_skeletons(form))
    table = words()
    return " ".join(w for w in form.words if w not in table.common and w not in table.ordinary) if every else ""


class _Names:
    """The names of an index while it is built: numbers and texts only, which the collector has not to walk."""

    def __init__(self, *, every: bool) -> None:
        self.every = every
        self.rows: list[int] = []
        self.kinds: list[int] = []
        self.forms: list[str] = []
        self.written: list[str] = []
        self.spaced: list[str] = []
        self.squashed: list[str] = []
        self.words: list[str] = []
        self.consonants: list[str] = []
        self.exact: list[tuple[int, int]] = []
        self.squash: list[tuple[int, int]] = []
        self.initials: list[tuple[int, int]] = []

    def add(self, row: int, kind: int, form: Form, written: str) -> None:
        number, squashed = len(self.rows), form.squashed
        self.rows.append(row)
        self.kinds.append(kind)
        self.forms.append(f"{' '.join(form.words)}\t{' '.join(sorted(form.legal))}\t{_raw(form)}")
        self.written.append(clean(written))
        self.spaced.append(_spaced(form))
        self.squashed.append(_squashed(form))
        self.words += set(form.words)
        self.consonants.append(_consonants(form, every=self.every))
        self.exact.append((key_of("".join(sorted(form.words))), number))
        self.squash += [(key_of(text), number) for text in {squashed, form.raw}]
        if len(form.words) >= 3:
            self.initials.append((key_of(form.initials), number))


class Index:
    """The names of a set of listed parties, ready to be asked.

    ``arrays`` are exactly what is on disk. Look-ups never change them, so an index may be shared between threads.
    """

    def __init__(self, arrays: dict[str, Array]) -> None:
        self.arrays = arrays
        self.rows: Array = arrays["row_ids"]
        self.size = len(arrays["name_row"])
        # Python reads single numbers out of a view several times faster than out of an array.
        self._views = {key: memoryview(array) for key, array in arrays.items()}  # type: ignore[arg-type]
        self._addresses = bool(arrays["name_kind"].any())
        self._weights: dict[str, float] = {}
        self._countries: dict[str, frozenset[str]] = {}

    # --- building -----------------------------------------------------------------------------------------------------

    @classmethod
    def build(
        cls,
        entries: Iterable[Entry],
        *,
        rarity: Index | None = None,
        readings: Callable[[str], Sequence[Form]] | None = None,
    ) -> Index:
        """Index the entries. ``rarity`` lends the word counts of a larger index to a small one.

        ``readings`` is for the index of our own parties: their names are kept in every reading, and their addresses
        stand beside the names and not only in their stead.
        """
        ids: list[int] = []
        kinds: list[int] = []
        names = _Names(every=not readings)
        countries: list[str] = []
        addresses: list[str] = []
        identifiers: list[tuple[int, int]] = []
        for row, entry in enumerate(entries):
            ids.append(entry.id)
            kinds.append(KINDS.index(entry.kind) if entry.kind in KINDS else 0)
            countries.append(" ".join(entry.countries))
            addresses.append(" | ".join(entry.addresses)[:2000])
            for name in entry.names:
                for reading in readings(name) if readings else filter(None, (form(name),)):
                    names.add(row, NAME, reading, name)
            if readings or not entry.names:
                for address in entry.addresses:
                    if found := form(address):
                        names.add(row, ADDRESS, found, address)
            identifiers += [
                (key_of(plain_identifier(i)), row) for i in entry.identifiers if len(plain_identifier(i)) >= 5
            ]
        arrays: dict[str, Array] = {
            "row_ids": np.array(ids, dtype=np.int64),
            "name_row": np.array(names.rows, dtype=np.int32),
            "name_kind": np.array(names.kinds, dtype=np.uint8),
            "row_kind": np.array(kinds, dtype=np.uint8),
        }
        texts = {"form": names.forms, "name": names.written, "country": countries, "address": addresses}
        for key, values in texts.items():
            arrays[f"{key}_text"], arrays[f"{key}_at"] = strings(values)
        for view, spelled in (("spaced", names.spaced), ("squashed", names.squashed)):
            arrays |= {f"{view}_{k}": v for k, v in postings(spelled).items()}
        arrays |= key_map("exact", names.exact)
        arrays |= key_map("squash", names.squash)
        arrays |= key_map("initials", names.initials)
        arrays |= key_map("identifier", identifiers)
        arrays |= skeleton.postings(names.consonants)
        if rarity is None:
            counts: Counter[int] = Counter()
            for word, count in Counter(names.words).items():
                counts[key_of(word)] += count
            arrays["word_keys"] = np.array(sorted(counts), dtype=np.uint32)
            arrays["word_counts"] = np.array([counts[key] for key in sorted(counts)], dtype=np.int32)
            arrays["word_total"] = np.array([max(len(names.rows), 2)], dtype=np.int64)
        else:
            arrays |= {k: rarity.arrays[k] for k in ("word_keys", "word_counts", "word_total")}
        return cls(arrays)

    def save(self, directory: Path) -> int:
        """Write the arrays into a directory, the inventory last; return the bytes written."""
        directory.mkdir(parents=True, exist_ok=True)
        size = 0
        for key, array in self.arrays.items():
            np.save(directory / f"{key}.npy", array)
            size += array.nbytes
        (directory / "index.json").write_text(json.dumps({"layout": LAYOUT, "arrays": sorted(self.arrays)}))
        return size

    @classmethod
    def load(cls, directory: Path) -> Index:
        """Map the arrays of a directory into memory. Raises ``FileNotFoundError`` or ``ValueError`` when unusable."""
        inventory = json.loads((directory / "index.json").read_text())
        if inventory["layout"] != LAYOUT:
            raise ValueError(f"index layout {inventory['layout']}, wanted {LAYOUT}")
        # Plain views of the maps: numpy's own map class costs at every access.
        found = {key: np.load(directory / f"{key}.npy", mmap_mode="r") for key in inventory["arrays"]}
        return cls({key: array.view(np.ndarray) for key, array in found.items()})

    # --- asking -------------------------------------------------------------------------------------------------------

    def propose(self, form: Form, *, limit: int = 50, kind: int = NAME) -> list[Listed]:
        """Return the listed names most like this reading, by shared n-grams, with every exact hit among them."""
        if not self.size or (kind == ADDRESS and not self._addresses):
            return []
        gram = self.likeness(form)
        # Most names share nothing with a query; only those that do are ranked.
        near = np.flatnonzero(gram > 0.08)
        if self._addresses:
            near = near[self.arrays["name_kind"][near] == kind]
        if len(near) > limit:
            near = near[np.argpartition(gram[near], len(near) - limit)[len(near) - limit :]]
        chosen = set(near.tolist())
        if kind == NAME:
            chosen.update(self._mapped("exact", key_of("".join(sorted(form.words))))[:limit])
            chosen.update(self._mapped("squash", key_of(form.squashed))[:limit])
            chosen.update(self._mapped("squash", key_of(form.raw))[:limit])
            if len(form.words) == 1 and len(form.squashed) >= 3:
                chosen.update(self._mapped("initials", key_of(form.squashed))[:limit])
            if len(form.words) >= 3:
                chosen.update(self._mapped("squash", key_of(form.initials))[:limit])
        numbers, kinds = list(chosen), self._views["name_kind"]
        alike = gram[numbers].tolist()
        return [self.listed(n, one if kinds[n] == kind else 0.0) for n, one in zip(numbers, alike, strict=True)]

    def with_identifier(self, identifier: str) -> list[int]:
        """Return the rows that carry an identifier."""
        plain = plain_identifier(identifier)
        return self._mapped("identifier", key_of(plain)) if len(plain) >= 5 else []

    def names_of(self, row: int) -> list[Listed]:
        """Return every name of a row."""
        rows = self._views["name_row"]
        return [self.listed(n, 0.0) for n in range(bisect_left(rows, row), bisect_right(rows, row))]

    def listed(self, number: int, gram: float) -> Listed:
        words, legal, raw = self._text("form", number).split("\t")
        return Listed(number, self._views["name_row"][number], words, legal, raw, gram)

    def name(self, number: int) -> str:
        """Return a listed name as it was published."""
        return self._text("name", number)

    def kind(self, row: int) -> str:
        return KINDS[self._views["row_kind"][row]]

    def countries(self, row: int) -> frozenset[str]:
        text = self._text("country", row)
        known = self._countries.get(text)
        if known is None:
            known = self._countries[text] = frozenset(text.split())
        return known

    def addresses(self, row: int) -> str:
        return self._text("address", row)

    def id(self, row: int) -> int:
        return int(self.rows[row])

    def weight(self, word: str) -> float:
        """How much a word tells, from 0.05 (every second name has it) to 1 (it is on no other name)."""
        known = self._weights.get(word)
        if known is None:
            if len(self._weights) > 50_000:
                self._weights.clear()
            known = self._weights[word] = self._weigh(word)
        return known

    def _weigh(self, word: str) -> float:
        keys, key = self._views["word_keys"], key_of(word)
        at = bisect_left(keys, key)
        count = self._views["word_counts"][at] if at < len(keys) and keys[at] == key else 0
        total = float(self._views["word_total"][0])
        # A small list knows too little of what is ordinary: count as if it were part of one of 60,000 names.
        scale = max(60_000.0 / total, 1.0)
        rare = np.log(max(total * scale / (1.0 + count * min(scale, 20.0)), 1.0)) / np.log(total * scale)
        table = words()
        if word in table.groups:
            rare = 0.95
        elif word in table.common:
            rare *= 0.35
        elif word in table.places or word in table.countries:
            rare *= 0.45
        elif word in table.ordinary:
            rare *= 0.6
        elif len(word) == 1 and word.isalpha():
            # An initial: whether it is there or not tells next to nothing.
            rare = 0.12
        elif len(word) <= 3 and not word.isdigit():
            # Short words meet by chance.
            rare *= 0.5 if len(word) <= 2 else 0.8
        return float(min(max(rare, 0.05), 1.0))

    def likeness(self, form: Form) -> Array:
        """Return how much every name of the index has in common with this one, by its letter groups, 0 to 1."""
        spaced, squashed = self._similar("spaced", _spaced(form)), self._similar("squashed", _squashed(form))
        found: Array = np.maximum(spaced, squashed, out=spaced)
        if form.letters:
            share = len(form.letters) / len(form.words)
            np.maximum(found, share * skeleton.shared(self.arrays, _skeletons(form)), out=found)
        return found

    def likeness_by_consonants(self, form: Form) -> Array:
        """Return how much the names in Arabic script have in common with a Latin one, in an index of our parties."""
        asked = {one for word in form.words for one in skeleton.of_listed(word)} | _skeletons(form)
        return skeleton.shared(self.arrays, asked)

    def _similar(self, view: str, text: str) -> Array:
        codes = grams_of(text)
        if not len(codes):
            return np.zeros(self.size)
        idf, at = self.arrays[f"{view}_idf"][codes], self.arrays[f"{view}_at"]
        norm = float(np.sqrt(np.square(idf).sum())) or 1.0
        starts, ends = at[codes], at[codes + 1]
        sizes = ends - starts
        # Letter groups that many names have tell little and cost most: they are asked only where there are few others.
        rare = sizes < max(self.size * ORDINARY, FEW)
        if np.count_nonzero(rare) >= ENOUGH:
            starts, ends, sizes, idf = starts[rare], ends[rare], sizes[rare], idf[rare]
        having = self.arrays[f"{view}_names"]
        names = np.concatenate([having[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)])
        if not len(names):
            return np.zeros(self.size)
        shared = np.bincount(names, weights=np.repeat(idf * (idf / norm), sizes), minlength=self.size)
        shared *= self.arrays[f"{view}_scale"]
        return shared

    def _mapped(self, name: str, key: int) -> list[int]:
        keys = self._views[f"{name}_keys"]
        found: list[int] = self._views[f"{name}_values"][bisect_left(keys, key) : bisect_right(keys, key)].tolist()
        return found

    def _text(self, name: str, number: int) -> str:
        at = self._views[f"{name}_at"]
        return str(self._views[f"{name}_text"][at[number] : at[number + 1]], "utf-8", "replace")


def usable(directory: Path) -> bool:
    """Whether a directory holds a whole index of this layout."""
    try:
        inventory = json.loads((directory / "index.json").read_text())
        return inventory["layout"] == LAYOUT and all((directory / f"{key}.npy").exists() for key in inventory["arrays"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def plain_identifier(text: str) -> str:
    """Return an identifier as letters and digits only."""
    return "".join(c for c in clean(text).casefold() if c.isalnum())
