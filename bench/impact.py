"""How long it takes to say whose answer a switch of the law would move, on a hundred thousand stored cases.

DATABASE_URL=postgres://…/gatehouse_bench python bench/impact.py [WORKERS] [--all-different]

Runs on what ``bench/seed.py`` wrote. The determinations there carry no findings, so what they rest on is put beside
them once: invented facts, every transaction repeated some forty times in a row as customers do, or with
``--all-different`` no two alike (the worst case: nothing is asked only once). Then ``manage.py law_impact`` asks for
the law of another day. Over 60 s on two cores the program fails.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SECRET_KEY", "bench-only-" + "x" * 50)
os.environ.setdefault("DATABASE_POOL", "false")

# ruff: noqa: E402 - models can only be imported once Django is set up
import django

django.setup()

from django.db import connection, transaction

from compliance import ear
from compliance.services.reliance import provisions, summary

BUDGET_SECONDS = 60
SWITCH = "2026-11-10"
ALIKE = 40
PLACES = ("CN", "SG", "AE", "DE", "TW", "GB", "IN", "MY", "HK", "VN", "IL", "JP")
SEATS = ("CN", "SG", "US", "DE")


def facts_of(number: int) -> dict[str, Any]:
    """Return an invented transaction: the same number always gives the same."""
    place, seat = PLACES[number % 12], SEATS[number // 12 % 4]
    listed: list[dict[str, Any]] = []
    if number % 97 == 0:
        listed = [{"code": "entity_list", "license_requirement": "For all items subject to the EAR"}]
    return {
        "activity": "export",
        "exporting_from": "US",
        "destination": place,
        "is_informed": False,
        "item": {
            "eccn": ("3A090.a", "4A090.a", "3A090.b", "5A992.z")[number // 48 % 4],
            "form": "integrated_circuit",
            "tpp": str(2000 + number // 48 % 50 * 300),
            "us_origin": True,
            "data_center_designed_or_marketed": number % 3 != 0,
        },
        "end_use": dict.fromkeys(("nuclear", "missile", "chemical_biological", "military", "supercomputer"), False),
        "parties": [
            {
                "ref": "p1",
                "role": "end_user",
                "country": place,
                "headquarters": seat,
                "ultimate_parent_headquarters": seat,
                "natural_person": False,
                "military_end_user": False,
                "owned_50_percent_by_listed": None if number % 5 == 0 else number % 11 == 0,
                "listings": listed,
            }
        ],
    }


def seed(alike: int) -> None:
    """Put facts, answers and provisions beside every determination, by COPY."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT id, case_id, "on" FROM compliance_storeddetermination ORDER BY id')
        found = cursor.fetchall()
    kept: dict[int, tuple[str, list[str], str]] = {}
    book = ear.the_book()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE compliance_reliance")
        raw = cursor.cursor if hasattr(cursor, "cursor") else cursor
        with raw.copy(
            "COPY compliance_reliance (determination_id, case_id, facts, provisions, answers) FROM STDIN"
        ) as copy:
            for place, (pk, case, on) in enumerate(found):
                number = place // alike
                if (one := kept.get(number)) is None:
                    one = kept[number] = answered(number, on, book)
                copy.write_row((pk, case, one[0], one[1], one[2]))
        cursor.execute(
            "UPDATE compliance_storeddetermination SET rulebook = %s WHERE rulebook <> %s", [book.digest] * 2
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE compliance_reliance")


def answered(number: int, on: dt.date, book: ear.Rulebook) -> tuple[str, list[str], str]:
    """Return facts, provisions and answers as they are kept."""
    given = facts_of(number)
    facts = ear.Facts.from_dict(given)
    answers = {r.value: ear.determine(facts, on=on, reading=r, book=book, tolerance=30).to_dict() for r in ear.Reading}
    named = sorted({name for one in answers.values() for name in provisions(one)})
    return json.dumps([given]), named, json.dumps({name: summary([one]) for name, one in answers.items()})


def main(workers: int, alike: int) -> None:
    name = connection.settings_dict["NAME"]
    if "bench" not in name:
        sys.exit(f"{name}: refusing to fill a database without “bench” in its name.")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    start = time.perf_counter()
    seed(alike)
    print(f"facts, {alike} alike, beside the determinations {time.perf_counter() - start:30.1f} s")
    connection.close()
    command = [
        sys.executable,
        str(ROOT / "manage.py"),
        "law_impact",
        "--on",
        SWITCH,
        "--workers",
        str(workers),
        "--quiet",
    ]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    took = time.perf_counter() - start
    print(done.stderr.strip().splitlines()[-1] if done.stderr else done.stdout)
    print(f"law_impact --on {SWITCH} --workers {workers}: {took:.1f} s, allowed {BUDGET_SECONDS} s")
    if done.returncode or took > BUDGET_SECONDS:
        sys.exit(1)


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:] if one.isdigit()]
    main(numbers[0] if numbers else 2, 1 if "--all-different" in sys.argv else ALIKE)
