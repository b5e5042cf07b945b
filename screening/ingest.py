"""From a file or an address to an uncompressed file with a checksum. The only outbound network code of this program."""

from __future__ import annotations

import gzip
import hashlib
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from .sources import Unreadable

PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Arrival:
    """A list file at hand: uncompressed stream, SHA-256 and size of what is in it, and the name it came under."""

    stream: BinaryIO
    sha256: str
    bytes: int
    name: str


@contextmanager
def opened(path: Path) -> Iterator[Arrival]:
    """Open a list file, plain or gzip, and read it once through into a temporary file.

    Raises :class:`Unreadable` when it cannot be opened, is a damaged archive, or unpacks to more than
    ``GATEHOUSE_LIST_MAX_BYTES``.
    """
    limit: int = settings.GATEHOUSE_LIST_MAX_BYTES
    with tempfile.TemporaryFile() as unpacked:
        digest, size = hashlib.sha256(), 0
        try:
            with path.open("rb") as packed:
                for piece in _pieces(packed):
                    size += len(piece)
                    if size > limit:
                        raise Unreadable("too_large", limit=limit)
                    digest.update(piece)
                    unpacked.write(piece)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise Unreadable("bad_gzip") from None
        except OSError:
            raise Unreadable("no_file", path=str(path)) from None
        unpacked.seek(0)
        yield Arrival(unpacked, digest.hexdigest(), size, path.name)


def _pieces(packed: BinaryIO) -> Iterator[bytes]:
    magic = packed.read(2)
    packed.seek(0)
    stream: IO[Any] = gzip.GzipFile(fileobj=packed) if magic == b"\x1f\x8b" else packed
    while piece := stream.read(PIECE):
        yield piece


@contextmanager
def fetched() -> Iterator[Path]:
    """Fetch the configured address into a temporary file, bounded in time and size. Raises :class:`Unreadable`."""
    url: str = settings.GATEHOUSE_LIST_URL
    if not url:
        raise Unreadable("not_configured")
    if urlsplit(url).scheme not in ("https", "http"):
        raise Unreadable("fetch_failed", detail="the address is not http or https")
    with tempfile.TemporaryDirectory() as directory:
        target = Path(directory) / (Path(urlsplit(url).path).name or "list")
        try:
            _download(url, target)
        except httpx.HTTPStatusError as error:
            raise Unreadable("fetch_failed", detail=f"HTTP {error.response.status_code}") from None
        except httpx.HTTPError as error:
            raise Unreadable("fetch_failed", detail=type(error).__name__) from None
        yield target


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
