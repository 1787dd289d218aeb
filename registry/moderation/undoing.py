"""Taking a decision back within its minutes, as if it had not been: nobody was told yet. The caller commits."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from registry.domain.hiding import UNDONE
from registry.domain.vocabulary import N_
from registry.domain.workflow import Action, sources
from registry.models import AuditEvent, DirectoryVersion, DraftKey, Lab, OutboxMessage, Submission, User
from registry.moderation import versions
from registry.registration import contacts, ending, queries
from registry.transitions import Conflict, apply

DECISIONS = frozenset(
    action.value for action in (Action.APPROVE, Action.APPROVE_PART, Action.REQUEST_CHANGES, Action.REJECT)
)

_SETTLES_NOTHING = ("open_task", "close_task")
"""Acts upon a laboratory that change nothing of it."""


class NotUndone(Exception):
    """The decision stands; ``why`` is English source text, translated where shown. Nothing may be committed."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


TOO_LATE = N_("The time to take it back has passed.")
NOT_YOURS = N_("Only who decided, or an administrator, can take it back.")
MAIL_LEFT = N_("A mail about it has left already.")
GOES_ON = N_("Something has happened to the laboratory since.")


def undo(
    session: Session,
    submission_id: int,
    actor: User,
    now: datetime,
    *,
    expect_revision: int | None = None,
) -> Submission:
    """Take the decision on the submission back: it is in review again, and what the decision published is as before.

    A new entry is off the list, its address a 404 and its number free; a changed one shows the version before, with
    the days on which its tests were confirmed; who spoke for it by the decision alone does so no more. The mails are
    cancelled. Raises ``Conflict`` when it is not decided or not at *expect_revision*, :class:`NotUndone`, and
    ``LookupError`` when there is no such submission.
    """
    submission = session.get(Submission, submission_id)
    if submission is None:
        raise LookupError(f"there is no submission {submission_id}")
    submission = queries.locked_submission(session, submission_id)
    if submission.status not in sources(Action.UNDO) or expect_revision not in (None, submission.revision):
        raise Conflict(submission, Action.UNDO)
    decided_at = submission.decided_at
    if submission.undo_until is None or now >= submission.undo_until or decided_at is None:
        raise NotUndone(TOO_LATE)
    decision = _decision(session, submission)
    if decision.actor != actor.email and not actor.has_role("admin"):
        raise NotUndone(NOT_YOURS)
    if _is_begun_again(session, submission, decided_at):
        raise NotUndone(GOES_ON)
    _cancel_mails(session, submission, decided_at)
    if decision.action in (Action.APPROVE, Action.APPROVE_PART) and submission.lab_id is not None:
        lab = session.scalars(
            select(Lab).where(Lab.id == submission.lab_id).with_for_update().execution_options(populate_existing=True)
        ).one()
        if submission.kind == "claim":
            _silence(session, lab, submission, _own_act(session, lab, submission, "grant_claim"), actor, now)
        else:
            _take_back(session, lab, submission, actor, now)
    return apply(
        session,
        submission_id,
        Action.UNDO,
        actor_kind="staff",
        actor=actor.email,
        now=now,
        changes={
            "reviewer_id": actor.id,
            "decided_at": None,
            "undo_until": None,
            "message": "",
            "remarks": {},
            "decision_reason": "",
            "corrections": {},
            # A new entry is about no laboratory on the list; `publishing.taken_back` finds the one that it was.
            "lab_id": None if submission.kind == "new" else submission.lab_id,
        },
    )


