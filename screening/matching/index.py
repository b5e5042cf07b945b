"""Which listed names are worth comparing: sparse character n-grams and exact maps, kept as plain arrays.

An index is an artefact of one snapshot of the lists. It is built once, written as ``.npy`` files and memory-mapped by
every process, so that they share one copy.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .names import Form, clean, form
from .words import words

Array = npt.NDArray[Any]
LAYOUT = "7"
"""Changes whenever the arrays or the normal form of names change; an index of another layout is rebuilt."""

_BASE = 38
_CODES = _BASE**3
_LETTERS = np.full(256, _BASE - 1, dtype=np.int64)
for _at, _letter in enumerate(" abcdefghijklmnopqrstuvwxyz0123456789"):
    _LETTERS[ord(_letter)] = _at
_BREAK = _BASE - 1
NAME, ADDRESS = 0, 1
ORDINARY = 0.06
"""A letter group that a larger share of the names has is ordinary."""
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


@dataclass(frozen=True, slots=True)
class Listed:
    """A listed name as the index hands it out. ``words`` are those of its form, separated by spaces."""

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
        return Form(words, frozenset(self.legal.split()), raw="".join(tokens) or self.squashed, tokens=tokens or words)


def _key(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"))


def _strings(values: Sequence[str]) -> tuple[Array, Array]:
    pieces = [value.encode("utf-8", "replace") for value in values]
    offsets = np.zeros(len(pieces) + 1, dtype=np.int64)
    np.cumsum([len(piece) for piece in pieces], out=offsets[1:])
    return np.frombuffer(b"".join(pieces) or b"\0", dtype=np.uint8).copy(), offsets


def _grams(texts: Sequence[str]) -> tuple[Array, Array]:
    """Return the distinct (text number, gram code) pairs of many texts at once."""
    joined = "\x7f".join(texts) + "\x7f"
    raw = np.frombuffer(joined.encode("ascii", "replace"), dtype=np.uint8)
    code = _LETTERS[raw]
    owner = np.cumsum(raw == 0x7F) - (raw == 0x7F)
    valid = (code[:-2] != _BREAK) & (code[1:-1] != _BREAK) & (code[2:] != _BREAK)
    grams = code[:-2] * _BASE * _BASE + code[1:-1] * _BASE + code[2:]
    pairs = np.sort(owner[:-2][valid] * _CODES + grams[valid])
    # numpy's own way of finding what is unique takes ten times as long as sorting does.
    pairs = pairs[np.concatenate(([True], pairs[1:] != pairs[:-1]))] if len(pairs) else pairs
    return pairs // _CODES, pairs % _CODES


def _spaced(form: Form) -> str:
    return f" {' '.join(form.words)} "


def _raw(form: Form) -> str:
    """Return the words as written where they differ from their one spelling."""
    return "" if form.tokens == form.words else " ".join(form.tokens)


def _squashed(form: Form) -> str:
    return f"  {form.squashed}  "


class Index:
    """The names of a set of listed parties, ready to be asked.

    ``arrays`` are exactly what is on disk. Look-ups never change them, so an index may be shared between threads.
    """

    def __init__(self, arrays: dict[str, Array]) -> None:
        self.arrays = arrays
        self.rows: Array = arrays["row_ids"]
        self.size = len(arrays["name_row"])
        self._weights: dict[str, float] = {}

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
        names: list[tuple[int, int, Form, str]] = []
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
                    names.append((row, NAME, reading, clean(name)))
            if readings or not entry.names:
                for address in entry.addresses:
                    if found := form(address):
                        names.append((row, ADDRESS, found, clean(address)))
            identifiers += [
                (_key(plain_identifier(i)), row) for i in entry.identifiers if len(plain_identifier(i)) >= 5
            ]
        arrays: dict[str, Array] = {
            "row_ids": np.array(ids, dtype=np.int64),
            "name_row": np.array([n[0] for n in names], dtype=np.int32),
            "name_kind": np.array([n[1] for n in names], dtype=np.uint8),
            "row_kind": np.array(kinds, dtype=np.uint8),
        }
        found_forms = [n[2] for n in names]
        texts = {
            "form": [f"{' '.join(f.words)}\t{' '.join(sorted(f.legal))}\t{_raw(f)}" for f in found_forms],
            "name": [n[3] for n in names],
            "country": countries,
            "address": addresses,
        }
        for key, values in texts.items():
            arrays[f"{key}_text"], arrays[f"{key}_at"] = _strings(values)
        for view, spell in (("spaced", _spaced), ("squashed", _squashed)):
            arrays |= {f"{view}_{k}": v for k, v in _postings([spell(f) for f in found_forms]).items()}
        arrays |= _map("exact", [(_key("".join(sorted(f.words))), n) for n, f in enumerate(found_forms)])
        arrays |= _map("squash", [(_key(t), n) for n, f in enumerate(found_forms) for t in {f.squashed, f.raw}])
        arrays |= _map("initials", [(_key(f.initials), n) for n, f in enumerate(found_forms) if len(f.words) >= 3])
        arrays |= _map("identifier", identifiers)
        if rarity is None:
            counted = np.array([_key(w) for f in found_forms for w in set(f.words)], dtype=np.int64)
            arrays["word_keys"], counts = np.unique(counted, return_counts=True)
            arrays["word_counts"] = counts.astype(np.int32)
            arrays["word_total"] = np.array([max(len(found_forms), 2)], dtype=np.int64)
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
        if not self.size:
            return []
        gram = np.maximum(self._similar("spaced", _spaced(form)), self._similar("squashed", _squashed(form)))
        gram = np.where(self.arrays["name_kind"] == kind, gram, 0.0)
        # Most names share nothing with a query; only those that do are ranked.
        near = np.flatnonzero(gram > 0.08)
        if len(near) > limit:
            near = near[np.argpartition(gram[near], len(near) - limit)[len(near) - limit :]]
        chosen = {int(n) for n in near}
        if kind == NAME:
            chosen.update(self._mapped("exact", _key("".join(sorted(form.words))))[:limit])
            chosen.update(self._mapped("squash", _key(form.squashed))[:limit])
            chosen.update(self._mapped("squash", _key(form.raw))[:limit])
            if len(form.words) == 1 and len(form.squashed) >= 3:
                chosen.update(self._mapped("initials", _key(form.squashed))[:limit])
            if len(form.words) >= 3:
                chosen.update(self._mapped("squash", _key(form.initials))[:limit])
        return [self.listed(n, float(gram[n])) for n in chosen]

    def with_identifier(self, identifier: str) -> list[int]:
        """Return the rows that carry an identifier."""
        plain = plain_identifier(identifier)
        return self._mapped("identifier", _key(plain)) if len(plain) >= 5 else []

    def names_of(self, row: int) -> list[Listed]:
        """Return every name of a row."""
        return [self.listed(int(n), 0.0) for n in np.flatnonzero(self.arrays["name_row"] == row)]

    def listed(self, number: int, gram: float) -> Listed:
        words, legal, raw = self._text("form", number).split("\t")
        return Listed(number, int(self.arrays["name_row"][number]), words, legal, raw, gram)

    def name(self, number: int) -> str:
        """Return a listed name as it was published."""
        return self._text("name", number)

    def kind(self, row: int) -> str:
        return KINDS[int(self.arrays["row_kind"][row])]

    def countries(self, row: int) -> frozenset[str]:
        return frozenset(self._text("country", row).split())

    def addresses(self, row: int) -> str:
        return self._text("address", row)

    def id(self, row: int) -> int:
        return int(self.rows[row])

    def weight(self, word: str) -> float:
        """How much a word tells, from 0.05 (every second name has it) to 1 (it is on no other name)."""
        known = self._weights.get(word)
        if known is None:
            if len(self._weights) > 200_000:
                self._weights.clear()
            known = self._weights[word] = self._weigh(word)
        return known

    def _weigh(self, word: str) -> float:
        keys = self.arrays["word_keys"]
        key = _key(word)
        at = int(np.searchsorted(keys, key))
        count = int(self.arrays["word_counts"][at]) if at < len(keys) and keys[at] == key else 0
        total = float(self.arrays["word_total"][0])
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

    def _similar(self, view: str, text: str) -> Array:
        _owner, codes = _grams([text])
        idf = self.arrays[f"{view}_idf"][codes]
        norm = float(np.sqrt(np.square(idf).sum())) or 1.0
        if not len(codes):
            return np.zeros(self.size)
        starts, ends = self.arrays[f"{view}_at"][codes], self.arrays[f"{view}_at"][codes + 1]
        # Letter groups that many names have tell little and cost most: they are asked only where there are few others.
        rare = (ends - starts) < self.size * ORDINARY
        if rare.sum() >= ENOUGH:
            starts, ends, idf = starts[rare], ends[rare], idf[rare]
        names = np.concatenate([self.arrays[f"{view}_names"][a:b] for a, b in zip(starts, ends, strict=True)])
        worth = np.concatenate([self.arrays[f"{view}_worth"][a:b] for a, b in zip(starts, ends, strict=True)])
        scaled = worth * np.repeat(idf / norm, ends - starts)
        return np.bincount(names, weights=scaled, minlength=self.size)

    def _mapped(self, name: str, key: int) -> list[int]:
        keys = self.arrays[f"{name}_keys"]
        a, b = np.searchsorted(keys, key, "left"), np.searchsorted(keys, key, "right")
        return [int(v) for v in self.arrays[f"{name}_values"][a:b]]

    def _text(self, name: str, number: int) -> str:
        at = self.arrays[f"{name}_at"]
        return bytes(self.arrays[f"{name}_text"][at[number] : at[number + 1]]).decode("utf-8", "replace")


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


def _map(name: str, pairs: list[tuple[int, int]]) -> dict[str, Array]:
    table = np.array(sorted(pairs) or np.zeros((0, 2)), dtype=np.int64)
    return {f"{name}_keys": table[:, 0].copy(), f"{name}_values": table[:, 1].copy()}


def _postings(texts: list[str]) -> dict[str, Array]:
    if not texts:
        empty = np.zeros(0)
        return {
            "names": empty.astype(np.int32),
            "worth": empty.astype(np.float32),
            "at": np.zeros(_CODES + 1, dtype=np.int64),
            "idf": np.zeros(_CODES, dtype=np.float32),
        }
    owner, code = _grams(texts)
    count = np.bincount(code, minlength=_CODES)
    idf = np.log((1.0 + len(texts)) / (1.0 + count)) + 0.1
    norm = np.sqrt(np.bincount(owner, weights=np.square(idf[code]), minlength=len(texts)))
    order = np.argsort(code, kind="stable")
    at = np.zeros(_CODES + 1, dtype=np.int64)
    np.cumsum(count, out=at[1:])
    return {
        "names": owner[order].astype(np.int32),
        "worth": (idf[code] / np.maximum(norm[owner], 1e-9))[order].astype(np.float32),
        "at": at,
        "idf": idf.astype(np.float32),
    }
