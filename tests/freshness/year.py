"""A thousand laboratories, and the days on which something happens."""

import heapq
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from registry.extensions import begin_writing
from registry.models import DirectoryVersion, Lab, LabContact, User
from tests.freshness.deeds import Deeds
from tests.freshness.model import Entry, Mailbox, Model
from tests.freshness.post import Post
from tests.support.factories import ATLANTA, a_profile, an_offering

BEGINNING = date(2028, 3, 3)
LENGTH = 405
END = BEGINNING + timedelta(days=LENGTH)

CONFIRMED = tuple(
    date.fromisoformat(day)
    for day in (
        "2028-02-29", "2028-03-01", "2028-01-31", "2027-12-31", "2027-10-31", "2027-08-31", "2027-06-30", "2027-04-30",
        "2027-03-10", "2026-12-15", "2026-08-31",
    )
)  # fmt: skip
"""When they last confirmed before: a leap day, ends of months and of a year; some are late, and some long lapsed."""

WAYS = (
    "prompt", "silent", "third", "partly", "prompt", "wakes", "edits", "leaves", "prompt", "refuses", "returned",
    "prompt", "dead", "stops", "third", "shared", "wakes partly", "stays", "prompt", "prompt",
)  # fmt: skip

OUTAGE = (BEGINNING + timedelta(days=100), BEGINNING + timedelta(days=112))
"""No worker runs."""

CLOCKS_CHANGE = (date(2028, 3, 12), date(2028, 11, 5))
"""In most states, at night."""

Act = Callable[[datetime], None]


class Year(Deeds):
    """The world in which the worker works, and beside it the model of what it must do."""

    def __init__(self, engine: Engine, post: Post, count: int) -> None:
        self.engine, self.post = engine, post
        self.way = {number: WAYS[number % len(WAYS)] for number in range(count)}
        # Who wants no mail is looked at again and again: half of them tell as much.
        self.way |= {number: "prompt" for number, way in self.way.items() if way == "stops" and number % 40 >= 20}
        entries = [self._entry(number) for number in range(count)]
        self.model = Model(entries)
        self.agenda: dict[date, list[Act]] = defaultdict(list)
        self._days: list[date] = [BEGINNING]
        self._known: set[date] = {BEGINNING}
        self.begun = set()
        for entry in entries:
            self.expect(entry)
        for day in range(7):
            self._push(OUTAGE[1] + timedelta(days=day))
        for day in CLOCKS_CHANGE:
            self._push(day)
        self._write(entries)
        for entry in entries:
            if self.way[entry.number] == "dead":
                self._plan_revival(entry)

    def expect(self, entry: Entry) -> None:
        """Look at the days on which something falls due for *entry*."""
        for day in entry.key_days():
            self._push(day)

    def next_day(self) -> date | None:
        """The next day on which anything can happen, None after the last."""
        for day in self.model.more_days:
            self._push(day)
        self.model.more_days.clear()
        return heapq.heappop(self._days) if self._days else None

    def plan(self, arrived: list[tuple[int, str, str]], today: date) -> None:
        """What the laboratories do upon the mails of a morning."""
        for number, kind, mailbox in arrived:
            self.answer(self.way[number], self.model.entries[number], kind, mailbox, today)

    def acts(self, today: date) -> None:
        """Do what was planned for the evening of *today*."""
        moment = datetime.combine(today, time(18), UTC)
        for act in self.agenda.pop(today, []):
            act(moment)

    def on(self, today: date, after: int, act: Act) -> None:
        """Plan *act* for so many days after *today*; while no worker runs nobody does anything either."""
        day = today + timedelta(days=after)
        day = OUTAGE[1] if OUTAGE[0] <= day < OUTAGE[1] else day
        self.agenda[day].append(act)
        self._push(day)

    def _plan_revival(self, entry: Entry) -> None:
        """Long after it was hidden somebody mends the mailbox, signs in and confirms all."""
        day = max(entry.confirmed + timedelta(days=555), BEGINNING + timedelta(days=20))
        self.on(day, 0, lambda now: self.revive(entry, now))

    def _push(self, day: date) -> None:
        day = max(day, BEGINNING)
        day = OUTAGE[1] if OUTAGE[0] <= day < OUTAGE[1] else day
        if day <= END and day not in self._known:
            self._known.add(day)
            heapq.heappush(self._days, day)

    def _entry(self, number: int) -> Entry:
        way, confirmed = self.way[number], CONFIRMED[number // len(WAYS) % len(CONFIRMED)]
        two = way in ("partly", "wakes partly") or number % 3 == 0
        languages = ("en", "es") if number % 2 else ("es", "en")
        emails = [f"{language}-{number}-{place}@lab.example" for place, language in enumerate(languages)]
        if way == "shared":
            emails[0] = f"en-shared-{number % 5}@lab.example"
        if way in ("stops", "silent") and number % 4:
            del emails[1:]
        boxes = [Mailbox(email) for email in emails]
        for box in boxes[: {"refuses": 1, "dead": 2}.get(way, 0)]:
            box.refuses = True
            self.post.refuses.add(box.email)
        return Entry(number, [confirmed] * (2 if two else 1), boxes)

    def _write(self, entries: list[Entry]) -> None:
        moment = datetime.combine(BEGINNING, time(), UTC)
        with Session(self.engine) as session:
            begin_writing(session)
            session.add(User(email="moderator@example.org", fs_uniquifier="m", create_datetime=moment))
            version = DirectoryVersion.advance(session)
            for entry in entries:
                tests = [an_offering(), an_offering(name="Another", method="fish", assay="pathvysion")]
                lab = Lab(slug=f"lab-{entry.number}", last_confirmed=entry.confirmed, verification="email_verified")
                lab.email_verified_at = lab.approved_at = moment
                lab.publish(
                    session,
                    a_profile(offerings=tuple(tests[: len(entry.tests)])),
                    lat=ATLANTA[0],
                    lon=ATLANTA[1],
                    precision="zip",
                    now=moment,
                    version=version,
                )
                session.add(lab)
                session.flush()
                for place, box in enumerate(entry.contacts):
                    # Whoever was here last is written to first.
                    since = moment - timedelta(days=700 + place)
                    session.add(
                        LabContact(
                            lab_id=lab.id, email=box.email, language=box.email[:2], created_at=since, verified_at=since
                        )
                    )
            session.commit()
