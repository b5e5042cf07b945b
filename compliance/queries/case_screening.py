"""What screening found of the parties of a case: the run, the lists and their dates, every match and its standing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy

from compliance.models import Case, CaseScreening, User
from screening import queries as screening
from screening.lists import list_title
from screening.shapes import SearchedList

from .facts import CaseFacts

WHY = {
    "new": gettext_lazy("nobody has judged it yet"),
    "unsure": gettext_lazy("a colleague could not tell"),
    "escalated": gettext_lazy("passed on to a colleague"),
    "subject_changed": gettext_lazy("our party changed since it was judged"),
    "entry_changed": gettext_lazy("the listed entry changed since it was judged"),
    "matcher_changed": gettext_lazy("the way of comparing changed since it was judged"),
    "expired": gettext_lazy("the clearance expired"),
}
VERDICTS = {
    "match": gettext_lazy("the same party"),
    "no_match": gettext_lazy("not the same party"),
    "unsure": gettext_lazy("cannot tell"),
    "escalated": gettext_lazy("passed on"),
}
STANDINGS = {
    "undecided": gettext_lazy("to judge"),
    "matched": gettext_lazy("listed"),
    "cleared": gettext_lazy("another party"),
}


@dataclass(frozen=True, slots=True)
class MatchShown:
    """One match in a case."""

    id: int
    party: str
    our_name: str
    listed_name: str
    list_code: str
    list_title: str
    percent: int
    standing: str
    standing_words: str
    why: str
    verdict: str
    reason: str
    by: str
    at: dt.datetime | None
    expires_on: dt.date | None


@dataclass(slots=True)
class ScreeningShown:
    """The last screening of a case."""

    row: CaseScreening | None
    state: str = ""
    as_of: dt.datetime | None = None
    sample: bool = False
    stale: bool = False
    lists: list[SearchedList] = field(default_factory=list)
    absent: list[tuple[str, str]] = field(default_factory=list)
    not_searched: list[tuple[str, str]] = field(default_factory=list)
    matches: list[MatchShown] = field(default_factory=list)
    unscreened: list[str] = field(default_factory=list)
    may_judge: bool = False
    subjects: int = 0

    @property
    def undecided(self) -> int:
        """Return how many matches wait for a person."""
        return sum(1 for each in self.matches if each.standing == "undecided")


def show_screening(case: Case, known: CaseFacts, user: User) -> ScreeningShown:
    """Return the last screening with every match, undecided ones first."""
    row = case.screenings.select_related("run", "by").first()
    if row is None:
        return ScreeningShown(row=None, unscreened=[party.name for party in known.parties])
    run = row.run
    told: dict[str, Any] = run.coverage or {}
    found = screening.standings(row.subjects, run)
    matches = [
        _match(view, row.subjects.get(ref, view.our_name))
        for ref, standing in found.items()
        for view in (*standing.undecided, *standing.matched, *standing.cleared)
    ]
    rank = {"undecided": 0, "matched": 1, "cleared": 2}
    return ScreeningShown(
        row=row,
        state=str(run.state),
        as_of=dt.datetime.fromisoformat(told["as_of"]) if told.get("as_of") else None,
        sample=bool(told.get("sample")),
        stale=bool(told.get("stale")),
        lists=screening.searched_by(told),
        absent=[(code, str(list_title(code))) for code in told.get("absent") or ()],
        not_searched=[(str(name), str(why)) for name, why in screening.not_searched_by(told)],
        matches=sorted(matches, key=lambda each: (rank[each.standing], -each.percent)),
        unscreened=[
            party.name
            for party in known.parties
            if not ((standing := known.lists.get(party.subject)) and standing.complete)
        ],
        may_judge=user.has_perm("screening.judge_match"),
        subjects=len(row.subjects),
    )


def _match(view: Any, party: str) -> MatchShown:
    judgement = view.judgement
    return MatchShown(
        id=view.id,
        party=party,
        our_name=view.our_name,
        listed_name=view.listed_name,
        list_code=view.list_code,
        list_title=str(list_title(view.list_code)),
        percent=int(view.score * 100),
        standing=view.standing,
        standing_words=str(STANDINGS[view.standing]),
        why=str(WHY.get(view.why, "")),
        verdict=str(VERDICTS.get(judgement.verdict, "")) if judgement else "",
        reason=judgement.reason if judgement else "",
        by=judgement.by if judgement else "",
        at=judgement.at if judgement else None,
        expires_on=judgement.expires_on if judgement else None,
    )
