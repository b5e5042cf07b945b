"""Screen the names of a file: CSV in, CSV out, reasons on request. Stores nothing."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from screening.matching.score import wording
from screening.reasons import Refusal
from screening.services import bulk


class Command(BaseCommand):
    help = (
        "Search the lists in use for every name of a CSV file (or standard input). Columns read: query, and if present "
        "qid, country, type, address, identifier. Writes query,rank,entity_id,score. No row for a name means that "
        "nothing on the lists searched came near it; it never means that the party is clear."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default="-", help="the CSV file, or - for standard input")
        parser.add_argument("--out", metavar="FILE", help="where the rows are written; standard output without it")
        parser.add_argument(
            "--explain", metavar="FILE", help="write the reasons of every score as NDJSON (- for stderr)"
        )
        parser.add_argument("--threshold", type=float, default=0.001, help="leave out scores below (0 to 1)")
        parser.add_argument("--limit", type=int, default=10, help="at most so many parties for one name")
        parser.add_argument("--on", metavar="YYYY-MM-DD", help="search the lists as they stood on that day")
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes to share the work")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 <= options["threshold"] <= 1:
            raise CommandError("--threshold: give a number from 0 to 1.")
        if options["limit"] < 1 or options["workers"] < 1:
            raise CommandError("--limit and --workers: give a whole number of at least 1.")
        # Read before anything is made, so that a wrong day leaves no file behind.
        on = _day(options["on"])
        bad = 0
        try:
            with ExitStack() as files:
                stream = _opened(files, options["file"])
                out: Any = self.stdout._out if options["out"] is None else _made(files, options["out"])
                reasons = _made(files, options["explain"]) if options["explain"] else None
                writer = csv.writer(out, lineterminator="\n")
                writer.writerow(["query", "rank", "entity_id", "score"])
                for answered in self._counted(
                    bulk.answer(
                        bulk.read(stream),
                        on=on,
                        threshold=options["threshold"],
                        limit=options["limit"],
                        workers=options["workers"],
                    )
                ):
                    if isinstance(answered, bulk.BadRow):
                        bad += 1
                        self.stderr.write(f"line {answered.line}: {answered.message}: {answered.query!r}")
                        continue
                    row, hits = answered
                    for rank, hit in enumerate(hits, start=1):
                        writer.writerow([row.who.names[0], rank, hit.entity_id, f"{hit.found.score.value:.6f}"])
                        if reasons is not None:
                            reasons.write(json.dumps(_told(row, rank, hit), ensure_ascii=False) + "\n")
                out.flush()
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        except BrokenPipeError:
            # Whoever read the answers has gone; there is nobody to tell. Python would complain once more at its end.
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise CommandError("The output was closed before all rows were written.", returncode=141) from None
        except BrokenProcessPool:
            raise CommandError(
                "A worker process died, perhaps for want of memory; try fewer --workers. No --out file was written."
            ) from None
        except KeyboardInterrupt:
            raise CommandError("Interrupted; no --out file was written.", returncode=130) from None
        except OSError as error:
            raise CommandError(f"Reading or writing failed: {error.strerror}. No --out file was written.") from None
        if bad:
            raise CommandError(
                f"{bad} rows could not be searched; they are named above. All others were.", returncode=1
            )

    def _counted(self, answers: Iterator[bulk.Answered]) -> Iterator[bulk.Answered]:
        """Show on a terminal how far the work is."""
        shown = sys.stderr.isatty()
        done = 0
        for done, one in enumerate(answers, start=1):
            if shown and done % 200 == 0:
                sys.stderr.write(f"\r{done} names")
            yield one
        if shown and done:
            sys.stderr.write(f"\r{done} names\n")


def _opened(files: ExitStack, name: str) -> IO[str]:
    if name == "-":
        # A test may put a text stream there.
        return bulk.opened(sys.stdin.buffer) if hasattr(sys.stdin, "buffer") else sys.stdin
    try:
        return files.enter_context(bulk.opened(Path(name).open("rb")))
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}. Check the path and that it may be read.") from None


def _made(files: ExitStack, name: str) -> IO[str]:
    """Return a file that takes its name only when all is written: a run that breaks off leaves nothing half-done."""
    if name == "-":
        return sys.stderr
    target = Path(name)
    if target.exists() and not target.is_file():
        # A pipe or a device cannot be put in place afterwards.
        return files.enter_context(target.open("w", encoding="utf-8", newline=""))
    work = target.with_name(f".{target.name}.{os.getpid()}.part")

    def settle(kind: Any, _error: Any, _trace: Any) -> None:
        if kind is None:
            work.replace(target)
        else:
            work.unlink(missing_ok=True)

    try:
        stream = work.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}. Check the path and that it may be written.") from None
    files.push(settle)
    return files.enter_context(stream)


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--on: {text!r} is not a date like 2026-07-31.") from None


def _told(row: bulk.Asked, rank: int, hit: bulk.Hit) -> dict[str, Any]:
    score = hit.found.score
    english, chinese = wording("en"), wording("zh")
    return {
        "query": row.who.names[0],
        "qid": row.qid,
        "rank": rank,
        "entity_id": hit.entity_id,
        "list": hit.list_code,
        "name": hit.name,
        "listed_name": hit.found.listed_name,
        "score": round(score.value, 6),
        "reasons": [
            reason.as_dict() | {"en": english.get(reason.signal, ""), "zh": chinese.get(reason.signal, "")}
            for reason in score.reasons
        ],
        "words": [{"ours": ours, "listed": listed, "alike": round(alike, 3)} for ours, listed, alike in score.words],
    }
