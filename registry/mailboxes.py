"""What a mailbox gets from us at most, and whether its reader wants it.

Some mails anybody can have sent to any mailbox, by typing its address into a form. They are limited for each mailbox
in the database, so across all workers, and their reader can stop them; nobody who types an address learns of either.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from itsdangerous import BadSignature, Signer
from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.models import MailStop, OutboxMessage

AN_HOUR = 6
A_DAY = 20
"""How many mails a mailbox gets at most that carry a link or that anybody could have sent to it."""

UNASKED = frozenset(
    {
        "allow_claim",
        "claim_confirm",
        "confirm_email",
        "contact_invited",
        "draft_reminder",
        "report_answered",
        "resume_draft",
        "sign_in",
    }
)
"""Kinds of mails that anybody can have sent to any mailbox."""

OWN = frozenset(
    {
        "approved",
        "approved_in_part",
        "asked_to_confirm",
        "came_back",
        "changed_by_staff",
        "changes_requested",
        "claim_granted",
        "claim_refused",
        "cms_says",
        "confirm_listing",
        "contact_added",
        "contact_ended",
        "edit_received",
        "entries_merged",
        "entries_unmerged",
        "entry_hidden",
        "hidden_by_staff",
        "leaving",
        "left",
        "rejected",
        "request_withdrawn",
        "shown_by_staff",
        "submission_received",
    }
)
"""Kinds of mails about what a mailbox that was proved has with us."""

OPERATORS = frozenset({"problem_reported", "staff_invited", "staff_reset"})
"""Kinds of mails to those who run the registry; they have no address to stop them."""


class Scope(StrEnum):
    """Which mails a mailbox does not want."""

    UNASKED = "unasked"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class StopAddress:
    """What the address in a mail says: whose mailbox, as a hash, and which mails its one-click button stops."""

    email_hash: str
    scope: Scope


def has_room(session: Session, *, recipient: str, now: datetime, an_hour: int = AN_HOUR, a_day: int = A_DAY) -> bool:
    """Whether one more mail that anybody could have sent may go to *recipient*.

    Until the caller's transaction ends, others who ask for the same mailbox wait.
    """
    if session.get_bind().dialect.name == "postgresql":
        # SQLite has one writer at a time; here two could count the same mails and add one each.
        session.execute(text("SELECT pg_advisory_xact_lock(:mailbox)"), {"mailbox": _number_of(recipient)})
    counted = select(
        func.count().filter(OutboxMessage.created_at >= now - timedelta(hours=1)),
        func.count(),
    ).where(
        OutboxMessage.recipient == recipient,
        OutboxMessage.created_at >= now - timedelta(days=1),
        or_(OutboxMessage.kind.in_(UNASKED), OutboxMessage.link_purpose != ""),
    )
    hour, day = session.execute(counted).one()
    return bool(hour < an_hour and day < a_day)


def hash_of(email: str) -> str:
    """The SHA-256 under which a mailbox is known here, in hexadecimal."""
    return hashlib.sha256(email.lower().encode("utf-8", "surrogatepass")).hexdigest()


def scope_of(kind: str) -> Scope:
    """What somebody stops who presses the button of their mail program at a mail of *kind*."""
    return Scope.UNASKED if kind in UNASKED else Scope.ALL


def stopped(session: Session, email_hash: str) -> Scope | None:
    """Which mails the mailbox does not want; None when it takes all."""
    scope = session.scalar(select(MailStop.scope).where(MailStop.email_hash == email_hash))
    return Scope(scope) if scope is not None else None


def wants(session: Session, *, recipient: str, kind: str) -> bool:
    """Whether a mail of *kind* may go to *recipient*."""
    if kind in OPERATORS:
        return True
    scope = stopped(session, hash_of(recipient))
    return scope is None or (scope is Scope.UNASKED and kind not in UNASKED)


def stop(session: Session, *, email_hash: str, scope: Scope, now: datetime) -> None:
    """Send the mailbox no more mails of *scope*; the caller commits."""
    try:
        with session.begin_nested():
            session.add(MailStop(email_hash=email_hash, scope=scope.value, created_at=now))
    except IntegrityError:
        # It wanted less mail before, or this is the second of two clicks.
        session.execute(
            update(MailStop)
            .where(MailStop.email_hash == email_hash)
            .values(scope=scope.value)
            .execution_options(synchronize_session=False)
        )


def take_again(session: Session, *, email_hash: str) -> None:
    """Let all mails go to the mailbox again; the caller commits."""
    session.execute(
        delete(MailStop).where(MailStop.email_hash == email_hash).execution_options(synchronize_session=False)
    )


def stop_token(secret: str, *, recipient: str, kind: str) -> str:
    """The token of the address at which the reader of a mail of *kind* stops such mails; it works for ever.

    It names the mailbox by its hash alone: addresses of pages stand in logs.
    """
    letter = b"u" if scope_of(kind) is Scope.UNASKED else b"a"
    named = base64.urlsafe_b64encode(letter + bytes.fromhex(hash_of(recipient))).rstrip(b"=")
    return _signer(secret).sign(named).decode("ascii")


def read_stop_token(secret: str, token: str) -> StopAddress | None:
    """What *token* says; None when it is not one that we made."""
    try:
        named = _signer(secret).unsign(token.encode("ascii"))
    except (BadSignature, UnicodeEncodeError):
        return None
    told = base64.urlsafe_b64decode(named + b"=" * (-len(named) % 4))
    return StopAddress(told[1:].hex(), Scope.UNASKED if told[:1] == b"u" else Scope.ALL)


def _signer(secret: str) -> Signer:
    return Signer(secret, salt="registry.mailboxes.stop", digest_method=hashlib.sha256)


def _number_of(recipient: str) -> int:
    return int.from_bytes(hashlib.sha256(recipient.encode("utf-8", "surrogatepass")).digest()[:8], "big", signed=True)
