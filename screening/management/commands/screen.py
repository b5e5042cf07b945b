"""Screen the names of a file: CSV in, CSV out, reasons on request. Stores nothing."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import signal
import sys
import threading
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from screening import queries
from screening.matching import MATCHER_VERSION
from screening.matching.score import wording
from screening.reasons import Refusal
from screening.services import bulk
from screening.shapes import Coverage, SearchedList

FAILED, ROWS_LEFT_OUT, NOT_TO_RELY_ON = 1, 3, 4


class Command(BaseCommand):
    help = """Search the lists in use for every name of a CSV file, or of standard input.

Columns read: query, and if present qid, country, type, address, identifier. Writes query,rank,entity_id,score. No row
for a name means that nothing on the lists searched came near it; it never means that the party is clear. The lists
searched, each with its day, and those not searched are named on standard error, and so is every row that could not be
searched or was not understood whole, by its line.

--explain writes a record per answer, one per row that could not be searched ("record": "row"), and at the end one about
the search ("record": "search"): lists searched and not searched, rows, and whether every row was searched. A file
without that last record is cut off.

Exit codes:
  0  every row was searched in lists that are up to date
  1  nothing was written, or not all: the last line says why
  3  all rows were searched but those named on standard error
  4  the rows were searched, but the lists are out of date, a sample, or lack one that belongs to every search
