"""Time one name against a list and against the same list made larger with altered copies of its names.

python bench/screening_growth.py LIST.csv[.gz] QUERIES.csv [TIMES ...]

Prints processor time, which a busy machine stretches far less than the clock. TIMES are 1 and 10 unless given.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from screening.matching import Entry, Index, Who, find, warm
from screening.matching.names import forms
from screening.sources import SOURCES

ASKED = 300


def grown(entries: list[Entry], times: int) -> list[Entry]:
    """Return the entries and altered copies of them: one word of every name is another, half have one more."""
    chance = random.Random(1)
    words = sorted({word for entry in entries for name in entry.names for word in name.split()})

    def altered(name: str) -> str:
        told = name.split()
        told[chance.randrange(len(told))] = chance.choice(words)
        return " ".join([*told, chance.choice(words)] if chance.random() < 0.5 else told)

    out = list(entries)
    for _ in range(times - 1):
        out += [Entry(len(out) + n, tuple(map(altered, e.names)), kind=e.kind) for n, e in enumerate(entries)]
    return out


def main(list_path: str, query_path: str, *times: str) -> None:
    data = Path(list_path).read_bytes()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    parsed = SOURCES[0].parse(io.BytesIO(data)).entries
    entries = [
        Entry(n, e.names, e.addresses, e.countries, e.identifiers, e.kind.casefold()) for n, e in enumerate(parsed)
    ]
    with Path(query_path).open(encoding="utf-8-sig", newline="") as stream:
        asked = [Who((row["query"],)) for row in csv.DictReader(stream)][:ASKED]
    warm()
    for size in map(int, times or ("1", "10")):
        start = time.process_time()
        index = Index.build(grown(entries, size))
        built = time.process_time() - start
        took = []
        for who in asked:
            forms.cache_clear()
            start = time.process_time()
            find(who, index, threshold=0.1, limit=10)
            took.append((time.process_time() - start) * 1000)
        took.sort()
        print(
            f"{len(index.rows):>8,} entries, {index.size:>8,} names: built in {built:.1f} s, one name "
            f"p50 {took[len(took) // 2]:.2f}, p95 {took[int(len(took) * 0.95)]:.2f} ms of processor time",
            flush=True,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
