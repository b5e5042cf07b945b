"""Load a file of lists into an immutable snapshot, or say why not and keep the one in use."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DataError, connection, transaction
from django.utils import timezone
from psycopg import DataError as NotHeld
from psycopg.types.json import Jsonb

from audit.services import record

from .. import indexes, reasons
from ..ingest import Arrival, fetched, opened
from ..matching import Index, Who, find
from ..models import ListedParty, Snapshot, Source
from ..shapes import Refreshed
from ..sources import SOURCES, Listed, Parsed, Unreadable

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample_list.csv"
SMALL_LIST = 20
"""Below this many entries a list may lose some without being suspect; losing all of them is always suspect."""
CANARIES = 25
MOST_OF_ONE_NAME = 0.05
"""The share of a file's entries that may have one name; above it, a column was filled down or rows were copied."""
FEW_OF_ONE_NAME = 50
"""Fewer entries than these may share a name, whatever their share of the file."""


def refresh(
    path: Path,
    *,
    by: str,
    source: str = "csl",
    confirm_shrink: str = "",
    published_at: dt.datetime | None = None,
    is_sample: bool = False,
) -> Refreshed:
    """Load a list file. What cannot be trusted is quarantined with its reason and the lists in use stay as they are.

    ``confirm_shrink`` is the reason why fewer entries are right. Records ``list.refresh`` or ``list.quarantine``.
    Never raises for a bad file; the outcome says what happened.
    """
    reader = next(s for s in SOURCES if s.code == source)
    try:
        with opened(path) as arrival:
            if unchanged := _unchanged(arrival, source=source, by=by):
                return unchanged
            try:
                parsed = reader.parse(arrival.stream)
                _refuse_one_name_for_many(parsed.entries)
                return _store(
                    arrival,
                    parsed,
                    by=by,
                    source=source,
                    confirm_shrink=confirm_shrink.strip(),
                    published_at=published_at or parsed.published_at,
                    is_sample=is_sample,
                )
            except Unreadable as problem:
                return _quarantine(problem, arrival, source=source, by=by)
            except (DataError, NotHeld) as error:
                detail = str(error).partition("\n")[0][:200]
                return _quarantine(Unreadable("not_stored", detail=detail), arrival, source=source, by=by)
    except Unreadable as problem:
        return _quarantine(problem, None, source=source, by=by, name=path.name)


def refresh_from_url(*, by: str, source: str = "csl") -> Refreshed:
    """Fetch the configured address and load what it gives."""
    try:
        with fetched() as path:
            return refresh(path, by=by, source=source)
    except Unreadable as problem:
        return _quarantine(problem, None, source=source, by=by, name=settings.GATEHOUSE_LIST_URL[:200])


def load_sample(*, by: str) -> Refreshed:
    """Load the hand-written sample of this program. It never takes the place of published lists."""
    current = Snapshot.objects.filter(source_id="csl", state=Snapshot.State.CURRENT).first()
    if current and not current.is_sample:
        raise reasons.Refusal("real_list_in_use")
    return refresh(SAMPLE, by=by, is_sample=True)


def _source_row(code: str) -> Source:
    """Return the row of the source, locked, so that two loads of one source wait for each other."""
    info = next(s for s in SOURCES if s.code == code)
    Source.objects.get_or_create(code=code, defaults={"title": info.title, "publisher": info.publisher})
    return Source.objects.select_for_update().get(code=code)


@transaction.atomic
def _unchanged(arrival: Arrival, *, source: str, by: str) -> Refreshed | None:
    row = _source_row(source)
    current = Snapshot.objects.filter(source=row, state=Snapshot.State.CURRENT, sha256=arrival.sha256).first()
    if current is None:
        return None
    current.confirmed_at = timezone.now()
    current.save(update_fields=["confirmed_at"])
    record("list.refresh", f"snapshot:{current.pk}", by=by, outcome="unchanged", sha256=arrival.sha256)
    return Refreshed("unchanged", current.pk, arrival.sha256, current.counts, None)


