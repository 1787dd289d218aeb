"""Asking a laboratory once a year whether its entry is still right. The caller commits."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, exists, func, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import mail, mailboxes, tasks
from registry.domain.freshness import CONFIRMATION_VALID, due_on, hidden_from, is_overdue
from registry.links import Purpose
from registry.models import ContactSession, Lab, LabContact, OutboxMessage, Task
from registry.models.lab import PUBLISHED
from registry.registration import contacts

KIND = "confirm_listing"
DAYS_BEFORE = (30, 7, 0, -14)
"""How many days before a confirmation is due a reminder goes out; the last, two weeks after, also when that was
missed.
"""

BOUNCED = "bounced"
"""The kind of task that mailboxes which take no mail are to staff."""

REST = timedelta(days=5)
"""How long a laboratory is left alone after a reminder, whatever else fell due."""

_ROUND = timedelta(days=DAYS_BEFORE[0] - DAYS_BEFORE[-1] + 1)
"""From the first reminder to the last."""

_AT_ONCE = 100


def remind_due(session: Session, *, now: datetime, limit: int = 100) -> int:
    """Write the reminders that are due now, to at most *limit* laboratories; returns how many.

    Each of the four is written once for one due day, however often this is called and by how many workers; of those
    that were missed only the latest is.
    """
    written = 0
    for place, days in enumerate(DAYS_BEFORE):
        following = DAYS_BEFORE[place + 1] if place + 1 < len(DAYS_BEFORE) else None
        for lab in _due(session, now.date(), days, following):
            if written >= limit:
                return written
            written += _remind(session, lab, days, now=now)
    return written


def tell_of_unreachable(session: Session, *, now: datetime, limit: int = 100) -> int:
    """Tell staff of the laboratories that should be reminded and from all of whose mailboxes mail comes back; of how
    many. Once for all reminders of a round, when somebody closed the task meanwhile.
    """
    known = exists().where(
        Task.lab_id == Lab.id,
        Task.kind == BOUNCED,
        Task.closed_at.is_(None) | (Task.opened_at > now - _ROUND),
    )
    labs = session.scalars(
        select(Lab)
        .where(
            Lab.state == PUBLISHED,
            Lab.leaving_on.is_(None),
            Lab.last_confirmed <= now.date() + timedelta(days=DAYS_BEFORE[0]) - CONFIRMATION_VALID,
            _speaks(LabContact.bounced_at.is_not(None)),
            ~_speaks(LabContact.bounced_at.is_(None)),
            ~known,
        )
        .order_by(Lab.id)
        .limit(limit)
    ).all()
    for lab in labs:
        back = contacts.speaking(session, lab.id)
        facts = {
            "mailboxes": [contact.email for contact in back],
            "status": back[0].bounce_note,
            "reachable": 0,
            "due": due_on(lab.last_confirmed).isoformat(),
        }
        tasks.open_task(session, kind=BOUNCED, lab_id=lab.id, facts=facts, now=now)
    return len(labs)


def reachable(session: Session, lab_id: int) -> list[LabContact]:
    """The contacts to whom it can be written: those who want our mails, and whose mailboxes take them."""
    return [
        contact
        for contact in contacts.speaking(session, lab_id)
        if contact.bounced_at is None and mailboxes.wants(session, recipient=contact.email, kind=KIND)
    ]


def _due(session: Session, today: date, days: int, following: int | None) -> Iterator[Lab]:
    """The laboratories whose confirmation is due in *days* days or less, but not yet in *following*."""
    # Of each due day, so that a confirmation of one test among several asks for no second round.
    once_key = literal(f"{KIND}:") + cast(Lab.id, String) + ":" + cast(Lab.last_confirmed, String) + f":{days}"
    wanted = select(Lab).where(
        Lab.state == PUBLISHED,
        Lab.leaving_on.is_(None),
        Lab.last_confirmed <= today + timedelta(days=days) - CONFIRMATION_VALID,
        ~select(OutboxMessage.id).where(OutboxMessage.once_key == once_key).exists(),
        _speaks(LabContact.bounced_at.is_(None)),
    )
    if following is not None:
        wanted = wanted.where(Lab.last_confirmed > today + timedelta(days=following) - CONFIRMATION_VALID)
    last: tuple[date, int] = (date.min, 0)
    while labs := session.scalars(
        wanted.where((Lab.last_confirmed > last[0]) | ((Lab.last_confirmed == last[0]) & (Lab.id > last[1])))
        .order_by(Lab.last_confirmed, Lab.id)
        .limit(_AT_ONCE)
    ).all():
        last = (labs[-1].last_confirmed, labs[-1].id)
        yield from labs


def _remind(session: Session, lab: Lab, days: int, *, now: datetime) -> bool:
    sent, latest = _sent(session, lab)
    # A clock that was wrong for a while may have left a message from the future.
    if latest is not None and abs(now - latest) < REST:
        return False
    contact = _whom(session, lab, turn=sent)
    if contact is None:
        return False
    due = due_on(lab.last_confirmed)
    try:
        with session.begin_nested():
            return mail.enqueue(
                session,
                kind=KIND,
                recipient=contact.email,
                language=contact.language,
                context={
                    "name": contact.name,
                    "laboratory": lab.name,
                    "slug": lab.slug,
                    "due": due.isoformat(),
                    "overdue": is_overdue(lab.last_confirmed, now.date()),
                    "hidden_from": hidden_from(lab.last_confirmed).isoformat(),
                    "last_confirmed": lab.last_confirmed.isoformat(),
                    "tests": [offering.name for offering in lab.profile.offerings],
                },
                now=now,
                link_purpose=Purpose.CONFIRM_LISTING,
                contact_id=contact.id,
                once_key=f"{KIND}:{lab.id}:{lab.last_confirmed.isoformat()}:{days}",
            )
    except IntegrityError:
        # Another worker wrote it in this moment.
        return False


def _sent(session: Session, lab: Lab) -> tuple[int, datetime | None]:
    """How many reminders there were for the present due day, and when the latest was written for any."""
    keys = [f"{KIND}:{lab.id}:{lab.last_confirmed.isoformat()}:{days}" for days in DAYS_BEFORE]
    count, latest = session.execute(
        select(func.count().filter(OutboxMessage.once_key.in_(keys)), func.max(OutboxMessage.created_at))
        .join(LabContact, LabContact.id == OutboxMessage.contact_id)
        .where(OutboxMessage.kind == KIND, LabContact.lab_id == lab.id)
    ).one()
    return count, latest


def _speaks(further: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a contact speaks for the laboratory for whom *further* holds."""
    return exists().where(
        LabContact.lab_id == Lab.id, LabContact.verified_at.is_not(None), LabContact.revoked_at.is_(None), further
    )


def _whom(session: Session, lab: Lab, *, turn: int) -> LabContact | None:
    """The contact whose turn it is: first who was here last, at the next reminder the next."""
    willing = reachable(session, lab.id)
    if len(willing) < 2:
        return willing[0] if willing else None
    rows = session.execute(
        select(ContactSession.email, func.max(ContactSession.last_seen_at))
        .where(ContactSession.email.in_([contact.email for contact in willing]))
        .group_by(ContactSession.email)
    )
    seen: dict[str, datetime] = {email: moment for email, moment in rows if moment is not None}
    willing.sort(key=lambda contact: (seen.get(contact.email) or contact.verified_at or contact.created_at, contact.id))
    willing.reverse()
    return willing[turn % len(willing)]
