"""A laboratory leaves the list, at once or on a day, and may come back for a while. The caller commits.

It acts at once, without a moderator: who speaks for a laboratory may always take it off the list.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import mail, tasks, transitions
from registry.domain import leaving as rules
from registry.domain.text import is_clia, normalise_clia, order_key, plain
from registry.domain.workflow import Action
from registry.links import Purpose
from registry.models import AuditEvent, DirectoryVersion, Lab, LabContact, LabIdentifier, Submission
from registry.models.lab import PUBLISHED
from registry.registration import contacts, ending, link_mail, queries

ON_THE_LIST = frozenset({PUBLISHED, "stale", "hidden"})
"""States from which a laboratory may leave; hidden ones are kept back by moderators, and stay so if they come back."""

LEFT = "the laboratory left the list"
SYSTEM = "leaving on the day"
LEFT_TASK = "withdrawal"
MOST_FOUND = 8


class NotPossible(Exception):
    """The laboratory is not where that can be done: it left, came back or was merged meanwhile. Nothing was written."""


class NumberTaken(Exception):
    """Meanwhile ``other`` is listed under the laboratory's CLIA number. Nothing may be committed."""

    def __init__(self, other: Lab) -> None:
        super().__init__(f"the number is that of {other.slug}")
        self.other = other


@dataclass(frozen=True, slots=True)
class Plan:
    """Why a laboratory leaves: ``reason`` is a slug of ``LEAVING_REASON``, ``note`` is for the moderators alone."""

    reason: str
    note: str = ""
    successor: Lab | None = None


def leave_now(session: Session, *, lab: Lab, plan: Plan, by: str, now: datetime) -> None:
    """Take the laboratory off the list; *by* is the mailbox that decided it. Raises :class:`NotPossible`."""
    if lab.state not in ON_THE_LIST:
        raise NotPossible
    lab.leaving_reason = plan.reason
    lab.successor_id = plan.successor.id if plan.successor is not None else None
    _leave(session, lab, actor_kind="laboratory", by=by, note=plan.note, now=now)


def leave_on(session: Session, *, lab: Lab, day: date, plan: Plan, by: str, now: datetime) -> None:
    """Announce that the laboratory leaves on *day*; one that has come is today. Raises :class:`NotPossible`."""
    if rules.has_come(day, now):
        leave_now(session, lab=lab, plan=plan, by=by, now=now)
        return
    if lab.state not in ON_THE_LIST:
        raise NotPossible
    before = _told(lab)
    lab.leaving_on, lab.leaving_reason = day, plan.reason
    lab.successor_id = plan.successor.id if plan.successor is not None else None
    lab.version = DirectoryVersion.advance(session)
    _note(session, lab, "plan_leaving", before=before, by=by, note=plan.note, now=now)
    _tell(
        session, lab, "leaving", {"by": by, "leaving_on": day.isoformat(), "successor": _name_of(plan.successor)}, now
    )


def cancel(session: Session, *, lab: Lab, by: str, now: datetime) -> None:
    """Take back that the laboratory leaves on a day. Raises :class:`NotPossible` when it has left, or is to stay."""
    if lab.leaving_on is None or lab.state not in ON_THE_LIST:
        raise NotPossible
    before = _told(lab)
    _stay(session, lab)
    _note(session, lab, "cancel_leaving", before=before, by=by, now=now)
    _tell(session, lab, "came_back", {"by": by, "had_left": False}, now)


def come_back(session: Session, *, lab: Lab, by: str, now: datetime) -> None:
    """Bring the same entry back, as it was and with the days on which it was confirmed.

    Raises :class:`NotPossible` when it did not leave, or too long ago; :class:`NumberTaken`.
    """
    if lab.state != "withdrawn" or not rules.may_come_back(lab.left_at, now):
        raise NotPossible
    other = number_taken(session, lab)
    if other is not None:
        raise NumberTaken(other)
    before = _told(lab)
    try:
        with session.begin_nested():
            lab.state = _state_before(session, lab)
            lab.left_at = None
            session.flush()
    except IntegrityError:
        # Listed in this moment.
        session.refresh(lab)
        other = number_taken(session, lab)
        if other is None:
            raise
        raise NumberTaken(other) from None
    _stay(session, lab)
    lab.updated_at = now
    _note(session, lab, "come_back", before=before, by=by, now=now)
    tasks.close_task(session, kind=LEFT_TASK, lab_id=lab.id, by=by, outcome="came_back", now=now, by_kind="laboratory")
    _tell(session, lab, "came_back", {"by": by, "had_left": True}, now)


def leave_due(session: Session, *, now: datetime) -> int:
    """Take off the list what leaves today, once, whoever else does the same; returns how many."""
    due = session.scalars(
        select(Lab.id).where(Lab.leaving_on <= now.date(), Lab.state.in_(ON_THE_LIST)).order_by(Lab.id)
    ).all()
    count = 0
    for lab_id in due:
        lab = contacts.locked(session, lab_id)
        # As it is under the lock: it may have left, or decided to stay.
        if lab.leaving_on is None or lab.state not in ON_THE_LIST or not rules.has_come(lab.leaving_on, now):
            continue
        _leave(session, lab, actor_kind="system", by="", note="", now=now)
        count += 1
    return count


def number_taken(session: Session, lab: Lab) -> Lab | None:
    """Who else is listed under the laboratory's CLIA number now."""
    return queries.listing_with_number(session, lab.clia_number, own_lab_id=lab.id) if lab.clia_number else None


