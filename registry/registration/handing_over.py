"""Naming a colleague, handing over, revoking, stepping down. The caller holds ``contacts.locked``, and commits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry import mail
from registry.links import Purpose
from registry.models import AuditEvent, Lab, LabContact, OutboxMessage
from registry.registration import contacts, ending

INVITED = "contact_invited"
MOST = 12
"""Contacts of one laboratory, those who have not answered yet among them."""

NAMED_A_DAY = 10
MAILS_EACH = 4
AGAIN_AFTER = timedelta(minutes=10)


class Refusal(StrEnum):
    """Why a colleague is not named, or the mail not sent again."""

    ONESELF = "oneself"
    NAMED_ALREADY = "named_already"
    TOO_MANY = "too_many"
    TOO_OFTEN = "too_often"


class NotNamed(Exception):
    """Nothing was written; ``refusal`` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Colleague:
    """Whom a contact names."""

    name: str
    email: str
    role: str


def invite(
    session: Session,
    *,
    lab: Lab,
    by: LabContact,
    colleague: Colleague,
    hand_over: bool,
    language: str,
    now: datetime,
    limit: int | None,
) -> LabContact:
    """Name *colleague* and mail the link by which they agree; with *hand_over* they take the place of *by* then.

    *limit* is how many mails their mailbox may get within the hour; None means no limits of any kind. A mailbox with
    no room gets no mail, and the asking side cannot tell. Raises :class:`NotNamed`.
    """
    email = colleague.email.lower()
    if email == by.email:
        raise NotNamed(Refusal.ONESELF)
    if contacts.standing(session, lab_id=lab.id, email=email) is not None:
        raise NotNamed(Refusal.NAMED_ALREADY)
    if len(contacts.all_standing(session, lab.id)) >= MOST:
        raise NotNamed(Refusal.TOO_MANY)
    if limit is not None and _named_lately(session, lab, now) >= NAMED_A_DAY:
        raise NotNamed(Refusal.TOO_OFTEN)
    named = LabContact(
        lab_id=lab.id,
        email=email,
        name=colleague.name,
        role=colleague.role,
        language=language,
        added_by=by.email,
        replaces_id=by.id if hand_over else None,
        created_at=now,
    )
    session.add(named)
    session.flush()
    _note(session, lab, "invite_contact", by=by.email, now=now, contact=email, replaces=by.email if hand_over else "")
    _mail_invitation(session, lab=lab, contact=named, by=by, now=now, limit=limit)
    return named


def invite_again(
    session: Session, *, lab: Lab, contact: LabContact, by: LabContact, now: datetime, limit: int | None
) -> None:
    """Mail the link once more to whoever has not answered yet; older ones stop working. Raises :class:`NotNamed`."""
    if limit is not None:
        count, newest = session.execute(
            select(func.count(), func.max(OutboxMessage.created_at)).where(
                OutboxMessage.contact_id == contact.id, OutboxMessage.kind == INVITED
            )
        ).one()
        if count >= MAILS_EACH or (newest is not None and now - newest < AGAIN_AFTER):
            raise NotNamed(Refusal.TOO_OFTEN)
    ending.kill_links(session, contact=contact, now=now)
    _mail_invitation(session, lab=lab, contact=contact, by=by, now=now, limit=limit)


def accept(session: Session, *, lab: Lab, contact: LabContact, language: str, now: datetime) -> None:
    """The colleague agreed: from now on they speak for the laboratory, and whom they replace does not any more."""
    contact.verified_at = now
    contact.language = language
    session.flush()
    former = session.get(LabContact, contact.replaces_id) if contact.replaces_id is not None else None
    former = former if former is not None and former.speaks else None
    _note(
        session, lab, "accept_contact", by=contact.email, now=now, contact=contact.email,
        replaces=former.email if former is not None else "",
    )  # fmt: skip
    welcome(session, lab=lab, contact=contact, former=former, now=now)
    if former is not None:
        ending.end(session, lab=lab, contact=former, by=former.email, how=ending.How.HANDED_OVER, heir=contact, now=now)


def welcome(
    session: Session, *, lab: Lab, contact: LabContact, now: datetime, former: LabContact | None = None
) -> None:
    """Tell all who speak for the laboratory, *contact* among them, that *contact* does so from now on."""
    for one in contacts.speaking(session, lab.id):
        if one is former:
            # Hears from the mail that says that it is over.
            continue
        mail.enqueue(
            session,
            kind="contact_added",
            recipient=one.email,
            context={
                "name": one.name,
                "laboratory": lab.name,
                "slug": lab.slug,
                "added": contact.email,
                "instead_of": former.email if former is not None else "",
                "is_you": one.id == contact.id,
            },
            now=now,
            language=one.language,
            contact_id=one.id,
        )


def refuse(session: Session, *, lab: Lab, contact: LabContact, now: datetime) -> None:
    """The colleague does not want to; who named them is told."""
    ending.end(session, lab=lab, contact=contact, by=contact.email, how=ending.How.REFUSED, now=now)


def _named_lately(session: Session, lab: Lab, now: datetime) -> int:
    return (
        session.scalar(
            select(func.count()).where(
                LabContact.lab_id == lab.id, LabContact.added_by != "", LabContact.created_at > now - timedelta(days=1)
            )
        )
        or 0
    )


def _mail_invitation(
    session: Session, *, lab: Lab, contact: LabContact, by: LabContact, now: datetime, limit: int | None
) -> None:
    mail.enqueue(
        session,
        kind=INVITED,
        recipient=contact.email,
        context={
            "name": contact.name,
            "laboratory": lab.name,
            "by": by.email,
            "hands_over": contact.replaces_id is not None,
        },
        now=now,
        language=contact.language,
        link_purpose=Purpose.ACCEPT_CONTACT,
        contact_id=contact.id,
        limit=limit,
    )


def _note(session: Session, lab: Lab, action: str, *, by: str, now: datetime, contact: str, replaces: str = "") -> None:
    session.add(
        AuditEvent(
            at=now,
            actor_kind="laboratory",
            actor=by,
            action=action,
            subject_type="lab",
            subject_id=lab.id,
            before=None,
            after={"contact": contact, **({"replaces": replaces} if replaces else {})},
        )
    )
