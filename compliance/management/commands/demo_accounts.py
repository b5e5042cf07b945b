from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from compliance.management.demo.accounts import password
from compliance.management.demo.people import PEOPLE


class Command(BaseCommand):
    help = "Print who can sign in to the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.GATEHOUSE_DEMO:
            raise CommandError("This is not a demo installation. Set GATEHOUSE_DEMO=1 to make it one.")
        self.stdout.write(f"Password of every demo person: {password()}")
        for person in PEOPLE:
            self.stdout.write(f"  {person.username:<6} {person.role.value:<20} {person.name}")
