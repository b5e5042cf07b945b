"""Load a list file, or fetch the configured address: the same as the nightly task, by hand."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from screening import services
from screening.lists import list_title
from screening.reasons import Refusal
from screening.sources import BY_CODE, SOURCES

from ._handing_on import handed_on


class Command(BaseCommand):
    help = (
        "Load a list into use: the Consolidated Screening List from a file (CSV or JSON) or the configured address, or "
        "another source by its code. Files may be plain, gzip or zip; a set of files comes as a directory or zip."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        kind = parser.add_mutually_exclusive_group(required=True)
        kind.add_argument("--file", type=Path, help="the file as published, .csv or .json, may be .gz or .zip")
        kind.add_argument("--dir", type=Path, help="the directory with the files of a set, such as OFAC's")
        kind.add_argument(
            "--url",
            action="store_true",
            help="fetch the address set for the source: "
            + ", ".join(f"{one.address_setting} for {one.code}" for one in SOURCES if one.address_setting),
        )
        kind.add_argument("--sample", action="store_true", help="load the hand-written sample, for trying the program")
        parser.add_argument(
            "--source",
            default="csl",
            choices=list(BY_CODE),
            metavar="CODE",
            help="; ".join(f"{one.code}: {one.title}" for one in SOURCES),
        )
        parser.add_argument(
            "--published", metavar="YYYY-MM-DD", help="the day the file was published, if it does not say"
        )
        parser.add_argument("--confirm-shrink", metavar="REASON", default="", help="why fewer entries are right")
        parser.add_argument("--by", default="system", help="who loads it, for the evidence")

    def handle(self, *args: Any, **options: Any) -> None:
        published = None
        if options["published"]:
            try:
                day = dt.date.fromisoformat(options["published"])
            except ValueError:
                raise CommandError(f"--published: {options['published']!r} is not a date like 2026-07-31.") from None
            published = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
            if published > timezone.now():
                raise CommandError(f"--published: {day} is in the future.")
        source = BY_CODE[options["source"]]
        if options["sample"] and source.code != "csl":
            raise CommandError("--sample is of the source csl; leave --source out.")
        if options["url"] and not source.address_setting:
            raise CommandError(f"--source {source.code} has no address; it is loaded with --file or --dir.")
        if options["url"] and source.code not in services.fetched_sources():
            raise CommandError(
                f"{source.address_setting} is not set; --source {source.code} is loaded with --file or --dir."
            )
        try:
            if options["sample"]:
                done = services.load_sample(by=options["by"])
            elif options["url"]:
                done = services.refresh_from_url(by=options["by"], source=source.code)
            else:
                done = services.refresh(
                    options["file"] or options["dir"],
                    by=options["by"],
                    source=options["source"],
                    confirm_shrink=options["confirm_shrink"],
                    published_at=published,
                )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        if done.outcome == "quarantined":
            raise CommandError(f"Not loaded; the lists in use stay as they are.\n{done.message}")
        if done.outcome == "unchanged":
            self.stdout.write(f"Unchanged: the file is the one in use (sha256 {done.sha256}).")
            return
        self.stdout.write(f"Loaded {sum(done.counts.values())} entries, sha256 {done.sha256}.")
        if done.outcome == "awaiting":
            self.stdout.write(
                "It waits until another person publishes it, under Screening, Lists or with\n"
                f"  manage.py publish_list {done.snapshot_id} --by NAME"
            )
        for code, count in done.counts.items():
            self.stdout.write(f"  {code:<5} {count:>7}  {list_title(code)}")
        if done.difference is None:
            self.stdout.write("No earlier file to compare with.")
        else:
            told = ", ".join(f"{len(keys)} {what}" for what, keys in done.difference.items())
            self.stdout.write(f"Against the file before: {told}.")
        if done.outcome == "loaded":
            self.stdout.write(handed_on())
