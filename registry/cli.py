"""The operator's commands: ``flask --app registry …``."""

import re

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import text

from config import Settings
from registry import auditing, demonstration, derived, schema
from registry.accounts import commands as staff
from registry.bounces import commands as bounces
from registry.clia import commands as clia
from registry.extensions import begin_writing, db
from registry.moderation import commands as moderation
from registry.places.gazetteer import gazetteer
from registry.web import now
from registry.worker import look_after, worker

database = AppGroup("db", help="The database's tables.")
places = AppGroup("places", help="The gazetteer of ZIPs and towns.")
demo = AppGroup("demo", help="Invented laboratories to try the registry with.")


def init_commands(app: Flask) -> None:
    """Add the commands to *app*."""
    groups = (database, places, demo, clia.group, staff.group, moderation.group)
    for command in (*groups, bounces.bounce, worker, look_after, check):
        app.cli.add_command(command)


@database.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the tables up to REVISION (the newest when not given)."""
    before = schema.current(db.engine)
    schema.upgrade(db.engine, revision)
    after = schema.current(db.engine)
    click.echo(
        f"Database at {after}." if before == after else f"Database migrated from {before or 'empty'} to {after}."
    )
    if after == schema.newest():
        begin_writing(db.session)
        count = derived.renew(db.session) if derived.is_outdated(db.session) else 0
        chained = auditing.seal_what_is_loose(db.session)
        db.session.commit()
        if count:
            click.echo(f"Wrote what the search reads of {count:,} laboratories again.")
        if chained:
            click.echo(f"Chained {chained:,} older acts of the audit.")


@database.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the tables down to REVISION; `base` removes them all, with what is in them."""
    schema.downgrade(db.engine, revision)
    click.echo(f"Database at {schema.current(db.engine) or 'base: no tables'}.")


@places.command("load")
def load_places() -> None:
    """Read the gazetteer that is shipped in seed_data/ and say what it holds; it needs no database."""
    known = gazetteer()
    counts = known.counts()
    click.echo("Gazetteer read: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()) + ".")


@demo.command("load")
def load_demo() -> None:
    """Publish the invented laboratories, fill the queue and make a staff account. A second call changes nothing."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.demonstration:
        raise click.ClickException("Invented laboratories may only be loaded with REGISTRY_MODE=demonstration.")
    begin_writing(db.session)
    try:
        loaded = demonstration.load(db.session, now=now(), instance=settings.instance)
    except demonstration.DemonstrationError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    if loaded.created:
        click.echo(
            f"Published {loaded.labs} invented laboratories; {loaded.submissions} registrations are in the queue."
        )
    else:
        click.echo("The demonstration data are there already.")


def _noted_end(context: click.Context, parameter: click.Parameter, value: str | None) -> auditing.End | None:
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", value.strip())
    if found is None:
        raise click.BadParameter("write it as `check` printed it: a position, a colon and 64 characters")
    return auditing.End(int(found[1]), found[2])


@click.command("check")
@click.option(
    "--audit-end",
    callback=_noted_end,
    help="An end of the audit that an earlier check printed: the chain must still pass through it.",
)
@with_appcontext
def check(audit_end: auditing.End | None) -> None:
    """Say whether settings, database, audit and gazetteer are in order; exits with 1 when something is wrong."""
    problems = []
    revision, newest = schema.current(db.engine), schema.newest()
    if revision != newest:
        problems.append(f"the database is at {revision or 'no revision'}, this code needs {newest}: run `db upgrade`")
    else:
        with db.engine.connect() as connection:
            labs = connection.scalar(text("SELECT count(*) FROM lab WHERE state = 'published'"))
            failed = connection.scalar(text("SELECT count(*) FROM outbox_message WHERE state = 'failed'"))
        click.echo(f"{labs} laboratories are published.")
        audit = auditing.verify(db.session, noted=audit_end)
        problems += audit.faults
        click.echo(f"The audit has {audit.rows:,} rows. Note its end outside of this machine: {audit.end}")
        if failed:
            problems.append(f"{failed} mails could not be delivered")
    if not gazetteer().counts():
        problems.append("the gazetteer is empty")
    for found in problems:
        click.echo(f"Problem: {found}.", err=True)
    if problems:
        raise SystemExit(1)
    click.echo("All is well.")
