"""States of a submission and the one table of transitions between them."""

from enum import StrEnum


class State(StrEnum):
    """Where a submission stands."""

    DRAFT = "draft"
    AWAITING_EMAIL = "awaiting_email"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class Action(StrEnum):
    """What moves a submission on."""

    SEND = "send"
    SEND_VERIFIED = "send_verified"
    REOPEN = "reopen"
    CONFIRM_EMAIL = "confirm_email"
    START_REVIEW = "start_review"
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    SUPERSEDE = "supersede"
    APPROVE_PART = "approve_part"
    UNDO = "undo"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.SEND): State.AWAITING_EMAIL,
    # The mailbox was proved by an earlier link of the same laboratory (a revision after changes were requested).
    (State.DRAFT, Action.SEND_VERIFIED): State.SUBMITTED,
    (State.DRAFT, Action.WITHDRAW): State.WITHDRAWN,
    (State.AWAITING_EMAIL, Action.REOPEN): State.DRAFT,
    (State.AWAITING_EMAIL, Action.CONFIRM_EMAIL): State.SUBMITTED,
    (State.AWAITING_EMAIL, Action.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Action.START_REVIEW): State.IN_REVIEW,
    (State.SUBMITTED, Action.WITHDRAW): State.WITHDRAWN,
    (State.IN_REVIEW, Action.WITHDRAW): State.WITHDRAWN,
    (State.CHANGES_REQUESTED, Action.WITHDRAW): State.WITHDRAWN,
    # The laboratory sent a newer version: of what was sent back, or of what nobody has decided yet.
    **{
        (state, Action.SUPERSEDE): State.SUPERSEDED
        for state in (State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED)
    },
    **{
        (state, action): target
        for state in (State.SUBMITTED, State.IN_REVIEW)
        for action, target in (
            (Action.APPROVE, State.APPROVED),
            (Action.REQUEST_CHANGES, State.CHANGES_REQUESTED),
            (Action.REJECT, State.REJECTED),
            # What was accepted is published, the rest goes back.
            (Action.APPROVE_PART, State.CHANGES_REQUESTED),
        )
    },
    # Within minutes: the decision was a slip.
    **{(state, Action.UNDO): State.IN_REVIEW for state in (State.APPROVED, State.CHANGES_REQUESTED, State.REJECTED)},
}
"""Every legal step; what is not here does not happen."""

WAITING_FOR_DECISION = frozenset({State.SUBMITTED, State.IN_REVIEW})


class IllegalTransition(ValueError):
    """The submission is in a state from which the action does not lead anywhere."""

    def __init__(self, state: State, action: Action) -> None:
        super().__init__(f"{action} is not possible from {state}")
        self.state = state
        self.action = action


def target(state: State, action: Action) -> State:
    """The state that *action* leads to from *state*; :class:`IllegalTransition` when there is none."""
    try:
        return TRANSITIONS[state, action]
    except KeyError:
        raise IllegalTransition(state, action) from None


def sources(action: Action) -> frozenset[State]:
    """The states from which *action* is possible."""
    return frozenset(state for state, possible in TRANSITIONS if possible is action)
