"""What laboratories do, legally and not: the rules of one half of the play."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.links import Purpose
from registry.models import Submission
from registry.registration import leaving, reminding, sign_in
from registry.registration.confirming import Shown
from tests.life import deeds
from tests.life.acts import Acts, Aim, aims, has_come, usually
from tests.life.world import REPLACEABLE, Entry, Mailed, Request, Speaker
from tests.support.factories import a_profile, an_offering

PEOPLE = ("ada@example.org", "ben@example.org", "cy@example.org", "dot@example.org")

_IHC = an_offering()
_SLOW_IHC = an_offering(tat_max=9)
_FISH = an_offering(name="HER2 FISH", method="fish", assay="pathvysion", reflex_policy="none")
TESTS = ((_IHC,), (_IHC, _FISH), (_FISH, _IHC), (_SLOW_IHC, _FISH), (_FISH,))

_BASE = a_profile(name="Invented Laboratory", zip="30303").to_dict()


def a_version(number: int, tests: int, phone: int, public: str) -> LabProfile:
    """One of a few profiles, so that laboratories meet."""
    said = {"clia_number": f"00D000000{number}", "phone": f"(404) 555-010{phone}", "public_email": public}
    return LabProfile.from_dict(
        {**_BASE, **said, "offerings": LabProfile(offerings=TESTS[tests]).to_dict()["offerings"]}
    )


people = st.sampled_from(PEOPLE)
test_lists = st.integers(0, len(TESTS) - 1)
profiles = st.builds(a_version, st.integers(1, 3), test_lists, st.integers(0, 3), st.sampled_from(("", PEOPLE[3])))


def _any_request(*states: str) -> Callable[[Acts], bool]:
    return lambda play: any(one.state in states for one in play.world.requests.values())


def _any_entry(wanted: Callable[[Entry], bool] = lambda entry: True) -> Callable[[Acts], bool]:
    return lambda play: any(wanted(entry) for entry in play.world.entries.values())


class People(Acts):
    """Those who speak for laboratories, and those who would like to."""

    # Requests

    @precondition(lambda self: len(self.world.requests) < 4 or not _any_request("draft", *REPLACEABLE)(self))
    @rule(email=people, profile=profiles, at_once=usually)
    def join(self, email: str, profile: LabProfile, at_once: bool) -> None:
        request = self.joined(email, profile)
        if at_once:
            self.sent(request)

    @precondition(_any_request("draft"))
    @rule(aim=aims, profile=profiles, email=st.one_of(st.none(), people))
    def rewrite(self, aim: Aim, profile: LabProfile, email: str | None) -> None:
        draft = self.request(aim, "draft")
        if email is not None:
            self.readdressed(draft, email)
            return
        self.act("rewrite", draft.state == "draft", deeds.rewrite, draft.id, profile=profile)
        if draft.state == "draft":
            draft.profile = profile
            draft.revision += 1

    @precondition(_any_request("draft"))
    @rule(aim=aims, fresh=usually)
    def send(self, aim: Aim, fresh: bool) -> None:
        self.sent(self.request(aim, "draft"), fresh)

    @precondition(_any_request("draft"))
    @rule(aim=aims, theirs=st.booleans(), send=st.booleans())
    def look_before_sending(self, aim: Aim, theirs: bool, send: bool) -> None:
        draft = self.request(aim, "draft")
        self.act("look_before_sending", draft.state == "draft", deeds.catch_up, draft.id, theirs=theirs)
        if draft.state == "draft":
            # How two changes go together is tested elsewhere; here, that a draft stays one until it is sent.
            self.adopt(self.session.get_one(Submission, draft.id))
        if send:
            self.sent(self.world.requests[draft.id])

    @precondition(_any_request("awaiting_email"))
    @rule(aim=aims)
    def reopen(self, aim: Aim) -> None:
        request = self.request(aim, "awaiting_email")
        if request.kind == "claim":
            # No browser opens it.
            return
        legal = request.state == "awaiting_email"
        self.act("reopen", legal, deeds.reopen, request.id)
        if legal:
            self.world.reopened(request)

    @precondition(_any_request("draft", "awaiting_email", *REPLACEABLE))
    @rule(aim=aims, email=people, own=usually)
    def withdraw(self, aim: Aim, email: str, own: bool) -> None:
        request = self.request(aim, *REPLACEABLE)
        email = self._actor(request, email, own)
        open_ = request.state in ("draft", "awaiting_email", *REPLACEABLE)
        legal = open_ and self.world.may_act(request, email)
        self.act("withdraw", legal, deeds.withdraw, request.id, by=email)
        if legal:
            self.world.moves(request, "withdrawn")
            self.world.kill(request, Purpose.CONFIRM_EMAIL, Purpose.RESUME_DRAFT, Purpose.REVISE)

    @precondition(_any_request(*REPLACEABLE))
    @rule(aim=aims, email=people, own=usually)
    def change(self, aim: Aim, email: str, own: bool) -> None:
        request = self.request(aim, *REPLACEABLE)
        email = self._actor(request, email, own)
        legal = request.kind != "claim" and request.state in REPLACEABLE and self.world.may_act(request, email)
        self.opened(self.act("change", legal, deeds.change, request.id, by=email), replaced=request)

    @precondition(_any_entry())
    @rule(aim=aims, email=people, profile=profiles, at_once=st.booleans())
    def edit(self, aim: Aim, email: str, profile: LabProfile, at_once: bool) -> None:
        lab, email = self.entry(aim, email)
        legal = self.world.entries[lab].listed and self.world.speaks(lab, email)
        self.opened(self.act("edit", legal, deeds.edit, lab, by=email), lab)
        draft = self.world.open_edit(lab)
        if at_once and draft is not None:
            self.act("rewrite", True, deeds.rewrite, draft.id, profile=profile)
            draft.profile = profile
            draft.revision += 1
            self.sent(draft)

    @precondition(
        lambda self: self.world.entries and sum(one.kind == "claim" for one in self.world.requests.values()) < 4
    )
    @rule(aim=aims, email=people)
    def claim(self, aim: Aim, email: str) -> None:
        self.claimed(self.one_of(list(self.world.entries), aim.pick), email)

    # Links

    @precondition(lambda self: self.world.links)
    @rule(which=st.integers(0, 11), well=usually, agree=usually)
    def press(self, which: int, well: bool, agree: bool) -> None:
        good = self._good_links() if well else []
        # Those of other mails are few, and get lost among those that prove a mailbox.
        rare = [link for link in good if link.purpose is not Purpose.CONFIRM_EMAIL]
        self.pressed(self.one_of(rare or good or list(self.world.links.values()), which).token, agree)

    @precondition(lambda self: any(link.purpose is Purpose.CONFIRM_EMAIL for link in self._good_links()))
    @rule()
    def everybody_reads_the_mail(self) -> None:
        for link in self._good_links():
            if link.purpose is Purpose.CONFIRM_EMAIL:
                self.pressed(link.token, True)

    @precondition(lambda self: any(link.used for link in self.world.links.values()))
    @rule(which=st.integers(0, 11), agree=st.booleans())
    def press_again(self, which: int, agree: bool) -> None:
        spent = [link for link in self.world.links.values() if link.used]
        self.pressed(self.one_of(spent, which).token, agree, name="press again")

    # Who speaks

    @precondition(_any_entry())
    @rule(aim=aims, by=people, email=people, instead=st.booleans())
    def invite(self, aim: Aim, by: str, email: str, instead: bool) -> None:
        lab, by = self.entry(aim, by)
        legal = self.world.speaks(lab, by) and email != by and self.world.standing(lab, email) is None
        named = self.act("invite", legal, deeds.invite, lab, by=by, email=email, instead=instead)
        if named is not None:
            replaced = self.world.standing(lab, by) if instead else None
            self.world.speakers[named.id] = Speaker(
                named.id, lab, email, by=by, replaces=replaced.id if replaced is not None else None
            )
        self.deliver()

    @precondition(lambda self: len(self.world.speakers) > 1)
    @rule(aim=aims, by=people)
    def end(self, aim: Aim, by: str) -> None:
        target = self.one_of(list(self.world.speakers.values()), aim.pick)
        by = self.own(target.lab, by, aim.well)
        legal = self.world.speaks(target.lab, by) and not target.ended
        self.act("end", legal, deeds.end, target.lab, by=by, number=target.id)
        if legal:
            me = self.world.standing(target.lab, by)
            self.world.ended(target, heir=None if me is target else me)
        self.deliver()

    # The entry

    @precondition(_any_entry())
    @rule(aim=aims, email=people, fresh=usually, tests=test_lists)
    def confirm(self, aim: Aim, email: str, fresh: bool, tests: int) -> None:
        lab, email = self.entry(aim, email)
        entry = self.world.entries[lab]
        shown = Shown.of(entry.profile if fresh else LabProfile(offerings=TESTS[tests]))
        right = {test.digest for test in TESTS[tests]}
        confirmed = right & set(shown.tests) & set(entry.days)
        legal = entry.listed and self.world.speaks(lab, email) and bool(confirmed)
        self.act("confirm", legal, deeds.confirm, lab, by=email, shown=shown, right=right)
        if legal:
            entry.days |= dict.fromkeys(confirmed, self.world.now.date())

    @precondition(_any_entry(lambda entry: entry.listed))
    @rule(aim=aims, email=people, days=st.sampled_from((None, 0, 3, 30)))
    def leave(self, aim: Aim, email: str, days: int | None) -> None:
        lab, email = self.entry(aim, email)
        entry = self.world.entries[lab]
        legal = entry.listed and self.world.speaks(lab, email)
        day = None if days is None else self.world.now.date() + timedelta(days=days)
        self.act("leave", legal, deeds.leave, lab, by=email, day=day)
        if legal and (day is None or has_come(day, self.world.now)):
            self.world.left(entry)
        elif legal:
            entry.leaves_on = day

    @precondition(_any_entry(lambda entry: entry.leaves_on is not None))
    @rule(aim=aims, email=people)
    def stay(self, aim: Aim, email: str) -> None:
        lab, email = self.entry(aim, email)
        entry = self.world.entries[lab]
        legal = entry.listed and entry.leaves_on is not None and self.world.speaks(lab, email)
        self.act("stay", legal, deeds.stay, lab, by=email)
        if legal:
            entry.leaves_on = None

    @precondition(_any_entry(lambda entry: not entry.listed))
    @rule(aim=aims, email=people)
    def come_back(self, aim: Aim, email: str) -> None:
        lab, email = self.entry(aim, email)
        entry = self.world.entries[lab]
        legal = not entry.listed and self.world.left_lately(entry) and self.world.speaks(lab, email)
        legal = legal and not self.world.number_taken(entry.profile, own=lab)
        self.act("come_back", legal, deeds.come_back, lab, by=email)
        if legal:
            entry.listed, entry.left_at = True, None

    # Meanwhile

    @rule(email=people, hours=st.sampled_from((0, 1, 24, 24 * 3, 24 * 8, 24 * 31, 24 * 340)))
    def meanwhile(self, email: str, hours: int) -> None:
        if hours:
            self._time_passes(hours)
        else:
            self._sign_in(email)

    def _sign_in(self, email: str) -> None:
        def ask(session: Session, now: Any) -> None:
            sign_in.ask(session, email=email, now=now, limit=None)

        self.act("sign_in", True, ask)
        before = len(self.world.links)
        self.deliver()
        arrived = list(self.world.links.values())[before:]
        assert any(link.purpose is Purpose.SIGN_IN for link in arrived) == self.knows(email)

    def _time_passes(self, hours: int) -> None:
        self.world.now += timedelta(hours=hours)
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

    def readdressed(self, draft: Request, email: str) -> None:
        legal = draft.state == "draft" and draft.kind == "new"
        self.act("readdress", legal, deeds.readdress, draft.id, email=email)
        if legal:
            draft.sender = email
            draft.revision += 1

    def _actor(self, request: Request, email: str, own: bool) -> str:
        if not own:
            return email
        return self.own(request.lab or 0, request.sender, request.kind == "edit")

    def _good_links(self) -> list[Mailed]:
        return [link for link in self.world.links.values() if self.world.works(link)]
