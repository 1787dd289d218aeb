"""The account that may decide in the demonstration, and the file that keeps its password."""

import json
import os
import secrets
import uuid
from datetime import datetime
from pathlib import Path

from flask_security import hash_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.accounts import PASSWORD_MIN_LENGTH, create_staff
from registry.demonstration.errors import DemonstrationError
from registry.models import Role, User

ACCOUNT_FILE = "staff_account.json"
STAFF_EMAIL = "moderator@demo.example"
STAFF_ROLES = ("admin", "moderator")


def staff_account(session: Session, *, now: datetime, instance: Path) -> tuple[User, bool]:
    """The account that may decide, and whether it or its file had to be made."""
    file = instance / ACCOUNT_FILE
    user = session.scalar(select(User).where(func.lower(User.email) == STAFF_EMAIL))
    password = _kept_password(file)
    if user is not None and password is not None:
        return user, False
    if password is None:
        password = secrets.token_urlsafe(12)
        _keep(file, password)
    if user is None:
        user = create_staff(session, email=STAFF_EMAIL, password=password, role=STAFF_ROLES[0], now=now)
        for name in STAFF_ROLES[1:]:
            user.roles.append(session.scalar(select(Role).where(Role.name == name)) or Role(name=name))
    else:
        user.password = hash_password(password)
        # Whoever signed in with the lost password is signed out.
        user.fs_uniquifier = uuid.uuid4().hex
    session.flush()
    return user, True


def _kept_password(file: Path) -> str | None:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(kept, dict) or kept.get("email") != STAFF_EMAIL:
        return None
    password = kept.get("password")
    return password if isinstance(password, str) and len(password) >= PASSWORD_MIN_LENGTH else None


def _keep(file: Path, password: str) -> None:
    """Write the account's file, readable by its owner alone from its first moment, whole or not at all."""
    fresh = file.with_name(file.name + ".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump({"email": STAFF_EMAIL, "password": password}, stream, indent=2)
            stream.write("\n")
        fresh.replace(file)
    except OSError as error:
        raise DemonstrationError(f"the staff account cannot be kept in {file}: {error.strerror}") from error