def _decision(session: Session, submission: Submission) -> AuditEvent:
    latest = session.scalar(
        select(AuditEvent)
        .where(AuditEvent.subject_type == "submission", AuditEvent.subject_id == submission.id)
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    if latest is None or latest.action not in DECISIONS or latest.actor_kind != "staff":
        raise NotUndone(GOES_ON)
    return latest


def _is_begun_again(session: Session, submission: Submission, decided_at: datetime) -> bool:
    """Whether the laboratory acts upon the decision already."""
    answers: ColumnElement[bool] = and_(Submission.revises_id == submission.id, Submission.created_at >= decided_at)
    if submission.kind == "new" and submission.lab_id is not None:
        # Nobody could say anything of that entry before.
        answers = or_(answers, and_(Submission.lab_id == submission.lab_id, Submission.id != submission.id))
    begun = select(exists().where(answers))
    if submission.kind != "claim":
        return bool(session.scalar(begun))
    opened = exists().where(
        DraftKey.submission_id == Submission.id,
        DraftKey.email == submission.contact_email,
        DraftKey.created_at >= decided_at,
        Submission.lab_id == submission.lab_id,
    )
    return bool(session.scalar(select(opened)))


def _cancel_mails(session: Session, submission: Submission, decided_at: datetime) -> None:
    about = or_(
        OutboxMessage.submission_id == submission.id,
        # As `registration.claiming` keys them: they go to all who speak for the laboratory.
        OutboxMessage.once_key.startswith(f"claim_granted:{submission.id}:", autoescape=True),
    )
    waiting = session.scalars(select(OutboxMessage.id).where(about, OutboxMessage.created_at == decided_at)).all()
    cancelled = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(waiting), OutboxMessage.state == "waiting")
        # The next decision writes a mail under the same key.
        .values(state="cancelled", once_key=None, last_error="the decision was taken back")
        .execution_options(synchronize_session=False)
    )
    if cast(CursorResult[object], cancelled).rowcount != len(waiting):
        raise NotUndone(MAIL_LEFT)


def _own_act(session: Session, lab: Lab, submission: Submission, action: str) -> AuditEvent:
    """The act upon *lab* by which *submission* was carried out, when nothing came after it."""
    acts = session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.subject_type == "lab",
            AuditEvent.subject_id == lab.id,
            AuditEvent.action.not_in(_SETTLES_NOTHING),
        )
        .order_by(AuditEvent.id.desc())
        .limit(2)
    ).all()
    own = [act for act in acts if (act.after or {}).get("submission") == submission.id]
    found = next((act for act in own if act.action == action), None)
    if found is None or acts[0] not in own:
        raise NotUndone(GOES_ON)
    return found


def _take_back(session: Session, lab: Lab, submission: Submission, actor: User, now: datetime) -> None:
    act = _own_act(session, lab, submission, "publish")
    before, after = act.before or {}, act.after or {}
    if (lab.profile.digest, lab.state) != (after["profile"], after["state"]):
        raise NotUndone(GOES_ON)
    stood = {"profile": lab.profile.digest, "state": lab.state}
    kept = versions.of(session, lab.id)
    if submission.kind == "edit" and len(kept) > 1 and kept[0].submission_id == submission.id:
        versions.show(session, lab, kept[1], now=now)
    if submission.kind == "edit":
        if lab.state != before["state"]:
            # It had not been confirmed for long, and the change was what showed it again.
            lab.hide(session, reason=before["hidden_reason"], now=now)
        lab.verification = before["verification"]
        lab.email_verified_at = _moment(before["email_verified_at"])
        lab.approved_at = _moment(before["approved_at"])
        lab.refresh_card()
    else:
        lab.state, lab.hidden_reason, lab.left_at = "withdrawn", UNDONE, None
        lab.version = DirectoryVersion.advance(session)
    session.add(
        AuditEvent(
            at=now,
            actor_kind="staff",
            actor=actor.email,
            action="undo",
            subject_type="lab",
            subject_id=lab.id,
            before=stood,
            after={
                "profile": lab.profile.digest,
                "state": lab.state,
                "days": dict(lab.attestations),
                "submission": submission.id,
            },
        )
    )
    if submission.kind == "edit":
        versions.keep(session, lab, action="undo", actor_kind="staff", actor=actor.email, now=now)
    else:
        _silence(session, lab, submission, act, actor, now)


def _silence(session: Session, lab: Lab, submission: Submission, act: AuditEvent, actor: User, now: datetime) -> None:
    """End the contact that the decision made; one that spoke for the laboratory before does so still."""
    contact = contacts.standing(session, lab_id=lab.id, email=submission.contact_email)
    if contact is None or contact.verified_at != act.at:
        return
    if contact.created_at == act.at:
        ending.end_quietly(session, contact=contact, by=actor.email, now=now)
    else:
        # Somebody had named them, and they have not answered that yet.
        contact.verified_at = None
        ending.sign_out(session, contact.email, now=now)
    session.add(
        AuditEvent(
            at=now,
            actor_kind="staff",
            actor=actor.email,
            action="end_contact",
            subject_type="lab",
            subject_id=lab.id,
            before={"contact": contact.email},
            after={"how": "undone", "submission": submission.id},
        )
    )


def _moment(told: Any) -> datetime | None:
    return datetime.fromisoformat(told) if told else None
