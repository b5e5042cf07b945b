"""The index of our own parties on disk, in pieces that are built anew only when a party in them changed."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from .matching import Entry, Index
from .matching.index import LAYOUT, usable
from .matching.reverse import index_of_ours
from .shapes import Subject

STAMP = "stamp.json"


def _root() -> Path:
    # Beside the indexes of the lists, not among them: those are swept when a list is replaced.
    lists: Path = settings.SCREENING_INDEX_DIR
    return lists.with_name(f"{lists.name}-ours")


def stamp_of(piece: str) -> str:
    """Return the stamp a piece was built with; empty where there is none that can be used."""
    directory = _root() / f"{piece}-{LAYOUT}"
    try:
        told = json.loads((directory / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    return str(told.get("stamp", "")) if usable(directory) else ""


def build(piece: str, stamp: str, parties: Iterable[tuple[int, Subject]]) -> None:
    """Build the index of a piece and put it in place whole. ``stamp`` tells later whether it is still true."""
    root = _root()
    root.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=root, prefix=".building-"))
    try:
        index_of_ours(Entry(pk, one.names, one.addresses, one.countries, one.identifiers) for pk, one in parties).save(
            work
        )
        (work / STAMP).write_text(json.dumps({"stamp": stamp}), encoding="utf-8")
        work.chmod(0o755)
        target = root / f"{piece}-{LAYOUT}"
        shutil.rmtree(target, ignore_errors=True)
        os.replace(work, target)  # noqa: PTH105  replaces an empty leftover too
    finally:
        shutil.rmtree(work, ignore_errors=True)


def index_of(piece: str) -> Index:
    """Return the index of a piece. Raises ``FileNotFoundError`` or ``ValueError`` when there is none."""
    return _loaded(str(_root()), piece, stamp_of(piece))


@lru_cache(maxsize=64)
def _loaded(root: str, piece: str, stamp: str) -> Index:
    return Index.load(Path(root) / f"{piece}-{LAYOUT}")
