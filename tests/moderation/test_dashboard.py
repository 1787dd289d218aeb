"""The dashboard counts what waits, how long decisions took, and how old the entries are."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from registry.moderation.dashboard import dashboard
from registry.tasks import open_task
from tests.support.client import PageClient
from tests.support.factories import a_submission, publish
from tests.support.reports import a_report

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
"""A Wednesday."""


def decided(session: Session, state: str, *, ago: timedelta, lasted: timedelta) -> None:
    moment = NOW - ago
    a_submission(session, state=state, now=moment, submitted_at=moment - lasted, decided_at=moment)


def test_what_waits_is_counted_by_kind_with_its_oldest(session: Session) -> None:
    lab = publish(session)
    a_submission(session, now=NOW - timedelta(days=2))
    a_submission(session, state="in_review", now=NOW - timedelta(days=5))
    a_submission(session, state="rejected", now=NOW)
    a_submission(session, kind="claim", lab_id=lab.id, now=NOW)
    a_report(session, lab, now=NOW - timedelta(days=1))
    a_report(session, lab, now=NOW, state="handled", handled_at=NOW)
    open_task(session, kind="cms", lab_id=lab.id, facts={}, now=NOW)
    session.commit()

    board = dashboard(session, now=NOW)

    waiting = {(row.source, row.kind): (row.number, row.oldest) for row in board.waiting if row.number}
    assert waiting == {
        ("submission", "new"): (2, NOW - timedelta(days=5)),
        ("submission", "claim"): (1, NOW),
        ("report", "report"): (1, NOW - timedelta(days=1)),
        ("task", "cms"): (1, NOW),
    }
    assert [board.number_of(source) for source in ("submission", "report", "task")] == [3, 1, 1]


def test_the_median_is_that_of_each_period(session: Session) -> None:
    for hours in (1, 3, 50):
        decided(session, "approved", ago=timedelta(days=hours), lasted=timedelta(hours=hours))
    decided(session, "rejected", ago=timedelta(days=20), lasted=timedelta(hours=5))
    decided(session, "approved", ago=timedelta(days=91), lasted=timedelta(hours=99))

    speeds = {speed.days: (speed.decided, speed.median) for speed in dashboard(session, now=NOW).speeds}

    assert speeds == {30: (3, timedelta(hours=3)), 90: (4, timedelta(hours=4))}


def test_without_decisions_there_is_no_median(session: Session) -> None:
    assert [speed.median for speed in dashboard(session, now=NOW).speeds] == [None, None]


def test_entries_are_counted_by_age(session: Session) -> None:
    for days in (0, 334, 335, 365, 366, 500):
        publish(session, now=NOW - timedelta(days=days))
    hidden, left, doubted = (publish(session, now=NOW) for _ in range(3))
    hidden.hide(session, reason="closed", now=NOW)
    left.state = "withdrawn"
    doubted.dispute(session, NOW)
    session.commit()

    board = dashboard(session, now=NOW)

    assert board.ages == {"current": 3, "due": 2, "overdue": 2, "hidden": 1}
    assert (board.entries, board.disputed) == (7, 1)


def test_decisions_are_counted_by_week_and_outcome(session: Session) -> None:
    of_days = {"approved": (0, 2), "changes_requested": (3,), "superseded": (8,), "rejected": (8,)}
    for state, days in ((state, days) for state, several in of_days.items() for days in several):
        decided(session, state, ago=timedelta(days=days), lasted=timedelta(hours=1))
    decided(session, "approved", ago=timedelta(weeks=26), lasted=timedelta(hours=1))

    weeks = dashboard(session, now=NOW).weeks

    assert (len(weeks), weeks[-1].begins.isoformat(), weeks[0].begins.isoformat()) == (26, "2026-11-16", "2026-05-25")
    assert [(week.approved, week.sent_back, week.rejected) for week in weeks[-2:]] == [(0, 2, 1), (2, 0, 0)]
    assert sum(week.total for week in weeks[:-2]) == 0


def test_the_page_says_each_chart_in_words_and_as_a_table(session: Session, staff: Callable[..., PageClient]) -> None:
    moment = datetime.now(UTC)
    a_submission(session, state="approved", now=moment, submitted_at=moment - timedelta(hours=3))
    a_report(session)
    client = staff("reader")

    page = client.load("/staff/dashboard")

    assert "3 hours" in page.main.text
    assert "1 report is open" in page.main.text
    assert "1 decision in the last 26 weeks." in page.main.text
    tables = [[cell.text for cell in table.one("tbody").all("tr")[0].all("th", "td")] for table in page.all("table")]
    assert tables[1] == ["Confirmed", "1"]
    assert tables[2][1:] == ["1", "0", "0", "1"]
    chart = page.one("svg", class_="columns-chart")
    assert page.one("figcaption", id=chart["aria-labelledby"]).text.startswith("1 decision")


def test_an_empty_registry_has_a_dashboard(staff: Callable[..., PageClient]) -> None:
    assert "Nothing waits." in staff("admin").load("/staff/dashboard").main.text


def test_outreach_has_no_dashboard(staff: Callable[..., PageClient]) -> None:
    assert staff("outreach").get("/staff/dashboard").status_code == 403
