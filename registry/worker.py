"""What runs beside the server: the worker that sends mails and looks after old rows, and the latter alone."""

import random
import signal
import threading
import time
from types import FrameType

import click
from flask.cli import with_appcontext

from registry import letters, mail
from registry.extensions import db
from registry.registration import upkeep
from registry.web import now

IDLE_SECONDS = 1.0
"""How long the worker rests when nothing is due."""

UPKEEP_SECONDS = 3_600.0
"""How often the worker looks for what is due in days."""


@click.command("worker")
@click.option("--once", is_flag=True, help="Send what is due and stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Send the mails of the outbox until stopped, and hourly do what falls due. Several may run at once."""
    stop = threading.Event()

    def finish(signum: int, frame: FrameType | None) -> None:
        # The message in hand is finished first.
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, finish)
    chance = random.Random()
    looked_at: float | None = None
    while not stop.is_set():
        try:
            # The machine's clock may jump; this one does not.
            if looked_at is None or time.monotonic() - looked_at >= UPKEEP_SECONDS:
                looked_at = time.monotonic()
                _say(upkeep.run_due(db.session, now()))
            sent = mail.deliver_due(db.session, render=letters.render, send=letters.send, clock=now, chance=chance)
        finally:
            # Nothing of the database is held while resting.
            db.session.close()
        if sent:
            click.echo(f"{sent} sent.")
        elif once:
            break
        else:
            stop.wait(IDLE_SECONDS)


@click.command("upkeep")
@with_appcontext
def look_after() -> None:
    """Do now what the worker does hourly: remind of old drafts, delete them, forget what is not needed any more."""
    done = upkeep.run_due(db.session, now())
    _say(done)
    if not any(done.values()):
        click.echo("Nothing was due.")
    failed = [name for name in upkeep.JOBS if name not in done]
    for name in failed:
        click.echo(f"Failed: {name}.", err=True)
    if failed:
        raise SystemExit(1)


def _say(done: dict[str, int]) -> None:
    for name, count in done.items():
        if count:
            click.echo(f"{name}: {count}.")
