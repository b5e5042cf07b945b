"""A spreadsheet of parties as rows to be searched; one that cannot be searched is named and stops no other."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from ..reasons import Refusal
from . import bulk, table

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 150 * 1024 * 1024
MOST_ROWS = 50_000


def content_of(pieces: Iterable[bytes]) -> bytes:
    """Return the bytes of an upload, within their limit. Raises :class:`~screening.reasons.Refusal`."""
    return table.content_of(pieces, most=MOST_BYTES, too_large="sheet_too_large")


def rows(name: str, content: bytes) -> Iterator[bulk.Asked | bulk.BadRow]:
    """Yield the rows of a file, at most :data:`MOST_ROWS`. Raises :class:`~screening.reasons.Refusal` of ``file``."""
    try:
        for count, row in enumerate(_found(name, content), start=1):
            if count > MOST_ROWS:
                raise Refusal("sheet_too_many", limit=MOST_ROWS)
            yield row
    except Refusal as refusal:
        refusal.field = "file"
        raise


def _found(name: str, content: bytes) -> Iterator[bulk.Asked | bulk.BadRow]:
    if table.kind_of(name) == ".xlsx":
        return bulk.rows_of(table.xlsx(content, most_unpacked=MOST_UNPACKED))
    text, delimiter = table.text_of(content)
    # Line by line, so that an open quotation mark costs one row.
    return bulk.read(io.StringIO(text, newline=""), delimiter=delimiter)
