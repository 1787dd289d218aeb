"""Anybody tells of a problem with a listing; moderators read it and mark it as handled."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from registry.extensions import limiter
from registry.models import AuditEvent, Lab, OutboxMessage, Report
from tests.support.client import PageClient, page_of
from tests.support.factories import publish
from tests.support.pages import Page
from tests.support.reports import a_report

Staff = Callable[..., PageClient]


@pytest.fixture
def lab(session: Session) -> Lab:
    return publish(session, name="Gray Heron Laboratory")


@pytest.fixture
def form(client: PageClient, lab: Lab) -> Page:
    """The form, as a visitor without an account reaches it from the listing."""
    return client.load(client.load(f"/labs/{lab.slug}").link("Tell us of a problem"))


def reports(session: Session) -> list[Report]:
    session.rollback()
    return list(session.scalars(sa.select(Report).order_by(Report.id)))


def test_a_report_is_kept_and_thanked_for(session: Session, client: PageClient, form: Page, lab: Lab) -> None:
    answer = client.submit(form, kind="wrong_contact", message=" A bakery\r\nanswers. ", email="Nurse@Example.org")

    assert page_of(answer).h1 == "Thank you"
    (report,) = reports(session)
    assert (report.lab_id, report.kind, report.state) == (lab.id, "wrong_contact", "open")
    assert (report.message, report.email) == ("A bakery\nanswers.", "nurse@example.org")


def test_a_choice_is_enough(session: Session, client: PageClient, form: Page) -> None:
    client.submit(form, kind="closed")

    assert [(report.kind, report.message, report.email) for report in reports(session)] == [("closed", "", "")]


def test_the_form_asks_for_no_patient(form: Page) -> None:
    assert "Write nothing about a patient." in form.main.text


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({}, "kind", "Choose what is wrong."),
        ({"kind": "other"}, "message", "Write what is wrong."),
        ({"kind": "closed", "message": "x" * 1001}, "message", "at most 1000 characters; these are 1001"),
        ({"kind": "closed", "message": "a\u202eb"}, "message", "cannot be shown (U+202E)"),
        ({"kind": "closed", "email": "nobody"}, "email", "Write an e-mail address"),
    ],
)
def test_what_is_missing_or_wrong_is_told_at_its_field_and_nothing_lost(
    typed: dict[str, Any], field: str, words: str, session: Session, client: PageClient, form: Page
) -> None:
    answer = client.submit(form, **typed)

    page = page_of(answer)
    assert answer.status_code == 422
    assert words in page.text
    assert any(field in link["href"] for link in page.one("div", class_="error-summary").all("a"))
    assert len(page.one("textarea").raw_text.strip()) == len(typed.get("message", ""))
    assert reports(session) == []


def test_a_kind_that_is_not_offered_is_refused(session: Session, client: PageClient, form: Page, lab: Lab) -> None:
    token = form.one("form").one("input", name="csrf_token")["value"]

    answer = client.post(f"/labs/{lab.slug}/report", data={"csrf_token": token, "kind": "state=handled"})

    assert answer.status_code == 422
    assert reports(session) == []


def test_fields_that_the_form_does_not_have_are_never_read(
    session: Session, client: PageClient, form: Page, lab: Lab
) -> None:
    token = form.one("form").one("input", name="csrf_token")["value"]
    extra = {"state": "handled", "lab_id": "999", "handled_by": "me@example.org"}

    client.post(f"/labs/{lab.slug}/report", data={"csrf_token": token, "kind": "closed", **extra})

    assert [(report.state, report.lab_id, report.handled_by) for report in reports(session)] == [("open", lab.id, "")]


def test_a_second_click_finds_the_first_report(session: Session, client: PageClient, form: Page) -> None:
    first = client.submit(form, kind="closed", message="Twice")
    second = client.submit(form, kind="closed", message="Twice")

    assert page_of(first).h1 == page_of(second).h1 == "Thank you"
    assert len(reports(session)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 1


def test_two_clicks_at_the_same_moment_are_one_report(
    app: Flask, session: Session, client: PageClient, form: Page, lab: Lab
) -> None:
    cookie = client.get_cookie("session")
    assert cookie is not None
    hidden = {one["name"]: one["value"] for one in form.one("form").all("input", type="hidden")}
    together = threading.Barrier(4)

    def click(_: int) -> int:
        browser = app.test_client()
        browser.set_cookie("session", cookie.value)
        together.wait(10)
        return browser.post(f"/labs/{lab.slug}/report", data={**hidden, "kind": "closed"}).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(click, range(4)))

    assert answers == [303] * 4
    assert len(reports(session)) == 1


def test_two_visits_are_two_reports(session: Session, client: PageClient, lab: Lab) -> None:
    for _ in range(2):
        client.submit(client.load(f"/labs/{lab.slug}/report"), kind="closed")

    assert len(reports(session)) == 2


def test_many_reports_from_one_address_are_slowed_and_what_was_typed_stays(
    make_app: Callable[..., Flask], session: Session
) -> None:
    lab = publish(session)
    app = make_app(limits_enabled=True)
    with app.app_context():
        limiter.reset()
    client: Any = app.test_client()
    for _ in range(10):
        client.submit(client.load(f"/labs/{lab.slug}/report"), kind="closed")

    answer = client.submit(client.load(f"/labs/{lab.slug}/report"), kind="closed", message="The eleventh")

    assert answer.status_code == 429
    assert "Many reports came from your network" in page_of(answer).text
    assert "The eleventh" in page_of(answer).one("textarea").raw_text
    assert len(reports(session)) == 10


def test_the_operator_is_told_without_the_words(client: PageClient, form: Page, outbox: Any, lab: Lab) -> None:
    client.submit(form, kind="not_this_test", message="A secret of somebody", email="nurse@example.org")

    letter = outbox.one("registry@example.org")

    assert letter.subject == "A problem with Gray Heron Laboratory"
    for text in (letter.text, letter.html):
        assert "The laboratory does not do this test" in text
        assert "http://localhost/staff/reports" in text
        assert f"http://localhost/labs/{lab.slug}" in text
        assert "secret" not in text
        assert "nurse@" not in text


def test_nobody_is_written_to_where_no_operator_is_named(
    make_app: Callable[..., Flask], session: Session, lab: Lab
) -> None:
    client: Any = make_app(contact_email="").test_client()

    client.submit(client.load(f"/labs/{lab.slug}/report"), kind="closed")

    assert len(reports(session)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 0


def test_a_laboratory_that_is_not_listed_takes_no_report(session: Session, client: PageClient, form: Page) -> None:
    session.execute(sa.update(Lab).values(state="hidden"))
    session.commit()

    assert client.submit(form, kind="closed").status_code == 404
    assert reports(session) == []


def test_the_page_is_kept_by_no_cache(client: PageClient, lab: Lab) -> None:
    assert client.get(f"/labs/{lab.slug}/report").headers["Cache-Control"] == "no-store"


def test_moderators_read_open_reports_first(session: Session, staff: Staff, lab: Lab) -> None:
    a_report(session, lab, kind="closed", state="handled", handled_at=lab.updated_at)
    a_report(session, lab, message="<script>alert(1)</script>")

    page = staff("moderator").load("/staff/reports")

    entries = page.main.one("ol").all("li")
    assert "<script>alert(1)</script>" in entries[0].text
    assert "nurse@example.org" in entries[0].text
    assert "The laboratory has closed" in entries[1].text
    assert "1 is open." in page.text


def test_handling_is_audited_once_and_told(session: Session, staff: Staff, lab: Lab) -> None:
    report = a_report(session, lab)
    client = staff("moderator")
    page = client.load("/staff/reports")

    answers = [client.submit(page, button="Mark as handled") for _ in range(2)]

    assert "Marked as handled." in page_of(answers[0]).text
    assert [answer.status_code for answer in answers] == [200, 200]
    session.rollback()
    session.refresh(report)
    assert (report.state, report.handled_by) == ("handled", "moderator@example.org")
    assert report.handled_at is not None
    (event,) = session.scalars(sa.select(AuditEvent).where(AuditEvent.subject_type == "report"))
    assert (event.action, event.actor, event.subject_id) == ("handle_report", "moderator@example.org", report.id)
    assert (event.before, event.after) == ({"state": "open"}, {"state": "handled"})


def test_a_report_that_is_not_there_cannot_be_handled(session: Session, staff: Staff, lab: Lab) -> None:
    a_report(session, lab)
    client = staff("moderator")
    token = client.load("/staff/reports").all("input", name="csrf_token")[0]["value"]

    assert client.post("/staff/reports/987654/handled", data={"csrf_token": token}).status_code == 404


def test_many_reports_stand_on_pages(session: Session, staff: Staff, lab: Lab) -> None:
    for number in range(26):
        a_report(session, lab, message=f"Report {number}")
    client = staff("moderator")

    first = client.load("/staff/reports")
    second = client.load(first.link("Next"))
    past = client.load("/staff/reports?page=99")

    assert [len(page.main.one("ol").all("li")) for page in (first, second, past)] == [25, 1, 1]


def test_staff_find_the_page_from_every_page(staff: Staff) -> None:
    client = staff("moderator")

    assert client.load(client.load("/staff/queue").link("Problems")).h1 == "Problems told of"
    assert "Nobody told of a problem" in client.load("/staff/reports").text