@transaction.atomic
def _quarantine(problem: Unreadable, arrival: Arrival | None, *, source: str, by: str, name: str = "") -> Refreshed:
    now = timezone.now()
    row = _source_row(source)
    values = {key: value if isinstance(value, int | float) else str(value) for key, value in problem.values.items()}
    kept = Snapshot.objects.create(
        source=row,
        state=Snapshot.State.QUARANTINED,
        sha256=arrival.sha256 if arrival else "",
        bytes=arrival.bytes if arrival else 0,
        file_name=(arrival.name if arrival else name)[:200],
        retrieved_at=now,
        confirmed_at=now,
        loaded_by=by,
        reason_key=problem.key,
        reason_values=values,
        previous=Snapshot.objects.filter(source=row, state=Snapshot.State.CURRENT).first(),
    )
    record("list.quarantine", f"snapshot:{kept.pk}", by=by, sha256=kept.sha256, reason=problem.key, values=values)
    return Refreshed("quarantined", kept.pk, kept.sha256, {}, None, reasons.sentence(problem.key, values))


@transaction.atomic
def _store(
    arrival: Arrival,
    parsed: Parsed,
    *,
    by: str,
    source: str,
    confirm_shrink: str,
    published_at: dt.datetime | None,
    is_sample: bool,
) -> Refreshed:
    row = _source_row(source)
    now = timezone.now()
    before = Snapshot.objects.filter(source=row, state=Snapshot.State.CURRENT).first()
    counts = dict(Counter(entry.list_code for entry in parsed.entries).most_common())
    # A sample says nothing about the size of the published lists.
    comparable = before if before and before.is_sample == is_sample else None
    if comparable and not confirm_shrink:
        _refuse_shrinkage(counts, comparable)
    known = _keys_of(before.members) if before else {}
    keyed = _with_keys(parsed.entries)
    snapshot_id = _next_ids("screening_snapshot", 1)[0]
    members = _insert(keyed, known, snapshot_id=snapshot_id, source=source)
    name = indexes.index_name(members)
    size = indexes.write(indexes.entries(members), name)
    _self_check(Index.load(settings.SCREENING_INDEX_DIR / name), keyed, members)
    if before:
        before.state = Snapshot.State.SUPERSEDED
        before.save(update_fields=["state"])
    difference = _difference(known, keyed) if comparable else None
    Snapshot.objects.create(
        pk=snapshot_id,
        source=row,
        state=Snapshot.State.CURRENT,
        sha256=arrival.sha256,
        bytes=arrival.bytes,
        file_name=arrival.name[:200],
        published_at=published_at,
        retrieved_at=now,
        confirmed_at=now,
        loaded_by=by,
        row_count=len(keyed),
        counts=counts,
        defects=dict(parsed.defects),
        difference=difference,
        previous=before,
        is_sample=is_sample,
        shrink_reason=confirm_shrink,
        members=members,
        index_name=name,
        index_bytes=size,
    )
    transaction.on_commit(lambda: indexes.sweep({name, before.index_name if before else name}))
    record(
        "list.refresh",
        f"snapshot:{snapshot_id}",
        by=by,
        outcome="loaded",
        sha256=arrival.sha256,
        counts=counts,
        difference={key: len(difference[key]) for key in difference} if difference else None,
        sample=is_sample,
        shrink_reason=confirm_shrink,
    )
    return Refreshed("loaded", snapshot_id, arrival.sha256, counts, difference)


def _refuse_shrinkage(counts: dict[str, int], before: Snapshot) -> None:
    """A file that lost entries is suspect: as a whole, list by list, and above all when a list is gone."""
    most: float = settings.GATEHOUSE_LIST_MAX_SHRINK
    percent = f"{most * 100:g}"
    for code, earlier in before.counts.items():
        found = counts.get(code, 0)
        if not found:
            raise Unreadable("list_vanished", code=code, before=earlier)
        if earlier >= SMALL_LIST and found < earlier * (1 - most):
            raise Unreadable("list_shrunken", code=code, found=found, before=earlier, percent=percent)
    found, earlier = sum(counts.values()), before.row_count
    if found < earlier * (1 - most):
        raise Unreadable("shrunken", found=found, before=earlier, percent=percent)


def _refuse_one_name_for_many(entries: Sequence[Listed]) -> None:
    """A file in which one name stands for many entries has lost the names that it wrote over."""
    names = Counter(" ".join(entry.name.casefold().split()) for entry in entries if entry.name)
    for folded, count in names.most_common(1):
        if count >= FEW_OF_ONE_NAME and count > len(entries) * MOST_OF_ONE_NAME:
            shown = next(entry.name for entry in entries if " ".join(entry.name.casefold().split()) == folded)
            raise Unreadable("name_repeated", name=shown[:100], count=count, total=len(entries))


