"""What is known about one line of a case, frozen for the law to read. ``None`` is *unknown* everywhere, never "no".

The planned date is not among the facts: the law is asked for a day. Numbers are :class:`~decimal.Decimal`; units are
in :data:`compliance.ear.vocabulary.FIELDS`. ``to_dict`` leaves unknown facts out, so a fact added to this module later
changes no digest of an older case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import Any, cast

from compliance.ear.fields import BadValue
from compliance.ear.records import (
    GROUPS,
    Activity,
    AIAuthorization,
    Authorization,
    Certifications,
    Dealing,
    EndUse,
    Foundry,
    GeneralLicenses,
    Government,
    ImplementedControls,
    Item,
    Listing,
    LowPower,
    Manufacturing,
    MemoryException,
    OperationTechnology,
    Origin,
    PartyFacts,
    Replacement,
    RestrictedFab,
    Role,
    Support,
    Temporary,
    ValidatedEndUser,
    Weights,
)
from compliance.ear.vocabulary import FIELDS

Seen = tuple[tuple[str, Any], ...]


class BadFacts(ValueError):
    """Facts that cannot be read. ``path`` says where, ``key`` and ``values`` give the sentence (``bad.<key>``)."""

    def __init__(self, path: str, key: str, **values: Any) -> None:
        self.path, self.key, self.values = path, key, values
        given = ", ".join(f"{name}={value}" for name, value in values.items())
        super().__init__(f"{path}: {key.replace('_', ' ')}" + (f" ({given})" if given else ""))


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the law reads about one line of a case."""

    activity: Activity | None = None
    exporting_from: str | None = None
    destination: str | None = None
    is_informed: bool | None = None
    fabricator_or_osat: bool | None = None
    commercial_sample: bool | None = None
    uae_approved_entities: bool | None = None
    item: Item = field(default_factory=Item)
    parties: tuple[PartyFacts, ...] = ()
    end_use: EndUse = field(default_factory=EndUse)
    authorization: Authorization = field(default_factory=Authorization)
    certifications: Certifications = field(default_factory=Certifications)
    origin: Origin = field(default_factory=Origin)
    foundry: Foundry = field(default_factory=Foundry)
    weights: Weights = field(default_factory=Weights)
    support: Support = field(default_factory=Support)
    dealing: Dealing = field(default_factory=Dealing)
    tmp: Temporary = field(default_factory=Temporary)
    rpl: Replacement = field(default_factory=Replacement)
    gov: Government = field(default_factory=Government)
    tsu: OperationTechnology = field(default_factory=OperationTechnology)
    hbm: MemoryException = field(default_factory=MemoryException)
    rff: RestrictedFab = field(default_factory=RestrictedFab)
    iec: ImplementedControls = field(default_factory=ImplementedControls)
    aia: AIAuthorization = field(default_factory=AIAuthorization)
    acm: Manufacturing = field(default_factory=Manufacturing)
    lpp: LowPower = field(default_factory=LowPower)
    veu: ValidatedEndUser = field(default_factory=ValidatedEndUser)
    general: GeneralLicenses = field(default_factory=GeneralLicenses)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Facts:
        """Read facts from JSON-like data (the shape of :meth:`to_dict`).

        Raises :class:`BadFacts` naming the path of an unknown key, a value of the wrong kind or a party twice named.
        """
        known = _mapping(given, "facts")
        values: dict[str, Any] = {}
        for name, raw in known.items():
            if name == "item":
                values[name] = Item(**_leaves(raw, Item, "item", "facts.item"))
            elif name in GROUPS:
                values[name] = GROUPS[name](**_leaves(raw, GROUPS[name], f"case.{name}", f"facts.{name}"))
            elif name == "parties":
                values[name] = _parties(raw)
            elif f"case.{name}" in FIELDS:
                values[name] = _leaf(raw, f"case.{name}", f"facts.{name}")
            else:
                raise BadFacts(f"facts.{name}", "unknown_fact", known=", ".join(f.name for f in fields(cls)))
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe data; unknown facts are left out. ``Facts.from_dict(facts.to_dict()) == facts``."""
        out = _known(self, skip=("item", "parties", *GROUPS))
        for name in ("item", *GROUPS):
            if inner := _known(getattr(self, name)):
                out[name] = inner
        if self.parties:
            out["parties"] = [_party_out(party) for party in self.parties]
        return out

    def party(self, ref: str) -> PartyFacts:
        """Return the party called ``ref``; raises :class:`KeyError`."""
        for party in self.parties:
            if party.ref == ref:
                return party
        raise KeyError(ref)

    def get(self, key: str, party: str | None = None) -> Any:
        """Return the value of a field key, ``None`` if unknown; raises :class:`KeyError` for a key not in FIELDS."""
        if (reader := _getter(key)) is not None:
            return reader(self)
        if key == "case.parties":
            return ", ".join(p.ref for p in self.parties) or None
        if key not in FIELDS:
            raise KeyError(key)
        return getattr(self.party(party or ""), key.removeprefix("party."))

    def seen(self, *keys: str, party: str | None = None) -> Seen:
        """Return the facts behind ``keys`` as a finding records them: path and JSON-safe value."""
        # Asked by nearly every rule: one reader for each set of keys, plain values pass without a call, and what was
        # read for these facts is kept, because many rules of one determination look at the same keys.
        global _KEPT
        if party is None:
            kept = _KEPT
            if kept[0] is not self:
                kept = _KEPT = (self, {})
            if (known := kept[1].get(keys)) is None:
                values = _reader(keys)(self)
                known = kept[1][keys] = (
                    tuple(zip(keys, values, strict=True))
                    if _PLAIN.issuperset(map(type, values))
                    else tuple([(k, v if type(v) in _PLAIN else _out(v)) for k, v in zip(keys, values, strict=True)])
                )
            return known
        record, seen = None, []
        for key, name in _named(keys):
            if name:
                record = record or self.party(party)
                path, value = f"{key}[{party}]", getattr(record, name)
            else:
                path, value = key, self.get(key)
            seen.append((path, value if type(value) in _PLAIN else _out(value)))
        return tuple(seen)

    def answering(self, key: str, value: Any, *, party: str | None = None) -> Facts:
        """Return these facts with one more answer. ``value`` is parsed; raises :class:`BadFacts` or KeyError."""
        if key in {"case.parties", "party.listings"} or key not in FIELDS:
            raise KeyError(key)
        parsed = _leaf(value, key, key)
        about, _, name = key.partition(".")
        if about == "item":
            return replace(self, item=replace(self.item, **{name: parsed}))
        if about == "party":
            self.party(party or "")
            changed = tuple(replace(p, **{name: parsed}) if p.ref == party else p for p in self.parties)
            return replace(self, parties=changed)
        group, _, leaf = name.partition(".")
        if leaf:
            return replace(self, **{group: replace(getattr(self, group), **{leaf: parsed})})
        return replace(self, **{name: parsed})


# The facts last asked, and what was read of them. One tuple, replaced whole, so that threads cannot mix theirs.
_KEPT: tuple[Facts | None, dict[tuple[str, ...], Seen]] = (None, {})


def json_safe(value: Any) -> Any:
    """Write a fact or a parameter so that JSON keeps it exactly: decimals and dates become text."""
    return _out(value)


_PLAIN = frozenset({str, bool, int, type(None)})


@lru_cache(maxsize=1024)
def _getter(key: str) -> Callable[[Facts], Any] | None:
    """Return what reads one fact of the case or the item, so that no key is taken apart twice."""
    if key not in FIELDS or key.startswith("party.") or key == "case.parties":
        return None
    return attrgetter(key.removeprefix("case."))


@lru_cache(maxsize=1024)
def _named(keys: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return each key with the attribute of the party it names, if it names one."""
    return tuple((key, key.removeprefix("party.") if key.startswith("party.") else "") for key in keys)


