"""Tasks for staff: one open of a kind a laboratory, each opening and closing told in the audit."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import AuditEvent, Task
from registry.tasks import close_task, open_task
from registry.web import now
from tests.moderation.test_races import at_once
from tests.support.factories import a_submission, publish

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)


def acts(session: Session, lab_id: int) -> list[tuple[str, str, str]]:
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_type == "lab", AuditEvent.subject_id == lab_id)
        .order_by(AuditEvent.id)
    )
    return [(event.action, event.actor_kind, event.actor) for event in events]


def test_a_task_is_opened_once_and_keeps_its_day_with_newer_facts(session: Session) -> None:
    lab = publish(session)
    sample = a_submission(session, kind="edit", lab_id=lab.id)
    first = open_task(session, kind="cms", lab_id=lab.id, facts={"quarter": "2026-Q2"}, now=NOW)
    again = open_task(
        session,
        kind="cms",
        lab_id=lab.id,
        facts={"quarter": "2026-Q3"},
        now=NOW + timedelta(days=90),
        submission_id=sample.id,
    )
    other = open_task(session, kind="bounced", lab_id=lab.id, facts={}, now=NOW)
    session.commit()
    assert again.id == first.id != other.id
    assert (again.facts, again.submission_id) == ({"quarter": "2026-Q3"}, sample.id)
    assert again.opened_at == NOW
    assert acts(session, lab.id) == [("open_task", "system", "cms"), ("open_task", "system", "bounced")]


def test_a_closed_task_may_be_opened_anew(session: Session) -> None:
    lab = publish(session)
    first = open_task(session, kind="overdue", lab_id=lab.id, facts={}, now=NOW)
    closing: dict[str, Any] = {"kind": "overdue", "lab_id": lab.id, "by": "ada@example.org", "outcome": "called"}
    assert close_task(session, now=NOW, **closing)
    assert not close_task(session, now=NOW, **closing)
    assert not close_task(session, now=NOW, **{**closing, "kind": "cms"})
    second = open_task(session, kind="overdue", lab_id=lab.id, facts={}, now=NOW + timedelta(days=400))
    session.commit()
    assert second.id != first.id
    assert (first.closed_at, first.closed_by, first.outcome) == (NOW, "ada@example.org", "called")
    assert acts(session, lab.id) == [
        ("open_task", "system", "overdue"),
        ("close_task", "staff", "ada@example.org"),
        ("open_task", "system", "overdue"),
    ]


def test_whoever_settles_it_is_told_as_what_they_are(session: Session) -> None:
    lab = publish(session)
    open_task(session, kind="overdue", lab_id=lab.id, facts={}, now=NOW, by="freshness")
    close_task(
        session, kind="overdue", lab_id=lab.id, by="lab@example.org", outcome="confirmed", now=NOW, by_kind="laboratory"
    )
    session.commit()
    assert acts(session, lab.id) == [
        ("open_task", "system", "freshness"),
        ("close_task", "laboratory", "lab@example.org"),
    ]


def test_there_is_no_task_of_an_unknown_kind(session: Session) -> None:
    with pytest.raises(ValueError, match="kind must be one of overdue"):
        open_task(session, kind="anything", lab_id=publish(session).id, facts={}, now=NOW)


def _opens(lab_id: int, number: int) -> Callable[[Session], Any]:
    return lambda own: open_task(own, kind="bounced", lab_id=lab_id, facts={"by": number}, now=now()).id


def _closes(lab_id: int) -> Callable[[Session], Any]:
    return lambda own: close_task(own, kind="bounced", lab_id=lab_id, by="ada@example.org", outcome="done", now=now())


def test_two_at_once_open_one_task_and_one_closes_it(app: Flask, session: Session) -> None:
    for _round in range(5):
        lab_id = publish(session).id
        session.rollback()
        opened = at_once(app, [_opens(lab_id, number) for number in range(3)])
        assert len(set(opened)) == 1, opened
        assert isinstance(opened[0], int), opened
        assert sorted(map(str, at_once(app, [_closes(lab_id) for _one in range(2)]))) == ["False", "True"]
        session.rollback()
        assert len(session.scalars(select(Task).where(Task.lab_id == lab_id)).all()) == 1
        assert [act for act, _kind, _actor in acts(session, lab_id)] == ["open_task", "close_task"]
