"""What runs beside the server: the worker that sends mails and looks after old rows, and the latter alone."""

import random
import signal
import threading
import time
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from config import Settings
from registry import letters, mail
from registry.bounces import noting
from registry.extensions import db
from registry.moderation import cms_flags, duplicates, reports_handling, small_edits
from registry.registration import upkeep
from registry.web import now

IDLE_SECONDS = 1.0
"""How long the worker rests when nothing is due."""

UPKEEP_SECONDS = 3_600.0
"""How often the worker looks for what is due in days."""


JOBS: dict[str, upkeep.Job] = {
    **upkeep.JOBS,
    "laboratories compared with the CMS file": cms_flags.flag_due,
    "likely duplicates": duplicates.scan_due,
    "reports emptied": reports_handling.forget_old,
}
"""What falls due in the rooms together, in the order in which it is done."""


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
    settings: Settings = current_app.extensions["settings"]
    looked_at: float | None = None
    while not stop.is_set():
        try:
            # The machine's clock may jump; this one does not.
            if looked_at is None or time.monotonic() - looked_at >= UPKEEP_SECONDS:
                looked_at = time.monotonic()
                _say(upkeep.run_due(db.session, now(), JOBS))
            published = small_edits.publish_waiting(
                db.session,
                enabled=settings.publish_small_edits,
                sampled=settings.small_edits_sampled,
                now=now(),
                chance=chance,
                demonstration=settings.demonstration,
            )
            _say({"small changes published": published})
            sent = mail.deliver_due(
                db.session,
                render=letters.render,
                send=letters.send,
                clock=now,
                chance=chance,
                refused=noting.refused,
            )
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
    """Do now what the worker does hourly: look after drafts and the age of entries, forget what is not needed."""
    done = upkeep.run_due(db.session, now(), JOBS)
    _say(done)
    if not any(done.values()):
        click.echo("Nothing was due.")
    failed = [name for name in JOBS if name not in done]
    for name in failed:
        click.echo(f"Failed: {name}.", err=True)
    if failed:
        raise SystemExit(1)


def _say(done: dict[str, int]) -> None:
    for name, count in done.items():
        if count:
            click.echo(f"{name}: {count}.")
