"""From a file or an address to an uncompressed file with a checksum. The only outbound network code of this program."""

from __future__ import annotations

import gzip
import hashlib
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import IO, Any, BinaryIO
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from .sources import Source, Unreadable

PIECE = 1 << 20


MOST_MEMBERS = 50
"""Members of an archive; the largest published set has four files."""
MOST_RATIO = 200
"""An archive that unpacks to more than this many times its size is no list, which reaches about 20."""
RATIO_FROM = 20 * 1024 * 1024
"""Below so many bytes the ratio does not matter."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A list file at hand: uncompressed stream, SHA-256 and size of what is in it, and the name it came under.

    ``parts`` are the files of a set by their name in it; then ``sha256`` is of the names and digests of all of them.
    """

    stream: BinaryIO
    sha256: str
    bytes: int
    name: str
    parts: dict[str, BinaryIO] = field(default_factory=dict)


@contextmanager
def opened(path: Path) -> Iterator[Arrival]:
    """Open a list file, plain, gzip or alone in a zip archive, and read it once through into a temporary file.

    Raises :class:`Unreadable` when it cannot be opened, is a damaged archive, or unpacks to more than
    ``GATEHOUSE_LIST_MAX_BYTES``.
    """
    with ExitStack() as files:
        if _is_zip(path):
            members = _members(path, files)
            if len(members) != 1:
                raise Unreadable("zip_of_many", found=len(members))
            unpacked, digest, size = _unpack(members[0][1], files, packed_size=path.stat().st_size)
        else:
            stream = _plain_or_gzip(path, files)
            packed = path.stat().st_size if isinstance(stream, gzip.GzipFile) else 0
            unpacked, digest, size = _unpack(stream, files, packed_size=packed)
        yield Arrival(unpacked, digest, size, path.name)


@contextmanager
def opened_set(path: Path, parts: Sequence[str], needed: Sequence[str]) -> Iterator[Arrival]:
    """Open the files of a set: a directory or a zip archive. A part is told by the end of its name, ``…sdn.csv``.

    Raises :class:`Unreadable` when a needed part is missing or there twice, or as :func:`opened` does. Nothing is
    written under a name from the archive.
    """
    with ExitStack() as files:
        found: dict[str, tuple[str, IO[Any]]] = {}
        packed = path.stat().st_size if _is_zip(path) else 0
        for name, stream in _members(path, files) if packed else _directory(path, parts, files):
            part = _part_of(name, parts)
            if part is None:
                continue
            if part in found:
                raise Unreadable("part_twice", part=f"{part}.csv", first=found[part][0], second=name)
            found[part] = (name, stream)
        if missing := [f"{part}.csv" for part in needed if part not in found]:
            raise Unreadable("part_missing", part=", ".join(missing))
        streams: dict[str, BinaryIO] = {}
        told, total = [], 0
        for part in parts:
            if part in found:
                streams[part], digest, size = _unpack(found[part][1], files, already=total, packed_size=packed)
                total += size
                told.append(f"{part} {digest}")
        digest = hashlib.sha256("\n".join(told).encode()).hexdigest()
        yield Arrival(streams[needed[0]], digest, total, path.name, streams)


def _is_zip(path: Path) -> bool:
    if path.is_dir():
        return False
    try:
        with path.open("rb") as file:
            return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except OSError:
        raise Unreadable("no_file", path=str(path)) from None


def _members(path: Path, files: ExitStack) -> list[tuple[str, IO[Any]]]:
    """Return the members of an archive that are files, unread. What it says of their sizes is not believed."""
    try:
        archive = files.enter_context(zipfile.ZipFile(path))
        listed = [info for info in archive.infolist() if not info.is_dir()]
        if len(listed) > MOST_MEMBERS:
            raise Unreadable("zip_members", found=len(listed), limit=MOST_MEMBERS)
        if any(info.flag_bits & 1 for info in listed):
            raise Unreadable("zip_locked")
        return [(PurePath(info.filename).name, files.enter_context(archive.open(info))) for info in listed]
    except (zipfile.BadZipFile, NotImplementedError, EOFError):
        raise Unreadable("bad_zip") from None
    except OSError:
        raise Unreadable("no_file", path=str(path)) from None


def _directory(path: Path, parts: Sequence[str], files: ExitStack) -> list[tuple[str, IO[Any]]]:
    try:
        there = sorted(one for one in path.iterdir() if one.is_file() and _part_of(one.name, parts))
    except OSError:
        raise Unreadable("no_directory", path=str(path)) from None
    return [(one.name, _plain_or_gzip(one, files)) for one in there]


