"""Time many names shared out over processes, and measure what one more process that has the index open holds.

    python bench/screening_many.py LIST.csv[.gz] QUERIES.csv [NAMES [WORKERS]]

NAMES (10,000) are the queries and then the queries with one letter altered, each once. Processor time is that of all
processes together; a machine with nothing else to do takes it divided by the number of workers, and the start. Resident
memory is that of a process which has answered every query; of it, what is mapped from files is shared with all others.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from screening.matching import Entry, Index, Who, find
from screening.matching.many import find_many
from screening.sources import SOURCES

CHUNK = 100
THRESHOLD = 0.05


def altered(queries: list[str], count: int) -> list[str]:
    """Return the queries and, as far as more are wanted, copies in which a letter is another, missing or too many."""
    chance = random.Random(11)
    names = dict.fromkeys(queries[:count])
    while len(names) < count:
        name = chance.choice(queries)
        at, letter = chance.randrange(len(name)), chance.choice("aeioulnrst")
        other = (name[:at] + letter + name[at + 1 :], name[:at] + name[at + 1 :], f"{name}{letter}")
        names[chance.choice(other)] = None
    return list(names)


def resident() -> str:
    """Return the memory this process holds, in MB, as the kernel counts it."""
    told = dict(line.split()[:2] for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:])
    whole, own = (int(told[key]) / 1024 for key in ("Rss:", "Anonymous:"))
    return f"{whole:.0f} MB resident, {own:.0f} of them its own"


def hold(directory: str, queries: list[str]) -> None:
    start = time.process_time()
    index = Index.load(Path(directory))
    print(f"open     {(time.process_time() - start) * 1000:.0f} ms of processor time")
    for query in queries:
        find(Who((query,)), index, threshold=THRESHOLD, limit=10)
    print(f"process  {resident()}, after {len(queries)} queries", flush=True)


def main(list_path: str, query_path: str, count: str = "10000", workers: str = "2") -> None:
    with Path(query_path).open(encoding="utf-8-sig", newline="") as stream:
        queries = [row["query"] for row in csv.DictReader(stream)]
    if Path(list_path).is_dir():
        hold(list_path, queries)
        return
    data = Path(list_path).read_bytes()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    entries = [
        Entry(n, e.names, e.addresses, e.countries, e.identifiers, e.kind.casefold())
        for n, e in enumerate(SOURCES[0].parse(io.BytesIO(data)).entries)
    ]
    with tempfile.TemporaryDirectory() as directory:
        start = time.process_time()
        size = Index.build(entries).save(Path(directory))
        built = time.process_time() - start
        print(f"index    {built:.2f} s of processor time, {size / 1e6:.1f} MB on disk", flush=True)
        subprocess.run([sys.executable, __file__, directory, query_path], check=True)
        names = iter(altered(queries, int(count)))
        chunks = iter(lambda: [Who((name,)) for name in islice(names, CHUNK)], [])
        load, clock, used = os.getloadavg()[0], time.perf_counter(), _processor()
        answered = find_many([directory], chunks, threshold=THRESHOLD, limit=10, workers=int(workers))
        asked = sum(len(chunk) for chunk in answered)
        clock = time.perf_counter() - clock
        print(
            f"many     {asked:,} names, {workers} workers: {clock:.1f} s by the clock (load {load:.1f} before), "
            f"{_processor() - used:.1f} s of processor time"
        )


def _processor() -> float:
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in parts)


if __name__ == "__main__":
    main(*sys.argv[1:5])
