"""Fill a database of its own with 100,000 cases and 500,000 entries of the chain, for measuring.

DATABASE_URL=postgres://…/gatehouse_bench python bench/seed.py [CASES]

The database must have “bench” in its name and hold no case yet. Everything is invented, and written straight into the
tables: the rows are shaped like real ones, but no service was asked. The chain is whole: ``verify_chain`` accepts it.
Every hundredth case carries a whole determination; the others carry its columns without the findings.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SECRET_KEY", "bench-only-" + "x" * 50)
os.environ.setdefault("DATABASE_POOL", "false")

# ruff: noqa: E402 - models can only be imported once Django is set up
import django

django.setup()

from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection, transaction

from audit.chain import GENESIS, canonical, link
from compliance.models import Case, Unit, User
from compliance.queries.law import ask_the_law
from compliance.roles import PERMISSIONS, Role

CASES, ENTRIES_PER_CASE = 100_000, 5
START = dt.datetime(2023, 1, 2, 8, tzinfo=dt.UTC)
UNITS = ("compute", "optics", "cloud", "tools")
PEOPLE = 40
PARTIES, ITEMS = 2_000, 300
SQL = (Path(__file__).parent / "seed.sql").read_text("utf-8")
STATEMENTS = [one.strip() for one in SQL.partition("\n\n")[2].split(";\n") if one.strip()]


def main(cases: int) -> None:
    name = connection.settings_dict["NAME"]
    if "bench" not in name:
        sys.exit(f"{name}: refusing to fill a database without “bench” in its name.")
    call_command("migrate", verbosity=0, skip_checks=True)
    if Case.objects.exists():
        sys.exit(f"{name} already holds cases. Drop it and create it again.")
    with timed("people"):
        _people()
    values = {"n": cases, "people": PEOPLE, "parties": PARTIES, "items": ITEMS, "start": START}
    for statement in STATEMENTS:
        if "storeddetermination (" in statement:
            values |= _answer()
        with timed(statement.split()[2]):
            _run(statement, values)
    with timed("chain"):
        _chain()
    with timed("sequences, statistics"):
        _settle()


class timed:
    """Say how long something took."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        self.start = time.perf_counter()

    def __exit__(self, *_error: object) -> None:
        print(f"{self.what:36} {time.perf_counter() - self.start:6.1f} s")


def _run(statement: str, values: dict[str, Any]) -> None:
    for name in sorted(values, key=len, reverse=True):
        statement = statement.replace(f":{name}", f"%({name})s")
    # Modulo signs of SQL are doubled for the driver; the named values are not.
    statement = statement.replace("%(", "\0").replace("%", "%%").replace("\0", "%(")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.replace("%(start)s", "%(start)s::timestamptz"), values)


def _people() -> None:
    for code in UNITS:
        Unit.objects.create(code=code, name_en=code.title(), name_zh=code)
    groups = {}
    for role, names in PERMISSIONS.items():
        groups[role], _new = Group.objects.get_or_create(name=role.value)
        codenames = [one.partition(".")[2] for one in names]
        groups[role].permissions.set(Permission.objects.filter(codename__in=codenames))
    roles = (Role.ANALYST, Role.OFFICER, Role.REVIEWER, Role.AUDITOR)
    for number in range(1, PEOPLE + 1):
        role = roles[number % 4]
        person = User.objects.create(
            username=f"{role.value.split()[-1]}{number}", first_name=f"Person {number}", unit_id=1 + number % 4
        )
        person.units.set(Unit.objects.all() if number <= 8 else [person.unit])
        person.groups.set([groups[role]])


def _answer() -> dict[str, Any]:
    """Return the law's answer for one case, which every hundredth case is given whole."""
    answer = ask_the_law(Case.objects.get(pk=1), on=dt.date(2026, 3, 1))
    return {"whole": json.dumps(answer.lines), "rulebook": answer.rulebook}


def _chain() -> None:
    """Write the chain with true digests, by COPY."""
    # Read before the COPY begins: the connection can do nothing else while it runs.
    refs = list(Case.objects.order_by("pk").values_list("ref", flat=True))
    with transaction.atomic(), connection.cursor() as cursor:
        raw = cursor.cursor if hasattr(cursor, "cursor") else cursor
        columns = "sequence, at, action, subject, actor, payload, text, previous, digest"
        last = (0, GENESIS)
        with raw.copy(f"COPY audit_entry ({columns}) FROM STDIN") as copy:
            for row in _entries(refs):
                copy.write_row(row)
                last = (row[0], row[8])
        cursor.execute(
            "INSERT INTO audit_head (id, sequence, digest) VALUES (1, %s, %s) "
            "ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, digest = excluded.digest",
            last,
        )


def _entries(refs: list[str]) -> Iterator[tuple[Any, ...]]:
    actions = ("case.open", "case.submit", "case.screen", "case.determine", "case.propose")
    previous, sequence, at = GENESIS, 0, START
    for ref in refs:
        for action in actions:
            sequence += 1
            at += dt.timedelta(minutes=4)
            payload = {"before": "draft", "after": "under_review", "role": "intake analyst"}
            subject, actor = f"case:{ref}", f"analyst{4 * (sequence % 9) + 4}"
            text = canonical(
                {"sequence": sequence, "at": at.isoformat(), "action": action, "subject": subject, "by": actor,
                 "payload": payload}
            )  # fmt: skip
            digest = link(previous, text)
            yield sequence, at, action, subject, actor, json.dumps(payload), text, previous, digest
            previous = digest


def _settle() -> None:
    with connection.cursor() as cursor:
        parts = ("party", "item", "case", "storeddetermination", "decision", "authorization")
        for table in (*(f"compliance_{part}" for part in parts), "screening_run"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
