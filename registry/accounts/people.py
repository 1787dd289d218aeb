"""What is done to the accounts of staff: each act with its row in the audit. The caller commits.

An account is never removed: what it did stays told under its name.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from registry import links, mail
from registry.accounts.members import (
    hold,
    is_address,
    locked,
    new_member,
    note,
    of_address,
    role_of,
    role_row,
    void_links,
)
from registry.accounts.passwords import end_sessions, renew_identifier, set_password
from registry.domain.text import plain
from registry.domain.vocabulary import N_
from registry.links import Purpose
from registry.models import AuditEvent, OneUseLink, Passkey, Role, User
from registry.models.account import ROLES


class Refused(Exception):
    """An act that may not be done; its text says why, in English source text for whoever asked for it."""


LAST_ADMIN = N_("This is the last active administrator. Make somebody else an administrator first.")
ACCOUNT_THERE = N_("There is an account for this address already.")
NOT_INVITED = N_("This person has no open invitation.")
NOT_ACTIVE = N_("This account is not active.")
YOURSELF = N_("For your own account, use the page “Your account”.")
NOT_AN_ADDRESS = N_("Write an e-mail address like name@example.org.")


def invite(session: Session, *, email: str, role: str, actor: str, now: datetime) -> User:
    """Mail a link by which *email* becomes a member of staff with *role*; an earlier link works no more."""
    hold(session)
    address = plain(email).lower()
    if not is_address(address):
        raise Refused(NOT_AN_ADDRESS)
    user = of_address(session, address)
    if user is None:
        user = new_member(session, address, role, now=now)
    elif user.confirmed_at is not None:
        raise Refused(ACCOUNT_THERE)
    user.active, user.roles = True, [role_row(session, role)]
    session.flush()
    void_links(session, user, now=now)
    _mail(session, user, "staff_invited", Purpose.STAFF_INVITE, {"by": actor, "role": role}, now=now)
    note(session, "invite_staff", user, actor=actor, now=now, after={"role": role})
    return user


def invite_again(session: Session, *, user_id: int, actor: str, now: datetime) -> User:
    """Mail a new link to somebody who has not accepted yet."""
    user = locked(session, user_id)
    if user.confirmed_at is not None:
        raise Refused(NOT_INVITED)
    return invite(session, email=user.email, role=role_of(user), actor=actor, now=now)


def take_back(session: Session, *, user_id: int, actor: str, now: datetime) -> User:
    """Make the link of an invitation worthless."""
    user = locked(session, user_id)
    if user.confirmed_at is not None or not user.active:
        raise Refused(NOT_INVITED)
    user.active = False
    void_links(session, user, now=now)
    note(session, "take_back_invitation", user, actor=actor, now=now)
    return user


def choose_password(session: Session, *, link: OneUseLink, password: str, now: datetime) -> bool:
    """Set the password that the reader of *link* chose, once. False when the link is worth nothing."""
    user = locked(session, link.staff_user_id or 0)
    if not user.active or not links.spend(session, link, now=now):
        return False
    first = user.confirmed_at is None
    set_password(user, password, now=now)
    end_sessions(session, user)
    void_links(session, user, now=now)
    note(session, "accept_invitation" if first else "change_password", user, actor=user.email, now=now)
    return True


def change_role(session: Session, *, user_id: int, role: str, actor: str, now: datetime) -> User:
    """Give *role*, and no other, to a member of staff; it holds from their next click."""
    user = locked(session, user_id)
    before = role_of(user)
    if role not in ROLES:
        raise ValueError(role)
    if [one.name for one in user.roles] == [role]:
        return user
    if role != "admin":
        _not_the_last_admin(session, user)
    user.roles = [role_row(session, role)]
    note(session, "change_role", user, actor=actor, now=now, before={"role": before}, after={"role": role})
    return user


def deactivate(session: Session, *, user_id: int, actor: str, now: datetime) -> User:
    """Let a member of staff in no more. What they did stays told; the account can be taken up again."""
    user = locked(session, user_id)
    if user.confirmed_at is None or not user.active:
        raise Refused(NOT_ACTIVE)
    _not_the_last_admin(session, user)
    user.active = False
    _shut_out(session, user, now=now)
    note(session, "deactivate_staff", user, actor=actor, now=now)
    return user


def reactivate(session: Session, *, user_id: int, actor: str, now: datetime) -> User:
    """Let a deactivated member of staff in again, with the password and the second step they had."""
    user = locked(session, user_id)
    if user.confirmed_at is None:
        raise Refused(NOT_ACTIVE)
    if not user.active:
        user.active = True
        note(session, "reactivate_staff", user, actor=actor, now=now)
    return user


def end_all_sessions(session: Session, *, user_id: int, actor: str, now: datetime) -> User:
    """Sign a member of staff out everywhere."""
    user = locked(session, user_id)
    renew_identifier(user)
    count = end_sessions(session, user)
    note(session, "end_sessions", user, actor=actor, now=now, after={"count": count})
    return user


def reset_password(session: Session, *, user_id: int, actor: str, now: datetime) -> User:
    """End the password at once and mail a link by which another is chosen."""
    user = _resettable(session, user_id, actor)
    user.password = None
    _shut_out(session, user, now=now)
    _mail(session, user, "staff_reset", Purpose.STAFF_RESET, {"by": actor, "second": False}, now=now)
    note(session, "reset_password", user, actor=actor, now=now)
    return user


def reset_second_factor(session: Session, *, user_id: int, actor: str, now: datetime) -> User:
    """Take app, recovery codes and passkeys away.

    The password ends too: whoever knows it may be why this is needed, and the mailed link shows whose account it is.
    """
    user = _resettable(session, user_id, actor)
    user.password = None
    _without_second_factor(session, user)
    _shut_out(session, user, now=now)
    _mail(session, user, "staff_reset", Purpose.STAFF_RESET, {"by": actor, "second": True}, now=now)
    note(session, "reset_second_factor", user, actor=actor, now=now)
    return user


def operator_resets_second_factor(session: Session, *, email: str, now: datetime) -> User | None:
    """Take app, recovery codes and passkeys away, from the machine itself; the password stays."""
    user = of_address(session, email)
    if user is not None:
        _without_second_factor(session, user)
        _shut_out(session, user, now=now)
        session.add(
            AuditEvent(
                at=now,
                actor_kind="system",
                actor="staff reset-second-factor",
                action="reset_second_factor",
                subject_type="staff",
                subject_id=user.id,
                after={"email": user.email},
            )
        )
    return user


def _resettable(session: Session, user_id: int, actor: str) -> User:
    user = locked(session, user_id)
    if user.email == actor:
        raise Refused(YOURSELF)
    if user.confirmed_at is None or not user.active:
        raise Refused(NOT_ACTIVE)
    return user


def _not_the_last_admin(session: Session, user: User) -> None:
    others = session.scalar(
        select(func.count())
        .select_from(User)
        .where(User.id != user.id, User.active, User.password.is_not(None), User.roles.any(Role.name == "admin"))
    )
    if role_of(user) == "admin" and not others:
        raise Refused(LAST_ADMIN)


def _shut_out(session: Session, user: User, *, now: datetime) -> None:
    renew_identifier(user)
    end_sessions(session, user)
    void_links(session, user, now=now)


def _without_second_factor(session: Session, user: User) -> None:
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = user.mf_recovery_codes = None
    session.execute(delete(Passkey).where(Passkey.user_id == user.id).execution_options(synchronize_session=False))


def _mail(session: Session, user: User, kind: str, purpose: Purpose, context: dict[str, Any], *, now: datetime) -> None:
    mail.enqueue(
        session,
        kind=kind,
        recipient=user.email,
        context={**context, "email": user.email},
        now=now,
        link_purpose=purpose,
        staff_user_id=user.id,
    )
