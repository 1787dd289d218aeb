"""Mailed links: looking spends nothing, a press works once, a dead link says why and how to go on."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.models import AuditEvent, OneUseLink, OutboxMessage, Submission
from tests.registration.walk import LATER, NEXT, YOU, fill_in, fill_in_all, hand_in, send
from tests.support.client import PageClient, page_of
from tests.support.pages import fill


def only(session: Session) -> Submission:
    session.rollback()
    return session.scalars(select(Submission)).one()


def mails(session: Session) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(OutboxMessage)).one()


def other_browser(app: Flask) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


@pytest.fixture
def link(client: PageClient, outbox: Any) -> str:
    """The confirmation link of a registration that was sent."""
    fill_in_all(client)
    send(client)
    return str(outbox.one().link)


def test_looking_at_a_link_spends_nothing(app: Flask, link: str, session: Session) -> None:
    scanner = other_browser(app)
    for _ in range(3):
        assert scanner.get(link).status_code == 200
        assert scanner.head(link).status_code == 200
    assert only(session).state == "awaiting_email"
    assert session.scalars(select(OneUseLink.used_at)).one() is None


def test_a_link_works_once_and_says_so_kindly(app: Flask, link: str, session: Session) -> None:
    browser = other_browser(app)
    page = browser.load(link)
    assert "Thank you" in page_of(browser.submit(page)).h1
    confirmed_at = only(session).email_verified_at
    # A second click leads to the same thanks; somebody else learns that it is done.
    assert "Thank you" in page_of(browser.submit(page)).h1
    assert "already confirmed" in other_browser(app).load(link).h1
    assert only(session).email_verified_at == confirmed_at
    assert mails(session) == 2
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["send", "confirm_email"]


def test_only_the_hash_of_a_link_is_stored(link: str, session: Session) -> None:
    token = link.rpartition("/")[2]
    stored = session.scalars(select(OneUseLink)).one()
    assert token not in str(vars(stored))


def test_a_late_link_offers_a_new_one_for_the_same_mailbox(
    app: Flask, clock: time_machine.Traveller, link: str, session: Session, outbox: Any
) -> None:
    clock.shift(timedelta(days=8))
    visitor = other_browser(app)
    page = visitor.load(link, status=410)
    assert "too old" in page.h1
    answer = visitor.submit(page, button="Mail me a new link")
    assert answer.status_code == 200
    fresh = outbox.one(YOU["contact_email"])
    assert visitor.load(link, status=410)
    visitor.submit(visitor.load(fresh.link))
    assert only(session).state == "submitted"


def test_pressing_a_late_link_does_nothing(
    app: Flask, clock: time_machine.Traveller, link: str, session: Session
) -> None:
    visitor = other_browser(app)
    page = visitor.load(link)
    clock.shift(timedelta(days=8))
    assert visitor.submit(page).status_code == 410
    assert only(session).state == "awaiting_email"


def test_changing_the_address_ends_the_links_to_the_old_one(
    app: Flask, client: PageClient, link: str, session: Session, outbox: Any
) -> None:
    client.submit(client.load("/join/sent"), button="Send the mail again")
    answer = client.submit(client.load("/join/sent"), button="Change the address")
    assert answer.request.path == "/join/you"
    assert only(session).state == "draft"
    # The mail that had not left yet stays; the one that had is worth nothing.
    assert outbox.deliver() == []
    client.submit(answer, button=NEXT, contact_email="kim@laboratory.example")
    send(client)
    stranger = other_browser(app)
    page = stranger.load(link, status=410)
    assert "replaced" in page.h1
    assert not [one for one in page.main.all("button") if "new link" in one.text]
    token = stranger.load("/join/you").one("input", name="csrf_token")["value"]
    assert stranger.post(f"{link}/new", data={"csrf_token": token}).status_code == 200
    letter = outbox.one()
    assert list(letter.recipients) == ["kim@laboratory.example"]
    stranger.submit(stranger.load(letter.link))
    assert only(session).state == "submitted"


def test_an_unknown_link_is_not_found(client: PageClient, session: Session) -> None:
    for token in ("x" * 43, "x" * 5000, "%00", "ü"):
        assert client.get(f"/links/{token}").status_code == 404
    page = client.load("/links/unknown", status=404)
    assert "do not know" in page.h1
    token = client.load("/join/you").one("input", name="csrf_token")["value"]
    assert client.post("/links/unknown", data={"csrf_token": token}).status_code == 404
    # The same answer as for a known one, so that nobody learns which links exist.
    assert client.post("/links/unknown/new", data={"csrf_token": token}).status_code == 200
    assert mails(session) == 0


def test_a_press_without_the_page_is_refused(app: Flask, link: str, session: Session) -> None:
    assert other_browser(app).post(link).status_code == 419
    assert only(session).state == "awaiting_email"


def test_a_resume_link_opens_the_draft_for_one_more_browser(
    app: Flask, client: PageClient, session: Session, outbox: Any
) -> None:
    fill_in(client, "you", button=LATER)
    link = outbox.one().link
    first, second = other_browser(app), other_browser(app)
    page, same = first.load(link), second.load(link)
    sent = dict(fill(page.form(), {}, None))
    assert first.post(link, data=sent).status_code == 303
    # The second of two clicks, sent before the first was answered, leads to the same place.
    double = other_browser(app)
    cookie = first.get_cookie("session")
    assert cookie is not None
    double.set_cookie("session", cookie.value)
    assert double.post(link, data=sent).status_code == 303
    # Another browser comes too late, and is offered a new link.
    answer = second.submit(same)
    assert answer.status_code == 410
    assert "used already" in page_of(answer).h1
    assert second.load("/join/laboratory").url == "/join"
    second.submit(answer, button="Mail me a new link")
    second.submit(second.load(outbox.one().link))
    for browser in (client, first, second):
        assert browser.load("/join/laboratory").url == "/join/laboratory"
    assert only(session).contact_name == YOU["contact_name"]


def test_a_resume_link_of_a_sent_registration_says_so(app: Flask, client: PageClient, outbox: Any) -> None:
    fill_in(client, "you", button=LATER)
    link = outbox.one().link
    fill_in_all(client)
    send(client)
    page = other_browser(app).load(link, status=410)
    assert "no longer needed" in page.h1


def test_a_link_is_good_for_its_own_purpose_only(app: Flask, client: PageClient, session: Session, outbox: Any) -> None:
    fill_in(client, "you", button=LATER)
    resume = outbox.one().link
    fill_in_all(client)
    send(client)
    visitor = other_browser(app)
    token = visitor.load("/join/you").one("input", name="csrf_token")["value"]
    assert visitor.post(resume, data={"csrf_token": token}).status_code == 410
    assert only(session).state == "awaiting_email"


def test_links_are_not_cached_and_leave_no_referrer(client: PageClient, link: str) -> None:
    answer = client.get(link)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_after_confirming_the_sent_page_knows(client: PageClient, outbox: Any) -> None:
    hand_in(client, outbox)
    assert "moderator" in client.load("/join/sent").main.text
    assert "You have sent this registration" in client.load("/join").main.text
