"""What an operator sets decides what starts."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from config import Settings
from registry import accounts, schema
from registry.app import create_app
from registry.extensions import db
from registry.web import now

SAFE = {
    "secret_key": "a" * 40,
    "password_salt": "b" * 40,
    "totp_secret": "c" * 40,
    "base_url": "https://registry.example.org",
}


def test_production_starts_with_real_secrets() -> None:
    assert Settings(mode="production", **SAFE).asks_second_factor  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"secret_key": "short"}, "REGISTRY_SECRET_KEY"),
        ({"password_salt": "development-only-not-a-secret"}, "REGISTRY_PASSWORD_SALT"),
        ({"totp_secret": ""}, "REGISTRY_TOTP_SECRET"),
        ({"base_url": "http://registry.example.org"}, "REGISTRY_BASE_URL"),
        ({"staff_second_factor": False}, "REGISTRY_STAFF_SECOND_FACTOR"),
    ],
)
def test_production_refuses_what_is_unsafe_and_names_it(change: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        Settings(mode="production", **{**SAFE, **change})


def test_the_mode_is_production_unless_said() -> None:
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_common_addresses_of_postgresql_mean_psycopg(scheme: str) -> None:
    settings = Settings(mode="test", database_url=f"{scheme}://u:p@h/d")
    assert settings.database == "postgresql+psycopg://u:p@h/d"


def test_demonstration_staff_sign_in_with_the_password_alone(tmp_path: Path) -> None:
    app = create_app(Settings(mode="demonstration", instance=tmp_path))
    with app.app_context():
        schema.upgrade(db.engine)
        accounts.create_staff(db.session, email="m@example.org", password="long enough 12", role="moderator", now=now())
        db.session.commit()
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    answer = client.post("/staff/login", data={"email": "m@example.org", "password": "long enough 12"})
    assert answer.headers["Location"].endswith("/staff/queue")
    assert client.get("/staff/queue").status_code == 200
    assert client.get("/dev/mail").status_code == 200
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def test_pages_of_the_demonstration_exist_nowhere_else(tmp_path: Path) -> None:
    app = create_app(Settings(mode="test", instance=tmp_path))
    assert not [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/dev")]
