"""Who speaks for a laboratory, and what they do with its entry; and time."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.links import Purpose
from registry.registration import leaving, reminding, sign_in
from registry.registration.confirming import Shown
from tests.life import deeds
from tests.life.acts import Acts, has_come
from tests.life.chances import TESTS, Chance, any_entry, happens
from tests.life.world import Speaker


class People(Acts):
    """Those who speak for laboratories, and those who would like to."""

    @happens(3, any_entry())
    def invite(self, chance: Chance) -> None:
        lab, by = self.entry(chance)
        legal = self.world.speaks(lab, by) and chance.other != by and self.world.standing(lab, chance.other) is None
        named = self.act("invite", legal, deeds.invite, lab, by=by, email=chance.other, instead=chance.fresh)
        if named is not None:
            replaced = self.world.standing(lab, by) if chance.fresh else None
            self.world.speakers[named.id] = Speaker(
                named.id, lab, chance.other, by=by, replaces=replaced.id if replaced is not None else None
            )
        self.deliver()

    @happens(2, lambda play: len(play.world.speakers) > 1)
    def end(self, chance: Chance) -> None:
        target = self.one_of(list(self.world.speakers.values()), chance.pick)
        by = self.own(target.lab, chance.email, chance.well)
        legal = self.world.speaks(target.lab, by) and not target.ended
        self.act("end", legal, deeds.end, target.lab, by=by, number=target.id)
        if legal:
            me = self.world.standing(target.lab, by)
            self.world.ended(target, heir=None if me is target else me)
        self.deliver()

    @happens(3, any_entry())
    def confirm(self, chance: Chance) -> None:
        lab, email = self.entry(chance)
        entry = self.world.entries[lab]
        shown = Shown.of(entry.profile if chance.fresh else LabProfile(offerings=TESTS[chance.tests]))
        right = {test.digest for test in TESTS[chance.tests]}
        confirmed = right & set(shown.tests) & set(entry.days)
        legal = entry.listed and self.world.speaks(lab, email) and bool(confirmed)
        self.act("confirm", legal, deeds.confirm, lab, by=email, shown=shown, right=right)
        if legal:
            entry.days |= dict.fromkeys(confirmed, self.world.now.date())

    @happens(1, any_entry(lambda entry: entry.listed))
    def leave(self, chance: Chance) -> None:
        lab, email = self.entry(chance)
        entry = self.world.entries[lab]
        legal = entry.listed and self.world.speaks(lab, email)
        day = None if chance.days is None else self.world.now.date() + timedelta(days=chance.days)
        self.act("leave", legal, deeds.leave, lab, by=email, day=day)
        if legal and (day is None or has_come(day, self.world.now)):
            self.world.left(entry)
        elif legal:
            entry.leaves_on = day

    @happens(1, any_entry(lambda entry: entry.leaves_on is not None))
    def stay(self, chance: Chance) -> None:
        lab, email = self.entry(chance)
        entry = self.world.entries[lab]
        legal = entry.listed and entry.leaves_on is not None and self.world.speaks(lab, email)
        self.act("stay", legal, deeds.stay, lab, by=email)
        if legal:
            entry.leaves_on = None

    @happens(1, any_entry(lambda entry: not entry.listed))
    def come_back(self, chance: Chance) -> None:
        lab, email = self.entry(chance)
        entry = self.world.entries[lab]
        legal = not entry.listed and self.world.left_lately(entry) and self.world.speaks(lab, email)
        legal = legal and not self.world.number_taken(entry.profile, own=lab)
        self.act("come_back", legal, deeds.come_back, lab, by=email)
        if legal:
            entry.listed, entry.left_at = True, None

    @happens(2)
    def sign_in(self, chance: Chance) -> None:
        def ask(session: Session, now: Any) -> None:
            sign_in.ask(session, email=chance.email, now=now, limit=None)

        self.act("sign_in", True, ask)
        before = len(self.world.links)
        self.deliver()
        arrived = list(self.world.links.values())[before:]
        assert any(link.purpose is Purpose.SIGN_IN for link in arrived) == self.knows(chance.email)

    @happens(3, any_entry())
    def time_passes(self, chance: Chance) -> None:
        self.world.now += timedelta(hours=chance.hours)
        due = [
            entry
            for entry in self.world.entries.values()
            if entry.listed and entry.leaves_on is not None and has_come(entry.leaves_on, self.world.now)
        ]

        def work(session: Session, now: Any) -> int:
            reminding.remind_due(session, now=now)
            return leaving.leave_due(session, now=now)

        assert self.act("time_passes", True, work) == len(due)
        for entry in due:
            self.world.left(entry)
        self.deliver()
