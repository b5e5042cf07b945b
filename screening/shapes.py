"""What screening hands out and takes in: plain values, so that callers need no rows of ours."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from .lists import CORE, list_place
from .matching import Who


@dataclass(frozen=True, slots=True)
class Subject:
    """One of our parties as it is screened. ``ref`` is the caller's reference, such as ``party:17``.

    ``names`` are all its names in every script; ``countries`` ISO 3166 two-letter codes of location, headquarters and
    incorporation; ``identifiers`` registration numbers. ``roles`` are those it has in any case: a policy may ask more
    closely of some; they are no part of what is compared, and not of the fingerprint.
    """

    ref: str
    names: tuple[str, ...]
    addresses: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, list[str]]:
        return {
            "names": list(self.names),
            "addresses": list(self.addresses),
            "countries": list(self.countries),
            "identifiers": list(self.identifiers),
        }

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of what was asked, whatever the order it was given in."""
        told = {key: sorted(set(values)) for key, values in self.as_dict().items()}
        text = json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def who(self) -> Who:
        return Who(self.names, self.addresses, self.countries, self.identifiers)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What became of a file: ``loaded``, ``awaiting``, ``unchanged`` or ``quarantined``; ``message`` says why last."""

    outcome: str
    snapshot_id: int
    sha256: str
    counts: dict[str, int]
    difference: dict[str, Any] | None
    message: str = ""


@dataclass(frozen=True, slots=True)
class JudgementView:
    """A person's answer to a match."""

    id: int
    verdict: str
    code: str
    reason: str
    by: str
    at: dt.datetime
    expires_on: dt.date | None
    walk: dict[str, str] = field(default_factory=dict)
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class MatchView:
    """A match and where it stands: ``undecided``, ``matched`` or ``cleared``.

    ``why`` says why an answered match is undecided again: ``subject_changed``, ``entry_changed``, ``matcher_changed``,
    ``expired``, ``unsure``, ``escalated`` or, never answered, ``new``.
    """

    id: int
    run_id: int
    subject_ref: str
    our_name: str
    listed_name: str
    list_code: str
    entity_key: str
    score: float
    standing: str
    why: str
    judgement: JudgementView | None = None

    @property
    def percent(self) -> int:
        return int(self.score * 100)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a subject stands after a run. Only ``settled`` means that nothing is left to judge; it never says clear.

    ``address_alike`` says that an undecided match rests on an address as well, or on nothing else.
    """

    subject_ref: str
    run_id: int
    run_state: str
    undecided: tuple[MatchView, ...] = ()
    matched: tuple[MatchView, ...] = ()
    cleared: tuple[MatchView, ...] = ()
    address_alike: bool = False

    @property
    def settled(self) -> bool:
        return self.run_state == "complete" and not self.undecided


@dataclass(frozen=True, slots=True)
class ConfirmedListing:
    """A listed party that a person confirmed to be ours, with what the list says of it.

    ``footnotes`` are those of Supplement No. 4 to Part 744 (``1`` to ``5``). ``on_current_list`` is False when the
    entry is no longer on the lists in use; it stays a match until somebody judges again.
    """

    subject_ref: str
    entity_key: str
    list_code: str
    name: str
    footnotes: tuple[str, ...]
    programs: tuple[str, ...]
    license_requirement: str
    license_policy: str
    federal_register_notice: str
    start_date: dt.date | None
    on_current_list: bool
    judged_by: str
    judged_at: dt.datetime


@dataclass(frozen=True, slots=True)
class SearchedList:
    """A list that is searched: its entries, when it was last found current, and when its file says it was published.

    Of a list that two files print these are of the newer: both are searched, and what the newer prints is found.
    """

    code: str
    title: Any
    keeper: Any
    entries: int
    as_of: dt.datetime | None = None
    published_at: dt.datetime | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class SearchedFile:
    """A file that is searched, as it stood at the time of the search."""

    source: str
    title: Any
    snapshot_id: int
    name: str
    sha256: str
    published_at: dt.datetime | None
    as_of: dt.datetime
    entries: int
    stale: bool
    sample: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which lists are searched, as of when, and which are not. ``sample`` and ``stale`` belong on every screen.

    A search is stale when one of its *lists* is: every file that prints it is older than its source allows. A file that
    is out of date beside a newer one with the same lists is only called so; a source that was never loaded, or was
    taken out of use, makes nothing stale but is named as not searched. ``lacking`` are the codes of those of
    :data:`~screening.lists.CORE` that no file prints. ``on`` is the past day whose lists were asked for; without it
    they are those in use.
    """

    loaded: bool
    as_of: dt.datetime | None = None
    published_at: dt.datetime | None = None
    sha256: str = ""
    entries: int = 0
    searched: tuple[SearchedList, ...] = ()
    absent: tuple[SearchedList, ...] = ()
    not_searched: tuple[tuple[Any, Any], ...] = field(default=())
    stale: bool = True
    sample: bool = False
    quarantined_since: dt.datetime | None = None
    awaiting_since: dt.datetime | None = None
    files: tuple[SearchedFile, ...] = ()
    on: dt.date | None = None

    @property
    def trustworthy(self) -> bool:
        """Whether a decision may rest on a search of these lists."""
        return self.loaded and not self.stale and not self.sample and not self.lacking

    @property
    def out_of_date(self) -> tuple[SearchedList, ...]:
        """Return the lists that are older than their sources allow."""
        return tuple(one for one in self.searched if one.stale)

    @property
    def lacking(self) -> tuple[str, ...]:
        """Return the codes of the lists without which a search answers a part of the question only."""
        searched = {one.code for one in self.searched}
        return tuple(sorted((code for code in CORE if code not in searched), key=list_place)) if self.loaded else ()
