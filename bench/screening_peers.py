"""Run the same queries through our matcher, nomenklatura's logic-v2 and PostgreSQL's pg_trgm, and print one table.

    python bench/screening_peers.py LIST.csv[.gz] QUERIES.csv --peer-python VENV/bin/python --database URL --out FILE

Queries: columns qid, query, script, country, kind, expected_entity_ids (``;`` between, empty when nobody is meant). The
peer needs an environment of its own with nomenklatura 4.17.4 and scikit-learn, because it pins other libraries than the
product does; what it is given and what it answers goes through files. pg_trgm runs in a temporary schema.

recall@k counts a query as found when an expected entry is among the first k distinct ones; recall at x % is the same
above the lowest score at which no more than x % of the queries without an answer raise an alarm.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

Row = tuple[str, float]
"""An entry found and its score."""
Run = dict[str, Any]
"""``rows``: query id → entries, surest first; ``ms`` by the clock and ``cpu`` one per query; ``build``: seconds."""


def ours(entries: list[Any], queries: list[dict[str, str]]) -> Run:
    from screening.matching import Entry, Index, Who, find, warm
    from screening.matching.names import forms

    warm()
    start = time.process_time()
    index = Index.build(
        Entry(n, e.names, e.addresses, e.countries, e.identifiers, e.kind.casefold()) for n, e in enumerate(entries)
    )
    build = time.process_time() - start
    forms.cache_clear()

    def ask(query: dict[str, str]) -> list[Row]:
        who = Who((query["query"],), countries=tuple(filter(None, [query["country"]])))
        return [(entries[one.id].entity_id, one.score.value) for one in find(who, index, limit=10)]

    return timed(ask, queries, build)


def pg_trgm(entries: list[Any], queries: list[dict[str, str]], url: str) -> Run:
    """Nearest names by trigram similarity through a GiST index, the best name of an entry counting."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.execute("CREATE TEMP TABLE listed (entity text, name text)")
        with connection.cursor().copy("COPY listed FROM STDIN") as copy:
            for entry in entries:
                for name in entry.names:
                    copy.write_row((entry.entity_id, name.replace("\x00", "")))
        start = time.perf_counter()
        connection.execute("CREATE INDEX ON listed USING gist (name gist_trgm_ops(siglen=64))")
        connection.execute("ANALYZE listed")
        build = time.perf_counter() - start

        def ask(query: dict[str, str]) -> list[Row]:
            found = connection.execute(
                "SELECT entity, 1 - (name <-> %(q)s) FROM listed ORDER BY name <-> %(q)s LIMIT 30",
                {"q": query["query"]},
            ).fetchall()
            return distinct([(str(entity), float(score)) for entity, score in found])

        return timed(ask, queries, build) | {"cpu": []}


def logic_v2(entries: list[Any], queries: list[dict[str, str]], python: str) -> Run:
    """nomenklatura's logic-v2 over the fifty nearest names by character trigrams, in its own environment."""
    with tempfile.TemporaryDirectory() as work:
        told, answered = Path(work, "told.json"), Path(work, "answered.json")
        told.write_text(
            json.dumps(
                {
                    "entries": [(e.entity_id, e.names, e.countries, e.kind) for e in entries],
                    "queries": [(q["qid"], q["query"], q["country"], q.get("type", "")) for q in queries],
                }
            )
        )
        script = Path(__file__).with_name("screening_peer_logic.py")
        subprocess.run([python, str(script), str(told), str(answered)], check=True, cwd=work)
        found = json.loads(answered.read_text())
    rows = {qid: distinct([(entity, score) for entity, score in hits]) for qid, hits in found["rows"].items()}
    return {"rows": rows, "ms": found["ms"], "cpu": found["cpu"], "build": found["build"]}


