from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from audit import services


class Command(BaseCommand):
    help = "Verify that every entry of the evidence follows from the one before, up to the head."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=int, default=0, help="start after this entry (default: from the first)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["since"] < 0:
            raise CommandError(_("--since must be 0 or the number of an entry."))
        found = services.verify(since=options["since"])
        if found.broken:
            raise CommandError(
                _("The chain is broken at entry %(sequence)d (%(reason)s). It holds up to entry %(upto)d.")
                % {"sequence": found.broken.sequence, "reason": found.broken.reason, "upto": found.upto}
            )
        self.stdout.write(
            _("The chain is whole: %(upto)d entries, head %(digest)s.") % {"upto": found.upto, "digest": found.digest}
        )
