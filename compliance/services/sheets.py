"""Reading a table somebody handed in: the reader of screening, with its refusals as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from screening.reasons import Refusal as NotReadable
from screening.services import table as reading

from . import words
from .files import Upload
from .refusals import BadInput

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024

Table = reading.Table


def received(upload: Upload) -> tuple[str, bytes]:
    """Return the name and the content of a file, within its limit. Raises :class:`~.refusals.BadInput`."""
    name = words.text("file", Path(str(upload.name).replace("\\", "/")).name, limit=200, required=True)
    with _ours():
        return name, reading.content_of(upload.chunks(), most=MOST_BYTES)


def table(name: str, content: bytes) -> Table:
    """Return the rows as (number a spreadsheet gives it, cells as text). Raises :class:`~.refusals.BadInput`."""
    with _ours():
        yield from reading.table(name, content, most_unpacked=MOST_UNPACKED)


@contextmanager
def _ours() -> Iterator[None]:
    try:
        yield
    except NotReadable as refusal:
        raise BadInput("file", "%(said)s", said=str(refusal)) from refusal
