"""Signing a mailbox in by a mailed link: what it may open, and the mail. The caller commits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from registry import links, mail, mailboxes
from registry.domain.workflow import State
from registry.links import Purpose
from registry.models import Lab, LabContact, OutboxMessage, Submission

KIND = "sign_in"
REMEMBERED = timedelta(days=90)
"""How long a request that was turned down is still shown to its sender."""

_WAITING = tuple(state.value for state in (State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED))


@dataclass(frozen=True, slots=True)
class Account:
    """What a mailbox may open: the laboratories that it speaks for, by name, and its own requests, newest first."""

    laboratories: tuple[Lab, ...]
    requests: tuple[Submission, ...]
    language: str

    def __bool__(self) -> bool:
        return bool(self.laboratories or self.requests)

    @property
    def names(self) -> list[str]:
        """The laboratories that it is about, each once."""
        named = [lab.name for lab in self.laboratories] + [request.profile.name for request in self.requests]
        return list(dict.fromkeys(filter(None, named)))


def account_of(session: Session, email: str, *, now: datetime) -> Account:
    """What the mailbox of *email* may open; false when that is nothing.

    Requests are those to be listed and to speak for a laboratory, whose sender proved the mailbox; what changes an
    entry is shown with the entry.
    """
    rows = session.execute(
        select(Lab, LabContact.language)
        .join(LabContact, LabContact.lab_id == Lab.id)
        .where(LabContact.email == email.lower(), LabContact.verified_at.is_not(None), LabContact.revoked_at.is_(None))
        .order_by(Lab.name_key, Lab.id)
    ).all()
    requests = session.scalars(
        select(Submission)
        .where(
            Submission.contact_email == email.lower(),
            Submission.email_verified_at.is_not(None),
            Submission.kind.in_(("new", "claim")),
            or_(
                Submission.state.in_(_WAITING),
                (Submission.state == State.REJECTED.value) & (Submission.decided_at > now - REMEMBERED),
            ),
        )
        .order_by(Submission.submitted_at.desc(), Submission.id.desc())
    ).all()
    languages = [language for _, language in rows] + [request.language for request in requests]
    return Account(tuple(lab for lab, _ in rows), tuple(requests), languages[0] if languages else "en")


def ask(session: Session, *, email: str, now: datetime, limit: int | None, may_write: bool = True) -> None:
    """Mail a link that signs the mailbox in, when there is something for it to open.

    One that was mailed before works on for its ten minutes: else whoever knows the address could keep its owner out.

    An unknown mailbox gets nothing, and so does one with no room for a mail or, with *may_write* false, any. What is
    written into the database is the same for all of them, but for the state of the message.
    """
    email = email.lower()
    if limit is not None and not mailboxes.has_room(session, recipient=email, now=now, an_hour=limit):
        return
    account = account_of(session, email, now=now)
    known = bool(account) and may_write
    if known:
        _keep_back_waiting(session, email)
    mail.enqueue(
        session,
        kind=KIND,
        recipient=email,
        context={"mailbox": email, "laboratories": account.names if known else []},
        now=now,
        language=account.language,
        link_purpose=Purpose.SIGN_IN,
        limit=None,
    )
    session.flush()
    if not known:
        _keep_back_waiting(session, email)


def keep_language(session: Session, *, email: str, language: str) -> None:
    """Write in *language* from now on to the mailbox as one that speaks for laboratories; the caller commits."""
    session.execute(
        update(LabContact)
        .where(LabContact.email == email.lower(), LabContact.verified_at.is_not(None))
        .values(language=language)
    )


def hold_back(session: Session, *, email: str, now: datetime) -> None:
    """Make the links that were mailed to sign in worthless, and keep those back that have not left yet."""
    links.revoke_of_mailbox(session, email=email, purpose=Purpose.SIGN_IN, now=now)
    session.flush()
    _keep_back_waiting(session, email)


def _keep_back_waiting(session: Session, email: str) -> None:
    mail.keep_back(session, OutboxMessage.recipient == email, OutboxMessage.kind == KIND)
