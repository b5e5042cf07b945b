"""What a rule change would do, as a table: one row per case whose answer would differ."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from compliance.models import ImpactRun, User
from compliance.queries import impact as reading
from compliance.queries.outcomes import WORDS as OUTCOMES

from .shape import Column, Filters, Kind, Report, Row

COLUMNS = (
    Column("ref", _("Case"), _("Number of the case."), Kind.CODE, width=8),
    Column("title", _("Title"), _("Title of the case."), width=16),
    Column("unit", _("Unit"), _("Business unit the case belongs to."), Kind.CODE, width=5),
    Column("state", _("State"), _("State of the case today."), width=9),
    Column("owner", _("Owner"), _("Who holds the case, or opened it."), width=9),
    Column("value", _("Value"), _("Value of the case."), Kind.NUMBER, width=8),
    Column("currency", _("Currency"), _("Currency of the value."), Kind.CODE),
    Column("clocks", _("Clocks"), _("Clocks that are going, with the day due."), width=12),
    Column("old_on", _("Law of"), _("Day whose law the answer of today reads."), Kind.DAY, width=7),
    Column("old_outcome", _("Outcome now"), _("Outcome of the latest determination."), words=OUTCOMES, width=9),
    Column("new_on", _("New law of"), _("Day asked for under the change."), Kind.DAY),
    Column("new_outcome", _("Outcome then"), _("Outcome under the change."), words=OUTCOMES, width=9),
    Column("direction", _("Direction"), _("Whether the new answer is stricter."), words=reading.DIRECTIONS, width=7),
    Column("details", _("Readings and terms"), _("What moves in each reading: outcome, authorization, policy.")),
    Column("provision", _("Provision"), _("The paragraph that did it first."), width=12),
    Column("rules", _("Rules"), _("Every rule that answers otherwise, with its answers.")),
    Column("parameters", _("Parameters"), _("Dated lines that stand on one side only."), Kind.CODE),
    Column("notices", _("Notices"), _("Notices that made those lines.")),
)


def row_of(one: reading.RowShown) -> Row:
    """Return a case as the cells of its row."""
    because = one.because
    return (
        one.ref, one.title, one.unit, one.state, one.owner, one.value, one.currency, one.clocks, one.old_on,
        one.old_outcome, one.new_on, one.new_outcome, one.direction, one.details,
        because[0]["cite"] if because else "",
        "; ".join(f"{each['rule']}: {each['was'] or '–'} → {each['now'] or '–'}" for each in because),
        ", ".join(dict.fromkeys(each["parameters"] for each in because if each["parameters"])),
        ", ".join(dict.fromkeys(each["notices"] for each in because if each["notices"])),
    )  # fmt: skip


def report_of(run: ImpactRun) -> Report:
    """Return the report of one run; a person sees the rows of her units, ``None`` (the command line) all."""

    def rows(user: User | None, _filters: Filters) -> Iterator[Row]:
        return (row_of(one) for one in reading.in_order(user, run))

    def count(user: User | None, _filters: Filters) -> int:
        return reading.rows(user, run).count()

    return Report(
        slug=f"impact-{run.pk}",
        title=say("Impact of a rule change: %(title)s") % {"title": run.title},
        purpose=_("Every case whose answer would differ, with owner, value, clocks and the provision that did it."),
        columns=COLUMNS,
        rows=rows,
        count=count,
    )
