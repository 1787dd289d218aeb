"""One-use, purpose-bound links: only a hash is stored, looking spends nothing, spending works once."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, select, update
from sqlalchemy.orm import Session

from registry.models import LabContact, OneUseLink


class Purpose(StrEnum):
    """What a link may be used for."""

    CONFIRM_EMAIL = "confirm_email"
    RESUME_DRAFT = "resume_draft"
    REVISE = "revise"
    SIGN_IN = "sign_in"
    CONFIRM_LISTING = "confirm_listing"
    ACCEPT_CONTACT = "accept_contact"
    ALLOW_CLAIM = "allow_claim"
    STAFF_INVITE = "staff_invite"
    STAFF_RESET = "staff_reset"


LIFETIMES = {
    Purpose.CONFIRM_EMAIL: timedelta(days=7),
    Purpose.RESUME_DRAFT: timedelta(days=60),
    Purpose.REVISE: timedelta(days=60),
    # Signs in: whoever finds the mail later finds nothing. The others do one thing and live longer.
    Purpose.SIGN_IN: timedelta(minutes=10),
    Purpose.CONFIRM_LISTING: timedelta(days=60),
    Purpose.ACCEPT_CONTACT: timedelta(days=14),
    Purpose.ALLOW_CLAIM: timedelta(days=14),
    Purpose.STAFF_INVITE: timedelta(days=7),
    Purpose.STAFF_RESET: timedelta(days=1),
}

ABOUT_A_CONTACT = frozenset({Purpose.CONFIRM_LISTING, Purpose.ACCEPT_CONTACT})
ABOUT_STAFF = frozenset({Purpose.STAFF_INVITE, Purpose.STAFF_RESET})
"""Purposes whose link is about a laboratory's contact or a member of staff; a sign-in is about the mailbox alone, the
rest a submission.
"""


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


def issue(
    session: Session,
    *,
    purpose: Purpose,
    email: str,
    now: datetime,
    submission_id: int | None = None,
    contact_id: int | None = None,
    staff_user_id: int | None = None,
) -> str:
    """Store a new link and return its token, which is nowhere else.

    ``ValueError`` when what the purpose is about is not given, or something else is.
    """
    about_contact, about_staff = purpose in ABOUT_A_CONTACT, purpose in ABOUT_STAFF
    about_submission = not about_contact and not about_staff and purpose is not Purpose.SIGN_IN
    given = (contact_id is not None, staff_user_id is not None, submission_id is not None)
    if given != (about_contact, about_staff, about_submission):
        raise ValueError(f"a link to {purpose} is about something else, or that is gone")
    token = new_secret()
    session.add(
        OneUseLink(
            token_hash=hash_of(token),
            purpose=purpose.value,
            submission_id=submission_id,
            contact_id=contact_id,
            staff_user_id=staff_user_id,
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
    """Use *link* up. False when somebody else did, or it is no longer good: the database decides between two clicks.

    Whoever can use it reads the mailbox, so that contacts whose mail came back are written to again.
    """
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
    spent = cast(CursorResult[object], result).rowcount == 1
    if spent:
        _takes_mail(session, link.email)
    return spent


def _takes_mail(session: Session, email: str) -> None:
    """What was mailed to *email* arrived, whatever came back before."""
    session.execute(
        update(LabContact)
        .where(LabContact.email == email, LabContact.bounced_at.is_not(None))
        .values(bounced_at=None, bounce_note="")
        .execution_options(synchronize_session=False)
    )


def revoke(session: Session, *, submission_id: int, purpose: Purpose, now: datetime) -> None:
    """Make every unspent link of *purpose* for the submission worthless."""
    _revoke(session, OneUseLink.submission_id == submission_id, OneUseLink.purpose == purpose.value, now=now)


def revoke_of_contact(session: Session, *, contact_id: int, now: datetime) -> None:
    """Make every unspent link for the laboratory's contact worthless."""
    _revoke(session, OneUseLink.contact_id == contact_id, now=now)


def revoke_of_staff(session: Session, *, user_id: int, now: datetime) -> None:
    """Make every unspent link for the member of staff worthless."""
    _revoke(session, OneUseLink.staff_user_id == user_id, now=now)


def revoke_of_mailbox(session: Session, *, email: str, purpose: Purpose, now: datetime) -> None:
    """Make every unspent link of *purpose* that was mailed to *email* worthless."""
    _revoke(session, OneUseLink.email == email, OneUseLink.purpose == purpose.value, now=now)


def _revoke(session: Session, *which: ColumnElement[bool], now: datetime) -> None:
    session.execute(
        update(OneUseLink)
        .where(
            *which,
            OneUseLink.used_at.is_(None),
            OneUseLink.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
