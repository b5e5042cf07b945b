"""Lists: what follows when a person has judged a party to stand on one (15 CFR Part 744 and 736.2(b)(4))."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Missing, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Cited, Law
from compliance.ear.lifting import AFFILIATES, MILITARY
from compliance.ear.parties import recipients
from compliance.ear.records import NO_ITEM, USERS, ListCode, Listing, PartyFacts

NEEDS = Effect.REQUIRES_LICENSE
ALL_ITEMS = re.compile(r"\ball items subject to the ear\b", re.IGNORECASE)
EXCEPT = re.compile(r"\bexcept|\bexcluding|\bother than\b", re.IGNORECASE)
WORD = re.compile(r"[a-z0-9]+")
# What an exception that frees EAR99 alone is written with, "(See 744.11 of the EAR)" and the like taken off.
EAR99_ONLY = frozenset(
    {"ear99", "items", "those", "for", "designated", "as", "that", "are", "is", "food", "and", "medicine"}
    | {"subject", "to", "the", "ear"}
)
REFERENCE = re.compile(r"\(?\bsee\b[^)]*\)?", re.IGNORECASE)
# Lists that restrict dealings under other laws and make no requirement of the EAR by themselves.
OTHER_LAW = frozenset({ListCode.CMIC, "capta", "uflpa", "1260h", "1286"})
# Lists of others than the United States: of the exporter itself, and of Japan. What follows is theirs to say.
NOT_OF_THE_EAR = frozenset({"internal", "meti"})
KNOWN = frozenset(ListCode)


def on_list(facts: Facts, law: Law, *codes: str) -> Iterator[tuple[PartyFacts, Listing]]:
    """Yield each party with each of its entries on the lists ``codes`` that had taken effect on the day."""
    for party in facts.parties:
        for listing in party.listings or ():
            if listing.code in codes and (listing.effective is None or listing.effective <= law.day):
                yield party, listing


def names_all_items(listing: Listing, facts: Facts, law: Law) -> bool:
    """Whether the entry's own words surely reach this item.

    "All items subject to the EAR" does; so does such an entry that spares EAR99 alone, or technology released to a
    standards organization, when the item is plainly neither. Footnote 3 stands for all items (744.21(a)(2)). Whatever
    else an entry says is read by a person.
    """
    if "3" in listing.footnotes:
        return True
    words = listing.license_requirement
    if not ALL_ITEMS.search(words):
        return False
    spared = EXCEPT.split(words, maxsplit=1)
    if len(spared) == 1:
        return True
    found = classify(facts.item, law)
    if found.entry in {None, "EAR99"}:
        return False
    rest = set(WORD.findall(REFERENCE.sub(" ", spared[1]).lower()))
    if "ear99" in rest and rest <= EAR99_ONLY:
        return True
    return {"technology", "standards", "organization"} <= rest and found.group in {"A", "B", "C"}


def service_only(facts: Facts) -> bool:
    """Whether nothing subject to the EAR moves: the lists of part 744 speak of items."""
    return facts.activity in NO_ITEM


def read_listing(facts: Facts, party: PartyFacts, listing: Listing) -> tuple[tuple[str, object], ...]:
    return (
        (f"party.listings[{party.ref}]", f"{listing.code} {listing.cited}".strip()),
        *facts.seen("party.role", party=party.ref),
    )


def with_rest(facts: Facts, found: list[Said]) -> list[Said]:
    """Add what is to be said of everybody else: nobody is listed, or somebody may be because nobody has looked."""
    open_parties = [p for p in facts.parties if p.listings is None or p.listings_undecided is True]
    if open_parties:
        missing = [
            Missing("party.listings" if p.listings is None else "party.listings_undecided", p.ref) for p in open_parties
        ]
        found.append(unknown("general.not_all_screened", missing=missing))
    elif not found:
        read = tuple((f"party[{p.ref}]", "screened") for p in facts.parties)
        found.append(does_not_apply("general.nobody_listed", read=read))
    return found


@rule("15 CFR 736.2(b), 744.11, 744.15, 744.16, 744.21", step=Step.PROHIBITION, since=FIRST_DAY, effect=Effect.HOLDS)
def parties_screened(facts: Facts, law: Law) -> Iterable[Said]:
    """Every party has been screened and every possible match judged; until then it may be on any list.

    A purchaser alone is not enough: who receives and uses the item has to be named before anybody can be cleared.
    """
    held = recipients(facts)
    if not held:
        yield unknown("nobody_named", missing=("case.parties",))
    elif not any(party.role in USERS for party in held):
        yield unknown("no_user_named", missing=("case.parties",))
    for party in facts.parties:
        common: dict[str, Any] = {
            "party": party.ref,
            "values": {"party": party.ref},
            "read": facts.seen("party.listings_undecided", party=party.ref),
        }
        if party.listings is None:
            yield unknown("not_screened", missing=("party.listings",), **common)
        elif party.listings_undecided is True:
            yield unknown("undecided", missing=("party.listings_undecided",), **common)
        else:
            yield does_not_apply("screened", **common)


@rule("15 CFR 736.2(b)(4), 764.3(a)(2)", step=Step.PROHIBITION, since=FIRST_DAY, effect=Effect.PROHIBITS)
def denied_persons(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """A denial order forbids taking part with the denied person in anything subject to the EAR."""
    found = [
        applies(
            "denied",
            party=party.ref,
            read=read_listing(facts, party, listing),
            values={"party": party.ref, "cited": listing.cited or "?"},
        )
        for party, listing in on_list(facts, law, ListCode.DENIED_PERSONS)
    ]
    return with_rest(facts, found)


def listed_for_military(entry: str | None, law: Law) -> tuple[bool | None, Cited | None]:
    """Whether an entry stands in Supp. No. 2 to Part 744; ``None`` where that was not read."""
    if entry is None:
        return None, None
    inside = law.member("part_744.military_items", entry)
    if inside.value is True:
        return True, inside
    outside = law.member("part_744.military_items_outside", entry)
    return (False, outside) if outside.value is True else (None, None)


@rule("15 CFR 744.21(a)(1), (b)(1), Part 744 Supp. No. 7", step=Step.PROHIBITION, since=FIRST_DAY, effect=NEEDS)
def military_end_user_list(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """A listed military end user needs a license for the items of Supp. No. 2, wherever it is."""
    entry, said = classify(facts.item, law).entry, []
    for party, listing in on_list(facts, law, ListCode.MILITARY_END_USER):
        values = {"party": party.ref, "entry": entry or "?", "cited": listing.cited or "?"}
        common: dict[str, Any] = {"party": party.ref, "read": read_listing(facts, party, listing), "values": values}
        inside, cited = listed_for_military(entry, law)
        if service_only(facts):
            said.append(unknown("service_lists.listed", **common))
        elif not party.receives:
            said.append(unknown("other_role", **common))
        elif entry is None:
            said.append(unknown("eccn_missing", missing=("item.eccn",), **common))
        elif inside is True and cited:
            said.append(applies("listed_item", cited, overcome_by=MILITARY, **common))
        elif inside is False and cited:
            said.append(does_not_apply("not_listed_item", cited, **common))
        else:
            said.append(unknown("item_not_known", **common))
    return with_rest(facts, said)


@rule("15 CFR 744.8", step=Step.PROHIBITION, since=FIRST_DAY, effect=NEEDS)
def blocked_persons(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Blocked persons (SDN) with a tag of 744.8 need a license; other tags are for the Treasury rules, by hand.

    Where the same person stands on the Entity List, that entry takes precedence over 744.8.
    """
    said = []
    entities = {
        party.ref
        for party, listing in on_list(facts, law, ListCode.ENTITY_LIST)
        if party.receives and names_all_items(listing, facts, law)
    }
    for party, listing in on_list(facts, law, ListCode.SDN):
        tags = ["-".join(tag.strip("[]() ").upper().split()) for tag in listing.programs]
        members = [law.member("part_744.sdn_tags", tag) for tag in tags]
        caught = [(tag, cited) for tag, cited in zip(tags, members, strict=True) if cited.value is True]
        values = {"party": party.ref, "tags": [tag for tag, _ in caught] or tags or ["?"]}
        common: dict[str, Any] = {"party": party.ref, "read": read_listing(facts, party, listing), "values": values}
        if service_only(facts):
            said.append(unknown("service_lists.listed", **common))
        elif caught and party.ref in entities:
            said.append(does_not_apply("entity_list_first", checked=True, **common))
        elif caught:
            said.append(applies("tag", *(cited for _, cited in caught), **common))
        else:
            said.append(unknown("other_tag", **common))
    return with_rest(facts, said)


