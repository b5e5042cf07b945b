"""Reading parties: the list, the file of one, who owns whom, what a search box finds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Lower

from audit.queries import entries_about
from compliance.ear.fields import About, Field
from compliance.models import Case, CaseParty, Document, Fact, Ownership, Party, PartyIdentifier, PartyName, User
from screening.matching.pinyin import spoken

from .facts import current_facts, fields
from .party_screening import Seen, party_screening
from .scope import party_for, visible_cases, visible_parties

LOCATED, HEADQUARTERS, PARENT = "party.country", "party.headquarters", "party.ultimate_parent_headquarters"
PLACES = (LOCATED, HEADQUARTERS, "party.own_ultimate_parent", PARENT)
"""The facts of a party the headquarters rules turn on, in the order in which they are asked."""

ALWAYS = frozenset({"party.military_end_user", "party.owned_50_percent_by_listed"})
"""Further facts that are always shown, known or not."""

# Held elsewhere: the role in a case, the kind of party, and what screening found.
_NOT_ASKED_HERE = frozenset({"party.role", "party.natural_person", "party.listings", "party.listings_undecided"})
_LATIN = re.compile(r"[a-z ]{2,40}\Z")
DEEPEST = 8


def pinyin(name: str) -> str:
    """Return how a name in Chinese characters is spoken; nothing for a name without any."""
    if not any("\u3400" <= sign <= "\u9fff" for sign in name):
        return ""
    aloud = " ".join(part.strip() for part in spoken(name) if part.strip())
    return aloud[:1].upper() + aloud[1:]


def found_parties(user: User, said: str = "", *, kind: str = "") -> QuerySet[Party]:
    """Return the parties a person may see whose names, number or register numbers hold what was said."""
    rows = visible_parties(user)
    if kind:
        rows = rows.filter(kind=kind)
    said = said.replace("\x00", "").strip()[:200]
    if not said:
        return rows
    wanted = (
        Q(name__icontains=said)
        | Q(ref__iexact=said)
        | Exists(PartyName.objects.filter(party=OuterRef("pk"), text__icontains=said))
        | Exists(PartyIdentifier.objects.filter(party=OuterRef("pk"), number__icontains=said))
    )
    spoken = said.casefold()
    if _LATIN.match(spoken):
        # "zhongxin" finds 中芯: the sort key holds the pinyin with a blank after each character.
        letters = [letter for letter in spoken if letter != " "]
        wanted |= Q(sort_key__iregex=" ?".join(letters))
    return rows.filter(wanted)


def kept_under(user: User, names: Iterable[str]) -> dict[str, str]:
    """Return the numbers of the parties a person may see that bear one of these names, by the name casefolded.

    Capitals do not count; a party's own name goes before another name of a party.
    """
    lowered = {name.replace("\x00", "").lower() for name in names} - {""}
    parties = visible_parties(user)
    own = parties.annotate(lowered=Lower("name")).filter(lowered__in=lowered)
    others = PartyName.objects.filter(party__in=parties).annotate(lowered=Lower("text")).filter(lowered__in=lowered)
    rows = (*others.values_list("text", "party__ref"), *own.order_by("-pk").values_list("name", "ref"))
    return {name.casefold(): ref for name, ref in rows}


@dataclass(frozen=True, slots=True)
class Known:
    """How one fact stands: a value, *not known*, or *cannot be known*."""

    field: Field
    fact: Fact | None = None

    @property
    def key(self) -> str:
        """Return the key of the fact."""
        return self.field.key

    @property
    def state(self) -> str:
        """Return ``known``, ``cannot`` or ``unknown``."""
        if self.fact is None:
            return "unknown"
        return "cannot" if self.fact.cannot_be_known else "known"


def known_of(keys: Iterable[str], standing: dict[str, Fact]) -> list[Known]:
    """Return how each of the facts stands."""
    return [Known(fields()[key], standing.get(key)) for key in keys]


@dataclass(slots=True)
class Row:
    """A party in a list."""

    party: Party
    places: list[Known]
    cases: int

    @property
    def spoken(self) -> str:
        """Return the party's name as it is spoken."""
        return pinyin(self.party.name)


def rows_of(user: User, parties: Sequence[Party]) -> list[Row]:
    """Return what the list shows of the parties, in two queries however many they are."""
    standing = current_facts(parties)
    counted = dict(
        CaseParty.objects.filter(party__in=parties, case__in=visible_cases(user))
        .values_list("party")
        .annotate(count=Count("case", distinct=True))
    )
    return [
        Row(party, known_of((LOCATED, HEADQUARTERS, PARENT), standing[party.subject]), counted.get(party.pk, 0))
        for party in parties
    ]


@dataclass(slots=True)
class Branch:
    """One share in the tree of owners or of holdings. ``name`` is empty for a party outside the reader's scope."""

    share: Ownership
    ref: str
    name: str
    percent: Decimal | None
    place: Known | None = None
    branches: list[Branch] = field(default_factory=list)

    @property
    def spoken(self) -> str:
        """Return the name as it is spoken."""
        return pinyin(self.name)


