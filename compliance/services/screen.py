"""Screening the parties of a case and everybody recorded above them."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from compliance.lifecycle import TABLE, Action, State
from compliance.models import Case, CaseScreening, Party, User
from compliance.queries.facts import owners_above
from screening import services as screening

from .act import act
from .clocks import withdraw_proposal


def screen_parties(ref: str, *, by: User | None) -> CaseScreening:
    """Screen every party of the case, by all its names, and the owners recorded above it."""
    with act(ref, Action.SCREEN, by=by) as (case, note):
        row = _screen(case, by=by)
        note.update(_note(row))
    return row


def screen_again(case: Case, *, by: User | None) -> Any:
    """Screen inside another verb, which records. Returns the run."""
    return _screen(case, by=by).run


def _screen(case: Case, *, by: User | None) -> CaseScreening:
    parties = subjects_of(case)
    run = screening.screen([subject_of(party) for party in parties])
    return CaseScreening.objects.create(
        case=case, run=run, by=by, subjects={party.subject: party.name for party in parties}
    )


def _note(row: CaseScreening) -> dict[str, Any]:
    return {
        "run": row.run_id,
        "state": row.run.state,
        "snapshots": row.run.snapshots,
        "subjects": sorted(row.subjects),
        "matches": row.run.matches.count(),
    }


def subjects_of(case: Case) -> list[Party]:
    """Return the parties of a case and all who are recorded as owning them."""
    ids = list(case.parties.values_list("party_id", flat=True))
    ids += [owner.pk for owner, _owned, _percent in owners_above(ids)]
    rows = Party.objects.filter(pk__in=ids).prefetch_related("names", "addresses", "identifiers", "facts")
    return list(rows.order_by("pk"))


def subject_of(party: Party) -> screening.Subject:
    """Return a party as screening sees it: all names in all scripts, places, numbers and countries."""
    countries = {
        str(fact.value)
        for fact in party.facts.all()
        if fact.replaced_at is None and fact.value and fact.key in _COUNTRY_FACTS
    } | {address.country for address in party.addresses.all() if address.country}
    return screening.Subject(
        ref=party.subject,
        names=(party.name, *(name.text for name in party.names.all())),
        addresses=tuple(address.text for address in party.addresses.all()),
        countries=tuple(sorted(countries)),
        identifiers=tuple(identifier.number for identifier in party.identifiers.all()),
    )


_COUNTRY_FACTS = frozenset({"party.country", "party.headquarters"})


def rescreen_stale_cases() -> dict[str, int]:
    """Screen again every open case that was searched in other lists than the current ones.

    One short transaction per case, safe to kill and run again. A case already decided on is reopened when a match that
    nobody has judged appears.
    """
    done = {"screened": 0, "reopened": 0}
    for ref in _stale():
        with transaction.atomic():
            case = Case.objects.select_for_update(skip_locked=True).filter(ref=ref).first()
            if case is None:
                continue
            row = screen_parties(ref, by=None)
            done["screened"] += 1
            case.refresh_from_db()
            decided = State(case.state) not in (State.UNDER_REVIEW, State.HELD)
            undecided = screening.undecided_matches(row.run, refs=sorted(row.subjects))
            if undecided and decided and (State(case.state), Action.REOPEN) in TABLE:
                with act(ref, Action.REOPEN, by=None) as (case, note):
                    withdraw_proposal(case)
                    note.update(because="lists", run=row.run_id, undecided=undecided)
                done["reopened"] += 1
    return done


def _stale() -> list[str]:
    current = screening.current_searched()
    rows = Case.objects.still_open().exclude(state=State.DRAFT).order_by("pk")
    return [
        case.ref
        for case in rows.prefetch_related("screenings__run").iterator(chunk_size=500)
        if not (runs := list(case.screenings.all())) or runs[0].run.searched_key != current
    ]
