"""Both directions: whom of our parties a changed list may concern, found from the entries and not from the parties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .. import indexes, ours, policy
from ..matching import MATCHER_VERSION, Index, find
from ..matching.reverse import candidates
from ..models import Batch, Judgement, ListedParty, Match, Snapshot
from ..shapes import Subject
from .running import snapshots_on


@dataclass(frozen=True, slots=True)
class Changed:
    """What of the lists changed: the entries that are new or altered, and the keys of all, removed ones too."""

    entries: tuple[int, ...]
    keys: frozenset[str]


def changed_since(batch: Batch | None) -> Changed | None:
    """Return what changed in the lists since a batch; None when that cannot be told, and everybody is concerned.

    It cannot be told before the first batch, after the matcher or the policy changed, or where a file's difference is
    not known.
    """
    if batch is None or policy.way_of(batch.searched_key) != policy.way(MATCHER_VERSION, policy.current()):
        return None
    fresh: set[int] = set()
    inside = snapshots_on(None)
    keys = _taken_out(batch.snapshots, {one.source_id for one in inside})
    for snapshot in inside:
        moved = _keys_since(snapshot, frozenset(batch.snapshots))
        if moved is None:
            return None
        keys |= moved
        if moved:
            rows = ListedParty.objects.filter(pk__in=snapshot.members, key__in=moved)
            fresh |= set(rows.values_list("pk", flat=True))
    return Changed(tuple(sorted(fresh)), frozenset(keys))


def _taken_out(before: Sequence[int], inside: set[str]) -> set[str]:
    """Return the keys of all entries of sources that are in use no longer: their matches are looked at again."""
    gone = Snapshot.objects.filter(pk__in=before).exclude(source__in=inside)
    members = [pk for one in gone.only("members") for pk in one.members]
    return set(ListedParty.objects.filter(pk__in=members).values_list("key", flat=True))


def _keys_since(snapshot: Snapshot, known: frozenset[int]) -> set[str] | None:
    keys: set[str] = set()
    at: Snapshot | None = snapshot
    while at is not None and at.pk not in known:
        if at.difference is None:
            return None
        keys |= {key for name in ("added", "altered", "removed") for key in at.difference.get(name, ())}
        at = at.previous
    return keys if at is not None else None


def met_before(changed: Changed) -> set[str]:
    """Return the references of subjects with a match or a judgement on one of the entries."""
    keys = list(changed.keys)
    found = set(Match.objects.filter(entity_key__in=keys).values_list("subject_ref", flat=True))
    return found | set(Judgement.objects.filter(entity_key__in=keys).values_list("subject_ref", flat=True))


def proposed(changed: Changed, pieces: Sequence[str]) -> set[int]:
    """Return the ids of our parties, in these pieces of their index, that come near an entry. Costs the entries."""
    if not changed.entries:
        return set()
    return candidates(indexes.entries(changed.entries), [ours.index_of(piece) for piece in pieces])


def concerned(changed: Changed, subjects: Iterable[Subject]) -> set[str]:
    """Return the references of those subjects that the matcher finds an entry for, compared exactly."""
    if not changed.entries:
        return set()
    small = Index.build(indexes.entries(changed.entries), rarity=_largest())
    threshold = policy.current().least
    return {one.ref for one in subjects if find(one.who(), small, threshold=threshold, limit=1)}


def _largest() -> Index:
    """Return the index of the largest file in use: its word counts say what is rare."""
    return indexes.index_of(max(snapshots_on(None), key=lambda one: one.row_count))