def timed(ask: Callable[[dict[str, str]], list[Row]], queries: list[dict[str, str]], build: float) -> Run:
    for query in queries[:20]:
        ask(query)
    rows, ms, cpu = {}, [], []
    for query in queries:
        start, used = time.perf_counter(), time.process_time()
        rows[query["qid"]] = ask(query)
        ms.append((time.perf_counter() - start) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    return {"rows": rows, "ms": ms, "cpu": cpu, "build": build}


def distinct(hits: list[Row]) -> list[Row]:
    best: dict[str, float] = {}
    for entity, score in hits:
        best[entity] = max(score, best.get(entity, -1.0))
    return sorted(best.items(), key=lambda one: -one[1])[:10]


class Marks:
    """What a run is worth on the queries."""

    def __init__(self, run: Run, queries: list[dict[str, str]]) -> None:
        self.wanted = {q["qid"]: set(q["expected_entity_ids"].split(";")) for q in queries if q["expected_entity_ids"]}
        self.quiet = [q for q in queries if not q["expected_entity_ids"]]
        self.asked = [q for q in queries if q["expected_entity_ids"]]
        self.rows = run["rows"]
        self.top = {q["qid"]: max((s for _, s in self.rows.get(q["qid"], [])), default=0.0) for q in queries}
        self.ms, self.cpu = sorted(run["ms"]), sorted(run["cpu"])
        self.build = run["build"]

    def place(self, query: dict[str, str]) -> int:
        """Return where the first expected entry stands, from 0; 99 when it is not among those found."""
        hits = self.rows.get(query["qid"], [])
        return next((at for at, (entity, _) in enumerate(hits) if entity in self.wanted[query["qid"]]), 99)

    def right(self, query: dict[str, str]) -> float:
        hits = self.rows.get(query["qid"], [])[:5]
        return max((score for entity, score in hits if entity in self.wanted[query["qid"]]), default=-1.0)

    def at(self, share: float) -> float:
        """Return the lowest score at which at most ``share`` of the queries without an answer raise an alarm."""
        tops = sorted((self.top[q["qid"]] for q in self.quiet), reverse=True)
        return tops[int(len(tops) * share)] + 1e-9 if len(tops) > int(len(tops) * share) else 0.0

    def recall(self, k: int, script: tuple[str, ...] = (), kind: str = "") -> float:
        chosen = self._chosen(script, kind)
        return percent(sum(self.place(q) < k for q in chosen), len(chosen))

    def recall_at(self, share: float, script: tuple[str, ...] = (), kind: str = "") -> float:
        chosen, least = self._chosen(script, kind), self.at(share)
        return percent(sum(self.right(q) >= least for q in chosen), len(chosen))

    def alarms_at(self, share: float, kind: str) -> float:
        chosen, least = [q for q in self.quiet if q["kind"] == kind], self.at(share)
        return percent(sum(self.top[q["qid"]] >= least for q in chosen), len(chosen))

    def best_f1(self) -> float:
        best = 0.0
        for least in sorted({round(score, 4) for score in self.top.values() if score > 0}):
            true = sum(self.right(q) >= least for q in self.asked)
            wrong = sum(self.top[q["qid"]] >= least > self.right(q) for q in self.asked)
            false = sum(self.top[q["qid"]] >= least for q in self.quiet)
            if true:
                precision, recall = true / (true + wrong + false), true / len(self.asked)
                best = max(best, 2 * precision * recall / (precision + recall))
        return best

    def _chosen(self, script: tuple[str, ...], kind: str) -> list[dict[str, str]]:
        return [q for q in self.asked if (not script or q["script"] in script) and (not kind or q["kind"] == kind)]


def middle(times: list[float]) -> str:
    """Return the median and the time within which 95 of 100 stay; PostgreSQL's processor time is not ours to see."""
    return f"{times[len(times) // 2]:.1f} / {times[int(len(times) * 0.95)]:.1f}" if times else "–"


def percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 0.0


def table(marks: dict[str, Marks], queries: list[dict[str, str]]) -> str:
    han = ("Hans", "Hant")
    lines: list[tuple[str, Callable[[Marks], str]]] = [
        ("recall@1 / @5, all kinds", lambda m: f"{m.recall(1):.1f} / {m.recall(5):.1f}"),
        ("Latin recall@1 / @5", lambda m: f"{m.recall(1, ('Latn',)):.1f} / {m.recall(5, ('Latn',)):.1f}"),
        ("Cyrillic recall@1 / @5", lambda m: f"{m.recall(1, ('Cyrl',)):.1f} / {m.recall(5, ('Cyrl',)):.1f}"),
        ("Chinese recall@1 / @5", lambda m: f"{m.recall(1, han):.1f} / {m.recall(5, han):.1f}"),
        ("recall at 5 % / 1 % false-positive rate", lambda m: f"{m.recall_at(0.05):.1f} / {m.recall_at(0.01):.1f}"),
        (
            "false positives on hard look-alikes at that 5 % point",
            lambda m: f"{m.alarms_at(0.05, 'neg_hard_mined'):.1f}",
        ),
        ("best F1", lambda m: f"{m.best_f1():.3f}"),
        ("one name p50 / p95, ms by the clock", lambda m: middle(m.ms)),
        ("one name p50 / p95, ms of processor time", lambda m: middle(m.cpu)),
        ("index build, s of processor time (pg_trgm: by the clock)", lambda m: f"{m.build:.1f}"),
    ]
    head = f"| measure | {' | '.join(marks)} |\n|---|{'---|' * len(marks)}\n"
    out = head + "".join(f"| {name} | {' | '.join(say(m) for m in marks.values())} |\n" for name, say in lines)
    counts: dict[str, int] = defaultdict(int)
    for query in queries:
        counts[query["kind"]] += 1
    found = sorted({q["kind"] for q in queries if q["expected_entity_ids"]})
    quiet = sorted({q["kind"] for q in queries if not q["expected_entity_ids"]})
    out += "\nBy kind: recall@1 / recall at 5 % / recall at 1 % false-positive rate.\n\n"
    out += f"| kind | n | {' | '.join(marks)} |\n|---|---|{'---|' * len(marks)}\n"
    for kind in found:
        cells = (
            f"{m.recall(1, kind=kind):.0f} / {m.recall_at(0.05, kind=kind):.0f} / {m.recall_at(0.01, kind=kind):.0f}"
            for m in marks.values()
        )
        out += f"| {kind} | {counts[kind]} | {' | '.join(cells)} |\n"
    out += "\nQueries that mean nobody: alarms at 5 % / 1 % over all of them.\n\n"
    out += f"| kind | n | {' | '.join(marks)} |\n|---|---|{'---|' * len(marks)}\n"
    for kind in quiet:
        cells = (f"{m.alarms_at(0.05, kind):.1f} / {m.alarms_at(0.01, kind):.1f}" for m in marks.values())
        out += f"| {kind} | {counts[kind]} | {' | '.join(cells)} |\n"
    return out


def main() -> None:
    from screening.sources import SOURCES

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list"), parser.add_argument("queries")
    parser.add_argument(
        "--peer-python", default="", help="python of an environment with nomenklatura; left out without"
    )
    parser.add_argument("--database", default="", help="PostgreSQL for pg_trgm; left out without")
    parser.add_argument("--out", default="", help="write the table as Markdown")
    told = parser.parse_args()
    data = Path(told.list).read_bytes()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    entries = list(SOURCES[0].parse(io.BytesIO(data)).entries)
    with Path(told.queries).open(encoding="utf-8-sig", newline="") as stream:
        queries = list(csv.DictReader(stream))
    before = os.getloadavg()[0]
    marks = {"ours": Marks(ours(entries, queries), queries)}
    if told.peer_python:
        marks["nomenklatura logic-v2"] = Marks(logic_v2(entries, queries, told.peer_python), queries)
    if told.database:
        marks["pg_trgm"] = Marks(pg_trgm(entries, queries, told.database), queries)
    processor = next((x.split(":", 1)[1].strip() for x in _cpu() if x.startswith("model name")), platform.machine())
    named = {told.database: "URL", told.peer_python: "VENV/bin/python"}
    shown = [named.get(a, Path(a).name) for a in sys.argv[1:]]
    quiet = sum(not query["expected_entity_ids"] for query in queries)
    machine = f"{os.cpu_count()} cores of {processor}, Python {platform.python_version()}"
    text = (
        f"# The matcher beside its peers\n\n{time.strftime('%Y-%m-%d')}, {machine}, load {before:.1f} before and "
        f"{os.getloadavg()[0]:.1f} after; one process, one query at a time. At a load above the number of cores only "
        f"processor time says anything of speed. {len(entries):,} entries, {len(queries)} queries, of which {quiet} "
        f"mean nobody.\n\n    python bench/screening_peers.py {' '.join(shown)}\n\n{table(marks, queries)}"
    )
    print(text)
    if told.out:
        Path(told.out).write_text(text, encoding="utf-8")


def _cpu() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return []


if __name__ == "__main__":
    main()
