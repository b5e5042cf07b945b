"""Reading what a rule change would do: runs, how far they are, and the cases a person may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compliance import ear
from compliance.lifecycle import ENDED, State
from compliance.models import Case, Clock, ImpactRow, ImpactRun, Reliance, StoredDetermination, User

from .case_days import READINGS
from .case_law import POLICIES
from .fact_words import lang
from .outcomes import TONES, WORDS, outcome_label
from .scope import visible_cases

GOING = (Clock.Standing.RUNNING.value, Clock.Standing.PAUSED.value)
SILENCE = dt.timedelta(minutes=10)
"""A stretch takes less, and the clock asks every minute: after so long nobody is at work."""
PAST = (*ENDED, State.SHIPPED)
_STRICT = {outcome.value: rank for rank, outcome in enumerate(ear.Outcome)}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: cases asked again, those that differ, and those nothing can be said of.

    ``silent_since`` is when the workers were last heard of, where that is longer ago than a stretch takes.
    """

    done: int
    chunks: int
    cases: int
    examined: int
    differing: int
    without: int
    unreadable: int
    silent_since: dt.datetime | None = None

    @property
    def unasked(self) -> int:
        """Return how many cases have no determination that this question is about."""
        return max(0, self.cases - self.examined - self.without)

    @property
    def moves_nothing(self) -> bool:
        """Whether every determination in question was asked again and kept its answer."""
        return self.done == self.chunks and not (self.differing or self.without or self.unreadable)

    @property
    def percent(self) -> int:
        """Return whole percent of the stretches done; a run without cases is done."""
        return 100 * self.done // self.chunks if self.chunks else 100


def runs() -> QuerySet[ImpactRun]:
    """Return the runs, newest first. Who may ask at all is for the door to check."""
    return ImpactRun.objects.select_related("made_by").defer("overlay")


def run_for(pk: int) -> ImpactRun:
    """Return one run. Raises ``ImpactRun.DoesNotExist``."""
    return ImpactRun.objects.select_related("made_by").get(pk=pk)


def progress(run: ImpactRun) -> Progress:
    """Return how far a run is, over all cases."""
    told = run.chunks.aggregate(
        all=Count("pk"),
        done=Count("done_at"),
        examined=Sum("examined", default=0),
        differing=Sum("differing", default=0),
        without=Sum("undetermined", default=0),
        unreadable=Sum("unreadable", default=0),
        heard=Max("done_at"),
    )
    heard = told["heard"] or run.made_at
    return Progress(
        done=told["done"],
        chunks=told["all"],
        cases=run.cases,
        examined=told["examined"],
        differing=told["differing"],
        without=told["without"],
        unreadable=told["unreadable"],
        silent_since=heard if timezone.now() - heard > SILENCE else None,
    )


def rows(user: User | None, run: ImpactRun, *, which: str = "", outcome: str = "") -> QuerySet[ImpactRow]:
    """Return the cases of a run that a person may see; ``None`` is the command line, which sees all.

    ``which`` is ``open``, ``past`` or empty; ``outcome`` keeps one new outcome.
    """
    found = ImpactRow.objects.filter(run=run)
    if user is not None and not user.has_perms(("compliance.view_case", "compliance.see_all_units")):
        found = found.filter(case__in=visible_cases(user))
    if which == "open":
        found = found.exclude(case__state__in=PAST)
    elif which == "past":
        found = found.filter(case__state__in=PAST)
    if outcome:
        found = found.filter(new_outcome=outcome)
    return found


@dataclass(frozen=True, slots=True)
class RowShown:
    """One case with owner, value, clocks, both answers and what did it."""

    ref: str
    title: str
    unit: str
    state: str
    open: bool
    owner: str
    value: Any
    currency: str
    clocks: str
    old_on: dt.date
    new_on: dt.date
    old_outcome: str
    new_outcome: str
    old_label: str
    new_label: str
    old_tone: str
    new_tone: str
    direction: str
    details: str
    because: list[dict[str, str]]
    unreadable: bool


DIRECTIONS = {
    "stricter": _("stricter"),
    "looser": _("more lenient"),
    "same": _("same outcome, other terms"),
    "unreadable": _("facts cannot be read"),
}


def shown(rows: list[ImpactRow]) -> list[RowShown]:
    """Return rows as people read them, with three more queries however many there are."""
    cases = {
        case.pk: case
        for case in Case.objects.filter(pk__in=[row.case_id for row in rows]).select_related(
            "unit", "assigned_to", "created_by"
        )
    }
    due: dict[int, list[str]] = {}
    for clock in Clock.objects.filter(case__in=cases, standing__in=GOING).order_by("due_on", "pk"):
        words = clock.title or str(clock.get_kind_display())
        due.setdefault(clock.case_id, []).append(f"{words}: {clock.due_on.isoformat()}")
    return [_shown(row, cases[row.case_id], due.get(row.case_id, [])) for row in rows]


