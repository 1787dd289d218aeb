"""The authenticator app and the recovery codes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.models import User
from tests.accounts.test_sign_in import cookie, sign_in, signed_in
from tests.support.client import PageClient, page_of

MakeApp = Callable[..., Flask]
CreateStaff = Callable[..., str]


@pytest.fixture
def strict(make_app: MakeApp, clock: time_machine.Traveller) -> Flask:
    """The application with the second factor required."""
    return make_app(staff_second_factor=True)


def browser(app: Flask) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


def code_of(app: Flask, secret: str | None) -> str:
    """What an authenticator app shows now for the stored *secret*."""
    with app.app_context():
        return str(app.extensions["security"].totp_factory.generate_totp_password(secret))


def secret_of(session: Session) -> str | None:
    session.rollback()
    return session.scalars(select(User)).one().tf_totp_secret


def enrol(client: PageClient, app: Flask, email: str) -> TestResponse:
    """Sign in for the first time and enrol an app."""
    asked = sign_in(client, email, follow=True)
    shown = client.submit(asked, button="Show the key")
    with client.session_transaction() as session:
        secret = session["tf_totp_secret"]
    return client.submit(shown, button="Finish", code=code_of(app, secret))


def set_up(client: PageClient, app: Flask, email: str) -> list[str]:
    """Sign in for the first time, enrol an app and make the recovery codes, which are the answer."""
    made = client.submit(enrol(client, app, email), button="Make new recovery codes")
    return [item.text for item in page_of(made).one("ul", class_="codes").all("code")]


def test_the_first_sign_in_sets_the_second_step_up(strict: Flask, create_staff: CreateStaff, session: Session) -> None:
    client = browser(strict)
    asked = sign_in(client, create_staff("moderator"), follow=True)
    assert asked.request.path == "/staff/tf-setup"
    assert not signed_in(client)
    shown = client.submit(asked, button="Show the key")
    picture = page_of(shown).one("img", class_="qr")
    assert picture["src"].startswith("data:image/svg+xml;base64,")
    assert "img-src 'self' data:" in shown.headers["Content-Security-Policy"]
    assert client.submit(shown, button="Finish", code="000000").status_code == 422
    assert not signed_in(client)
    assert secret_of(session) is None


def test_without_recovery_codes_nothing_else_opens(
    strict: Flask, create_staff: CreateStaff, session: Session, clock: time_machine.Traveller
) -> None:
    client = browser(strict)
    asked = enrol(client, strict, create_staff("moderator"))
    assert asked.request.path == "/staff/mf-recovery-codes"
    assert not signed_in(client)
    assert client.get("/staff/account").headers["Location"] == "/staff/mf-recovery-codes"
    # Half an hour later the page asks for the password first, and leads back.
    clock.shift(timedelta(minutes=31))
    back = client.submit(client.load("/staff/queue"), button="Go on", password="correct horse battery staple 7")
    client.submit(back, button="Make new recovery codes")
    assert signed_in(client)


def test_the_code_is_asked_for_at_each_sign_in(
    strict: Flask, create_staff: CreateStaff, session: Session, clock: time_machine.Traveller
) -> None:
    email = create_staff("moderator")
    set_up(browser(strict), strict, email)
    clock.shift(timedelta(minutes=5))
    client = browser(strict)
    asked = sign_in(client, email, follow=True)
    assert asked.request.path == "/staff/tf-validate"
    assert not signed_in(client)
    assert client.submit(asked, code="000000").status_code == 422
    assert client.submit(asked, code=code_of(strict, secret_of(session))).request.path == "/staff/queue"


def test_the_way_to_the_page_asked_for_survives_the_second_step(
    strict: Flask, create_staff: CreateStaff, session: Session, clock: time_machine.Traveller
) -> None:
    email = create_staff("moderator")
    set_up(browser(strict), strict, email)
    clock.shift(timedelta(minutes=5))
    client = browser(strict)
    asked = client.submit(
        client.load("/staff/queue?state=decided"), email=email, password="correct horse battery staple 7"
    )
    answer = client.submit(asked, code=code_of(strict, secret_of(session)))
    assert answer.request.full_path == "/staff/queue?state=decided"


def test_a_code_works_once(
    strict: Flask, create_staff: CreateStaff, session: Session, clock: time_machine.Traveller
) -> None:
    email = create_staff("moderator")
    set_up(browser(strict), strict, email)
    clock.shift(timedelta(minutes=5))
    code = code_of(strict, secret_of(session))
    first, second = browser(strict), browser(strict)
    first.submit(sign_in(first, email, follow=True), code=code)
    answer = second.submit(sign_in(second, email, follow=True), code=code)
    assert signed_in(first)
    assert answer.status_code == 422
    assert not signed_in(second)


def test_guessing_codes_pauses_the_account_for_right_codes_too(
    strict: Flask, create_staff: CreateStaff, session: Session, clock: time_machine.Traveller
) -> None:
    email = create_staff("moderator")
    set_up(browser(strict), strict, email)
    clock.shift(timedelta(minutes=5))
    client = browser(strict)
    asked = sign_in(client, email, follow=True)
    for _number in range(10):
        client.submit(asked, code="000000")
    assert client.submit(asked, code=code_of(strict, secret_of(session))).status_code == 422
    assert not signed_in(client)
    clock.shift(timedelta(minutes=2))
    assert client.submit(asked, code=code_of(strict, secret_of(session))).status_code == 200
    assert signed_in(client)


def test_the_right_password_alone_runs_out(
    strict: Flask, create_staff: CreateStaff, session: Session, clock: time_machine.Traveller
) -> None:
    email = create_staff("moderator")
    set_up(browser(strict), strict, email)
    clock.shift(timedelta(minutes=5))
    client = browser(strict)
    asked = sign_in(client, email, follow=True)
    clock.shift(timedelta(minutes=11))
    answer = client.submit(asked, code=code_of(strict, secret_of(session)))
    assert answer.request.path == "/staff/login"
    assert not signed_in(client)


def test_a_cookie_from_before_the_set_up_cannot_enrol_another_app(
    strict: Flask, create_staff: CreateStaff, session: Session
) -> None:
    email = create_staff("moderator")
    client = browser(strict)
    asked = sign_in(client, email, follow=True)
    thief = browser(strict)
    thief.set_cookie("session", cookie(client))
    stolen = thief.load("/staff/tf-setup")
    shown = client.submit(asked, button="Show the key")
    with client.session_transaction() as held:
        secret = held["tf_totp_secret"]
    client.submit(shown, button="Finish", code=code_of(strict, secret))
    assert client.get("/staff/mf-recovery-codes").status_code == 200
    kept = secret_of(session)
    answer = thief.submit(stolen, button="Show the key")
    assert answer.request.path == "/staff/login"
    assert secret_of(session) == kept


def test_a_recovery_code_signs_in_once(
    strict: Flask, create_staff: CreateStaff, session: Session, clock: time_machine.Traveller
) -> None:
    email = create_staff("moderator")
    codes = set_up(browser(strict), strict, email)
    assert len(set(codes)) == 8
    session.rollback()
    stored = session.scalars(select(User)).one().mf_recovery_codes or []
    assert not set(codes) & set(stored), "codes are kept encrypted"
    clock.shift(timedelta(minutes=5))
    for expected in (200, 422):
        other = browser(strict)
        sign_in(other, email, follow=True)
        answer = other.submit(other.load("/staff/mf-recovery"), code=codes[0].upper())
        assert answer.status_code == expected
        assert signed_in(other) is (expected == 200)


def test_guessing_recovery_codes_pauses_the_account(
    strict: Flask, create_staff: CreateStaff, clock: time_machine.Traveller, session: Session
) -> None:
    email = create_staff("moderator")
    code = set_up(browser(strict), strict, email)[0]
    clock.shift(timedelta(minutes=5))
    other = browser(strict)
    sign_in(other, email, follow=True)
    page = other.load("/staff/mf-recovery")
    for _number in range(10):
        other.submit(page, code="0000-0000-0000")
    assert other.submit(page, code=code).status_code == 422
    assert not signed_in(other)


def test_the_second_step_cannot_be_turned_off_where_it_is_required(
    strict: Flask, create_staff: CreateStaff, session: Session
) -> None:
    client = browser(strict)
    set_up(client, strict, create_staff("moderator"))
    page = client.load("/staff/tf-setup")
    token = page.all("input", name="csrf_token")[0]["value"]
    client.post("/staff/tf-setup", data={"csrf_token": token, "setup": "disable"})
    assert secret_of(session)


def test_changing_the_second_step_asks_for_the_password_after_a_while(
    strict: Flask, create_staff: CreateStaff, clock: time_machine.Traveller, session: Session
) -> None:
    client = browser(strict)
    set_up(client, strict, create_staff("moderator"))
    clock.shift(timedelta(hours=2))
    assert client.get("/staff/tf-setup", follow_redirects=True).request.path == "/staff/verify"
    old = secret_of(session)
    page = client.submit(client.load("/staff/tf-setup"), button="Go on", password="correct horse battery staple 7")
    assert page.request.path == "/staff/tf-setup"
    shown = client.submit(page, button="Show the key")
    with client.session_transaction() as held:
        secret = held["tf_totp_secret"]
    client.submit(shown, button="Finish", code=code_of(strict, secret))
    assert secret_of(session) not in {old, None}


def test_without_the_setting_the_password_is_enough(app: Flask, create_staff: CreateStaff) -> None:
    client = browser(app)
    sign_in(client, create_staff("moderator"))
    assert signed_in(client)
