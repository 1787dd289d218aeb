"""What carries the mails of a year, and what may end a worker at any point of its work."""

import json
import os
import random
import signal
import smtplib
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config import Settings
from registry import mail
from registry.app import create_app
from registry.bounces import noting
from registry.extensions import db
from registry.mail import Rendered
from registry.models import OutboxMessage
from registry.moderation import cms_flags
from registry.registration import upkeep


class Killed(BaseException):
    """What no ``except Exception`` of the product may hold up."""


JOBS: dict[str, upkeep.Job] = {**upkeep.JOBS, "laboratories compared with the CMS file": cms_flags.flag_due}
"""What the worker does of which time is the reason; not looking for duplicates, which takes longer than all of it."""

ODDS = {"within": 0.0003, "before a commit": 0.01, "after a commit": 0.01, "before a mail": 0.02, "after a mail": 0.02}
"""How often a worker dies at each of the points; of flushes there are very many."""


class Fate:
    """Ends a worker at one of its points, *times* as often as ``ODDS`` say, by *blow*."""

    def __init__(self, chance: random.Random, times: float, blow: Callable[[], object] | None = None) -> None:
        self._chance, self._times, self._blow = chance, times, blow
        self.blows: Counter[str] = Counter()

    def point(self, where: str) -> None:
        """Here it may happen."""
        if self._chance.random() < ODDS[where] * self._times:
            self.blows[where] += 1
            if self._blow is not None:
                self._blow()
            raise Killed(where)


SAFE = Fate(random.Random(0), 0)


class Mortal(Session):
    """A session whose worker may die before and after a commit, and between two statements that write."""

    def __init__(self, engine: Engine, fate: Fate) -> None:
        super().__init__(engine)
        self._fate = fate

    def flush(self, objects: Any = None) -> None:
        super().flush(objects)
        self._fate.point("within")

    def commit(self) -> None:
        self._fate.point("before a commit")
        super().commit()
        self._fate.point("after a commit")


class Post:
    """Takes mails, once for each message as a mailbox does; refuses some mailboxes."""

    def __init__(self) -> None:
        self.refuses: set[str] = set()
        self.taken: dict[str, tuple[str, str, str]] = {}
        self.times: Counter[str] = Counter()
        self.tokens: dict[tuple[str, str], str] = {}
        self.wrong_language: list[str] = []
        self._lock = threading.Lock()

    def render(self, message: OutboxMessage, token: str | None) -> Rendered:
        """What is told of the mail: its kind as subject, its laboratory as text, its token as HTML."""
        if message.language != ("es" if message.recipient.startswith("es") else "en"):
            self.wrong_language.append(message.recipient)
        message_id = f"<outbox-{message.id}.{int(message.created_at.timestamp())}@registry.example>"
        return Rendered(message.recipient, message.kind, message.context["slug"], token or "", message_id)

    def send(self, letter: Rendered, fate: Fate = SAFE) -> None:
        """Take *letter*."""
        fate.point("before a mail")
        if letter.recipient in self.refuses:
            raise smtplib.SMTPRecipientsRefused({letter.recipient: (550, b"5.1.1 no such mailbox")})
        self.take(letter.message_id, letter.subject, letter.text, letter.recipient, letter.html)
        fate.point("after a mail")

    def take(self, message_id: str, kind: str, slug: str, mailbox: str, token: str) -> None:
        """Keep what arrived."""
        with self._lock:
            self.times[message_id] += 1
            self.taken[message_id] = (slug, kind, mailbox)
            if token:
                self.tokens[slug, mailbox] = token


def work(engine: Engine, post: Post, moment: datetime, *, fate: Fate = SAFE, seed: int = 0) -> dict[str, int] | None:
    """What a worker does at *moment*: what fell due, and the mails. None when it died of its *fate*."""
    session = Mortal(engine, fate)
    try:
        done = upkeep.run_due(session, moment, JOBS)
        mail.deliver_due(
            session,
            render=post.render,
            send=lambda letter: post.send(letter, fate),
            clock=lambda: moment,
            chance=random.Random(seed),
            limit=10_000,
            refused=noting.refused,
        )
    except Killed:
        # As when a process ends: nobody says good-bye to the database.
        session.invalidate()
        return None
    finally:
        session.close()
    return done


def die_working(settings: Settings, moment: datetime, refuses: set[str], seed: int, log: Path) -> None:
    """Work at *moment* in a process of its own until it kills itself; what it mailed stands in *log*."""

    class Logged(Post):
        def take(self, *told: str) -> None:
            with log.open("a") as lines:
                lines.write(json.dumps(told) + "\n")
                lines.flush()
                os.fsync(lines.fileno())

    post = Logged()
    post.refuses = refuses
    fate = Fate(random.Random(seed), 3, lambda: os.kill(os.getpid(), signal.SIGKILL))
    app = create_app(settings)
    with app.app_context():
        work(db.engine, post, moment, fate=fate, seed=seed)
