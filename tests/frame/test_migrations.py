"""The migrations run up and down with data in the tables, on both databases, and agree with the models."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.orm import Session

from registry import schema
from registry.extensions import db
from registry.links import Purpose, issue
from registry.mail import enqueue
from registry.models import Base, DirectoryVersion, Lab, Submission
from registry.web import now
from tests.support.databases import Databases
from tests.support.factories import a_submission, publish

OWN_TABLE = "alembic_version"


@pytest.fixture
def empty(databases: Databases, engine_name: str) -> Iterator[str]:
    """The address of a database without tables."""
    with databases.empty(engine_name) as url:
        yield url


@pytest.fixture
def on_empty(make_app: Callable[..., Flask], empty: str) -> Flask:
    """The application on a database without tables."""
    return make_app(database_url=empty)


def _tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(sa.inspect(db.engine).get_table_names()) - {OWN_TABLE}


def _run(app: Flask, *arguments: str) -> str:
    result = app.test_cli_runner().invoke(args=["db", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def _fill(app: Flask, create_staff: Callable[..., str]) -> None:
    """A row or more in every table that people write."""
    with app.app_context(), Session(db.engine) as session:
        lab = publish(session, demonstration=True)
        submission = a_submission(session, lab_id=lab.id)
        a_submission(session, revises_id=submission.id, state="draft")
        issue(
            session,
            purpose=Purpose.CONFIRM_EMAIL,
            submission_id=submission.id,
            email="a@example.org",
            now=now(),
        )
        enqueue(
            session,
            kind="approved",
            recipient="a@example.org",
            context={"name": "Ada"},
            now=now(),
            submission_id=submission.id,
        )
        session.commit()
    create_staff("moderator")


def _counts(app: Flask) -> dict[str, int]:
    with app.app_context(), db.engine.connect() as connection:
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name)))
            for name in sa.inspect(connection).get_table_names()
            if name != OWN_TABLE
        }


def test_the_first_upgrade_makes_every_table_of_the_models(on_empty: Flask) -> None:
    _run(on_empty, "upgrade")

    assert _tables(on_empty) == set(Base.metadata.tables)


def test_a_second_upgrade_changes_nothing(on_empty: Flask) -> None:
    _run(on_empty, "upgrade")

    assert "migrated" not in _run(on_empty, "upgrade")


def test_models_and_migrations_agree(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        command.check(schema.alembic_config(connection))


def test_a_new_database_has_the_directorys_version(session: Session) -> None:
    assert session.get_one(DirectoryVersion, 1).version == 0


def test_down_to_nothing_and_up_again_with_data_in_the_tables(app: Flask, create_staff: Callable[..., str]) -> None:
    _fill(app, create_staff)

    _run(app, "downgrade", "base")
    left = _tables(app)
    _run(app, "upgrade")

    assert left == set()
    assert _tables(app) == set(Base.metadata.tables)
    _fill(app, create_staff)


def test_each_step_down_and_up_keeps_what_both_sides_know(app: Flask, create_staff: Callable[..., str]) -> None:
    _fill(app, create_staff)
    before = _counts(app)
    scripts = ScriptDirectory.from_config(schema.alembic_config())
    revisions = [script.revision for script in scripts.walk_revisions()]

    # The step below the first revision leaves no tables; the test above takes it.
    for revision in revisions[1:]:
        _run(app, "downgrade", revision)
        below = _counts(app)
        assert {name: below[name] for name in below if name in before} == {
            name: before[name] for name in below if name in before
        }
    _run(app, "upgrade")

    assert {name: count for name, count in _counts(app).items() if count < before[name]} == {}


def test_what_was_published_is_still_whole_after_the_migrations(app: Flask, session: Session) -> None:
    lab = publish(session)
    before = lab.profile
    submission = a_submission(session, before)
    session.commit()

    _run(app, "upgrade")

    session.expire_all()
    assert session.get_one(Lab, lab.id).profile == before
    assert session.get_one(Submission, submission.id).profile == before
