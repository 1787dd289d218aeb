"""The audit is only ever added to, and each of its rows is chained to the one before."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from registry import auditing
from registry.domain.chain import BEGINNING, link
from registry.extensions import begin_writing
from registry.links import Purpose, issue
from registry.models import AuditEvent, AuditHead, AuditSeal
from registry.web import now
from tests.support.audit import unprotect
from tests.support.client import PageClient
from tests.support.factories import a_submission

NOW = datetime(2026, 11, 16, 15, 0, 0, 123456, tzinfo=UTC)


def _event(number: int = 1, **changes: object) -> AuditEvent:
    told = {
        "at": NOW,
        "actor_kind": "staff",
        "actor": "ada@example.org",
        "action": "publish",
        "subject_type": "lab",
        "subject_id": number,
        "before": None,
        "after": {"name": "Añadido مختبر", "number": number, "share": 0.5, "list": [1, None, True]},
    }
    return AuditEvent(**(told | changes))


def _add(session: Session, *events: AuditEvent) -> None:
    begin_writing(session)
    session.add_all(events)
    session.commit()


def test_rows_are_chained_in_the_order_of_their_commits(session: Session) -> None:
    for number in range(1, 6):
        _add(session, _event(number), _event(number, action="confirm"))

    verdict = auditing.verify(session)

    assert (verdict.rows, verdict.faults) == (10, ())
    seals = session.execute(sa.select(AuditSeal.position).order_by(AuditSeal.position)).scalars().all()
    assert seals == list(range(1, 11))
    assert verdict.end == auditing.End(10, session.get_one(AuditHead, 1).hash)


def test_an_empty_audit_is_whole(session: Session) -> None:
    assert auditing.verify(session) == auditing.Verdict(0, auditing.End(0, BEGINNING), ())


@pytest.mark.parametrize("table", ["audit_event", "audit_seal"])
@pytest.mark.parametrize("act", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_remove_a_row(session: Session, table: str, act: str) -> None:
    _add(session, _event())
    column, value = {"audit_event": ("actor", "'nobody'"), "audit_seal": ("position", "7")}[table]

    with pytest.raises(DBAPIError, match="only ever added to"):
        session.execute(sa.text(act.format(table, column, value)))
    session.rollback()

    assert auditing.verify(session).faults == ()


@pytest.mark.parametrize("act", ["DELETE FROM audit_head", "UPDATE audit_head SET position = 0"])
def test_the_kept_end_neither_goes_nor_goes_back(session: Session, act: str) -> None:
    _add(session, _event())

    with pytest.raises(DBAPIError, match="only ever added to"):
        session.execute(sa.text(act))


def test_a_whole_table_cannot_be_emptied(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite knows no TRUNCATE")
    _add(session, _event())

    with pytest.raises(DBAPIError, match="only ever added to"):
        session.execute(sa.text("TRUNCATE audit_event CASCADE"))


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit_event SET actor = 'nobody@example.org' WHERE subject_id = 2", "at position 2 is not what was"),
        ("UPDATE audit_event SET origin = '192.0.2.1' WHERE subject_id = 2", "at position 2 is not what was"),
        ("DELETE FROM audit_seal WHERE position = 2", "lacks 1 rows after position 1"),
        ("DELETE FROM audit_seal WHERE position = 4", "the end of the audit is not the one"),
        ("UPDATE audit_seal SET hash = 'x' WHERE position = 4", "at position 4 is not what was"),
        ("INSERT INTO audit_event SELECT 99, at, actor_kind, actor, action, subject_type, 9, before, after, note, "
         "origin FROM audit_event WHERE subject_id = 1", "1 events were never chained"),
    ],
)  # fmt: skip
def test_what_an_insider_changes_is_seen(session: Session, statement: str, fault: str) -> None:
    for number in range(1, 5):
        _add(session, _event(number))
    unprotect(session)

    session.execute(sa.text(statement))
    session.commit()

    assert any(fault in told for told in auditing.verify(session).faults)


def test_a_chain_made_anew_is_seen_by_whoever_noted_its_end(session: Session) -> None:
    for number in range(1, 4):
        _add(session, _event(number))
    noted = auditing.verify(session).end
    unprotect(session)
    # The insider takes the last row away and writes another one with a right hash.
    session.execute(sa.text("DELETE FROM audit_seal WHERE position = 3"))
    session.execute(sa.text("DELETE FROM audit_event WHERE subject_id = 3"))
    kept = session.scalars(sa.select(AuditSeal).where(AuditSeal.position == 2)).one()
    session.execute(sa.text("UPDATE audit_head SET position = 2, hash = :hash"), {"hash": kept.hash})
    session.commit()
    _add(session, _event(7))

    assert auditing.verify(session).faults == ()
    assert auditing.verify(session, noted=noted).faults == ("position 3 does not have the hash that was noted",)


def test_a_savepoint_that_is_rolled_back_leaves_no_gap(session: Session) -> None:
    begin_writing(session)
    session.add(_event(1))
    savepoint = session.begin_nested()
    session.add(_event(2))
    session.flush()
    savepoint.rollback()
    with session.begin_nested():
        session.add(_event(3))
    session.commit()

    verdict = auditing.verify(session)
    assert (verdict.rows, verdict.faults) == (2, ())


def test_a_transaction_that_is_rolled_back_leaves_nothing(session: Session) -> None:
    begin_writing(session)
    session.add(_event(1))
    session.flush()
    session.rollback()
    _add(session, _event(2))

    verdict = auditing.verify(session)
    assert (verdict.rows, verdict.faults) == (1, ())


def test_many_at_once_make_one_chain(app: Flask, session: Session) -> None:
    engine = session.get_bind()
    start = threading.Barrier(4)

    def add_many(first: int) -> None:
        start.wait()
        with Session(engine) as own:
            for number in range(10):
                _add(own, _event(first + number), _event(first + number))

    threads = [threading.Thread(target=add_many, args=(100 * place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    verdict = auditing.verify(session)
    assert (verdict.rows, verdict.faults) == (80, ())


def test_what_is_older_than_the_chain_is_chained_by_the_upgrade(app: Flask, session: Session) -> None:
    begin_writing(session)
    session.execute(sa.insert(AuditEvent), [{"at": NOW, "actor_kind": "system", "actor": "old", "action": "publish",
        "subject_type": "lab", "subject_id": 1, "before": None, "after": None, "note": ""}] * 3)  # fmt: skip
    session.commit()
    assert auditing.verify(session).faults == ("3 events were never chained",)

    told = app.test_cli_runner().invoke(args=["db", "upgrade"]).output

    assert "Chained 3 older acts" in told
    session.rollback()
    assert auditing.verify(session).faults == ()


def test_check_says_whether_the_audit_is_whole(app: Flask, session: Session) -> None:
    _add(session, _event())
    runner = app.test_cli_runner()

    whole = runner.invoke(args=["check"])
    assert "machine: " in whole.output, (whole.output, whole.exception)
    end = whole.output.partition("machine: ")[2].split()[0]
    again = runner.invoke(args=["check", "--audit-end", end])
    other = runner.invoke(args=["check", "--audit-end", f"1:{'0' * 64}"])
    nonsense = runner.invoke(args=["check", "--audit-end", "yesterday"])

    assert whole.exit_code == 0, whole.output
    assert whole.exit_code == again.exit_code == 0
    assert "1 rows" in whole.output
    assert other.exit_code == 1
    assert "does not have the hash that was noted" in other.output
    assert nonsense.exit_code == 2


def test_an_act_says_from_where_it_came(app: Flask, staff: Callable[..., PageClient], session: Session) -> None:
    sent, proved = a_submission(session), a_submission(session, state="awaiting_email")
    token = issue(
        session, purpose=Purpose.CONFIRM_EMAIL, submission_id=proved.id, email=proved.contact_email, now=now()
    )
    session.commit()
    moderator, laboratory = staff("moderator"), app.test_client()
    for browser, address in ((moderator, "192.0.2.77"), (laboratory, "2001:db8:1:2:3::77")):
        browser.environ_base["REMOTE_ADDR"] = address

    moderator.submit(moderator.load(f"/staff/submissions/{sent.id}"), button="Keep it as mine")
    laboratory.submit(laboratory.load(f"/links/{token}"))

    session.rollback()
    told = session.execute(sa.select(AuditEvent.action, AuditEvent.origin).order_by(AuditEvent.id)).all()
    assert [tuple(row) for row in told] == [("start_review", "192.0.2.77"), ("confirm_email", "2001:db8:1::/48")]


def test_the_rule_of_the_chain_never_changes() -> None:
    told = {"id": 1, "at": NOW, "note": "ñ", "after": {"b": 1, "a": [None]}}

    assert link(BEGINNING, 1, told) == "dec0b9dec29beb9466b02804515926dfd5b8584d5241ebb2486d7482005a1f64"