def _with_keys(entries: Sequence[Listed]) -> dict[str, Listed]:
    """Give every entry its key; entries that would share one are numbered in an order the file cannot change."""
    groups: defaultdict[str, list[Listed]] = defaultdict(list)
    for entry in entries:
        groups[entry.base_key].append(entry)
    keyed: dict[str, Listed] = {}
    for key, group in groups.items():
        ordered = sorted(group, key=lambda entry: entry.fingerprint) if len(group) > 1 else group
        for number, entry in enumerate(ordered, start=1):
            keyed[key if number == 1 else f"{key}#{number}"] = entry
    return keyed


def _keys_of(members: Sequence[int]) -> dict[str, tuple[int, str]]:
    rows = ListedParty.objects.filter(pk__in=members).values_list("key", "pk", "fingerprint")
    return {key: (pk, fingerprint) for key, pk, fingerprint in rows}


def _difference(known: dict[str, tuple[int, str]], keyed: dict[str, Listed]) -> dict[str, list[str]]:
    return {
        "added": sorted(key for key in keyed if key not in known),
        "removed": sorted(key for key in known if key not in keyed),
        "altered": sorted(key for key, e in keyed.items() if key in known and known[key][1] != e.fingerprint),
    }


def _insert(keyed: dict[str, Listed], known: dict[str, tuple[int, str]], *, snapshot_id: int, source: str) -> list[int]:
    """Write the entries that are new or altered; return the ids of all entries of the file."""
    prints = {key: entry.fingerprint for key, entry in keyed.items()}
    kept = {key: known[key][0] for key in keyed if key in known and known[key][1] == prints[key]}
    missing = [key for key in keyed if key not in kept]
    # An entry that was away and came back in the same words is the row it was.
    for pk, key, fingerprint in ListedParty.objects.filter(source_id=source, key__in=missing).values_list(
        "pk", "key", "fingerprint"
    ):
        if prints[key] == fingerprint:
            kept[key] = pk
    missing = [key for key in missing if key not in kept]
    ids = dict(zip(missing, _next_ids("screening_listedparty", len(missing)), strict=True))
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY screening_listedparty ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
            for key in missing:
                copy.write_row(_row(ids[key], keyed[key], key, prints[key], snapshot_id, source))
        with cursor.copy("COPY screening_listedname (listed_id, name, position) FROM STDIN") as copy:
            for key in missing:
                for position, name in enumerate(keyed[key].names):
                    copy.write_row((ids[key], name, min(position, 32_000)))
    return sorted([*kept.values(), *ids.values()])


_COLUMNS = (
    "id", "snapshot_id", "source_id", "key", "fingerprint", "entity_id", "list_code", "name", "addresses", "countries",
    "kind", "programs", "identifiers", "license_requirement", "license_policy", "federal_register_notice", "start_date",
    "end_date", "remarks", "source_list_url", "raw",
)  # fmt: skip


def _row(pk: int, entry: Listed, key: str, fingerprint: str, snapshot_id: int, source: str) -> tuple[Any, ...]:
    return (
        pk, snapshot_id, source, key, fingerprint, entry.entity_id[:100], entry.list_code, entry.name,
        list(entry.addresses), list(entry.countries), entry.kind[:40], list(entry.programs), list(entry.identifiers),
        entry.license_requirement, entry.license_policy, entry.federal_register_notice, entry.start_date,
        entry.end_date, entry.remarks, entry.source_list_url, Jsonb(entry.raw),
    )  # fmt: skip


def _next_ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", (table, count))
        return [row[0] for row in cursor.fetchall()]


def _self_check(index: Index, keyed: dict[str, Listed], members: Sequence[int]) -> None:
    """Look names of the file up again: a list that cannot be searched must not be taken into use."""
    named = [entry for entry in keyed.values() if entry.names]
    if not named:
        raise Unreadable("self_check", name="-")
    if index.rows.size != len(members):
        raise Unreadable("self_check", name=f"{index.rows.size} ≠ {len(members)}")
    for entry in named[:: max(1, len(named) // CANARIES)]:
        found = find(Who((entry.names[0],)), index, limit=1)
        if not found or found[0].score.value < 0.5:
            raise Unreadable("self_check", name=entry.names[0][:100])
