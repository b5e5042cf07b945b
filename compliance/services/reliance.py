"""What determinations rest on, taken out of their findings so that it can be searched and read in bulk.

A determination is never edited and may hold a hundred kilobytes of findings; :class:`~compliance.models.Reliance` is
the small part of it that pages and comparisons need. It can be made again from the determination at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compliance.ear import Answer
from compliance.models import Reliance, StoredDetermination

READINGS = ("codified", "enforced")
PIECE = 200


def reliance_of(pk: int, case_id: int, lines: list[dict[str, Any]]) -> Reliance:
    """Return, unsaved, what a determination with these lines rests on."""
    return Reliance(
        determination_id=pk,
        case_id=case_id,
        facts=[numbered(line["facts"]) for line in lines],
        provisions=sorted({name for line in lines for reading in READINGS for name in provisions(line[reading])}),
        answers={reading: summary(line[reading] for line in lines) for reading in READINGS},
    )


def numbered(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts with the parties called by their places: who a party is decides nothing, what it is does."""
    parties = [{**party, "ref": f"p{place}"} for place, party in enumerate(facts.get("parties", ()), 1)]
    return {**facts, "parties": parties} if parties else dict(facts)


def provisions(determination: Mapping[str, Any]) -> set[str]:
    """Return the rules that did not simply say no, and every parameter a finding cites."""
    found = set()
    for finding in determination["findings"]:
        if finding["answer"] != Answer.DOES_NOT_APPLY.value:
            found.add(finding["rule"])
        found.update(cited["parameter"] for cited in finding["relied_on"])
    return found


def summary(determinations: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return what one reading of all lines came to: outcomes, authorizations and review policies, each once."""
    outcomes, authorizations, policies = set(), set(), set()
    for each in determinations:
        outcomes.add(each["outcome"])
        authorizations.add(each["authorization"] or "")
        policies.add(each["review_policy"]["policy"] if each["review_policy"] else "")
    return {
        "outcomes": sorted(outcomes),
        "authorizations": sorted(authorizations - {""}),
        "policies": sorted(policies - {""}),
    }


def keep(stored: StoredDetermination) -> None:
    """Keep what a determination rests on, in the transaction that stores it."""
    if stored.lines:
        reliance_of(stored.pk, stored.case_id, stored.lines).save(force_insert=True)


def fill(determinations: Iterable[int]) -> int:
    """Make what is missing for these determinations; those kept without findings stay without. Returns how many."""
    made = 0
    wanted = list(determinations)
    for start in range(0, len(wanted), PIECE):
        rows = StoredDetermination.objects.filter(pk__in=wanted[start : start + PIECE], reliance=None)
        found = [
            reliance_of(pk, case_id, lines)
            for pk, case_id, lines in rows.order_by("pk").values_list("pk", "case_id", "lines")
            if lines
        ]
        Reliance.objects.bulk_create(found, ignore_conflicts=True)
        made += len(found)
    return made


def fill_missing(most: int = 5_000) -> int:
    """Make what is missing for the newest ``most`` determinations that have none; the next call goes on."""
    rows = StoredDetermination.objects.filter(reliance=None).exclude(lines=[]).order_by("-pk")
    return fill(rows.values_list("pk", flat=True)[:most])
