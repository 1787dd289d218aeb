"""The first step of joining is guarded; what is noted there stays with the registration up to its decision."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.extensions import sender
from registry.models import OutboxMessage, Submission
from tests.guard.proofs import proof
from tests.registration.walk import LATER, NEXT, YOU, fill_in, fill_in_all, send
from tests.support.client import PageClient, page_of


def only(session: Session) -> Submission:
    session.rollback()
    return session.scalars(select(Submission)).one()


def mails(session: Session) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(OutboxMessage)).one()


def test_a_person_with_a_browser_is_not_suspected(
    client: PageClient, session: Session, clock: time_machine.Traveller
) -> None:
    page = client.load("/join/you")
    clock.shift(timedelta(seconds=20))

    client.submit(page, button=NEXT, altcha=proof(client), **YOU)

    assert only(session).flags == []


def test_what_was_noted_at_the_first_step_stays(client: PageClient, session: Session) -> None:
    page = client.load("/join/you")
    found = proof(client)
    client.submit(page, button=NEXT, altcha=found, **YOU)
    # A second click brings the same proof again, and later steps bring none.
    client.submit(page, button=NEXT, altcha=found, **YOU)
    fill_in(client, "laboratory")
    fill_in(client, "you", contact_name="Kim Invented")

    assert only(session).flags == ["too_fast"]
    assert only(session).contact_name == "Kim Invented"


def test_an_error_at_the_first_step_loses_nothing_and_the_second_try_adds_nothing(
    client: PageClient, session: Session
) -> None:
    answer = client.submit(client.load("/join/you"), button=NEXT, **YOU | {"contact_email": "nobody"})
    assert answer.status_code == 422

    client.submit(page_of(answer), button=NEXT, contact_email=YOU["contact_email"])

    assert only(session).flags == ["too_fast", "no_proof_of_work"]


def test_the_hidden_field_keeps_the_draft_and_mails_no_link_to_resume(
    client: PageClient, session: Session, outbox: Any
) -> None:
    plain = client.submit(client.load("/join/you"), button=LATER, homepage="https://spam.example", **YOU)

    assert page_of(plain).url == "/join/saved"
    assert only(session).contact_email == YOU["contact_email"]
    assert "honeypot" in only(session).flags
    assert mails(session) == 0
    # A person whose browser filled it in goes on, sends, and can prove the mailbox.
    fill_in_all(client)
    send(client)
    assert outbox.one(YOU["contact_email"]).link


def test_moderators_see_it_in_the_queue_and_read_it(
    client: PageClient, outbox: Any, staff: Callable[..., PageClient]
) -> None:
    fill_in_all(client)
    send(client)
    client.submit(client.load(outbox.one().link))
    moderator = staff("moderator")

    assert "to look at" in moderator.load("/staff/queue").main.one("ol").text
    page = moderator.load(moderator.load("/staff/queue").main.one("ol").one("a")["href"])
    assert "Something speaks for a program" in page.main.text
    assert "Sent without JavaScript. A browser with JavaScript" in page.main.text


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        # One customer of a network has a /64 at least.
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("no address", "no address"),
    ],
)
def test_a_sender_is_an_address_or_its_network(address: str, counted_as: str) -> None:
    with Flask("alone").test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert sender() == counted_as