def _shown(row: ImpactRow, case: Case, clocks: list[str]) -> RowShown:
    owner = case.assigned_to or case.created_by
    if row.unreadable:
        direction = "unreadable"
    else:
        before, after = _STRICT[row.old_outcome], _STRICT[row.new_outcome]
        direction = "stricter" if after > before else "looser" if after < before else "same"
    return RowShown(
        ref=case.ref,
        title=case.title,
        unit=case.unit.code,
        state=str(case.get_state_display()),
        open=case.state not in PAST,
        owner=owner.name,
        value=case.value,
        currency=case.currency,
        clocks="; ".join(clocks),
        old_on=row.old_on,
        new_on=row.new_on,
        old_outcome=row.old_outcome,
        new_outcome=row.new_outcome,
        old_label=outcome_label(row.old_outcome),
        new_label=outcome_label(row.new_outcome),
        old_tone=TONES.get(row.old_outcome, "unknown"),
        new_tone=TONES.get(row.new_outcome, "unknown"),
        direction=direction,
        details=_details(row),
        because=[because(one) for one in row.because],
        unreadable=row.unreadable,
    )


def _details(row: ImpactRow) -> str:
    """Return what else moved beside the governing outcome: readings, authorizations, policies."""
    words: dict[str, Mapping[str, Any]] = {"outcomes": WORDS, "authorizations": {}, "policies": POLICIES}
    said = []
    for reading, heading in READINGS.items():
        was, now = row.old_answers.get(reading, {}), row.new_answers.get(reading, {})
        for part, known in words.items():
            if was.get(part) != now.get(part):
                one, other = (
                    ", ".join(str(known.get(code, code)) for code in each.get(part) or "–") for each in (was, now)
                )
                said.append(f"{heading}: {one} → {other}")
    return "; ".join(said)


def _listed(codes: Iterable[str], words: Mapping[str, Any]) -> str:
    return ", ".join(str(words.get(code, code)) for code in codes) or "–"


_RULES = frozenset(rule.name for rule in ear.ORDER)


def because(one: dict[str, Any]) -> dict[str, str]:
    """Return one provision that moved, in the reader's language.

    ``page`` is the rule whose page tells more; empty where only an earlier rulebook had it, and then its paragraph
    stands for its title.
    """
    known = one["rule"] in _RULES
    return {
        "rule": one["rule"],
        "page": one["rule"] if known else "",
        "title": ear.title(one["rule"], lang()) if known else one["cite"],
        "cite": one["cite"],
        "was": one["was"],
        "now": one["now"],
        "parameters": ", ".join(one["parameters"]),
        "notices": ", ".join(one["notices"]),
    }


def tally(user: User | None, run: ImpactRun) -> list[dict[str, Any]]:
    """Return how many cases move from which outcome to which, most first."""
    moves = (
        rows(user, run)
        .filter(unreadable=False)
        .order_by()
        .values_list("old_outcome", "new_outcome")
        .annotate(n=Count("pk"), last=Max("pk"))
    )
    return [
        {
            "old": outcome_label(old),
            "new": outcome_label(new),
            "old_tone": TONES.get(old, "unknown"),
            "new_tone": TONES.get(new, "unknown"),
            "n": n,
        }
        for old, new, n, _last in sorted(moves, key=lambda move: -move[2])
    ]


def reasons(user: User | None, run: ImpactRun, most: int = 8) -> list[tuple[dict[str, str], int]]:
    """Return the provisions that move most cases: of each case the one that decides most."""
    counted = (
        rows(user, run)
        .filter(unreadable=False)
        .order_by()
        .values("because__0__rule")
        .annotate(n=Count("pk"), first=Min("pk"))
        .order_by("-n")
    )
    leading = [(one["first"], one["n"]) for one in counted[:most] if one["because__0__rule"]]
    told = dict(ImpactRow.objects.filter(pk__in=[pk for pk, _n in leading]).values_list("pk", "because__0"))
    return [(because(told[pk]), n) for pk, n in leading]


def rulebooks(most: int = 12) -> list[str]:
    """Return the digests of earlier rulebooks that determinations name, newest first."""
    now = ear.the_book().digest
    found = (
        StoredDetermination.objects.order_by()
        .exclude(rulebook=now)
        .values_list("rulebook")
        .annotate(last=Max("pk"))
        .order_by("-last")
    )
    return [digest for digest, _last in found[:most]]


def in_order(user: User | None, run: ImpactRun, piece: int = 1_000) -> Iterator[RowShown]:
    """Yield every row as shown, case by case, a piece in memory at a time."""
    last = 0
    while found := list(rows(user, run).filter(pk__gt=last).order_by("pk")[:piece]):
        last = found[-1].pk
        yield from shown(found)


MOST_COUNTED = 1_000


def relied_on(user: User, provision: str, most: int = 25) -> tuple[list[dict[str, Any]], int]:
    """Return the newest determinations a person may see that rest on a provision, and how many (at most a thousand)."""
    if not user.has_perm("compliance.view_case"):
        return [], 0
    found = Reliance.objects.filter(provisions__contains=[provision])
    if not user.has_perm("compliance.see_all_units"):
        found = found.filter(case__in=visible_cases(user))
    count = found.order_by()[: MOST_COUNTED + 1].count()
    newest = found.order_by("-pk").values_list(
        "case__ref", "case__title", "determination__on", "determination__outcome"
    )[:most]
    return [
        {"ref": ref, "title": title, "on": on, "outcome": outcome, "label": outcome_label(outcome)}
        for ref, title, on, outcome in newest
    ], count
