"""The audit report: one row per case, from its facts to its outcome, its decision and what let it go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from compliance.models import (
    Authorization,
    Case,
    CaseScreening,
    Decision,
    FlagState,
    StoredDetermination,
    User,
    Verdict,
)
from compliance.queries import visible_cases
from compliance.queries.outcomes import WORDS as OUTCOMES

from .shape import (
    Column,
    Filters,
    Kind,
    Report,
    Row,
    between,
    day_of,
    in_pieces,
    labels,
    latest_per_case,
    people,
    units,
)

DAYS = {"created": _("created"), "planned": _("planned"), "shipped": _("shipped")}
GOVERNING = {"enforced": _("as enforced"), "stricter": _("the stricter reading")}
SAMPLE = {"true": _("sample list"), "false": ""}

COLUMNS = (
    Column("ref", _("Case"), _("Number of the case."), Kind.CODE, width=9),
    Column("title", _("Title"), _("What the case is about, in the words of whoever opened it."), width=20),
    Column("unit", _("Unit"), _("Business unit the case belongs to."), Kind.CODE, width=6),
    Column("activity", _("Activity"), _("Kind of activity under the EAR."), words=labels(Case.Activity), width=8),
    Column("destination", _("Destination"), _("Country of destination, ISO 3166 code."), Kind.CODE, width=8),
    Column("planned_on", _("Planned"), _("Day on which it is planned to leave."), Kind.DAY, width=8),
    Column("value", _("Value"), _("Value of the transaction, in the currency beside it."), Kind.NUMBER, width=9),
    Column("currency", _("Currency"), _("Currency of the value, ISO 4217 code."), Kind.CODE, width=6),
    Column("state", _("State"), _("Where the case stands now."), words=labels(Case.StateLabel), width=9),
    Column(
        "outcome",
        _("Outcome"),
        _("What the last determination says in the reading that governs; empty where the law has not been asked."),
        words=OUTCOMES,
        width=11,
    ),
    Column("outcome_codified", _("Outcome as codified"), _("The same in the text as codified."), words=OUTCOMES),
    Column("outcome_enforced", _("Outcome as enforced"), _("The same as BIS says it enforces."), words=OUTCOMES),
    Column("governing", _("Governing reading"), _("Which reading gives the outcome."), words=GOVERNING),
    Column("determined_for", _("Determined for"), _("Day whose law was read."), Kind.DAY),
    Column("authorization", _("Authorization"), _("Kind of the last authorization recorded."),
           words=labels(Authorization.Kind)),
    Column("authorization_number", _("Authorization number"),
           _("License or confirmation number; before it is granted, the application number."), Kind.CODE, width=10),
    Column("authorization_standing", _("Authorization standing"), _("How the authorization stands."),
           words=labels(Authorization.Standing)),
    Column("decision", _("Decision"), _("What was last proposed."), words=labels(Decision.Recommendation)),
    Column("decision_standing", _("Decision standing"), _("What became of the proposal."),
           words=labels(Decision.Standing), width=8),
    Column("proposer", _("Proposed by"), _("Who made the proposal."), width=9),
    Column("checkers", _("Checked by"), _("Who gave a verdict on the proposal, in order."), width=11),
    Column("open_flags", _("Open red flags"), _("Red flags raised or unknown that nobody has closed."), Kind.WHOLE),
    Column("screening_run", _("Screening run"), _("Number of the last screening of the parties; empty where none."),
           Kind.WHOLE),
    Column("screening_state", _("Screening state"), _("Whether that screening was complete, partial or failed."),
           words={"complete": _("complete"), "partial": _("partial"), "failed": _("failed")}),
    Column("lists_of", _("Lists of"), _("Day on which the lists it searched were last confirmed current."), Kind.DAY),
    Column("sample", _("Sample list"), _("Says so where the sample list was searched, which decides nothing."),
           words=SAMPLE),
    Column("determination", _("Determination digest"), _("SHA-256 of the last determination."), Kind.CODE),
    Column("created_by", _("Opened by"), _("Who opened the case.")),
    Column("assigned_to", _("With"), _("Who has the case now.")),
    Column("created_at", _("Created"), _("When the case was opened, UTC."), Kind.MOMENT),
    Column("submitted_at", _("Submitted"), _("When it was submitted, UTC."), Kind.MOMENT),
    Column("shipped_on", _("Shipped"), _("Day on which the shipment was released."), Kind.DAY),
    Column("next_due_on", _("Next date"), _("Next legal or planned date of the case."), Kind.DAY),
)  # fmt: skip

_OWN = (
    "pk", "ref", "title", "unit_id", "activity", "destination", "planned_on", "value", "currency", "state",
    "created_by_id", "assigned_to_id", "created_at", "submitted_at", "shipped_on", "next_due_on",
)  # fmt: skip


def chosen(user: User, filters: Filters) -> QuerySet[Case]:
    """Return the cases the person may see that pass the filters."""
    rows = visible_cases(user)
    by = filters.by or "created"
    day = {"created": "created_at", "planned": "planned_on", "shipped": "shipped_on"}[by]
    rows = rows.filter(between(filters, day, moment=by == "created"))
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.unit:
        rows = rows.filter(unit__code=filters.unit)
    if filters.outcome:
        rows = rows.filter(outcome=filters.outcome)
    if filters.person:
        rows = rows.filter(_touched_by(filters.person))
    return rows


def _touched_by(username: str) -> Q:
    """Return the cases a person opened, holds, proposed in or decided on."""
    proposed = Decision.objects.filter(case=OuterRef("pk"), proposed_by__username=username)
    decided = Verdict.objects.filter(decision__case=OuterRef("pk"), by__username=username)
    return (
        Q(created_by__username=username) | Q(assigned_to__username=username) | Q(Exists(proposed)) | Q(Exists(decided))
    )


def count(user: User, filters: Filters) -> int:
    """Return how many rows there are."""
    return chosen(user, filters).count()


def rows(user: User, filters: Filters) -> Iterator[Row]:
    """Yield the rows in the order in which the cases were opened, one piece in memory at a time."""
    names, codes = people(), units()
    cases = chosen(user, filters).order_by("pk").values_list(*_OWN)
    for piece in in_pieces(cases.iterator(chunk_size=2_000)):
        yield from _whole(piece, names, codes)


def _whole(piece: list[Row], names: dict[int, str], codes: dict[int, str]) -> Iterator[Row]:
    ids = [row[0] for row in piece]
    laws = latest_per_case(
        StoredDetermination.objects.all(), ids,
        "outcome", "outcome_codified", "outcome_enforced", "governing", "on", "digest",
    )  # fmt: skip
    papers = latest_per_case(Authorization.objects.all(), ids, "kind", "number", "application", "standing")
    decisions = latest_per_case(Decision.objects.all(), ids, "pk", "recommendation", "standing", "proposed_by_id")
    searches = latest_per_case(
        CaseScreening.objects.all(), ids,
        "run_id", "run__state", "run__coverage__as_of", "run__coverage__sample",
    )  # fmt: skip
    checkers = _checkers([row[0] for row in decisions.values()], names)
    flags = _open_flags(ids)
    for own in piece:
        (pk, ref, title, unit, activity, destination, planned, value, currency, state,
         opened, holder, created, submitted, shipped, due) = own  # fmt: skip
        law = laws.get(pk, ("", "", "", "", None, ""))
        paper = papers.get(pk, ("", "", "", ""))
        decision = decisions.get(pk, (0, "", "", None))
        run, run_state, as_of, sample = searches.get(pk, (None, "", None, None))
        yield (
            ref, title, codes.get(unit, ""), activity, destination, planned, value, currency, state,
            law[0], law[1], law[2], law[3], law[4],
            paper[0], paper[1] or paper[2], paper[3],
            decision[1], decision[2], names.get(decision[3], ""), checkers.get(decision[0], ""),
            flags.get(pk, 0),
            run, run_state, day_of(as_of), "" if sample is None else str(sample).lower(),
            law[5],
            names.get(opened, ""), names.get(holder, ""), created, submitted, shipped, due,
        )  # fmt: skip


def _checkers(decisions: list[Any], names: dict[int, str]) -> dict[int, str]:
    found: dict[int, list[str]] = defaultdict(list)
    verdicts = Verdict.objects.filter(decision__in=decisions).order_by("pk")
    for decision, by in verdicts.values_list("decision_id", "by_id"):
        found[decision].append(names.get(by, ""))
    return {decision: "; ".join(given) for decision, given in found.items()}


def _open_flags(ids: list[int]) -> dict[int, int]:
    standing = FlagState.objects.filter(
        case__in=ids, answer__in=(FlagState.Answer.RAISED, FlagState.Answer.UNKNOWN), closed_at__isnull=True
    )
    return dict(standing.order_by().values_list("case_id").annotate(count=Count("pk")))


REPORT = Report(
    slug="cases",
    title=_("Audit report of cases"),
    purpose=_("One row per case: facts, outcome in both readings, decision, checkers, authorization, screening."),
    columns=COLUMNS,
    rows=rows,
    count=count,
    days=DAYS,
    takes=("state", "unit", "person", "outcome"),
)
