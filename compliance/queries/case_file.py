"""One case as a file to read: everything its page shows, gathered in a number of queries that does not grow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance import lifecycle
from compliance.lifecycle import Action, State
from compliance.models import Authorization, Case, Clock, Decision, FlagState, Inquiry, StoredDetermination, User

from . import scope
from .blockers import Blocker, blockers
from .case_deciding import Deciding, deciding_on
from .case_flags import FlagsShown, show_flags
from .case_law import LawShown, show_law
from .case_parties import FactShown, PartyShown, facts_shown, parties_shown
from .case_route import route_of_case
from .case_screening import ScreeningShown, show_screening
from .content import content_of, digest
from .desk import days_left
from .facts import CaseFacts
from .history import Said, history_of, names_of, worded
from .outcomes import outcome_label

CASE_PANELS = {
    "questions": gettext_lazy("What would settle it"),
    "deciding": gettext_lazy("Deciding"),
    "determination": gettext_lazy("Determination"),
    "facts": gettext_lazy("Facts"),
    "parties": gettext_lazy("Parties and ownership"),
    "screening": gettext_lazy("Screening"),
    "flags": gettext_lazy("Red flags"),
    "iaas": gettext_lazy("IaaS customer"),
    "side-duties": gettext_lazy("Side duties"),
    "authorization": gettext_lazy("Authorization"),
    "clocks": gettext_lazy("Clocks"),
    "documents": gettext_lazy("Documents"),
    "decisions": gettext_lazy("Decisions"),
    "history": gettext_lazy("History"),
}


@dataclass(frozen=True, slots=True)
class ClockShown:
    """A clock as :func:`config.tags.draw_clock` draws it, with its proof."""

    drawn: dict[str, Any]
    citation: str
    event: str
    proof: str


@dataclass(frozen=True, slots=True)
class AuthorizationShown:
    """An authorization with the quantity used of it; ``share`` is used per thousand of what was granted."""

    row: Authorization
    used: Decimal
    left: Decimal | None
    share: int


@dataclass(slots=True)
class CaseFile:
    """Everything the page of one case shows to one reader."""

    case: Case
    state_label: str
    outcome: str
    fingerprint: str
    due_words: str
    due_label: str
    blockers: list[Blocker] | None
    moved: list[str]
    nodes: list[dict[str, Any]]
    legs: list[dict[str, Any]]
    law: LawShown | None
    facts: list[tuple[str, list[FactShown]]]
    parties: list[PartyShown]
    screening: ScreeningShown
    flags: FlagsShown
    authorizations: list[AuthorizationShown]
    clocks: list[ClockShown]
    documents: list[Any]
    decisions: list[Decision]
    deciding: Deciding | None
    history: list[Said]
    more_history: bool
    news: int
    last_sequence: int
    actions: dict[str, bool]
    lines: list[Any]
    known: CaseFacts

    def can(self, action: str) -> bool:
        """Return whether this reader may do this now: the state allows it and the role includes it."""
        return self.actions.get(str(action), False)

    @property
    def may_answer(self) -> bool:
        """Return whether this reader may record facts now."""
        return self.can(Action.ANSWER)

    @property
    def may_amend(self) -> bool:
        """Return whether this reader may change the case itself now."""
        return self.can(Action.AMEND)

    @property
    def blocker_count(self) -> int | None:
        """Return how many things block approval; ``None`` where approval is not the question."""
        return None if self.blockers is None else len(self.blockers)


def case_file(user: User, ref: str, *, since: int = 0) -> CaseFile:
    """Return the file of one case. ``since`` is the last entry this reader has seen, 0 where that is not known.

    Raises ``Case.DoesNotExist`` outside the person's scope.
    """
    case = scope.case_for(user, ref)
    prefetch_related_objects(
        [case],
        Prefetch("flags", FlagState.objects.select_related("closed_by")),
        Prefetch("flags__inquiries", Inquiry.objects.select_related("asked_by", "recorded_by", "evidence")),
        "documents__uploaded_by",
        Prefetch("clocks", Clock.objects.select_related("owner", "authorization")),
        "clocks__authorization__pauses",
        Prefetch("authorizations", Authorization.objects.select_related("proof", "recorded_by")),
        "authorizations__pauses",
        "authorizations__draw_downs",
        Prefetch(
            "decisions",
            Decision.objects.select_related("proposed_by", "determination").defer("determination__lines"),
        ),
        "decisions__verdicts__by",
        # The last one only: blockers and content ask for the first of them, and find it here.
        Prefetch("determinations", _last_of(case)),
    )
    known = CaseFacts(case)
    latest = case.determinations.first()
    names = {party.ref: party.name for party in known.parties}
    law = show_law(latest, names) if latest else None
    undecided = State(case.state) in (State.DRAFT, State.UNDER_REVIEW, State.AWAITING_APPROVAL, State.HELD)
    standing = blockers(case, gathered=known) if undecided else None
    entries = history_of(case, limit=61)
    reader = _reader_since(entries, user, since)
    history = worded(entries[:60], names=names_of(entry.actor for entry in entries), since=reader, reader=user.username)
    allowed = _allowed(case, user)
    screening = show_screening(case, known, user)
    content = content_of(case, known)
    fingerprint = digest(content)
    return CaseFile(
        case=case,
        state_label=str(case.get_state_display()),
        outcome=outcome_label(case.outcome),
        fingerprint=fingerprint,
        due_words=days_left(case.next_due_on),
        due_label=_due_label(case),
        blockers=standing,
        moved=[each.sentence for each in standing or () if each.code in _MOVED]
        + _searched_earlier(latest, case, screening),
        nodes=(drawn := route_of_case(known))[0],
        legs=drawn[1],
        law=law,
        facts=facts_shown(known),
        parties=parties_shown(known),
        screening=screening,
        flags=show_flags(case, known),
        authorizations=_with_use(case.authorizations.all()),
        clocks=[_clock(clock) for clock in case.clocks.all()],
        documents=list(case.documents.all()),
        decisions=list(case.decisions.all()),
        deciding=deciding_on(case, user, known=known, law=law, blockers=standing, content=content),
        history=history,
        more_history=len(entries) > 60,
        news=sum(each.new for each in history),
        last_sequence=entries[0].sequence if entries else 0,
        actions=allowed,
        lines=known.lines,
        known=known,
    )


def _last_of(case: Case) -> QuerySet[StoredDetermination]:
    last = StoredDetermination.objects.filter(case=case).order_by("-pk").values("pk")[:1]
    return StoredDetermination.objects.select_related("made_by").filter(pk__in=last)


_MOVED = frozenset({"facts_moved", "old_rulebook", "wrong_day"})


def _allowed(case: Case, user: User) -> dict[str, bool]:
    """Return every action the state allows and whether this person's role includes it."""
    return {
        action.value: user.has_perm(lifecycle.step(case.state, action).needs)
        for action in lifecycle.actions(case.state)
    }


