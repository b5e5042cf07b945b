"""Time the verification of a long chain.

    DATABASE_URL=postgres://… python bench/chain.py [ENTRIES]

Makes a database `test_gatehouse_chain` on the server that DATABASE_URL names, fills it with a chain computed here,
verifies it, alters one column to see it found, and drops the database again.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SECRET_KEY", "for the benchmark only")
os.environ["DATABASE_POOL"] = "false"

import django

django.setup()

# ruff: noqa: E402  Django must be set up before its models are imported.
from django.db import connection

from audit.chain import GENESIS, canonical, link
from audit.models import Entry, Head
from audit.services import verify

START = dt.datetime(2026, 1, 1, 8, 0, 0, 123456, tzinfo=dt.UTC)


def entries(number: int) -> Iterator[tuple[object, ...]]:
    previous = GENESIS
    for sequence in range(1, number + 1):
        at = START + dt.timedelta(seconds=sequence)
        action = ("case.amend", "case.answer", "case.screen", "case.determine")[sequence % 4]
        subject, by = f"case:GH-2026-{sequence // 5:05}", ("mira", "otto", "system")[sequence % 3]
        payload = {
            "before": "under_review",
            "after": "under_review",
            "role": "intake analyst",
            "changed": ["destination", "end_use"],
            "was": {"destination": "SG", "end_use": "气象模型训练"},
            "now": {"destination": "MY", "end_use": "Training of a weather model"},
            "digest": f"{sequence:064x}",
        }
        text = canonical(
            {
                "sequence": sequence,
                "at": at.isoformat(),
                "action": action,
                "subject": subject,
                "by": by,
                "payload": payload,
            }
        )
        digest = link(previous, text)
        yield sequence, at, action, subject, by, json.dumps(payload), text, previous, digest
        previous = digest


def fill(number: int) -> None:
    columns = "sequence, at, action, subject, actor, payload, text, previous, digest"
    last: tuple[object, ...] = ()
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY audit_entry ({columns}) FROM STDIN") as copy:
            for row in entries(number):
                copy.write_row(row)
                last = row
        cursor.execute("ANALYZE audit_entry")
    Head.objects.update_or_create(pk=1, defaults={"sequence": last[0], "digest": last[-1]})


def main(number: int) -> None:
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        start = time.perf_counter()
        fill(number)
        print(f"fill     {number / (time.perf_counter() - start):>10,.0f} entries/s")
        for _attempt in range(3):
            start = time.perf_counter()
            found = verify()
            took = time.perf_counter() - start
            assert found.whole, found
            print(f"verify   {number / took:>10,.0f} entries/s   {took:.2f} s for {found.upto:,}")
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER append_only")
        Entry.objects.filter(sequence=number // 2).update(actor="somebody else")
        found = verify()
        assert found.broken, "an altered column was not found"
        print(f"altered  {found.broken.reason} at {found.broken.sequence:,}")
        print(f"memory   {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB at most")
    finally:
        connection.creation.destroy_test_db("gatehouse_chain", verbosity=0)


if __name__ == "__main__":
    connection.settings_dict["NAME"] = "gatehouse_chain"
    main(int(next((arg for arg in sys.argv[1:] if arg.isdigit()), "500000")))