def _part_of(name: str, parts: Sequence[str]) -> str | None:
    """Return which part of the set a file is, by the end of its name; the longest that fits."""
    stem = name.casefold().removesuffix(".gz")
    if not stem.endswith(".csv"):
        return None
    stem = stem.removesuffix(".csv")
    fits = [part for part in parts if stem == part or stem.endswith((f"_{part}", f"-{part}", f".{part}"))]
    return max(fits, key=len, default=None)


def _plain_or_gzip(path: Path, files: ExitStack) -> IO[Any]:
    try:
        packed = files.enter_context(path.open("rb"))
        magic = packed.read(2)
        packed.seek(0)
    except OSError:
        raise Unreadable("no_file", path=str(path)) from None
    return gzip.GzipFile(fileobj=packed) if magic == b"\x1f\x8b" else packed


def _unpack(source: IO[Any], files: ExitStack, *, already: int = 0, packed_size: int = 0) -> tuple[BinaryIO, str, int]:
    """Read a stream through into a temporary file; ``already`` counts what other members took of the limit."""
    limit: int = settings.GATEHOUSE_LIST_MAX_BYTES
    unpacked: BinaryIO = files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  closed by the stack
    digest, size = hashlib.sha256(), 0
    try:
        while piece := source.read(PIECE):
            size += len(piece)
            if already + size > limit:
                raise Unreadable("too_large", limit=limit)
            if packed_size and already + size > max(RATIO_FROM, packed_size * MOST_RATIO):
                kind = "gzip" if isinstance(source, gzip.GzipFile) else "zip"
                raise Unreadable(f"{kind}_bomb", ratio=MOST_RATIO)
            digest.update(piece)
            unpacked.write(piece)
    except zipfile.BadZipFile:
        raise Unreadable("bad_zip") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise Unreadable("bad_gzip" if isinstance(source, gzip.GzipFile) else "bad_zip") from None
    except OSError as error:
        raise Unreadable("no_file", path=str(error.filename or "")) from None
    unpacked.seek(0)
    return unpacked, digest.hexdigest(), size


def address_of(source: Source) -> str:
    """Return the address a source is fetched from; empty where none is set, and for a source that has none."""
    return str(getattr(settings, source.address_setting)) if source.address_setting else ""


@contextmanager
def fetched(source: Source) -> Iterator[Path]:
    """Fetch the configured address of a source, bounded in time and size; yield a file or the directory of its set.

    Of a set each part is fetched from the directory the address names; a part that need not be there may be missing.
    Raises :class:`Unreadable`.
    """
    url = address_of(source)
    if not url:
        raise Unreadable("not_configured", setting=source.address_setting or "–")
    if urlsplit(url).scheme not in ("https", "http"):
        raise Unreadable("fetch_failed", detail="the address is not http or https")
    with tempfile.TemporaryDirectory() as directory:
        if not source.parts:
            target = Path(directory) / (Path(urlsplit(url).path).name or "list")
            _fetch(url, target)
            yield target
            return
        for part in source.parts:
            _fetch(f"{url.rstrip('/')}/{part}.csv", Path(directory) / f"{part}.csv", needed=part in source.needed_parts)
        yield Path(directory)


def _fetch(url: str, target: Path, *, needed: bool = True) -> None:
    name = target.name
    try:
        _download(url, target)
    except httpx.HTTPStatusError as error:
        # Only "there is none" may be passed over: any other answer says nothing of whether there is one.
        if not needed and error.response.status_code in (404, 410):
            target.unlink(missing_ok=True)
            return
        raise Unreadable("fetch_failed", detail=f"{name}: HTTP {error.response.status_code}") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreadable("fetch_failed", detail=f"{name}: {type(error).__name__}") from None


def _download(url: str, target: Path) -> None:
    limit: int = settings.GATEHOUSE_LIST_MAX_BYTES
    # httpx limits each read; a server that trickles is stopped by the clock over the whole download.
    until = time.monotonic() + 10 * settings.GATEHOUSE_LIST_TIMEOUT
    size = 0
    with (
        httpx.stream("GET", url, timeout=settings.GATEHOUSE_LIST_TIMEOUT, follow_redirects=True) as answer,
        target.open("wb") as out,
    ):
        answer.raise_for_status()
        for piece in answer.iter_bytes(PIECE):
            size += len(piece)
            if size > limit:
                raise Unreadable("too_large", limit=limit)
            if time.monotonic() > until:
                raise Unreadable("fetch_failed", detail="the download took too long")
            out.write(piece)
