from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.services import people


class Command(BaseCommand):
    help = "Write the five roles and their permissions to the database. Safe to run at every start."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changed = people.sync_roles()
        except LookupError as error:
            raise CommandError(str(error)) from error
        for role, permissions in changed.items():
            self.stdout.write(f"{role}: {' '.join(permissions)}")
        if not changed:
            self.stdout.write("The roles are as they should be.")
