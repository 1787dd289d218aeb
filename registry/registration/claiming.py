"""Claiming a listing: somebody of a laboratory that is on the list asks to speak for it. The caller commits.

A claim publishes nothing. It is granted by whoever answers at the laboratory, by proving its public mailbox, or by a
moderator; then its sender is one of the laboratory's contacts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import links, mail, mailboxes, transitions
from registry.domain.hiding import UNCONFIRMED
from registry.domain.leaving import may_come_back
from registry.domain.profile import LabProfile
from registry.domain.workflow import WAITING_FOR_DECISION, Action, State
from registry.links import Purpose
from registry.models import Lab, LabContact, Submission
from registry.models.lab import HIDDEN
from registry.registration import contacts, link_mail

CLAIMABLE = frozenset({"published", "stale", "withdrawn"})
"""States of a laboratory that can be claimed; what moderators hid, or became a part of another one, cannot."""

NOT_AUTHORIZED = "not_authorized"
"""The reason that is noted when the laboratory itself refuses."""

_OPEN = (State.AWAITING_EMAIL.value, *(state.value for state in WAITING_FOR_DECISION))


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims: what they typed."""

    name: str
    email: str
    role: str
    phone: str = ""
    note: str = ""


def may_be_claimed(lab: Lab) -> bool:
    """Whether somebody may ask to speak for the laboratory; also where nobody who could confirm its entry is left."""
    return lab.state in CLAIMABLE or (lab.state == HIDDEN and lab.hidden_reason == UNCONFIRMED)


def claimable(session: Session, slug: str, *, now: datetime) -> Lab | None:
    """The laboratory of *slug* when it can be claimed: it is on the list, or may still come back to it."""
    # PostgreSQL takes no NUL in a text.
    lab = session.scalar(select(Lab).where(Lab.slug == slug)) if "\0" not in slug else None
    if lab is None or not may_be_claimed(lab):
        return None
    return lab if lab.state != "withdrawn" or may_come_back(lab.left_at, now) else None


def ask(
    session: Session,
    *,
    lab: Lab,
    claimant: Claimant,
    language: str,
    now: datetime,
    flags: Sequence[str] = (),
    limit: int | None = link_mail.MAILS_AN_HOUR,
    may_write: bool = True,
) -> Submission:
    """The claim of *claimant*, and the mail that proves their mailbox; a second one while the first waits is the first.

    *flags* are what spoke against a person. Without *may_write* no mail goes out. *limit* is how many mails the mailbox
    gets within the hour; None means no limit. Nobody is told whether there was a claim before.
    """
    contacts.locked(session, lab.id)
    claim = _open_claim(session, lab.id, claimant.email)
    if claim is None:
        claim = _begun(session, lab, claimant, language=language, flags=flags, now=now)
    elif claim.status is State.AWAITING_EMAIL:
        # Nobody has proved the mailbox yet: what was typed last stands, whoever typed it.
        for column, value in _columns(claimant).items():
            setattr(claim, column, value)
        claim.flags = list(flags)
        claim.revision += 1
        claim.updated_at = now
    if may_write:
        link_mail.mail_link(session, submission=claim, now=now, limit=limit)
    return claim


def confirmed(session: Session, *, submission: Submission, now: datetime) -> Submission:
    """The claimant's mailbox is proved. It is granted when it is the listing's own; else the laboratory is asked."""
    claim = transitions.apply(
        session,
        submission.id,
        Action.CONFIRM_EMAIL,
        actor_kind="laboratory",
        actor=submission.contact_email,
        now=now,
        changes={"email_verified_at": now, "submitted_at": now},
    )
    lab = _locked(session, claim)
    if not may_be_claimed(lab):
        return claim
    if claim.contact_email in {lab.profile.public_email.lower(), *_speaking(session, lab)}:
        return grant(session, submission=claim, actor_kind="laboratory", actor=claim.contact_email, now=now)
    for email, spoken in _whom_to_ask(session, lab).items():
        mail.enqueue(
            session,
            kind="allow_claim",
            recipient=email,
            context={
                "laboratory": lab.name,
                "name": claim.contact_name,
                "role": claim.contact_role,
                "email": claim.contact_email,
            },
            now=now,
            language=spoken,
            link_purpose=Purpose.ALLOW_CLAIM,
            submission_id=claim.id,
            once_key=f"allow_claim:{claim.id}:{mailboxes.hash_of(email)[:16]}",
        )
    return claim


def may_answer(session: Session, *, submission: Submission, email: str) -> bool:
    """Whether the holder of a link to *email* may allow or refuse the claim now."""
    lab = session.get(Lab, submission.lab_id) if submission.lab_id is not None else None
    return (
        submission.kind == "claim"
        and submission.status in WAITING_FOR_DECISION
        and lab is not None
        and may_be_claimed(lab)
        and email.lower() in _whom_to_ask(session, lab)
    )


