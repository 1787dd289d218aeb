"""The outbox: ``enqueue`` writes a mail in the caller's commit, ``deliver_due`` sends what is due.

A mailed link exists only in the mail: its token is made when the mail is sent, and the database keeps a hash.
"""

import random
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

import structlog
from sqlalchemy import ColumnElement, CursorResult, or_, select, update
from sqlalchemy.orm import Session

from registry import links, mailboxes
from registry.extensions import begin_writing
from registry.models import OutboxMessage

CLAIM = timedelta(minutes=5)
"""How long a worker may take for one message before another may take it over."""

MAX_ATTEMPTS = 12
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)

_FREE = OutboxMessage.state.in_(("waiting", "sending"))

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail ready to be sent."""

    recipient: str
    subject: str
    text: str
    html: str
    message_id: str
    stop: str = ""
    """Where its reader stops such mails; empty in a mail to those who run the registry."""


Render = Callable[[OutboxMessage, str | None], Rendered]
Send = Callable[[Rendered], None]


class Refused(Protocol):
    """Notes in the caller's commit that *message* failed for good with *error*."""

    def __call__(self, session: Session, message: OutboxMessage, error: Exception, *, now: datetime) -> None: ...


def enqueue(
    session: Session,
    *,
    kind: str,
    recipient: str,
    context: dict[str, Any],
    now: datetime,
    language: str = "en",
    link_purpose: links.Purpose | None = None,
    submission_id: int | None = None,
    contact_id: int | None = None,
    staff_user_id: int | None = None,
    once_key: str | None = None,
    limit: int | None = mailboxes.AN_HOUR,
    not_before: datetime | None = None,
) -> bool:
    """Add a mail of *kind* (its folder in ``templates/email``) to the outbox; the caller commits.

    With *link_purpose* the mail carries a one-use link, made when it is sent, for *submission_id*, *contact_id* or
    *staff_user_id*, whichever the purpose is about; to sign in, for none. A second message with the same *once_key* is
    not added: False then. Nor is one that anybody could have sent when the mailbox has had *limit* within the hour, or
    its share of the day; None means no limit. The asking side must not be able to tell. It leaves *not_before* that
    moment, when one is given, so that what it tells of can still be taken back.
    """
    if once_key is not None and session.scalar(select(OutboxMessage.id).where(OutboxMessage.once_key == once_key)):
        return False
    limited = limit if kind in mailboxes.UNASKED else None
    if limited is not None and not mailboxes.has_room(session, recipient=recipient, now=now, an_hour=limited):
        return False
    session.add(
        OutboxMessage(
            kind=kind,
            recipient=recipient,
            language=language,
            context=context,
            link_purpose=link_purpose.value if link_purpose else "",
            submission_id=submission_id,
            contact_id=contact_id,
            staff_user_id=staff_user_id,
            once_key=once_key,
            created_at=now,
            due_at=max(now, not_before) if not_before is not None else now,
        )
    )
    return True


def keep_back(session: Session, *which: ColumnElement[bool]) -> None:
    """Cancel the mails of *which* that have not begun to leave; the caller commits."""
    session.execute(
        update(OutboxMessage)
        .where(*which, OutboxMessage.state == "waiting")
        .values(state="cancelled")
        .execution_options(synchronize_session=False)
    )


def deliver_due(
    session: Session,
    *,
    render: Render,
    send: Send,
    clock: Callable[[], datetime],
    chance: random.Random,
    limit: int = 50,
    refused: Refused | None = None,
) -> int:
    """Send up to *limit* messages that are due; returns how many went out. Commits around each message.

    A claim is committed before the mail leaves and lapses after ``CLAIM``, so that two workers send a message once
    and a killed one does not lose it. Failures wait with exponential back-off and jitter; after ``MAX_ATTEMPTS``
    the message is ``failed``. *refused* is told of each that fails for good.
    """
    sent = 0
    for _ in range(limit):
        message = _claim(session, clock())
        if message is None:
            break
        sent += _deliver(session, message, render=render, send=send, clock=clock, chance=chance, refused=refused)
    return sent


