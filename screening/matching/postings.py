"""Texts as plain arrays: by groups of three letters, by key, and one after another."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_BASE = 38
_CODES = _BASE**3
_LETTERS = np.full(256, _BASE - 1, dtype=np.int32)
for _at, _letter in enumerate(" abcdefghijklmnopqrstuvwxyz0123456789"):
    _LETTERS[ord(_letter)] = _at
_BREAK = _BASE - 1


def key_of(text: str) -> int:
    """Return a number of four bytes that equal texts share; rarely do others."""
    return zlib.crc32(text.encode("utf-8", "replace"))


def strings(values: Sequence[str]) -> tuple[Array, Array]:
    """Return texts one after another as UTF-8, and where each begins; the last number is where the last one ends."""
    pieces = [value.encode("utf-8", "replace") for value in values]
    offsets = np.zeros(len(pieces) + 1, dtype=np.uint32)
    np.cumsum([len(piece) for piece in pieces], out=offsets[1:], dtype=np.uint32)
    return np.frombuffer(b"".join(pieces) or b"\0", dtype=np.uint8).copy(), offsets


def _runs(text: str) -> tuple[Array, Array, Array]:
    """Return the letters of a text as numbers, the code of every three in a row, and where there are three."""
    raw = np.frombuffer(text.encode("ascii", "replace"), dtype=np.uint8)
    letters = _LETTERS[raw]
    codes = letters[:-2] * (_BASE * _BASE)
    codes += letters[1:-1] * _BASE
    codes += letters[2:]
    known = letters != _BREAK
    return raw, codes, known[:-2] & known[1:-1] & known[2:]


def _grams(texts: Sequence[str]) -> tuple[Array, Array]:
    """Return the distinct (text number, gram code) pairs of many texts at once, in the order of the codes."""
    raw, codes, whole = _runs("\x7f".join(texts) + "\x7f")
    owner = np.cumsum(raw == 0x7F, dtype=np.int32)[:-2][whole]
    code = codes[whole].astype(np.uint16)
    # Sorting numbers of two bytes takes one pass; the texts of a group keep their order, so that equals are neighbors.
    order = np.argsort(code, kind="stable")
    owner, code = owner[order], code[order]
    first = np.ones(len(code), dtype=bool)
    first[1:] = (code[1:] != code[:-1]) | (owner[1:] != owner[:-1])
    return owner[first], code[first]


def grams_of(text: str) -> Array:
    """Return the distinct gram codes of one text, in order."""
    _, codes, whole = _runs(text)
    return np.array(sorted(set(codes[whole].tolist())), dtype=np.int64)


def key_map(name: str, pairs: list[tuple[int, int]]) -> dict[str, Array]:
    """Return keys with their values as two arrays, in the order of the keys."""
    table = np.array(pairs or np.zeros((0, 2)), dtype=np.int64)
    # By key; the values of one key keep the order they come in.
    order = np.argsort(table[:, 0], kind="stable")
    return {
        f"{name}_keys": table[order, 0].astype(np.uint32),
        f"{name}_values": table[order, 1].astype(np.int32),
    }


def postings(texts: list[str]) -> dict[str, Array]:
    """Return which texts have which letter groups, how rare a group is, and what the rarity of a text's adds up to.

    ``names`` holds the numbers of the texts, those of group ``g`` from ``at[g]`` to ``at[g + 1]``; how alike two texts
    are is the sum of ``idf`` squared over the groups they share, by the ``scale`` of each.
    """
    owner, code = _grams(texts)
    count = np.bincount(code, minlength=_CODES)
    idf = np.log((1.0 + len(texts)) / (1.0 + count)) + 0.1
    norm = np.sqrt(np.bincount(owner, weights=np.square(idf)[code], minlength=len(texts)))
    at = np.zeros(_CODES + 1, dtype=np.int64)
    np.cumsum(count, out=at[1:])
    return {"names": owner, "at": at, "idf": idf.astype(np.float32), "scale": 1.0 / np.maximum(norm, 1e-9)}
