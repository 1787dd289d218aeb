"""What a press on a mailed link does: spend it and fulfil its purpose in one commit, or neither."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from registry import links
from registry.domain.workflow import State
from registry.links import LinkState, Purpose
from registry.models import OneUseLink, Submission
from registry.registration import claiming, queries, sending, services

_STATE_FOR = {
    Purpose.CONFIRM_EMAIL: State.AWAITING_EMAIL,
    Purpose.RESUME_DRAFT: State.DRAFT,
    Purpose.REVISE: State.CHANGES_REQUESTED,
}
ABOUT_A_SUBMISSION = frozenset(_STATE_FOR)
"""The purposes whose links are answered here; the others have pages of their own."""

_CONFIRMED = frozenset(State) - {State.DRAFT, State.AWAITING_EMAIL, State.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Standing:
    """A known link: ``state`` says what became of it, ``works`` whether a press does anything."""

    link: OneUseLink
    submission: Submission
    state: LinkState
    works: bool

    @property
    def purpose(self) -> Purpose:
        return Purpose(self.link.purpose)

    @property
    def confirmed_already(self) -> bool:
        """Whether this very link did its work of proving the mailbox."""
        return (
            self.purpose is Purpose.CONFIRM_EMAIL
            and self.state is LinkState.USED
            and self.submission.status in _CONFIRMED
        )

    @property
    def renewable(self) -> bool:
        """Whether a new link may be mailed to the same mailbox."""
        return self.link.email == self.submission.contact_email and self.submission.status in _STATE_FOR.values()


def standing(session: Session, token: str, *, now: datetime, lock: bool = False) -> Standing | None:
    """What the link of *token* is worth at *now*; None when we never mailed it. Changes nothing."""
    link = links.find(session, token)
    if link is None or link.purpose not in ABOUT_A_SUBMISSION or link.submission_id is None:
        return None
    try:
        if lock:
            submission = queries.locked_submission(session, link.submission_id)
            session.refresh(link)
        else:
            submission = session.get_one(Submission, link.submission_id)
    except NoResultFound:
        # A draft that is deleted this very moment takes its links with it.
        return None
    state = links.state_of(link, now)
    works = (
        state is LinkState.GOOD
        and submission.status is _STATE_FOR[Purpose(link.purpose)]
        # A link that left after the address was changed must not prove the new one.
        and link.email == submission.contact_email
    )
    return Standing(link, submission, state, works)


def spend(session: Session, *, found: Standing, key: str, now: datetime) -> str | None:
    """Do what the link is for. Returns the key that opens the draft, an empty one when there is none to open.

    None when the link is worth nothing: nothing was written then.
    """
    if not found.works or not links.spend(session, found.link, now=now):
        return None
    if found.purpose is Purpose.CONFIRM_EMAIL:
        confirmed = claiming.confirmed if found.submission.kind == "claim" else sending.confirmed
        confirmed(session, submission=found.submission, now=now)
        return ""
    if found.purpose is Purpose.REVISE:
        return sending.revise(session, submission=found.submission, key=key, now=now)[1]
    return services.open_for(session, draft=found.submission, key=key, email=found.link.email, now=now)
