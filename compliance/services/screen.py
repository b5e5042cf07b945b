"""Screening the parties of a case and everybody recorded above them."""

from __future__ import annotations

from typing import Any

from compliance.lifecycle import TABLE, Action, State
from compliance.models import Case, CaseScreening, Party, User
from compliance.queries.facts import owners_above
from compliance.queries.subjects import subjects_of
from screening import queries as lists
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
    parties = everybody_behind(case)
    run = screening.screen(subjects_of(parties))
    return CaseScreening.objects.create(
        case=case, run=run, by=by, subjects={party.subject: party.name for party in parties}
    )


def _note(row: CaseScreening) -> dict[str, Any]:
    return {
        "run": row.run_id,
        "state": row.run.state,
        "lists": row.run.snapshot_digests,
        "as_of": row.run.coverage.get("as_of"),
        "sample": row.run.coverage.get("sample", False),
        "subjects": sorted(row.subjects),
        "matches": row.run.matches.count(),
    }


def everybody_behind(case: Case) -> list[Party]:
    """Return the parties of a case and all who are recorded as owning them, directly or through others."""
    ids = list(case.parties.values_list("party_id", flat=True))
    ids += [owner.pk for owner, _owned, _percent in owners_above(ids)]
    return list(Party.objects.filter(pk__in=ids).order_by("pk"))


def rescreen_case(ref: str) -> list[str]:
    """Screen one case again; say ``screened``, ``undecided`` and ``reopened``, as it comes.

    A case already decided on is reopened when a match that nobody has judged appears, and when an entry that a person
    confirmed to be one of its parties now says something else or is gone. Says nothing while somebody else is at work
    in the case. To be called in a transaction.
    """
    case = Case.objects.select_for_update(skip_locked=True).filter(ref=ref).first()
    if case is None:
        return []
    before = case.screenings.select_related("run").first()
    row = screen_parties(ref, by=None)
    case.refresh_from_db()
    decided = State(case.state) not in (State.UNDER_REVIEW, State.HELD)
    undecided = lists.undecided_matches(row.run, refs=sorted(row.subjects))
    moved = lists.confirmed_entries_moved(sorted(row.subjects), before.run, row.run) if before else 0
    if not ((undecided or moved) and decided and (State(case.state), Action.REOPEN) in TABLE):
        return ["screened", *(["undecided"] if undecided else [])]
    with act(ref, Action.REOPEN, by=None) as (case, note):
        withdraw_proposal(case)
        because = "lists" if undecided else "confirmed entry"
        note.update(because=because, run=row.run_id, undecided=undecided, confirmed_moved=moved)
    return ["screened", *(["undecided"] if undecided else []), "reopened"]


def stale_cases() -> list[str]:
    """Return the open cases that were searched in other lists than the current ones."""
    current = lists.current_searched()
    rows = Case.objects.still_open().exclude(state=State.DRAFT).order_by("pk")
    return [
        case.ref
        for case in rows.prefetch_related("screenings__run").iterator(chunk_size=500)
        if not (runs := list(case.screenings.all())) or runs[0].run.searched_key != current
    ]
