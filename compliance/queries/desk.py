"""The lists people work from: the desk, all cases, the reviewer's queue, the search. Rows are plain and ready to show.

Every list costs the same few queries at any size: one page of rows with its counts, and one count of all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.lifecycle import APPROVE, ENDED, LICENSE, PROPOSE, WORK, State
from compliance.models import Case, CaseParty, Decision, FlagState, Unit, User, Verdict

from .scope import visible_cases, visible_items, visible_parties

PAGE = 50

ORDERS = {
    "due": (F("next_due_on").asc(nulls_last=True), "created_at", "pk"),
    "-due": (F("next_due_on").desc(nulls_last=True), "created_at", "pk"),
    "ref": ("pk",),
    "-ref": ("-pk",),
    "age": ("created_at", "pk"),
    "-age": ("-created_at", "-pk"),
    "value": (F("value").asc(nulls_last=True), "pk"),
    "-value": (F("value").desc(nulls_last=True), "-pk"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One case in a list."""

    ref: str
    title: str
    state: str
    state_label: str
    activity: str
    outcome: str
    destination: str
    due: dt.date | None
    left: int | None
    left_words: str
    holder: str
    unit: str
    age_days: int
    open_flags: int
    value: Any
    currency: str
    more: Any = None

    @property
    def urgency(self) -> str:
        """Return the tone of the legal date: overdue, within a week, or later."""
        if self.left is None or self.state in {*ENDED, State.SHIPPED}:
            return "quiet"
        return "overdue" if self.left < 0 else "due" if self.left <= 7 else "quiet"


def days_left(due: dt.date | None, today: dt.date | None = None) -> str:
    """Return the time to a day as words: “today”, “3 days left”, “2 days overdue”."""
    if due is None:
        return ""
    left = (due - (today or timezone.localdate())).days
    if left == 0:
        return _("today")
    if left < 0:
        return ngettext("%(n)d day overdue", "%(n)d days overdue", -left) % {"n": -left}
    return ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}


def rows_of(cases: Iterable[Case]) -> list[Row]:
    """Return cases (from :func:`listed`) as rows to show."""
    from .outcomes import outcome_label

    today = timezone.localdate()
    return [
        Row(
            ref=case.ref,
            title=case.title,
            state=case.state,
            state_label=case.get_state_display(),
            activity=case.get_activity_display(),
            outcome=outcome_label(case.outcome),
            destination=case.destination,
            due=case.next_due_on,
            left=(case.next_due_on - today).days if case.next_due_on else None,
            left_words=days_left(case.next_due_on, today),
            holder=case.assigned_to.name if case.assigned_to else "",
            unit=str(case.unit),
            age_days=(timezone.now() - case.created_at).days,
            open_flags=case.open_flags,
            value=case.value,
            currency=case.currency,
            more=case,
        )
        for case in cases
    ]


