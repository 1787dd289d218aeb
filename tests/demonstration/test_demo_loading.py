"""``demo load``: the demonstration appears whole, once, and repairs its staff account."""

import json
import stat
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_security import verify_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import Settings
from registry import demonstration
from registry.clia.queries import quarter, record
from registry.demonstration import ACCOUNT_FILE, STAFF_EMAIL, DemonstrationError, Loaded
from registry.domain.freshness import is_overdue
from registry.domain.text import slugify
from registry.domain.workflow import State
from registry.models import AuditEvent, CliaRecord, Lab, LabContact, LabOffering, OutboxMessage, Submission
from registry.models.account import User
from registry.models.base import Base
from registry.models.lab import DirectoryVersion
from tests.demonstration.conftest import NOW, Load
from tests.support.client import PageClient


@pytest.fixture
def database_rows(session: Session) -> Callable[[], dict[str, Any]]:
    """``database_rows()`` is everything in the database, by table."""

    def read() -> dict[str, Any]:
        session.rollback()
        return {table.name: sorted(map(repr, session.execute(select(table)))) for table in Base.metadata.sorted_tables}

    return read


@pytest.fixture
def may_sign_in(app: Flask, session: Session, account: Path) -> Callable[[], bool]:
    """``may_sign_in()`` is whether the kept password is the account's."""

    def verify() -> bool:
        session.rollback()
        kept = json.loads(account.read_text())
        user = session.scalars(select(User)).one()
        with app.app_context():
            return kept["email"] == user.email and bool(verify_password(kept["password"], user.password))

    return verify


@pytest.fixture
def account(settings: Settings) -> Path:
    """Where the staff account is kept."""
    return settings.instance / ACCOUNT_FILE


def test_loading_publishes_every_invented_laboratory(load_demo: Load, session: Session) -> None:
    loaded = load_demo()

    labs = session.scalars(select(Lab)).all()
    assert loaded == Loaded(labs=len(labs), submissions=17, staff_email=STAFF_EMAIL, created=True)
    assert len(labs) >= 260
    assert all(lab.demonstration and lab.state == "published" for lab in labs)
    assert all(lab.slug == slugify(lab.name) for lab in labs)
    assert session.scalar(select(func.count()).select_from(LabOffering)) == sum(
        len(lab.profile.offerings) for lab in labs
    )
    # The mailbox that stands on its page may sign in for it.
    speaking = session.execute(select(LabContact.lab_id, LabContact.email).where(LabContact.verified_at.is_not(None)))
    public = {(lab.id, lab.profile.public_email) for lab in labs if lab.profile.public_email}
    assert set(map(tuple, speaking)) == public
    assert len(labs) - len(public) == 1


def test_a_laboratory_stands_at_its_zip_with_its_history(load_demo: Load, session: Session) -> None:
    load_demo()

    for lab in session.scalars(select(Lab)):
        card = json.loads(lab.card)
        assert (card["lat"], card["lon"], card["slug"]) == (lab.lat, lab.lon, lab.slug)
        assert card["last_confirmed"] == lab.last_confirmed.isoformat()
        assert lab.published_at.date() <= lab.last_confirmed <= NOW.date()
        assert (lab.verification == "email_verified") is (lab.email_verified_at is not None)
    honolulu = session.scalars(select(Lab).where(Lab.name.contains("ʻUkulele"))).one()
    assert honolulu.lat == pytest.approx(19.7, abs=2.5)
    assert honolulu.lon == pytest.approx(-157, abs=3)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_confirmations_do_not_age_with_the_files(load_demo: Load, session: Session) -> None:
    later = NOW + timedelta(days=2000)
    load_demo(now=later)

    overdue = [is_overdue(day, later.date()) for day in session.scalars(select(Lab.last_confirmed))]
    assert 0 < sum(overdue) < len(overdue) / 10


def test_every_process_learns_of_the_laboratories(load_demo: Load, session: Session) -> None:
    before = session.scalars(select(DirectoryVersion.version)).one()
    session.rollback()

    load_demo()

    # The list, and the one laboratory that stands on it twice.
    assert session.scalars(select(DirectoryVersion.version)).one() == before + 2
    assert set(session.scalars(select(Lab.version))) == {before + 1, before + 2}


def test_the_queue_waits_with_its_whole_history(load_demo: Load, session: Session) -> None:
    load_demo()

    submissions = session.scalars(select(Submission).where(Submission.kind == "new")).all()
    reviewer = session.scalars(select(User)).one()
    for submission in submissions:
        audit = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.subject_type == "submission", AuditEvent.subject_id == submission.id)
            .order_by(AuditEvent.id)
        ).all()
        times = [submission.created_at, *(row.at for row in audit)]
        assert times == sorted(times)
        assert times[-1] < NOW
        assert audit[-1].after is not None
        assert audit[-1].after["state"] == submission.state
        assert submission.submitted_at == submission.email_verified_at == audit[1].at
        decided = submission.status not in {State.SUBMITTED}
        assert submission.reviewer_id == (reviewer.id if decided else None)
    ages = sorted(NOW - submission.submitted_at for submission in submissions if submission.submitted_at)
    assert ages[0] < timedelta(hours=3)
    assert ages[-1] > timedelta(days=14)
    asked = next(row for row in submissions if row.status is State.CHANGES_REQUESTED)
    assert asked.message
    assert session.scalars(select(OutboxMessage)).one().submission_id == asked.id


