"""What hangs on an entry goes over to the one that it becomes a part of, and back. The caller commits.

What goes over with everything that is bound to it is moved, never copied: a link that was mailed leads on by that.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry import tasks, transitions
from registry.domain.changes import told
from registry.domain.workflow import Action, State
from registry.links import Purpose, hash_of, new_secret
from registry.models import AuditEvent, Lab, LabContact, OneUseLink, OutboxMessage, Report, Submission, Task
from registry.models.report import OPEN
from registry.registration import contacts, editing, link_mail

MERGED = "merged"
NOTE = "the entry became a part of another"

_AS_SENT = (
    "contact_name", "contact_email", "contact_role", "contact_phone", "language", "base", "proposed", "note", "flags",
    "consented_at", "email_verified_at", "submitted_at",
)  # fmt: skip


@dataclass
class Carried:
    """What went over, by row number, as plain JSON keeps it.

    ``doubled`` are contacts whose mailbox spoke for both: [that of the entry that is gone, that of the one that stays,
    whether only the first was proved]. ``links`` are [link, the contact that it was mailed to]. ``withdrawn`` are
    changes of the entry that waited; ``closed`` are tasks of a kind that both had.
    """

    contacts: list[int] = field(default_factory=list)
    doubled: list[list[Any]] = field(default_factory=list)
    links: list[list[int]] = field(default_factory=list)
    submissions: list[int] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)
    reports: list[int] = field(default_factory=list)
    tasks: list[int] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def over(session: Session, *, gone: Lab, kept: Lab, actor: str, now: datetime) -> Carried:
    """Carry everything of *gone* over to *kept*; the caller holds the locks of both."""
    carried = Carried()
    _contacts_over(session, gone, kept, carried, actor=actor, now=now)
    _submissions_over(session, gone, kept, carried, actor=actor, now=now)
    _work_over(session, gone, kept, carried, actor=actor, now=now)
    session.flush()
    return carried


def back(session: Session, *, gone: Lab, kept: Lab, carried: Carried, actor: str, now: datetime) -> list[Submission]:
    """Undo :func:`over` as far as things still are where they went; the changes that wait for a moderator again."""
    _contacts_back(session, gone, kept, carried)
    _submissions_back(session, gone, kept, carried, actor=actor, now=now)
    _work_back(session, gone, kept, carried, actor=actor, now=now)
    session.flush()
    return _ask_again(session, gone, carried, actor=actor, now=now)


def _contacts_over(session: Session, gone: Lab, kept: Lab, carried: Carried, *, actor: str, now: datetime) -> None:
    known = {contact.email: contact for contact in contacts.all_standing(session, kept.id)}
    for contact in contacts.all_standing(session, gone.id):
        own = known.get(contact.email)
        if own is None:
            contact.lab_id = kept.id
            carried.contacts.append(contact.id)
            continue
        proves = contact.speaks and not own.speaks
        carried.doubled.append([contact.id, own.id, proves])
        contact.revoked_at, contact.revoked_by = now, actor
        if proves:
            own.verified_at = contact.verified_at
        unspent = (OneUseLink.contact_id == contact.id, OneUseLink.used_at.is_(None), OneUseLink.revoked_at.is_(None))
        links = session.scalars(select(OneUseLink.id).where(*unspent)).all()
        carried.links += [[link, contact.id] for link in links]
        _bind(session, OneUseLink, list(links), contact_id=own.id)
        waiting = (OutboxMessage.contact_id == contact.id, OutboxMessage.state == "waiting")
        mails = session.scalars(select(OutboxMessage.id).where(*waiting)).all()
        _bind(session, OutboxMessage, list(mails), contact_id=own.id)
    session.flush()


def _contacts_back(session: Session, gone: Lab, kept: Lab, carried: Carried) -> None:
    for number in carried.contacts:
        contact = session.get_one(LabContact, number)
        if contact.lab_id == kept.id:
            contact.lab_id = gone.id
    for number, own_number, proves in carried.doubled:
        contact, own = session.get_one(LabContact, number), session.get_one(LabContact, own_number)
        contact.revoked_at, contact.revoked_by = None, ""
        if proves:
            own.verified_at = None
    for link, number in carried.links:
        _bind(session, OneUseLink, [link], contact_id=number)
    session.flush()


def _submissions_over(session: Session, gone: Lab, kept: Lab, carried: Carried, *, actor: str, now: datetime) -> None:
    """A claim goes on as one of the entry that stays. So does a change that somebody is writing: it is brought up to
    that entry at the last look. A change that waits was made of another text; it is withdrawn.
    """
    has_draft = editing.open_edit(session, kept.id) is not None
    open_ones = session.scalars(
        select(Submission).where(contacts.about(gone.id), Submission.state.in_(contacts.OPEN)).order_by(Submission.id)
    ).all()
    for submission in open_ones:
        drafted = submission.status is State.DRAFT
        if submission.kind == "claim" or (submission.kind == "edit" and drafted and not has_draft):
            _about(session, submission, kept, actor=actor, now=now)
            carried.submissions.append(submission.id)
        elif submission.kind == "edit" and not drafted:
            transitions.apply(
                session, submission.id, Action.WITHDRAW, actor_kind="staff", actor=actor, now=now, note=NOTE
            )
            link_mail.revoke_links(session, submission=submission, purpose=Purpose.REVISE, now=now)
            carried.withdrawn.append(submission.id)


def _submissions_back(session: Session, gone: Lab, kept: Lab, carried: Carried, *, actor: str, now: datetime) -> None:
    for number in carried.submissions:
        submission = session.get(Submission, number)
        # What was decided meanwhile was decided for the entry that stays.
        if submission is not None and submission.lab_id == kept.id and submission.state in contacts.OPEN:
            _about(session, submission, gone, actor=actor, now=now)


def _ask_again(session: Session, gone: Lab, carried: Carried, *, actor: str, now: datetime) -> list[Submission]:
    """The changes of *gone* that the merger withdrew, as its senders sent them: what is withdrawn stays so, a new
    version takes its place.
    """
    sent = []
    for number in carried.withdrawn:
        former = session.get_one(Submission, number)
        contact = contacts.standing(session, lab_id=gone.id, email=former.contact_email)
        if contact is None or not contact.speaks or editing.open_edit(session, gone.id) is not None:
            continue
        again = Submission(
            kind="edit",
            draft_key_hash=hash_of(new_secret()),
            lab_id=gone.id,
            revises_id=former.id,
            unfinished={},
            created_at=now,
            updated_at=now,
            **{name: getattr(former, name) for name in _AS_SENT},
        )
        session.add(again)
        session.flush()
        sent.append(
            transitions.apply(
                session, again.id, Action.SEND_VERIFIED, actor_kind="staff", actor=actor, now=now, note="unmerged"
            )
        )
    return sent


def withdrawn_changes(session: Session, carried: Carried) -> list[list[Any]]:
    """What the changes that the merger withdrew would have changed, as ``domain.changes.told``."""
    found = []
    for number in carried.withdrawn:
        submission = session.get_one(Submission, number)
        before = submission.started_from
        if before is not None:
            found.append(told(before, submission.profile))
    return found


def _about(session: Session, submission: Submission, lab: Lab, *, actor: str, now: datetime) -> None:
    """Make *submission* one about *lab*; a page that showed it as one about another is out of date by that."""
    before = {"lab_id": submission.lab_id, "revision": submission.revision}
    submission.lab_id = lab.id
    submission.revision += 1
    submission.updated_at = now
    session.flush()
    session.add(
        AuditEvent(
            at=now,
            actor_kind="staff",
            actor=actor,
            action="move_entry",
            subject_type="submission",
            subject_id=submission.id,
            before=before,
            after={"lab_id": lab.id, "revision": submission.revision},
        )
    )


def _work_over(session: Session, gone: Lab, kept: Lab, carried: Carried, *, actor: str, now: datetime) -> None:
    reports = select(Report.id).where(Report.lab_id == gone.id, Report.state == OPEN)
    carried.reports = list(session.scalars(reports.order_by(Report.id)))
    _bind(session, Report, carried.reports, lab_id=kept.id)
    if gone.disputed_at is not None:
        kept.dispute(session, min(gone.disputed_at, kept.disputed_at or gone.disputed_at))
    for task in _open_tasks(session, gone):
        if task.kind in {other.kind for other in _open_tasks(session, kept)}:
            tasks.close_task(session, kind=task.kind, lab_id=gone.id, by=actor, outcome=MERGED, now=now)
            carried.closed.append(task.id)
        else:
            task.lab_id = kept.id
            session.flush()
            carried.tasks.append(task.id)


def _work_back(session: Session, gone: Lab, kept: Lab, carried: Carried, *, actor: str, now: datetime) -> None:
    _bind(session, Report, carried.reports, lab_id=gone.id)
    _bind(session, Task, carried.tasks, lab_id=gone.id)
    for number in carried.closed:
        task = session.get_one(Task, number)
        tasks.open_task(
            session,
            kind=task.kind,
            lab_id=gone.id,
            facts=task.facts,
            submission_id=task.submission_id,
            by=actor,
            now=now,
        )


def is_doubted(session: Session, lab: Lab) -> bool:
    """Whether anybody's report of a problem with *lab* stands open."""
    return session.scalar(select(Report.id).where(Report.lab_id == lab.id, Report.state == OPEN).limit(1)) is not None


def _open_tasks(session: Session, lab: Lab) -> list[Task]:
    return list(session.scalars(select(Task).where(Task.lab_id == lab.id, Task.closed_at.is_(None)).order_by(Task.id)))


def _bind(session: Session, table: type[Any], numbers: list[int], **columns: int) -> None:
    if numbers:
        session.execute(
            update(table).where(table.id.in_(numbers)).values(**columns).execution_options(synchronize_session="fetch")
        )