@lru_cache(maxsize=4096)
def _reader(keys: tuple[str, ...]) -> Callable[[Facts], tuple[Any, ...]]:
    """Return what reads several facts of the case or the item at once; raises :class:`KeyError`."""
    getters = [_getter(key) for key in keys]
    if len(keys) > 1 and None not in getters:
        return cast("Callable[[Facts], tuple[Any, ...]]", attrgetter(*(key.removeprefix("case.") for key in keys)))
    if len(getters) == 1 and (only := getters[0]) is not None:
        return lambda facts: (only(facts),)
    if any(key not in FIELDS for key in keys):
        raise KeyError(keys)
    return lambda facts: tuple([facts.get(key) for key in keys])


def _out(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, StrEnum):
        return value._value_
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple | list | frozenset | set):
        inner = [_out(v) for v in value]
        return sorted(inner) if isinstance(value, frozenset | set) else inner
    if isinstance(value, Listing):
        return _listing_out(value)
    return value


def _known(record: Any, skip: Iterable[str] = ()) -> dict[str, Any]:
    left_out = set(skip)
    pairs = ((f.name, getattr(record, f.name)) for f in fields(record) if f.name not in left_out)
    return {name: _out(value) for name, value in pairs if value is not None}


def _listing_out(listing: Listing) -> dict[str, Any]:
    return {name: value for name, value in _known(listing).items() if value not in ("", [])}


