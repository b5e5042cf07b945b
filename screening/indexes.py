"""The index of a snapshot on disk: built once, mapped by every process, rebuilt when it is missing."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from .matching import Entry, Index
from .matching.index import LAYOUT, usable
from .models import ListedName, ListedParty, Snapshot


def index_name(members: Sequence[int]) -> str:
    """Return the directory of the index of these rows; another layout or other rows are another directory."""
    told = hashlib.sha256(",".join(map(str, members)).encode()).hexdigest()[:24]
    return f"{told}-{LAYOUT}"


def index_of(snapshot: Snapshot) -> Index:
    """Return the index of a snapshot, shared within the process."""
    return _loaded(snapshot.index_name or index_name(snapshot.members), snapshot.pk)


@lru_cache(maxsize=24)
def _loaded(name: str, snapshot_id: int) -> Index:
    return Index.load(_found(name, snapshot_id))


def path_of(snapshot: Snapshot) -> str:
    """Return the directory of the index of a snapshot, for another process to open; it is built if it is missing."""
    return str(_found(snapshot.index_name or index_name(snapshot.members), snapshot.pk))


def _found(name: str, snapshot_id: int) -> Path:
    """Return the directory of a usable index; one of an older layout is replaced once, under its own name."""
    root: Path = settings.SCREENING_INDEX_DIR
    if usable(root / name):
        return root / name
    members = Snapshot.objects.values_list("members", flat=True).get(pk=snapshot_id)
    current = index_name(members)
    if not usable(root / current):
        write(entries(members), current)
    return root / current


def entries(ids: Sequence[int]) -> list[Entry]:
    """Return what the matcher needs of these listed parties."""
    names: dict[int, list[str]] = {}
    for listed_id, name in (
        ListedName.objects.filter(listed_id__in=ids).order_by("listed_id", "position").values_list("listed_id", "name")
    ):
        names.setdefault(listed_id, []).append(name)
    rows = ListedParty.objects.filter(pk__in=ids).order_by("pk")
    columns = rows.values_list("pk", "addresses", "countries", "identifiers", "kind")
    return [
        Entry(pk, tuple(names.get(pk, ())), tuple(addresses), tuple(countries), tuple(identifiers), kind.casefold())
        for pk, addresses, countries, identifiers, kind in columns
    ]


def write(rows: Iterable[Entry], name: str) -> int:
    """Build an index and move it into place whole; return its size in bytes. Two processes may do so at once."""
    root: Path = settings.SCREENING_INDEX_DIR
    root.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=root, prefix=".building-"))
    try:
        size = Index.build(rows).save(work)
        work.chmod(0o755)
        target = root / name
        if target.exists():
            shutil.rmtree(target, ignore_errors=True)
        try:
            os.replace(work, target)  # noqa: PTH105  replaces an empty leftover too
        except OSError:
            if not (target / "index.json").exists():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return size


def sweep(keep: set[str]) -> None:
    """Remove the indexes of snapshots that are no longer used; each can be built again."""
    root: Path = settings.SCREENING_INDEX_DIR
    for directory in root.iterdir() if root.exists() else ():
        # Another process may be building; what is an hour old was left by one that was killed.
        building = directory.name.startswith(".building-") and time.time() - directory.stat().st_mtime < 3600
        if directory.is_dir() and directory.name not in keep and not building:
            shutil.rmtree(directory, ignore_errors=True)
