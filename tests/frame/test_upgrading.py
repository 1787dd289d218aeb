"""What reading needs is written again when the code that derives it has changed."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config import Settings
from registry import derived, serve
from registry.extensions import db
from registry.models import DirectoryVersion, Lab, LabOffering
from tests.support.client import PageClient
from tests.support.databases import connections_closed
from tests.support.factories import a_profile, publish


@pytest.fixture
def outdated(session: Session) -> list[int]:
    """Laboratories as older code left them: without the columns and the items of today."""
    labs = [publish(session, a_profile(accreditations=("cap",), state_permits=("ny_clep",))).id for _ in range(3)]
    session.execute(update(Lab).values(accreditations="", card=json.dumps({"name": "old"})))
    session.execute(update(LabOffering).values(takes_from="", service_level=""))
    session.execute(update(DirectoryVersion).values(shape=1))
    session.commit()
    return labs


def test_an_upgrade_writes_what_the_search_reads(
    app: Flask, client: PageClient, session: Session, outdated: list[int]
) -> None:
    before = session.scalar(select(DirectoryVersion.version))
    result = app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert result.exit_code == 0
    assert "3 laboratories" in result.output
    session.rollback()
    found = client.get("/api/v1/labs?near=30303&accreditation=cap&from_state=NY").get_json()
    assert {item["accreditations"][0] for item in found["items"]} == {"cap"}
    assert found["total"] == 3
    assert session.scalar(select(DirectoryVersion.version)) == (before or 0) + 1


def test_a_second_upgrade_writes_nothing(app: Flask, session: Session, outdated: list[int]) -> None:
    app.test_cli_runner().invoke(args=["db", "upgrade"])
    result = app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert "laboratories" not in result.output
    with app.app_context():
        assert not derived.is_outdated(db.session)


@pytest.mark.parametrize("migrated", [True, False])
def test_a_server_starts_with_its_pages_ready_and_without_a_database_too(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, migrated: bool
) -> None:
    url = settings.database_url if migrated else f"sqlite:///{tmp_path / 'nothing.sqlite'}"
    for name, value in {"MODE": "test", "INSTANCE": str(tmp_path), "DATABASE_URL": url}.items():
        monkeypatch.setenv(f"REGISTRY_{name}", value)
    app = serve()
    with connections_closed(app):
        assert app.test_client().get("/healthz").status_code == 200
        assert len(app.extensions["page_writers"]) == (4 if migrated else 0)