def successors(session: Session, typed: str, *, own: Lab) -> list[Lab]:
    """The laboratories on the list that *typed* may mean: an address of theirs, a CLIA number, or a part of the name.

    At most ``MOST_FOUND``; one that is named exactly stands alone.
    """
    text = plain(typed)[:300]
    if not text or "\0" in text:
        return []
    slug = text.rpartition("/labs/")[2].partition("?")[0].partition("#")[0].strip("/").lower()
    listed = select(Lab).where(Lab.state == PUBLISHED, Lab.id != own.id)
    exact = [Lab.slug == slug]
    if is_clia(normalise_clia(text)):
        number = normalise_clia(text)
        former = select(LabIdentifier.lab_id).where(LabIdentifier.kind == "clia", LabIdentifier.value == number)
        exact += [Lab.clia_number == number, Lab.id.in_(former)]
    found = session.scalars(listed.where(or_(*exact)).limit(MOST_FOUND)).all()
    if not found:
        part = Lab.name_key.contains(order_key(text), autoescape=True)
        found = session.scalars(listed.where(part).order_by(Lab.name_key, Lab.id).limit(MOST_FOUND)).all()
    return list(found)


def _leave(session: Session, lab: Lab, *, actor_kind: str, by: str, note: str, now: datetime) -> None:
    before = _told(lab)
    lab.state, lab.leaving_on, lab.left_at = "withdrawn", None, now
    # Every process drops it from its index when it sees the new number.
    lab.version = DirectoryVersion.advance(session)
    successor = session.get(Lab, lab.successor_id) if lab.successor_id is not None else None
    facts = {"reason": lab.leaving_reason, "successor": _name_of(successor), "note": note}
    tasks.open_task(session, kind=LEFT_TASK, lab_id=lab.id, facts=facts, now=now, by=by or SYSTEM, by_kind=actor_kind)
    _note(session, lab, "leave", before=before, actor_kind=actor_kind, by=by or SYSTEM, note=note, now=now)
    for contact in contacts.all_standing(session, lab.id):
        # What was mailed to confirm the entry; an invitation stays good, somebody has to be able to come back.
        if contact.verified_at is not None:
            ending.kill_links(session, contact=contact, now=now)
    _withdraw_changes(session, lab, by=by or SYSTEM, actor_kind=actor_kind, now=now)
    until = (now + rules.COMES_BACK).date().isoformat()
    _tell(session, lab, "left", {"by": by, "successor": _name_of(successor), "until": until}, now)


def _withdraw_changes(session: Session, lab: Lab, *, by: str, actor_kind: str, now: datetime) -> None:
    """Nobody reads changes of an entry that is not there. A claim stays: who else speaks for it is still a question."""
    open_ones = session.scalars(
        select(Submission)
        .where(contacts.about(lab.id), Submission.kind != "claim", Submission.state.in_(contacts.OPEN))
        .order_by(Submission.id)
    ).all()
    for submission in open_ones:
        transitions.apply(
            session,
            submission.id,
            Action.WITHDRAW,
            actor_kind="system" if actor_kind == "system" else "laboratory",
            actor=by,
            now=now,
            note=LEFT,
        )
        for purpose in (Purpose.CONFIRM_EMAIL, Purpose.RESUME_DRAFT, Purpose.REVISE):
            link_mail.revoke_links(session, submission=submission, purpose=purpose, now=now)


def _stay(session: Session, lab: Lab) -> None:
    lab.leaving_on, lab.leaving_reason, lab.successor_id = None, "", None
    lab.version = DirectoryVersion.advance(session)


def _state_before(session: Session, lab: Lab) -> str:
    """How the entry stood when it left: what moderators keep back does not come back into the list by this."""
    event = session.scalar(
        select(AuditEvent)
        .where(AuditEvent.subject_type == "lab", AuditEvent.subject_id == lab.id, AuditEvent.action == "leave")
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    before = str((event.before or {}).get("state", PUBLISHED)) if event is not None else PUBLISHED
    return before if before in ON_THE_LIST else PUBLISHED


def _told(lab: Lab) -> dict[str, object]:
    return {
        "state": lab.state,
        "leaving_on": lab.leaving_on.isoformat() if lab.leaving_on is not None else "",
        "reason": lab.leaving_reason,
        "successor_id": lab.successor_id,
        "profile": lab.profile.digest,
    }


def _note(
    session: Session,
    lab: Lab,
    action: str,
    *,
    before: dict[str, object],
    by: str,
    now: datetime,
    actor_kind: str = "laboratory",
    note: str = "",
) -> None:
    session.add(
        AuditEvent(
            at=now,
            actor_kind=actor_kind,
            actor=by,
            action=action,
            subject_type="lab",
            subject_id=lab.id,
            before=before,
            after=_told(lab),
            note=note,
        )
    )


def _tell(session: Session, lab: Lab, kind: str, context: dict[str, object], now: datetime) -> None:
    told: list[LabContact] = contacts.speaking(session, lab.id)
    for contact in told:
        mail.enqueue(
            session,
            kind=kind,
            recipient=contact.email,
            context={"name": contact.name, "laboratory": lab.name, "slug": lab.slug, **context},
            now=now,
            language=contact.language,
            contact_id=contact.id,
        )


def _name_of(lab: Lab | None) -> str:
    return lab.name if lab is not None else ""
