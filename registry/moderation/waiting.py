"""What waits for a moderator: the queue by tabs, its numbers, and what comes next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from registry.domain.workflow import WAITING_FOR_DECISION, State
from registry.models import Submission, User
from registry.moderation.checks import all_checks, warnings
from registry.moderation.evidence import facts_of
from registry.moderation.findings import Facts

PAGE_SIZE = 25
DECIDED_SHOWN = 50

_WAITING = tuple(state.value for state in WAITING_FOR_DECISION)
_DECIDED = (State.APPROVED.value, State.REJECTED.value)


class Tab(StrEnum):
    """What of the queue is shown."""

    WAITING = "waiting"
    CHANGES_REQUESTED = "changes_requested"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue; ``since`` is when it was sent, or decided where it is decided."""

    id: int
    kind: str
    name: str
    city: str
    state: str
    tests: int
    status: State
    since: datetime
    reviewer: str
    warnings: int
    again: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue; pages count from 1."""

    rows: tuple[QueueRow, ...]
    total: int
    page: int
    pages: int


def counts(session: Session) -> dict[str, int]:
    """How many submissions stand under each tab; ``decided`` at most ``DECIDED_SHOWN``."""
    rows = session.execute(select(Submission.state, func.count().label("number")).group_by(Submission.state))
    by_state = {row.state: row.number for row in rows}
    return {
        Tab.WAITING: sum(by_state.get(state, 0) for state in _WAITING),
        Tab.CHANGES_REQUESTED: by_state.get(State.CHANGES_REQUESTED.value, 0),
        Tab.DECIDED: min(sum(by_state.get(state, 0) for state in _DECIDED), DECIDED_SHOWN),
    }


def queue(session: Session, tab: Tab, *, page: int, demonstration: bool) -> Queue:
    """Page *page* of *tab*: what waits oldest first, what is decided newest first; past the end, the last."""
    total = counts(session)[tab]
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    rows = session.execute(
        _of_tab(tab).limit(min(PAGE_SIZE, total - (page - 1) * PAGE_SIZE)).offset((page - 1) * PAGE_SIZE)
    ).all()
    facts = facts_of(session, [row.Submission for row in rows], demonstration=demonstration)
    return Queue(
        rows=tuple(_row(row.Submission, row.email or "", facts[row.Submission.id]) for row in rows),
        total=total,
        page=page,
        pages=pages,
    )


def next_waiting(session: Session, *, after: int) -> int | None:
    """The submission that waits longest, other than *after*."""
    return session.scalar(
        select(Submission.id)
        .where(Submission.state.in_(_WAITING), Submission.id != after)
        .order_by(Submission.submitted_at, Submission.id)
        .limit(1)
    )


def _of_tab(tab: Tab) -> Select[Submission, str | None]:
    statement = select(Submission, User.email).outerjoin(User, User.id == Submission.reviewer_id)
    if tab is Tab.WAITING:
        return statement.where(Submission.state.in_(_WAITING)).order_by(Submission.submitted_at, Submission.id)
    if tab is Tab.CHANGES_REQUESTED:
        return statement.where(Submission.state == State.CHANGES_REQUESTED.value).order_by(
            Submission.decided_at, Submission.id
        )
    return statement.where(Submission.state.in_(_DECIDED)).order_by(Submission.decided_at.desc(), Submission.id.desc())


def _row(submission: Submission, reviewer: str, facts: Facts) -> QueueRow:
    decided = submission.status not in WAITING_FOR_DECISION
    return QueueRow(
        id=submission.id,
        kind=submission.kind,
        name=facts.profile.name,
        city=facts.profile.city,
        state=facts.profile.state,
        tests=len(facts.profile.offerings),
        status=submission.status,
        since=(submission.decided_at if decided else submission.submitted_at) or submission.updated_at,
        reviewer=reviewer,
        warnings=warnings(all_checks(facts)),
        again=submission.revises_id is not None,
    )
