"""A draft that is deleted: its content, its links and keys, and what was mailed of it. The caller commits."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from registry import transitions
from registry.domain.profile import LabProfile
from registry.domain.workflow import Action, State
from registry.models import DraftKey, OneUseLink, OutboxMessage, Submission
from registry.transitions import ActorKind

DELETABLE = frozenset({State.DRAFT, State.AWAITING_EMAIL})
"""Before anybody but its author has read it."""

_EMPTIED = "deleted-"
"""Begins what stands for the key of a draft whose number may not be given out again yet."""


def delete_draft(session: Session, *, draft: Submission, now: datetime, actor_kind: ActorKind, note: str) -> None:
    """Delete *draft*, which the caller has locked, and tell the audit so, without a word of what was in it.

    SQLite gives the number of the last row out again: the last registration of all stays as an empty row until there
    is another one. :class:`~registry.transitions.Conflict` when it was handed in meanwhile.
    """
    _empty_mails(session, draft.id)
    for model in (OneUseLink, DraftKey):
        session.execute(
            delete(model).where(model.submission_id == draft.id).execution_options(synchronize_session=False)
        )
    draft.draft_key_hash = f"{_EMPTIED}{draft.id}"
    draft.contact_name = draft.contact_email = draft.contact_role = draft.contact_phone = draft.updated_by = ""
    draft.proposed, draft.unfinished, draft.base = LabProfile().to_dict(), {}, None
    draft.note, draft.remarks, draft.flags = "", {}, []
    draft.lab_id = draft.revises_id = None
    transitions.apply(
        session, draft.id, Action.WITHDRAW, actor_kind=actor_kind, actor="", now=now, note=f"draft deleted: {note}"
    )
    remove_emptied(session, now=now)


def remove_emptied(session: Session, *, now: datetime) -> int:
    """Remove the empty rows whose number cannot be given out again; returns how many."""
    last = select(func.max(Submission.id)).scalar_subquery()
    emptied = session.scalars(
        select(Submission)
        .where(Submission.draft_key_hash.startswith(_EMPTIED), Submission.id < last)
        .limit(100)
        .with_for_update(skip_locked=True)
    ).all()
    for submission in emptied:
        session.delete(submission)
    session.flush()
    return len(emptied)


def _empty_mails(session: Session, submission_id: int) -> None:
    """Keep back what has not left yet, and forget the names in what has; to whom it went is still counted."""
    about_it = OutboxMessage.submission_id == submission_id
    session.execute(
        update(OutboxMessage)
        .where(about_it, OutboxMessage.state.in_(("waiting", "sending")))
        .values(state="cancelled")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(OutboxMessage).where(about_it).values(context={}).execution_options(synchronize_session=False)
    )
