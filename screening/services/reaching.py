"""Whom of ours a changed list may concern: asked once after a load, and again on request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from .. import indexes, policy
from ..matching import Index, find
from ..models import Judgement, ListedParty, Match, Reach, Snapshot
from ..reasons import Refusal
from ..shapes import Subject

MOST_PER_SUBJECT = 50
"""A subject that resembles more changed entries than these counts for the nearest of them."""


def reach(snapshot_id: int) -> Reach:
    """Compare every subject with the entries a file added, altered or removed, and keep what was found.

    The subjects are not ours: ``settings.GATEHOUSE_SUBJECTS`` names the function that yields them. A removed entry
    concerns those who had a match with it or a judgement on it. Records nothing: it says what is, and decides nothing.
    Raises :class:`~screening.reasons.Refusal` for a file without one before it to compare with.
    """
    snapshot = Snapshot.objects.filter(pk=snapshot_id).first()
    if snapshot is None:
        raise Refusal("no_such_file")
    if snapshot.difference is None:
        raise Refusal("no_difference")
    found: defaultdict[str, set[str]] = defaultdict(set)
    for key, ref in _known_pairs({key for keys in snapshot.difference.values() for key in keys}):
        found[key].add(ref)
    asked = 0
    subjects: Iterable[Subject] = import_string(settings.GATEHOUSE_SUBJECTS)()
    fresh = {*snapshot.difference["added"], *snapshot.difference["altered"]}
    keys = dict(ListedParty.objects.filter(pk__in=snapshot.members, key__in=fresh).values_list("pk", "key"))
    # Rarity is that of the whole list: among fifty entries every word would be rare.
    index = Index.build(indexes.entries(list(keys)), rarity=indexes.index_of(snapshot)) if keys else None
    threshold = policy.current().least
    for subject in subjects:
        asked += 1
        if index is not None:
            for hit in find(subject.who(), index, threshold=threshold, limit=MOST_PER_SUBJECT):
                found[keys[hit.id]].add(subject.ref)
    with transaction.atomic():
        Reach.objects.filter(snapshot=snapshot).delete()
        return Reach.objects.create(
            snapshot=snapshot,
            at=timezone.now(),
            subjects=asked,
            pairs={key: sorted(refs) for key, refs in sorted(found.items())},
        )


def _known_pairs(keys: set[str]) -> Iterable[tuple[str, str]]:
    """Yield the pairs of these entries that were matched or judged before."""
    for rows in (Match.objects, Judgement.objects):
        yield from rows.filter(entity_key__in=keys).values_list("entity_key", "subject_ref").distinct()


def reach_of_new() -> int:
    """Count the reach of the files in use or waiting that nobody has counted yet; return how many."""
    states = (Snapshot.State.CURRENT, Snapshot.State.AWAITING)
    rows = Snapshot.objects.filter(state__in=states, difference__isnull=False, reach=None).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    for snapshot_id in ids:
        reach(snapshot_id)
    return len(ids)
