"""Time the audit report in every format and the printed case file, on the database bench/seed.py filled.

DATABASE_URL=postgres://…/gatehouse_bench python bench/reports.py

Each format runs in a process of its own, so that its peak memory is its own. The limits: 100,000 rows as CSV in 3 s and
as XLSX in 10 s, in at most 150 MB.
"""

# ruff: noqa: E402 - models can only be imported once Django is set up
from __future__ import annotations

import datetime as dt
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SECRET_KEY", "bench-only-" + "x" * 50)
os.environ.setdefault("DATABASE_POOL", "false")

import django

django.setup()

from audit.queries import head
from compliance.models import Case, User
from compliance.reports import BY_SLUG
from compliance.reports.case_file import case_file_pdf
from compliance.reports.copied import csv_of
from compliance.reports.formats import about, json_pieces, xlsx_file
from compliance.reports.pdf import MOST_ROWS, report_pdf
from compliance.reports.shape import Filters, Stamp, one_moment

ASKED = ("nothing", "rows", "csv", "json", "xlsx", "pdf", "case_file")


def measure(what: str) -> None:
    auditor = User.objects.filter(groups__name="auditor").first()
    if auditor is None:
        sys.exit("The database holds nobody. Fill it with bench/seed.py.")
    where, report, every = head(), BY_SLUG["cases"], Filters()
    stamp = Stamp(dt.datetime.now(dt.UTC), where.sequence, where.digest, auditor.username, "en")
    count, size, first = report.count(auditor, every), 0, 0.0
    start = time.perf_counter()
    with one_moment():
        rows = report.rows(auditor, every)
        if what == "rows":
            size = sum(1 for _row in rows)
        elif what in {"csv", "json"}:
            make = (
                csv_of(report, auditor, every)
                if what == "csv"
                else json_pieces(report, rows, filters=every, stamp=stamp)
            )
            for piece in make:
                first = first or time.perf_counter() - start
                size += len(piece)
        elif what == "xlsx":
            file = xlsx_file(report, rows, told=about(report, every, stamp, count), stamp=stamp)
            size = file.seek(0, 2)
        elif what == "pdf":
            narrow = Filters(since=dt.date(2023, 1, 2), until=dt.date(2023, 3, 10))
            count = report.count(auditor, narrow)
            if count > MOST_ROWS:
                sys.exit(f"{count} rows do not fit")
            size = len(report_pdf(report, report.rows(auditor, narrow), told=[], stamp=stamp))
        elif what == "case_file":
            ref = Case.objects.get(pk=1).ref
            count, size = 1, len(case_file_pdf(auditor, ref, language="both", stamp=stamp))
    took = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begun = f", first byte after {first:.2f} s" if first else ""
    print(f"{what:10} {count:>7} rows {took:7.2f} s {size:>12,} bytes, peak {peak:5.0f} MB{begun}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1])
    else:
        for one in ASKED:
            subprocess.run([sys.executable, __file__, one], check=True)
