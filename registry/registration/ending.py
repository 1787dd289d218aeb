"""A contact's end: at once nothing that they hold works any more, and nobody waits for them. The caller commits."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from registry import links, mail, transitions
from registry.domain.workflow import Action
from registry.links import new_secret
from registry.models import AuditEvent, ContactSession, DraftKey, Lab, LabContact, OutboxMessage, Submission
from registry.models.lab import PUBLISHED
from registry.registration import contacts, sign_in

NOBODY_LEFT = "nobody speaks for the laboratory any more"


class How(StrEnum):
    """How a contact ended, or the invitation to become one."""

    HANDED_OVER = "handed_over"
    REVOKED = "revoked"
    STEPPED_DOWN = "stepped_down"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


def end(
    session: Session,
    *,
    lab: Lab,
    contact: LabContact,
    by: str,
    how: How,
    now: datetime,
    heir: LabContact | None = None,
) -> None:
    """End *contact*, by the mailbox *by*: sessions, links, waiting mails with links and invitations end with it.

    What they asked to change goes on in the name of *heir*, else of the contact who speaks for the laboratory longest;
    with nobody left it is withdrawn. All who speak for the laboratory are told, and whom it is about.
    """
    spoke = contact.speaks
    contact.revoked_at = now
    contact.revoked_by = by
    session.flush()
    kill_links(session, contact=contact, now=now)
    if spoke:
        sign_out(session, contact.email, now=now)
        _end_invitations(session, contact, now=now)
        left = contacts.speaking(session, lab.id)
        _pass_on(session, lab, contact, heir or (left[0] if left else None), now=now)
    session.add(
        AuditEvent(
            at=now,
            actor_kind="laboratory",
            actor=by,
            action="end_contact",
            subject_type="lab",
            subject_id=lab.id,
            before={"contact": contact.email},
            after={"how": how.value},
        )
    )
    _tell(session, lab, contact, by=by, how=how, now=now)


def kill_links(session: Session, *, contact: LabContact, now: datetime) -> None:
    """Make the links of *contact* worthless, and keep those back that have not left yet."""
    links.revoke_of_contact(session, contact_id=contact.id, now=now)
    mail.keep_back(session, OutboxMessage.contact_id == contact.id, OutboxMessage.link_purpose != "")


def end_quietly(session: Session, *, contact: LabContact, by: str, now: datetime) -> None:
    """End *contact*, who has done nothing yet, as if they had never spoken for the laboratory; nobody is told.

    The caller writes the audit.
    """
    contact.revoked_at = now
    contact.revoked_by = by
    session.flush()
    kill_links(session, contact=contact, now=now)
    sign_out(session, contact.email, now=now)


def sign_out(session: Session, email: str, *, now: datetime) -> None:
    """End all that is signed in by the mailbox."""
    # Also where the mailbox speaks for another laboratory: it signs in again, and then sees that one alone.
    sign_in.hold_back(session, email=email, now=now)
    session.execute(
        delete(ContactSession).where(ContactSession.email == email).execution_options(synchronize_session=False)
    )


def _end_invitations(session: Session, contact: LabContact, *, now: datetime) -> None:
    """What they offered to others is worth nothing without them."""
    for invited in contacts.invited_by(session, contact):
        invited.revoked_at = now
        invited.revoked_by = contact.email
        kill_links(session, contact=invited, now=now)


def _pass_on(session: Session, lab: Lab, contact: LabContact, heir: LabContact | None, *, now: datetime) -> None:
    """Take the laboratory's open changes away from *contact*."""
    changes = session.scalars(
        select(Submission)
        .where(contacts.about(lab.id), Submission.kind != "claim", Submission.state.in_(contacts.OPEN))
        .order_by(Submission.id)
    ).all()
    if not changes:
        return
    about_them = [change.id for change in changes]
    session.execute(
        delete(DraftKey)
        .where(DraftKey.submission_id.in_(about_them), DraftKey.email == contact.email)
        .execution_options(synchronize_session=False)
    )
    for change in changes:
        # Whichever browser holds the key, it may be theirs; the others open it again from the laboratory's page.
        change.draft_key_hash = links.hash_of(new_secret())
        if change.contact_email != contact.email:
            continue
        _kill_links_of_change(session, change, contact.email, now=now)
        if heir is None:
            transitions.apply(
                session,
                change.id,
                Action.WITHDRAW,
                actor_kind="laboratory",
                actor=contact.email,
                now=now,
                note=NOBODY_LEFT,
            )
            continue
        change.contact_name, change.contact_email, change.contact_role = heir.name, heir.email, heir.role
        change.language, change.email_verified_at, change.updated_at = heir.language, heir.verified_at, now
        session.add(
            AuditEvent(
                at=now,
                actor_kind="laboratory",
                actor=contact.email,
                action="pass_on",
                subject_type="submission",
                subject_id=change.id,
                before={"contact_email": contact.email},
                after={"contact_email": heir.email},
            )
        )


def _kill_links_of_change(session: Session, change: Submission, email: str, *, now: datetime) -> None:
    for purpose in (links.Purpose.REVISE, links.Purpose.RESUME_DRAFT, links.Purpose.CONFIRM_EMAIL):
        links.revoke(session, submission_id=change.id, purpose=purpose, now=now)
    mail.keep_back(
        session,
        OutboxMessage.submission_id == change.id,
        OutboxMessage.recipient == email,
        OutboxMessage.link_purpose != "",
    )


def _tell(session: Session, lab: Lab, contact: LabContact, *, by: str, how: How, now: datetime) -> None:
    if how is How.TAKEN_BACK:
        # They had not answered: the page of their link says that it is over.
        return
    told = contacts.speaking(session, lab.id)
    if how is How.REFUSED:
        told = [one for one in told if one.email == contact.added_by]
    elif how is How.HANDED_OVER:
        # The others learn of both in the mail about who takes over.
        told = [contact]
    else:
        told = [*told, contact]
    remain = len(contacts.speaking(session, lab.id))
    for one in told:
        mail.enqueue(
            session,
            kind="contact_ended",
            recipient=one.email,
            context={
                "name": one.name,
                "laboratory": lab.name,
                "slug": lab.slug,
                "ended": contact.email,
                "by": by,
                "how": how.value,
                "is_you": one.id == contact.id,
                "nobody_left": remain == 0 and lab.state == PUBLISHED,
            },
            now=now,
            language=one.language,
            contact_id=one.id,
        )
