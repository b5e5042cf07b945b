"""Decisions: every proposal, who made it, who checked it, and the fingerprint they signed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from compliance.models import Decision, User, Verdict
from compliance.queries.outcomes import WORDS as OUTCOMES

from .shape import Column, Filters, Kind, Report, Row, between, in_pieces, labels, people, scoped_to

COLUMNS = (
    Column("ref", _("Case"), _("Number of the case."), Kind.CODE, width=8),
    Column("unit", _("Unit"), _("Business unit the case belongs to."), Kind.CODE, width=5),
    Column("proposed_at", _("Proposed"), _("When it was proposed, UTC."), Kind.MOMENT, width=9),
    Column("proposed_by", _("Proposed by"), _("Who made the proposal."), width=9),
    Column("recommendation", _("Recommendation"), _("What was recommended."), words=labels(Decision.Recommendation),
           width=9),
    Column("reason", _("Reason"), _("Why, in the proposer's words."), width=22),
    Column("by_hand", _("Decided by hand"), _("The written legal basis where the law package could not tell.")),
    Column("outcome", _("Outcome"), _("Outcome of the determination the proposal rests on."), words=OUTCOMES, width=9),
    Column("checkers_needed", _("Checkers needed"), _("How many colleagues had to agree."), Kind.WHOLE),
    Column("verdicts", _("Verdicts"), _("Each verdict in order: person, answer, time in UTC."), width=22),
    Column("conditions", _("Conditions"), _("Conditions attached by those who checked.")),
    Column("standing", _("Standing"), _("What became of the proposal."), words=labels(Decision.Standing), width=7),
    Column("settled_at", _("Settled"), _("When it was settled, UTC."), Kind.MOMENT),
    Column("content", _("Fingerprint"), _("SHA-256 of exactly what was proposed and signed."), Kind.CODE),
)  # fmt: skip


def chosen(user: User, filters: Filters) -> QuerySet[Decision]:
    """Return the proposals in cases the person may see that pass the filters."""
    rows = scoped_to(Decision, user)
    by = filters.by or "proposed"
    rows = rows.filter(between(filters, {"proposed": "proposed_at", "settled": "settled_at"}[by], moment=True))
    if filters.state:
        rows = rows.filter(case__state=filters.state)
    if filters.unit:
        rows = rows.filter(case__unit__code=filters.unit)
    if filters.outcome:
        rows = rows.filter(determination__outcome=filters.outcome)
    if filters.person:
        theirs = Verdict.objects.filter(by__username=filters.person).values("decision")
        rows = rows.filter(Q(proposed_by__username=filters.person) | Q(pk__in=theirs))
    return rows


def count(user: User, filters: Filters) -> int:
    """Return how many rows there are."""
    return chosen(user, filters).count()


def rows(user: User, filters: Filters) -> Iterator[Row]:
    """Yield the proposals, oldest first."""
    names, answers = people(), labels(Verdict.Answer)
    proposals = chosen(user, filters).order_by("pk").values_list(
        "pk", "case__ref", "case__unit__code", "proposed_at", "proposed_by_id", "recommendation", "reason", "by_hand",
        "determination__outcome", "checkers_needed", "standing", "settled_at", "content",
    )  # fmt: skip
    for piece in in_pieces(proposals.iterator(chunk_size=2_000)):
        given: dict[int, list[tuple[str, str]]] = defaultdict(list)
        verdicts = Verdict.objects.filter(decision__in=[row[0] for row in piece]).order_by("pk")
        told = verdicts.values_list("decision_id", "by_id", "answer", "at", "conditions")
        for decision, by, answer, at, terms in told:
            given[decision].append((f"{names.get(by, '')}: {answers[answer]}, {at:%Y-%m-%d %H:%M}", terms))
        for pk, ref, unit, at, by, advice, reason, basis, outcome, needed, standing, settled, content in piece:
            said = given.get(pk, [])
            yield (
                ref, unit, at, names.get(by, ""), advice, reason, basis, outcome, needed,
                "; ".join(words for words, _terms in said), "; ".join(terms for _words, terms in said if terms),
                standing, settled, content,
            )  # fmt: skip


REPORT = Report(
    slug="decisions",
    title=_("Decisions"),
    purpose=_("One row per proposal: who proposed what and why, who checked it, which fingerprint they signed."),
    columns=COLUMNS,
    rows=rows,
    count=count,
    days={"proposed": _("proposed"), "settled": _("settled")},
    takes=("state", "unit", "person", "outcome"),
)
