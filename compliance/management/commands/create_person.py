from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.queries import accounts
from compliance.roles import Role
from compliance.services import people
from compliance.services.refusals import Refusal


class Command(BaseCommand):
    help = "Let a person in. The first password is GATEHOUSE_FIRST_PASSWORD, or one made here and printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="full name, in any script")
        parser.add_argument(
            "--role", action="append", required=True, choices=[role.value for role in Role], help="may be repeated"
        )
        parser.add_argument(
            "--unit", action="append", default=[], help="code of a business unit; may be repeated, the first is home"
        )
        parser.add_argument("--create-units", action="store_true", help="open units that do not exist yet")
        parser.add_argument("--email", default="")
        parser.add_argument("--language", default="en", choices=["en", "zh-hans"])

    def handle(self, *args: Any, **options: Any) -> None:
        given = os.environ.get("GATEHOUSE_FIRST_PASSWORD", "")
        try:
            people.sync_roles()
            if options["create_units"]:
                there = {unit.code for unit in accounts.units()}
                for code in dict.fromkeys(options["unit"]):
                    if code not in there:
                        people.add_unit(by=None, code=code, name_en=code)
            person, first = people.add_person(
                by=None,
                username=options["username"],
                full_name=options["name"],
                roles=options["role"],
                units=options["unit"],
                email=options["email"],
                language=options["language"],
                password=given,
            )
        except Refusal as refusal:
            field = getattr(refusal, "field", "")
            raise CommandError(f"{field}: {refusal}" if field else str(refusal)) from refusal
        except LookupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{person.username} can sign in.")
        if not given:
            self.stdout.write(f"First password: {first}")
