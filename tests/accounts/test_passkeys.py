"""Passkeys: made, used in place of the password or of the code, removed; and every answer that is not right."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.models import AuditEvent, Passkey, PasskeyChallenge, User
from tests.accounts.test_second_factor import set_up
from tests.accounts.test_sign_in import cookie, sign_in, signed_in
from tests.support.authenticator import Authenticator
from tests.support.client import PageClient, page_of

Staff = Callable[..., PageClient]
LOGIN = "/staff/login/passkey"
AGAIN = "/staff/verify/passkey"
NEW = "/staff/account/passkeys"


@pytest.fixture
def new_client(app: Flask) -> Callable[[], PageClient]:
    """``new_client()`` is a browser of somebody."""

    def make() -> PageClient:
        client = app.test_client()
        assert isinstance(client, PageClient)
        return client

    return make


def post(client: PageClient, address: str, page: str, **data: str) -> TestResponse:
    """Send what the script of *page* sends."""
    token = client.load(page).all("div", "input")
    found = next(one for one in token if one.get("data-token") or one.get("name") == "csrf_token")
    return client.post(address, data={"csrf_token": found.get("data-token") or found["value"], **data})


def challenge(client: PageClient, address: str, page: str) -> dict[str, Any]:
    answer = post(client, f"{address}/challenge", page)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    told: dict[str, Any] = answer.get_json()
    return told


def add(client: PageClient, device: Authenticator, name: str = "My key", **changes: str) -> TestResponse:
    page = f"{NEW}/new"
    answer = device.create(challenge(client, NEW, page), **changes)
    return post(client, NEW, page, credential=answer, name=name)


def use(client: PageClient, device: Authenticator, page: str = "/staff/login", **changes: Any) -> TestResponse:
    return post(client, LOGIN, page, credential=device.get(challenge(client, LOGIN, page), **changes))


def test_a_passkey_signs_in_alone_until_it_is_removed(
    staff: Staff, new_client: Callable[[], PageClient], session: Session
) -> None:
    owner, device = staff("moderator"), Authenticator()
    added = page_of(owner.get(add(owner, device, "Blue “key”").headers["Location"]))
    assert "Blue “key”" in added.main.text
    client = new_client()
    options = challenge(client, LOGIN, "/staff/login")
    assert options["userVerification"] == "required"
    assert not options.get("allowCredentials"), "nobody learns who has a passkey"
    answer = use(client, device)
    assert answer.headers["Location"] == "/staff"
    assert signed_in(client)
    assert client.get("/staff/account/password").status_code == 200, "a passkey just shown is fresh"
    assert "Last used" in owner.load("/staff/account").main.text
    owner.submit(owner.load("/staff/account"), button="Remove Blue “key”")
    late = new_client()
    assert use(late, device).headers["Location"].startswith("/staff/login")
    assert not signed_in(late)
    assert session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all() == ["add_passkey", "remove_passkey"]


def test_a_passkey_takes_the_place_of_the_code(
    make_app: Callable[..., Flask], create_staff: Callable[..., str], clock: time_machine.Traveller
) -> None:
    app = make_app(staff_second_factor=True)
    owner, client, device = app.test_client(), app.test_client(), Authenticator()
    assert isinstance(owner, PageClient)
    assert isinstance(client, PageClient)
    email, other = create_staff("moderator"), create_staff("admin")
    set_up(owner, app, email)
    add(owner, device)
    clock.shift(timedelta(minutes=5))
    asked = sign_in(client, email, follow=True)
    assert asked.request.path == "/staff/tf-validate"
    options = challenge(client, LOGIN, "/staff/tf-validate")
    assert len(options["allowCredentials"]) == 1
    # Beside the password a key without fingerprint or PIN is enough.
    use(client, device, "/staff/tf-validate", verified=False)
    assert signed_in(client)
    # It does not stand in for the second step of somebody else.
    owner.submit(owner.load("/staff/queue"), button="Sign out")
    client.submit(client.load("/staff/queue"), button="Sign out")
    set_up(owner, app, other)
    owner.submit(owner.load("/staff/account"), button="Sign out")
    clock.shift(timedelta(minutes=5))
    sign_in(client, other, follow=True)
    use(client, device, "/staff/tf-validate")
    assert not signed_in(client)


def _tampered(answer: str) -> str:
    changed = json.loads(answer)
    signature = changed["response"]["signature"]
    changed["response"]["signature"] = ("B" if signature[12] == "A" else "A").join((signature[:12], signature[13:]))
    return json.dumps(changed)


WRONG: dict[str, Callable[[Authenticator, dict[str, Any]], str]] = {
    "another scheme": lambda device, options: device.get(options, origin="https://localhost"),
    "another port": lambda device, options: device.get(options, origin="http://localhost:8000"),
    "another origin": lambda device, options: device.get(options, origin="http://evil.example"),
    "another challenge": lambda device, options: device.get(options, challenge="A" * 43),
    "another site": lambda device, options: device.get({**options, "rpId": "evil.example"}),
    "owner not recognized": lambda device, options: device.get(options, verified=False),
    "unknown passkey": lambda device, options: Authenticator().get(options),
    "signature": lambda device, options: _tampered(device.get(options)),
    "handle": lambda device, options: device.get(options).replace('"userHandle": "', '"userHandle": "AAAA'),
    "nothing": lambda device, options: "",
    "a list": lambda device, options: "[]",
    "deep": lambda device, options: "{" * 5000,
    "broken": lambda device, options: '{"id": "\\u0000", "rawId": 7, "response": null, "type": "public-key"}',
    "long": lambda device, options: "x" * 30_000,
}


def test_a_wrong_answer_signs_nobody_in(staff: Staff, new_client: Callable[[], PageClient]) -> None:
    device = Authenticator()
    add(staff("moderator"), device)
    client = new_client()
    for what, answer in WRONG.items():
        sent = answer(device, challenge(client, LOGIN, "/staff/login"))
        led = post(client, LOGIN, "/staff/login", credential=sent).headers["Location"]
        assert "That passkey did not sign you in" in page_of(client.get(led)).main.text, what
        assert not signed_in(client), what
    # The right one works all the same.
    use(client, device)
    assert signed_in(client)


def test_a_challenge_is_good_once_soon_and_for_its_browser_and_purpose(
    staff: Staff, new_client: Callable[[], PageClient], session: Session, clock: time_machine.Traveller
) -> None:
    owner, device = staff("moderator"), Authenticator()
    add(owner, device)
    # Used twice, also with the cookie of before.
    client, thief = new_client(), new_client()
    options = challenge(client, LOGIN, "/staff/login")
    before, answer = cookie(client), device.get(options)
    thief.set_cookie("session", before)
    client.load("/staff/login")
    post(client, LOGIN, "/staff/login", credential=answer)
    assert signed_in(client)
    post(thief, LOGIN, "/staff/login", credential=answer)
    assert not signed_in(thief)
    # Spent by a wrong answer.
    late = new_client()
    options = challenge(late, LOGIN, "/staff/login")
    held = cookie(late)
    post(late, LOGIN, "/staff/login", credential="{}")
    late.set_cookie("session", held)
    post(late, LOGIN, "/staff/login", credential=device.get(options))
    assert not signed_in(late)
    # In another browser, that asked for another.
    answer = device.get(challenge(late, LOGIN, "/staff/login"))
    challenge(thief, LOGIN, "/staff/login")
    post(thief, LOGIN, "/staff/login", credential=answer)
    assert not signed_in(thief)
    # For another purpose: what was asked for while signed in does not sign in.
    answer = device.get(challenge(owner, AGAIN, "/staff/verify"))
    owner.submit(owner.load("/staff/queue"), button="Sign out")
    post(owner, LOGIN, "/staff/login", credential=answer)
    assert not signed_in(owner)
    # After five minutes; and nothing old is kept.
    answer = device.get(challenge(late, LOGIN, "/staff/login"))
    clock.shift(timedelta(minutes=5, seconds=1))
    post(late, LOGIN, "/staff/login", credential=answer)
    assert not signed_in(late)
    challenge(late, LOGIN, "/staff/login")
    session.rollback()
    assert session.scalar(select(func.count()).select_from(PasskeyChallenge)) == 1


def test_a_copied_passkey_shows_by_its_count(staff: Staff, new_client: Callable[[], PageClient]) -> None:
    device = Authenticator()
    add(staff("moderator"), device)
    use(new_client(), device)
    device.count = 0
    client = new_client()
    use(client, device)
    assert not signed_in(client)


def test_a_paused_account_lets_its_owner_in_by_passkey(staff: Staff, new_client: Callable[[], PageClient]) -> None:
    device = Authenticator()
    add(staff("moderator"), device)
    guesser, owner = new_client(), new_client()
    for number in range(10):
        sign_in(guesser, "moderator@example.org", f"wrong password {number}")
    use(owner, device)
    assert signed_in(owner)


def test_a_deactivated_account_is_closed_to_passkeys(
    staff: Staff, new_client: Callable[[], PageClient], session: Session
) -> None:
    device = Authenticator()
    add(staff("moderator"), device)
    session.execute(update(User).values(active=False))
    session.commit()
    client = new_client()
    assert use(client, device).status_code == 303
    assert not signed_in(client)


def test_a_passkey_shows_that_it_is_still_you(staff: Staff, clock: time_machine.Traveller) -> None:
    owner, other = staff("moderator"), staff("admin")
    own, strange = Authenticator(), Authenticator()
    add(owner, own)
    add(other, strange)
    clock.shift(timedelta(minutes=31))
    page = f"/staff/verify?next={NEW}/new"
    for device, right in ((strange, False), (own, True)):
        answer = device.get(challenge(owner, AGAIN, page))
        led = post(owner, AGAIN, page, credential=answer, next=f"{NEW}/new").headers["Location"]
        assert (led == f"{NEW}/new") is right
        assert (owner.get(f"{NEW}/new").status_code == 200) is right


def test_a_passkey_made_elsewhere_is_not_added(staff: Staff, session: Session) -> None:
    client = staff("moderator")
    for changes in ({"origin": "http://evil.example"}, {"challenge": "A" * 43}):
        told = page_of(client.get(add(client, Authenticator(), **changes).headers["Location"]))
        assert "No passkey was added" in told.main.text
    assert session.scalars(select(Passkey)).all() == []


def test_the_same_passkey_is_not_added_twice_nor_too_many(staff: Staff, session: Session) -> None:
    client, device = staff("moderator"), Authenticator()
    add(client, device, name="")
    add(client, device)
    other = staff("admin")
    add(other, device)
    for _number in range(10):
        add(client, Authenticator())
    assert session.scalar(select(func.count()).select_from(Passkey)) == 10
    assert "A browser that does not say" in client.load("/staff/account").main.text
    assert "Remove one before" in client.load(f"{NEW}/new").main.text


def test_another_persons_passkey_is_not_there(staff: Staff, session: Session) -> None:
    owner, other = staff("moderator"), staff("admin")
    add(owner, Authenticator())
    number = session.scalars(select(Passkey.id)).one()
    assert post(other, f"{NEW}/{number}/remove", "/staff/account").status_code == 404


def test_a_site_without_a_name_offers_no_passkeys(
    make_app: Callable[..., Flask], create_staff: Callable[..., str]
) -> None:
    client = make_app(base_url="http://127.0.0.1:8000").test_client()
    assert isinstance(client, PageClient)
    sign_in(client, create_staff("moderator"))
    assert "reached by an address number" in client.load("/staff/account").main.text
    assert "reached by an address number" in client.load(f"{NEW}/new").main.text
