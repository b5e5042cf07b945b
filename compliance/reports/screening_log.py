"""The screening log: every search of a case's parties, on which lists, with how many matches and judgements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from compliance.models import CaseScreening, User
from screening.lists import list_title
from screening.queries import dated, not_searched_by

from .cases import SAMPLE
from .shape import Column, Filters, Kind, Report, Row, between, day_of, people, scoped_to

STATES = {"complete": _("complete"), "partial": _("partial"), "failed": _("failed")}

COLUMNS = (
    Column("ref", _("Case"), _("Number of the case."), Kind.CODE, width=8),
    Column("unit", _("Unit"), _("Business unit the case belongs to."), Kind.CODE, width=6),
    Column("at", _("Screened"), _("When the parties were screened, UTC."), Kind.MOMENT, width=10),
    Column("by", _("By"), _("Who asked for it; empty where the system did."), width=10),
    Column("run", _("Run"), _("Number of the screening run."), Kind.WHOLE, width=5),
    Column("state", _("State"), _("Complete, partial or failed; a search that is not complete decides nothing."),
           words=STATES, width=8),
    Column("subjects", _("Parties asked about"), _("Names of the parties that were searched for."), width=24),
    Column("lists_of", _("Lists of"), _("Day on which the lists were last confirmed current."), Kind.DAY, width=8),
    Column("published", _("Lists published"), _("Day on which the lists were published."), Kind.DAY, width=8),
    Column("entries", _("Entries"), _("How many entries the lists held."), Kind.WHOLE, width=6),
    Column("searched", _("Lists searched"), _("Codes of the lists, each with the day of publication or last look."),
           width=20),
    Column("not_searched", _("Not searched"), _("Lists that were not searched. Ownership is on no list."), width=20),
    Column("sample", _("Sample list"), _("Says so where the sample list was searched, which decides nothing."),
           words=SAMPLE, width=6),
    Column("matches", _("Matches"), _("How many matches the search proposed."), Kind.WHOLE, width=6),
    Column("gaps", _("Gaps"), _("Parties that could not be compared fully."), Kind.WHOLE, width=5),
    Column("threshold", _("Threshold"), _("Score from which a match is proposed."), Kind.NUMBER),
    Column("matcher", _("Matcher"), _("Version of the way of comparing."), Kind.CODE),
    Column("lists", _("List digests"), _("SHA-256 of each list file searched."), Kind.CODE),
)  # fmt: skip


def chosen(user: User, filters: Filters) -> QuerySet[CaseScreening]:
    """Return the searches in cases the person may see that pass the filters."""
    rows = scoped_to(CaseScreening, user).filter(between(filters, "at", moment=True))
    if filters.unit:
        rows = rows.filter(case__unit__code=filters.unit)
    if filters.state:
        rows = rows.filter(case__state=filters.state)
    if filters.person:
        rows = rows.filter(by__username=filters.person)
    return rows


def count(user: User, filters: Filters) -> int:
    """Return how many rows there are."""
    return chosen(user, filters).count()


def rows(user: User, filters: Filters) -> Iterator[Row]:
    """Yield the searches, oldest first."""
    names = people()
    searches = chosen(user, filters).order_by("pk").annotate(matches=Count("run__matches")).values_list(
        "case__ref", "case__unit__code", "at", "by_id", "run_id", "run__state", "subjects", "run__coverage",
        "matches", "run__gaps", "run__threshold", "run__matcher_version", "run__snapshot_digests",
    )  # fmt: skip
    for ref, unit, at, by, run, state, subjects, told, found, gaps, least, matcher, digests in searches.iterator(500):
        yield (
            ref, unit, at, names.get(by, ""), run, state, "; ".join(str(name) for name in subjects.values()),
            day_of(told.get("as_of")), day_of(told.get("published_at")), told.get("entries"),
            dated(told), _not_searched(told),
            str(bool(told.get("sample"))).lower(), found, len({gap["ref"] for gap in gaps}), least, matcher,
            " ".join(digests),
        )  # fmt: skip


def _not_searched(told: dict[str, Any]) -> str:
    absent = [str(list_title(code)) for code in told.get("absent") or ()]
    return "; ".join([*absent, *(str(title) for title, _why in not_searched_by(told))])


REPORT = Report(
    slug="screening",
    title=_("Screening log"),
    purpose=_("One row per search of a case's parties: which lists, of which day, with how many matches."),
    columns=COLUMNS,
    rows=rows,
    count=count,
    days={"screened": _("screened")},
    takes=("state", "unit", "person"),
)
