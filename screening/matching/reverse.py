"""The other direction: which of our parties a listed entry may mean. Proposes only; :func:`~.score.find` decides.

A list that changes changes by a few dozen entries, while our parties are many. So our parties are indexed once, in
pieces, and each changed entry is looked for among them; who comes near is then compared exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from .index import ADDRESS, NAME, Entry, Index
from .names import Form, form, forms
from .postings import key_of
from .score import Found, Who, find

NEAR = 0.25
"""Share of letter groups, rare ones counting more, from which one of our names is compared exactly."""
NEAR_ADDRESS = 0.35


def index_of_ours(parties: Iterable[Entry]) -> Index:
    """Return an index of our own parties: every reading of every name, and every address."""
    return Index.build(parties, readings=forms)


def near(entry: Entry, ours: Index) -> set[int]:
    """Return the ids of those of our parties that the entry may mean, by name, number or, for a bare one, address."""
    rows: set[int] = set()
    for name in entry.names:
        # Ours were read in every way; a listed name is compared in one, as in the index of the lists.
        if reading := form(name):
            rows.update(_near(reading, ours, NAME, NEAR))
    if not entry.names:
        for address in entry.addresses:
            if reading := form(address):
                rows.update(_near(reading, ours, ADDRESS, NEAR_ADDRESS))
    for identifier in entry.identifiers:
        rows.update(ours.with_identifier(identifier))
    return {ours.id(row) for row in rows}


def _near(reading: Form, ours: Index, kind: int, least: float) -> set[int]:
    if not ours.size:
        return set()
    # A listed name may have the consonants of one of ours that is in Arabic script, and no letter group.
    gram = np.maximum(ours.likeness(reading), ours.likeness_by_consonants(reading))
    numbers = np.flatnonzero((gram > least) & (ours.arrays["name_kind"] == kind))
    found = {int(row) for row in ours.arrays["name_row"][numbers]}
    if kind == NAME:
        exact = [*ours._mapped("exact", key_of("".join(sorted(reading.words))))]
        for text in {reading.squashed, reading.raw}:
            exact += ours._mapped("squash", key_of(text))
        if len(reading.words) == 1 and len(reading.squashed) >= 3:
            exact += ours._mapped("initials", key_of(reading.squashed))
        if len(reading.words) >= 3:
            exact += ours._mapped("squash", key_of(reading.initials))
        found.update(int(ours.arrays["name_row"][number]) for number in exact)
    return found


def any_of(who: Who, small: Index, *, threshold: float) -> Found | None:
    """Return the surest of the entries of a small index that a party may be, or None."""
    found = find(who, small, threshold=threshold, limit=1)
    return found[0] if found else None


def candidates(entries: Sequence[Entry], ours: Iterable[Index]) -> set[int]:
    """Return the ids of our parties, over all pieces of their index, that come near any of the entries."""
    return {one for piece in ours for entry in entries for one in near(entry, piece)}
