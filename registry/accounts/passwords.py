"""What a password of staff must be, and where it is set."""

import uuid
from datetime import datetime
from typing import cast

from flask import current_app
from flask_security import hash_password
from sqlalchemy import delete
from sqlalchemy.orm import Session

from registry.domain.vocabulary import N_
from registry.models import StaffSession, User

PASSWORD_MIN_LENGTH = 12
PASSWORD_MAX_LENGTH = 200
_SHORTEST_NAME = 4

TOO_SHORT = N_("Use at least 12 characters. Several words that do not belong together are easy to keep in mind.")
TOO_LONG = N_("Use at most 200 characters.")
HOLDS_THE_ADDRESS = N_("Leave your e-mail address and your name in it out of the password.")


def problem_of(password: str, email: str) -> str:
    """What is wrong with *password* for the account of *email*: English source text, empty when nothing is."""
    normal = normalised(password)
    if len(normal) < PASSWORD_MIN_LENGTH:
        return TOO_SHORT
    if len(normal) > PASSWORD_MAX_LENGTH:
        return TOO_LONG
    name = email.lower().partition("@")[0]
    if email.lower() in normal.lower() or (len(name) >= _SHORTEST_NAME and name in normal.lower()):
        return HOLDS_THE_ADDRESS
    return ""


def set_password(user: User, password: str, *, now: datetime) -> None:
    """Let *user* sign in with *password* from now on; a sign-in that was half done under the old one is void."""
    user.password = hash_password(normalised(password))
    user.confirmed_at = user.confirmed_at or now
    user.failed_logins, user.locked_until = 0, None
    renew_identifier(user)


def renew_identifier(user: User) -> None:
    """Make every cookie worthless that names *user*, also of a sign-in whose second step was to come."""
    user.fs_uniquifier = uuid.uuid4().hex


def end_sessions(session: Session, user: User, *, but: StaffSession | None = None) -> int:
    """End every signed-in browser of *user*, *but* one; how many there were."""
    ended = session.scalars(
        delete(StaffSession)
        .where(StaffSession.user_id == user.id, StaffSession.id != (but.id if but is not None else 0))
        .returning(StaffSession.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def normalised(password: str) -> str:
    """*password* as it is hashed, whichever way its letters were typed."""
    return cast(str, current_app.extensions["security"].password_util.normalize(password))
