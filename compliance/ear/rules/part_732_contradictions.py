"""Facts that contradict each other: before the steps of Part 732 are walked, a person says which of them is wrong.

The steps of 15 CFR 732.3 ask for "the facts of your transaction"; two statements that cannot both be true are no facts.
The finding names the fields, and the case stays open until one of them is corrected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compliance.ear.contradictions import Contradiction, of_content, of_item, of_party, of_route
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Said, Step, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Law

CITE = "15 CFR 732.3; 732.1(a)"


def _held(name: str, facts: Facts, found: Iterable[Contradiction]) -> Iterator[Said]:
    """Turn contradictions into findings that hold and name their fields; none at all is said once."""
    any_found = False
    for one in found:
        any_found = True
        own = tuple(key for key in one.fields if not key.startswith("party."))
        read = facts.seen(*own) if own else ()
        if one.party is not None:
            read += facts.seen(*(key for key in one.fields if key.startswith("party.")), party=one.party)
        key = f"{name}.{one.key}"
        yield unknown(key, missing=one.fields, party=one.party, read=read, values=one.values)
    if not any_found:
        key = f"{name}.agree"
        yield does_not_apply(key)


@rule(CITE, step=Step.SUBJECT, since=FIRST_DAY, effect=Effect.HOLDS)
def item_facts_agree(facts: Facts, law: Law) -> Iterable[Said]:
    """Density follows from TPP and area, the kind of item is one its ECCN can name, special content has a share."""
    return _held("item_facts_agree", facts, (*of_item(facts.item), *of_content(facts)))


@rule(CITE, step=Step.SUBJECT, since=FIRST_DAY, effect=Effect.HOLDS)
def party_facts_agree(facts: Facts, law: Law) -> Iterable[Said]:
    """A natural person has no headquarters or owner, and its own ultimate parent has no other parent."""
    return _held("party_facts_agree", facts, (one for party in facts.parties for one in of_party(party)))


@rule("15 CFR 734.13, 734.14", step=Step.SUBJECT, since=FIRST_DAY, effect=Effect.HOLDS)
def route_facts_agree(facts: Facts, law: Law) -> Iterable[Said]:
    """An export leaves the United States, a reexport another country, and the item is where the movement begins."""
    return _held("route_facts_agree", facts, of_route(facts))


RULES = (
    item_facts_agree,
    party_facts_agree,
    route_facts_agree,
)
