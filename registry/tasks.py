"""Tasks for staff: opened by jobs and by acts upon laboratories, closed when somebody settled them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.models import AuditEvent, Task
from registry.models.task import TASK_KINDS

OUTCOME_MAX = 24


def open_task(
    session: Session,
    *,
    kind: str,
    lab_id: int,
    facts: Mapping[str, Any],
    now: datetime,
    submission_id: int | None = None,
    by: str = "",
    by_kind: str = "",
) -> Task:
    """The open task of *kind*, one of ``TASK_KINDS``, about the laboratory: a new one, or the one that is open.

    An open one gets *facts* (plain JSON) and *submission_id* in place of its own, so that a job may say the same each
    night; it keeps the day since when it waits. *by* is whose act opened it, else the kind names itself; *by_kind*
    as in :func:`close_task`. The caller commits. Raises ValueError for an unknown kind.
    """
    if kind not in TASK_KINDS:
        raise ValueError(f"a task's kind must be one of {', '.join(TASK_KINDS)}")
    found = _refreshed(session, kind=kind, lab_id=lab_id, facts=facts, submission_id=submission_id)
    if found is not None:
        return found
    task = Task(kind=kind, lab_id=lab_id, submission_id=submission_id, facts=dict(facts), opened_at=now)
    try:
        with session.begin_nested():
            session.add(task)
            session.flush()
    except IntegrityError:
        # Somebody else opened it at the same moment.
        found = _refreshed(session, kind=kind, lab_id=lab_id, facts=facts, submission_id=submission_id)
        if found is None:
            raise
        return found
    session.add(
        AuditEvent(
            at=now,
            actor_kind=by_kind or _kind_of(by),
            actor=by or kind,
            action="open_task",
            subject_type="lab",
            subject_id=lab_id,
            before=None,
            after={"task": task.id, "kind": kind, "facts": dict(facts)},
        )
    )
    return task


def close_task(
    session: Session, *, kind: str, lab_id: int, by: str, outcome: str, now: datetime, by_kind: str = ""
) -> bool:
    """Close the open task of *kind* about the laboratory; False when none is open: then nothing is written.

    *by* is the e-mail of who settled it, or the name of a job; *outcome* a slug of at most ``OUTCOME_MAX`` characters.
    *by_kind* is the audit's kind of actor (staff, laboratory, system); without it an e-mail means staff. The caller
    commits.
    """
    task = session.scalar(select(Task).where(Task.kind == kind, Task.lab_id == lab_id, Task.closed_at.is_(None)))
    if task is None:
        return False
    closed = session.execute(
        update(Task)
        .where(Task.id == task.id, Task.closed_at.is_(None))
        .values(closed_at=now, closed_by=by, outcome=outcome[:OUTCOME_MAX])
        .execution_options(synchronize_session=False)
    )
    session.refresh(task)
    if cast(CursorResult[object], closed).rowcount != 1:
        return False
    session.add(
        AuditEvent(
            at=now,
            actor_kind=by_kind or _kind_of(by),
            actor=by,
            action="close_task",
            subject_type="lab",
            subject_id=lab_id,
            before={"task": task.id, "kind": kind},
            after={"task": task.id, "kind": kind, "outcome": task.outcome},
        )
    )
    return True


def _refreshed(
    session: Session, *, kind: str, lab_id: int, facts: Mapping[str, Any], submission_id: int | None
) -> Task | None:
    task = session.scalar(
        select(Task)
        .where(Task.kind == kind, Task.lab_id == lab_id, Task.closed_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if task is not None:
        task.facts = dict(facts)
        task.submission_id = submission_id
        session.flush()
    return task


def _kind_of(by: str) -> str:
    return "staff" if "@" in by else "system"
