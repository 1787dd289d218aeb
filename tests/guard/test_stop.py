"""“The mail says how to stop them”: whoever got a mail stops such mails, by a press that no scanner makes."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import mailboxes
from registry.mailboxes import Scope
from registry.models import MailStop, OneUseLink, OutboxMessage
from tests.registration.walk import LATER, YOU, fill_in, fill_in_all, hand_in, other_browser, send
from tests.support.client import PageClient, page_of
from tests.support.smtp import Letter

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
UNASKED_BUTTON = "Stop mails that anybody can ask for"


def path_in(letter: Letter) -> str:
    """Where the plain part says that mails are stopped."""
    (address,) = [one for one in letter.addresses if "/mail/stop/" in one]
    assert address in letter.html
    return urlsplit(address).path


def ask_for_a_mail(app: Flask, email: str = YOU["contact_email"]) -> tuple[int, str]:
    """A stranger begins a registration with *email* and has its link mailed; what they are answered."""
    answer = fill_in(other_browser(app), "you", button=LATER, contact_email=email)
    return answer.status_code, answer.request.path


def stops(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(MailStop.scope)))


@pytest.fixture
def stop(client: PageClient, outbox: Any) -> str:
    """The path at which the reader of an unasked mail stops them."""
    fill_in(client, "you", button=LATER)
    return path_in(outbox.one())


def test_looking_stops_nothing(app: Flask, stop: str, session: Session) -> None:
    scanner = other_browser(app)
    for _ in range(2):
        assert scanner.get(stop).status_code == 200
        assert scanner.head(stop).status_code == 200

    assert stops(session) == []


def test_a_press_stops_what_anybody_can_ask_for_and_the_answer_does_not_tell(
    app: Flask, stop: str, session: Session, outbox: Any
) -> None:
    before = ask_for_a_mail(app)
    assert len(outbox.deliver()) == 1
    reader = other_browser(app)
    answer = reader.submit(reader.load(stop), button=UNASKED_BUTTON)
    assert page_of(answer).h1 == "You get no more mails that anybody can ask for"
    # Twice is once.
    reader.submit(reader.load(stop), button="Stop every mail")
    reader.submit(reader.load(stop), button="Let mails come again")
    reader.submit(reader.load(stop), button=UNASKED_BUTTON)
    assert stops(session) == ["unasked"]
    links = len(session.scalars(select(OneUseLink.id)).all())

    assert ask_for_a_mail(app) == before
    assert ask_for_a_mail(app, YOU["contact_email"].upper()) == before
    assert outbox.deliver() == []
    session.rollback()
    assert len(session.scalars(select(OneUseLink.id)).all()) == links
    # Somebody else's mailbox is not concerned.
    ask_for_a_mail(app, "kim@laboratory.example")
    assert outbox.one().recipients == ("kim@laboratory.example",)


def test_a_mail_that_waits_is_stopped_too(app: Flask, stop: str, session: Session, outbox: Any) -> None:
    ask_for_a_mail(app)
    reader = other_browser(app)
    reader.submit(reader.load(stop), button=UNASKED_BUTTON)

    assert outbox.deliver() == []
    assert session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id)).all() == ["sent", "cancelled"]


def test_mails_come_again_when_their_reader_says_so(app: Flask, stop: str, outbox: Any) -> None:
    reader = other_browser(app)
    reader.submit(reader.load(stop), button=UNASKED_BUTTON)
    reader.submit(reader.load(stop), button="Let mails come again")
    ask_for_a_mail(app)

    assert outbox.one().recipients == (YOU["contact_email"],)


def test_what_is_about_a_proved_mailbox_still_comes_unless_its_reader_stops_that_too(
    app: Flask, client: PageClient, outbox: Any
) -> None:
    fill_in_all(client)
    send(client)
    letter = outbox.one()
    reader = other_browser(app)
    page = reader.load(letter.link)
    reader.submit(reader.load(path_in(letter)), button=UNASKED_BUTTON)
    reader.submit(page)
    received = outbox.one()
    assert "You can stop our mails to your mailbox." in received.text

    other = other_browser(app)
    hand_in(other, outbox, you={"contact_email": "kim@laboratory.example"}, laboratory={"clia_number": "00D7654322"})
    outbox.deliver()
    reader.submit(reader.load(path_in(received)), button="Stop every mail")
    again = other_browser(app)
    fill_in_all(again, laboratory={"clia_number": "00D7654323"})
    send(again)
    assert outbox.deliver() == []


def test_a_mail_programme_stops_them_for_its_reader_without_a_page(app: Flask, stop: str, session: Session) -> None:
    # RFC 8058: no cookie, no token of ours, no redirect.
    answer = other_browser(app).post(stop, data=ONE_CLICK)

    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert "Set-Cookie" not in answer.headers
    assert stops(session) == ["unasked"]


def test_one_click_at_a_mail_about_ones_own_registration_stops_every_mail(
    app: Flask, client: PageClient, session: Session, outbox: Any
) -> None:
    hand_in(client, outbox)
    (received,) = outbox.deliver()

    other_browser(app).post(path_in(received), data=ONE_CLICK)

    assert stops(session) == ["all"]


def test_a_press_from_another_site_is_refused(app: Flask, stop: str, session: Session) -> None:
    for data in ({}, {"then": "all"}, {"then": "all", "csrf_token": "forged"}, {"List-Unsubscribe": "yes"}):
        assert other_browser(app).post(stop, data=data).status_code == 419

    assert stops(session) == []


@pytest.mark.parametrize("spoil", [lambda path: path[:-1], lambda path: f"{path}x", lambda path: "/mail/stop/x.y"])
def test_an_address_that_we_did_not_make_is_not_known(
    spoil: Callable[[str], str], app: Flask, stop: str, session: Session
) -> None:
    reader = other_browser(app)
    page = reader.load(spoil(stop), status=404)

    assert page.h1 == "We do not know this address"
    assert reader.post(spoil(stop), data=ONE_CLICK).status_code == 404
    assert stops(session) == []


def test_the_address_and_the_table_name_no_mailbox(app: Flask, stop: str, session: Session) -> None:
    other_browser(app).post(stop, data=ONE_CLICK)
    page = other_browser(app).load(stop)

    kept = session.scalars(select(MailStop)).one()
    assert YOU["contact_email"] not in str(vars(kept))
    assert "robin" not in f"{stop} {page.text}".lower()
    assert len(stop) < 110


def test_the_header_lets_mail_programmes_offer_it_over_tls_alone(
    make_app: Callable[..., Flask], stop: str, outbox: Any
) -> None:
    (letter,) = outbox.letters
    assert str(letter.message["List-Unsubscribe"]).strip() == f"<http://localhost{stop}>"
    assert "List-Unsubscribe-Post" not in letter.message

    app = make_app(base_url="https://registry.example.org")
    secure = other_browser(app)
    page = secure.load("/join/you", base_url="https://registry.example.org")
    hidden = {one["name"]: one["value"] for one in page.main.one("form").all("input", type="hidden")}
    secure.post(
        "/join/you",
        data={**hidden, **YOU, "contact_email": "kim@laboratory.example", "then": "later"},
        base_url="https://registry.example.org",
    )
    tls = type(outbox)(app, outbox._server).one("kim@laboratory.example")
    assert re.fullmatch(
        r"<https://registry\.example\.org/mail/stop/[\w.-]+>", str(tls.message["List-Unsubscribe"]).strip()
    )
    assert tls.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_token_tells_whose_mailbox_and_which_mails() -> None:
    token = mailboxes.stop_token("secret", recipient="Robin@Laboratory.example", kind="sign_in")
    about = mailboxes.read_stop_token("secret", token)

    assert about is not None
    assert about.email_hash == mailboxes.hash_of("robin@laboratory.example")
    assert about.scope is Scope.UNASKED
    assert mailboxes.read_stop_token("another secret", token) is None
    own = mailboxes.read_stop_token("secret", mailboxes.stop_token("secret", recipient="r@x.example", kind="approved"))
    assert own is not None
    assert own.scope is Scope.ALL