def listed(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Add what a row shows to a query of cases."""
    flags = (
        FlagState.objects.filter(case=OuterRef("pk"), answer__in=("raised", "unknown"), closed_at__isnull=True)
        .order_by()
        .values("case")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return cases.select_related("unit", "assigned_to").annotate(open_flags=Coalesce(Subquery(flags), Value(0)))


# --- the desk --------------------------------------------------------------------------------------------------------


def desk_views(user: User) -> dict[str, QuerySet[Case]]:
    """Return the piles of the person's desk, the one that asks for action first."""
    cases = visible_cases(user)
    piles: dict[str, QuerySet[Case]] = {}
    if user.has_perm(APPROVE):
        piles["queue"] = awaiting(user)
    if user.has_perm(WORK):
        piles["mine"] = cases.filter(assigned_to=user, state__in=(State.DRAFT, State.UNDER_REVIEW, State.HELD))
    if user.has_perm(LICENSE):
        piles["license"] = cases.filter(state__in=(State.AUTHORIZATION_NEEDED, State.AUTHORIZATION_PENDING))
    if user.has_perm("compliance.ship_case"):
        piles["ship"] = cases.filter(state=State.AUTHORIZED)
    if user.has_perm(PROPOSE) or user.has_perm(WORK):
        piles["waiting"] = cases.filter(state=State.AWAITING_APPROVAL)
    piles["unit"] = cases.exclude(state__in=[*ENDED, State.SHIPPED])
    return piles


def pile_counts(piles: dict[str, QuerySet[Case]]) -> dict[str, int]:
    """Return how many cases lie on each pile, in one query."""
    sums = {
        name: Coalesce(
            Subquery(pile.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")),
            Value(0),
        )
        for name, pile in piles.items()
    }
    row = (
        Unit.objects.annotate(**{f"n_{name}": each for name, each in sums.items()})
        .order_by()
        .values(*(f"n_{name}" for name in sums))[:1]
    )
    found = row[0] if row else {}
    return {name: found.get(f"n_{name}", 0) for name in piles}


def awaiting(user: User) -> QuerySet[Case]:
    """Return the cases whose proposal this person may still decide on: not their own, and not yet decided by them."""
    decided = Verdict.objects.filter(by=user).values("decision")
    waiting = (
        Decision.objects.filter(standing=Decision.Standing.WAITING).exclude(proposed_by=user).exclude(pk__in=decided)
    )
    return visible_cases(user).filter(state=State.AWAITING_APPROVAL, pk__in=waiting.values("case"))


@dataclass(frozen=True, slots=True)
class Waiting:
    """One proposal in the reviewer's queue."""

    row: Row
    recommendation: str
    recommendation_label: str
    reason: str
    by: str
    at: dt.datetime
    needed: int
    given: int
    readings_differ: bool


def queue_rows(cases: list[Case]) -> list[Waiting]:
    """Return the proposals behind one page of the queue, in the order of the cases; one more query."""
    decisions = {
        decision.case_id: decision
        for decision in Decision.objects.filter(case__in=cases, standing=Decision.Standing.WAITING)
        .select_related("proposed_by", "determination")
        .defer("content_text", "determination__lines")
        .annotate(given=Count("verdicts", filter=Q(verdicts__answer__startswith="approve")))
    }
    found = []
    for row in rows_of(cases):
        decision = decisions.get(row.more.pk)
        if decision is None:
            continue
        found.append(
            Waiting(
                row=row,
                recommendation=decision.recommendation,
                recommendation_label=decision.get_recommendation_display(),
                reason=decision.reason,
                by=decision.proposed_by.name,
                at=decision.proposed_at,
                needed=decision.checkers_needed,
                given=decision.given,
                readings_differ=decision.determination.outcome_codified != decision.determination.outcome_enforced,
            )
        )
    return found


# --- all cases and search --------------------------------------------------------------------------------------------


def filtered(
    user: User,
    *,
    text: str = "",
    state: str = "",
    activity: str = "",
    outcome: str = "",
    destination: str = "",
    holder: str = "",
    flags: str = "",
    order: str = "due",
) -> QuerySet[Case]:
    """Return the visible cases that fit; a word that means nothing here is passed over."""
    cases = visible_cases(user)
    if text:
        cases = cases.filter(_fits(text))
    if state == "open":
        cases = cases.exclude(state__in=[*ENDED, State.SHIPPED])
    elif state in {each.value for each in State}:
        cases = cases.filter(state=state)
    if activity in Case.Activity.values:
        cases = cases.filter(activity=activity)
    if outcome:
        cases = cases.filter(outcome=outcome)
    if destination:
        cases = cases.filter(destination=destination.upper()[:2])
    if holder == "nobody":
        cases = cases.filter(assigned_to__isnull=True)
    elif holder:
        cases = cases.filter(assigned_to__username=holder)
    if flags == "open":
        cases = cases.filter(
            pk__in=FlagState.objects.filter(answer__in=("raised", "unknown"), closed_at__isnull=True).values("case")
        )
    return cases.order_by(*ORDERS.get(order, ORDERS["due"]))


def _fits(text: str) -> Q:
    word = text.strip()[:200]
    return Q(ref__istartswith=word) | Q(title__icontains=word) | Q(purchase_order__iexact=word)


def holders(user: User) -> list[tuple[str, str]]:
    """Return the people who may hold the cases this person sees."""
    people = User.objects.filter(is_active=True)
    if not user.has_perm("compliance.see_all_units"):
        people = people.filter(units__in=user.units.all()).distinct()
    return [(person.username, person.name) for person in people.order_by("username")[:200]]


@dataclass(frozen=True, slots=True)
class Found:
    """One thing the search found."""

    kind: str
    ref: str
    words: str
    detail: str = ""


def search(user: User, text: str, *, limit: int = 20) -> dict[str, list[Found]]:
    """Search cases, parties and items the person may see by number, name in any script, model or ECCN."""
    word = text.strip()[:200]
    if not word:
        return {"cases": [], "parties": [], "items": []}
    by_party = CaseParty.objects.filter(party__name__icontains=word).values("case")
    cases = visible_cases(user).filter(_fits(word) | Q(pk__in=by_party)).order_by("-pk")
    parties = (
        visible_parties(user)
        .filter(
            Q(ref__iexact=word)
            | Q(name__icontains=word)
            | Q(names__text__icontains=word)
            | Q(identifiers__number__iexact=word)
        )
        .distinct()
    )
    items = visible_items(user).filter(
        Q(ref__iexact=word) | Q(model__icontains=word) | Q(vendor__icontains=word) | Q(eccn__istartswith=word)
    )
    return {
        "cases": [Found("case", c.ref, c.title, c.get_state_display()) for c in cases[:limit]],
        "parties": [Found("party", p.ref, p.name, p.get_kind_display()) for p in parties[:limit]],
        "items": [Found("item", i.ref, str(i), i.eccn) for i in items[:limit]],
    }