"""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

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
        try:
            with _terminable():
                lists = bulk.searched(on)
                self._tell(lists)
                rows, bad = self._answer(lists, **options)
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
        except _Terminated:
            raise CommandError("Told to stop; no --out file was written.", returncode=143) from None
        except OSError as error:
            raise CommandError(f"Reading or writing failed: {error.strerror}. No --out file was written.") from None
        left_out = f"{bad} rows could not be searched; they are named above. All others were."
        if not lists.trustworthy:
            told = left_out if bad else f"{rows} rows were searched."
            raise CommandError(f"{told} THE SEARCH IS NOT TO BE RELIED ON: {_why(lists)}", returncode=NOT_TO_RELY_ON)
        if bad:
            raise CommandError(left_out, returncode=ROWS_LEFT_OUT)

    def _answer(self, lists: Coverage, **options: Any) -> tuple[int, int]:
        """Write an answer for every row; return how many rows there were and how many could not be searched."""
        count = bad = 0
        with ExitStack() as files:
            stream = _opened(files, options["file"])
            out: Any = self.stdout._out if options["out"] is None else _made(files, options["out"])
            reasons = _made(files, options["explain"]) if options["explain"] else None
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(["query", "rank", "entity_id", "score"])
            answers = bulk.answer(
                bulk.read(stream, unread=self._passed_over),
                lists=lists,
                threshold=options["threshold"],
                limit=options["limit"],
                workers=options["workers"],
            )
            for count, answered in enumerate(self._counted(answers), start=1):  # noqa: B007  told at the end
                if isinstance(answered, bulk.BadRow):
                    bad += 1
                    self.stderr.write(f"line {answered.line}: {answered.message}: {answered.query!r}")
                    if reasons is not None:
                        reasons.write(_line(_untold(answered)))
                    continue
                row, hits = answered
                for note in row.notes:
                    self.stderr.write(f"line {row.line}: {note.message}: {row.who.names[0][:80]!r}")
                for rank, hit in enumerate(hits, start=1):
                    writer.writerow([row.who.names[0], rank, hit.entity_id, f"{hit.found.score.value:.6f}"])
                    if reasons is not None:
                        reasons.write(_line(_told(row, rank, hit)))
            if reasons is not None:
                reasons.write(_line(_about(lists, options["threshold"], rows=count, bad=bad)))
                reasons.flush()
            out.flush()
        return count, bad

    def _tell(self, lists: Coverage) -> None:
        """Say which lists are searched and which are not: an answer without that says nothing."""
        when = f" as they stood at the end of {lists.on}" if lists.on else ""
        self.stderr.write(f"Searched{when}: {'; '.join(_listed(one) for one in lists.searched)}.")
        absent = [f"{one.code} (none in the files)" for one in lists.absent]
        with override("en"):
            others = [f"{title}" for title, _why in lists.not_searched]
        self.stderr.write(f"NOT searched: {'; '.join([*absent, *others])}.")
        if not lists.trustworthy:
            self.stderr.write(f"WARNING: not to be relied on: {_why(lists)}")
        if lists.quarantined_since:
            self.stderr.write(
                f"WARNING: a file loaded on {lists.quarantined_since:%Y-%m-%d} was refused; the lists before it are "
                "searched. See Screening, Lists."
            )
        if lists.awaiting_since:
            self.stderr.write(
                f"WARNING: a file loaded on {lists.awaiting_since:%Y-%m-%d} waits for a second person and is not "
                "searched; see manage.py publish_list."
            )

    def _passed_over(self, columns: list[str]) -> None:
        shown = ", ".join(columns)[:200].encode("utf-8", "replace").decode()
        self.stderr.write(f"Columns not read: {shown}.")

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


class _Terminated(BaseException):
    """Somebody asked the process to end: what is half-written is removed on the way."""


@contextmanager
def _terminable() -> Iterator[None]:
    def end(*_args: Any) -> None:
        raise _Terminated

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _listed(one: SearchedList) -> str:
    day = f"published {one.published_at:%Y-%m-%d}" if one.published_at else ""
    seen = f"looked at {one.as_of:%Y-%m-%d}" if one.as_of else ""
    told = ", ".join(filter(None, (f"{one.entries} entries", day, seen, "OUT OF DATE" if one.stale else "")))
    return f"{one.code} ({told})"


def _why(lists: Coverage) -> str:
    with override("en"):
        return " ".join(queries.cautions(lists))


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

    # Before the file is there, so that an interrupt at any moment finds somebody to take it away.
    files.push(settle)
    try:
        stream = work.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}. Check the path and that it may be written.") from None
    return files.enter_context(stream)


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--on: {text!r} is not a date like 2026-07-31.") from None


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False) + "\n"


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
        "words": [
            {"ours": ours, "listed": listed, "alike": round(alike, 3), "rarity": round(rarity, 3)}
            for (ours, listed, alike), rarity in zip(score.words, score.rarity, strict=True)
        ],
    }


def _untold(row: bulk.BadRow) -> dict[str, Any]:
    with override("en"):
        english = row.message
    with override("zh-hans"):
        chinese = row.message
    return {
        "record": "row",
        "line": row.line,
        "query": row.query,
        "qid": row.qid,
        "searched": False,
        "problem": {"key": row.key, "en": english, "zh": chinese},
    }


def _about(lists: Coverage, threshold: float, *, rows: int, bad: int) -> dict[str, Any]:
    with override("en"):
        others = [{"title": str(title), "why": str(why)} for title, why in lists.not_searched]
    return {
        "record": "search",
        "rows": rows,
        "rows_not_searched": bad,
        "to_rely_on": lists.trustworthy and not bad,
        "on": lists.on.isoformat() if lists.on else None,
        "matcher_version": MATCHER_VERSION,
        "threshold": threshold,
        "searched": [
            {
                "code": one.code,
                "entries": one.entries,
                "published_at": one.published_at.isoformat() if one.published_at else None,
                "as_of": one.as_of.isoformat() if one.as_of else None,
                "out_of_date": one.stale,
            }
            for one in lists.searched
        ],
        "files": [{"source": one.source, "sha256": one.sha256} for one in lists.files],
        "absent": [one.code for one in lists.absent],
        "not_searched": others,
        "sample": lists.sample,
        "quarantined_since": lists.quarantined_since.isoformat() if lists.quarantined_since else None,
        "awaiting_since": lists.awaiting_since.isoformat() if lists.awaiting_since else None,
    }
