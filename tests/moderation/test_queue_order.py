"""The queue's order, its filters, its search and its numbers: submissions, reports and tasks in one list."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.models import User
from registry.moderation.waiting import next_for
from registry.tasks import close_task, open_task
from tests.support.client import PageClient, page_of
from tests.support.factories import a_contact, a_profile, a_submission, publish
from tests.support.pages import Page
from tests.support.reports import a_report

Staff = Callable[..., PageClient]


def ago(hours: float) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)


def names(page: Page) -> list[str]:
    return [name.text for name in page.main.all("h2", class_="queue-name")]


def shown(client: PageClient, query: str = "") -> list[str]:
    return names(client.load(f"/staff/queue{query}"))


def test_care_counts_as_hours_waited(staff: Staff, session: Session) -> None:
    listed = publish(session, name="Claimed")
    closed = publish(session, name="Told to be closed")
    phone = publish(session, name="Told to have another phone")
    filed = publish(session, name="Ended by the file")
    overdue = publish(session, name="Not confirmed")
    a_submission(session, a_profile(name="Sent 30 hours ago"), now=ago(30))
    a_submission(session, LabProfile(), kind="claim", lab_id=listed.id, now=ago(7))
    asked = a_submission(session, a_profile(), state="superseded", now=ago(90))
    a_submission(session, a_profile(name="Revised"), revises_id=asked.id, now=ago(17))
    a_submission(session, a_profile(name="Perhaps a program"), flags=["too_fast"], now=ago(4))
    a_report(session, closed, kind="closed", now=ago(1))
    a_report(session, phone, kind="wrong_contact", now=ago(1))
    open_task(session, kind="cms", lab_id=filed.id, facts={}, now=ago(2))
    open_task(session, kind="overdue", lab_id=overdue.id, facts={}, now=ago(26))
    session.commit()
    assert shown(staff("moderator")) == [
        "Told to be closed",  # 1 + 72
        "Ended by the file",  # 2 + 48
        "Claimed",  # 7 + 24
        "Sent 30 hours ago",
        "Revised",  # 17 + 12
        "Perhaps a program",  # 4 + 24
        "Not confirmed",  # 26
        "Told to have another phone",  # 1 + 24
    ]


def test_what_waits_equally_stands_by_its_number(staff: Staff, session: Session) -> None:
    moment = ago(3)
    for number in range(3):
        a_submission(session, a_profile(name=f"Lab {number}"), now=moment)
    assert shown(staff("moderator")) == ["Lab 0", "Lab 1", "Lab 2"]


def _everything(session: Session) -> None:
    lab = publish(session, name="Listed", clia_number="11D0000055")
    a_contact(session, lab, email="desk@listed.example")
    a_submission(session, a_profile(name="New 100%_true"), now=ago(9), email="Sender@new.example")
    a_submission(session, a_profile(name="Changed"), kind="edit", lab_id=lab.id, now=ago(8), state="in_review")
    a_submission(session, LabProfile(), kind="claim", lab_id=lab.id, now=ago(1))
    a_submission(session, a_profile(name="Asked"), state="changes_requested")
    a_submission(session, a_profile(name="Turned down"), state="rejected")
    a_submission(
        session, a_profile(name="Resting"), held_until=ago(-30), held_by="eve@example.org", held_note="Called."
    )
    a_report(session, lab, email="nurse@clinic.example", kind="other", now=ago(6))
    a_report(session, publish(session, name="Repaired"), state="handled", handled_at=ago(1), handled_by="x@example.org")
    open_task(session, kind="overdue", lab_id=lab.id, facts={"due": "2026-01-02"}, now=ago(5))
    open_task(session, kind="bounced", lab_id=lab.id, facts={}, now=ago(4))
    close_task(session, kind="bounced", lab_id=lab.id, by="x@example.org", outcome="done", now=ago(2))
    session.commit()


def test_filters_are_in_the_address(staff: Staff, session: Session) -> None:
    _everything(session)
    client = staff("reader")
    everything = client.load("/staff/queue")
    assert sorted(names(everything)) == ["Changed", "Listed", "Listed", "Listed", "New 100%_true"]
    counts = {link.text.rpartition(" ")[0]: link.text.rpartition(" ")[2] for link in everything.all("a", class_="chip")}
    assert {
        "New entries": "1",
        "Changes": "1",
        "Claims": "1",
        "Reports": "1",
        "Not confirmed": "1",
    }.items() <= counts.items()
    both = client.load(everything.link("New entries 1"))
    both = client.load(both.link("Changes 1"))
    assert both.url == "/staff/queue?kind=new&kind=edit"
    assert names(both) == ["New 100%_true", "Changed"]
    assert [chip.text for chip in both.all("a", aria_current="true")] == ["New entries 1", "Changes 1"]
    assert names(client.load(both.link("New entries 1"))) == ["Changed"]
    assert names(client.load(both.link("In review 1"))) == ["Changed"]
    assert shown(client, "?state=changes_requested") == ["Asked"]
    resting = client.load("/staff/queue?state=on_hold")
    assert names(resting) == ["Resting"]
    assert "eve@example.org" in resting.main.text
    assert "Called." in resting.main.text
    assert sorted(shown(client, "?state=decided")) == ["Listed", "Repaired", "Turned down"]
    nothing = client.load("/staff/queue?kind=cms")
    assert names(nothing) == []
    assert nothing.link("Show everything") == "/staff/queue"
    navigation = everything.one("nav", aria_label="Site").one("ul", class_="staff-nav").text
    assert navigation.startswith("Queue 5")
    assert "Reports 1" in navigation
    assert not everything.all("input", type="checkbox", name="pick")


FOUND = (
    ("new 100%_", ["New 100%_true"]),
    ("%", ["New 100%_true"]),
    ("_", ["New 100%_true"]),
    ("sender@NEW.example", ["New 100%_true"]),
    ("11d-0000055", ["Changed", "Listed", "Listed", "Listed"]),
    ("listed", ["Changed", "Listed", "Listed", "Listed"]),
    ("nurse@clinic", ["Listed"]),
    ("desk@listed", ["Listed"]),
    ("' OR 1=1 --", []),
    ("\\", []),
)


def test_search_finds_by_what_is_known(staff: Staff, session: Session) -> None:
    _everything(session)
    client = staff("moderator")
    page = client.load("/staff/queue")
    for typed, found in FOUND:
        page = page_of(client.submit(page, button="Search", q=typed))
        assert sorted(names(page)) == found, typed


def test_search_keeps_the_filters_and_knows_numbers_and_accents(staff: Staff, session: Session) -> None:
    one = a_submission(session, a_profile(name="Laboratorio ÉCOLE"))
    a_submission(session, a_profile(name="Another"))
    client = staff("moderator")
    assert shown(client, f"?q=%23{one.id}") == ["Laboratorio ÉCOLE"]
    assert shown(client, "?q=école") == ["Laboratorio ÉCOLE"]
    filtered = client.load("/staff/queue?state=in_review&kind=new&mine=1")
    answer = client.submit(filtered, button="Search", q="x")
    assert answer.request.query_string.decode() == "state=in_review&kind=new&mine=1&q=x"


def test_what_cannot_be_asked_for_is_said(staff: Staff, session: Session) -> None:
    a_submission(session, a_profile(name="Waiting"))
    client = staff("moderator")
    for typed in ("\x00", "a\x00b", "\u202eevil", "x" * 101, "9" * 5000):
        answer = client.get("/staff/queue", query_string={"q": typed})
        assert answer.status_code == 422
        page = page_of(answer)
        assert page.one("input", id="q")["aria-invalid"] == "true"
        assert names(page) == ["Waiting"]
    for query in ("kind=everything", "kind=", "state=held", "kind=new&kind=x"):
        assert client.get(f"/staff/queue?{query}").status_code == 404
    assert shown(client, "?" + "kind=new&" * 900) == ["Waiting"]


def test_the_next_one_is_nobody_elses(session: Session, create_staff: Callable[..., str]) -> None:
    numbers = {}
    for email in ("ada@example.org", "eve@example.org"):
        create_staff("moderator", email)
        numbers[email] = session.scalars(select(User.id).where(User.email == email)).one()
        session.rollback()
    ada, eve = numbers["ada@example.org"], numbers["eve@example.org"]
    first, second, third, fourth = (a_submission(session, now=ago(hours)) for hours in (9, 8, 7, 6))
    now = datetime.now(UTC)
    assert next_for(session, ada, first.id, now) == second.id
    assert next_for(session, ada, fourth.id, now) == first.id
    first.state = "approved"
    second.state, second.reviewer_id = "in_review", eve
    third.held_until = now + timedelta(days=1)
    session.commit()
    assert next_for(session, ada, first.id, now) == fourth.id
    assert next_for(session, eve, first.id, now) == second.id
    assert next_for(session, ada, first.id, now + timedelta(days=2)) == third.id
    assert next_for(session, ada, fourth.id, now) is None


def test_a_task_is_read_and_settled(staff: Staff, session: Session) -> None:
    lab = publish(session, name="Listed")
    facts = {"finding": "closed", "certificate": "accreditation", "ends": "2026-02-01", "strange": ["a", "b"]}
    task = open_task(session, kind="cms", lab_id=lab.id, facts=facts, now=ago(5))
    session.commit()
    reader, client = staff("reader"), staff("moderator")
    assert not reader.load(f"/staff/tasks/{task.id}").main.all("button")
    page = client.load(client.load("/staff/queue").link("Listed"))
    for told in ("The laboratory is closed", "February 1, 2026", "a, b"):
        assert told in page.main.text
    answer = client.submit(page, button="Settled")
    assert "Settled." in answer.text
    assert names(page_of(answer)) == []
    client.submit(page, button="Nothing was needed")
    session.rollback()
    session.refresh(task)
    assert (task.outcome, task.closed_by) == ("done", "moderator@example.org")
    assert "Settled" in client.load(f"/staff/tasks/{task.id}").main.text
    assert client.get("/staff/tasks/999").status_code == 404
