"""One's own account: password, signed-in browsers, and showing again that it is still you."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import AuditEvent, StaffSession
from tests.accounts.test_sign_in import cookie, sign_in, signed_in
from tests.conftest import PASSWORD
from tests.support.client import PageClient, page_of

Staff = Callable[..., PageClient]
ANOTHER = "another four words kept"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def second(app: Flask) -> PageClient:
    """Another browser of the same moderator, which the test signs in."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    return client


def test_signed_in_browsers_are_listed_and_each_can_be_ended(
    staff: Staff, second: PageClient, session: Session
) -> None:
    client = staff("moderator")
    sign_in(second, "moderator@example.org")
    page = client.load("/staff/account")
    assert "Firefox on Linux" in page.main.text
    assert "192.0.2.7" in page.main.text
    assert page.main.text.count("This browser") == 1
    told = page_of(client.submit(page, button="Sign this browser out Firefox on Linux"))
    assert "That browser is signed out" in told.main.text
    assert (signed_in(client), signed_in(second)) == (True, False)
    assert session.scalars(select(AuditEvent.action)).all() == ["end_sessions"]


def test_all_others_can_be_ended_at_once(staff: Staff, second: PageClient) -> None:
    client = staff("moderator")
    sign_in(second, "moderator@example.org")
    client.submit(client.load("/staff/account"), button="Sign all other browsers out")
    assert (signed_in(client), signed_in(second)) == (True, False)


def test_another_persons_browser_is_not_there(staff: Staff, session: Session) -> None:
    client, stranger = staff("moderator"), staff("outreach")
    other = session.scalars(select(StaffSession).order_by(StaffSession.id)).all()[-1]
    token = client.load("/staff/account").all("input", name="csrf_token")[0]["value"]
    assert client.post(f"/staff/account/browsers/{other.id}/end", data={"csrf_token": token}).status_code == 404
    assert stranger.get("/staff/account").status_code == 200


def test_a_new_password_ends_the_other_browsers_and_half_done_sign_ins(
    staff: Staff, second: PageClient, app: Flask, session: Session
) -> None:
    client = staff("moderator")
    sign_in(second, "moderator@example.org")
    before = cookie(client)
    form = client.load("/staff/account/password")
    assert "at least 12" in page_of(client.submit(form, button="Change", password="x", again="x")).main.text
    told = page_of(client.submit(form, button="Change", password=ANOTHER, again=ANOTHER))
    assert "Your password is changed" in told.main.text
    assert (signed_in(client), signed_in(second)) == (True, False)
    second.set_cookie("session", before)
    assert not signed_in(second), "the cookie of before names an account that is called otherwise now"
    assert sign_in(second, "moderator@example.org").status_code == 422
    assert sign_in(second, "moderator@example.org", ANOTHER, follow=True).status_code == 200
    assert session.scalars(select(AuditEvent.action)).all() == ["change_password"]


def test_what_matters_asks_for_the_password_after_half_an_hour(
    staff: Staff, clock: time_machine.Traveller, session: Session
) -> None:
    admin = staff("admin")
    staff("moderator")
    form = admin.load("/staff/people/2")
    clock.shift(timedelta(minutes=29))
    assert admin.get("/staff/people/2").status_code == 200
    clock.shift(timedelta(minutes=2))
    # A page leads to the question and back to itself.
    asked = admin.load("/staff/people/2")
    assert asked.url == "/staff/verify?next=/staff/people/2"
    wrong = admin.submit(asked, button="Go on", password="not the password")
    assert (wrong.status_code, wrong.request.path) == (422, "/staff/verify")
    # What was sent is not done, and the way leads back to its page.
    refused = page_of(admin.submit(form, button="Deactivate the account"))
    assert "Nothing was done yet" in refused.main.text
    back = page_of(admin.submit(refused, button="Go on", password=PASSWORD))
    assert back.url == "/staff/people/2"
    assert "is deactivated" in page_of(admin.submit(back, button="Deactivate the account")).main.text
    assert session.scalars(select(AuditEvent.action)).all() == ["deactivate_staff"]


def test_an_old_cookie_does_not_bring_the_freshness_back(staff: Staff, clock: time_machine.Traveller) -> None:
    client = staff("moderator")
    fresh = cookie(client)
    clock.shift(timedelta(minutes=31))
    client.set_cookie("session", fresh)
    assert client.get("/staff/account/password").status_code == 303


def test_guessing_the_password_again_pauses_the_account(staff: Staff, clock: time_machine.Traveller) -> None:
    client = staff("moderator")
    clock.shift(timedelta(minutes=31))
    asked = client.load("/staff/account/password")
    for number in range(10):
        client.submit(asked, button="Go on", password=f"wrong password {number}")
    assert client.submit(asked, button="Go on", password=PASSWORD).status_code == 422
    clock.shift(timedelta(minutes=2))
    assert client.submit(asked, button="Go on", password=PASSWORD).request.path == "/staff/account/password"


def test_every_dangerous_act_wants_it_fresh(app: Flask) -> None:
    guarded = {name for name, view in app.view_functions.items() if getattr(view, "fresh", False)}
    acts = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("people.") and "POST" in (rule.methods or set())
    }
    # Signing browsers out is quick on purpose; the rest is how one shows a passkey.
    free = {"end_browser", "end_other_browsers", "ask_passkey", "passkey_sign_in", "ask_passkey_again", "passkey_again"}
    assert acts - guarded == {f"people.{name}" for name in free}