def test_a_second_call_changes_nothing(
    load_demo: Load, database_rows: Callable[[], dict[str, Any]], account: Path
) -> None:
    first = load_demo()
    rows, kept = database_rows(), account.read_bytes()

    second = load_demo(now=NOW + timedelta(days=3))

    assert second == Loaded(first.labs, first.submissions, STAFF_EMAIL, created=False)
    assert database_rows() == rows
    assert account.read_bytes() == kept


def test_what_people_did_meanwhile_stays(load_demo: Load, session: Session) -> None:
    load_demo()
    lab = session.scalars(select(Lab).limit(1)).one()
    lab.state = "withdrawn"
    submission = session.scalars(select(Submission).where(Submission.state == "submitted").limit(1)).one()
    submission.state = "rejected"
    session.commit()

    assert not load_demo().created
    session.rollback()
    assert (lab.state, submission.state) == ("withdrawn", "rejected")


def test_what_is_missing_comes_back(load_demo: Load, session: Session) -> None:
    load_demo()
    lab = session.scalars(select(Lab).order_by(Lab.id).offset(100).limit(1)).one()
    name, slug = lab.name, lab.slug
    session.delete(lab)
    session.commit()

    assert load_demo().created
    assert session.scalars(select(Lab.name).where(Lab.slug == slug)).one() == name


def test_the_account_signs_in_and_may_moderate(
    load_demo: Load, account: Path, client: PageClient, session: Session
) -> None:
    load_demo()
    kept = json.loads(account.read_text())

    assert {role.name for role in session.scalars(select(User)).one().roles} == {"admin", "moderator"}
    answer = client.submit(client.load("/staff/login"), email=kept["email"], password=kept["password"])
    assert answer.status_code in {200, 303}
    with client.session_transaction() as cookie:
        assert "_user_id" in cookie


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_password_is_readable_by_its_owner_alone_and_differs_between_instances(
    load_demo: Load, account: Path, tmp_path: Path
) -> None:
    load_demo()
    load_demo(instance=tmp_path / "other")

    other = tmp_path / "other" / ACCOUNT_FILE
    assert stat.S_IMODE(account.stat().st_mode) == 0o600
    assert json.loads(account.read_text())["password"] != json.loads(other.read_text())["password"]


def test_an_account_without_its_file_gets_a_new_password(
    load_demo: Load, account: Path, session: Session, may_sign_in: Callable[[], bool]
) -> None:
    load_demo()
    before = session.scalars(select(User.fs_uniquifier)).one()
    account.unlink()

    assert load_demo().created
    assert may_sign_in()
    assert session.scalars(select(User.fs_uniquifier)).one() != before


def test_a_file_without_its_account_gives_the_account_its_password(
    load_demo: Load, account: Path, may_sign_in: Callable[[], bool]
) -> None:
    kept = json.dumps({"email": STAFF_EMAIL, "password": "kept from an earlier run"})
    account.parent.mkdir(parents=True, exist_ok=True)
    account.write_text(kept)

    load_demo()

    assert account.read_text() == kept
    assert may_sign_in()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_damaged_file_is_made_again(load_demo: Load, account: Path, may_sign_in: Callable[[], bool]) -> None:
    load_demo()

    for text in (
        "",
        "not JSON",
        "[]",
        "{}",
        '{"email": "other@example.org", "password": "long enough to be one"}',
    ):
        account.write_text(text)
        assert load_demo().created, text
        assert may_sign_in()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_folder_that_cannot_be_written_is_said_clearly(load_demo: Load, tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")

    with pytest.raises(DemonstrationError, match="staff account cannot be kept"):
        load_demo(instance=blocked)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_unreadable_seed_data_are_said_clearly(
    load_demo: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demonstration, "LABS_FILE", tmp_path / "demo_labs.json")

    with pytest.raises(DemonstrationError, match="python -m seed_data"):
        load_demo()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_loading_again_takes_no_time(load_demo: Load) -> None:
    load_demo()
    began = time.process_time()

    load_demo()

    # Every start of the demonstration pays for it.
    assert time.process_time() - began < 0.5


def test_loading_files_the_invented_records_of_cms(load_demo: Load, session: Session) -> None:
    load_demo()

    known = quarter(session)
    assert known is not None
    assert (known.label, known.rows_refused) == ("2026-Q3", 0)
    assert known.rows_loaded == session.scalar(select(func.count()).select_from(CliaRecord))
    assert record(session, "00D0800001") is not None
