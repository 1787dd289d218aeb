"""What two administrators do at once, and what the operator does on the machine."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.accounts import people
from registry.accounts.members import role_of
from registry.extensions import begin_writing, db
from registry.models import User
from registry.web import now
from tests.accounts.test_people import CHOSEN, acts
from tests.accounts.test_sign_in import sign_in
from tests.support.client import PageClient

Staff = Callable[..., PageClient]


def test_the_operator_helps_an_administrator_who_lost_the_phone(app: Flask, staff: Staff, session: Session) -> None:
    admin = staff("admin")
    user = session.scalars(select(User)).one()
    user.tf_primary_method, user.tf_totp_secret = "authenticator", "secret"
    session.commit()
    runner = app.test_cli_runner()
    told = runner.invoke(args=["staff", "reset-second-factor", "ADMIN@example.org"])
    assert told.exit_code == 0, told.output
    assert "admin@example.org are removed" in told.output
    session.expire_all()
    assert (user.tf_totp_secret, user.password is None) == (None, False)
    assert admin.get("/staff/people").status_code == 303
    assert acts(session) == ["reset_second_factor"]
    assert runner.invoke(args=["staff", "reset-second-factor", "nobody@example.org"]).exit_code == 1


def test_the_operator_makes_a_reader(app: Flask, client: PageClient) -> None:
    made = app.test_cli_runner().invoke(
        args=["staff", "create", "r@example.org", "--role", "reader", "--password", CHOSEN]
    )
    assert made.exit_code == 0, made.output
    sign_in(client, "r@example.org", CHOSEN)
    assert "Reader" in client.load("/staff/account").main.text


def test_two_administrators_who_demote_each_other_at_once_leave_one(
    app: Flask, create_staff: Callable[..., str]
) -> None:
    emails = [create_staff("admin", f"{name}@example.org") for name in ("one", "two")]
    with app.app_context():
        numbers = {user.email: user.id for user in db.session.scalars(select(User))}
    start = threading.Barrier(2)

    def demote(actor: str, user_id: int) -> str:
        with app.app_context():
            start.wait(10)
            begin_writing(db.session)
            try:
                people.change_role(db.session, user_id=user_id, role="reader", actor=actor, now=now())
            except people.Refused as refused:
                return str(refused)
            db.session.commit()
            return ""

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(demote, emails, [numbers[email] for email in reversed(emails)]))
    assert sorted(told) == ["", people.LAST_ADMIN]
    with app.app_context():
        assert sorted(role_of(user) for user in db.session.scalars(select(User))) == ["admin", "reader"]
