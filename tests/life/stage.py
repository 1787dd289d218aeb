"""Where the life is played: the database, the post, and what must be true after every act."""

import itertools
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, ClassVar, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session

from registry import auditing, mail
from registry.directory import queries as directory
from registry.directory.criteria import Criteria
from registry.directory.live import LiveIndex
from registry.domain import chain
from registry.domain.listing import offering_item
from registry.extensions import begin_writing
from registry.links import Purpose
from registry.mail import Rendered
from registry.models import (
    AuditEvent,
    AuditHead,
    AuditSeal,
    Base,
    ContactSession,
    DirectoryVersion,
    DraftKey,
    Lab,
    LabContact,
    LabOffering,
    LabVersion,
    MailStop,
    OneUseLink,
    OutboxMessage,
    ReviewLease,
    Submission,
    Task,
)
from registry.moderation.replay import listing_of, replay
from tests.life.deeds import REFUSALS
from tests.life.world import Request, World

T = TypeVar("T")
BEGINNING = datetime(2026, 11, 16, 15, tzinfo=UTC)

_ROWS: tuple[type[Base], ...] = (DraftKey, OneUseLink, OutboxMessage, AuditEvent, LabContact, Submission, Lab)
_OTHERS: tuple[type[Base], ...] = (ContactSession, MailStop, LabOffering, AuditSeal, LabVersion, Task, ReviewLease)
_TRACES: tuple[type[Base], ...] = (AuditEvent, DraftKey, OneUseLink, OutboxMessage, LabContact)


