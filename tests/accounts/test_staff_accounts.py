"""Making accounts, and what guards them."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.accounts import create_staff, roles
from registry.accounts.failures import pause_after
from registry.extensions import db
from registry.models import User

NOW = datetime(2026, 11, 16, tzinfo=UTC)
PASSWORD = "correct horse battery staple 7"


def test_an_account_has_its_role_and_an_argon2_hash(app: Flask, session: Session) -> None:
    with app.app_context():
        create_staff(db.session, email="  Ada@Example.ORG ", password=PASSWORD, role="admin", now=NOW)
        db.session.commit()
    user = session.scalars(select(User)).one()
    assert user.email == "ada@example.org"
    assert [role.name for role in user.roles] == ["admin"]
    assert user.password is not None
    assert user.password.startswith("$argon2id$")
    assert PASSWORD not in user.password


def test_two_accounts_share_a_role(app: Flask, session: Session) -> None:
    with app.app_context():
        for email in ("a@example.org", "b@example.org"):
            create_staff(db.session, email=email, password=PASSWORD, role="moderator", now=NOW)
        db.session.commit()
    assert [[role.name for role in user.roles] for user in session.scalars(select(User))] == [["moderator"]] * 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"role": "emperor"}, "the role must be one of admin, moderator, outreach, reader"),
        ({"password": "short"}, "at least 12 characters"),
        ({"email": "not an address"}, "is not an e-mail address"),
        ({"email": "a@b@c"}, "is not an e-mail address"),
        ({"email": "ADA@example.org"}, "there is an account for ada@example.org already"),
    ],
)
def test_what_cannot_be_an_account_is_said(app: Flask, changes: dict[str, str], said: str) -> None:
    with app.app_context():
        values = {"email": "ada@example.org", "password": PASSWORD, "role": "admin"}
        create_staff(db.session, **values, now=NOW)
        with pytest.raises(ValueError, match=said):
            create_staff(db.session, **({**values, "email": "new@example.org"} | changes), now=NOW)


def test_pauses_grow_and_are_never_for_ever() -> None:
    minutes = [pause.total_seconds() / 60 if (pause := pause_after(n)) else 0 for n in (0, 9, 10, 11, 12, 13, 14)]
    assert minutes == [0, 0, 1, 2, 4, 8, 15]
    assert pause_after(10**9) == pause_after(14)


def test_a_guard_names_roles_that_exist() -> None:
    with pytest.raises(ValueError, match="emperor"):
        roles("emperor")
