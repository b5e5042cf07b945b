"""Load a file of lists into an immutable snapshot, or say why not and keep the one in use."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path

from django.conf import settings
from django.db import DataError, transaction
from django.utils import timezone
from psycopg import DataError as NotHeld

from audit.services import record

from .. import indexes, reasons
from ..ingest import Arrival, address_of, fetched, opened, opened_set
from ..matching import Index
from ..models import Snapshot, Source
from ..shapes import Refreshed
from ..sources import BY_CODE, SOURCES, Parsed, Unreadable
from ..sources import Source as Published
from ..sources.reading import plain
from . import checking, storing

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample_list.csv"


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

    ``source`` is a code of ``screening.sources``; for a set of files ``path`` is a directory or a zip archive.
    ``confirm_shrink`` is the reason why fewer entries, other entries or an older file are right. With
    ``GATEHOUSE_LISTS_NEED_SECOND`` what is loaded waits for another person (:mod:`screening.services.publishing`).
    Records ``list.refresh``, ``list.await`` or ``list.quarantine``. Never raises for a bad file; the outcome says
    what happened.
    """
    reader = BY_CODE[source]
    try:
        with _arriving(path, reader) as arrival:
            if unchanged := _unchanged(arrival, source=source, by=by):
                return unchanged
            try:
                parsed = reader.read(arrival.stream, arrival.parts)
                checking.refuse_one_name_for_many(parsed.entries)
                return _store(
                    arrival,
                    parsed,
                    by=by,
                    source=source,
                    confirm_shrink=confirm_shrink.strip(),
                    published_at=_published(parsed, published_at),
                    is_sample=is_sample,
                )
            except Unreadable as problem:
                return _quarantine(problem, arrival, source=source, by=by)
            except (DataError, NotHeld) as error:
                detail = str(error).partition("\n")[0][:200]
                return _quarantine(Unreadable("not_stored", detail=detail), arrival, source=source, by=by)
    except Unreadable as problem:
        return _quarantine(problem, None, source=source, by=by, name=path.name)


def _arriving(path: Path, reader: Published) -> AbstractContextManager[Arrival]:
    return opened_set(path, reader.parts, reader.needed_parts) if reader.parse_set else opened(path)


def _published(parsed: Parsed, told: dt.datetime | None) -> dt.datetime | None:
    """Return when the file was published: as who loads it says, else as it says itself. Raises :class:`Unreadable`."""
    if told is None and parsed.dated_by_rows:
        # One row with a slip in its year is no reason to refuse the others; then the day is not known.
        day = parsed.published_at
        return day if day and day <= timezone.now() else None
    day = told or parsed.published_at
    if day is not None:
        checking.refuse_impossible_day(day)
    return day


def refresh_from_url(*, by: str, source: str = "csl") -> Refreshed:
    """Fetch the address configured for a source and load what it gives; what cannot be fetched is quarantined."""
    try:
        with fetched(BY_CODE[source]) as path:
            return refresh(path, by=by, source=source)
    except Unreadable as problem:
        return _quarantine(problem, None, source=source, by=by, name=address_of(BY_CODE[source])[:200])


def fetched_sources() -> list[str]:
    """Return the codes of the sources that have an address to be fetched from, in their order."""
    return [source.code for source in SOURCES if address_of(source)]


def load_sample(*, by: str) -> Refreshed:
    """Load the hand-written sample of this program. It never takes the place of published lists."""
    current = Snapshot.objects.filter(source_id="csl", state=Snapshot.State.CURRENT).first()
    if current and not current.is_sample:
        raise reasons.Refusal("real_list_in_use")
    return refresh(SAMPLE, by=by, is_sample=True)


def _source_row(code: str) -> Source:
    """Return the row of the source, locked, so that two loads of one source wait for each other."""
    info = BY_CODE[code]
    Source.objects.get_or_create(code=code, defaults={"title": info.title, "publisher": info.publisher})
    return Source.objects.select_for_update().get(code=code)


