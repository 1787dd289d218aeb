"""A year and more of a thousand laboratories, with time moved by hand.

Exactly the mails that the model expects arrive, none twice and none missing, although two workers run, both are killed
at random, and the clock jumps; and in the end everything stands as the model says.
"""

import json
import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config import Settings
from registry.bounces import noting
from registry.extensions import db
from registry.models import Lab, LabContact, OutboxMessage, Task
from tests.freshness.post import JOBS, ODDS, Fate, Post, die_working, work
from tests.freshness.year import Year

LABORATORIES = int(os.environ.get("LABORATORIES", "300"))
"""A thousand take a minute and more on each database: ``LABORATORIES=1000``."""

REAL_KILLS = 3
SEED = 20280303


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine lives in New York, where clocks change; nothing may depend on it."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.usefixtures("new_york")
def test_exactly_the_expected_mails(app: Flask, engine_name: str, settings: Settings, tmp_path: Path) -> None:
    with app.app_context():
        engine = db.engine
    post = Post()
    year = Year(engine, post, LABORATORIES)
    chance = random.Random(SEED)
    known: set[str] = set()
    kinds: Counter[str] = Counter()
    blows: Counter[str] = Counter()
    mornings = killed = 0
    while (today := year.next_day()) is not None:
        moment = datetime.combine(today, clock_time(0, 5), UTC)
        one_more = mornings % 20 == 5 and killed < REAL_KILLS
        if one_more:
            killed += _kill_a_process(settings, post, moment, seed=mornings, log=tmp_path / f"{today}.log")
        fates = [Fate(random.Random(chance.random()), 1) for _ in range(2)]
        whole = _together(engine, post, moment, fates, at_once=mornings % 4 == 0)
        for fate in fates:
            blows += fate.blows
        if mornings % 4 == 1:
            work(engine, post, moment - timedelta(hours=1), seed=mornings)
        if one_more or not whole:
            # What the dead held is free by now.
            done = work(engine, post, moment + timedelta(minutes=10), seed=mornings)
            assert done is not None
            assert done.keys() == JOBS.keys()
        arrived = [_told(post, one) for one in post.taken.keys() - known]
        known |= post.taken.keys()
        expected = year.model.morning(moment)
        assert Counter(arrived) == expected, f"{today}: {_difference(Counter(arrived), expected)}"
        kinds.update(kind for _number, kind, _mailbox in arrived)
        year.plan(sorted(arrived), today)
        year.acts(today)
        mornings += 1
    print(f"{mornings} mornings, {len(known)} mails: {dict(kinds)}; killed: {dict(blows)} and {killed} processes")
    assert post.wrong_language == []
    _sent_twice_only_where_nobody_could_know(post, blows, killed)
    assert killed == REAL_KILLS
    assert min(blows[point] for point in ODDS) > 0
    assert min(kinds[kind] for kind in ("confirm_listing", "entry_hidden", "approved", "leaving", "left")) >= 5
    with Session(engine) as session:
        _all_stands_as_the_model_says(session, year)
        assert set(session.scalars(select(OutboxMessage.state))) == {"sent", "failed", "cancelled"}


def _together(engine: Engine, post: Post, moment: datetime, fates: list[Fate], *, at_once: bool) -> bool:
    """Both workers work, one beside or after the other; whether surely nothing is left over: nobody died or waited."""
    if not at_once:
        return None not in [work(engine, post, moment, fate=fate) for fate in fates]
    with ThreadPoolExecutor(len(fates)) as workers:
        for working in [workers.submit(work, engine, post, moment, fate=fate) for fate in fates]:
            working.result()
    return False


def _kill_a_process(settings: Settings, post: Post, moment: datetime, *, seed: int, log: Path) -> int:
    """A worker in a process of its own kills itself in the middle; 1 when it did."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.freshness.post"])
    child = context.Process(target=die_working, args=(settings, moment, set(post.refuses), seed, log), daemon=True)
    child.start()
    child.join(60)
    if log.exists():
        for line in log.read_text().splitlines():
            post.take(*json.loads(line))
    return int(child.exitcode == -9)


def _told(post: Post, message_id: str) -> tuple[int, str, str]:
    slug, kind, mailbox = post.taken[message_id]
    return int(slug.removeprefix("lab-")), kind, mailbox


def _difference(arrived: Counter[tuple[int, str, str]], expected: Counter[tuple[int, str, str]]) -> str:
    return f"too much {list((arrived - expected).items())[:9]}, missing {list((expected - arrived).items())[:9]}"


def _sent_twice_only_where_nobody_could_know(post: Post, blows: Counter[str], killed: int) -> None:
    """A worker that dies after the server took a mail, and before it noted that, leaves a mail that goes out again.

    It has the same Message-ID, by which mailboxes keep one of the two; and there are no more of them than such deaths.
    """
    again = sum(times - 1 for times in post.times.values())
    assert again <= blows["after a mail"] + blows["before a commit"] + killed


def _all_stands_as_the_model_says(session: Session, year: Year) -> None:
    labs = {lab.slug: lab for lab in session.scalars(select(Lab))}
    open_tasks: dict[int, set[str]] = {}
    ageing = Task.kind.in_(("overdue", noting.KIND))
    for kind, lab_id in session.execute(select(Task.kind, Task.lab_id).where(Task.closed_at.is_(None), ageing)):
        open_tasks.setdefault(lab_id, set()).add(kind)
    bounced: dict[int, set[str]] = {}
    for lab_id, email in session.execute(
        select(LabContact.lab_id, LabContact.email).where(LabContact.bounced_at.is_not(None))
    ):
        bounced.setdefault(lab_id, set()).add(email)
    for entry in year.model.entries.values():
        lab = labs[f"lab-{entry.number}"]
        tasks = {kind for kind in ("overdue", noting.KIND) if getattr(entry, f"{kind}_open")}
        assert (lab.state, lab.last_confirmed, lab.leaving_on) == (entry.state, entry.confirmed, entry.leaving), (
            lab.slug
        )
        assert lab.hidden_reason == ("unconfirmed" if entry.state == "hidden" else ""), lab.slug
        assert sorted(lab.confirmed_on(test) for test in lab.profile.offerings) == sorted(entry.tests), lab.slug
        assert open_tasks.get(lab.id, set()) == tasks, (lab.slug, year.way[entry.number])
        assert bounced.get(lab.id, set()) == {box.email for box in entry.contacts if box.bounced}, lab.slug
