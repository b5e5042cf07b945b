"""How long the server takes for the pages people live in, on a hundred thousand cases: desk, case file, queue.

DATABASE_URL=postgres://…/gatehouse_bench python bench/pages.py [ROUNDS]

Runs on what ``bench/seed.py`` wrote, through Django's test client in this process: middleware, view and
template, no network. Prints the median, the 95th percentile, the processor time of both processes (which does not grow
where others use the machine) and the number of queries, and fails over the budget.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SECRET_KEY", "bench-only-" + "x" * 50)
os.environ.setdefault("DATABASE_POOL", "false")
os.environ.setdefault("STATICFILES_BACKEND", "django.contrib.staticfiles.storage.StaticFilesStorage")
os.environ.setdefault("GATEHOUSE_SECURE_COOKIES", "0")

# ruff: noqa: E402 - models can only be imported once Django is set up
import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from compliance.models import Case, User
from compliance.roles import Role

BUDGET_MS = 150
WARM_UP = 3


def somebody(role: Role) -> Client:
    """Return a browser in which a person of a role is signed in."""
    person = User.objects.filter(groups__name=role.value).order_by("pk").first()
    if person is None:
        sys.exit(f"Nobody is {role.value} in this database: run bench/seed.py first.")
    client = Client(headers={"host": "localhost"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _of_database() -> float:
    """Return the processor time of our session in the database so far, in ms; 0 where it is another machine's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        try:
            return int(Path(f"/proc/{cursor.fetchone()[0]}/schedstat").read_text().split()[0]) / 1e6
        except OSError:
            return 0.0


def measure(name: str, client: Client, path: Callable[[], str], rounds: int, budget_ms: int = BUDGET_MS) -> bool:
    """Open a page so often, print what it took, and return whether it is within the budget."""
    times, processor, database, queries = [], [], [], []
    for number in range(WARM_UP + rounds):
        address = path()
        asked = _of_database()
        with CaptureQueriesContext(connection) as told:
            began, busy = time.perf_counter(), time.process_time()
            response = client.get(address)
            took, busy = (time.perf_counter() - began) * 1000, (time.process_time() - busy) * 1000
        if response.status_code != 200:
            sys.exit(f"{address} answered {response.status_code}")
        if number >= WARM_UP:
            times.append(took)
            processor.append(busy)
            database.append(_of_database() - asked)
            queries.append(len(told))
    times.sort()
    late = times[max(0, round(len(times) * 0.95) - 1)]
    within = late <= budget_ms
    print(
        f"{name:<24} median {statistics.median(times):6.1f} ms   p95 {late:6.1f} ms   "
        f"processor: here {statistics.median(processor):5.1f}, database {statistics.median(database):5.1f} ms   "
        f"queries {min(queries)} to {max(queries)}   {'within' if within else 'OVER'} {budget_ms} ms"
    )
    return within


def main(rounds: int) -> None:
    """Measure the three pages, each as the person whose day it is."""
    settings.ALLOWED_HOSTS = ["localhost"]
    total = Case.objects.count()
    print(f"{total:,} cases, {rounds} rounds each")
    officer, reviewer = somebody(Role.OFFICER), somebody(Role.REVIEWER)
    draw = random.Random(2026)
    last = Case.objects.order_by("-pk").values_list("pk", flat=True)[0]
    refs = list(
        Case.objects.filter(pk__in=draw.sample(range(last - total + 1, last + 1), 400))
        .exclude(determinations=None)
        .values_list("ref", flat=True)[:60]
    )
    whole = [
        measure("desk", officer, lambda: "/", rounds),
        measure("desk, everything open", officer, lambda: "/?pile=unit", rounds),
        measure("list of cases", officer, lambda: "/cases/", rounds),
        measure("case file", officer, lambda: f"/cases/{draw.choice(refs)}/", rounds),
        measure("reviewer's queue", reviewer, lambda: "/queue/", rounds),
    ]
    if not all(whole):
        sys.exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