def grant(
    session: Session, *, submission: Submission, actor_kind: transitions.ActorKind, actor: str, now: datetime
) -> Submission:
    """Approve the claim and do what follows. Raises :class:`~registry.transitions.Conflict`.

    Whoever has approved it by :func:`~registry.transitions.apply` already calls :func:`granted` alone.
    """
    claim = transitions.apply(
        session,
        submission.id,
        Action.APPROVE,
        actor_kind=actor_kind,
        actor=actor,
        now=now,
        changes={"decided_at": now},
    )
    granted(session, submission=claim, actor_kind=actor_kind, actor=actor, now=now)
    return claim


def granted(
    session: Session, *, submission: Submission, actor_kind: transitions.ActorKind, actor: str, now: datetime
) -> Lab:
    """What follows when the claim is approved: its sender speaks for the laboratory, and all who do are told."""
    lab = _locked(session, submission)
    contact = contacts.speaks_from_now(
        session, lab=lab, submission=submission, action="grant_claim", actor_kind=actor_kind, actor=actor, now=now
    )
    link_mail.revoke_links(session, submission=submission, purpose=Purpose.ALLOW_CLAIM, now=now)
    _tell(session, lab, contact, submission, now=now)
    return lab


def refuse(session: Session, *, submission: Submission, actor: str, now: datetime) -> Submission:
    """The laboratory does not want it, by the mailbox *actor*: its sender is told. Raises ``Conflict``."""
    claim = transitions.apply(
        session,
        submission.id,
        Action.REJECT,
        actor_kind="laboratory",
        actor=actor,
        now=now,
        changes={"decided_at": now, "decision_reason": NOT_AUTHORIZED},
    )
    link_mail.revoke_links(session, submission=claim, purpose=Purpose.ALLOW_CLAIM, now=now)
    mail.enqueue(
        session,
        kind="claim_refused",
        recipient=claim.contact_email,
        context={"name": claim.contact_name, "laboratory": _locked(session, claim).name},
        now=now,
        language=claim.language,
        submission_id=claim.id,
        once_key=f"claim_refused:{claim.id}",
    )
    return claim


def _tell(session: Session, lab: Lab, contact: LabContact, claim: Submission, *, now: datetime) -> None:
    """Tell the claimant, and all others who speak for the laboratory."""
    for one in contacts.speaking(session, lab.id):
        is_you = one.id == contact.id
        told = {
            "name": one.name,
            "laboratory": lab.name,
            "slug": lab.slug,
            "added": contact.email,
            "instead_of": "",
            "is_you": is_you,
        }
        mail.enqueue(
            session,
            kind="claim_granted" if is_you else "contact_added",
            recipient=one.email,
            context=told,
            now=now,
            language=one.language,
            contact_id=one.id,
            once_key=f"claim_granted:{claim.id}:{one.id}",
            not_before=claim.undo_until,
        )


def _open_claim(session: Session, lab_id: int, email: str) -> Submission | None:
    return session.scalar(
        select(Submission)
        .where(
            Submission.kind == "claim",
            Submission.lab_id == lab_id,
            Submission.contact_email == email,
            Submission.state.in_(_OPEN),
        )
        .order_by(Submission.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )


def _begun(
    session: Session, lab: Lab, claimant: Claimant, *, language: str, flags: Sequence[str], now: datetime
) -> Submission:
    claim = Submission(
        kind="claim",
        # No browser opens it: it is sent at once.
        draft_key_hash=links.hash_of(links.new_secret()),
        lab_id=lab.id,
        contact_email=claimant.email,
        language=language,
        proposed=LabProfile().to_dict(),
        unfinished={},
        flags=list(flags),
        created_at=now,
        updated_at=now,
        **_columns(claimant),
    )
    session.add(claim)
    session.flush()
    return transitions.apply(session, claim.id, Action.SEND, actor_kind="laboratory", actor=claimant.email, now=now)


def _columns(claimant: Claimant) -> dict[str, str]:
    return {
        "contact_name": claimant.name,
        "contact_role": claimant.role,
        "contact_phone": claimant.phone,
        "note": claimant.note,
    }


def _locked(session: Session, submission: Submission) -> Lab:
    return session.scalars(
        select(Lab).where(Lab.id == submission.lab_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def _speaking(session: Session, lab: Lab) -> dict[str, str]:
    return {contact.email: contact.language for contact in contacts.speaking(session, lab.id)}


def _whom_to_ask(session: Session, lab: Lab) -> dict[str, str]:
    """The mailboxes that may answer for the laboratory, and the language in which each is written to."""
    speaking = _speaking(session, lab)
    public = lab.profile.public_email.lower()
    return {**({public: next(iter(speaking.values()), "en")} if public else {}), **speaking}
