"""When the CMS file speaks against a laboratory: a task and a mail, once; a person decides, and the file may relent."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from registry.models import CliaQuarter, CliaRecord, JobMark, OutboxMessage, Task
from registry.moderation import cms_flags
from registry.web import now
from tests.manage.people import KIM, ROBIN, a_lab, contact_of
from tests.moderation.test_races import at_once
from tests.support.cms import a_record, file_away

NUMBER = "00D0099001"
"""In another range than those of the factories."""

TODAY = date(2026, 11, 16)
CLOSED = {"program_status": "closed", "program_code": "01", "expires_or_terminated": date(2026, 5, 1)}

Flags = Callable[[], list[str]]


@pytest.fixture
def flags(session: Session, clock: time_machine.Traveller) -> Flags:
    """The worker compares all; to whom new mails go."""

    def run() -> list[str]:
        session.rollback()
        known = set(session.scalars(select(OutboxMessage.id)))
        while cms_flags.flag_due(session, now=now()):
            session.commit()
        session.commit()
        new = select(OutboxMessage.recipient).where(OutboxMessage.id.not_in(known), OutboxMessage.kind == "cms_says")
        return sorted(session.scalars(new))

    return run


def file_of(session: Session, quarter: str, *records: CliaRecord, read_on: datetime | None = None) -> None:
    """Put *records* in the place of the file before."""
    session.execute(delete(CliaRecord))
    file_away(session, *records, quarter=quarter)
    if read_on is not None:
        session.get_one(CliaQuarter, 1).loaded_at = read_on
        session.commit()


def tasks(session: Session) -> list[Task]:
    session.rollback()
    return list(session.scalars(select(Task).where(Task.kind == "cms").order_by(Task.id)))


def test_without_a_file_nothing_is_compared(session: Session, flags: Flags) -> None:
    a_lab(session, clia_number=NUMBER)
    assert flags() == []
    assert session.get(JobMark, cms_flags.MARK) is None


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        (CLOSED, "closed"),
        ({"program_status": "terminated", "program_code": "08"}, "terminated"),
        ({"expires_or_terminated": date(2026, 8, 2)}, "expired"),
        ({}, ""),
        ({"expires_or_terminated": None}, ""),
        ({"expires_or_terminated": TODAY}, ""),
        ({"program_status": "unknown"}, ""),
    ],
)
def test_what_speaks_against_a_laboratory(
    session: Session, flags: Flags, changes: dict[str, Any], finding: str
) -> None:
    lab = a_lab(session, ROBIN, KIM, clia_number=NUMBER)
    file_of(session, "2026-Q2", a_record(NUMBER, **changes))
    assert flags() == ([KIM, ROBIN] if finding else [])
    assert [(task.lab_id, task.facts["finding"], task.facts["quarter"]) for task in tasks(session)] == (
        [(lab.id, finding, "2026-Q2")] if finding else []
    )
    assert lab.state == "published"


def test_the_mail_says_what_the_file_says_and_that_nothing_was_hidden(
    session: Session, flags: Flags, outbox: Any
) -> None:
    lab = a_lab(session, ROBIN, clia_number=NUMBER)
    file_of(session, "2026-Q2", a_record(NUMBER, expires_or_terminated=date(2026, 8, 2)))
    assert flags() == [ROBIN]
    letter = outbox.one(ROBIN)
    for words in ("2026-Q2", NUMBER, "August 2, 2026", "hidden nothing", f"/manage/labs/{lab.slug}"):
        assert words in letter.text
    assert "write to registry@example.org" in letter.text


def test_told_once_and_closed_when_the_next_file_relents(
    session: Session, flags: Flags, clock: time_machine.Traveller
) -> None:
    a_lab(session, ROBIN, clia_number=NUMBER)
    file_of(session, "2026-Q2", a_record(NUMBER, **CLOSED))
    assert flags() == [ROBIN]
    clock.shift(timedelta(days=1))
    assert flags() == []
    file_of(session, "2026-Q3", a_record(NUMBER, **CLOSED))
    assert flags() == []
    [task] = tasks(session)
    assert (task.facts["quarter"], task.closed_at) == ("2026-Q3", None)
    file_of(session, "2026-Q4", a_record(NUMBER, expires_or_terminated=date(2028, 1, 1)))
    assert flags() == []
    [task] = tasks(session)
    assert (task.outcome, task.closed_by) == ("settled", "CMS file 2026-Q4")


def test_what_a_person_settled_is_not_asked_again_until_the_file_says_something_else(
    session: Session, flags: Flags, clock: time_machine.Traveller
) -> None:
    a_lab(session, ROBIN, clia_number=NUMBER)
    file_of(session, "2026-Q2", a_record(NUMBER, **CLOSED))
    flags()
    [task] = tasks(session)
    task.closed_at, task.closed_by, task.outcome = now(), "kim@example.org", "kept"
    session.commit()
    file_of(session, "2026-Q3", a_record(NUMBER, **CLOSED))
    assert flags() == []
    assert len(tasks(session)) == 1
    file_of(session, "2026-Q4", a_record(NUMBER, program_status="terminated", program_code="02"))
    assert flags() == [ROBIN]
    assert len(tasks(session)) == 2


def test_a_certificate_that_runs_out_between_two_files_troubles_staff_alone(
    session: Session, flags: Flags, clock: time_machine.Traveller
) -> None:
    a_lab(session, ROBIN, clia_number=NUMBER)
    ends = date(2026, 11, 20)
    file_of(session, "2026-Q2", a_record(NUMBER, expires_or_terminated=ends), read_on=datetime(2026, 11, 1, tzinfo=UTC))
    assert flags() == []
    clock.shift(timedelta(days=4))
    assert flags() == []
    assert tasks(session) == []
    clock.shift(timedelta(days=1))
    assert flags() == []
    [task] = tasks(session)
    assert (task.facts["finding"], task.facts["since_the_file"]) == ("expired", True)
    # The next file still says so: now the laboratory is told.
    clock.shift(timedelta(days=60))
    file_of(session, "2026-Q3", a_record(NUMBER, expires_or_terminated=ends), read_on=now())
    assert flags() == [ROBIN]
    [task] = tasks(session)
    assert task.facts["since_the_file"] is False


def test_who_left_or_is_not_in_the_file_is_not_flagged(session: Session, flags: Flags) -> None:
    a_lab(session, ROBIN, clia_number=NUMBER).state = "withdrawn"
    a_lab(session, KIM)
    a_lab(session, "none@laboratory.example", clia_number="", clia_absence_reason="pending")
    session.commit()
    file_of(session, "2026-Q2", a_record(NUMBER, **CLOSED))
    assert flags() == []
    assert tasks(session) == []


def test_a_laboratory_that_leaves_closes_its_task_and_one_not_in_the_file_keeps_it(
    session: Session, flags: Flags, clock: time_machine.Traveller
) -> None:
    leaves, stays = a_lab(session, ROBIN, clia_number=NUMBER), a_lab(session, KIM, clia_number="00D0099002")
    file_of(session, "2026-Q2", *(a_record(lab.clia_number, **CLOSED) for lab in (leaves, stays)))
    assert flags() == [KIM, ROBIN]
    leaves.state = "withdrawn"
    session.commit()
    file_of(session, "2026-Q3", a_record("00D0099003"))
    flags()
    assert {task.lab_id: task.closed_at is None for task in tasks(session)} == {leaves.id: False, stays.id: True}


def test_a_mailbox_that_takes_no_mail_gets_none(session: Session, flags: Flags) -> None:
    a_lab(session, ROBIN, clia_number=NUMBER)
    contact_of(session, ROBIN).bounced_at = now()
    session.commit()
    file_of(session, "2026-Q2", a_record(NUMBER, **CLOSED))
    assert flags() == []
    assert len(tasks(session)) == 1


def test_it_goes_on_where_it_stopped(
    session: Session, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cms_flags, "AT_ONCE", 2)
    labs = [a_lab(session, f"lab-{n}@laboratory.example", clia_number=f"00D009910{n}") for n in range(5)]
    file_of(session, "2026-Q2", *(a_record(lab.clia_number, **CLOSED) for lab in labs))
    looked = []
    for _ in range(4):
        looked.append(cms_flags.flag_due(session, now=now()))
        session.commit()
    assert looked == [2, 2, 1, 0]
    assert len(tasks(session)) == 5
    # A part of which nothing was committed is done again.
    clock.shift(timedelta(days=1))
    assert cms_flags.flag_due(session, now=now()) == 2
    session.rollback()
    assert cms_flags.flag_due(session, now=now()) == 2


def test_a_clock_that_is_put_back_compares_nothing_twice(
    session: Session, flags: Flags, clock: time_machine.Traveller
) -> None:
    a_lab(session, ROBIN, clia_number=NUMBER)
    file_of(session, "2026-Q2", a_record(NUMBER, **CLOSED))
    assert flags() == [ROBIN]
    clock.shift(timedelta(days=-1))
    assert cms_flags.flag_due(session, now=now()) == 0


def test_two_workers_flag_it_once(app: Flask, session: Session, clock: time_machine.Traveller, flags: Flags) -> None:
    a_lab(session, ROBIN, clia_number=NUMBER)
    file_of(session, "2026-Q2", a_record(NUMBER))
    flags()
    file_of(session, "2026-Q3", a_record(NUMBER, **CLOSED))
    session.rollback()
    results = at_once(app, [lambda own: cms_flags.flag_due(own, now=now())] * 2)
    assert sorted(results, key=str) == [0, 1], results
    assert len(tasks(session)) == 1
    assert len(session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "cms_says")).all()) == 1
