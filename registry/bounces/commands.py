"""``flask --app registry bounce``: to what the mail server hands mail that came back."""

import sys
from datetime import UTC, datetime
from typing import BinaryIO

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from registry.bounces import noting
from registry.bounces.reading import LARGEST, read
from registry.extensions import begin_writing, db

TRY_AGAIN = 75
"""Exit code by which mail servers keep a message and hand it over again later (EX_TEMPFAIL of sysexits.h)."""

_PIECE = 64 * 1024


@click.command("bounce")
@with_appcontext
def bounce() -> None:
    """Read one returned mail from standard input, and note that its mailbox takes no mail.

    What is no such mail is passed over. Exits with 75, so that the mail server tries again, while the database is away.
    """
    report = read(_taken(sys.stdin.buffer))
    if report is None:
        click.echo("Not a mail that came back for good: passed over.")
        return
    try:
        begin_writing(db.session)
        noted = noting.returned(db.session, report=report, now=datetime.now(UTC))
        db.session.commit()
    except DBAPIError as error:
        db.session.rollback()
        click.echo(f"The database could not answer ({type(error).__name__}).", err=True)
        sys.exit(TRY_AGAIN)
    if noted is None:
        click.echo("Of no mail that left here lately, or noted before: passed over.")
    else:
        click.echo(f"Noted ({report.status}): {noted.contacts} contacts, {noted.laboratories} laboratories.")


def _taken(stream: BinaryIO) -> bytes:
    """The beginning of what *stream* brings; the rest is taken too, since a mail server minds when it is not."""
    taken = stream.read(LARGEST)
    while stream.read(_PIECE):
        pass
    return taken
