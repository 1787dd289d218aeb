"""What laboratories do upon the mails that they get; the model is told the same."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from registry import links, mailboxes
from registry.bounces import noting, reading
from registry.extensions import begin_writing
from registry.links import Purpose
from registry.models import Lab, User
from registry.moderation import services
from registry.registration import confirming, contacts, leaving
from registry.registration.confirming import Shown
from registry.registration.leaving import Plan
from tests.freshness.model import Entry, Model
from tests.freshness.post import Post
from tests.support.bounced import a_report
from tests.support.factories import a_submission

Act = Callable[[datetime], None]


class Deeds:
    """The ways of laboratories: each method that begins with ``_way_`` answers one mail."""

    engine: Engine
    post: Post
    model: Model
    begun: set[int]

    def on(self, today: date, after: int, act: Act) -> None:
        """Plan *act* for so many days after *today*."""
        raise NotImplementedError

    def expect(self, entry: Entry) -> None:
        """Look at the days on which something falls due for *entry*."""
        raise NotImplementedError

    def answer(self, way: str, entry: Entry, kind: str, mailbox: str, today: date) -> None:
        """What a laboratory of that *way* does upon a mail."""
        getattr(self, "_way_" + way.replace(" ", "_"))(entry, kind, mailbox, today)

    def revive(self, entry: Entry, now: datetime) -> None:
        """The first mailbox works again, and who has it confirms all by a link that signs in."""
        assert entry.state == "hidden"
        mailbox = entry.contacts[0]
        mailbox.refuses = False
        self.post.refuses.discard(mailbox.email)
        self._confirm(entry, mailbox.email, self._all(entry), purpose=Purpose.SIGN_IN)(now)

    def _lab(self, session: Session, entry: Entry) -> Lab:
        found = session.scalars(select(Lab.id).where(Lab.slug == f"lab-{entry.number}")).one()
        return contacts.locked(session, found)

    def _confirm(self, entry: Entry, mailbox: str, places: list[int], *, purpose: Purpose | None = None) -> Act:
        """Press the button of the mail that arrived, or of one that signs in."""

        def act(now: datetime) -> None:
            with Session(self.engine) as session:
                begin_writing(session)
                token = self.post.tokens.get((f"lab-{entry.number}", mailbox), "")
                if purpose is not None:
                    token = links.issue(session, purpose=purpose, email=mailbox, now=now)
                    session.flush()
                lab = self._lab(session, entry)
                link = links.find(session, token)
                assert link is not None
                assert links.spend(session, link, now=now)
                tests = [test.digest for test in lab.profile.offerings]
                right = {tests[place] for place in places}
                done = confirming.confirm(
                    session, lab=lab, actor=mailbox, shown=Shown.of(lab.profile), right=right, now=now
                )
                assert len(done.tests) == len(places)
                assert confirming.may_be_confirmed(lab)
                session.commit()
            self.model.reads(mailbox)
            self.model.confirms(entry, places, now.date())
            self.expect(entry)

        return act

    def _all(self, entry: Entry) -> list[int]:
        return list(range(len(entry.tests)))

    def _once(self, entry: Entry) -> bool:
        if entry.number in self.begun:
            return False
        self.begun.add(entry.number)
        return True

    def _way_prompt(self, entry: Entry, kind: str, mailbox: str, today: date) -> None:
        if kind == "confirm_listing":
            self.on(today, 2, self._confirm(entry, mailbox, self._all(entry)))

    def _way_silent(self, entry: Entry, kind: str, mailbox: str, today: date) -> None:
        """Nothing, ever."""

    def _way_third(self, entry: Entry, kind: str, mailbox: str, today: date) -> None:
        if kind == "confirm_listing" and today >= entry.confirmed + timedelta(days=365) and self._once(entry):
            self.on(today, 2, self._confirm(entry, mailbox, self._all(entry)))

    def _way_partly(self, entry: Entry, kind: str, mailbox: str, today: date) -> None:
        late = today >= entry.confirmed + timedelta(days=379)
        if kind == "confirm_listing" and (late or self._once(entry)):
            self.on(today, 2, self._confirm(entry, mailbox, [1] if late else [0]))

    def _way_wakes(self, entry: Entry, kind: str, mailbox: str, today: date) -> None:
        if kind == "entry_hidden" and self._once(entry):
            self.on(today, 2, self._confirm(entry, mailbox, self._all(entry)))

    def _way_wakes_partly(self, entry: Entry, kind: str, mailbox: str, today: date) -> None:
        if kind == "entry_hidden" and self._once(entry):
            self.on(today, 2, self._confirm(entry, mailbox, [0]))
            self.on(today, 4, self._confirm(entry, mailbox, [1], purpose=Purpose.SIGN_IN))

    def _way_edits(self, entry: Entry, kind: str, mailbox: str, today: date) -> None:
        # Every other one only when it is hidden.
        if kind == ("entry_hidden" if entry.number % 40 >= 20 else "confirm_listing") and self._once(entry):
            self.on(today, 2, lambda now: self._edit(entry, now))

    def _edit(self, entry: Entry, now: datetime) -> None:
        email = entry.contacts[0].email
        with Session(self.engine) as session:
            begin_writing(session)
            lab = session.scalars(select(Lab).where(Lab.slug == f"lab-{entry.number}")).one()
            changed = [{**test, "tat_max": 9} for test in lab.profile_data["offerings"]]
            profile = type(lab.profile).from_dict({**lab.profile_data, "offerings": changed})
            edit = a_submission(
                session, profile, kind="edit", lab_id=lab.id, email=email, language=email[:2],
                base=lab.profile_data, now=now, commit=False,
            )  # fmt: skip
            session.flush()
            services.approve(
                session,
                submission_id=edit.id,
                reviewer=session.scalars(select(User)).one(),
                expect_revision=edit.revision,
                digest=edit.profile.digest,
                now=now,
            )
            session.commit()
        self.model.confirms(entry, self._all(entry), now.date(), way="approved")
        self.expect(entry)

    def _leave(self, entry: Entry, mailbox: str, after: int) -> Act:
        def act(now: datetime) -> None:
            day = now.date() + timedelta(days=after)
            with Session(self.engine) as session:
                begin_writing(session)
                leaving.leave_on(
                    session, lab=self._lab(session, entry), day=day, plan=Plan("moved"), by=mailbox, now=now
                )
                session.commit()
            self.model.leaves(entry, day)
            self.expect(entry)

        return act

    def _way_leaves(self, entry: Entry, kind: str, mailbox: str, today: date) -> None:
        if kind == "confirm_listing" and self._once(entry):
            self.on(today, 2, self._leave(entry, mailbox, 20))

    def _way_stays(self, entry: Entry, kind: str, mailbox: str, today: date) -> None:
        if kind == "confirm_listing" and self._once(entry):
            self.on(today, 2, self._leave(entry, mailbox, 40))
            self.on(today, 20, lambda now: self._stay(entry, mailbox, now))

    def _stay(self, entry: Entry, mailbox: str, now: datetime) -> None:
        with Session(self.engine) as session:
            begin_writing(session)
            leaving.cancel(session, lab=self._lab(session, entry), by=mailbox, now=now)
            session.commit()
        self.model.stays(entry)
        self.expect(entry)
        # What fell due while it was to leave is looked at in the next morning.
        self.on(now.date(), 1, lambda now: None)

    def _way_refuses(self, entry: Entry, kind: str, mailbox: str, today: date) -> None:
        if mailbox == entry.contacts[1].email and kind == "confirm_listing" and self._once(entry):
            self.on(today, 2, self._confirm(entry, mailbox, self._all(entry)))

    def _way_returned(self, entry: Entry, kind: str, mailbox: str, today: date) -> None:
        if mailbox == entry.contacts[0].email and self._once(entry):
            self.on(today, 2, lambda now: self._come_back(entry, mailbox, now))

    def _come_back(self, entry: Entry, mailbox: str, now: datetime) -> None:
        told = (f"lab-{entry.number}", "confirm_listing", mailbox)
        [message_id] = [known for known, what in self.post.taken.items() if what == told]
        report = reading.read(a_report(mailbox, message_id))
        assert report is not None
        with Session(self.engine) as session:
            begin_writing(session)
            assert noting.returned(session, report=report, now=now) is not None
            session.commit()
        self.model.bounces(mailbox, now.date())

    def _way_dead(self, entry: Entry, kind: str, mailbox: str, today: date) -> None:
        """Nothing arrives there but what is mailed after it was mended."""

    def _way_stops(self, entry: Entry, kind: str, mailbox: str, today: date) -> None:
        if self._once(entry):
            self.on(today, 2, lambda now: self._stop(entry, mailbox, now))

    def _stop(self, entry: Entry, mailbox: str, now: datetime) -> None:
        with Session(self.engine) as session:
            begin_writing(session)
            mailboxes.stop(session, email_hash=mailboxes.hash_of(mailbox), scope=mailboxes.Scope.ALL, now=now)
            session.commit()
        for box in entry.contacts:
            box.stopped = box.stopped or box.email == mailbox

    def _way_shared(self, entry: Entry, kind: str, mailbox: str, today: date) -> None:
        # At its first mail the mailbox that several laboratories share is still there; then it is gone.
        if mailbox == entry.contacts[0].email and mailbox not in self.post.refuses:
            self.on(today, 2, lambda now: self._refuse(mailbox))

    def _refuse(self, mailbox: str) -> None:
        self.post.refuses.add(mailbox)
        for entry in self.model.entries.values():
            for box in entry.contacts:
                box.refuses = box.refuses or box.email == mailbox
