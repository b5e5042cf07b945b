"""Keeping what is known of parties: names, places, numbers and who owns whom."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.services import record
from compliance.models import Ownership, Party, PartyAddress, PartyIdentifier, PartyName, Unit, User
from screening.matching.pinyin import spoken

from . import words
from .act import role_of
from .numbers import next_party_ref
from .refusals import BadInput, Circular, NotYours

MOST_NAMES = 50


def sort_key(name: str) -> str:
    """Return what a name is sorted by: its own letters, or pinyin where it is written in Chinese."""
    return " ".join(spoken(name)).casefold()[:300]


def add_party(
    *,
    by: User,
    name: str,
    unit: Unit | None = None,
    kind: str = Party.Kind.ORGANIZATION,
    names: list[str] | None = None,
    addresses: list[dict[str, str]] | None = None,
    identifiers: list[dict[str, str]] | None = None,
) -> Party:
    """Enter a party with its names, addresses and identifiers.

    ``addresses`` hold ``text`` and ``country``; ``identifiers`` hold ``kind``, ``number`` and ``country``. Raises
    :class:`~.refusals.NotYours` and :class:`~.refusals.BadInput`.
    """
    if not by.has_perm("compliance.add_party"):
        raise NotYours()
    home = unit or by.unit
    if home is None or not by.units.filter(pk=home.pk).exists():
        raise BadInput("unit", _("Choose one of your business units."))
    if kind not in Party.Kind.values:
        raise BadInput("kind", _("“%(given)s” is not a kind of party."), given=str(kind)[:40])
    shown = words.text("name", name, limit=300, required=True)
    with transaction.atomic():
        party = Party.objects.create(
            ref=next_party_ref(), unit=home, kind=kind, name=shown, sort_key=sort_key(shown), created_by=by
        )
        _write_names(party, names or [])
        _write_addresses(party, addresses or [])
        _write_identifiers(party, identifiers or [])
        record("party.add", party.subject, by=by.username, role=role_of(by), **what_stands(party))
    return party


def change_party(
    ref: str,
    *,
    by: User,
    name: str | None = None,
    names: list[str] | None = None,
    addresses: list[dict[str, str]] | None = None,
    identifiers: list[dict[str, str]] | None = None,
) -> Party:
    """Change what is written of a party; what is ``None`` stays. The entry holds everything before and after."""
    with transaction.atomic():
        party = locked_party(ref, by=by)
        before = what_stands(party)
        if name is not None:
            party.name = words.text("name", name, limit=300, required=True)
            party.sort_key = sort_key(party.name)
        if names is not None:
            party.names.all().delete()
            _write_names(party, names)
        if addresses is not None:
            party.addresses.all().delete()
            _write_addresses(party, addresses)
        if identifiers is not None:
            party.identifiers.all().delete()
            _write_identifiers(party, identifiers)
        party.save()
        record("party.change", party.subject, by=by.username, role=role_of(by), was=before, now=what_stands(party))
    return party


def add_name(ref: str, *, by: User, name: str) -> Party:
    """Write down one more name of a party, in any script; a name already kept changes nothing."""
    with transaction.atomic():
        party = locked_party(ref, by=by)
        before = what_stands(party)
        added = words.text("name", name, limit=300, required=True)
        if added not in (party.name, *before["names"]):
            if len(before["names"]) >= MOST_NAMES:
                raise BadInput("name", _("A party has at most %(limit)d names."), limit=MOST_NAMES)
            PartyName.objects.create(party=party, text=added)
            party.save(update_fields=["changed_at"])
            record("party.change", party.subject, by=by.username, role=role_of(by), was=before, now=what_stands(party))
    return party


def locked_party(ref: str, *, by: User) -> Party:
    """Return the party, locked, if the person may change it. Raises ``Party.DoesNotExist`` and ``NotYours``."""
    found = Party.objects.visible_to(by).only("pk").get(ref=ref)
    if not by.has_perm("compliance.change_party"):
        raise NotYours()
    return Party.objects.select_for_update().get(pk=found.pk)


def what_stands(party: Party) -> dict[str, Any]:
    """Return a party's names, addresses and identifiers as plain values."""
    return {
        "name": party.name,
        "kind": party.kind,
        "names": [row.text for row in party.names.all()],
        "addresses": [[row.text, row.country] for row in party.addresses.all()],
        "identifiers": [[row.kind, row.number, row.country] for row in party.identifiers.all()],
    }


def _write_names(party: Party, names: list[str]) -> None:
    if len(names) > MOST_NAMES:
        raise BadInput("names", _("A party has at most %(limit)d names."), limit=MOST_NAMES)
    clean = [words.text("names", each, limit=300) for each in names]
    unique = dict.fromkeys(each for each in clean if each and each != party.name)
    PartyName.objects.bulk_create([PartyName(party=party, text=each) for each in unique])


