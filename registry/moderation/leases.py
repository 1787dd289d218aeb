"""Who has a submission open now. A lease is advice among colleagues, not a lock: decisions check the revision.

It lapses by itself, so that a closed lid keeps nothing from anybody. The caller commits.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Case, ColumnElement, CursorResult, and_, case, delete, exists, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from registry.domain.workflow import WAITING_FOR_DECISION
from registry.models import ReviewLease, Submission, User

LASTS = timedelta(minutes=15)

RENEWED_AFTER = timedelta(minutes=5)
"""One's own lease is not written again before: opening a page three times is one write."""

_WAITING = tuple(state.value for state in WAITING_FOR_DECISION)


@dataclass(frozen=True, slots=True)
class Lease:
    """Who has the submission open, since when, and until when unless they go on."""

    submission_id: int
    user_id: int
    email: str
    since: datetime
    until: datetime


def of(session: Session, submission_id: int, now: datetime) -> Lease | None:
    """The lease of the submission that holds at *now*; None when nobody has it open, or nothing is to decide."""
    return of_all(session, [submission_id], now).get(submission_id)


def of_all(session: Session, submission_ids: Collection[int], now: datetime) -> Mapping[int, Lease]:
    """As :func:`of` for several, by the number of the submission."""
    if not submission_ids:
        return {}
    rows = session.execute(
        select(ReviewLease.submission_id, ReviewLease.user_id, User.email, ReviewLease.taken_at, ReviewLease.until)
        .join(User, User.id == ReviewLease.user_id)
        .join(Submission, Submission.id == ReviewLease.submission_id)
        .where(ReviewLease.submission_id.in_(submission_ids), ReviewLease.until > now, Submission.state.in_(_WAITING))
    )
    return {
        row.submission_id: Lease(row.submission_id, row.user_id, row.email, row.taken_at, row.until) for row in rows
    }


def wants_writing(session: Session, *, submission_id: int, user_id: int, now: datetime) -> bool:
    """Whether opening the submission at *now* takes or renews a lease: it waits, and no colleague has it open."""
    if not _waits(session, submission_id):
        return False
    held = session.get(ReviewLease, submission_id)
    if held is None or held.until <= now:
        return True
    return held.user_id == user_id and held.until <= now + LASTS - RENEWED_AFTER


def take(session: Session, *, submission_id: int, user_id: int, now: datetime, over: bool = False) -> bool:
    """Take the lease, or renew one's own; with *over* a colleague's too. False when a colleague has it."""
    values = {"submission_id": submission_id, "user_id": user_id, "taken_at": now, "until": now + LASTS}
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert(ReviewLease) if dialect == "postgresql" else sqlite.insert(ReviewLease)
    ours = or_(ReviewLease.user_id == user_id, ReviewLease.until <= now)
    since: Case[datetime] = case(
        (and_(ReviewLease.user_id == user_id, ReviewLease.until > now), ReviewLease.taken_at), else_=now
    )
    statement = insert.values(values).on_conflict_do_update(
        index_elements=["submission_id"],
        set_={"user_id": user_id, "taken_at": since, "until": now + LASTS},
        where=None if over else ours,
    )
    return session.execute(statement.returning(ReviewLease.submission_id)).first() is not None


def renew(session: Session, *, submission_id: int, user_id: int, now: datetime) -> bool:
    """Keep one's lease for another ``LASTS``; False when it lapsed and was taken, or nothing is to decide any more."""
    if not _waits(session, submission_id):
        return False
    return take(session, submission_id=submission_id, user_id=user_id, now=now)


def give_back(session: Session, *, submission_id: int, user_id: int) -> bool:
    """End one's lease; False when one had none."""
    ended = session.execute(
        delete(ReviewLease)
        .where(ReviewLease.submission_id == submission_id, ReviewLease.user_id == user_id)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[object], ended).rowcount == 1


def _waits(session: Session, submission_id: int) -> bool:
    waiting = select(Submission.id).where(Submission.id == submission_id, Submission.state.in_(_WAITING))
    return session.scalar(waiting) is not None


def held(now: datetime, *, by: int | None = None, not_by: int | None = None) -> ColumnElement[bool]:
    """Whether a row of ``Submission`` is open at *now*: *by* whom, or by anybody but *not_by*."""
    lease = exists().where(ReviewLease.submission_id == Submission.id, ReviewLease.until > now)
    if by is not None:
        lease = lease.where(ReviewLease.user_id == by)
    if not_by is not None:
        lease = lease.where(ReviewLease.user_id != not_by)
    return lease
