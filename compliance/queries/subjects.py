"""Our parties as screening sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compliance.models import CaseParty, Party, User
from screening.shapes import Subject

from .scope import visible_cases

_COUNTRY_FACTS = frozenset({"party.country", "party.headquarters"})


def subjects_of(parties: Iterable[Party]) -> list[Subject]:
    """Return parties with all their names in all scripts, places, numbers and countries, in a few queries."""
    ids = [party.pk for party in parties]
    rows = Party.objects.filter(pk__in=ids).prefetch_related("names", "addresses", "identifiers", "facts")
    held: dict[int, set[str]] = {}
    for party, role in CaseParty.objects.filter(party__in=ids).order_by().values_list("party", "role").distinct():
        held.setdefault(party, set()).add(role)
    return [_subject(party, held.get(party.pk, ())) for party in rows.order_by("pk")]


def roles() -> list[str]:
    """Return the roles a policy of screening may name."""
    return [str(role) for role in CaseParty.Role.values]


def every_subject() -> Iterator[Subject]:
    """Yield every party as screening sees it, whoever may see it, a few hundred at a time."""
    rows = Party.objects.order_by("pk").prefetch_related("names", "addresses", "identifiers", "facts")
    yield from map(_subject, rows.iterator(chunk_size=500))


def open_cases_of(user: User, refs: Iterable[str]) -> dict[str, list[str]]:
    """Return the open cases that name each of these subjects, as far as the person may see them."""
    wanted = [ref.partition(":")[2] for ref in refs if ref.startswith("party:")]
    cases = visible_cases(user).still_open()
    rows = CaseParty.objects.filter(case__in=cases, party__ref__in=wanted).order_by("case__pk")
    found: dict[str, list[str]] = {}
    for party, case in rows.values_list("party__ref", "case__ref").distinct():
        found.setdefault(f"party:{party}", []).append(case)
    return found


def _subject(party: Party, held: Iterable[str] = ()) -> Subject:
    standing = [fact for fact in party.facts.all() if fact.replaced_at is None and fact.value]
    countries = {str(fact.value) for fact in standing if fact.key in _COUNTRY_FACTS}
    countries |= {address.country for address in party.addresses.all() if address.country}
    return Subject(
        ref=party.subject,
        names=(party.name, *(name.text for name in party.names.all())),
        addresses=tuple(address.text for address in party.addresses.all()),
        countries=tuple(sorted(countries)),
        identifiers=tuple(identifier.number for identifier in party.identifiers.all()),
        roles=tuple(sorted(held)),
    )
