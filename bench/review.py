"""The review page of a submission beside the public page of a listing, in a directory of 320,000 entries with a past.

    python -m bench.review
    python -m bench.review --entries 5000 --rounds 20 --databases sqlite

bench/README.md says what is measured, and how.
"""

import argparse
import os
import re
import tempfile
import time
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bench.past import Reviewed, fill
from config import Settings
from registry import accounts
from registry.app import create_app
from registry.extensions import db
from registry.web import now
from tests.support.databases import ENGINES, Databases, connections_closed

STAFF = ("moderator@bench.example", "correct horse battery staple 7")
WARM = 3


def main() -> None:
    """Measure on each database and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=320_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--databases", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    lines = [
        f"### The review page: {given.entries:,} entries",
        "",
        f"Load at the start: {os.getloadavg()[0]:.1f}",
        "",
        "| database | page | p50, ms | p95 | slowest | processor time, p50 | times the listing page |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as scratch:
        databases = Databases(Path(scratch))
        try:
            for name in given.databases:
                with databases.fresh(name) as url:
                    lines += _measured(name, url, Path(scratch) / name, given.entries, given.rounds)
        finally:
            databases.close()
    text = "\n".join(lines)
    print(text)
    if given.out:
        given.out.write_text(f"{text}\n", encoding="utf-8")


def _measured(name: str, url: str, instance: Path, entries: int, rounds: int) -> list[str]:
    """A row of the table for each kind of submission, asked in turns with the listing page."""
    engine = sa.create_engine(url)
    began = time.perf_counter()
    reviewed = fill(engine, entries)
    engine.dispose()
    print(f"{name}: filled in {time.perf_counter() - began:.0f} s", flush=True)
    settings = Settings(
        mode="test",
        instance=instance,
        database_url=url,
        base_url="http://localhost",
        limits_enabled=False,
        staff_second_factor=False,
    )
    app = create_app(settings)
    with connections_closed(app):
        with app.app_context(), Session(db.engine) as session:
            accounts.create_staff(session, email=STAFF[0], password=STAFF[1], role="moderator", now=now())
            session.commit()
        return _rows(name, app.test_client(), reviewed, rounds)


def _rows(name: str, client: FlaskClient, reviewed: Reviewed, rounds: int) -> list[str]:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/staff/login").text)
    assert token is not None
    client.post("/staff/login", data={"csrf_token": token[1], "email": STAFF[0], "password": STAFF[1]})
    pages = {
        "an edit with ten changes": [f"/staff/submissions/{number}" for number in reviewed.edits],
        "a new entry": [f"/staff/submissions/{number}" for number in reviewed.new],
        "a claim": [f"/staff/submissions/{number}" for number in reviewed.claims],
        "listing": [f"/labs/{slug}" for slug in reviewed.slugs],
    }
    took: dict[str, list[float]] = {kind: [] for kind in pages}
    worked: dict[str, list[float]] = {kind: [] for kind in pages}
    for turn in range(WARM + rounds):
        for kind, addresses in pages.items():
            address = addresses[turn % len(addresses)]
            began, working = time.perf_counter(), time.process_time()
            answer = client.get(address)
            seconds, work = time.perf_counter() - began, time.process_time() - working
            assert answer.status_code == 200, f"{address}: {answer.status}"
            if turn >= WARM:
                took[kind].append(seconds * 1e3)
                worked[kind].append(work * 1e3)
    beside = float(np.median(took["listing"]))
    return [
        f"| {name} | {kind} | {np.median(times):.1f} | {np.percentile(times, 95):.1f} | {max(times):.1f} "
        f"| {np.median(worked[kind]):.1f} | {np.median(times) / beside:.1f} |"
        for kind, times in took.items()
    ]


if __name__ == "__main__":
    main()
