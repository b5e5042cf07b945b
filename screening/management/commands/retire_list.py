"""Take a source of lists out of use that nobody keeps up to date any longer."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from screening import services
from screening.reasons import Refusal
from screening.sources import BY_CODE

from ._handing_on import handed_on
from ._who import account_of


class Command(BaseCommand):
    help = (
        "Take a source out of use, with nothing in its place. From then on every search names its lists as not "
        "searched, unless another file holds them; searches of past days still read it. Loading a file of the source "
        "takes it into use again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", choices=list(BY_CODE), metavar="SOURCE", help=", ".join(BY_CODE))
        parser.add_argument("--by", metavar="NAME", default="", help="the account of the person who decides")
        parser.add_argument("--reason", required=True, help="why nobody is searched in it any longer")

    def handle(self, *args: Any, **options: Any) -> None:
        by = account_of(options["by"])
        try:
            number = services.retire(options["source"], by=by, reason=options["reason"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Out of use: {options['source']}, file {number}. It is named as not searched from now on.")
        self.stdout.write(handed_on())
