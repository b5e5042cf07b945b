from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from compliance.ear import the_book
from compliance.exchange import schema
from compliance.exchange.answers import determined
from compliance.exchange.lines import read_json_lines
from compliance.management.bulk import LinesCommand


class Command(LinesCommand):
    help = (
        "Determine transactions: one JSON object per line in, one per line out, in the same order. A line that cannot "
        "be read becomes an error with its number. Exit code 0: all read; 1: some not; 2: used wrongly."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--questions", action="store_true", help="write only the outcome and the questions")

    def handle(self, *args: Any, **options: Any) -> None:
        self.begin(options)
        if options["schema"]:
            self.say(schema.of_determine(), indent=2)
            return
        asked, book = self.asked(options), the_book()
        with self.source(options) as stream:
            self.answer_all(read_json_lines(stream), lambda line: determined(line, asked, book))
