"""Signing in by a mailed link: one answer for everybody, one use, ended on the server."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.extensions import limiter
from registry.mailboxes import AN_HOUR
from registry.models import ContactSession, OneUseLink, OutboxMessage
from tests.manage.people import KIM, ROBIN, a_contact, a_lab, browser, link_for, sign_in, token_of
from tests.support.client import PageClient, page_of
from tests.support.factories import a_profile, a_submission


def messages(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    rows = session.execute(select(OutboxMessage.recipient, OutboxMessage.state).order_by(OutboxMessage.id))
    return [(row.recipient, row.state) for row in rows]


def ask(client: PageClient, email: str) -> tuple[int, str, str]:
    answer = client.submit(client.load("/manage"), button="Mail me a link", email=email)
    return answer.status_code, answer.request.path, page_of(answer).main.text.replace(email, "…")


def test_a_link_opens_the_only_laboratory_and_signing_out_ends_it(app: Flask, session: Session, outbox: Any) -> None:
    lab = a_lab(session)
    client = browser(app)
    letter_link = link_for(client, outbox, "Robin@Laboratory.example".lower())
    letter = outbox.letters[-1]
    assert lab.name in letter.subject
    assert lab.name in letter.text
    assert ROBIN in letter.text
    page = client.load(letter_link)
    assert ROBIN in page.main.text
    assert lab.name in page.main.text
    answer = client.submit(page, button="Sign in")
    assert answer.request.path == f"/manage/labs/{lab.slug}"
    assert page_of(answer).h1 == lab.name
    assert answer.headers["Cache-Control"] == "no-store"

    copied = browser(app)
    cookie = client.get_cookie("session")
    assert cookie is not None
    copied.set_cookie("session", cookie.value)
    assert copied.load(f"/manage/labs/{lab.slug}").h1 == lab.name
    client.submit(page_of(answer), button="Sign out")
    for one in (client, copied):
        assert one.load(f"/manage/labs/{lab.slug}").url == "/manage"
    session.rollback()
    assert session.scalars(select(ContactSession)).all() == []


def test_known_and_unknown_hear_the_same_and_write_the_same(app: Flask, session: Session, outbox: Any) -> None:
    a_lab(session)
    heard = {ask(browser(app), email) for email in (ROBIN, "nobody@elsewhere.example")}
    assert len(heard) == 1
    assert messages(session) == [(ROBIN, "waiting"), ("nobody@elsewhere.example", "cancelled")]
    assert [letter.recipients for letter in outbox.deliver()] == [(ROBIN,)]


def test_who_asked_to_be_listed_may_look_how_it_stands(app: Flask, session: Session, outbox: Any) -> None:
    profile = a_profile(name="Invented Hopeful Laboratory")
    a_submission(session, profile, email=KIM)
    a_submission(session, email="unproved@laboratory.example", state="awaiting_email")
    client = sign_in(app, outbox, KIM)
    text = client.load("/manage").main.text
    assert "Invented Hopeful Laboratory" in text
    assert "waits for a moderator" in text
    ask(browser(app), "unproved@laboratory.example")
    assert outbox.deliver() == []


def test_a_scanner_spends_nothing_and_a_link_works_once(app: Flask, session: Session, outbox: Any) -> None:
    a_lab(session)
    link = link_for(browser(app), outbox, ROBIN)
    scanner = browser(app)
    assert [scanner.get(link).status_code, scanner.head(link).status_code] == [200, 200]
    first, second = browser(app), browser(app)
    page, same = first.load(link), second.load(link)
    before = first.get_cookie("session")
    assert before is not None
    assert first.submit(page, button="Sign in").status_code == 200
    answer = second.submit(same, button="Sign in")
    assert answer.status_code == 410
    assert "used already" in page_of(answer).h1
    assert second.load("/manage").h1 == "Manage your entry"
    # The second of two clicks left before the first was answered, and the first answer was lost: it leads to the same.
    lost = browser(app)
    lost.set_cookie("session", before.value)
    assert lost.submit(page, button="Sign in").status_code == 200
    assert ROBIN in lost.load("/manage").main.text
    session.rollback()
    assert session.scalar(select(func.count()).select_from(ContactSession)) == 1


def test_a_link_is_good_for_ten_minutes(
    app: Flask, session: Session, outbox: Any, clock: time_machine.Traveller
) -> None:
    a_lab(session)
    client = browser(app)
    page = client.load(link_for(client, outbox, ROBIN))
    clock.shift(timedelta(minutes=10, seconds=1))
    answer = client.submit(page, button="Sign in")
    assert answer.status_code == 410
    assert "too old" in page_of(answer).h1
    assert client.load("/manage").h1 == "Manage your entry"


def test_asking_again_kills_no_link_but_using_one_kills_the_others(app: Flask, session: Session, outbox: Any) -> None:
    """Else a stranger who knows the address keeps its owner out by asking all the time."""
    a_lab(session)
    client = browser(app)
    first = link_for(client, outbox, ROBIN)
    second = link_for(browser(app), outbox, ROBIN)
    assert client.submit(client.load(first), button="Sign in").status_code == 200
    assert ROBIN in client.load("/manage").text
    assert "does not work any more" in browser(app).load(second, status=410).h1


def test_only_a_hash_of_link_and_session_is_kept(app: Flask, session: Session, outbox: Any) -> None:
    a_lab(session)
    client = browser(app)
    link = link_for(client, outbox, ROBIN)
    client.submit(client.load(link), button="Sign in")
    with client.session_transaction() as cookie:
        key = cookie["contact_session"]
    session.rollback()
    kept = [str(vars(row)) for row in (*session.scalars(select(OneUseLink)), *session.scalars(select(ContactSession)))]
    assert not [row for row in kept if link.rpartition("/")[2] in row or key in row]


def test_a_session_ends_when_idle_and_after_a_week(
    app: Flask, session: Session, outbox: Any, clock: time_machine.Traveller
) -> None:
    lab = a_lab(session)
    client = sign_in(app, outbox)
    for _ in range(16):
        clock.shift(timedelta(hours=10))
        assert client.load(f"/manage/labs/{lab.slug}").h1 == lab.name
    clock.shift(timedelta(hours=9))
    assert client.load("/manage").h1 == "Manage your entry", "seven days are over"
    idle = sign_in(app, outbox)
    clock.shift(timedelta(hours=12, minutes=1))
    assert idle.load("/manage").h1 == "Manage your entry"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_what_was_planted_before_steers_nothing_after(app: Flask, session: Session, outbox: Any) -> None:
    a_lab(session)
    client = browser(app)
    with client.session_transaction() as planted:
        planted["contact_session"] = "p" * 43
    link = link_for(client, outbox, ROBIN)
    page = client.load(link)
    with client.session_transaction() as before:
        token = before["csrf_token"]
    client.submit(page, button="Sign in")
    with client.session_transaction() as after:
        assert after["contact_session"] != "p" * 43
        assert after.get("csrf_token") != token


def test_signing_in_leads_back_to_the_page_that_was_asked_for(app: Flask, session: Session, outbox: Any) -> None:
    lab = a_lab(session)
    client = browser(app)
    assert client.load(f"/manage/labs/{lab.slug}/contacts").url == "/manage"
    answer = client.submit(client.load(link_for(client, outbox, ROBIN)), button="Sign in")
    assert answer.request.path == f"/manage/labs/{lab.slug}/contacts"
    # But not to one that is somebody else's.
    client = browser(app)
    client.load("/manage/labs/nobody/contacts")
    answer = client.submit(client.load(link_for(client, outbox, ROBIN)), button="Sign in")
    assert answer.request.path == f"/manage/labs/{lab.slug}"


def test_another_laboratory_is_not_there(app: Flask, session: Session, outbox: Any) -> None:
    a_lab(session)
    other = a_lab(session, KIM)
    client = sign_in(app, outbox)
    for below in ("", "/contacts", "/leave", "/come-back", f"/contacts/{1}/end"):
        absent, foreign = (client.get(f"/manage/labs/{slug}{below}") for slug in ("nobody", other.slug))
        assert (absent.status_code, foreign.status_code) == (404, 404)
        assert page_of(absent).main.text == page_of(foreign).main.text
    token = token_of(client, "/manage")
    for below in ("/contacts", "/leave", "/stay", "/come-back", "/contacts/1/end", "/contacts/2/again"):
        assert client.post(f"/manage/labs/{other.slug}{below}", data=token).status_code == 404
    assert client.get("/manage/labs/%00").status_code == 404


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_several_laboratories_stand_in_a_list(app: Flask, session: Session, outbox: Any) -> None:
    labs = [a_lab(session, name=name) for name in ("Second Laboratory", "First Laboratory")]
    a_contact(session, labs[0], KIM)
    client = sign_in(app, outbox)
    page = client.load("/manage")
    assert [link.text for link in page.main.all("a") if "/labs/" in link["href"]] == [
        "First Laboratory",
        "Second Laboratory",
    ]


def test_a_mailbox_gets_few_mails_whoever_asks(make_app: Callable[..., Flask], session: Session) -> None:
    app = make_app(limits_enabled=True)
    with app.app_context():
        limiter.reset()
    a_lab(session)
    heard = {ask(browser(app), email) for email in (ROBIN, "nobody@elsewhere.example") for _ in range(AN_HOUR + 1)}
    assert len(heard) == 1
    assert len(messages(session)) == 2 * AN_HOUR
    # One address of the network may ask twenty times an hour.
    answers = {browser_asks(app) for _ in range(8)}
    assert answers == {200, 429}


def browser_asks(app: Flask) -> int:
    client = browser(app)
    return client.submit(client.load("/manage"), button="Mail me a link", email="x@elsewhere.example").status_code


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_trapped_form_hears_the_same_and_mails_nothing(app: Flask, session: Session, outbox: Any) -> None:
    a_lab(session)
    client = browser(app)
    heard = ask(client, ROBIN)
    outbox.deliver()
    answer = client.submit(client.load("/manage"), button="Mail me a link", email=ROBIN, homepage="http://spam.example")
    assert (answer.status_code, answer.request.path) == heard[:2]
    assert outbox.deliver() == []


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_bad_address_is_said_at_the_field(client: PageClient) -> None:
    answer = client.submit(client.load("/manage"), button="Mail me a link", email="robin at laboratory")
    assert answer.status_code == 422
    assert "robin at laboratory" in answer.text
    assert client.load("/manage/asked").url == "/manage"
