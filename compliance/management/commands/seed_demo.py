from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from compliance.management.demo.accounts import password
from compliance.management.demo.people import PEOPLE, UNITS
from compliance.management.demo.play import Stage
from compliance.services import people
from screening import services as screening


class Command(BaseCommand):
    help = "Load the demo: people, parties, items and cases in every state. Does nothing where it is already loaded."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.GATEHOUSE_DEMO:
            raise CommandError("This is not a demo installation. Set GATEHOUSE_DEMO=1 to make it one.")
        screening.load_sample(by="system")
        if people.anybody():
            self.stdout.write("The demo is already loaded.")
            return
        with transaction.atomic():
            self._people()
            stage = Stage(say=lambda words: self.stdout.write(words) if options["verbosity"] > 1 else None)
            stage.enter_parties()
            stage.play()
        self.stdout.write(f"The demo is loaded: {len(PEOPLE)} people.")

    def _people(self) -> None:
        for code, english, chinese in UNITS:
            people.add_unit(by=None, code=code, name_en=english, name_zh=chinese)
        for person in PEOPLE:
            people.add_person(
                by=None,
                username=person.username,
                full_name=person.name,
                roles=[person.role.value],
                units=person.units,
                email=f"{person.username}@example.com",
                language=person.language,
                password=password(),
            )