def _claim(session: Session, now: datetime) -> OutboxMessage | None:
    due = (
        select(OutboxMessage.id)
        .where(_FREE, OutboxMessage.due_at <= now, _lapsed_before(now))
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(1)
    )
    waiting = session.scalar(due)
    session.rollback()
    while waiting is not None:
        # Only now is something to be written; an idle worker takes no lock.
        begin_writing(session)
        waiting = session.scalar(due.with_for_update(skip_locked=True))
        claimed = session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == waiting, _FREE, _lapsed_before(now))
            .values(state="sending", claimed_until=now + CLAIM, attempts=OutboxMessage.attempts + 1)
            .execution_options(synchronize_session=False)
        )
        session.commit()
        if cast(CursorResult[object], claimed).rowcount == 1:
            message = session.get_one(OutboxMessage, waiting, populate_existing=True)
            # Sending may take long: nothing of the database is held meanwhile.
            session.expunge(message)
            session.rollback()
            return message
    return None


def _lapsed_before(now: datetime) -> ColumnElement[bool]:
    return or_(OutboxMessage.state == "waiting", OutboxMessage.claimed_until < now)


def _deliver(
    session: Session,
    message: OutboxMessage,
    *,
    render: Render,
    send: Send,
    clock: Callable[[], datetime],
    chance: random.Random,
    refused: Refused | None,
) -> bool:
    try:
        wanted = mailboxes.wants(session, recipient=message.recipient, kind=message.kind)
        session.rollback()
        if not wanted:
            _keep(session, message, {"state": "cancelled", "last_error": "the mailbox does not want it"})
            return False
        token = _link(session, message, clock())
        send(render(message, token))
    except Exception as error:  # one bad mail must not stop the others; what went wrong is kept with it
        session.rollback()
        _fail(session, message, error, now=clock(), chance=chance, refused=refused)
        log.warning(
            "mail not sent",
            message=message.id,
            kind=message.kind,
            attempts=message.attempts,
            error=type(error).__name__,
        )
        return False
    session.rollback()
    _keep(session, message, {"state": "sent", "sent_at": clock(), "last_error": ""})
    return True


def _link(session: Session, message: OutboxMessage, now: datetime) -> str | None:
    """The token of the message's link, committed before the mail leaves: a reader may be quicker than we are."""
    if not message.link_purpose:
        return None
    begin_writing(session)
    token = links.issue(
        session,
        purpose=links.Purpose(message.link_purpose),
        submission_id=message.submission_id,
        contact_id=message.contact_id,
        staff_user_id=message.staff_user_id,
        email=message.recipient,
        now=now,
    )
    session.commit()
    return token


def _fail(
    session: Session,
    message: OutboxMessage,
    error: Exception,
    *,
    now: datetime,
    chance: random.Random,
    refused: Refused | None,
) -> None:
    values = _put_back(message, error, now=now, chance=chance)
    if refused is not None and values["state"] == "failed":
        try:
            begin_writing(session)
            refused(session, message, error, now=now)
            _set(session, message, values)
            session.commit()
            return
        except Exception as problem:  # it must not keep the others; what could not be noted now is met again
            session.rollback()
            log.warning("refusal not noted", message=message.id, error=type(problem).__name__)
            values = _put_back(message, problem, now=now, chance=chance)
    _keep(session, message, values)


def _keep(session: Session, message: OutboxMessage, values: dict[str, Any]) -> None:
    begin_writing(session)
    _set(session, message, values)
    session.commit()


def _set(session: Session, message: OutboxMessage, values: dict[str, Any]) -> None:
    session.execute(
        update(OutboxMessage)
        # Cancelled meanwhile, as with a draft that was deleted: it is not tried again.
        .where(OutboxMessage.id == message.id, OutboxMessage.state == "sending")
        .values(claimed_until=None, **values)
    )


def _put_back(message: OutboxMessage, error: Exception, *, now: datetime, chance: random.Random) -> dict[str, Any]:
    # The class and the server's code, not its text: a text may hold the recipient or the link.
    told = type(error).__name__
    if isinstance(error, smtplib.SMTPResponseException):
        told += f" {error.smtp_code}"
    if message.attempts >= MAX_ATTEMPTS or _refused_for_good(error):
        return {"state": "failed", "last_error": told}
    wait = min(FIRST_RETRY * 2 ** (message.attempts - 1), LONGEST_RETRY)
    return {"state": "waiting", "due_at": now + wait * chance.uniform(0.75, 1.25), "last_error": told}


def _refused_for_good(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused) and error.smtp_code >= 500