@rule("15 CFR 744.15", step=Step.PROHIBITION, since=FIRST_DAY, effect=Effect.BARS_EXCEPTIONS)
def unverified_list(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """An unverified party closes every license exception and asks for a statement and an AES filing."""
    found = [
        applies("listed", party=party.ref, read=read_listing(facts, party, listing), values={"party": party.ref})
        for party, listing in on_list(facts, law, ListCode.UNVERIFIED)
    ]
    return with_rest(facts, found)


@rule("15 CFR 744.15(b)", step=Step.DUTIES, since=FIRST_DAY, effect=Effect.CONDITION, of="NLR", procedural=True)
def uvl_statement(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """Where no license is needed an unverified party signs a statement before the shipment."""
    if not any(True for _ in on_list(facts, law, ListCode.UNVERIFIED)):
        return ()
    read = facts.seen("case.authorization.uvl_statement")
    if facts.authorization.uvl_statement is None:
        return unknown("needed", missing=("case.authorization.uvl_statement",), read=read)
    return applies("signed", read=read) if facts.authorization.uvl_statement else does_not_apply("needed", read=read)


@rule("15 CFR Part 744", step=Step.PROHIBITION, since=FIRST_DAY, effect=Effect.HOLDS)
def other_lists(facts: Facts, law: Law) -> Iterable[Said]:
    """Entries on lists whose consequences are not encoded: a person decides."""
    for party in facts.parties:
        for listing in party.listings or ():
            common: dict[str, Any] = {
                "party": party.ref,
                "values": {"party": party.ref, "list": listing.code},
                "read": read_listing(facts, party, listing),
            }
            if listing.code in OTHER_LAW:
                yield does_not_apply("other_law", **common)
            elif listing.code in NOT_OF_THE_EAR:
                yield unknown("not_of_the_ear", **common)
            elif listing.code not in KNOWN or listing.code == ListCode.NONPROLIFERATION:
                yield unknown("by_hand", **common)


@rule(
    "15 CFR 744.11(a)(1), 744.21(a)(3), 744.8(a)(2)",
    step=Step.PROHIBITION,
    since=date(2025, 9, 29),
    effect=NEEDS,
)
def affiliates(facts: Facts, law: Law) -> Said | Iterable[Said]:
    """An entity owned 50 percent or more by listed parties takes over their restrictions (stayed in between).

    Shares are added up along the chain (:mod:`compliance.ear.ownership`). The strictest owner governs: owners on the
    Military End User List alone bring its items only. Owners on no list, and a listed address alone, bring nothing.
    """
    if not law.has("part_744.affiliates"):
        return does_not_apply("stayed")
    half, said = law.value("part_744.affiliates"), []
    for party in recipients(facts):
        read = facts.seen("party.owned_50_percent_by_listed", "party.owning_list", party=party.ref)
        common: dict[str, Any] = {"party": party.ref, "values": {"party": party.ref}, "read": read}
        if party.natural_person is True:
            said.append(does_not_apply("person", checked=True, **common))
        elif party.owned_50_percent_by_listed is None:
            asked = (Missing("party.owned_50_percent_by_listed", party.ref),)
            said.append(unknown("unasked", half, missing=asked, **common))
        elif not party.owned_50_percent_by_listed:
            # Not owned is not owned, whether or not the rule is back.
            said.append(does_not_apply("not_owned", half, checked=True, **common))
        else:
            said.append(_owned(facts, law, party, half, common))
            if party.owning_list is None and not service_only(facts):
                # What the owners are listed for decides what they hand down and what may lift it.
                asked = (Missing("party.owning_list", party.ref),)
                said.append(unknown("owner_list_missing", half, missing=asked, **common))
    return said


def _owned(facts: Facts, law: Law, party: PartyFacts, half: Cited, common: dict[str, Any]) -> Said:
    if service_only(facts):
        return unknown("service_lists.listed", half, **common)
    if party.owning_list == "unlisted_military":
        return does_not_apply("affiliates.unlisted_military", half, checked=True, **common)
    if party.owning_list == "address_only":
        return does_not_apply("affiliates.address_only", half, checked=True, **common)
    if party.owning_list == "military_end_user":
        return _owned_by_military(facts, law, half, common)
    if party.owning_list == "sdn":
        # The general license for affiliates (General Order No. 7) reached 744.11 and 744.21, never 744.8.
        return applies("affiliates.owned_sdn", half, cite="15 CFR 744.8(a)(2)", **common)
    lifted = () if party.owning_list == "several" else AFFILIATES
    return applies("affiliates.owned", half, overcome_by=lifted, **common)


def _owned_by_military(facts: Facts, law: Law, half: Cited, common: dict[str, Any]) -> Said:
    entry = classify(facts.item, law).entry
    common["values"] = {**common["values"], "entry": entry or "?"}
    if entry is None:
        return unknown("affiliates.military_eccn_missing", half, missing=("item.eccn",), **common)
    inside, cited = listed_for_military(entry, law)
    if inside is None or cited is None:
        return unknown("affiliates.military_item_not_known", half, **common)
    if inside:
        return applies(
            "affiliates.owned_military", half, cited, cite="15 CFR 744.21(a)(3)", overcome_by=AFFILIATES, **common
        )
    return does_not_apply("affiliates.military_item_not_listed", half, cited, checked=True, **common)


RULES = (
    parties_screened,
    denied_persons,
    military_end_user_list,
    blocked_persons,
    unverified_list,
    other_lists,
    affiliates,
    uvl_statement,
)
