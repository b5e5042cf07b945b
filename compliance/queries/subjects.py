"""Our parties as screening sees them."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.models import Party
from screening.shapes import Subject

_COUNTRY_FACTS = frozenset({"party.country", "party.headquarters"})


def subjects_of(parties: Iterable[Party]) -> list[Subject]:
    """Return parties with all their names in all scripts, places, numbers and countries, in a few queries."""
    ids = [party.pk for party in parties]
    rows = Party.objects.filter(pk__in=ids).prefetch_related("names", "addresses", "identifiers", "facts")
    return [_subject(party) for party in rows.order_by("pk")]


def _subject(party: Party) -> Subject:
    standing = [fact for fact in party.facts.all() if fact.replaced_at is None and fact.value]
    countries = {str(fact.value) for fact in standing if fact.key in _COUNTRY_FACTS}
    countries |= {address.country for address in party.addresses.all() if address.country}
    return Subject(
        ref=party.subject,
        names=(party.name, *(name.text for name in party.names.all())),
        addresses=tuple(address.text for address in party.addresses.all()),
        countries=tuple(sorted(countries)),
        identifiers=tuple(identifier.number for identifier in party.identifiers.all()),
    )
