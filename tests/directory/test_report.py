"""Anybody tells of a problem with a listing."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from registry.extensions import limiter
from registry.models import Lab, OutboxMessage, Report
from tests.support.client import PageClient, page_of
from tests.support.factories import publish
from tests.support.pages import Page

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
        assert "http://localhost/staff/reports/" in text
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


def test_a_text_that_seems_to_speak_of_a_patient_is_asked_about_once_and_never_refused(
    session: Session, client: PageClient, form: Page
) -> None:
    words = "My mother's block was lost, MRN 0048213, born on 3/14/1951."
    asked = page_of(client.submit(form, kind="other", message=words, email="nurse@example.org"))

    assert "Is this about a patient?" in asked.main.text
    assert "something like a date of birth" in asked.main.text
    assert asked.one("textarea").raw_text.strip() == words
    assert reports(session) == []

    answer = client.submit(asked, button="Send it as it is")

    assert page_of(answer).h1 == "Thank you"
    assert [(report.kind, report.message, report.email) for report in reports(session)] == [
        ("other", words, "nurse@example.org")
    ]


def test_the_question_can_be_answered_by_changing_the_text(session: Session, client: PageClient, form: Page) -> None:
    asked = page_of(client.submit(form, kind="closed", message="My father's slides came back."))

    client.submit(asked, button="Send", message="A parcel came back: nobody is there.")

    assert [report.message for report in reports(session)] == ["A parcel came back: nobody is there."]


def test_the_line_about_patients_stands_at_the_text_in_both_languages(client: PageClient, lab: Lab) -> None:
    for language, line in (("en", "Nothing about a patient."), ("es", "Nada sobre un paciente.")):
        page = client.load(f"/labs/{lab.slug}/report?lang={language}")
        described = page.one("textarea")["aria-describedby"].split()
        assert any(line in page.one("p", id=name).text for name in described)


def test_the_language_of_the_form_is_that_of_the_answer(session: Session, client: PageClient, lab: Lab) -> None:
    client.submit(client.load(f"/labs/{lab.slug}/report?lang=es"), kind="closed")

    assert [report.language for report in reports(session)] == ["es"]