def _reader_since(entries: list[Any], user: User, since: int) -> int:
    """Return the last entry the reader knows of: the last page seen, or what they themselves did last."""
    own = max((entry.sequence for entry in entries if entry.actor == user.username), default=0)
    return max(since, own)


def _searched_earlier(latest: StoredDetermination | None, case: Case, screening: ScreeningShown) -> list[str]:
    """Say that the parties were screened after the determination, whose listings may be older than the lists."""
    if latest is None or State(case.state) not in (State.UNDER_REVIEW, State.AWAITING_APPROVAL):
        return []
    if screening.row and latest.screening_run_id and screening.row.run_id != latest.screening_run_id:
        return [_("the parties were screened again after the determination")]
    return []


def _with_use(rows: Iterable[Authorization]) -> list[AuthorizationShown]:
    """Return authorizations with what shipments have used of them."""
    found = []
    for row in rows:
        taken = list(row.draw_downs.all())
        used = sum((each.quantity for each in taken), Decimal(0))
        left = None if row.quantity is None else row.quantity - used
        share = int(min(used / row.quantity, Decimal(1)) * 1000) if row.quantity else 0
        found.append(AuthorizationShown(row, used, left, share))
    return found


def _due_label(case: Case) -> str:
    """Return what is due on the next legal date."""
    if case.next_due_on is None:
        return ""
    for clock in case.clocks.all():
        if clock.due_on == case.next_due_on and clock.standing in (Clock.Standing.RUNNING, Clock.Standing.PAUSED):
            return str(clock.get_kind_display())
    return _("planned")


_CLOCK_TONES = {"running": "running", "paused": "paused", "met": "satisfied", "expired": "expired", "cancelled": "none"}


def _clock(clock: Clock) -> ClockShown:
    today = timezone.localdate()
    going = clock.standing in (Clock.Standing.RUNNING, Clock.Standing.PAUSED)
    left = days_left(clock.due_on, today) if going else str(clock.get_standing_display())
    tone = _CLOCK_TONES[clock.standing]
    if going and clock.due_on < today:
        tone = "overdue"
    elif going and clock.due_on <= today + dt.timedelta(days=7):
        tone = "due"
    row = clock.authorization
    nac = clock.kind == Clock.Kind.NAC and row is not None
    return ClockShown(
        drawn={
            "name": " ".join(filter(None, (str(clock.get_kind_display()), clock.title))),
            "start": clock.started_on,
            "due": clock.due_on,
            "state": tone,
            "left": left,
            "owner": clock.owner.name,
            "pauses": [(p.first_day, p.last_day) for p in row.pauses.all()] if nac and row else [],
            "confirmed": clock.ended_on if clock.standing == Clock.Standing.MET else None,
            "note": clock.citation,
        },
        citation=clock.citation,
        event=clock.start_event,
        proof=clock.proof,
    )
