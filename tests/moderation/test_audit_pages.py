"""The audit is browsed, filtered and saved as a file by those who may."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.domain.chain import BEGINNING, link
from registry.models import AuditEvent, Lab, StaffSession, User
from registry.moderation import audit_reading
from registry.moderation.audit_reading import Wanted
from tests.support.client import PageClient, page_of
from tests.support.factories import a_submission, publish
from tests.support.pages import Page
from tests.support.reports import a_report

Staff = Callable[..., PageClient]
NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)


def an_act(session: Session, action: str = "publish", **changes: Any) -> AuditEvent:
    """An act upon laboratory 1 by a moderator at ``NOW``, with *changes*. Commits."""
    values: dict[str, Any] = {
        "at": NOW,
        "actor_kind": "staff",
        "actor": "moderator@example.org",
        "action": action,
        "subject_type": "lab",
        "subject_id": 1,
        "before": None,
        "after": {"day": "2026-11-16"},
        **changes,
    }
    event = AuditEvent(**values)
    session.add(event)
    session.commit()
    return event


def shown(page: Page) -> list[str]:
    """The acts on the page, in order."""
    return [item.one("strong").text for item in page.main.one("ol").all("li") if item.get("class") == ""]


def test_each_act_says_who_what_when_and_from_where(session: Session, staff: Staff) -> None:
    lab = publish(session, name="Gray Heron Laboratory")
    an_act(
        session, "dispute", subject_id=lab.id, after={"disputed": True}, before={"disputed": False}, origin="192.0.2.7"
    )

    page = staff("reader").load(f"/staff/audit?about={lab.slug}")

    (item,) = page.main.one("ol").all("li")
    for words in ("Marked as disputed", "Gray Heron Laboratory", "moderator@example.org", "192.0.2.7", "place 1 in"):
        assert words in item.text
    row = item.one("tbody").one("tr")
    assert [cell.text for cell in row.all("th", "td")] == ["Disputed", "no", "yes"]
    assert len(item.one("span", class_="hash").text) == 64


def test_what_strangers_wrote_is_text(session: Session, staff: Staff) -> None:
    an_act(session, actor="<b>x</b>@example.org", after={"email": "<script>alert(1)</script>"}, note="<i>n</i>")

    page = staff("moderator").load("/staff/audit?action=publish")

    assert "<script>alert(1)</script>" in page.main.text
    assert "<b>x</b>@example.org" in page.main.text


@pytest.fixture
def story(session: Session) -> Lab:
    """A laboratory with acts upon it, its submission and its report; others beside it."""
    lab = publish(session, name="Gray Heron Laboratory", slug="gray-heron")
    sent = a_submission(session, lab_id=lab.id, kind="edit")
    told = a_report(session, lab)
    an_act(session, "publish", subject_id=lab.id, at=NOW - timedelta(days=3))
    an_act(session, "reject", subject_type="submission", subject_id=sent.id, actor="other@example.org")
    an_act(session, "close_report", subject_type="report", subject_id=told.id, at=NOW + timedelta(days=1))
    an_act(session, "leave", subject_id=lab.id + 1000, actor_kind="laboratory", actor="lab@heron.example")
    an_act(session, "import", subject_type="clia_quarter", actor_kind="system", actor="import-clia")
    return lab


@pytest.mark.parametrize(
    ("wanted", "acts"),
    [
        (Wanted(), ["import", "leave", "close_report", "reject", "publish"]),
        (Wanted(actor="OTHER@"), ["reject"]),
        (Wanted(actor="%"), []),
        (Wanted(action="leave"), ["leave"]),
        (Wanted(subject="report"), ["close_report"]),
        (Wanted(about="gray-heron"), ["close_report", "reject", "publish"]),
        (Wanted(about="Gray her"), ["close_report", "reject", "publish"]),
        (Wanted(about="nobody"), []),
        (Wanted(subject="lab", about="gray-heron"), ["close_report", "reject", "publish"]),
        (Wanted(subject="audit", about="gray-heron"), []),
        (Wanted(subject="submission", about="9" * 60), []),
        (Wanted(since=NOW.date()), ["import", "leave", "close_report", "reject"]),
        (Wanted(until=NOW.date()), ["import", "leave", "reject", "publish"]),
        (Wanted(since=NOW.date(), until=NOW.date(), actor="lab@heron.example"), ["leave"]),
    ],
)
def test_filters_choose(session: Session, story: Lab, wanted: Wanted, acts: list[str]) -> None:
    page = audit_reading.audit_page(session, wanted)

    assert [row.event.action for row in page.rows] == acts
    assert audit_reading.count(session, wanted) == len(acts)


def test_a_submission_is_found_by_its_number_and_a_colleague_by_the_address(
    session: Session, story: Lab, staff: Staff
) -> None:
    client = staff("moderator")
    number = session.scalar(sa.select(AuditEvent.subject_id).where(AuditEvent.action == "reject"))
    member = session.scalar(sa.select(User.id))
    an_act(session, "change_role", subject_type="staff", subject_id=member)

    found = client.load(f"/staff/audit?subject=submission&about={number}")
    about = client.load("/staff/audit?about=moderator@")

    assert shown(found) == ["Rejected"]
    assert shown(about)[0] == "Role changed"


def test_what_is_wrong_in_a_filter_is_told_at_its_field(session: Session, story: Lab, staff: Staff) -> None:
    client = staff("moderator")

    typed = client.load("/staff/audit?since=yesterday&actor=other", status=422)
    turned = client.load("/staff/audit?since=2026-11-16&until=2026-11-15", status=422)

    assert "Write a day like 2026-11-16." in typed.errors()["since"]
    assert typed.one("input", name="since")["value"] == "yesterday"
    assert shown(typed) == ["Rejected"]
    assert "The last day lies before the first." in turned.errors()["until"]
    for query in ("before=x", "before=99999999999999999999", "after=0", "action=unknown", "about=%00"):
        assert client.get(f"/staff/audit?{query}").status_code in {200, 422}


def test_pages_lead_to_older_and_newer_acts(session: Session, staff: Staff) -> None:
    for number in range(2 * audit_reading.PAGE_SIZE + 1):
        session.add(
            AuditEvent(
                at=NOW,
                actor_kind="system",
                actor="job",
                action="import",
                subject_type="clia_quarter",
                subject_id=number + 1,
            )
        )
    session.commit()
    client = staff("moderator")

    def numbers(page: Page) -> list[int]:
        return [int(item.all("p")[0].text.rpartition(" ")[2]) for item in page.main.one("ol").all("li")]

    first = client.load("/staff/audit?action=import")
    second = client.load(first.link("Older"))
    third = client.load(second.link("Older"))
    back = client.load(third.link("Newer"))

    assert (numbers(first)[0], numbers(second)[0], numbers(third)) == (101, 51, [1])
    assert numbers(back) == numbers(second)
    assert numbers(client.load(back.link("Newer"))) == numbers(first)
    assert not any("Older" in link.text for link in third.all("a"))
    assert not any("Newer" in link.text for link in first.all("a"))


def save(client: PageClient, query: str, kind: str) -> Any:
    page = client.load(f"/staff/audit/export?{query}")
    return client.submit(page, button=f"Save as {kind}")


def test_the_csv_holds_what_is_filtered_and_runs_nothing(session: Session, story: Lab, staff: Staff) -> None:
    an_act(session, actor="=cmd|' /C calc'!A0", note="+1", after={"email": "@SUM(A1)"}, subject_id=story.id)
    client = staff("moderator")

    answer = save(client, "action=publish", "CSV")

    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [(row["act"], row["subject"]) for row in rows] == [("Published", "gray-heron")] * 2
    assert (rows[1]["actor"], rows[1]["note"]) == ("'=cmd|' /C calc'!A0", "'+1")
    assert json.loads(rows[1]["after"]) == {"email": "@SUM(A1)"}
    session.rollback()
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "export_audit")).one()
    assert event.actor == "moderator@example.org"
    assert event.after == {"format": "csv", "rows": 2, "action": "publish"}


def test_the_json_lines_hold_what_the_chain_holds(session: Session, story: Lab, staff: Staff) -> None:
    answer = save(staff("moderator"), "until=2099-01-01", "JSON Lines")

    rows = [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]
    before = BEGINNING
    for row in rows:
        columns = {name: row[name] for name in (column.key for column in AuditEvent.__table__.columns)}
        before = link(before, row["position"], columns | {"at": datetime.fromisoformat(row["at"])})
        assert before == row["hash"]
    assert [row["action"] for row in rows][:2] == ["publish", "reject"]


def test_a_file_is_for_moderators_who_just_proved_themselves(session: Session, story: Lab, staff: Staff) -> None:
    reader, moderator = staff("reader"), staff("moderator")
    assert reader.get("/staff/audit/export").status_code == 403
    assert not any("Save as a file" in link.text for link in reader.load("/staff/audit").all("a"))
    session.rollback()
    session.execute(sa.update(StaffSession).values(proved_at=datetime.now(UTC) - timedelta(hours=2)))
    session.commit()

    answer = moderator.get("/staff/audit/export?action=publish")

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/staff/verify?next=")


def test_a_file_of_an_unknown_kind_is_not_made(session: Session, story: Lab, staff: Staff) -> None:
    client = staff("moderator")
    token = client.load("/staff/audit/export").one("main").one("input", name="csrf_token")["value"]

    answer = client.post("/staff/audit/export", data={"csrf_token": token, "file": "exe"})

    assert page_of(answer).h1 == "Save the audit as a file"
    assert answer.status_code == 422


def test_a_large_audit_is_read_in_parts(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_reading, "_AT_ONCE", 2)
    events = [an_act(session).id for _ in range(5)]

    rows = list(audit_reading.every_row(session, Wanted(), up_to=events[3]))

    assert [row.event.id for row in rows] == events[:4]
