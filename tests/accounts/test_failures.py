"""Guessing is slowed, by account and by address, the same whether the account exists, and nobody is locked out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from registry.extensions import db
from registry.models import UnknownName, User
from registry.web import now
from tests.accounts.test_sign_in import sign_in, signed_in
from tests.support.client import PageClient


def test_an_account_pauses_after_ten_failures_and_lives_again(
    client: PageClient, create_staff: Callable[..., str], clock: time_machine.Traveller
) -> None:
    email = create_staff("moderator")
    wrong = [sign_in(client, email, f"wrong password {number}") for number in range(10)]
    paused = sign_in(client, email)
    assert paused.status_code == 422
    assert paused.page.main.text == wrong[0].page.main.text  # type: ignore[attr-defined]
    clock.shift(timedelta(minutes=1, seconds=1))
    sign_in(client, email)
    assert signed_in(client)


def test_tries_during_a_pause_do_not_lengthen_it_and_pauses_grow_to_a_quarter_of_an_hour(
    client: PageClient, create_staff: Callable[..., str], clock: time_machine.Traveller, session: Session
) -> None:
    email = create_staff("moderator")
    pauses = []
    for number in range(18):
        sign_in(client, email, f"wrong password {number}")
        session.rollback()
        user = session.scalars(select(User)).one()
        if user.locked_until is not None:
            until = user.locked_until
            sign_in(client, email, "wrong during the pause")
            session.rollback()
            assert session.scalars(select(User)).one().locked_until == until
            pauses.append(round((until - now()).total_seconds() / 60))
            clock.move_to(until + timedelta(seconds=1))
    assert pauses == [1, 2, 4, 8, 15, 15, 15, 15, 15]


def test_success_forgets_the_failures(client: PageClient, create_staff: Callable[..., str], session: Session) -> None:
    email = create_staff("moderator")
    for number in range(9):
        sign_in(client, email, f"wrong password {number}")
    sign_in(client, email)
    assert session.scalars(select(User.failed_logins)).one() == 0


def test_one_address_may_try_ten_times_a_minute(
    make_app: Callable[..., Flask], create_staff: Callable[..., str]
) -> None:
    app = make_app(limits_enabled=True)
    client = app.test_client()
    assert isinstance(client, PageClient)
    answers = [sign_in(client, f"{number}@example.org", "wrong password") for number in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert client.get("/staff/login").status_code == 200


def test_an_unknown_name_costs_the_same_work_and_pauses_too(
    app: Flask, client: PageClient, create_staff: Callable[..., str], session: Session, clock: time_machine.Traveller
) -> None:
    known, unknown = create_staff("moderator"), "nobody@example.org"
    done: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *further: Any) -> None:
        done.append(statement.split()[0])

    def work_of(email: str) -> list[str]:
        done.clear()
        assert sign_in(client, email, "not the password at all").status_code == 422
        return [word for word in done if word in {"INSERT", "UPDATE", "DELETE"}]

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    wrote = [(work_of(known), work_of(unknown)) for _number in range(12)]
    # An account's count is changed, an unknown name's is put down; else there is no difference, pauses among it.
    assert [len(of_known) for of_known, _ in wrote] == [len(of_unknown) for _, of_unknown in wrote]
    assert [len(of_known) for of_known, _ in wrote[8:]] == [1, 2, 0, 0]
    session.rollback()
    name = session.scalars(select(UnknownName)).one()
    assert (name.failed_logins, unknown in name.name_hash) == (10, False)
    session.rollback()
    clock.shift(timedelta(days=1, minutes=1))
    sign_in(client, known)
    assert session.scalars(select(UnknownName)).all() == []
