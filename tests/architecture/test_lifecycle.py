"""The life of a case has no dead end and no island."""

from __future__ import annotations

import pytest

from compliance.lifecycle import ENDED, TABLE, Action, OutOfTurn, State, actions, step
from compliance.roles import PERMISSIONS, Role


def test_every_state_can_be_reached() -> None:
    reached, edge = {State.DRAFT}, {State.DRAFT}
    while edge:
        edge = {to.to for (state, _action), to in TABLE.items() if state in edge} - reached
        reached |= edge
    assert reached == set(State)


@pytest.mark.parametrize("state", [state for state in State if state not in ENDED])
def test_every_open_state_can_be_left(state: State) -> None:
    assert any(step.to != state for (start, _action), step in TABLE.items() if start == state)


def test_a_closed_case_stays_closed() -> None:
    assert {TABLE[State.CLOSED, action].to for action in actions(State.CLOSED)} == {State.CLOSED}


def test_nothing_is_shipped_that_was_not_authorized() -> None:
    assert {state for (state, action) in TABLE if action is Action.SHIP} == {State.AUTHORIZED}


def test_a_step_out_of_turn_is_refused() -> None:
    with pytest.raises(OutOfTurn):
        step(State.DRAFT, Action.APPROVE)


@pytest.mark.parametrize("action", list(Action))
def test_every_action_is_in_the_table_and_somebody_may_do_it(action: Action) -> None:
    needs = {found.needs for (_state, each), found in TABLE.items() if each is action}
    assert needs
    granted = {permission for permissions in PERMISSIONS.values() for permission in permissions}
    assert needs <= granted


def test_the_auditor_may_write_nothing() -> None:
    writing = {
        "add",
        "change",
        "delete",
        "work",
        "propose",
        "approve",
        "license",
        "ship",
        "judge",
        "refresh",
        "comment",
    }
    given = {name.split(".")[1].split("_")[0] for name in PERMISSIONS[Role.AUDITOR]}
    assert not given & writing


def test_who_proposes_does_not_approve_by_role_alone() -> None:
    for role, permissions in PERMISSIONS.items():
        assert not {"compliance.propose_case", "compliance.approve_case"} <= set(permissions), role
