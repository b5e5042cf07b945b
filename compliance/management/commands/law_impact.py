from __future__ import annotations

import csv
import datetime as dt
import json
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.queries import impact as reading
from compliance.reports.impact import report_of
from compliance.reports.shape import Filters
from compliance.services import impact
from compliance.services.refusals import Refusal


class Command(BaseCommand):
    help = (
        "Say whose answer a rule change would move, before it is published. Changes no case. The rows go to standard "
        "output, the progress to standard error."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--overlay", type=Path, help="a folder of parameter files, or one file part_7xx/name.yaml")
        parser.add_argument("--on", help="ask for the law of another day, as 2026-11-10")
        parser.add_argument("--against", default="", help="compare with an earlier rulebook, by its fingerprint")
        parser.add_argument("--run", type=int, help="take up or print a run that exists, by its number")
        parser.add_argument("--title", default="")
        parser.add_argument("--format", choices=("csv", "ndjson"), default="ndjson")
        parser.add_argument("--workers", type=int, default=1, help="how many processes share the work (default 1)")
        parser.add_argument("--quiet", action="store_true", help="print no rows, only the sums")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["workers"] <= 64:
            raise CommandError("--workers is a number from 1 to 64.")
        began = time.perf_counter()
        try:
            run_id = (
                options["run"]
                or impact.start(
                    by=None,
                    title=options["title"],
                    overlay=_files(options["overlay"]),
                    on=_day(options["on"]),
                    against=options["against"],
                ).pk
            )
            run = reading.run_for(run_id)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except LookupError as error:
            raise CommandError(f"There is no run {options['run']}.") from error
        except Exception as error:
            if type(error).__name__ != "DoesNotExist":
                raise
            raise CommandError(f"There is no run {options['run']}.") from error
        self._work(run_id, options["workers"])
        run = reading.run_for(run_id)
        told = reading.progress(run)
        if run.standing == "stopped" and run.stopped_because == "failed":
            raise CommandError("The run broke off; the log says why. Mend that, then start it again.")
        if run.standing == "stopped":
            raise CommandError("The rulebook was replaced while the run was going. Start it again.")
        if run.standing != "done":
            raise CommandError(f"Run {run_id} is not finished: others still work on it. Ask later with --run {run_id}.")
        if not options["quiet"]:
            self._print(run, options["format"])
        self.stderr.write(
            f"run {run_id}: {told.cases} cases, {told.examined} examined, {told.differing} would differ, "
            f"{told.without} kept without facts, {told.unreadable} unreadable, {told.unasked} not asked, "
            f"{time.perf_counter() - began:.1f} s"
        )

    def _work(self, run_id: int, workers: int) -> None:
        command = [sys.executable, sys.argv[0], "law_impact", "--run", str(run_id), "--workers", "1", "--quiet"]
        others = [
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - ourselves
            for _number in range(workers - 1)
        ]
        try:
            while impact.work(run_id, most=5):
                told = reading.progress(reading.run_for(run_id))
                self.stderr.write(f"{told.percent} %: {told.examined} examined, {told.differing} would differ")
            for other in others:
                other.wait()
            # What another process held when it died is free again.
            impact.work(run_id)
        finally:
            for other in others:
                other.poll() is None and other.kill()

    def _print(self, run: Any, form: str) -> None:
        report = report_of(run)
        rows = report.rows(None, Filters())  # type: ignore[arg-type]
        if form == "csv":
            writer = csv.writer(self.stdout._out, lineterminator="\n")
            writer.writerow([column.key for column in report.columns])
            writer.writerows(rows)
            return
        for row in rows:
            cells = {column.key: value for column, value in zip(report.columns, row, strict=True)}
            self.stdout.write(json.dumps(cells, default=str, ensure_ascii=False))


def _day(given: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(given) if given else None
    except ValueError as error:
        raise CommandError(f"--on: {given!r} is no day. Write year-month-day, as 2026-11-10.") from error


def _files(path: Path | None) -> dict[str, str]:
    """Return the parameter files of a folder, or one file, by their path in the rulebook."""
    if path is None:
        return {}
    if path.is_dir():
        found = {one.relative_to(path).as_posix(): one for one in sorted(path.rglob("*.yaml"))}
    elif path.is_file():
        found = {f"{path.resolve().parent.name}/{path.name}": path}
    else:
        raise CommandError(f"--overlay: there is nothing at {path}.")
    if not found:
        raise CommandError(f"--overlay: {path} holds no .yaml file.")
    try:
        return {name: one.read_text("utf-8") for name, one in found.items()}
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"--overlay: {path} cannot be read: {error}") from error
