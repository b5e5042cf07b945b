from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.exchange import difference
from compliance.queries.proof import proof
from compliance.queries.replay import NoSuchDetermination, Verdict, replay

EXIT = {Verdict.IDENTICAL: 0, Verdict.SAME_ANSWER: 0, Verdict.DIFFERENT: 3, Verdict.TAMPERED: 4}


class Command(BaseCommand):
    help = (
        "Compute a stored determination again from its own facts. Exit code 0: the same bytes (or, under a later "
        "rulebook, the same answer); 3: a later rulebook answers otherwise; 4: what is stored was changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("case", help="reference of the case, as GH-2026-00042")
        parser.add_argument(
            "--determination", type=int, metavar="N", help="1 is the first of the case (default: the last)"
        )
        parser.add_argument("--proof", metavar="FILE", help="write the proof file, checked by tools/check_proof.py")
        parser.add_argument("--out", metavar="FILE", help="write verdict and difference as JSON; - for standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = replay(options["case"], options["determination"])
        except NoSuchDetermination as error:
            _ref, _number, exists, count = error.args
            if not exists:
                raise CommandError(_("There is no case %(ref)s.") % {"ref": options["case"]}, returncode=2) from error
            raise CommandError(
                _("%(ref)s has %(count)d determinations; number %(number)s is not among them.")
                % {"ref": options["case"], "count": count, "number": options["determination"] or 1},
                returncode=2,
            ) from error
        if options["proof"]:
            self._write(options["proof"], proof(found.case, found.number))
        if options["out"]:
            self._write(options["out"], found.to_dict())
        if "-" not in (options["out"], options["proof"]):
            self._say(found)
        if code := EXIT[found.verdict]:
            sys.exit(code)

    def _write(self, where: str, data: dict[str, Any]) -> None:
        text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        if where == "-":
            self.stdout.write(text)
            return
        try:
            Path(where).write_text(text, "utf-8")
        except OSError as error:
            raise CommandError(f"{where}: {error.strerror}", returncode=2) from error

    def _say(self, found: Any) -> None:
        told = {
            "case": found.case,
            "number": found.number,
            "on": found.stored.on.isoformat(),
            "digest": found.stored.digest,
            "then": found.stored.rulebook[:12],
            "now": found.rulebook_now[:12],
            "problems": ", ".join(found.problems),
        }
        sentence = {
            Verdict.IDENTICAL: _("%(case)s, determination %(number)d for %(on)s: byte for byte the same (%(digest)s)."),
            Verdict.SAME_ANSWER: _(
                "%(case)s, determination %(number)d for %(on)s: rulebook %(now)s says in every finding what "
                "rulebook %(then)s said."
            ),
            Verdict.DIFFERENT: _(
                "%(case)s, determination %(number)d for %(on)s: rulebook %(now)s answers otherwise than "
                "rulebook %(then)s. %(problems)s"
            ),
            Verdict.TAMPERED: _(
                "%(case)s, determination %(number)d for %(on)s: what is stored does not hold: %(problems)s."
            ),
        }[found.verdict]
        self.stdout.write((sentence % told).strip())
        for line in difference.as_text(found.difference, get_language() or "en"):
            self.stdout.write(line)
