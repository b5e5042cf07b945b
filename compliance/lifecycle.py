"""The life of a case as a table: from a state, an action leads to a state and needs a right. Nothing here is Django."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    UNDER_REVIEW = "under_review"
    AWAITING_APPROVAL = "awaiting_approval"
    AUTHORIZATION_NEEDED = "authorization_needed"
    AUTHORIZATION_PENDING = "authorization_pending"
    AUTHORIZED = "authorized"
    SHIPPED = "shipped"
    CLOSED = "closed"
    REFUSED = "refused"
    HELD = "held"


class Action(StrEnum):
    """What people and clocks do to a case. Every change of a case is one of these."""

    AMEND = "amend"
    ANSWER = "answer"
    ATTACH = "attach"
    ASSIGN = "assign"
    COMMENT = "comment"
    SUBMIT = "submit"
    SCREEN = "screen"
    DETERMINE = "determine"
    INQUIRE = "inquire"
    CLOSE_FLAG = "close_flag"
    PROPOSE = "propose"
    COUNTERSIGN = "countersign"
    APPROVE = "approve"
    REQUIRE_AUTHORIZATION = "require_authorization"
    SEND_BACK = "send_back"
    REFUSE = "refuse"
    HOLD = "hold"
    RESUME = "resume"
    FILE = "file"
    PAUSE_CLOCK = "pause_clock"
    GRANT = "grant"
    DENY = "deny"
    SHIP = "ship"
    REOPEN = "reopen"
    CLOSE = "close"


WORK = "compliance.work_case"
PROPOSE = "compliance.propose_case"
APPROVE = "compliance.approve_case"
LICENSE = "compliance.license_case"
SHIP = "compliance.ship_case"
COMMENT = "compliance.comment_case"


@dataclass(frozen=True, slots=True)
class Step:
    """Where an action leads and the right it needs."""

    to: State
    needs: str


class OutOfTurn(ValueError):
    """The action is not possible in the state the case is in."""

    def __init__(self, state: State, action: Action) -> None:
        super().__init__(f"{action} is not possible while the case is {state}")
        self.state = state
        self.action = action


S, A = State, Action

WORKING = (S.DRAFT, S.UNDER_REVIEW)
"""States in which the facts of a case may be changed."""

ENDED = (S.CLOSED, S.REFUSED)
"""States in which nothing waits for anybody. A refused case may still be reopened."""

OPEN = tuple(state for state in State if state not in ENDED)

_STAYS = {
    A.AMEND: (WORKING, WORK),
    A.ANSWER: (WORKING, WORK),
    A.ATTACH: (tuple(s for s in State if s != S.CLOSED), WORK),
    A.ASSIGN: (OPEN, WORK),
    A.COMMENT: (tuple(State), COMMENT),
    A.SCREEN: (tuple(s for s in OPEN if s not in (S.DRAFT, S.SHIPPED)), WORK),
    A.DETERMINE: ((S.DRAFT, S.UNDER_REVIEW), WORK),
    A.INQUIRE: ((S.UNDER_REVIEW,), WORK),
    A.CLOSE_FLAG: ((S.UNDER_REVIEW,), PROPOSE),
    A.COUNTERSIGN: ((S.AWAITING_APPROVAL,), APPROVE),
    A.PAUSE_CLOCK: ((S.AUTHORIZATION_PENDING,), LICENSE),
}

_MOVES: dict[tuple[State, Action], Step] = {
    (S.DRAFT, A.SUBMIT): Step(S.UNDER_REVIEW, WORK),
    (S.UNDER_REVIEW, A.PROPOSE): Step(S.AWAITING_APPROVAL, PROPOSE),
    (S.UNDER_REVIEW, A.HOLD): Step(S.HELD, PROPOSE),
    (S.HELD, A.RESUME): Step(S.UNDER_REVIEW, PROPOSE),
    (S.AWAITING_APPROVAL, A.APPROVE): Step(S.AUTHORIZED, APPROVE),
    (S.AWAITING_APPROVAL, A.REQUIRE_AUTHORIZATION): Step(S.AUTHORIZATION_NEEDED, APPROVE),
    (S.AWAITING_APPROVAL, A.SEND_BACK): Step(S.UNDER_REVIEW, APPROVE),
    (S.AWAITING_APPROVAL, A.REFUSE): Step(S.REFUSED, APPROVE),
    (S.AUTHORIZATION_NEEDED, A.FILE): Step(S.AUTHORIZATION_PENDING, LICENSE),
    (S.AUTHORIZATION_PENDING, A.GRANT): Step(S.AUTHORIZED, LICENSE),
    (S.AUTHORIZATION_PENDING, A.DENY): Step(S.REFUSED, LICENSE),
    (S.AUTHORIZED, A.SHIP): Step(S.SHIPPED, SHIP),
    (S.SHIPPED, A.CLOSE): Step(S.CLOSED, WORK),
    **{
        (state, A.REOPEN): Step(S.UNDER_REVIEW, WORK)
        for state in (
            S.AWAITING_APPROVAL,
            S.AUTHORIZATION_NEEDED,
            S.AUTHORIZATION_PENDING,
            S.AUTHORIZED,
            S.REFUSED,
        )
    },
}

TABLE: dict[tuple[State, Action], Step] = {
    **{(state, action): Step(state, needs) for action, (states, needs) in _STAYS.items() for state in states},
    **_MOVES,
}


def step(state: State | str, action: Action) -> Step:
    """Return where ``action`` leads from ``state``. Raises :class:`OutOfTurn`."""
    found = TABLE.get((State(state), action))
    if found is None:
        raise OutOfTurn(State(state), action)
    return found


def actions(state: State | str) -> tuple[Action, ...]:
    """Return what can be done in ``state``, in the order of :class:`Action`."""
    return tuple(action for action in Action if (State(state), action) in TABLE)