class Stage(RuleBasedStateMachine):
    """One play: what is done to the database is done to ``world`` too, and both must come to the same."""

    engine: ClassVar[Engine]
    tally: ClassVar[Counter[tuple[str, bool]]]

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.engine)
        begin_writing(self.session)
        for table in (*_OTHERS, *_ROWS):
            self.session.execute(delete(table))
        self.session.execute(update(AuditHead).values(position=0, hash=chain.BEGINNING))
        self.session.commit()
        self.world = World(now=BEGINNING)
        self.index = LiveIndex(self._version, self._whole)

    def teardown(self) -> None:
        self.session.rollback()
        faults = auditing.verify(self.session).faults
        self.session.close()
        assert faults == ()

    def act(self, name: str, legal: bool, deed: Callable[..., T], *args: Any, **kwargs: Any) -> T | None:
        """Do *deed* as a page does: commit what was done, roll back what was refused. It must be done if *legal*."""
        before = None if legal else self._traces()
        self.session.rollback()
        begin_writing(self.session)
        done: T | None = None
        try:
            done = deed(self.session, *args, now=self.world.now, **kwargs)
            self.session.commit()
            refusal = None
        except REFUSALS as refused:
            self.session.rollback()
            refusal = refused
        self.tally[name, refusal is None] += 1
        assert (refusal is None) == legal, (
            f"{name}: {'should be possible' if legal else 'must not be possible'}, {refusal!r}"
        )
        if before is not None:
            assert self._traces() == before, f"{name} was refused, and changed something"
        return done

    def deliver(self) -> None:
        """The worker sends what is due; the links arrive."""
        arrived: list[tuple[OutboxMessage, str]] = []

        def render(message: OutboxMessage, token: str | None) -> Rendered:
            if token is not None:
                arrived.append((message, token))
            return Rendered(message.recipient, "", "", "", "")

        self.session.rollback()
        # Only links matter here; the other mails are sent by one stroke.
        without = update(OutboxMessage).where(OutboxMessage.state == "waiting", OutboxMessage.link_purpose == "")
        begin_writing(self.session)
        self.session.execute(without.values(state="sent").execution_options(synchronize_session=False))
        waiting = self.session.scalar(select(OutboxMessage.id).where(OutboxMessage.state == "waiting").limit(1))
        self.session.commit()
        if waiting is None:
            return
        mail.deliver_due(
            self.session,
            render=render,
            send=lambda rendered: None,
            clock=lambda: self.world.now,
            chance=random.Random(7),
            limit=1000,
        )
        for message, token in arrived:
            about = message.submission_id if message.submission_id is not None else message.contact_id
            purpose = Purpose(message.link_purpose)
            self.world.mailed(token, purpose, message.recipient, None if purpose is Purpose.SIGN_IN else about)

    @staticmethod
    def one_of(things: Sequence[T], pick: int) -> T:
        """One of *things*, the last for 0."""
        return things[-1 - pick % len(things)]

    @invariant()
    def all_is_as_it_should_be(self) -> None:
        self.session.rollback()
        self._requests_stand_as_they_should()
        self._entries_stand_as_they_should()
        self._the_public_sees_what_was_approved_last()
        spent = self.session.scalar(select(func.count()).where(OneUseLink.used_at.is_not(None)))
        assert spent == sum(link.used for link in self.world.links.values())
        self.session.rollback()

    def _requests_stand_as_they_should(self) -> None:
        rows = self.session.scalars(select(Submission)).all()
        found = {
            row.id: (row.kind, row.state, row.revision, row.contact_email, row.lab_id, row.revises_id, row.profile)
            for row in rows
        }
        assert found == {
            one.id: (one.kind, one.state, one.revision, one.sender, one.lab, one.revises, one.profile)
            for one in self.world.requests.values()
        }

    def _entries_stand_as_they_should(self) -> None:
        """The rows, what the audit replays to, and the world are one."""
        events: dict[tuple[str, int], list[AuditEvent]] = {}
        for event in self.session.scalars(select(AuditEvent).order_by(AuditEvent.id)):
            events.setdefault((event.subject_type, event.subject_id), []).append(event)
        speakers = self.session.scalars(select(LabContact).order_by(LabContact.verified_at, LabContact.id)).all()
        labs = {lab.id: lab for lab in self.session.scalars(select(Lab))}
        assert set(labs) == set(self.world.entries)
        for number, lab in labs.items():
            entry = self.world.entries[number]
            speaking = [one.email for one in speakers if one.lab_id == number and one.speaks]
            stands = listing_of(lab, speaking)
            assert replay(events["lab", number]) == stands
            assert (stands.state == "published") == entry.listed
            assert lab.profile == entry.profile
            assert stands.days == {test: day.isoformat() for test, day in entry.days.items()}
            assert speaking == [one.email for one in self.world.speaking(number)]
            assert lab.leaving_on == entry.leaves_on
        for request in self.world.requests.values():
            self._leads_to(request, events.get(("submission", request.id), []))

    @staticmethod
    def _leads_to(request: Request, events: list[AuditEvent]) -> None:
        """The acts upon a request lead one to the next, and to where it stands."""
        moves = [(event.before or {}, event.after or {}) for event in events if "state" in (event.after or {})]
        for (_before, after), (following, _after) in itertools.pairwise(moves):
            assert after["state"] == following["state"]
        if moves:
            assert moves[-1][1]["state"] == request.state
            assert request.state == "draft" or moves[-1][1]["profile"] == request.profile.digest

    def _the_public_sees_what_was_approved_last(self) -> None:
        with self._whole() as connection:
            cards = partial(directory.read_cards, connection)
            answer = directory.whole_answer(self.index.at_present(), cards, None, Criteria())
            found = {card.lab_id: _seen(json.loads(card.item)) for card in answer}
        listed = [entry for entry in self.world.entries.values() if entry.listed]
        assert found == {entry.id: _expected(entry.profile, entry.days) for entry in listed}

    def _traces(self) -> tuple[int, ...]:
        """How much there is of what the world does not keep: to see that a refusal left nothing behind."""
        counts = [select(func.count()).select_from(table).scalar_subquery() for table in _TRACES]
        spent = select(func.count(OneUseLink.used_at) + func.count(OneUseLink.revoked_at)).scalar_subquery()
        waiting = select(func.count()).where(OutboxMessage.state == "waiting").scalar_subquery()
        version = select(DirectoryVersion.version).scalar_subquery()
        written = select(func.max(Submission.updated_at)).scalar_subquery()
        self.session.rollback()
        return tuple(self.session.execute(select(*counts, spent, waiting, version, written)).one())

    def _version(self) -> int:
        with self.engine.connect() as connection:
            return connection.scalar(select(DirectoryVersion.version)) or 0

    @contextmanager
    def _whole(self) -> Any:
        with self.engine.connect() as connection:
            yield connection


def _seen(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in ("name", "city", "zip", "phone", "website", "last_confirmed", "offerings")}


def _expected(profile: Any, days: dict[str, date]) -> dict[str, Any]:
    tests = [offering_item(test, last_confirmed=days[test.digest]) for test in profile.offerings]
    return {
        "name": profile.name,
        "city": profile.city,
        "zip": profile.zip,
        "phone": profile.phone,
        "website": profile.website,
        "last_confirmed": min(days.values()).isoformat(),
        "offerings": tests,
    }
