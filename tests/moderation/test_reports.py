"""Staff read what the public told of, mark and unmark entries, ask laboratories, close and answer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.models import AuditEvent, Lab, OutboxMessage, Report
from registry.moderation import reports_handling, reports_reading
from registry.moderation.reports_handling import Asked
from tests.support.client import PageClient, page_of
from tests.support.cms import a_record, file_away
from tests.support.factories import a_contact, publish
from tests.support.reports import a_report

Staff = Callable[..., PageClient]

MODERATOR = "moderator@example.org"


@pytest.fixture
def lab(session: Session) -> Lab:
    return publish(session, name="Gray Heron Laboratory")


def acts(session: Session, subject: str) -> list[tuple[str, Any]]:
    session.rollback()
    events = session.scalars(sa.select(AuditEvent).where(AuditEvent.subject_type == subject).order_by(AuditEvent.id))
    return [(event.action, event.after) for event in events]


def test_open_reports_stand_by_age_and_closed_ones_apart(session: Session, staff: Staff, lab: Lab) -> None:
    now = datetime.now(UTC)
    a_report(session, lab, kind="closed", state="handled", handled_at=now, outcome="not_so")
    a_report(session, lab, message="<script>alert(1)</script>", now=now)
    a_report(session, lab, kind="other", message="The older one", now=now - timedelta(days=3))

    client = staff("moderator")
    page = client.load("/staff/reports")
    closed = client.load(page.link("Closed"))
    chosen = client.load("/staff/reports?kind=other")

    first, second = page.main.one("ol").all("li")
    assert ("The older one" in first.text, "<script>alert(1)</script>" in second.text) == (True, True)
    assert "Open (2)" in page.text
    assert "It is not so: the entry is right" in closed.main.one("ol").text
    assert len(chosen.main.one("ol").all("li")) == 1
    assert client.get("/staff/reports?kind=nothing").status_code == 404


def test_many_reports_stand_on_pages(session: Session, staff: Staff, lab: Lab) -> None:
    for number in range(26):
        a_report(session, lab, message=f"Report {number}")
    client = staff("moderator")

    first = client.load("/staff/reports")
    second = client.load(first.link("Next"))
    past = client.load("/staff/reports?page=99")

    assert [len(page.main.one("ol").all("li")) for page in (first, second, past)] == [25, 1, 1]


def test_a_report_stands_beside_what_the_entry_and_the_cms_file_say(session: Session, staff: Staff) -> None:
    lab = publish(session, name="Gray Heron Laboratory", phone="(404) 555-0123")
    file_away(session, a_record(lab.clia_number, name="GRAY HERON LABORATORY", phone="4045550199"))
    report = a_report(session, lab, kind="wrong_contact")
    a_report(session, lab, kind="closed", message="Nobody is there")

    page = staff("moderator").load(f"/staff/reports/{report.id}")

    assert "(404) 555-0123" in page.main.text
    assert "(404) 555-0199" in page.main.text
    assert "The laboratory has closed" in page.main.text
    assert "In what the entry differs from the file" in page.main.text


@pytest.mark.parametrize("kind", ["closed", "not_this_test", "wrong_test_facts", "other"])
def test_every_kind_shows_what_it_doubts(session: Session, staff: Staff, lab: Lab, kind: str) -> None:
    report = a_report(session, lab, kind=kind)

    page = staff("moderator").load(f"/staff/reports/{report.id}")

    assert lab.name in page.main.text
    expected = "00D" if kind == "closed" else "immunohistochemistry"
    assert expected in page.main.text


def test_an_entry_is_marked_once_says_so_and_is_settled(
    session: Session, staff: Staff, client: PageClient, lab: Lab
) -> None:
    report = a_report(session, lab)
    moderator = staff("moderator")
    page = moderator.load(f"/staff/reports/{report.id}")

    for _ in range(2):
        moderator.submit(page, button="Mark the entry as disputed")
    marked = client.load(f"/labs/{lab.slug}")
    moderator.submit(moderator.load(f"/staff/reports/{report.id}"), button="Take the mark “Disputed” away")

    assert "Disputed" in marked.main.text
    assert "Disputed" not in client.load(f"/labs/{lab.slug}").main.text
    assert acts(session, "lab") == [
        ("dispute", {"disputed": True, "report": report.id}),
        ("settle", {"disputed": False, "report": report.id}),
    ]


def test_what_left_the_list_cannot_be_marked(session: Session, lab: Lab) -> None:
    lab.state = "withdrawn"
    session.commit()

    assert not reports_handling.dispute(session, lab_id=lab.id, actor=MODERATOR, now=datetime.now(UTC))
    assert not reports_handling.settle(session, lab_id=lab.id, actor=MODERATOR, now=datetime.now(UTC))


def test_the_laboratory_is_asked_once_in_our_words(session: Session, staff: Staff, outbox: Any, lab: Lab) -> None:
    report = a_report(session, lab, message="A secret of somebody")
    emails = [a_contact(session, lab).email for _ in range(2)]
    a_contact(session, lab, bounced_at=datetime.now(UTC))
    moderator = staff("moderator")
    page = moderator.load(f"/staff/reports/{report.id}")

    answers = [moderator.submit(page, button="Ask the laboratory") for _ in range(2)]
    letters = outbox.deliver()

    assert "The laboratory is asked by mail" in page_of(answers[0]).text
    assert sorted(letter.recipients[0] for letter in letters) == sorted(emails)
    assert all("The phone number or address is wrong" in letter.text for letter in letters)
    assert not any("secret" in letter.text + letter.html for letter in letters)
    assert len({letter.link for letter in letters}) == 2
    session.rollback()
    session.refresh(report)
    assert report.asked_at is not None
    (act,) = acts(session, "report")
    assert act == ("ask_laboratory", {"lab": lab.id, "asked": "contacts", "contacts": emails})


def test_without_a_contact_the_public_mailbox_is_asked_without_a_link(session: Session, outbox: Any, lab: Lab) -> None:
    report = a_report(session, lab)

    asked = reports_handling.ask(session, report_id=report.id, actor=MODERATOR, now=datetime.now(UTC))
    session.commit()
    letter = outbox.one(lab.profile.public_email)

    assert asked is Asked.PUBLIC_MAILBOX
    assert "/links/" not in letter.text
    assert f"/manage/labs/{lab.slug}/claim" in letter.text


def test_nobody_is_asked_where_nobody_can_be(session: Session, staff: Staff) -> None:
    report = a_report(session, publish(session, public_email=""))
    asked = reports_handling.ask(session, report_id=report.id, actor=MODERATOR, now=datetime.now(UTC))
    session.commit()

    assert asked is Asked.NOBODY
    page = staff("moderator").load(f"/staff/reports/{report.id}")
    assert "Nobody can be written to" in page.main.text
    assert report.asked_at is None


def test_a_report_is_closed_once_with_an_outcome_and_a_note(session: Session, staff: Staff, lab: Lab) -> None:
    report = a_report(session, lab, email="")
    moderator = staff("moderator")
    page = moderator.load(f"/staff/reports/{report.id}")

    refused = moderator.submit(page, button="Close the report", note="Called them.")
    answers = [
        moderator.submit(page, button="Close the report", outcome="fixed", note="Called them.") for _ in range(2)
    ]

    assert refused.status_code == 422
    assert "Choose how it ends." in page_of(refused).one("div", class_="error-summary").text
    assert "Called them." in page_of(refused).one("textarea").raw_text
    assert "The report is closed." in page_of(answers[0]).text
    session.rollback()
    session.refresh(report)
    assert (report.state, report.outcome, report.note) == ("handled", "fixed", "Called them.")
    assert report.handled_by == MODERATOR
    (act,) = acts(session, "report")
    assert act == ("close_report", {"lab": lab.id, "state": "handled", "outcome": "fixed", "answered": False})


@pytest.mark.parametrize(
    ("outcome", "wanted", "words"),
    [
        ("fixed", True, "The entry has been put right."),
        ("not_so", True, "the entry is right as it stands."),
        ("hidden", True, "We took the entry down."),
        ("cannot_tell", True, "We could not find out"),
        ("fixed", False, ""),
        ("no_report", True, ""),
    ],
)
def test_whoever_left_an_address_is_answered_by_the_outcome(
    session: Session, outbox: Any, lab: Lab, outcome: str, wanted: bool, words: str
) -> None:
    report = a_report(session, lab, email="nurse@example.org")

    closed = reports_handling.close(
        session,
        report_id=report.id,
        outcome=outcome,
        note="Not for strangers.",
        answer=wanted,
        actor=MODERATOR,
        now=datetime.now(UTC),
    )
    session.commit()
    letters = outbox.deliver()

    assert closed is not None
    assert closed.answered is bool(words)
    assert [letter.recipients for letter in letters] == ([("nurse@example.org",)] if words else [])
    assert all(words in letter.text and "Not for strangers" not in letter.text for letter in letters)
    assert all("/mail/stop/" in letter.text for letter in letters)


def test_the_answer_is_in_the_language_of_the_report(session: Session, lab: Lab) -> None:
    report = a_report(session, lab, language="es")

    reports_handling.close(
        session, report_id=report.id, outcome="fixed", note="", answer=True, actor=MODERATOR, now=datetime.now(UTC)
    )

    assert session.scalars(sa.select(OutboxMessage.language)).all() == ["es"]


def test_what_speaks_of_a_patient_can_be_deleted_at_once(session: Session, staff: Staff, lab: Lab) -> None:
    report = a_report(session, lab, message="About a patient")
    moderator = staff("moderator")

    answer = moderator.submit(moderator.load(f"/staff/reports/{report.id}"), button="Delete the text")

    assert "The text is deleted." in page_of(answer).text
    session.rollback()
    session.refresh(report)
    assert (report.message, report.state) == ("", "open")
    assert acts(session, "report") == [("forget_report_words", {"lab": lab.id})]


def test_addresses_and_words_are_forgotten_in_time(session: Session, lab: Lab) -> None:
    now = datetime.now(UTC)
    ended = [now - timedelta(days=days) for days in (89, 91, 364, 366)]
    closed = [a_report(session, lab, state="handled", handled_at=moment) for moment in ended]
    still = a_report(session, lab, now=now - timedelta(days=800))

    first = reports_handling.forget_old(session, now=now)
    again = reports_handling.forget_old(session, now=now)
    session.commit()

    assert (first, again) == (3, 0)
    assert [(bool(report.email), bool(report.message)) for report in closed] == [
        (True, True),
        (False, True),
        (False, True),
        (False, False),
    ]
    assert (bool(still.email), bool(still.message)) == (True, True)


def test_readers_look_and_change_nothing(session: Session, staff: Staff, lab: Lab) -> None:
    report = a_report(session, lab)
    reader = staff("reader")

    page = reader.load(f"/staff/reports/{report.id}")

    assert page.main.all("form") == []
    token = page.all("input", name="csrf_token")[0]["value"]
    for act in ("dispute", "settle", "ask", "close", "forget"):
        assert reader.post(f"/staff/reports/{report.id}/{act}", data={"csrf_token": token}).status_code == 403


def test_a_report_that_is_not_there_is_not_found(staff: Staff) -> None:
    client = staff("moderator")
    token = client.load("/staff/reports").all("input", name="csrf_token")[0]["value"]

    assert client.get("/staff/reports/987654").status_code == 404
    assert client.post("/staff/reports/987654/close", data={"csrf_token": token}).status_code == 404


def test_open_reports_are_counted(session: Session, lab: Lab) -> None:
    a_report(session, lab)
    a_report(session, lab, state="handled", handled_at=datetime.now(UTC))

    assert reports_reading.open_reports(session) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Report)) == 2
