"""How much mail a mailbox gets that anybody could have sent to it, whoever asks and wherever."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import ROOT
from registry import mail, mailboxes
from registry.extensions import begin_writing, db
from registry.mailboxes import A_DAY, AN_HOUR
from registry.models import OutboxMessage

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
VICTIM = "victim@laboratory.example"


def ask(session: Session, now: datetime, *, kind: str = "sign_in", to: str = VICTIM) -> bool:
    return mail.enqueue(session, kind=kind, recipient=to, context={}, now=now)


def count(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(OutboxMessage)).one()


def test_a_mailbox_gets_few_in_an_hour_whatever_their_kinds(session: Session) -> None:
    kinds = sorted(mailboxes.UNASKED)
    answers = [
        ask(session, NOON + timedelta(minutes=number), kind=kinds[number % len(kinds)]) for number in range(AN_HOUR + 2)
    ]

    assert answers == [True] * AN_HOUR + [False] * 2
    assert ask(session, NOON, to="kim@laboratory.example")
    assert ask(session, NOON + timedelta(minutes=61))


def test_a_mailbox_gets_few_in_a_day(session: Session) -> None:
    moments = [NOON + timedelta(minutes=15 * number) for number in range(96)]

    assert sum(ask(session, moment) for moment in moments) == A_DAY
    assert ask(session, NOON + timedelta(days=1, hours=1))


def test_what_we_have_to_say_ourselves_is_not_limited(session: Session) -> None:
    for _ in range(AN_HOUR + A_DAY):
        assert ask(session, NOON, kind="approved")

    # Nor does it take room from what a person asks for.
    assert ask(session, NOON)


def test_many_askers_at_once_get_no_more(app: Flask) -> None:
    together = threading.Barrier(8)

    def asker(number: int) -> int:
        with app.app_context():
            together.wait(60)
            begin_writing(db.session)
            found = sum(ask(db.session, NOON) for _ in range(2))
            db.session.commit()
            return found

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(asker, range(8))) == AN_HOUR


def test_every_kind_of_mail_says_who_can_have_it_sent() -> None:
    kinds = {folder.name for folder in (ROOT / "templates" / "email").iterdir() if folder.is_dir()}
    sorts = (mailboxes.UNASKED, mailboxes.OWN, mailboxes.OPERATORS)

    assert kinds <= frozenset().union(*sorts), "name a new kind of mail in registry/mailboxes.py"
    assert sum(map(len, sorts)) == len(frozenset().union(*sorts))
