"""Which lists are searched, as of when, and which are not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone

from ..lists import NOT_SEARCHED, SEARCHED, list_title
from ..matching import MATCHER_VERSION
from ..models import Snapshot
from ..shapes import Coverage, SearchedList


def coverage() -> Coverage:
    """Return what a search now would cover. Without lists, ``loaded`` is False and nothing may be called searched."""
    # The ids of twenty-five thousand entries are not needed to say how many there are.
    rows = list(Snapshot.objects.filter(state=Snapshot.State.CURRENT).defer("members", "difference"))
    since = None
    if rows:
        last = (
            Snapshot.objects.filter(source_id=rows[0].source_id, state=Snapshot.State.QUARANTINED)
            .filter(retrieved_at__gt=rows[0].confirmed_at)
            .order_by("pk")
            .values_list("retrieved_at", flat=True)
        )
        since = last.first()
    return _coverage(rows, quarantined_since=since)


def _coverage(rows: Sequence[Snapshot], *, quarantined_since: dt.datetime | None = None) -> Coverage:
    if not rows:
        return Coverage(loaded=False, not_searched=NOT_SEARCHED)
    counts: dict[str, int] = {}
    for row in rows:
        for code, count in row.counts.items():
            counts[code] = counts.get(code, 0) + count
    as_of = min(row.confirmed_at for row in rows)
    known = {info.code: info for info in SEARCHED}
    codes = [*[c for c in known if c in counts], *sorted(c for c in counts if c not in known)]
    return Coverage(
        loaded=True,
        as_of=as_of,
        published_at=min((row.published_at for row in rows if row.published_at), default=None),
        sha256=rows[0].sha256,
        entries=sum(counts.values()),
        searched=tuple(SearchedList(c, list_title(c), known[c].keeper if c in known else "", counts[c]) for c in codes),
        absent=tuple(SearchedList(i.code, i.title, i.keeper, 0) for i in SEARCHED if i.code not in counts),
        not_searched=NOT_SEARCHED,
        stale=timezone.now() - as_of > dt.timedelta(days=settings.GATEHOUSE_LIST_MAX_AGE_DAYS),
        sample=any(row.is_sample for row in rows),
        quarantined_since=quarantined_since,
    )


def coverage_as_dict(rows: Sequence[Snapshot]) -> dict[str, Any]:
    """Return the coverage of these snapshots as it is stored with a run: codes and dates, no words."""
    told = _coverage(rows)
    return {
        "loaded": told.loaded,
        "as_of": told.as_of.isoformat() if told.as_of else None,
        "published_at": told.published_at.isoformat() if told.published_at else None,
        "sha256": [row.sha256 for row in rows],
        "entries": told.entries,
        "searched": {one.code: one.entries for one in told.searched},
        "absent": [one.code for one in told.absent],
        "stale": told.stale,
        "sample": told.sample,
    }


def current_searched() -> str:
    """Return what a search now would use, as one string; a run with another ``searched_key`` is out of date."""
    digests = Snapshot.objects.filter(state=Snapshot.State.CURRENT).values_list("sha256", flat=True)
    return "|".join([MATCHER_VERSION, *sorted(digests)])
