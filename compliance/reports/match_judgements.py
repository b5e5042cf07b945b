"""Match judgements: every answer to a match, with its ground, reason and end, and what was compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from compliance.models import User
from compliance.queries import visible_parties, visible_subject_refs
from screening import walk
from screening.queries import VERDICTS, grounds, judgements

from .shape import Column, Filters, Kind, Report, Row, between, in_pieces

COLUMNS = (
    Column("at", _("Answered"), _("When the match was answered, UTC."), Kind.MOMENT, width=10),
    Column("party", _("Party"), _("Number of our party."), Kind.CODE, width=8),
    Column("our_name", _("Our name"), _("The name of ours that was compared."), width=16),
    Column("list", _("List"), _("Code of the list."), Kind.CODE, width=5),
    Column("entry", _("Entry"), _("The publisher's id of the listed entry, as it was then."), Kind.CODE, width=10),
    Column("listed_name", _("Listed name"), _("The listed name that was compared, as it was published."), width=16),
    Column("score", _("Score"), _("Score of the match, 0 to 1."), Kind.NUMBER, width=6),
    Column("verdict", _("Answer"), _("What was answered."), words=VERDICTS, width=9),
    Column("ground", _("Ground"), _("The coded ground of the answer."), words=grounds(), width=12),
    Column("reason", _("Reason"), _("Why, in the words of whoever answered."), width=22),
    Column("walk", _("Questions"), _("The questions of the stepwise comparison with their answers."), width=0),
    Column("by", _("By"), _("Who answered."), width=10),
    Column("waits_for", _("Passed on to"), _("The colleague a match passed on waits for."), width=0),
    Column("expires_on", _("Holds until"), _("Last day of a clearance; it ends earlier when either side changes."),
           Kind.DAY, width=8),
    Column("run", _("Run"), _("Number of the screening run the match comes from."), Kind.WHOLE),
    Column("matcher", _("Matcher"), _("Version of the way of comparing."), Kind.CODE),
    Column("our_fingerprint", _("Our fingerprint"), _("SHA-256 of what was known of our party."), Kind.CODE),
    Column("listed_fingerprint", _("Entry's fingerprint"), _("SHA-256 of the entry as it was."), Kind.CODE),
)  # fmt: skip


def chosen(user: User, filters: Filters) -> QuerySet[Any]:
    """Return the answers for parties the person may see that pass the filters."""
    rows = judgements(visible_subject_refs(user)).filter(between(filters, "at", moment=True))
    if filters.unit:
        refs = visible_parties(user).filter(unit__code=filters.unit).values_list("ref", flat=True)
        rows = rows.filter(subject_ref__in=[f"party:{ref}" for ref in refs])
    if filters.person:
        rows = rows.filter(by=filters.person)
    return rows


def count(user: User, filters: Filters) -> int:
    """Return how many rows there are."""
    return chosen(user, filters).count()


def rows(user: User, filters: Filters) -> Iterator[Row]:
    """Yield the answers, oldest first."""
    names = {person.username: person.name for person in User.objects.only("username", "first_name", "last_name")}
    told = chosen(user, filters).values_list(
        "at", "subject_ref", "match__our_name", "match__listed__list_code", "match__listed__entity_id",
        "match__listed_name", "match__score", "verdict", "code", "reason", "walk", "by", "waits_for", "expires_on",
        "match__run_id", "matcher_version", "subject_fingerprint", "listed_fingerprint",
    )  # fmt: skip
    for piece in in_pieces(told.iterator(chunk_size=2_000)):
        for (at, ref, ours, code, entry, theirs, score, verdict, why, reason, walked, by, waits, until, run, matcher,
             our_print, their_print) in piece:  # fmt: skip
            yield (
                at, ref.partition(":")[2], ours, code, entry, theirs, score, verdict, f"{verdict}:{why}", reason,
                walk.told(walked), names.get(by, by), names.get(waits, waits), until, run, matcher, our_print,
                their_print,
            )  # fmt: skip


REPORT = Report(
    slug="judgements",
    title=_("Match judgements"),
    purpose=_("One row per answer to a match: the pair, the ground, the reason, until when it holds."),
    columns=COLUMNS,
    rows=rows,
    count=count,
    days={"answered": _("answered")},
    takes=("unit", "person"),
)