def _write_addresses(party: Party, addresses: list[dict[str, str]]) -> None:
    rows = [
        PartyAddress(
            party=party,
            text=words.text("addresses", each.get("text"), limit=500, required=True),
            country=words.country("addresses", each.get("country")),
        )
        for each in addresses
        if each.get("text") or each.get("country")
    ]
    PartyAddress.objects.bulk_create(rows)


def _write_identifiers(party: Party, identifiers: list[dict[str, str]]) -> None:
    rows = [
        PartyIdentifier(
            party=party,
            kind=words.text("identifiers", each.get("kind"), limit=60, required=True),
            number=words.text("identifiers", each.get("number"), limit=120, required=True),
            country=words.country("identifiers", each.get("country")),
        )
        for each in identifiers
        if each.get("number")
    ]
    PartyIdentifier.objects.bulk_create(rows)


def record_ownership(*, by: User, owner_ref: str, owned_ref: str, percent: Any, source: str, as_of: Any) -> Ownership:
    """Write down who owns how much of whom. ``percent`` of ``None`` or ``""`` says the share is unknown.

    A new share ends the one that stood. Raises :class:`~.refusals.Circular` when the owned party already owns the
    owner, and :class:`~.refusals.BadInput`, also where the known shares of the owned party would exceed 100 percent.
    """
    share = words.number("percent", percent, places=3, digits=6)
    if share is not None and not 0 < share <= 100:
        raise BadInput("percent", _("A share lies above 0 and is at most 100; leave it empty if it is unknown."))
    evidence = words.text("source", source, limit=300, required=True)
    day = words.day("as_of", as_of, required=True)
    if day and day > timezone.localdate():
        raise BadInput("as_of", _("The day lies in the future. Give the day the source speaks of."))
    with transaction.atomic():
        owner = Party.objects.visible_to(by).filter(ref=words.ref(owner_ref)).first()
        owned_pk = Party.objects.visible_to(by).only("pk").get(ref=owned_ref).pk
        # Both, and in one order: of two people who enter A of B and B of A at once, one waits and is told.
        both = {owned_pk, owner.pk if owner else owned_pk}
        list(Party.objects.select_for_update().filter(pk__in=both).order_by("pk"))
        owned = locked_party(owned_ref, by=by)
        if owner is None:
            raise BadInput("owner", _("There is no party %(given)s."), given=str(owner_ref)[:40])
        if owner.pk == owned.pk or owner.pk in _owned_below(owned.pk):
            raise Circular(owner=owner.name, owned=owned.name)
        _refuse_more_than_all(owner, owned, share)
        Ownership.objects.filter(owner=owner, owned=owned, until__isnull=True).update(until=timezone.localdate())
        try:
            row = Ownership.objects.create(owner=owner, owned=owned, percent=share, source=evidence, as_of=day)
        except IntegrityError as error:
            raise BadInput("percent", _("This share cannot be recorded. Check both parties.")) from error
        record(
            "party.own",
            owned.subject,
            by=by.username,
            role=role_of(by),
            owner=owner.ref,
            percent="unknown" if share is None else str(share),
            source=evidence,
            as_of=str(day),
        )
    return row


def _refuse_more_than_all(owner: Party, owned: Party, share: Decimal | None) -> None:
    """Nobody can own more than the whole; unknown shares count nothing, since nothing is known of them."""
    others = Ownership.objects.filter(owned=owned, until__isnull=True).exclude(owner=owner)
    total = (share or 0) + (others.aggregate(known=Sum("percent"))["known"] or 0)
    if share is not None and total > 100:
        raise BadInput(
            "percent",
            _("The known shares of %(owned)s would come to %(total)s %%. End or correct another share first."),
            owned=owned.name,
            total=f"{total.normalize():f}",
        )


def _owned_below(party_id: int) -> set[int]:
    """Return everybody the party owns, directly or through others."""
    seen: set[int] = set()
    edge = {party_id}
    while edge:
        edge = (
            set(Ownership.objects.filter(owner_id__in=edge, until__isnull=True).values_list("owned_id", flat=True))
            - seen
        )
        seen |= edge
    return seen


def end_ownership(ownership_id: int, *, by: User, reason: str) -> None:
    """Say that a share is held no longer; the row stays with its last day."""
    why = words.reason(reason)
    with transaction.atomic():
        row = Ownership.objects.select_related("owned", "owner").get(pk=ownership_id, until__isnull=True)
        locked_party(row.owned.ref, by=by)
        # Another may have ended the share while we waited for the party.
        row.refresh_from_db(from_queryset=Ownership.objects.filter(until__isnull=True))
        row.until = timezone.localdate()
        row.save(update_fields=["until"])
        record("party.disown", row.owned.subject, by=by.username, role=role_of(by), owner=row.owner.ref, reason=why)
