"""Take a list file that waits for a second person into use, or reject it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from screening import queries, services
from screening.reasons import Refusal

from ._handing_on import handed_on
from ._who import account_of


class Command(BaseCommand):
    help = (
        "Take a loaded list file that waits into use, or reject it with --reject REASON. Without a number: name the "
        "files that wait. Whoever loaded a file cannot decide on it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("snapshot", nargs="?", type=int, help="the number of the file")
        parser.add_argument("--by", metavar="NAME", default="", help="the account of the person who decides")
        parser.add_argument("--reject", metavar="REASON", help="do not use the file, and why")

    def handle(self, *args: Any, **options: Any) -> None:
        number, reason = options["snapshot"], options["reject"]
        if number is None:
            if reason is not None:
                raise CommandError(
                    "Give the number of the file to reject; without arguments those that wait are named."
                )
            return self._waiting()
        by = account_of(options["by"])
        try:
            if reason is not None:
                services.reject(number, by=by, reason=reason)
                self.stdout.write(f"File {number} is rejected; the lists in use stay.")
                return None
            services.publish(number, by=by)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"File {number} is in use.")
        self.stdout.write(handed_on())
        return None

    def _waiting(self) -> None:
        found = queries.waiting_files()
        if not found:
            self.stdout.write("No list file waits.")
        for one in found:
            changed = "" if one.added is None else f", {one.added} added, {one.removed} removed, {one.altered} altered"
            self.stdout.write(
                f"{one.id}  {one.source}  {one.file_name}  {one.row_count} entries{changed}; loaded by {one.loaded_by} "
                f"at {one.retrieved_at:%Y-%m-%d %H:%M} UTC"
            )