def tree(user: User, party: Party, *, up: bool) -> list[Branch]:
    """Return who owns the party (``up``) or whom it owns, level by level, at most :data:`DEEPEST` levels."""
    here, there = ("owned", "owner") if up else ("owner", "owned")
    seen: set[int] = {party.pk}
    level: dict[int, list[list[Branch]]] = {party.pk: [[]]}
    top = level[party.pk][0]
    found: list[tuple[Branch, Party]] = []
    for _depth in range(DEEPEST):
        shares = Ownership.objects.filter(**{f"{here}__in": list(level)}, until__isnull=True).select_related(there)
        following: dict[int, list[list[Branch]]] = {}
        for share in shares:
            other: Party = getattr(share, there)
            for place in level[getattr(share, f"{here}_id")]:
                branch = Branch(share, other.ref, other.name, share.percent)
                place.append(branch)
                found.append((branch, other))
                if other.pk not in seen:
                    following.setdefault(other.pk, []).append(branch.branches)
        seen |= set(following)
        level = following
        if not level:
            break
    _hide_and_place(user, found)
    return top


def _hide_and_place(user: User, found: list[tuple[Branch, Party]]) -> None:
    """Blank what the reader may not see, and put the headquarters beside what she may."""
    others = list({other.pk: other for _branch, other in found}.values())
    visible = set(visible_parties(user).filter(pk__in=[other.pk for other in others]).values_list("pk", flat=True))
    standing = current_facts([other for other in others if other.pk in visible]) if visible else {}
    for branch, other in found:
        if other.pk in visible:
            branch.place = known_of((HEADQUARTERS,), standing[other.subject])[0]
        else:
            branch.ref = branch.name = ""


@dataclass(frozen=True, slots=True)
class PartyFile:
    """Everything the page of a party shows."""

    party: Party
    places: list[Known]
    more: list[Known]
    seldom: list[Known]
    owners: list[Branch]
    holdings: list[Branch]
    cases: list[CaseParty]
    documents: list[Document]
    screening: Seen
    history: list[Any]

    @property
    def spoken(self) -> str:
        """Return the party's name as it is spoken."""
        return pinyin(self.party.name)


def party_file(user: User, ref: str) -> PartyFile:
    """Return the file of one party. Raises ``Party.DoesNotExist`` outside the person's scope."""
    party = party_for(user, ref)
    standing = current_facts([party])[party.subject]
    cases = (
        CaseParty.objects.filter(party=party, case__in=visible_cases(user)).select_related("case").order_by("-case_id")
    )
    more = [
        key
        for key, known in fields().items()
        if known.about is About.PARTY and key not in _NOT_ASKED_HERE and not getattr(known, "derived", False)
    ]
    every = known_of([key for key in more if key not in PLACES], standing)
    return PartyFile(
        party=party,
        places=known_of(PLACES, standing),
        more=[known for known in every if known.fact or known.key in ALWAYS],
        seldom=[known for known in every if not known.fact and known.key not in ALWAYS],
        owners=tree(user, party, up=True),
        holdings=tree(user, party, up=False),
        cases=list(cases[:50]),
        documents=list(documents_of(party)),
        screening=party_screening(party),
        history=list(entries_about(party.subject).order_by("-sequence")[:50]),
    )


def documents_of(party: Party) -> QuerySet[Document]:
    """Return the documents kept beside a party."""
    return Document.objects.filter(party=party, case__isnull=True).select_related("uploaded_by")


def document_of(user: User, ref: str, document_id: int) -> Document:
    """Return one document of a party the person may see. Raises ``DoesNotExist`` otherwise."""
    return documents_of(party_for(user, ref)).get(pk=document_id)


def fact_of(user: User, ref: str, key: str) -> tuple[Party, Known | None]:
    """Return the party and how one of its facts stands; ``None`` for a fact nobody asks of a party."""
    party = party_for(user, ref)
    asked = fields().get(key)
    if asked is None or asked.about is not About.PARTY or key in _NOT_ASKED_HERE:
        return party, None
    return party, Known(asked, current_facts([party])[party.subject].get(key))


def earlier_facts(holder: Any, key: str) -> list[Fact]:
    """Return what stood before, newest first: nothing that was ever recorded is lost."""
    return list(
        holder.facts.filter(key=key, replaced_at__isnull=False)
        .select_related("recorded_by", "document")
        .order_by("-replaced_at")[:20]
    )


def ownership_of(user: User, ref: str, share_id: int) -> Ownership:
    """Return a share of the party that still stands, owner included. Raises ``DoesNotExist`` otherwise."""
    return (
        Ownership.objects.select_related("owner", "owned")
        .filter(owned=party_for(user, ref), until__isnull=True)
        .get(pk=share_id)
    )


def case_with_parts(user: User, ref: str) -> Case:
    """Return one case with its lines and parties at hand. Raises ``Case.DoesNotExist`` outside the scope."""
    return (
        visible_cases(user)
        .select_related("unit", "created_by", "assigned_to")
        .prefetch_related("lines__item", Prefetch("parties", CaseParty.objects.select_related("party")))
        .get(ref=ref)
    )
