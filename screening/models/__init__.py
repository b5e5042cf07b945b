"""The rows of screening. Read through :mod:`screening.queries`, changed through :mod:`screening.services`."""

from .batches import Batch, BatchChunk, BatchRow
from .lists import ListedName, ListedParty, Reach, Snapshot, Source
from .runs import Judgement, Match, Run, RunSubject

__all__ = (
    "Batch",
    "BatchChunk",
    "BatchRow",
    "Judgement",
    "ListedName",
    "ListedParty",
    "Match",
    "Reach",
    "Run",
    "RunSubject",
    "Snapshot",
    "Source",
)
