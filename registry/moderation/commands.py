"""``flask --app registry duplicates scan``: what an operator does beside the moderators' pages."""

import sys
import time
from collections.abc import Callable

import click
from flask.cli import AppGroup

from registry.extensions import db
from registry.moderation import duplicates
from registry.web import now

_EVERY = 10_000

group = AppGroup("duplicates", help="Entries that may be one laboratory.")


@group.command("scan")
def scan() -> None:
    """Look through the whole list for entries that may be one laboratory; moderators see them at /staff/duplicates."""
    begun = time.monotonic()
    moment = now()
    done = duplicates.scan(db.session, now=moment, progress=_progress())
    duplicates.mark_scanned(db.session, now=moment)
    db.session.commit()
    waiting = duplicates.open_pairs(db.session, 1).counts[duplicates.OPEN]
    click.echo(
        f"{done.laboratories:,} entries read, {done.compared:,} pairs compared, {done.found:,} alike, "
        f"in {time.monotonic() - begun:.1f} s."
    )
    click.echo(f"{done.opened:,} new, {done.gone:,} gone, {waiting:,} to look at.")


def _progress() -> Callable[[int, int], None]:
    """Tells how far the comparing is: on one line of a terminal, elsewhere a line now and then."""
    terminal = sys.stderr.isatty()

    def tell(looked_at: int, of: int) -> None:
        if terminal or looked_at % _EVERY == 0:
            share = f"{looked_at:,} of {of:,} entries looked at"
            click.echo(share + ("\r" if terminal else "\n"), err=True, nl=False)

    return tell
