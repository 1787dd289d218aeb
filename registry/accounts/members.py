"""The accounts of staff as rows: found, made, kept from other writers, told of in the audit. The caller commits."""

import re
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry import links, mail
from registry.accounts.passwords import PASSWORD_MIN_LENGTH, set_password
from registry.domain.text import plain
from registry.models import AuditEvent, OutboxMessage, Role, User
from registry.models.account import ROLES

_ADDRESS = re.compile(r"[^@\s,]{1,64}@[^@\s,]{1,189}")


def is_address(text: str) -> bool:
    """Whether *text*, cleaned, looks like an e-mail address."""
    return _ADDRESS.fullmatch(text) is not None and text.isprintable()


def create_staff(session: Session, *, email: str, password: str, role: str, now: datetime) -> User:
    """Add a member of staff with one role of ``ROLES``.

    Hashing needs an application context.

    Raises ValueError, with a sentence for the operator, for an unknown role, a password that may not be one, an
    address that is not one and an account that exists.
    """
    address = plain(email).lower()
    if role not in ROLES:
        raise ValueError(f"the role must be one of {', '.join(ROLES)}")
    if len(password) < PASSWORD_MIN_LENGTH:
        raise ValueError(f"the password must have at least {PASSWORD_MIN_LENGTH} characters")
    if not is_address(address):
        raise ValueError(f"{email!r} is not an e-mail address")
    if of_address(session, address) is not None:
        raise ValueError(f"there is an account for {address} already")
    user = new_member(session, address, role, now=now)
    set_password(user, password, now=now)
    session.flush()
    return user


def of_address(session: Session, email: str) -> User | None:
    """The account of the mailbox *email*, however its letters are written."""
    return session.scalar(select(User).where(func.lower(User.email) == plain(email).lower()))


def role_of(user: User) -> str:
    """The role of *user* that opens most."""
    names = {role.name for role in user.roles}
    return next((name for name in ROLES if name in names), ROLES[-1])


def new_member(session: Session, address: str, role: str, *, now: datetime) -> User:
    """A new account without a password."""
    user = User(
        email=address,
        active=True,
        fs_uniquifier=uuid.uuid4().hex,
        failed_logins=0,
        create_datetime=now,
        roles=[role_row(session, role)],
    )
    session.add(user)
    return user


def role_row(session: Session, name: str) -> Role:
    """The role called *name*."""
    return session.scalar(select(Role).where(Role.name == name)) or Role(name=name)


def hold(session: Session) -> None:
    """Let others who change accounts wait until the commit."""
    # Two administrators who demote each other at once: one of them waits here, and is then the last.
    session.execute(select(Role.id).where(Role.name == "admin").with_for_update())


def locked(session: Session, user_id: int) -> User:
    """The account as it is now, kept from other writers. ``NoResultFound`` when there is none."""
    hold(session)
    return session.scalars(
        select(User).where(User.id == user_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def void_links(session: Session, user: User, *, now: datetime) -> None:
    """Make the links that were mailed worthless, and keep those back that have not left yet."""
    links.revoke_of_staff(session, user_id=user.id, now=now)
    mail.keep_back(session, OutboxMessage.staff_user_id == user.id)


def note(
    session: Session,
    action: str,
    user: User,
    *,
    actor: str,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Tell the audit what *actor* did to the account of *user*."""
    session.add(
        AuditEvent(
            at=now,
            actor_kind="staff",
            actor=actor,
            action=action,
            subject_type="staff",
            subject_id=user.id,
            before=before,
            after={"email": user.email, **(after or {})},
        )
    )
