"""What waits for a moderator: the queue in its order, its numbers, and what comes next."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Subquery, and_, case, func, or_, select, union_all
from sqlalchemy.orm import Session

from registry.domain.workflow import State
from registry.models import Report, Submission, Task
from registry.models.report import OPEN
from registry.moderation import leases
from registry.moderation.waiting_order import (
    DECIDED_SHOWN,
    WAITING,
    Kind,
    Member,
    Source,
    Standing,
    Wish,
    on_hold,
    parts,
    urgency,
    waits,
)
from registry.moderation.waiting_rows import QueueRow, rows_of

__all__ = ["Counts", "Kind", "Member", "Queue", "QueueRow", "Source", "Standing", "Wish", "counts", "next_for", "queue"]

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue; pages count from 1.

    ``kinds`` is how many there are of each kind, whatever kinds are asked for; None where it is not counted.
    """

    rows: tuple[QueueRow, ...]
    total: int
    page: int
    pages: int
    kinds: dict[str, int] | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of everybody's work there is, by where it stands. Of ``submissions``, some are ``in_review``."""

    submissions: int
    in_review: int
    on_hold: int
    changes_requested: int
    reports: int
    tasks: int

    @property
    def waiting(self) -> int:
        """All that waits for somebody."""
        return self.submissions + self.reports + self.tasks

    def of(self, standing: Standing) -> int | None:
        """The number of *standing*; None of what is decided, which is not counted."""
        return None if standing is Standing.DECIDED else int(getattr(self, standing.value))


def counts(session: Session, now: datetime) -> Counts:
    """How much of everything there is at *now*."""
    standing = case((and_(Submission.state.in_(WAITING), on_hold(now)), Standing.ON_HOLD.value), else_=Submission.state)
    open_states = (*WAITING, State.CHANGES_REQUESTED.value)
    by_standing: dict[str, int] = {
        row.standing: row.number
        for row in session.execute(
            select(standing.label("standing"), func.count().label("number"))
            .where(Submission.state.in_(open_states))
            .group_by("standing")
        )
    }
    others = session.execute(
        select(
            select(func.count()).where(Report.state == OPEN).scalar_subquery().label("reports"),
            select(func.count()).where(Task.closed_at.is_(None)).scalar_subquery().label("tasks"),
        )
    ).one()
    return Counts(
        submissions=sum(by_standing.get(state, 0) for state in WAITING),
        in_review=by_standing.get(State.IN_REVIEW.value, 0),
        on_hold=by_standing.get(Standing.ON_HOLD.value, 0),
        changes_requested=by_standing.get(State.CHANGES_REQUESTED.value, 0),
        reports=others.reports,
        tasks=others.tasks,
    )


def queue(session: Session, wish: Wish, *, page: int, now: datetime, demonstration: bool) -> Queue:
    """Page *page* of what *wish* asks for, in the order of ``waiting_order``; past the end, the last page."""
    found = _found(wish, now)
    kinds = _kinds(session, replace(wish, kinds=frozenset()), now) if wish.standing is not Standing.DECIDED else None
    if kinds is not None:
        total = sum(number for kind, number in kinds.items() if not wish.kinds or kind in wish.kinds)
    else:
        total = min(session.scalars(select(func.count()).select_from(found)).one(), DECIDED_SHOWN)
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    shown = session.execute(
        select(found.c.source, found.c.id)
        .order_by(found.c.rank, found.c.source, found.c.id)
        .limit(min(PAGE_SIZE, total - (page - 1) * PAGE_SIZE))
        .offset((page - 1) * PAGE_SIZE)
    )
    rows = rows_of(session, [(Source(row.source), row.id) for row in shown], now=now, demonstration=demonstration)
    return Queue(rows=rows, total=total, page=page, pages=pages, kinds=kinds)


def next_for(session: Session, user_id: int, after: int, now: datetime) -> int | None:
    """The submission that the member of staff should see after the submission *after*; None when nothing waits.

    In the order of the queue the one behind it, else the first: of what rests for nobody, and what no colleague has
    open or keeps as theirs.
    """
    here = select(urgency()).where(Submission.id == after).scalar_subquery()
    rank = urgency()
    behind = or_(rank > here, and_(rank == here, Submission.id > after))
    statement = (
        select(Submission.id)
        .where(
            waits(now),
            Submission.id != after,
            or_(
                Submission.state == State.SUBMITTED.value,
                Submission.reviewer_id.is_(None),
                Submission.reviewer_id == user_id,
            ),
            ~leases.held(now, not_by=user_id),
        )
        .order_by(case((behind, 0), else_=1), rank, Submission.id)
        .limit(1)
    )
    return session.scalar(statement)


def _found(wish: Wish, now: datetime) -> Subquery:
    return union_all(*parts(wish, now)).subquery()


def _kinds(session: Session, wish: Wish, now: datetime) -> dict[str, int]:
    every = _found(wish, now)
    rows: Any = session.execute(select(every.c.kind, func.count().label("number")).group_by(every.c.kind))
    return {row.kind: row.number for row in rows}
