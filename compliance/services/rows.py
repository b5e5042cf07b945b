"""Making parties of rows of a spreadsheet that was screened, so that what was found of them can be judged.

A row keeps its results, but a match is judged of a party of ours: a judgement belongs to a pair that stays. Whoever is
kept already under the name of a row is not entered twice; that party is screened as it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from compliance.models import Party, Unit, User
from compliance.queries.parties import kept_under
from compliance.queries.subjects import subjects_of
from screening import services as screening
from screening.queries import batches as reading
from screening.reasons import sentence
from screening.services import batches

from .act import role_of
from .facts import record_party_fact
from .parties import add_party
from .refusals import BadInput, NotYours

MOST = 100
KINDS = {"": "organization", "entity": "organization", "individual": "person", "vessel": "vessel"}
COUNTRY = "party.country"
UNSAID = "unspecified"
"""The kind of a number of which the spreadsheet does not say what it is."""


@dataclass(slots=True)
class Planned:
    """One row and what becomes of it: a new party, one that is kept already (``ref``), or nothing (``problem``)."""

    number: int
    name: str
    ref: str = ""
    problem: str = ""
    new: bool = False
    done: bool = False
    row: Any = None


@dataclass(slots=True)
class Made:
    """What became of the rows, and the run that screened the parties; without a party there is none."""

    rows: list[Planned] = field(default_factory=list)
    run: Any = None

    @property
    def refs(self) -> list[str]:
        """Return the numbers of the parties that were screened, each once."""
        return list(dict.fromkeys(row.ref for row in self.rows if row.ref and not row.problem and not row.done))


def planned(batch_id: int, numbers: Sequence[int], *, by: User) -> list[Planned]:
    """Return what would become of the rows. Nothing is written.

    Raises :class:`~.refusals.NotYours`, :class:`~.refusals.BadInput` of ``rows``, and ``DoesNotExist`` for a
    spreadsheet the person may not see.
    """
    batch = _batch(batch_id, numbers, by)
    return _plan(batch.rows.filter(number__in=numbers).order_by("number"), by)


def make_parties(batch_id: int, numbers: Sequence[int], *, by: User, unit: Unit | None = None) -> Made:
    """Enter the rows as parties and screen them, in one transaction; a row that cannot be one is named and left out.

    Records ``party.add`` and ``party.screen`` of each party and ``party.import`` of the batch. A row that became a
    party before is passed over. Raises as :func:`planned` does.
    """
    batch = _batch(batch_id, numbers, by)
    with transaction.atomic():
        made = Made(_plan(batches.rows_to_become(batch.pk, numbers), by))
        entered: dict[str, str] = {}
        for plan in made.rows:
            if plan.new:
                _enter(plan, entered, batch=batch, by=by, unit=unit)
        parties = list(Party.objects.filter(ref__in=made.refs))
        if parties:
            made.run = screening.screen(subjects_of(parties))
            batches.become({plan.row: f"party:{plan.ref}" for plan in made.rows if plan.ref in made.refs})
            _record(made, batch, by)
    return made


def _batch(batch_id: int, numbers: Sequence[int], by: User) -> Any:
    if not by.has_perm("compliance.add_party"):
        raise NotYours()
    batch = reading.upload_for(by, batch_id)
    if not numbers:
        raise BadInput("rows", _("Tick at least one row."))
    if len(numbers) > MOST:
        raise BadInput("rows", _("At most %(most)d rows are made parties at once. Untick some."), most=MOST)
    return batch


def _plan(rows: Iterable[Any], by: User) -> list[Planned]:
    found = list(rows)
    kept = kept_under(by, (row.asked.get("query", "") for row in found))
    plans = []
    for row in found:
        plan = Planned(row.number, row.asked.get("query", ""), row=row)
        if row.subject_ref:
            plan.ref, plan.done = row.subject_ref.partition(":")[2], True
        elif row.problem:
            plan.problem = sentence(row.problem, row.problem_values)
        elif plan.name.casefold() in kept:
            plan.ref = kept[plan.name.casefold()]
        else:
            plan.problem = _trouble(row.asked)
            plan.new = not plan.problem
        plans.append(plan)
    return plans


def _trouble(asked: dict[str, Any]) -> str:
    if asked.get("type", "") not in KINDS:
        return _("An aircraft is no kind of party. Enter who operates it instead.")
    if len(asked.get("countries", ())) > 1:
        return _("The row names several countries. Enter the party by hand, in the country it is located in.")
    return ""


def _enter(plan: Planned, entered: dict[str, str], *, batch: Any, by: User, unit: Unit | None) -> None:
    """Enter a party as the row says; the same name in a later row is the same party."""
    if plan.name.casefold() in entered:
        plan.ref, plan.new = entered[plan.name.casefold()], False
        return
    asked = plan.row.asked
    [country] = asked.get("countries") or [""]
    try:
        with transaction.atomic():
            party = add_party(
                by=by,
                unit=unit,
                name=plan.name,
                kind=KINDS[asked.get("type", "")],
                addresses=[{"text": text, "country": country} for text in asked.get("addresses", ())],
                identifiers=[{"kind": UNSAID, "number": number} for number in asked.get("identifiers", ())],
            )
            if country:
                # In no language: it stays as evidence, whoever reads it.
                told = {"source": f"{batch.title} #{plan.number}", "as_of": batch.made_at.date().isoformat()}
                record_party_fact(party.ref, by=by, key=COUNTRY, value=country, **told)
    except BadInput as refusal:
        if refusal.field == "unit":
            raise
        plan.problem, plan.new = str(refusal), False
        return
    plan.ref = entered[plan.name.casefold()] = party.ref


def _record(made: Made, batch: Any, by: User) -> None:
    found = dict.fromkeys(made.refs, 0)
    for ref in made.run.matches.values_list("subject_ref", flat=True):
        found[ref.partition(":")[2]] += 1
    rows = {ref: [plan.number for plan in made.rows if plan.ref == ref] for ref in made.refs}
    told = {"run": made.run.pk, "state": made.run.state, "lists": made.run.snapshot_digests}
    who = {"by": by.username, "role": role_of(by)}
    for ref in made.refs:
        record("party.screen", f"party:{ref}", **who, **told, matches=found[ref], batch=batch.pk, rows=rows[ref])
    record(
        "party.import",
        f"batch:{batch.pk}",
        **who,
        **told,
        file=batch.title,
        sha256=batch.sha256,
        taken_in=sum(plan.new for plan in made.rows),
        refs=rows,
        left_out=[plan.number for plan in made.rows if plan.problem],
        matches=sum(found.values()),
    )
