"""Who belongs to the staff, and where they are signed in. Nothing here writes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.accounts.members import role_of
from registry.accounts.sessions import SESSION_IDLE, SESSION_LIFETIME
from registry.models import OneUseLink, Passkey, StaffSession, User


@dataclass(frozen=True, slots=True)
class Member:
    """One member of staff as administrators see them; ``link_until`` is when the mailed link ends, if one is open."""

    user: User
    role: str
    state: str
    passkeys: int
    browsers: int
    link_until: datetime | None


def members(session: Session, *, now: datetime) -> list[Member]:
    """All staff: who may sign in first, by their address."""
    users = session.scalars(select(User).order_by(User.active.desc(), User.email)).all()
    return [_member(session, user, now=now) for user in users]


def member(session: Session, user_id: int, *, now: datetime) -> Member | None:
    """The member of staff with this number; None when there is none."""
    user = session.get(User, user_id)
    return _member(session, user, now=now) if user is not None else None


def browsers(session: Session, user: User, *, now: datetime) -> list[StaffSession]:
    """Where *user* is signed in, the browser seen last first."""
    return list(
        session.scalars(
            select(StaffSession)
            .where(
                StaffSession.user_id == user.id,
                StaffSession.created_at > now - SESSION_LIFETIME,
                StaffSession.last_seen_at > now - SESSION_IDLE,
            )
            .order_by(StaffSession.last_seen_at.desc(), StaffSession.id.desc())
        )
    )


def state_of(user: User) -> str:
    """A key of ``domain.staff_acts.STATE_LABELS``."""
    if user.confirmed_at is None:
        return "invited" if user.active else "taken_back"
    if not user.active:
        return "deactivated"
    return "active" if user.password is not None else "no_password"


def _member(session: Session, user: User, *, now: datetime) -> Member:
    link_until = session.scalar(
        select(func.max(OneUseLink.expires_at)).where(
            OneUseLink.staff_user_id == user.id,
            OneUseLink.used_at.is_(None),
            OneUseLink.revoked_at.is_(None),
            OneUseLink.expires_at > now,
        )
    )
    return Member(
        user=user,
        role=role_of(user),
        state=state_of(user),
        passkeys=session.scalar(select(func.count()).where(Passkey.user_id == user.id)) or 0,
        browsers=len(browsers(session, user, now=now)),
        link_until=link_until,
    )
