"""Time the matcher on a list and a file of queries, and write a run file for scoring.

python bench/screening.py LIST.csv[.gz] QUERIES.csv RUN.csv
"""

from __future__ import annotations

import csv
import gzip
import io
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from screening.matching import Entry, Index, Who, find
from screening.matching.names import forms
from screening.sources import SOURCES


def main(list_path: str, query_path: str, run_path: str) -> None:
    data = Path(list_path).read_bytes()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    start = time.perf_counter()
    entries = SOURCES[0].parse(io.BytesIO(data)).entries
    print(f"parse    {time.perf_counter() - start:.1f} s, {len(entries)} entries")
    start = time.perf_counter()
    index = Index.build(
        Entry(n, e.names, e.addresses, e.countries, e.identifiers, e.kind.casefold()) for n, e in enumerate(entries)
    )
    print(f"index    {time.perf_counter() - start:.1f} s, {index.size} names")
    forms.cache_clear()
    with Path(query_path).open(encoding="utf-8-sig", newline="") as stream:
        queries = list(csv.DictReader(stream))
    find(Who(("暖机 warm up",)), index)
    took = []
    with Path(run_path).open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["qid", "query", "rank", "entity_id", "score"])
        for query in queries:
            countries = tuple(filter(None, [query.get("country", "")]))
            start = time.perf_counter()
            found = find(Who((query["query"],), countries=countries), index, limit=10)
            took.append((time.perf_counter() - start) * 1000)
            for rank, one in enumerate(found, start=1):
                out.writerow([query["qid"], query["query"], rank, entries[one.id].entity_id, f"{one.score.value:.6f}"])
    took.sort()
    print(
        f"one name, ms: median {statistics.median(took):.1f}, p95 {took[int(len(took) * 0.95)]:.1f}, max {took[-1]:.1f}"
    )


if __name__ == "__main__":
    main(*sys.argv[1:4])
