"""Many names against the same indexes, in order, shared out over processes. Every process maps the same files."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

from .index import Index
from .names import forms
from .score import Found, Reason, Score, Who, find

AHEAD = 4
"""How many chunks per process are on their way at once: the file is not read further ahead than that."""

_OPEN: dict[str, Index] = {}


def open_all(paths: Sequence[str]) -> None:
    """Map the indexes. The dictionaries of Chinese are left to the first Chinese name: most files hold none."""
    for path in paths:
        if path not in _OPEN:
            _OPEN[path] = Index.load(Path(path))


def _begin(paths: Sequence[str]) -> None:
    """Set a process of the pool up. An interrupt is answered by the process that started it, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    open_all(paths)
    forms("the tables")
    # The tables stay as long as the process: the collector need not walk them again and again.
    gc.freeze()


def _end_with_parent() -> None:
    """End this process when the one that started it is gone: killed, it can tell nobody to stop."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def find_chunk(
    paths: Sequence[str], asked: Sequence[Who | None], threshold: float, limit: int
) -> list[list[Found] | None]:
    """Return, for each of ``asked``, the listed parties it may be, at most ``limit`` of each index, surest first.

    ``None`` stays ``None``. What two indexes hold of the same entry is told apart by who knows the entries.
    """
    open_all(paths)
    out: list[list[Found] | None] = []
    for who in asked:
        if who is None:
            out.append(None)
            continue
        found = [one for path in paths for one in find(who, _OPEN[path], threshold=threshold, limit=limit)]
        found.sort(key=lambda one: -one.score.value)
        out.append(found)
    return out


Plain = tuple[Any, ...]
"""What was found, taken apart: between processes tuples take a sixth of the time that objects do."""


def _find_plain(paths: Sequence[str], asked: Sequence[Who | None], threshold: float, limit: int) -> list[Plain | None]:
    return [None if one is None else _plain(one) for one in find_chunk(paths, asked, threshold, limit)]


def _plain(found: list[Found]) -> Plain:
    return tuple(
        (
            one.id,
            one.our_name,
            one.listed_name,
            one.score.value,
            [(reason.signal, reason.strength, reason.effect, reason.detail) for reason in one.score.reasons],
            one.score.words,
            one.score.rarity,
        )
        for one in found
    )


def _found(plain: Plain) -> list[Found]:
    return [
        Found(listed, ours, theirs, Score(value, tuple(Reason(*reason) for reason in reasons), words, rarity))
        for listed, ours, theirs, value, reasons, words, rarity in plain
    ]


def _whole(chunk: list[Plain | None]) -> list[list[Found] | None]:
    return [None if plain is None else _found(plain) for plain in chunk]


def find_many(
    paths: Sequence[str], chunks: Iterable[Sequence[Who | None]], *, threshold: float, limit: int, workers: int
) -> Iterator[list[list[Found] | None]]:
    """Yield what :func:`find_chunk` says of every chunk, in order."""
    if workers <= 1:
        for chunk in chunks:
            yield find_chunk(paths, chunk, threshold, limit)
        return
    # Started afresh, not forked: a forked process would share its parent's database connection.
    afresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, afresh, initializer=_begin, initargs=(paths,)) as pool:
        waiting: deque[Future[list[Plain | None]]] = deque()
        try:
            for chunk in chunks:
                waiting.append(pool.submit(_find_plain, paths, chunk, threshold, limit))
                if len(waiting) >= workers * AHEAD:
                    yield _whole(waiting.popleft().result())
            while waiting:
                yield _whole(waiting.popleft().result())
        finally:
            # Whoever asked may have gone before all was answered: what has not begun need not begin.
            for one in waiting:
                one.cancel()
