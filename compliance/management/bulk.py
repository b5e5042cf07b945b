"""What the commands for machines share: where lines come from, where answers go, and what the exit code says."""

from __future__ import annotations

import datetime as dt
import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from compliance.ear import BadFacts
from compliance.exchange.answers import READINGS, Asked, day, error_of
from compliance.exchange.lines import Read

USAGE = 2
SOME_BAD = 1


class LinesCommand(BaseCommand):
    """Read lines, answer each, go on after one that cannot be read. Needs no database."""

    requires_system_checks: list[str] = []  # type: ignore[assignment]
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", help="file to read; standard input without it, or with -")
        parser.add_argument("--file", help="the same as the path")
        parser.add_argument("--schema", action="store_true", help="print the JSON Schema of input and output, and end")
        parser.add_argument("--on", metavar="DATE", help="day of export for lines without one (default: today)")
        parser.add_argument("--reading", choices=READINGS, default="enforced", help="for lines without one")
        parser.add_argument("--explain", choices=("en", "zh"), default="", help="put sentences beside keys")

    def asked(self, options: Mapping[str, Any]) -> Asked:
        """Return how lines are answered. Raises :class:`CommandError` for a day that is none."""
        return Asked(
            on=self._day(options["on"]),
            reading=options["reading"],
            tolerance=settings.GATEHOUSE_RULEBOOK_MAX_AGE_DAYS,
            questions=bool(options.get("questions")),
            explain=options["explain"],
        )

    def _day(self, written: str | None) -> dt.date:
        if written is None:
            return timezone.localdate()
        try:
            return day(written, "--on")
        except BadFacts as error:
            raise CommandError(f"--on: {error_of(error)['message']}", returncode=USAGE) from error

    @contextmanager
    def source(self, options: Mapping[str, Any]) -> Iterator[BinaryIO]:
        """Open what is to be read. Raises :class:`CommandError` for a file that cannot be opened."""
        named = [one for one in (options["path"], options["file"]) if one]
        if len(named) > 1:
            raise CommandError("Name one file.", returncode=USAGE)
        if not named or named[0] == "-":
            yield sys.stdin.buffer
            return
        try:
            stream = Path(named[0]).open("rb")  # noqa: SIM115 - closed below
        except OSError as error:
            raise CommandError(f"{named[0]}: {error.strerror}", returncode=USAGE) from error
        with stream:
            yield stream

    def answer_all(self, rows: Iterable[Read], answer: Callable[[Mapping[str, Any]], dict[str, Any]]) -> None:
        """Write one line for every row, as it comes. Exits with 1 when any could not be read."""
        lang = self.lang or "en"
        any_bad = False
        try:
            for number, row in rows:
                out: dict[str, Any] = {"line": number}
                try:
                    if isinstance(row, BadFacts):
                        raise row
                    out |= answer(row)
                except BadFacts as error:
                    any_bad = True
                    if isinstance(row, Mapping) and isinstance(row.get("id"), str | int):
                        out["id"] = row["id"]
                    out["error"] = error_of(error, lang)
                self.say(out)
        except BrokenPipeError:
            # Whoever read us has enough, as head has; the interpreter must not complain at its end.
            sys.stdout = open("/dev/null", "w")  # noqa: SIM115, PTH123
            sys.exit(SOME_BAD)
        if any_bad:
            sys.exit(SOME_BAD)

    lang = ""

    def say(self, data: Mapping[str, Any], indent: int | None = None) -> None:
        """Write one JSON value as a line (or, indented, as several)."""
        separators = None if indent else (",", ":")
        self.stdout.write(json.dumps(data, ensure_ascii=False, separators=separators, indent=indent))
        self.stdout.flush()

    def begin(self, options: Mapping[str, Any]) -> None:
        """Remember the language of errors, and write UTF-8 whatever the terminal says."""
        self.lang = options["explain"]
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8")
