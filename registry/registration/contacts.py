"""Who speaks for a laboratory: naming, proving, handing over, revoking. The caller commits."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from registry.domain.workflow import State
from registry.models import AuditEvent, Lab, LabContact, Submission
from registry.transitions import ActorKind

OPEN = tuple(
    state.value
    for state in (State.DRAFT, State.AWAITING_EMAIL, State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED)
)
"""Where a submission stands of which nobody has said the last word."""

MERGED = "merged"
MOST_STEPS = 20
"""Mergers of what was merged that are followed."""


def standing(session: Session, *, lab_id: int, email: str) -> LabContact | None:
    """The contact of *email* for the laboratory that has not been revoked, proved or not."""
    return session.scalar(
        select(LabContact).where(
            LabContact.lab_id == lab_id, LabContact.email == email.lower(), LabContact.revoked_at.is_(None)
        )
    )


def speaking(session: Session, lab_id: int) -> list[LabContact]:
    """The contacts that may act for the laboratory now, the oldest first."""
    return list(
        session.scalars(
            select(LabContact)
            .where(LabContact.lab_id == lab_id, LabContact.verified_at.is_not(None), LabContact.revoked_at.is_(None))
            .order_by(LabContact.verified_at, LabContact.id)
        )
    )


def all_standing(session: Session, lab_id: int) -> list[LabContact]:
    """The contacts that have not been revoked: those who speak for it by age, then those who have not answered yet."""
    rows = session.scalars(
        select(LabContact).where(LabContact.lab_id == lab_id, LabContact.revoked_at.is_(None)).order_by(LabContact.id)
    ).all()
    return sorted(rows, key=lambda one: (one.verified_at is None, one.verified_at or one.created_at, one.id))


def invited_by(session: Session, contact: LabContact) -> list[LabContact]:
    """Whom *contact* named for its laboratory, and who have not answered yet."""
    return list(
        session.scalars(
            select(LabContact).where(
                LabContact.lab_id == contact.lab_id,
                LabContact.added_by == contact.email,
                LabContact.verified_at.is_(None),
                LabContact.revoked_at.is_(None),
            )
        )
    )


def spoken_for(session: Session, *, slug: str, email: str, lock: bool = False) -> tuple[Lab, LabContact] | None:
    """The laboratory of *slug* and the contact of *email* that speaks for it; None where there is no such pair."""
    # PostgreSQL takes no NUL in a text.
    lab = session.scalar(select(Lab).where(Lab.slug == slug)) if "\0" not in slug else None
    if lab is None:
        return None
    if lock:
        lab = locked(session, lab.id)
    contact = session.scalar(
        select(LabContact)
        .where(
            LabContact.lab_id == lab.id,
            LabContact.email == email,
            LabContact.verified_at.is_not(None),
            LabContact.revoked_at.is_(None),
        )
        .execution_options(populate_existing=True)
    )
    return None if contact is None else (lab, contact)


def about(lab_id: int) -> ColumnElement[bool]:
    """Which submissions are about the laboratory: also a draft that answers a request that was approved meanwhile, and
    becomes a change of the entry.
    """
    requests = select(Submission.id).where(Submission.lab_id == lab_id)
    return or_(Submission.lab_id == lab_id, Submission.revises_id.in_(requests))


def former_entry(session: Session, slug: str) -> Lab | None:
    """The laboratory whose address was *slug* before it became a part of another one."""
    # PostgreSQL takes no NUL in a text.
    return session.scalar(select(Lab).where(Lab.slug == slug, Lab.state == MERGED)) if "\0" not in slug else None


def became(session: Session, lab: Lab) -> Lab:
    """The laboratory that *lab* is a part of now, or of whatever that became a part of; itself when it is of none."""
    for _step in range(MOST_STEPS):
        following = session.get(Lab, lab.successor_id) if lab.state == MERGED and lab.successor_id is not None else None
        if following is None:
            break
        lab = following
    return lab


def locked(session: Session, lab_id: int) -> Lab:
    """The laboratory as it is now, kept with what is open about it from other writers. ``NoResultFound`` when gone."""
    found = all_locked(session, [lab_id])
    if not found:
        raise NoResultFound(f"there is no laboratory {lab_id}")
    return found[0]


def all_locked(session: Session, lab_ids: Collection[int]) -> list[Lab]:
    """As :func:`locked` for several at once, in the order of their numbers; without those that are not there.

    Submissions come first, as in a decision on one of them: who takes the locks the other way round may wait for
    one who waits for them.
    """
    wanted = sorted(set(lab_ids))
    open_ones = select(Submission.id).where(or_(*(about(lab_id) for lab_id in wanted)), Submission.state.in_(OPEN))
    session.execute(open_ones.order_by(Submission.id).with_for_update()).all()
    rows = select(Lab).where(Lab.id.in_(wanted)).order_by(Lab.id)
    return list(session.scalars(rows.with_for_update().execution_options(populate_existing=True)))


def ensure(
    session: Session, *, lab: Lab, email: str, name: str, role: str, language: str, now: datetime, added_by: str = ""
) -> LabContact:
    """The contact of *email*, proved; made when there is none yet. Writes no mail."""
    found = standing(session, lab_id=lab.id, email=email)
    if found is None:
        found = LabContact(
            lab_id=lab.id,
            email=email.lower(),
            name=name,
            role=role,
            language=language,
            added_by=added_by,
            created_at=now,
        )
        session.add(found)
    found.verified_at = found.verified_at or now
    session.flush()
    return found


def speaks_from_now(
    session: Session,
    *,
    lab: Lab,
    submission: Submission,
    action: str,
    actor_kind: ActorKind,
    actor: str,
    now: datetime,
) -> LabContact:
    """The sender of *submission* speaks for the laboratory by the act *action*. Writes the audit and no mail."""
    contact = ensure(
        session,
        lab=lab,
        email=submission.contact_email,
        name=submission.contact_name,
        role=submission.contact_role,
        language=submission.language,
        now=now,
    )
    session.add(
        AuditEvent(
            at=now,
            actor_kind=actor_kind,
            actor=actor,
            action=action,
            subject_type="lab",
            subject_id=lab.id,
            before=None,
            after={"contact": contact.email, "submission": submission.id},
        )
    )
    return contact
