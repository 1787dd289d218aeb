"""Failed sign-ins: each is counted, ten in a row make a pause, and every pause ends.

What is typed for a name that no account has costs the same: the same steps, the same pause, and the same answer.
"""

from datetime import datetime, timedelta
from typing import cast

import structlog
from flask_security import UserMixin
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from registry.domain.text import plain
from registry.links import hash_of
from registry.models import UnknownName, User

FAILURES_BEFORE_PAUSE = 10
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
"""When failures under a name that no account has are forgotten."""

log = structlog.get_logger()


def pause_after(failures: int) -> timedelta | None:
    """How long an account rests after that many failures in a row: it grows, and it ends."""
    beyond = failures - FAILURES_BEFORE_PAUSE
    return min(FIRST_PAUSE * 2 ** min(beyond, 10), LONGEST_PAUSE) if beyond >= 0 else None


def is_paused(user: UserMixin | None, now: datetime) -> bool:
    """Whether the account of *user* takes no password and no code at *now*."""
    until = cast(User, user).locked_until if user is not None else None
    return until is not None and until > now


def count(session: Session, user: User, *, now: datetime) -> None:
    """Count a failure of *user*. What is tried during a pause does not lengthen it: it ends for the owner too."""
    if is_paused(user, now):
        return
    failures = session.scalar(
        update(User)
        .where(User.id == user.id)
        .values(failed_logins=User.failed_logins + 1)
        .returning(User.failed_logins)
        .execution_options(synchronize_session=False)
    )
    pause = pause_after(failures or 0)
    if pause is not None:
        session.execute(
            update(User)
            .where(User.id == user.id)
            .values(locked_until=now + pause)
            .execution_options(synchronize_session=False)
        )
    log.warning("staff sign-in failed", user=user.id, failures=failures)


def count_unknown(session: Session, name: str, *, now: datetime) -> None:
    """Count a failure under *name*, which no account has, in the same steps as for an account."""
    name_hash = hash_of(plain(name).lower())
    until = session.scalar(select(UnknownName.locked_until).where(UnknownName.name_hash == name_hash))
    if until is not None and until > now:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    failures = session.scalar(
        dialect.insert(UnknownName)
        .values(name_hash=name_hash, failed_logins=1, failed_at=now)
        .on_conflict_do_update(
            index_elements=["name_hash"],
            set_={"failed_logins": UnknownName.failed_logins + 1, "failed_at": now},
        )
        .returning(UnknownName.failed_logins)
    )
    pause = pause_after(failures or 0)
    if pause is not None:
        session.execute(
            update(UnknownName)
            .where(UnknownName.name_hash == name_hash)
            .values(locked_until=now + pause)
            .execution_options(synchronize_session=False)
        )
    log.warning("staff sign-in failed", user=None, failures=failures)


def forget(session: Session, user: User, *, now: datetime) -> None:
    """*user* signed in: their failures are over; and those of unknown names are forgotten in time."""
    user.failed_logins = 0
    user.locked_until = None
    session.execute(
        delete(UnknownName)
        .where(UnknownName.failed_at < now - FORGOTTEN_AFTER)
        .execution_options(synchronize_session=False)
    )
