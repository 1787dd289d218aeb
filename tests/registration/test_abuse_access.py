"""What strangers reach for in the registration: others' drafts, columns, links, the names of senders."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.workflow import State
from registry.extensions import limiter
from registry.models import AuditEvent
from tests.registration.hostile import hidden_fields, token_of
from tests.registration.walk import LATER, YOU, count, fill_in, fill_in_all, hand_in, only
from tests.registration.walk import other_browser as stranger
from tests.registration.walk import send as send_all
from tests.support.client import PageClient
from tests.support.factories import publish


@pytest.fixture
def author(client: PageClient, session: Session) -> PageClient:
    """Somebody with a draft that lacks only the last look."""
    fill_in_all(client)
    return client


def test_what_no_form_asks_is_never_read(author: PageClient, session: Session) -> None:
    unread = {
        "state": "approved",
        "lab_id": str(publish(session).id),
        "kind": "edit",
        "flags": "[]",
        "reviewer_id": "1",
        "email_verified_at": "2026-01-01",
        "submitted_at": "2026-01-01",
        "consented_at": "2026-01-01",
        "draft_key_hash": "0" * 64,
        "revises_id": "1",
        "id": "999",
    }
    before = {name: getattr(only(session), name) for name in unread}
    for step in ("you", "laboratory", "test-1", "contact", "check"):
        author.post(f"/join/{step}", data={**unread, **hidden_fields(author, step), "then": "continue"})
        after = only(session)
        assert {name: getattr(after, name) for name in unread} == before, step


def test_a_draft_is_opened_by_its_secret_and_by_nothing_that_can_be_guessed(
    app: Flask, author: PageClient, session: Session
) -> None:
    draft = only(session)
    thief = stranger(app)
    token = token_of(thief)
    guesses = [str(draft.id), draft.draft_key_hash, draft.handle, "1", "0", f"{draft.id}' OR 1=1"]
    for guess in guesses:
        for field in ("of_draft", "open", "draft_key"):
            for address in ("/join", "/join/laboratory", "/join/check", "/join/sent", "/join/contact"):
                answer = thief.post(
                    address, data={"csrf_token": token, field: guess, "name": "Stolen", "then": "later"}
                )
                assert answer.status_code in {303, 404}, (address, field, guess)
    for address in ("/join/laboratory", "/join/check", f"/join/{draft.id}", f"/join?draft={draft.id}"):
        assert "Invented Pathology" not in thief.get(address, follow_redirects=True).text

    assert count(session) == 1
    assert only(session).profile.name == "Invented Pathology"
    # Numbers of submissions are for staff alone.
    assert thief.get(f"/staff/submissions/{draft.id}").status_code == 303


def test_of_two_clicks_at_once_on_a_link_one_counts(
    app: Flask, author: PageClient, session: Session, outbox: Any
) -> None:
    send_all(author)
    link = outbox.one().link
    together = threading.Barrier(4)
    browsers = [stranger(app) for _ in range(4)]
    pages = [browser.load(link) for browser in browsers]

    def press(number: int) -> int:
        together.wait(60)
        return int(browsers[number].submit(pages[number], follow=False).status_code)

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(press, range(4)))

    assert set(answers) <= {303, 410}
    assert 303 in answers
    assert only(session).state == State.SUBMITTED.value
    acts = session.scalars(select(AuditEvent.action)).all()
    assert sorted(acts) == ["confirm_email", "send"]


def test_links_lead_to_the_configured_address_whatever_the_request_says(client: PageClient, outbox: Any) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"}
    sent = {**hidden_fields(client, "you"), **YOU, "then": "later"}
    assert client.post("/join/you", data=sent, headers={"Host": "evil.example"}).status_code == 400
    client.post("/join/you", data=sent, headers=forged)

    letter = outbox.one()

    assert all(address.startswith("http://localhost") for address in letter.addresses)
    assert "evil" not in letter.text + letter.html


@pytest.mark.parametrize(("proxies", "status"), [(0, 429), (1, 303)])
def test_a_sender_is_who_the_configured_proxies_say_and_nobody_else(
    proxies: int, status: int, make_app: Callable[..., Flask], session: Session
) -> None:
    address = f"/labs/{publish(session).slug}/report"
    app = make_app(limits_enabled=True, trusted_proxies=proxies)
    with app.app_context():
        limiter.reset()
    browser = stranger(app)
    token = browser.load(address).main.one("input", name="csrf_token")["value"]

    def tell(number: int) -> int:
        headers = {"X-Forwarded-For": f"198.51.100.77, 192.0.2.{number}"}
        sent = {"csrf_token": token, "kind": "closed"}
        return int(browser.post(address, data=sent, headers=headers).status_code)

    answers = [tell(number) for number in range(11)]

    assert answers[:10] == [303] * 10
    assert answers[-1] == status


def test_no_log_names_a_mailbox_or_a_secret(
    client: PageClient, outbox: Any, session: Session, capfd: pytest.CaptureFixture[str]
) -> None:
    fill_in(client, "you", button=LATER)
    letters = outbox.deliver()
    link = hand_in(client, outbox)
    letters += outbox.deliver()
    client.load(link.replace("/links/", "/links/x"), status=404)
    stops = [address.rpartition("/")[2] for letter in letters for address in letter.addresses if "/stop/" in address]

    logged = "".join(capfd.readouterr())

    for secret in (YOU["contact_email"], link.rpartition("/")[2], *stops):
        assert secret not in logged
