"""Entries that nobody confirmed: staff are told, after the grace they are hidden, and once confirmed they are back.

The caller commits. Every job takes a bounded number of laboratories and finds nothing where it has been.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from registry import mail, tasks
from registry.domain.freshness import CONFIRMATION_VALID, GRACE, due_on, has_lapsed, hidden_from, is_overdue
from registry.domain.hiding import UNCONFIRMED
from registry.links import Purpose
from registry.models import AuditEvent, Lab, LabContact, Task
from registry.models.lab import HIDDEN, PUBLISHED
from registry.registration import contacts, reminding
from registry.transitions import ActorKind

OVERDUE = "overdue"
"""The kind of task that an entry of this sort is to staff."""

UNANSWERED = timedelta(days=14)
"""How long after the day on which it was due staff are told that nobody answered."""

WARNED = timedelta(days=14)
"""How long staff, and with them the laboratory, are told at least before an entry is hidden: also when the worker stood
still for half a year, or the clock of the machine jumped.
"""

KIND = "entry_hidden"
SYSTEM = "nobody confirmed"
CONFIRMED, SETTLED = "confirmed", "settled"
"""How a task ends when a laboratory confirms its entry, and when what it tells of is over otherwise."""

_LATELY = GRACE + timedelta(days=30)
"""How old the task of this round may be; that of the round before is older by a year."""

_GONE = ("withdrawn", "merged")
_AT_ONCE = 50


def note_overdue(session: Session, *, now: datetime) -> int:
    """Tell staff, once in each round, of the laboratories that have not answered; returns of how many."""
    labs = session.scalars(
        select(Lab)
        .where(
            *_stands_unconfirmed(now.date() - CONFIRMATION_VALID - UNANSWERED),
            # What was told in the future, a clock that was wrong told.
            ~_told(since=now - _LATELY, until=now + timedelta(days=1), open_too=True),
        )
        .order_by(Lab.id)
        .limit(_AT_ONCE)
    ).all()
    for lab in labs:
        facts = {
            "last_confirmed": lab.last_confirmed.isoformat(),
            "due": due_on(lab.last_confirmed).isoformat(),
            "hidden_from": hidden_from(lab.last_confirmed).isoformat(),
            "reachable": len(reminding.reachable(session, lab.id)),
        }
        tasks.open_task(session, kind=OVERDUE, lab_id=lab.id, facts=facts, now=now)
    return len(labs)


def hide_lapsed(session: Session, *, now: datetime) -> int:
    """Hide the entries whose grace is over and of which staff have known for a while; returns how many."""
    lapsed = now.date() - CONFIRMATION_VALID - GRACE - timedelta(days=1)
    known = _told(since=now - _LATELY, until=now - WARNED)
    numbers = session.scalars(
        select(Lab.id).where(*_stands_unconfirmed(lapsed), known).order_by(Lab.id).limit(_AT_ONCE)
    ).all()
    count = 0
    for number in numbers:
        lab = contacts.locked(session, number)
        # As it is under the lock: it may have been confirmed, or have left.
        if lab.state == PUBLISHED and lab.leaving_on is None and has_lapsed(lab.last_confirmed, now.date()):
            _hide(session, lab, now=now)
            count += 1
    return count


def is_hidden_for_age(lab: Lab) -> bool:
    """Whether nothing but a confirmation is missing for the public to see the entry."""
    return lab.state == HIDDEN and lab.hidden_reason == UNCONFIRMED


def confirmed(
    session: Session, *, lab: Lab, actor_kind: ActorKind, actor: str, now: datetime, noted: bool = True
) -> bool:
    """What follows when tests of *lab* were confirmed or written anew: nothing while one of them is still overdue.

    Else the task of its age is closed, and an entry that was hidden for its age is shown again: True then. With *noted*
    false the caller's own act in the audit tells of that. The caller holds the laboratory's lock.
    """
    if is_overdue(lab.last_confirmed, now.date()):
        return False
    tasks.close_task(session, kind=OVERDUE, lab_id=lab.id, by=actor, by_kind=actor_kind, outcome=CONFIRMED, now=now)
    if not is_hidden_for_age(lab):
        return False
    before = _state_of(lab)
    lab.show(session)
    if noted:
        _note(session, lab, "show", before=before, actor_kind=actor_kind, actor=actor, now=now)
    return True


def close_settled(session: Session, *, now: datetime) -> int:
    """Close the tasks of age and of mailboxes that settled themselves; returns how many."""
    gone = Lab.state.in_(_GONE)
    fresh = Lab.last_confirmed >= now.date() - CONFIRMATION_VALID
    bounced = exists().where(
        LabContact.lab_id == Lab.id,
        LabContact.verified_at.is_not(None),
        LabContact.revoked_at.is_(None),
        LabContact.bounced_at.is_not(None),
    )
    settled = or_(
        (Task.kind == OVERDUE) & or_(gone, fresh),
        (Task.kind == reminding.BOUNCED) & or_(gone, ~bounced),
    )
    found = session.execute(
        select(Task.kind, Task.lab_id)
        .join(Lab, Lab.id == Task.lab_id)
        .where(Task.closed_at.is_(None), settled)
        .order_by(Task.id)
        .limit(_AT_ONCE)
    ).all()
    closed = [
        tasks.close_task(session, kind=kind, lab_id=lab_id, by=SYSTEM, by_kind="system", outcome=SETTLED, now=now)
        for kind, lab_id in found
    ]
    return sum(closed)


def _hide(session: Session, lab: Lab, *, now: datetime) -> None:
    before = _state_of(lab)
    lab.hide(session, reason=UNCONFIRMED, now=now)
    _note(session, lab, "hide", before=before, actor_kind="system", actor=SYSTEM, now=now)
    for contact in contacts.speaking(session, lab.id):
        if contact.bounced_at is not None:
            continue
        mail.enqueue(
            session,
            kind=KIND,
            recipient=contact.email,
            context={
                "name": contact.name,
                "laboratory": lab.name,
                "slug": lab.slug,
                "reason": UNCONFIRMED,
                "last_confirmed": lab.last_confirmed.isoformat(),
            },
            now=now,
            language=contact.language,
            link_purpose=Purpose.CONFIRM_LISTING,
            contact_id=contact.id,
        )


def _stands_unconfirmed(since: date) -> tuple[ColumnElement[bool], ...]:
    """The laboratories on the list that stay there and that nobody has confirmed after the day *since*."""
    return Lab.state == PUBLISHED, Lab.leaving_on.is_(None), Lab.last_confirmed <= since


def _told(*, since: datetime, until: datetime, open_too: bool = False) -> ColumnElement[bool]:
    """Whether staff were told of the laboratory after *since* and by *until*; with *open_too*, or still are."""
    opened = (Task.opened_at > since) & (Task.opened_at <= until)
    if open_too:
        opened |= Task.closed_at.is_(None)
    return exists().where(Task.lab_id == Lab.id, Task.kind == OVERDUE, opened)


def _state_of(lab: Lab) -> dict[str, str]:
    return {"state": lab.state, "reason": lab.hidden_reason, "profile": lab.profile.digest}


def _note(
    session: Session, lab: Lab, action: str, *, before: dict[str, str], actor_kind: ActorKind, actor: str, now: datetime
) -> None:
    session.add(
        AuditEvent(
            at=now,
            actor_kind=actor_kind,
            actor=actor,
            action=action,
            subject_type="lab",
            subject_id=lab.id,
            before=before,
            after=_state_of(lab),
        )
    )
