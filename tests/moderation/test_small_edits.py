"""Small changes are published at once where the operator wants that; everything else waits for a person."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.models import AuditEvent, Lab, OutboxMessage, ReviewLease, Submission, Task, User
from registry.moderation import small_edits, versions
from tests.moderation.races import at_once
from tests.support.factories import a_contact, a_profile, a_submission, an_offering, publish

LISTED = a_profile(
    clia_number="11D0000007",
    public_email="her2@lab.example",
    website="https://lab.example/",
    offerings=(an_offering(catalogue_url="https://lab.example/her2"),),
)
LINK = replace(LISTED, offerings=(replace(LISTED.offerings[0], catalogue_url="https://lab.example/tests/her2"),))
PHONE = replace(LISTED, phone="(404) 555-0144")


@pytest.fixture(autouse=True)
def every_check_is_green(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the checks look at is tested elsewhere."""
    monkeypatch.setattr(small_edits, "warnings", lambda checks: 0)


def asked(session: Session, proposed: LabProfile = PHONE, **changes: Any) -> tuple[Lab, Submission]:
    lab = publish(session, LISTED)
    sender = a_contact(session, lab, email="ada@lab.example").email
    about = {"kind": "edit", "lab_id": lab.id, "email": sender, "base": lab.profile_data, **changes}
    return lab, a_submission(session, proposed, **about)


def run(session: Session, *, enabled: bool = True, sampled: float = 0.0) -> int:
    return small_edits.publish_waiting(
        session,
        enabled=enabled,
        sampled=sampled,
        now=datetime.now(UTC),
        chance=random.Random(7),
        demonstration=False,
    )


@pytest.mark.parametrize("proposed", [PHONE, LINK], ids=["phone", "link"])
def test_a_small_change_is_on_the_list_at_once(session: Session, proposed: LabProfile) -> None:
    lab, edit = asked(session, proposed)
    assert run(session) == 1
    assert (edit.state, edit.undo_until, lab.profile) == ("approved", None, proposed)
    [mail] = session.scalars(select(OutboxMessage))
    assert (mail.kind, mail.due_at) == ("approved", mail.created_at)
    acts = session.scalars(select(AuditEvent).where(AuditEvent.action.in_(("approve", "publish")))).all()
    assert {(act.actor_kind, act.actor) for act in acts} == {("system", "small change")}
    assert versions.of(session, lab.id)[0].actor_kind == "system"
    assert session.scalars(select(Task)).all() == []
    assert run(session) == 0


def test_a_sample_is_looked_at_afterwards(session: Session) -> None:
    lab, edit = asked(session)
    assert run(session, sampled=1.0) == 1
    [task] = session.scalars(select(Task))
    assert (task.kind, task.lab_id, task.submission_id, task.closed_at) == ("sample", lab.id, edit.id, None)
    assert task.facts["changes"] == [["phone", LISTED.phone, PHONE.phone]]


def test_nothing_happens_unless_the_operator_wants_it(session: Session) -> None:
    lab, edit = asked(session)
    assert run(session, enabled=False) == 0
    assert (edit.state, lab.profile) == ("submitted", LISTED)


@pytest.mark.parametrize(
    "changes",
    [
        {"proposed": replace(PHONE, city="Macon")},
        {"proposed": LISTED},
        {"proposed": replace(LINK, offerings=(*LINK.offerings, an_offering(name="Another")))},
        {"flags": ["too_fast"]},
        {"note": "Please look at this."},
        {"base": replace(LISTED, website="").to_dict()},
        {"email": "stranger@lab.example"},
        {"submitted_at": datetime.now(UTC) - timedelta(hours=2)},
        {"held_until": datetime.now(UTC) + timedelta(days=2)},
        {"state": "in_review"},
    ],
    ids=["more", "nothing", "a test", "doubts", "a note", "moved", "stranger", "late", "on hold", "in review"],
)
def test_everything_else_waits_for_a_person(session: Session, changes: dict[str, Any]) -> None:
    lab, edit = asked(session, **changes)
    state = edit.state
    assert run(session) == 0
    assert (edit.state, lab.profile) == (state, LISTED)


@pytest.mark.parametrize("state", ["hidden", "disputed"])
def test_the_changes_of_a_doubted_entry_wait_for_a_person(session: Session, state: str) -> None:
    lab, _edit = asked(session)
    if state == "hidden":
        lab.hide(session, reason="wrong", now=datetime.now(UTC))
    else:
        lab.dispute(session, datetime.now(UTC))
    session.commit()
    assert run(session) == 0


def test_a_check_that_wants_a_look_gets_one(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    _lab, edit = asked(session)
    monkeypatch.setattr(small_edits, "warnings", lambda checks: 1)
    assert run(session) == 0
    assert edit.state == "submitted"


def test_what_a_moderator_has_open_is_theirs(session: Session, create_staff: Callable[..., str]) -> None:
    _lab, edit = asked(session)
    email = create_staff("moderator")
    session.rollback()
    user = session.scalars(select(User).where(User.email == email)).one()
    moment = datetime.now(UTC)
    lease = ReviewLease(submission_id=edit.id, user_id=user.id, taken_at=moment, until=moment + timedelta(minutes=15))
    session.add(lease)
    session.commit()
    assert run(session) == 0


def test_two_workers_publish_it_once(app: Flask, session: Session) -> None:
    lab, _edit = asked(session)
    lab_id = lab.id
    session.rollback()
    assert sorted(map(str, at_once(app, [run, run]))) == ["0", "1"]
    assert session.get_one(Lab, lab_id).profile == PHONE
    assert len(session.scalars(select(OutboxMessage)).all()) == 1
