"""One-use, purpose-bound links: only a hash is stored, looking spends nothing, spending works once."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from registry.models import OneUseLink


class Purpose(StrEnum):
    """What a link may be used for."""

    CONFIRM_EMAIL = "confirm_email"
    RESUME_DRAFT = "resume_draft"
    REVISE = "revise"


LIFETIMES = {
    Purpose.CONFIRM_EMAIL: timedelta(days=7),
    Purpose.RESUME_DRAFT: timedelta(days=60),
    Purpose.REVISE: timedelta(days=60),
}


class LinkState(StrEnum):
    """What a mailed token is worth now."""

    GOOD = "good"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


def hash_of(secret: str) -> str:
    """The SHA-256 under which a token or key is stored, in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_secret() -> str:
    """A URL-safe secret of 256 random bits."""
    return secrets.token_urlsafe(32)


def issue(session: Session, *, purpose: Purpose, submission_id: int, email: str, now: datetime) -> str:
    """Store a new link and return its token, which is nowhere else."""
    token = new_secret()
    session.add(
        OneUseLink(
            token_hash=hash_of(token),
            purpose=purpose.value,
            submission_id=submission_id,
            email=email,
            created_at=now,
            expires_at=now + LIFETIMES[purpose],
        )
    )
    return token


def find(session: Session, token: str) -> OneUseLink | None:
    """The link of *token*, spent or not; None when we never mailed it."""
    return session.scalar(select(OneUseLink).where(OneUseLink.token_hash == hash_of(token)))


def state_of(link: OneUseLink, now: datetime) -> LinkState:
    """What *link* is worth at *now*."""
    if link.used_at is not None:
        return LinkState.USED
    if link.revoked_at is not None:
        return LinkState.REVOKED
    if now >= link.expires_at:
        return LinkState.EXPIRED
    return LinkState.GOOD


def spend(session: Session, link: OneUseLink, *, now: datetime) -> bool:
    """Use *link* up. False when somebody else did, or it is no longer good: the database decides between two clicks."""
    result = session.execute(
        update(OneUseLink)
        .where(
            OneUseLink.id == link.id,
            OneUseLink.used_at.is_(None),
            OneUseLink.revoked_at.is_(None),
            OneUseLink.expires_at > now,
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    session.expire(link)
    return cast(CursorResult[object], result).rowcount == 1


def revoke(session: Session, *, submission_id: int, purpose: Purpose, now: datetime) -> None:
    """Make every unspent link of *purpose* for the submission worthless."""
    session.execute(
        update(OneUseLink)
        .where(
            OneUseLink.submission_id == submission_id,
            OneUseLink.purpose == purpose.value,
            OneUseLink.used_at.is_(None),
            OneUseLink.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