@transaction.atomic
def _unchanged(arrival: Arrival, *, source: str, by: str) -> Refreshed | None:
    row = _source_row(source)
    same = Snapshot.objects.filter(source=row, sha256=arrival.sha256)
    if waiting := same.filter(state=Snapshot.State.AWAITING).first():
        return Refreshed("awaiting", waiting.pk, arrival.sha256, waiting.counts, waiting.difference)
    current = same.filter(state=Snapshot.State.CURRENT).first()
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
    # A name or a cell that is shown may hold what no database keeps: NUL, half a letter.
    values = {
        key: plain(value if isinstance(value, int | float) else str(value)) for key, value in problem.values.items()
    }
    kept = Snapshot.objects.create(
        source=row,
        state=Snapshot.State.QUARANTINED,
        sha256=arrival.sha256 if arrival else "",
        bytes=arrival.bytes if arrival else 0,
        file_name=plain(arrival.name if arrival else name)[:200],
        retrieved_at=now,
        confirmed_at=now,
        loaded_by=by,
        reason_key=problem.key,
        reason_values=values,
        previous=Snapshot.objects.filter(source=row, state=Snapshot.State.CURRENT).first(),
    )
    record("list.quarantine", f"snapshot:{kept.pk}", by=by, sha256=kept.sha256, reason=problem.key, values=values)
    return Refreshed("quarantined", kept.pk, kept.sha256, {}, None, reasons.sentence(problem.key, values))


_WITH_INDEX = (Snapshot.State.CURRENT, Snapshot.State.AWAITING)


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
        checking.refuse_shrinkage(counts, comparable)
        if published_at and not (parsed.dated_by_rows and published_at == parsed.published_at):
            checking.refuse_older(published_at, comparable)
    known = storing.keys_of(before.members) if before else {}
    keyed = storing.with_keys(parsed.entries, known)
    if comparable and not confirm_shrink:
        checking.refuse_another_list(known, keyed, comparable)
    snapshot_id = storing.next_ids("screening_snapshot", 1)[0]
    members = storing.insert(keyed, known, snapshot_id=snapshot_id, source=source)
    name = indexes.index_name(members)
    size = indexes.write(indexes.entries(members), name)
    index = Index.load(settings.SCREENING_INDEX_DIR / name)
    checking.self_check(index, keyed, members)
    if not is_sample:
        checking.try_canaries(index, counts, storing.codes_of(members))
    # The sample is never in the place of published lists, so nobody has to look at it.
    waits = settings.GATEHOUSE_LISTS_NEED_SECOND and not is_sample
    ending = [Snapshot.State.AWAITING] if waits else [Snapshot.State.AWAITING, Snapshot.State.CURRENT]
    if is_sample:
        # Nor does it push out published lists that wait for somebody.
        ending = [Snapshot.State.CURRENT]
    Snapshot.objects.filter(source=row, state__in=ending).update(state=Snapshot.State.SUPERSEDED)
    difference = storing.difference_of(known, keyed) if comparable else None
    Snapshot.objects.create(
        pk=snapshot_id,
        source=row,
        state=Snapshot.State.AWAITING if waits else Snapshot.State.CURRENT,
        used_from=None if waits else now,
        kept_as=storing.keep_file(arrival, source=source),
        sha256=arrival.sha256,
        bytes=arrival.bytes,
        file_name=plain(arrival.name)[:200],
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
    keep = set(Snapshot.objects.filter(state__in=_WITH_INDEX).values_list("index_name", flat=True))
    transaction.on_commit(lambda: indexes.sweep(keep | {before.index_name if before else name}))
    record(
        "list.await" if waits else "list.refresh",
        f"snapshot:{snapshot_id}",
        by=by,
        outcome="awaiting" if waits else "loaded",
        source=source,
        sha256=arrival.sha256,
        counts=counts,
        difference={key: len(difference[key]) for key in difference} if difference else None,
        sample=is_sample,
        shrink_reason=confirm_shrink,
    )
    return Refreshed("awaiting" if waits else "loaded", snapshot_id, arrival.sha256, counts, difference)
