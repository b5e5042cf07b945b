"""What the hit desk asks of those who own the parties: the clocks, the cases and the people behind a match."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Min, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from compliance.lifecycle import TABLE, Action, State
from compliance.models import NOT_OPEN, Case, CaseParty, CaseScreening, Party, User
from screening import queries as screening

from .people import who_may
from .scope import visible_cases

JUDGE = "screening.judge_match"
_PREFIX = len("party:")
FEW = 500
"""Up to so many parties are asked for by name; more are not worth a list of names."""
MOST_CASES = 5
"""How many open cases of a party are named beside its match."""


def clocks_of_subjects(refs: Collection[str] | None = None) -> dict[str, dt.date]:
    """Return, by reference, the nearest legal or planned day of an open case with the party, where there is one.

    Of some parties, or of all there are.
    """
    places = CaseParty.objects.exclude(case__state__in=NOT_OPEN)
    if refs is not None and len(refs) <= FEW:
        places = places.filter(party__ref__in=[ref[_PREFIX:] for ref in refs])
    due = places.annotate(due=Coalesce("case__next_due_on", "case__planned_on")).filter(due__isnull=False)
    nearest = due.order_by().values_list("party__ref").annotate(nearest=Min("due"))
    return {f"party:{ref}": day for ref, day in nearest}


@dataclass(frozen=True, slots=True)
class CaseTouched:
    """An open case that waits for the matches of a party.

    ``undecided`` counts what is left to judge in it; ``ask_again`` is where one press asks the law again, and empty
    while matches are left, or where the person or the state of the case does not allow it.
    """

    ref: str
    title: str
    href: str
    state_label: str
    undecided: int
    ask_again: str


def cases_of_subject(user: User, subject_ref: str) -> list[CaseTouched]:
    """Return the open cases a person may see that were screened with a subject, the most urgent first."""
    ref = subject_ref.partition(":")[2]
    rows = visible_cases(user).still_open().exclude(state=State.DRAFT)  # type: ignore[attr-defined]
    named = CaseParty.objects.filter(party__ref=ref).values("case")
    # Owners stand in no role of the case; they are known by having been screened with it.
    screened = CaseScreening.objects.filter(run__asked__subject_ref=subject_ref).values("case")
    rows = rows.filter(Q(pk__in=named) | Q(pk__in=screened))
    cases = list(rows.order_by("next_due_on", "pk")[:MOST_CASES])
    last = CaseScreening.objects.filter(case__in=cases).order_by("case_id", "-pk").distinct("case_id")
    latest = list(last)
    counted = screening.undecided_in([(one.run_id, one.subjects) for one in latest])
    left = {one.case_id: count for one, count in zip(latest, counted, strict=True)}
    return [_touched(user, case, left.get(case.pk)) for case in cases]


def _touched(user: User, case: Case, left: int | None) -> CaseTouched:
    """Return a case as it is named; ``left`` is None where its parties were never screened."""
    may = (State(case.state), Action.DETERMINE) in TABLE and user.has_perm(
        TABLE[State(case.state), Action.DETERMINE].needs
    )
    return CaseTouched(
        ref=case.ref,
        title=case.title,
        href=reverse("compliance:case", args=[case.ref]),
        state_label=str(case.get_state_display()),
        undecided=left or 0,
        ask_again=reverse("compliance:case_determine", args=[case.ref]) if may and left == 0 else "",
    )


def colleagues_for(subject_ref: str) -> list[tuple[str, str]]:
    """Return user name and name of the active people who may judge matches and see the party, by name."""
    party = Party.objects.filter(ref=subject_ref.partition(":")[2]).select_related("unit").first()
    if party is None:
        return []
    people = who_may(JUDGE).filter(Q(units=party.unit) | Q(is_superuser=True)).distinct()
    return sorted(((person.username, person.name) for person in people), key=lambda one: one[1].casefold())
