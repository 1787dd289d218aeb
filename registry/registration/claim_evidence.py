"""What speaks for a claim and what against it: facts for a moderator, who decides."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.clia import queries as cms_file
from registry.domain.mail_services import is_free
from registry.domain.matching import host_of, related_hosts
from registry.domain.text import digits
from registry.domain.vocabulary import N_
from registry.domain.workflow import State
from registry.models import Lab, LabContact, OutboxMessage, Submission


class Weight(StrEnum):
    """Which way a fact points; ``OPEN`` says nothing either way."""

    FOR = "for"
    AGAINST = "against"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing to know: its name, which way it points, why, and the raw facts as (label, value) pairs.

    Names, reasons and labels are English source text, translated where shown.
    """

    name: str
    weight: Weight
    reason: str
    facts: tuple[tuple[str, str], ...] = ()


def evidence(session: Session, submission: Submission) -> tuple[Evidence, ...]:
    """What is known of the claim *submission*, in the order of a moderator's page. ``LookupError`` when it is none."""
    lab = session.get(Lab, submission.lab_id) if submission.lab_id is not None else None
    if submission.kind != "claim" or lab is None:
        raise LookupError(f"submission {submission.id} is no claim of a listing")
    return (
        _proved(submission),
        _mailbox(submission, lab),
        _phone(session, submission, lab),
        _asked(session, submission),
        _contacts(session, submission, lab),
    )


def _proved(submission: Submission) -> Evidence:
    name = N_("The sender’s mailbox")
    raw = ((N_("Mailbox"), submission.contact_email),)
    if submission.email_verified_at is not None:
        return Evidence(name, Weight.OPEN, N_("The mailbox was proved by a mailed link."), raw)
    return Evidence(name, Weight.AGAINST, N_("Nobody has proved the mailbox yet."), raw)


def _mailbox(submission: Submission, lab: Lab) -> Evidence:
    name = N_("Mailbox and laboratory")
    host = host_of(submission.contact_email)
    web, mailbox = host_of(lab.profile.website), host_of(lab.profile.public_email)
    raw = (
        (N_("Mailbox"), submission.contact_email),
        (N_("Web site in the entry"), lab.profile.website),
        (N_("E-mail in the entry"), lab.profile.public_email),
    )
    if is_free(host):
        return Evidence(name, Weight.AGAINST, N_("Anybody can open a mailbox with this mail service."), raw)
    if related_hosts(host, web):
        return Evidence(name, Weight.FOR, N_("The mailbox belongs to the domain of the entry’s web site."), raw)
    if related_hosts(host, mailbox):
        return Evidence(name, Weight.FOR, N_("The mailbox belongs to the domain of the entry’s public e-mail."), raw)
    if not web and not mailbox:
        return Evidence(
            name, Weight.OPEN, N_("The entry has no web site and no e-mail to compare the mailbox with."), raw
        )
    return Evidence(name, Weight.OPEN, N_("The mailbox belongs to another domain than the entry."), raw)


def _phone(session: Session, submission: Submission, lab: Lab) -> Evidence:
    name = N_("Phone")
    stated = digits(submission.contact_phone)
    record = cms_file.record(session, lab.clia_number)
    filed = record.phone if record is not None else ""
    raw = (
        (N_("Phone of the sender"), submission.contact_phone),
        (N_("Phone in the entry"), lab.profile.phone),
        (N_("Phone in the CMS file"), filed),
    )
    if not stated:
        return Evidence(name, Weight.OPEN, N_("The sender gave no phone number."), raw)
    if stated == lab.phone_digits:
        return Evidence(name, Weight.FOR, N_("The sender can be called at the number of the entry."), raw)
    if stated == filed:
        return Evidence(name, Weight.FOR, N_("The sender can be called at the number of the CMS file."), raw)
    if len(stated) == 10 and stated[:6] in {lab.phone_digits[:6], filed[:6]}:
        return Evidence(name, Weight.OPEN, N_("The number begins like the laboratory’s."), raw)
    return Evidence(name, Weight.OPEN, N_("The number is another than the laboratory’s."), raw)


def _asked(session: Session, submission: Submission) -> Evidence:
    name = N_("The laboratory’s own answer")
    rows = session.execute(
        select(OutboxMessage.recipient, OutboxMessage.state)
        .where(OutboxMessage.submission_id == submission.id, OutboxMessage.kind == "allow_claim")
        .order_by(OutboxMessage.id)
    ).all()
    raw = tuple((N_("Asked by mail"), f"{row.recipient} ({row.state})") for row in rows)
    if submission.status is State.REJECTED and submission.reviewer_id is None:
        return Evidence(name, Weight.AGAINST, N_("The laboratory refused."), raw)
    if submission.status is State.APPROVED and submission.reviewer_id is None:
        return Evidence(name, Weight.FOR, N_("The laboratory allowed it."), raw)
    if not rows:
        return Evidence(name, Weight.OPEN, N_("There is nobody whom we could ask by mail."))
    return Evidence(name, Weight.OPEN, N_("We asked by mail; nobody has answered yet."), raw)


def _contacts(session: Session, submission: Submission, lab: Lab) -> Evidence:
    name = N_("Who speaks for the laboratory")
    known = session.scalars(select(LabContact).where(LabContact.lab_id == lab.id).order_by(LabContact.id)).all()
    raw = tuple((N_("Contact"), contact.email) for contact in known if contact.speaks)
    if any(contact.email == submission.contact_email and contact.revoked_at is not None for contact in known):
        reason = N_("This mailbox spoke for the laboratory before, and was ended.")
        return Evidence(name, Weight.AGAINST, reason, raw)
    if not raw:
        return Evidence(name, Weight.OPEN, N_("Nobody speaks for the laboratory now."), raw)
    return Evidence(name, Weight.OPEN, N_("Others speak for the laboratory; each of them can add the sender."), raw)
