"""The rows of a list file in the database: an entry that did not change is the row it was."""

from __future__ import annotations

import gzip
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection
from psycopg.types.json import Jsonb

from ..ingest import Arrival
from ..models import ListedParty
from ..sources import Listed


def keep_file(arrival: Arrival, *, source: str) -> list[str]:
    """Keep what was published byte for byte, compressed, under its digest; return the names in the store."""
    folder = f"lists/{source}/{arrival.sha256}"
    parts: dict[str, BinaryIO] = arrival.parts or {"file": arrival.stream}
    return [_kept(stream, f"{folder}/{part}.gz") for part, stream in parts.items()]


def _kept(stream: BinaryIO, place: str) -> str:
    if default_storage.exists(place):
        return place
    stream.seek(0)
    with tempfile.TemporaryFile() as packed:
        with gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=6, mtime=0) as out:
            shutil.copyfileobj(stream, out, 1 << 20)
        packed.seek(0)
        return default_storage.save(place, File(packed))


def with_keys(entries: Sequence[Listed], known: Mapping[str, tuple[int, str]]) -> dict[str, Listed]:
    """Give every entry its key; entries that would share one are numbered in an order the file cannot change.

    One that stands in the same words under a ``known`` key keeps it: what was judged of it must not lapse because a
    namesake was listed or taken off.
    """
    groups: defaultdict[str, list[Listed]] = defaultdict(list)
    for entry in entries:
        groups[entry.base_key].append(entry)
    had: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for key, (_pk, fingerprint) in known.items():
        base, sign, number = key.rpartition("#")
        had[base if sign and number.isdigit() else key, fingerprint].append(key)
    keyed: dict[str, Listed] = {}
    for base, group in groups.items():
        left = []
        for entry in sorted(group, key=lambda one: one.fingerprint) if len(group) > 1 else group:
            if names := had.get((base, entry.fingerprint)):
                keyed[names.pop(0)] = entry
            else:
                left.append(entry)
        number_of = 1
        for entry in left:
            while _numbered(base, number_of) in keyed:
                number_of += 1
            keyed[_numbered(base, number_of)] = entry
    return keyed


def _numbered(base: str, number: int) -> str:
    return base if number == 1 else f"{base}#{number}"


def codes_of(members: Sequence[int]) -> dict[int, str]:
    """Return the list each of these entries stands on."""
    return dict(ListedParty.objects.filter(pk__in=members).values_list("pk", "list_code"))


def keys_of(members: Sequence[int]) -> dict[str, tuple[int, str]]:
    """Return the key of each of these entries with its row and fingerprint."""
    rows = ListedParty.objects.filter(pk__in=members).values_list("key", "pk", "fingerprint")
    return {key: (pk, fingerprint) for key, pk, fingerprint in rows}


def difference_of(known: dict[str, tuple[int, str]], keyed: dict[str, Listed]) -> dict[str, list[str]]:
    """Return the keys that were added, removed and altered against what was known."""
    return {
        "added": sorted(key for key in keyed if key not in known),
        "removed": sorted(key for key in known if key not in keyed),
        "altered": sorted(key for key, e in keyed.items() if key in known and known[key][1] != e.fingerprint),
    }


def insert(keyed: dict[str, Listed], known: dict[str, tuple[int, str]], *, snapshot_id: int, source: str) -> list[int]:
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
    ids = dict(zip(missing, next_ids("screening_listedparty", len(missing)), strict=True))
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


def next_ids(table: str, count: int) -> list[int]:
    """Take so many numbers for rows of a table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", (table, count))
        return [row[0] for row in cursor.fetchall()]
