"""What happens by itself in time: drafts are remembered and deleted, entries age, and what was needed is forgotten.

Everything here may run at any time, in several workers at once, and again: a job takes a bounded number of rows that
nobody else has taken, and finds nothing where it has been.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol, cast

import structlog
from sqlalchemy import ColumnElement, CursorResult, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from registry import links, mail
from registry.domain.workflow import State
from registry.extensions import begin_writing
from registry.models import ContactSession, DraftKey, OneUseLink, OutboxMessage, Submission
from registry.registration import deleting, lapsing, leaving, link_mail, reminding

KEPT = timedelta(days=60)
"""How long a draft is kept after its last change."""

NOTICE = timedelta(days=14)
"""How long before a draft is deleted its author is reminded."""

AT_MOST = timedelta(days=90)
"""When a draft is deleted although its reminder could not be written."""

LINKS_KEPT = timedelta(days=90)
"""How long a link that was used, replaced or too old still says so to who opens it."""

SIGN_INS_KEPT = timedelta(days=30)
MAILS_KEPT = timedelta(days=90)

REMINDER = "draft_reminder"

BATCH = 100
_MOST_BATCHES = 100

log = structlog.get_logger()


class Job(Protocol):
    """Does a bounded part of what is due at *now* and says how much; the caller commits and asks again."""

    def __call__(self, session: Session, *, now: datetime) -> int: ...


def run_due(session: Session, now: datetime, jobs: Mapping[str, Job] | None = None) -> dict[str, int]:
    """Run every one of *jobs*, those of ``JOBS`` when none are given; returns what each did, by its name.

    Commits around each part of each job.

    A job that fails is logged and left out of the answer; the others run all the same.
    """
    done = {}
    for name, job in (JOBS if jobs is None else jobs).items():
        try:
            done[name] = _all_of(session, job, now)
        except Exception as error:  # whatever it is must not keep the others from running
            session.rollback()
            log.warning("upkeep failed", job=name, error=type(error).__name__)
    return done


def _all_of(session: Session, job: Job, now: datetime) -> int:
    total = 0
    for _ in range(_MOST_BATCHES):
        begin_writing(session)
        count = job(session, now=now)
        session.commit()
        if not count:
            break
        total += count
    return total


def remind(session: Session, *, now: datetime) -> int:
    """Write to who began a draft that it will be deleted, once; returns to how many.

    A mailbox that has had its share of mails within the hour is written to later.
    """
    due = [_may_be_reminded(now), Submission.updated_at <= now - KEPT + NOTICE]
    reminded = 0
    numbers = session.scalars(select(Submission.id).where(*due).order_by(Submission.updated_at).limit(BATCH)).all()
    for number in numbers:
        # One by one: the reminder of another draft may have gone to the same mailbox meanwhile.
        draft = session.scalar(
            select(Submission).where(Submission.id == number, *due).with_for_update(skip_locked=True)
        )
        if draft is None:
            continue
        day = max(draft.updated_at + KEPT, now + NOTICE).date()
        written = mail.enqueue(
            session,
            kind=REMINDER,
            recipient=draft.contact_email,
            context=link_mail.context_of(draft, REMINDER) | {"day": day.isoformat(), "change": draft.kind == "edit"},
            now=now,
            language=draft.language,
            link_purpose=links.Purpose.RESUME_DRAFT,
            submission_id=draft.id,
            once_key=f"{REMINDER}:{draft.id}:{draft.updated_at.isoformat()}",
        )
        if written:
            draft.reminded_at = now
            session.flush()
            reminded += 1
    return reminded


def delete_old(session: Session, *, now: datetime) -> int:
    """Delete the drafts that nobody has changed for long, and what was sent but never confirmed; returns how many."""
    due = session.scalars(select(Submission.id).where(_is_due(now)).order_by(Submission.updated_at).limit(BATCH)).all()
    deleted = 0
    for number in due:
        draft = session.scalar(
            select(Submission)
            .where(Submission.id == number, _is_due(now))
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        if draft is not None:
            note = f"not changed for {KEPT.days} days"
            deleting.delete_draft(session, draft=draft, now=now, actor_kind="system", note=note)
            deleted += 1
    return deleted


def forget_links(session: Session, *, now: datetime) -> int:
    """Remove links that have long been worth nothing."""
    before = now - LINKS_KEPT
    worthless = or_(OneUseLink.used_at < before, OneUseLink.revoked_at < before, OneUseLink.expires_at < before)
    return _delete(session, OneUseLink, worthless)


def forget_sign_ins(session: Session, *, now: datetime) -> int:
    """End the sign-ins of contacts that nobody has used for long."""
    return _delete(session, ContactSession, ContactSession.last_seen_at < now - SIGN_INS_KEPT)


def empty_mails(session: Session, *, now: datetime) -> int:
    """Forget of old mails to whom they went and what filled them."""
    old = (
        select(OutboxMessage.id)
        .where(
            OutboxMessage.state.in_(("sent", "failed", "cancelled")),
            OutboxMessage.created_at < now - MAILS_KEPT,
            OutboxMessage.recipient != "",
        )
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    emptied = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(old))
        .values(context={}, recipient="")
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[object], emptied).rowcount


def _delete(session: Session, model: type[OneUseLink | ContactSession], which: ColumnElement[bool]) -> int:
    found = select(model.id).where(which).limit(BATCH).with_for_update(skip_locked=True)
    gone = session.execute(delete(model).where(model.id.in_(found)).execution_options(synchronize_session=False))
    return cast(CursorResult[object], gone).rowcount


def _may_be_reminded(now: datetime) -> ColumnElement[bool]:
    """A draft whose mailbox may have a reminder that it has not had since the last change.

    Anybody can type any mailbox into a draft. Who proved it is reminded; who asked there for the link to go on, once
    for all drafts; others never.
    """
    to_its_mailbox = and_(OneUseLink.submission_id == Submission.id, OneUseLink.email == Submission.contact_email)
    opened = and_(DraftKey.submission_id == Submission.id, DraftKey.email == Submission.contact_email)
    proved = or_(
        Submission.email_verified_at.is_not(None),
        exists().where(to_its_mailbox, OneUseLink.used_at.is_not(None)),
        exists().where(opened),
    )
    reminded_lately = exists().where(
        OutboxMessage.kind == REMINDER,
        OutboxMessage.recipient == Submission.contact_email,
        OutboxMessage.created_at > now - KEPT,
    )
    return and_(
        Submission.state == State.DRAFT.value,
        Submission.contact_email != "",
        Submission.updated_at > now - AT_MOST,
        or_(
            and_(proved, or_(Submission.reminded_at.is_(None), Submission.reminded_at < Submission.updated_at)),
            and_(
                exists().where(to_its_mailbox, OneUseLink.purpose == links.Purpose.RESUME_DRAFT.value),
                Submission.reminded_at.is_(None),
                ~reminded_lately,
            ),
        ),
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    """What is deleted now: not while its reminder is new or still to be written, a mail of it is just leaving, or the
    link works that would confirm it.
    """
    reminded = and_(
        Submission.reminded_at.is_not(None),
        Submission.reminded_at >= Submission.updated_at,
        Submission.reminded_at > now - NOTICE,
    )
    leaving = exists().where(OutboxMessage.submission_id == Submission.id, OutboxMessage.state == "sending")
    can_be_confirmed = exists().where(
        OneUseLink.submission_id == Submission.id,
        OneUseLink.purpose == links.Purpose.CONFIRM_EMAIL.value,
        OneUseLink.used_at.is_(None),
        OneUseLink.revoked_at.is_(None),
        OneUseLink.expires_at > now,
    )
    kept = and_(Submission.state == State.DRAFT.value, or_(reminded, _may_be_reminded(now)))
    return and_(
        Submission.state.in_([state.value for state in deleting.DELETABLE]),
        Submission.updated_at <= now - KEPT,
        ~leaving,
        ~and_(Submission.state == State.AWAITING_EMAIL.value, can_be_confirmed),
        or_(Submission.updated_at <= now - AT_MOST, ~kept),
    )


JOBS: dict[str, Job] = {
    "drafts reminded": remind,
    "drafts deleted": delete_old,
    "empty rows removed": deleting.remove_emptied,
    "links forgotten": forget_links,
    "sign-ins ended": forget_sign_ins,
    "mails emptied": empty_mails,
    "laboratories that left": leaving.leave_due,
    "laboratories reminded": reminding.remind_due,
    "laboratories that cannot be reminded": reminding.tell_of_unreachable,
    "laboratories that did not answer": lapsing.note_overdue,
    "unconfirmed entries hidden": lapsing.hide_lapsed,
    "tasks settled": lapsing.close_settled,
}
"""What each job counts, in the order in which they run."""
