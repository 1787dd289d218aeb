"""A mail is written with what caused it, leaves once, and waits when the server does not want it."""

import random
import smtplib
import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry import links, mail
from registry.extensions import begin_writing
from registry.models import OneUseLink, OutboxMessage
from tests.support.factories import a_submission

MOMENT = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)


class Post:
    """Stands for renderer and transport; ``fails`` is what the transport raises, one a try."""

    def __init__(self, *fails: Exception) -> None:
        self.fails = list(fails)
        self.sent: list[mail.Rendered] = []
        self.tokens: list[str | None] = []

    def render(self, message: OutboxMessage, token: str | None) -> mail.Rendered:
        self.tokens.append(token)
        return mail.Rendered(message.recipient, message.kind, "", "", "<id>")

    def send(self, letter: mail.Rendered) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append(letter)


def deliver(session: Session, post: Post, now: datetime = MOMENT) -> int:
    return mail.deliver_due(session, render=post.render, send=post.send, clock=lambda: now, chance=random.Random(1))


def put(session: Session, recipient: str = "a@example.org", **more: object) -> bool:
    added = mail.enqueue(session, kind="approved", recipient=recipient, context={}, now=MOMENT, **more)  # type: ignore[arg-type]
    session.commit()
    return added


def only(session: Session) -> OutboxMessage:
    session.rollback()
    return session.scalars(select(OutboxMessage)).one()


def test_a_mail_leaves_once(session: Session) -> None:
    put(session)
    post = Post()
    assert deliver(session, post) == 1
    assert deliver(session, post) == 0
    assert [letter.recipient for letter in post.sent] == ["a@example.org"]


def test_a_mail_of_a_rolled_back_change_is_never_sent(session: Session) -> None:
    mail.enqueue(session, kind="approved", recipient="a@example.org", context={}, now=MOMENT)
    session.rollback()
    assert deliver(session, Post()) == 0


def test_two_messages_with_one_key_are_one(session: Session) -> None:
    assert put(session, once_key="approved:1") is True
    assert put(session, once_key="approved:1") is False
    assert deliver(session, Post()) == 1


def test_a_link_is_made_when_the_mail_leaves_and_only_its_hash_is_kept(session: Session) -> None:
    submission = a_submission(session, state="awaiting_email")
    put(session, link_purpose=links.Purpose.CONFIRM_EMAIL, submission_id=submission.id)
    assert session.scalars(select(OneUseLink)).all() == []
    post = Post()
    deliver(session, post)
    (token,) = post.tokens
    assert token is not None
    stored = session.scalars(select(OneUseLink)).one()
    assert stored.token_hash == links.hash_of(token)
    assert stored.email == "a@example.org"


def test_a_refused_mail_waits_longer_each_time_and_is_sent_in_the_end(session: Session) -> None:
    put(session)
    post = Post(*(smtplib.SMTPConnectError(421, "busy") for _ in range(3)))
    now, waits = MOMENT, []
    for _ in range(3):
        assert deliver(session, post, now) == 0
        message = only(session)
        waits.append(message.due_at - now)
        assert deliver(session, post, message.due_at - timedelta(seconds=1)) == 0
        now = message.due_at
    assert waits == sorted(waits)
    assert timedelta(seconds=45) <= waits[0] <= timedelta(seconds=75)
    assert deliver(session, post, now) == 1
    assert only(session).state == "sent"


def test_a_mailbox_that_does_not_exist_is_not_tried_again(session: Session) -> None:
    put(session)
    refusal = smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no such mailbox a@example.org")})
    deliver(session, Post(refusal))
    message = only(session)
    assert message.state == "failed"
    assert "example.org" not in message.last_error


def test_it_gives_up_after_many_tries(session: Session) -> None:
    put(session)
    post = Post(*(OSError("down") for _ in range(mail.MAX_ATTEMPTS)))
    now = MOMENT
    for _ in range(mail.MAX_ATTEMPTS):
        deliver(session, post, now)
        now += timedelta(days=1)
    assert only(session).state == "failed"


def test_one_bad_mail_does_not_stop_the_others(session: Session) -> None:
    put(session, "bad@example.org")
    put(session, "good@example.org")
    post = Post(ValueError("template"))
    assert deliver(session, post) == 1
    assert [letter.recipient for letter in post.sent] == ["good@example.org"]


def test_the_claim_of_a_killed_worker_lapses(session: Session) -> None:
    put(session)
    message = only(session)
    message.state, message.claimed_until, message.attempts = "sending", MOMENT + mail.CLAIM, 1
    session.commit()
    assert deliver(session, Post(), MOMENT + timedelta(minutes=1)) == 0
    assert deliver(session, Post(), MOMENT + mail.CLAIM + timedelta(seconds=1)) == 1


@pytest.mark.parametrize("workers", [4])
def test_several_workers_send_each_mail_once(app: Flask, session: Session, workers: int) -> None:
    for number in range(40):
        mail.enqueue(session, kind="approved", recipient=f"{number}@example.org", context={}, now=MOMENT)
    session.commit()
    post = Post()
    bind = session.get_bind()

    def work() -> None:
        with Session(bind) as own:
            while deliver(own, post):
                pass

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(letter.recipient for letter in post.sent) == sorted(f"{number}@example.org" for number in range(40))


def test_a_mail_cancelled_while_it_leaves_is_not_tried_again(session: Session) -> None:
    put(session)
    post = Post()

    def send(letter: mail.Rendered) -> None:
        begin_writing(session)
        session.execute(update(OutboxMessage).values(state="cancelled"))
        session.commit()
        raise OSError

    mail.deliver_due(session, render=post.render, send=send, clock=lambda: MOMENT, chance=random.Random(1))
    assert only(session).state == "cancelled"
