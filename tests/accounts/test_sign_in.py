"""Signing in and out: what everybody hears, what slows guessing, what a cookie is worth."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.models import Role, StaffSession, User
from tests.conftest import PASSWORD
from tests.support.client import PageClient

Staff = Callable[..., PageClient]


def sign_in(
    client: PageClient, email: str, password: str = PASSWORD, *, follow: bool = False, **fields: Any
) -> TestResponse:
    return client.submit(client.load("/staff/login"), email=email, password=password, follow=follow, **fields)


def signed_in(client: PageClient) -> bool:
    return client.get("/staff/queue").status_code == 200


def test_a_right_password_opens_the_queue(client: PageClient, create_staff: Callable[..., str]) -> None:
    answer = sign_in(client, create_staff("moderator"), follow=True)
    assert answer.status_code == 200
    assert answer.request.path == "/staff/queue"


def test_the_address_may_be_typed_in_capitals(client: PageClient, create_staff: Callable[..., str]) -> None:
    sign_in(client, create_staff("moderator").upper())
    assert signed_in(client)


def test_unknown_wrong_and_switched_off_accounts_hear_the_same(
    client: PageClient, create_staff: Callable[..., str], session: Session
) -> None:
    email = create_staff("moderator")
    off = create_staff("moderator", "off@example.org")
    session.execute(update(User).where(User.email == off).values(active=False))
    session.commit()
    answers = [
        sign_in(client, email, "not the password at all"),
        sign_in(client, "nobody@example.org"),
        sign_in(client, off),
    ]
    mains = {answer.page.main.text for answer in answers}  # type: ignore[attr-defined]
    assert len(mains) == 1, mains
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert not signed_in(client)


def test_what_was_in_the_cookie_before_is_gone_after_sign_in(
    client: PageClient, create_staff: Callable[..., str]
) -> None:
    with client.session_transaction() as planted:
        planted["staff_session"] = "planted by somebody else"
        planted["planted"] = "yes"
    page = client.load("/staff/login")
    with client.session_transaction() as before:
        token = before["csrf_token"]
    client.submit(page, email=create_staff("moderator"), password=PASSWORD)
    with client.session_transaction() as after:
        assert "planted" not in after
        assert after["staff_session"] != "planted by somebody else"
        assert after.get("csrf_token") != token


def test_each_sign_in_is_a_session_of_its_own(app: Flask, create_staff: Callable[..., str], session: Session) -> None:
    email = create_staff("moderator")
    for _number in range(2):
        client = app.test_client()
        assert isinstance(client, PageClient)
        sign_in(client, email)
    keys = session.scalars(select(StaffSession.key_hash)).all()
    assert len(set(keys)) == 2


def cookie(client: PageClient) -> str:
    found = client.get_cookie("session")
    assert found is not None
    return found.value


def test_a_copied_cookie_is_worthless_after_sign_out(app: Flask, staff: Staff, session: Session) -> None:
    client = staff("moderator")
    thief = app.test_client()
    assert isinstance(thief, PageClient)
    thief.set_cookie("session", cookie(client))
    assert signed_in(thief)
    client.submit(client.load("/staff/queue"), button="Sign out")
    assert not signed_in(client)
    assert not signed_in(thief)
    assert session.scalars(select(StaffSession)).all() == []


def test_signing_out_needs_a_post_with_its_token(staff: Staff) -> None:
    client = staff("moderator")
    assert client.get("/staff/logout").status_code == 405
    assert client.post("/staff/logout").status_code == 419
    assert signed_in(client)


def test_a_session_ends_when_idle_and_at_the_end_of_the_day(clock: time_machine.Traveller, staff: Staff) -> None:
    client = staff("moderator")
    for _hours in range(3):
        clock.shift(timedelta(hours=3, minutes=50))
        assert signed_in(client)
    clock.shift(timedelta(minutes=31))
    assert not signed_in(client), "twelve hours are over"
    idle = staff("moderator", "second@example.org")
    clock.shift(timedelta(hours=4, minutes=1))
    assert not signed_in(idle)


def test_a_role_taken_away_is_refused_at_the_next_click(staff: Staff, session: Session) -> None:
    client = staff("moderator")
    assert signed_in(client)
    user = session.scalars(select(User)).one()
    user.roles = list(session.scalars(select(Role).where(Role.name == "outreach")))
    session.commit()
    assert client.get("/staff/queue").status_code == 403
    user.active = False
    session.commit()
    assert client.get("/staff/queue", follow_redirects=True).request.path == "/staff/login"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\t/evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "///evil.example",
        "https://evil.example/staff",
        "http:evil.example",
        "javascript:alert(1)",
        " //evil.example",
        "/staff//evil\r\nSet-Cookie: a=b",
        "/labs",
    ],
)
def test_sign_in_leads_nowhere_else(client: PageClient, create_staff: Callable[..., str], target: str) -> None:
    email = create_staff("moderator")
    looked = client.get("/staff/login", query_string={"next": target})
    assert looked.status_code == 303
    assert looked.headers["Location"] == "/staff/login"
    page = client.load("/staff/login")
    token = page.one("input", name="csrf_token")["value"]
    answer = client.post(
        "/staff/login", data={"email": email, "password": PASSWORD, "next": target, "csrf_token": token}
    )
    assert answer.headers["Location"].startswith("/staff/")
    assert not signed_in(client) or answer.headers["Location"] == "/staff/queue"


def test_sign_in_leads_back_to_the_page_that_was_asked_for(
    client: PageClient, create_staff: Callable[..., str]
) -> None:
    email = create_staff("moderator")
    refused = client.get("/staff/queue?state=decided")
    assert refused.status_code == 303
    page = client.load(refused.headers["Location"])
    answer = client.submit(page, email=email, password=PASSWORD)
    assert answer.request.full_path == "/staff/queue?state=decided"


@pytest.mark.parametrize(
    "address",
    ["/staff", "/staff/", "/staff/queue", "/staff/submissions/1", "/staff/anything", "/staff/verify"],
)
def test_everything_below_staff_is_closed(client: PageClient, address: str) -> None:
    for answer in (client.get(address), client.head(address)):
        assert answer.status_code in {303, 308}
        assert answer.headers["Location"].split("?")[0] in {"/staff/login", "/staff"}


@pytest.mark.parametrize("address", ["/staff/tf-rescue", "/staff/tf-select", "/staff/register", "/staff/reset"])
def test_what_the_registry_does_not_offer_is_not_there(staff: Staff, address: str) -> None:
    assert staff("admin").get(address).status_code == 404


def test_a_token_in_a_header_or_an_address_opens_nothing(
    app: Flask, client: PageClient, create_staff: Callable[..., str], session: Session
) -> None:
    create_staff("admin")
    with app.test_request_context():
        token = session.scalars(select(User)).one().get_auth_token()
    assert client.get("/staff/queue", headers={"Authentication-Token": token}).status_code == 303
    assert client.get("/staff/queue", query_string={"auth_token": token}).status_code == 303


def test_signing_in_with_json_is_not_offered(client: PageClient, create_staff: Callable[..., str]) -> None:
    answer = client.post("/staff/login", json={"email": create_staff("admin"), "password": PASSWORD})
    assert answer.status_code == 419
    assert "token" not in answer.get_data(as_text=True).lower() or answer.mimetype == "text/html"


def test_a_forged_post_signs_nobody_in(client: PageClient, create_staff: Callable[..., str]) -> None:
    client.load("/staff/login")
    answer = client.post("/staff/login", data={"email": create_staff("admin"), "password": PASSWORD})
    assert answer.status_code == 419
    assert not signed_in(client)


def test_no_long_lived_cookie_is_given(client: PageClient, create_staff: Callable[..., str]) -> None:
    page = client.load("/staff/login")
    token = page.one("input", name="csrf_token")["value"]
    data = {
        "email": create_staff("admin"),
        "password": PASSWORD,
        "csrf_token": token,
        "remember": "y",
    }
    answer = client.post("/staff/login", data=data)
    assert answer.status_code == 302
    assert client.get_cookie("remember_token") is None
    assert all("expires" not in header.lower() for header in answer.headers.getlist("Set-Cookie"))


def test_public_pages_neither_read_nor_set_a_cookie(client: PageClient) -> None:
    for address in ("/labs", "/healthz"):
        answer = client.get(address)
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_sign_in_pages_are_not_kept_by_caches(client: PageClient) -> None:
    assert "no-store" in client.get("/staff/login").headers["Cache-Control"]
