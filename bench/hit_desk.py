"""How long the server takes for the hit desk with ten thousand undecided hits: the queue, a match, the next one.

DATABASE_URL=postgres://…/gatehouse_bench python bench/hit_desk.py [ROUNDS]

Runs on what ``bench/seed.py`` wrote, and adds the hits where there are none: 2,000 parties of four units, five hits
each, nine of ten undecided. Through Django's test client in this process: middleware, view and template, no network.
Fails over the budget.

Processor time of a page (python + database, ms; medians of ten, the lower of two rounds), 2026-11-21, 20,000 cases, on
two cores that others used, too
(load 4 to 6, so the clock says more: p95 180 to 290 ms). Before: ordered in Python from rows of every hit.

    page                     before      now
    queue                    77 + 56     51 + 54
    queue by age            108 + 96     50 + 89
    queue, page 100          72 + 49     58 + 53
    match beside the queue   89 + 63     64 + 59
    questions                79 + 62     53 + 57
    queue, a thousand judgements of a new matcher not yet known to the planner: 1,000 ms before, 120 ms now
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

# ruff: noqa: I001 - pages sets Django up, and models can only be imported after that
from pages import measure, somebody

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.utils import timezone

from compliance.models import Party, User
from compliance.roles import PERMISSIONS, Role
from screening.matching import MATCHER_VERSION
from screening.models import Judgement, ListedName, ListedParty, Match, Run, RunSubject, Snapshot, Source

BUDGET_MS = 200
HITS_OF_ONE = 5
ENTRIES = 2_500
REASONS = [
    {"signal": "letters_agree", "strength": 0.76, "effect": 2.44, "detail": ""},
    {"signal": "both_names_covered", "strength": 0.47, "effect": 1.51, "detail": ""},
    {"signal": "countries_agree", "strength": 1.0, "effect": 1.1, "detail": ""},
    {"signal": "each_has_own_words", "strength": 1.0, "effect": -2.14, "detail": ""},
    {"signal": "identifiers_not_compared", "strength": 0.0, "effect": 0.0, "detail": ""},
]
WORDS = [["example", "example", 1.0, 0.3], ["company", "trading", 0.0, 0.1], ["harbor", "", 0.0, 0.9]]


@transaction.atomic
def add_hits() -> None:
    """Write one list, one run over every party, and its hits."""
    draw, now = random.Random(7), timezone.now()
    source, _new = Source.objects.get_or_create(code="csl")
    seen = {"retrieved_at": now, "confirmed_at": now, "loaded_by": "bench", "row_count": ENTRIES}
    snapshot = Snapshot.objects.create(
        source=source, state="current", sha256="b" * 64, used_from=now, counts={"EL": ENTRIES}, **seen
    )
    listed = ListedParty.objects.bulk_create(
        ListedParty(
            snapshot=snapshot,
            source=source,
            key=f"entry-{n}",
            fingerprint=f"{n:064x}",
            entity_id=str(n),
            list_code=("EL", "SDN", "UVL")[n % 3],
            name=f"Example Trading {n} Co., Ltd.",
            addresses=[f"{n} Harbor Road, Shanghai, CN", f"Room {n}, Example Building, Beijing, CN"],
            countries=["CN"],
            license_requirement="For all items subject to the EAR.",
            license_policy="Presumption of denial",
            federal_register_notice="89 FR 41886",
        )
        for n in range(ENTRIES)
    )
    ListedName.objects.bulk_create(
        ListedName(listed=one, name=f"{one.name} {also}".strip(), position=place)
        for one in listed
        for place, also in enumerate(("", "Group", "示例贸易"))
    )
    refs = list(Party.objects.order_by("pk").values_list("ref", "name"))
    subjects = {
        f"party:{ref}": {"names": [name], "addresses": ["12 Harbor Road, Shanghai"], "countries": ["CN"], "kind": ""}
        for ref, name in refs
    }
    run = Run.objects.create(
        at=now - dt.timedelta(days=3),
        state="complete",
        subjects=subjects,
        subject_digest="a" * 64,
        snapshots=[snapshot.pk],
        snapshot_digests=["b" * 64],
        coverage={},
        matcher_version=MATCHER_VERSION,
        threshold=0.5,
    )
    RunSubject.objects.bulk_create(RunSubject(run=run, subject_ref=ref, fingerprint="f" * 64) for ref in subjects)
    matches = Match.objects.bulk_create(
        Match(
            run=run,
            subject_ref=f"party:{ref}",
            subject_fingerprint="f" * 64,
            our_name=name,
            listed=entry,
            listed_name=entry.name,
            entity_key=entry.key,
            listed_fingerprint=entry.fingerprint,
            score=round(draw.uniform(0.5, 1.0), 4),
            reasons=REASONS,
            words=WORDS,
        )
        for ref, name in refs
        for entry in draw.sample(listed, HITS_OF_ONE)
    )
    Judgement.objects.bulk_create(
        Judgement(
            match=match,
            subject_ref=match.subject_ref,
            entity_key=match.entity_key,
            subject_fingerprint=match.subject_fingerprint,
            listed_fingerprint=match.listed_fingerprint,
            matcher_version=MATCHER_VERSION,
            verdict="no_match",
            code="different_name",
            reason="Another company, founded in 1994.",
            by="bench",
            at=now,
            expires_on=now.date() + dt.timedelta(days=300),
        )
        for match in matches[::10]
    )


def main(rounds: int) -> None:
    """Measure the pages of the desk as an officer who sees every unit."""
    if "bench" not in connection.settings_dict["NAME"]:
        sys.exit("Refusing to measure on a database without “bench” in its name.")
    settings.ALLOWED_HOSTS = ["localhost"]
    if not Match.objects.exists():
        add_hits()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    officer = somebody(Role.OFFICER)
    person = User.objects.filter(groups__name=Role.OFFICER.value).order_by("pk")[0]
    person.units.set(Party.objects.order_by().values_list("unit", flat=True).distinct())
    names = [one.partition(".")[2] for one in PERMISSIONS[Role.OFFICER]]
    person.user_permissions.set(Permission.objects.filter(codename__in=names))
    draw = random.Random(2026)
    ids = list(Match.objects.order_by("pk").values_list("pk", flat=True))
    print(f"{len(ids):,} hits, {rounds} rounds each")

    def any_match(end: str = "") -> str:
        return f"/screening/matches/{draw.choice(ids)}/{end}"

    whole = [
        measure("queue", officer, lambda: "/screening/", rounds, BUDGET_MS),
        measure("queue by age", officer, lambda: "/screening/?sort=age", rounds, BUDGET_MS),
        measure("queue, page 100", officer, lambda: "/screening/?page=100", rounds, BUDGET_MS),
        measure("match beside the queue", officer, any_match, rounds, BUDGET_MS),
        measure("questions", officer, lambda: any_match("questions/"), rounds, BUDGET_MS),
    ]
    if not all(whole):
        sys.exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
