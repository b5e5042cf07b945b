"""The files that were loaded or refused, newest first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from ..lists import list_title
from ..models import Snapshot
from ..reasons import sentence


@dataclass(frozen=True, slots=True)
class SnapshotView:
    """One file: what it held, how it differs from the one before, or why it was refused."""

    id: int
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
    defects: dict[str, int]
    reason: str


def snapshots(*, limit: int = 50) -> list[SnapshotView]:
    """Return the latest files in the reader's language."""
    rows = Snapshot.objects.defer("members").order_by("-pk")[:limit]
    return [_view(row) for row in rows]


def _view(row: Snapshot) -> SnapshotView:
    difference = row.difference or {}
    known = row.difference is not None
    return SnapshotView(
        id=row.pk,
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
        counts=tuple((code, list_title(code), count) for code, count in row.counts.items()),
        added=len(difference["added"]) if known else None,
        removed=len(difference["removed"]) if known else None,
        altered=len(difference["altered"]) if known else None,
        is_sample=row.is_sample,
        shrink_reason=row.shrink_reason,
        defects=row.defects,
        reason=sentence(row.reason_key, row.reason_values) if row.reason_key else "",
    )