def _party_out(party: PartyFacts) -> dict[str, Any]:
    out = _known(party, skip=("listings",))
    if party.listings is not None:
        out["listings"] = [_listing_out(listing) for listing in party.listings]
    return out


def _mapping(raw: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise BadFacts(path, "not_a_mapping", given=type(raw).__name__)
    for name in raw:
        if not isinstance(name, str):
            raise BadFacts(path, "unknown_fact", given=repr(name)[:40])
    return raw


def _leaf(raw: Any, key: str, path: str) -> Any:
    if isinstance(raw, Mapping | list | tuple):
        raise BadFacts(path, "not_a_single_value", given=type(raw).__name__)
    try:
        value = FIELDS[key].parse(raw)
    except BadValue as error:
        raise BadFacts(path, error.key, **error.values) from error
    if value is None:
        return None
    return {"case.activity": Activity, "party.role": Role}.get(key, lambda v: v)(value)


def _leaves(raw: Any, record: type, prefix: str, path: str) -> dict[str, Any]:
    names = {f.name for f in fields(record)}
    values = {}
    for name, value in _mapping(raw, path).items():
        if name not in names:
            raise BadFacts(f"{path}.{name}", "unknown_fact", known=", ".join(sorted(names)))
        values[name] = _leaf(value, f"{prefix}.{name}", f"{path}.{name}")
    return values


def _parties(raw: Any) -> tuple[PartyFacts, ...]:
    if not isinstance(raw, list | tuple):
        raise BadFacts("facts.parties", "not_a_list", given=type(raw).__name__)
    parties: list[PartyFacts] = []
    for number, entry in enumerate(raw):
        path = f"facts.parties[{number}]"
        leaves = dict(_mapping(entry, path))
        ref = leaves.pop("ref", None)
        if not isinstance(ref, str) or not ref.strip():
            raise BadFacts(f"{path}.ref", "party_without_ref")
        if any(party.ref == ref for party in parties):
            raise BadFacts(f"{path}.ref", "party_twice", given=ref[:40])
        listings = leaves.pop("listings", None)
        known = _leaves(leaves, PartyFacts, "party", path)
        if listings is not None:
            known["listings"] = _listings(listings, f"{path}.listings")
        parties.append(PartyFacts(ref=ref, **known))
    return tuple(parties)


def _listings(raw: Any, path: str) -> tuple[Listing, ...]:
    if not isinstance(raw, list | tuple):
        raise BadFacts(path, "not_a_list", given=type(raw).__name__)
    out = []
    names = {f.name for f in fields(Listing)}
    for number, entry in enumerate(raw):
        here = f"{path}[{number}]"
        values = dict(_mapping(entry, here))
        for name in values:
            if name not in names:
                raise BadFacts(f"{here}.{name}", "unknown_fact", known=", ".join(sorted(names)))
        if not isinstance(values.get("code"), str) or not values["code"]:
            raise BadFacts(f"{here}.code", "listing_without_code")
        for many in ("footnotes", "programs"):
            if not isinstance(values.get(many, ()), list | tuple):
                raise BadFacts(f"{here}.{many}", "not_a_list", given=type(values[many]).__name__)
            values[many] = tuple(str(v) for v in values.get(many, ()))
        for text in ("license_requirement", "license_policy", "cited"):
            values[text] = str(values.get(text) or "")
        try:
            effective = values.get("effective")
            values["effective"] = (
                effective
                if effective is None or isinstance(effective, dt.date)
                else dt.date.fromisoformat(str(effective))
            )
        except ValueError as error:
            raise BadFacts(f"{here}.effective", "not_a_date", given=str(effective)[:40]) from error
        out.append(Listing(**values))
    return tuple(out)
