"""The audit report: one row per case, from its facts to its outcome, its decision and what let it go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from compliance.models import Authorization, Case, Decision, User, Verdict
from compliance.queries import visible_cases
from compliance.queries.outcomes import WORDS as OUTCOMES

from .copied import quicker
from .shape import PIECE, Column, Filters, Kind, Report, Row, between, labels

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

# What hangs on a case is joined, not sought with IN: the planner then knows how many rows to expect.
# One statement joins each case with the newest row of every part: a hundred thousand cases are read in about the time
# their cells take to write. The scope and the filters are the ORM's own statement, in front of it.
_SQL = """
WITH chosen AS MATERIALIZED ({chosen}),
people AS MATERIALIZED (
  SELECT id, coalesce(nullif(trim(first_name || ' ' || last_name), ''), username) AS name FROM compliance_user),
law AS (
  SELECT DISTINCT ON (case_id) case_id, outcome, outcome_codified, outcome_enforced, governing, "on", digest
  FROM compliance_storeddetermination held JOIN chosen ON chosen.id = held.case_id ORDER BY case_id, held.id DESC),
paper AS (
  SELECT DISTINCT ON (case_id) case_id, kind, coalesce(nullif(number, ''), application) AS number, standing
  FROM compliance_authorization held JOIN chosen ON chosen.id = held.case_id ORDER BY case_id, held.id DESC),
decided AS (
  SELECT DISTINCT ON (case_id) case_id, held.id, recommendation, standing, proposed_by_id
  FROM compliance_decision held JOIN chosen ON chosen.id = held.case_id ORDER BY case_id, held.id DESC),
checked AS (
  SELECT decision_id, string_agg(people.name, '; ' ORDER BY v.id) AS people
  FROM compliance_verdict v JOIN decided ON decided.id = v.decision_id JOIN people ON people.id = v.by_id
  GROUP BY decision_id),
searched AS (
  SELECT DISTINCT ON (case_id) case_id, run_id
  FROM compliance_casescreening held JOIN chosen ON chosen.id = held.case_id ORDER BY case_id, held.id DESC),
flagged AS (
  SELECT case_id, count(*) AS open FROM compliance_flagstate held JOIN chosen ON chosen.id = held.case_id
  WHERE answer IN ('raised', 'unknown') AND closed_at IS NULL GROUP BY case_id)
SELECT c.ref, c.title, unit.code, c.activity, c.destination, c.planned_on, c.value, c.currency, c.state,
  law.outcome, law.outcome_codified, law.outcome_enforced, law.governing, law."on",
  paper.kind, paper.number, paper.standing,
  decided.recommendation, decided.standing, coalesce(proposer.name, ''), coalesce(checked.people, ''),
  coalesce(flagged.open, 0),
  run.id, run.state, left(run.coverage ->> 'as_of', 10)::date, run.coverage ->> 'sample',
  law.digest, coalesce(creator.name, ''), coalesce(holder.name, ''), c.created_at, c.submitted_at, c.shipped_on,
  c.next_due_on
FROM chosen JOIN compliance_case c ON c.id = chosen.id
  LEFT JOIN law ON law.case_id = c.id
  LEFT JOIN paper ON paper.case_id = c.id
  LEFT JOIN decided ON decided.case_id = c.id
  LEFT JOIN checked ON checked.decision_id = decided.id
  LEFT JOIN searched ON searched.case_id = c.id
  LEFT JOIN screening_run run ON run.id = searched.run_id
  LEFT JOIN flagged ON flagged.case_id = c.id
  LEFT JOIN compliance_unit unit ON unit.id = c.unit_id
  LEFT JOIN people proposer ON proposer.id = decided.proposed_by_id
  LEFT JOIN people creator ON creator.id = c.created_by_id
  LEFT JOIN people holder ON holder.id = c.assigned_to_id
ORDER BY c.id
"""


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


def statement(user: User, filters: Filters) -> tuple[str, tuple[Any, ...]] | None:
    """Return the SQL of the rows, in the order in which the cases were opened; ``None`` where the scope is empty."""
    try:
        scope, values = chosen(user, filters).order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        return None
    return _SQL.format(chosen=scope), values


def rows(user: User, filters: Filters) -> Iterator[Row]:
    """Yield the rows in the order in which the cases were opened, a few thousand in memory at a time."""
    if (asked := statement(user, filters)) is None:
        return
    with transaction.atomic(), connection.cursor() as settings, connection.chunked_cursor() as cursor:
        quicker(settings)
        cursor.execute(*asked)
        while piece := cursor.fetchmany(PIECE):
            yield from piece


REPORT = Report(
    slug="cases",
    title=_("Audit report of cases"),
    purpose=_("One row per case: facts, outcome in both readings, decision, checkers, authorization, screening."),
    columns=COLUMNS,
    rows=rows,
    count=count,
    days=DAYS,
    takes=("state", "unit", "person", "outcome"),
    statement=statement,
)
