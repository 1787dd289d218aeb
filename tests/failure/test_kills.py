"""The server is killed again and again while laboratories send: nothing answered is lost, nothing is
half-made.

Alone and more: ``KILLS=100 pytest -m kills -s`` (prints how many kills hit how many requests).
"""

import contextlib
import os
import random
import socket
import time
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from config import Settings
from registry.domain.workflow import Action, State
from registry.models import AuditEvent, OutboxMessage, Submission
from tests.failure.laboratories import Laboratory, Registration, at_work
from tests.failure.serving import Phoenix
from tests.support.databases import Databases, PostgresDatabases
from tests.support.factories import a_profile, a_submission
from tests.support.scenes import cookie_of

KILLS = int(os.environ.get("KILLS", "20"))
LABORATORIES = 4
PREPARED = 800
# A child is killed at a random moment after so many answers at most, whether this machine is quick or slow.
ANSWERS = 9
LATER = 0.06  # seconds at most
LONGEST_LIFE = 4.0  # seconds

pytestmark = [pytest.mark.kills, pytest.mark.timeout(300)]


@pytest.fixture
def durable(databases: Databases, engine_name: str) -> Iterator[None]:
    """Commits reach the disk before they are answered, as in production."""
    running = databases[engine_name]
    with running.durable() if isinstance(running, PostgresDatabases) else contextlib.nullcontext():
        yield


@pytest.fixture
def registrations(app: Flask, session: Session) -> list[Registration]:
    """Complete drafts, each with the browser that holds it."""
    drafts = [
        a_submission(session, a_profile(), state=State.DRAFT, draft_key=f"{number:043d}", commit=False)
        for number in range(PREPARED)
    ]
    session.commit()
    held = [{"drafts": [f"{number:043d}"]} for number in range(PREPARED)]
    return [Registration(draft.id, cookie_of(app, keys)) for draft, keys in zip(drafts, held, strict=True)]


def _rows(session: Session, wanted: sa.Select[tuple[int, int]]) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(wanted)}


def _live(laboratories: list[Laboratory], *, answers: int, then: float) -> None:
    """Return when *answers* more were given, or after the longest life, and *then* seconds."""
    limit = time.monotonic() + LONGEST_LIFE
    wanted = sum(one.answered for one in laboratories) + answers
    while sum(one.answered for one in laboratories) < wanted and time.monotonic() < limit:
        time.sleep(0.002)
    time.sleep(then)


@pytest.mark.usefixtures("durable")
def test_no_answered_registration_is_lost_and_none_is_half_made(
    settings: Settings,
    session: Session,
    registrations: list[Registration],
    engine_name: str,
    record_property: Callable[[str, object], None],
) -> None:
    before = {one.id: dict(one.proposed) for one in session.scalars(sa.select(Submission))}
    session.rollback()
    began = time.monotonic()
    chance = random.Random(20261116)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        server = Phoenix(settings, listener)
        server.wait_until_ready()
        laboratories = at_work(listener.getsockname(), registrations, count=LABORATORIES, seed=chance.randrange(2**32))
        for _ in range(KILLS):
            server.wait_until_ready()
            _live(laboratories, answers=chance.randrange(ANSWERS), then=chance.uniform(0, LATER))
            server.kill()
        for laboratory in laboratories:
            laboratory.enough.set()
        for laboratory in laboratories:
            laboratory.join(60)
        server.end()
    took = time.monotonic() - began

    tried = [one for one in registrations if one.acknowledged or one.lost or one.strange]
    acknowledged = {one.submission_id for one in registrations if one.acknowledged}
    lost = sum(one.lost for one in registrations)
    print(f"\n{engine_name}: {KILLS} kills in {took:.0f} s, {len(tried)} registrations tried, ", end="")
    print(f"{len(acknowledged)} acknowledged, {lost} answers lost")
    record_property("acknowledged", len(acknowledged))
    record_property("answers lost", lost)

    assert [laboratory.failure for laboratory in laboratories if laboratory.failure] == []
    assert [one.strange for one in tried if one.strange] == []
    # The kills must have hit laboratories at work, or this shows nothing.
    assert lost >= KILLS / 2
    assert len(acknowledged) >= KILLS

    stored = {one.id: one for one in session.scalars(sa.select(Submission))}
    sent = {key for key, one in stored.items() if one.state == State.AWAITING_EMAIL}
    audits = _rows(
        session,
        sa.select(AuditEvent.subject_id, sa.func.count())
        .where(AuditEvent.action == Action.SEND.value, AuditEvent.subject_type == "submission")
        .group_by(AuditEvent.subject_id),
    )
    mails = _rows(
        session,
        sa.select(OutboxMessage.submission_id, sa.func.count())
        .where(OutboxMessage.kind == "confirm_email")
        .group_by(OutboxMessage.submission_id),
    )

    unanswered = len(sent - {one.submission_id for one in registrations if one.told_at_once})
    print(f"{unanswered} of them were sent although the answer to the press was lost")

    assert stored.keys() == before.keys()
    assert acknowledged <= sent
    assert {one.state for one in stored.values()} <= {State.DRAFT, State.AWAITING_EMAIL}
    assert audits == dict.fromkeys(sent, 1)
    assert mails == dict.fromkeys(sent, 1)
    assert {key for key, one in stored.items() if one.consented_at is not None} == sent
    assert {key for key, one in stored.items() if dict(one.proposed) != before[key]} == set()
