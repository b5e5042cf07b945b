"""What screening found of the parties of a case, in the words the law reads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from audit.chain import canonical
from compliance.models import Case, CaseScreening, Party
from screening import queries as screening
from screening.shapes import ConfirmedListing

from .subjects import subjects_of

LIST_CODES = {
    "EL": "entity_list",
    "MEU": "military_end_user",
    "DPL": "denied_persons",
    "UVL": "unverified",
    "SDN": "sdn",
    "ISN": "nonproliferation",
    "CMIC": "cmic",
    "CAP": "capta",
    "UFLPA": "uflpa",
    "1260H": "1260h",
    "1286": "1286",
    "METI": "meti",
    "INT": "internal",
}
"""The codes of the lists, as the law package names the lists it knows; other codes reach it as they are."""


@dataclass(frozen=True, slots=True)
class ListStanding:
    """How one party stands on the lists.

    ``complete`` is true only when the party was searched fully, as it is written now; ``undecided`` counts matches
    nobody has judged; ``listings`` are those a person confirmed, as :class:`compliance.ear.Listing` reads them.
    """

    complete: bool = False
    undecided: int = 0
    listings: list[dict[str, Any]] = field(default_factory=list)
    highest_undecided: float = 0.0
    address_match: bool = False
    fingerprint: str = ""


def latest_screening(case: Case) -> CaseScreening | None:
    """Return the last time the case's parties were screened."""
    return case.screenings.select_related("run").first()


def list_standing(case: Case, parties: Sequence[Party]) -> dict[str, ListStanding]:
    """Return the standing of each party by its reference. A party the latest run did not ask about is not complete."""
    latest = latest_screening(case)
    if latest is None or not parties:
        return {}
    run = latest.run
    refs = [party.subject for party in parties]
    now = {subject.ref: subject.fingerprint for subject in subjects_of(parties)}
    standings = screening.standings(refs, run)
    listings = screening.confirmed_listings(refs)
    gaps = {gap["ref"] for gap in run.gaps}
    found = {}
    for ref in refs:
        standing = standings[ref]
        asked = run.subjects.get(ref)
        same = asked is not None and asked.get("fingerprint") == now[ref]
        confirmed = [_listing(each) for each in listings.get(ref, [])]
        found[ref] = ListStanding(
            complete=same and run.state != "failed" and ref not in gaps,
            undecided=len(standing.undecided),
            listings=confirmed,
            highest_undecided=max((match.score for match in standing.undecided), default=0.0),
            address_match=standing.address_alike,
            fingerprint=_fingerprint(standing, confirmed, now[ref]),
        )
    return found


def _listing(one: ConfirmedListing) -> dict[str, Any]:
    return {
        "code": LIST_CODES.get(one.list_code, one.list_code),
        "footnotes": [str(number) for number in one.footnotes],
        "license_requirement": one.license_requirement,
        "license_policy": one.license_policy,
        "programs": list(one.programs),
        "cited": one.federal_register_notice,
        "effective": one.start_date.isoformat() if one.start_date else None,
    }


def _fingerprint(standing: Any, confirmed: list[dict[str, Any]], asked: str) -> str:
    """Bind an approval to what was found and what people judged, but not to the run: the same answer is the same."""
    judged = sorted(
        [match.entity_key, match.judgement.verdict if match.judgement else "", match.standing]
        for match in (*standing.undecided, *standing.matched, *standing.cleared)
    )
    body = {"asked": asked, "judged": judged, "confirmed": confirmed}
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def _partial(gaps: Sequence[Mapping[str, str]]) -> str:
    """Return which parties were not compared fully, and what a person can do: searching again alone changes nothing."""
    refs = sorted({gap["ref"].partition(":")[2] for gap in gaps})[:5]
    told = [_("Screening was partial: %(names)s could not be compared fully.") % {"names": ", ".join(refs)}]
    if names := sorted({gap["name"] for gap in gaps if gap.get("name")})[:5]:
        told.append(
            _("Correct on the party's page what cannot be compared, then screen again: %(names)s.")
            % {"names": ", ".join(f"“{name}”" for name in names)}
        )
    if any(gap.get("why") == "too_many_matches" for gap in gaps):
        told.append(_("So many entries resemble a party: give its whole name, country and address, then screen again."))
    return " ".join(told)


def search_doubt(run: Any) -> str:
    """Return why a search just made clears nobody; empty where it was whole."""
    if run.state == "complete":
        return ""
    return " ".join(words for code, words in search_troubles(run) if code in ("search_failed", "search_partial"))


def search_troubles(run: Any) -> list[tuple[str, str]]:
    """Return (code, sentence) for every reason why a search does not count as one."""
    found: list[tuple[str, str]] = []
    if run.state == "failed":
        found.append(("search_failed", _("Screening failed: no lists are loaded. Load the lists, then screen again.")))
    elif run.state == "partial":
        found.append(("search_partial", _partial(run.gaps)))
    coverage = screening.coverage()
    if run.state != "failed" and run.searched_key != screening.current_searched():
        found.append(("old_lists", _("The lists or the thresholds have changed since the search. Screen again.")))
    if coverage.loaded and coverage.stale:
        old = _("Out of date: %(lists)s. Load the current lists, then screen again.")
        found.append(("stale_lists", old % {"lists": ", ".join(one.code for one in coverage.out_of_date)}))
    if coverage.loaded and coverage.lacking:
        lacking = _("The lists in use lack %(lists)s. Load the whole file, then screen again.")
        found.append(("lists_absent", lacking % {"lists": ", ".join(coverage.lacking)}))
    if coverage.loaded and coverage.sample and not settings.GATEHOUSE_DEMO:
        found.append(("sample_lists", _("Only the sample lists are loaded; they decide nothing. Load the real ones.")))
    return found
