"""How long one determination takes with all its findings: ``python -m bench.determine``. Budget: 1 ms."""

from __future__ import annotations

import datetime as dt
import time

from compliance.ear import Facts, Reading, determine, the_book
from compliance.ear.law import PARAMETERS, load

BUDGET_MS = 1.0
ROUNDS = 2000
PARTY = {
    "country": "SG",
    "headquarters": "SG",
    "own_ultimate_parent": True,
    "military_end_user": False,
    "owned_50_percent_by_listed": False,
    "listings": [],
}
FACTS = {
    "activity": "export",
    "exporting_from": "US",
    "is_informed": False,
    "fabricator_or_osat": False,
    "end_use": dict.fromkeys(
        (
            "nuclear",
            "missile",
            "chemical_biological",
            "military",
            "military_intelligence",
            "supercomputer",
            "advanced_node_fab",
            "semiconductor_equipment",
        ),
        False,
    ),
    "parties": [
        {"ref": ref, "role": role, **PARTY}
        for ref, role in (
            ("a", "purchaser"),
            ("b", "intermediate_consignee"),
            ("c", "ultimate_consignee"),
            ("d", "end_user"),
        )
    ],
}
ITEMS = {
    "H100 to Singapore": ({"eccn": "3A090.a", "tpp": 15832, "data_center_designed_or_marketed": True}, "SG"),
    "H100 to China": ({"eccn": "3A090.a", "tpp": 15832, "data_center_designed_or_marketed": True}, "CN"),
    "RTX 4090 to China": ({"eccn": "3A090.a", "tpp": 5285, "data_center_designed_or_marketed": False}, "CN"),
    "nothing known": ({}, None),
}


def main() -> int:
    """Print the median and the 95th percentile; the exit code says whether the budget holds."""
    started = time.perf_counter()
    load(PARAMETERS)
    print(f"loading the book: {(time.perf_counter() - started) * 1000:.0f} ms")
    book, within = the_book(), True
    for name, (item, destination) in ITEMS.items():
        facts = Facts.from_dict(
            {**FACTS, "destination": destination, "item": item | ({"us_origin": True} if item else {})}
        )
        times = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            found = determine(facts, on=dt.date(2026, 3, 1), reading=Reading.ENFORCED, book=book)
            times.append((time.perf_counter() - started) * 1000)
        times.sort()
        p50, p95 = times[ROUNDS // 2], times[ROUNDS * 95 // 100]
        within = within and p50 <= BUDGET_MS
        print(f"{name:20} p50 {p50:.3f} ms  p95 {p95:.3f} ms  {len(found.findings)} findings  {found.outcome.value}")
    return 0 if within else 1


if __name__ == "__main__":
    raise SystemExit(main())
