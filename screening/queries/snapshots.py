"""The files that were loaded or refused, newest first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..lists import SOURCES as TITLES
from ..lists import list_place, list_title
from ..models import Snapshot
from ..reasons import sentence
from ..sources import SOURCES


@dataclass(frozen=True, slots=True)
class SnapshotView:
    """One file: what it held, how it differs from the one before, or why it was refused."""

    id: int
    source: str
    source_title: Any
    state: str
    state_label: Any
    file_name: str
    sha256: str
    bytes: int
    published_at: dt.datetime | None
    retrieved_at: dt.datetime
    confirmed_at: dt.datetime
    loaded_by: str
    row_count: int
    counts: tuple[tuple[str, Any, int], ...]
    added: int | None
    removed: int | None
    altered: int | None
    is_sample: bool
    shrink_reason: str
    defects: tuple[tuple[Any, int], ...]
    reason: str
    used_from: dt.datetime | None
    decided_by: str
    decided_at: dt.datetime | None
    decision_reason: str
    used_until: dt.datetime | None
    retired_by: str
    retire_reason: str
    files: tuple[str, ...]


def snapshots_on(on: dt.date | None) -> list[Snapshot]:
    """Return the snapshots in use, or those that were at the end of a day, in the order of ``screening.sources``.

    What was refused, rejected or never published was not in use on any day, a source taken out of use not from then on.
    """
    rows = Snapshot.objects.defer("members", "difference")
    if on is None:
        found = list(rows.filter(state=Snapshot.State.CURRENT))
    else:
        used = rows.filter(used_from__date__lte=on)
        last = used.order_by("source_id", "-used_from", "-pk").distinct("source_id")
        found = [row for row in last if row.used_until is None or timezone.localdate(row.used_until) > on]
    return sorted(found, key=lambda row: _ORDER.index(row.source_id))


def first_day() -> dt.date | None:
    """Return the first day on which lists were in use, or None without any."""
    first = Snapshot.objects.filter(used_from__isnull=False).order_by("used_from").values_list("used_from", flat=True)
    moment = first.first()
    return timezone.localdate(moment) if moment else None


_ORDER = [source.code for source in SOURCES]


def snapshots(*, limit: int = 50) -> list[SnapshotView]:
    """Return the latest files in the reader's language."""
    rows = Snapshot.objects.defer("members").order_by("-pk")[:limit]
    return [_view(row) for row in rows]


def waiting_files() -> list[SnapshotView]:
    """Return the files that wait for a second person, the oldest first."""
    rows = Snapshot.objects.defer("members").filter(state=Snapshot.State.AWAITING)
    return [_view(row) for row in rows.order_by("pk")]


def snapshot_for(snapshot_id: int) -> SnapshotView | None:
    """Return one file, or None when it does not exist."""
    row = Snapshot.objects.defer("members").filter(pk=snapshot_id).first()
    return _view(row) if row else None


def published_file(snapshot_id: int, name: str) -> IO[bytes] | None:
    """Open a kept file of a snapshot as it was published, compressed; None when there is none of that name."""
    row = Snapshot.objects.filter(pk=snapshot_id).only("kept_as").first()
    place = next((one for one in row.kept_as if PurePosixPath(one).name == name), None) if row else None
    return default_storage.open(place) if place and default_storage.exists(place) else None


DEFECTS = {
    "no_name": _("entries without a name"),
    "no_type": _("entries that do not say what they are"),
    "bare_address": _("entries that are an address alone"),
    "several_names_in_one": _("entries with several names in one"),
    "bad_date": _("dates that are none"),
    "damaged_letters": _("names with damaged letters"),
    "names_in_remarks": _("entries with names in their remarks"),
    "unknown_country": _("addresses in a country that is not known"),
    "country_from_state": _("addresses whose country follows from the state"),
    "addresses_of_nobody": _("addresses of a number that is not in the set"),
    "aliases_of_nobody": _("other names of a number that is not in the set"),
    "comments_of_nobody": _("remarks of a number that is not in the set"),
    "no_comments_file": _("files with the rest of long remarks that are missing"),
}
"""Oddities of published files that are survived and counted, in words."""


def _view(row: Snapshot) -> SnapshotView:
    difference = row.difference or {}
    known = row.difference is not None
    return SnapshotView(
        id=row.pk,
        source=row.source_id,
        source_title=TITLES.get(row.source_id, row.source_id),
        state=row.state,
        state_label=row.get_state_display(),
        file_name=row.file_name,
        sha256=row.sha256,
        bytes=row.bytes,
        published_at=row.published_at,
        retrieved_at=row.retrieved_at,
        confirmed_at=row.confirmed_at,
        loaded_by=row.loaded_by,
        row_count=row.row_count,
        counts=tuple(
            (code, list_title(code), count)
            for code, count in sorted(row.counts.items(), key=lambda one: list_place(one[0]))
        ),
        added=len(difference["added"]) if known else None,
        removed=len(difference["removed"]) if known else None,
        altered=len(difference["altered"]) if known else None,
        is_sample=row.is_sample,
        shrink_reason=row.shrink_reason,
        defects=tuple((DEFECTS.get(key, key), count) for key, count in row.defects.items() if count),
        reason=sentence(row.reason_key, row.reason_values) if row.reason_key else "",
        used_from=row.used_from,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
        used_until=row.used_until,
        retired_by=row.retired_by,
        retire_reason=row.retire_reason,
        files=tuple(PurePosixPath(place).name for place in row.kept_as),
    )
