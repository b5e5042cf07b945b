"""The bridge to the law: from rows to the facts the law reads, and to the answers red flags look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

from django.db.models import Q

from compliance.ear import inquiries
from compliance.ear.facts import Facts
from compliance.ear.fields import Field
from compliance.ear.ownership import owned_by_listed, parents_above
from compliance.ear.records import USERS, Role
from compliance.ear.vocabulary import FIELDS
from compliance.models import Authorization, Case, CaseParty, Fact, Item, Ownership, Party

from .screening import ListStanding, list_standing

CASE_COLUMNS = {
    "case.activity": "activity",
    "case.exporting_from": "exporting_from",
    "case.destination": "destination",
}
"""Facts of a case that have a column of their own."""

AFFILIATE_LISTS = frozenset({"entity_list", "military_end_user", "sdn"})
"""The lists whose parties hand their restrictions down to what they own (90 FR 47201)."""

_AS_THE_LAW_SAYS = {"reseller": "purchaser", "recipient": "end_user"}
# The strongest role first: a party that both pays and uses is read as the user.
_STRONGEST = (*sorted(USERS), *sorted(set(Role) - USERS))


@cache
def fields() -> Mapping[str, Field]:
    """Return every fact a person can be asked for: those of the law and those of red flags and questionnaires."""
    return MappingProxyType({**inquiries.FIELDS, **FIELDS})


def current_facts(holders: Iterable[Case | Party | Item]) -> dict[str, dict[str, Fact]]:
    """Return the facts that stand now, per subject and key, in one query."""
    rows = list(holders)
    ids = {model: [row.pk for row in rows if isinstance(row, model)] for model in (Case, Party, Item)}
    found: dict[str, dict[str, Fact]] = {row.subject: {} for row in rows}
    standing = Fact.objects.filter(replaced_at__isnull=True).select_related("document", "recorded_by")
    about = Q(case__in=ids[Case]) | Q(party__in=ids[Party]) | Q(item__in=ids[Item])
    subjects = {(type(row).__name__.lower(), row.pk): row.subject for row in rows}
    for fact in standing.filter(about):
        for name in ("case", "party", "item"):
            pk = getattr(fact, f"{name}_id")
            if pk is not None:
                found[subjects[name, pk]][fact.key] = fact
    return found


class CaseFacts:
    """Everything the law and the red flags may read of one case, gathered in a bounded number of queries."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.lines = list(case.lines.select_related("item"))
        self.places: list[CaseParty] = list(case.parties.select_related("party").prefetch_related("party__addresses"))
        self.parties = list({place.party_id: place.party for place in self.places}.values())
        self.items = list({line.item_id: line.item for line in self.lines}.values())
        self.owners = owners_above([party.pk for party in self.parties])
        self.everybody = {
            party.pk: party for party in (*self.parties, *(owner for owner, _owned, _percent in self.owners))
        }
        self.standing = current_facts([case, *self.everybody.values(), *self.items])
        self.lists: Mapping[str, ListStanding] = list_standing(case, list(self.everybody.values()))

    def role_of(self, party: Party) -> str:
        """Return the role in which the law reads the party: the strongest it has here."""
        roles = {_AS_THE_LAW_SAYS.get(place.role, place.role) for place in self.places if place.party_id == party.pk}
        return next(role.value for role in _STRONGEST if role.value in roles)

    def for_law(self, item: Item | None) -> Facts:
        """Return the facts of one line (or of a case without lines) as the law reads them."""
        data: dict[str, Any] = {
            name.partition(".")[2]: getattr(self.case, column) or None for name, column in CASE_COLUMNS.items()
        }
        for key, fact in self.standing[self.case.subject].items():
            if key in FIELDS:
                _put(data, key.partition(".")[2].split("."), fact.value)
        if self.case.purchase_order:
            _put(data, ["authorization", "purchase_order"], True)
        for name, value in self._notification.items():
            _put(data, ["authorization", name], value)
        data["item"] = self._item(item) if item else {}
        data["parties"] = [self._party(party) for party in self.parties]
        return Facts.from_dict({name: value for name, value in data.items() if value is not None})

    @cached_property
    def _notification(self) -> dict[str, Any]:
        """Return what is recorded of the NAC notification of this case; nothing when there is none that stands."""
        standing = (Authorization.Standing.PENDING, Authorization.Standing.GRANTED)
        nac = self.case.authorizations.filter(kind=Authorization.Kind.NAC, standing__in=standing).first()
        if nac is None:
            return {}
        return {
            "nac_registered_on": nac.registered_on.isoformat() if nac.registered_on else None,
            "nac_confirmation_number": nac.number or None,
        }

    def _item(self, item: Item) -> dict[str, Any]:
        data = {
            key.partition(".")[2]: fact.value
            for key, fact in self.standing[item.subject].items()
            if key in FIELDS and fact.value is not None
        }
        return data | ({"eccn": item.eccn} if item.eccn else {})

    def _party(self, party: Party) -> dict[str, Any]:
        data = {
            key.partition(".")[2]: fact.value
            for key, fact in self.standing[party.subject].items()
            if key in FIELDS and fact.value is not None
        }
        data |= {
            "ref": party.ref,
            "role": self.role_of(party),
            "natural_person": party.kind == Party.Kind.PERSON,
        }
        standing = self.lists.get(party.subject)
        if standing is not None and standing.complete:
            data["listings"] = standing.listings
            data["listings_undecided"] = standing.undecided > 0
        if self._has_owner(party):
            self._read_owners(party, data)
        return data

    def _has_owner(self, party: Party) -> bool:
        return any(owned == party.pk for _owner, owned, _percent in self.owners)

    @cached_property
    def _chain(self) -> dict[str, list[tuple[str, Any]]]:
        chain: dict[str, list[tuple[str, Any]]] = {}
        for owner, owned, percent in self.owners:
            chain.setdefault(str(owned), []).append((str(owner.pk), percent))
        return chain

    def _read_owners(self, party: Party, data: dict[str, Any]) -> None:
        """Let the recorded chain speak where it is stricter than what people stated, or where it contradicts it.

        A stated "yes" to ownership by listed parties stands; a chain with an unknown share leaves the question open,
        and one that was recorded in part does not answer it with "no".
        """
        if data.get("owned_50_percent_by_listed") is not True:
            owned = self._owned_by_listed(party)
            if owned is True:
                data["owned_50_percent_by_listed"] = True
            elif owned is None:
                data.pop("owned_50_percent_by_listed", None)
        sure, perhaps = parents_above(str(party.pk), self._chain)
        tops = {self.headquarters_above(self.everybody[int(pk)]) for pk in sure}
        stated = self.headquarters_above(party)
        if tops:
            data["own_ultimate_parent"] = False
            top = next(iter(tops)) if len(tops) == 1 else None
            if top is None:
                data.pop("ultimate_parent_headquarters", None)
            else:
                data["ultimate_parent_headquarters"] = top
        elif {self.headquarters_above(self.everybody[int(pk)]) for pk in perhaps} - {stated}:
            data.pop("own_ultimate_parent", None)
            data.pop("ultimate_parent_headquarters", None)

    def headquarters_above(self, party: Party) -> str | None:
        """Return where a party's ultimate parent is stated to be headquartered, else its own headquarters."""
        facts = self.standing[party.subject]
        for key in ("party.ultimate_parent_headquarters", "party.headquarters"):
            if key in facts and facts[key].value:
                return str(facts[key].value)
        return None

    def owners_elsewhere(self) -> list[tuple[Party, Party]]:
        """Return (party, owner) where the recorded owner at the top is not where the party's parent is stated to be."""
        found = []
        for party in self.parties:
            sure, perhaps = parents_above(str(party.pk), self._chain)
            for pk in sorted(sure | perhaps):
                owner = self.everybody[int(pk)]
                if self.headquarters_above(owner) != self.headquarters_above(party):
                    found.append((party, owner))
        return found

    def _owned_by_listed(self, party: Party) -> bool | None:
        """Return what the recorded chain says; ``None`` while a share or a match in it is open."""
        listed = {}
        for owner, _owned, _percent in self.owners:
            standing = self.lists.get(owner.subject)
            settled = standing is not None and standing.complete and not standing.undecided
            named = standing is not None and any(one["code"] in AFFILIATE_LISTS for one in standing.listings)
            listed[str(owner.pk)] = named if settled or named else None
        return owned_by_listed(str(party.pk), self._chain, listed)


def owners_above(party_ids: list[int]) -> list[tuple[Party, int, Any]]:
    """Return (owner, owned party's key, percent or ``None``) for everybody above the parties, level by level."""
    found: list[tuple[Party, int, Any]] = []
    seen: set[int] = set()
    edge = set(party_ids)
    while edge:
        seen |= edge
        rows = Ownership.objects.filter(owned_id__in=edge, until__isnull=True).select_related("owner")
        level = [(row.owner, row.owned_id, row.percent) for row in rows]
        found += level
        edge = {owner.pk for owner, _owned, _percent in level} - seen
    return found


def _put(data: dict[str, Any], path: list[str], value: Any) -> None:
    """Set a value in nested mappings; an unknown value leaves no trace."""
    if value is None:
        return
    *groups, leaf = path
    for group in groups:
        data = data.setdefault(group, {})
    data[leaf] = value
