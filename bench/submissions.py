"""2,000 laboratories join at once: each walks the whole form over HTTP; what was acknowledged is then counted.

    python -m bench.submissions
    python -m bench.submissions --submissions 200 --clients 4 --databases sqlite

bench/README.md says what is measured, and how.
"""

import argparse
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import altcha
import numpy as np
import sqlalchemy as sa

from bench import joining
from bench.joining import Joining
from bench.serve import SERVICE, Server
from registry.guard import challenges
from registry.models import AuditEvent, OutboxMessage, SpentChallenge, Submission
from registry.web import now
from tests.support.databases import ENGINES, Databases, PostgresDatabases

DOUBLE_CLICKS = 4
"""Every so many laboratories press "Send" twice at the same moment."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database holds afterwards."""

    sent: int
    twice: int
    """Mailboxes with more than one submission, audit row or mail."""

    audited: int
    mailed: int
    proofs: int


def main() -> None:
    """Measure on each database and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--databases", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    lines = [
        "| database | submissions | clients | acknowledged | stored once | submissions/s | requests/s | p50, ms | p99 |"
    ]
    lines += ["|---|---:|---:|---:|---:|---:|---:|---:|---:|"]
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as scratch:
        databases = Databases(Path(scratch))
        try:
            for name in given.databases:
                lines.append(_measured(databases, name, Path(scratch), given.submissions, given.clients))
        finally:
            databases.close()
    text = "\n".join(
        ["### Laboratories that join at once", "", f"Load at the start: {os.getloadavg()[0]:.1f}", "", *lines]
    )
    print(text)
    if given.out:
        given.out.write_text(f"{text}\n", encoding="utf-8")


def laboratories(count: int, secret: str) -> list[Joining]:
    """So many laboratories whose browsers have done their work: the answers to the service's challenges are known."""
    return [
        Joining(
            number,
            proof=answered(challenges.issue(secret, now=now(), attempts=1), 1),
            double=not number % DOUBLE_CLICKS,
        )
        for number in range(1, count + 1)
    ]


def answered(asked: dict[str, object], attempts: int) -> str:
    """The answer to a challenge that takes so many attempts."""
    challenge = altcha.Challenge.from_dict(asked)
    solution = altcha.solve_challenge(challenge, counter_start=attempts)
    assert solution is not None
    return altcha.Payload(challenge, solution).to_base64()


def stored(url: str, joinings: Sequence[Joining]) -> Stored:
    """What the database at *url* holds of *joinings*."""
    mailboxes = {one.mailbox for one in joinings if one.acknowledged}
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        sent = connection.execute(
            sa.select(Submission.contact_email, sa.func.count())
            .where(Submission.state == "awaiting_email", Submission.contact_email.in_(mailboxes))
            .group_by(Submission.contact_email)
        ).all()
        audited = connection.execute(
            sa.select(AuditEvent.subject_id, sa.func.count())
            .where(AuditEvent.action == "send")
            .group_by(AuditEvent.subject_id)
        ).all()
        mailed = connection.execute(
            sa.select(OutboxMessage.recipient, sa.func.count())
            .where(OutboxMessage.kind == "confirm_email")
            .group_by(OutboxMessage.recipient)
        ).all()
        proofs = connection.scalar(sa.select(sa.func.count()).select_from(SpentChallenge)) or 0
    engine.dispose()
    twice = sum(number > 1 for rows in (sent, audited, mailed) for _, number in rows)
    return Stored(len(sent), twice, len(audited), len(mailed), proofs)


def _measured(databases: Databases, name: str, folder: Path, count: int, clients: int) -> str:
    secret = secrets.token_hex()
    joinings = laboratories(count, secret)
    with ExitStack() as stack:
        url = stack.enter_context(_durable(databases, name))
        environ = {
            **{key: value for key, value in os.environ.items() if not key.startswith("REGISTRY_")},
            "REGISTRY_MODE": "test",
            "REGISTRY_INSTANCE": str(folder / f"instance-{name}"),
            "REGISTRY_DATABASE_URL": url,
            "REGISTRY_SECRET_KEY": secret,
            "REGISTRY_BASE_URL": "http://127.0.0.1",
            # One machine plays all the laboratories; what a mailbox gets is limited all the same.
            "REGISTRY_LIMITS_ENABLED": "false",
        }
        server = stack.enter_context(Server(SERVICE, environ, folder / f"{name}.log"))
        seconds = joining.join_all(("127.0.0.1", server.port), joinings, clients=clients)
        found = stored(url, joinings)
    strange = [what for one in joinings for what in one.strange]
    acknowledged = sum(one.acknowledged for one in joinings)
    whole = found.sent == found.audited == found.mailed == acknowledged == count and not found.twice
    if strange or not whole:
        print("\n".join(strange[:20]), found, acknowledged, file=sys.stderr)
        raise SystemExit(f"{name}: {len(strange)} strange answers; {acknowledged} of {count} acknowledged, {found}")
    p50, p99 = np.percentile([one.send_s for one in joinings], (50, 99)) * 1e3
    requests = sum(one.requests for one in joinings)
    return (
        f"| {name} | {count:,} | {clients} | {acknowledged:,} | {found.sent:,} | {count / seconds:.1f} "
        f"| {requests / seconds:.0f} | {p50:.0f} | {p99:.0f} |"
    )


@contextmanager
def _durable(databases: Databases, name: str) -> Iterator[str]:
    """A new database whose commits reach the disk before they are answered, as in production."""
    with ExitStack() as stack:
        running = databases[name]
        if isinstance(running, PostgresDatabases):
            stack.enter_context(running.durable())
        yield stack.enter_context(databases.fresh(name))


if __name__ == "__main__":
    main()
