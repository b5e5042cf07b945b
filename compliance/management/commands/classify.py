from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from compliance.ear import the_book
from compliance.exchange import schema
from compliance.exchange.answers import CLASSIFY_COLUMNS, classified
from compliance.exchange.lines import read_csv, read_json_lines
from compliance.management.bulk import LinesCommand


class Command(LinesCommand):
    help = (
        "Classify items: JSON Lines or CSV with the facts of one item per line in, one JSON object per line out. "
        "Exit code 0: all read; 1: some not; 2: used wrongly."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--format", choices=("json", "csv"), help="default: csv for a file named .csv, else json")

    def handle(self, *args: Any, **options: Any) -> None:
        self.begin(options)
        if options["schema"]:
            self.say(schema.of_classify(), indent=2)
            return
        asked, book = self.asked(options), the_book()
        named = str(options["path"] or options["file"] or "")
        kind = options["format"] or ("csv" if named.lower().endswith(".csv") else "json")
        with self.source(options) as stream:
            rows = read_csv(stream, CLASSIFY_COLUMNS) if kind == "csv" else read_json_lines(stream)
            self.answer_all(rows, lambda line: classified(line, asked, book))
