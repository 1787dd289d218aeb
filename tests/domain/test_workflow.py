"""The table of transitions lets a submission go where it should, and nowhere else."""

import pytest

from registry.domain.workflow import TRANSITIONS, Action, IllegalTransition, State, sources, target


def reachable_from(start: State) -> set[State]:
    seen = {start}
    while True:
        found = {end for (state, _), end in TRANSITIONS.items() if state in seen} - seen
        if not found:
            return seen
        seen |= found


def test_every_state_can_be_reached_from_a_draft() -> None:
    # A decision that asks for changes is answered by a new draft, which supersedes the old submission.
    assert reachable_from(State.DRAFT) == set(State)


@pytest.mark.parametrize("state", [State.APPROVED, State.REJECTED, State.WITHDRAWN, State.SUPERSEDED])
def test_an_end_is_an_end(state: State) -> None:
    # Within minutes a decision can be taken back; that is not a step on.
    for action in set(Action) - {Action.UNDO}:
        with pytest.raises(IllegalTransition):
            target(state, action)


@pytest.mark.parametrize("action", [Action.APPROVE, Action.REQUEST_CHANGES, Action.REJECT])
def test_only_what_waits_for_a_decision_can_be_decided(action: Action) -> None:
    assert sources(action) == {State.SUBMITTED, State.IN_REVIEW}


def test_nothing_is_submitted_without_a_proved_mailbox() -> None:
    ways = {(state, action) for (state, action), end in TRANSITIONS.items() if end is State.SUBMITTED}
    assert ways == {(State.AWAITING_EMAIL, Action.CONFIRM_EMAIL), (State.DRAFT, Action.SEND_VERIFIED)}
