"""What laboratories write and send, take back, and prove by the links in their mail."""

from registry.domain.profile import LabProfile
from registry.links import Purpose
from registry.models import Submission
from tests.life import deeds
from tests.life.acts import Acts
from tests.life.chances import Chance, any_entry, any_request, happens
from tests.life.world import REPLACEABLE, Mailed, Request


class Requesting(Acts):
    """Joining, changing, claiming; and the mail."""

    @happens(2, lambda play: sum(one.state == "draft" for one in play.world.requests.values()) < 2)
    def join(self, chance: Chance) -> None:
        request = self.joined(chance.email, chance.profile)
        if chance.well:
            self.sent(request)

    @happens(2, any_request("draft"))
    def rewrite(self, chance: Chance) -> None:
        self.rewritten(self.request(chance, "draft"), chance.profile)

    @happens(1, any_request("draft"))
    def readdress(self, chance: Chance) -> None:
        self.readdressed(self.request(chance, "draft"), chance.email)

    @happens(4, any_request("draft"))
    def send(self, chance: Chance) -> None:
        self.sent(self.request(chance, "draft"), fresh=chance.agree)

    @happens(2, any_request("draft"))
    def look_before_sending(self, chance: Chance) -> None:
        draft = self.request(chance, "draft")
        legal = draft.state == "draft"
        self.act("look_before_sending", legal, deeds.catch_up, draft.id, theirs=chance.agree)
        if legal:
            # How two changes go together is tested elsewhere; here, that a draft stays one until it is sent.
            self.adopt(self.session.get_one(Submission, draft.id))
            self.sent(self.world.requests[draft.id])

    @happens(1, any_request("awaiting_email"))
    def reopen(self, chance: Chance) -> None:
        request = self.request(chance, "awaiting_email")
        if request.kind == "claim":
            # No browser opens it.
            return
        legal = request.state == "awaiting_email"
        self.act("reopen", legal, deeds.reopen, request.id)
        if legal:
            self.world.reopened(request)

    @happens(1, any_request("draft", "awaiting_email", *REPLACEABLE))
    def withdraw(self, chance: Chance) -> None:
        request = self.request(chance, *REPLACEABLE)
        email = self._actor(request, chance)
        open_ = request.state in ("draft", "awaiting_email", *REPLACEABLE)
        legal = open_ and self.world.may_act(request, email)
        self.act("withdraw", legal, deeds.withdraw, request.id, by=email)
        if legal:
            self.world.moves(request, "withdrawn")
            self.world.kill(request, Purpose.CONFIRM_EMAIL, Purpose.RESUME_DRAFT, Purpose.REVISE)

    @happens(3, any_request(*REPLACEABLE))
    def change(self, chance: Chance) -> None:
        request = self.request(chance, *REPLACEABLE)
        email = self._actor(request, chance)
        legal = request.kind != "claim" and request.state in REPLACEABLE and self.world.may_act(request, email)
        self.opened(self.act("change", legal, deeds.change, request.id, by=email), replaced=request)

    @happens(5, any_entry())
    def edit(self, chance: Chance) -> None:
        lab, email = self.entry(chance)
        legal = self.world.entries[lab].listed and self.world.speaks(lab, email)
        self.opened(self.act("edit", legal, deeds.edit, lab, by=email), lab)
        draft = self.world.open_edit(lab)
        if chance.agree and draft is not None:
            self.rewritten(draft, chance.profile)
            self.sent(draft)

    @happens(
        2, lambda play: play.world.entries and sum(one.kind == "claim" for one in play.world.requests.values()) < 4
    )
    def claim(self, chance: Chance) -> None:
        self.claimed(self.one_of(list(self.world.entries), chance.pick), chance.email)

    @happens(3, lambda play: any(link.purpose is Purpose.CONFIRM_EMAIL for link in play.good_links()))
    def everybody_proves_their_mailbox(self, chance: Chance) -> None:
        for link in self.good_links():
            if link.purpose is Purpose.CONFIRM_EMAIL:
                self.pressed(link.token, True)

    @happens(5, lambda play: play.world.links)
    def press(self, chance: Chance) -> None:
        good = self.good_links() if chance.well else []
        # Those of other mails are few, and get lost among those that prove a mailbox.
        rare = [link for link in good if link.purpose is not Purpose.CONFIRM_EMAIL]
        self.pressed(self.one_of(rare or good or list(self.world.links.values()), chance.pick).token, chance.agree)

    @happens(3, lambda play: any(link.used for link in play.world.links.values()))
    def press_again(self, chance: Chance) -> None:
        spent = [link for link in self.world.links.values() if link.used]
        rare = [link for link in spent if link.purpose is not Purpose.CONFIRM_EMAIL] if chance.well else []
        self.pressed(self.one_of(rare or spent, chance.pick).token, chance.agree, name="press again")

    def good_links(self) -> list[Mailed]:
        return [link for link in self.world.links.values() if self.world.works(link)]

    def rewritten(self, draft: Request, profile: LabProfile) -> None:
        legal = draft.state == "draft"
        self.act("rewrite", legal, deeds.rewrite, draft.id, profile=profile)
        if legal:
            draft.profile = profile
            draft.revision += 1

    def readdressed(self, draft: Request, email: str) -> None:
        legal = draft.state == "draft" and draft.kind == "new"
        self.act("readdress", legal, deeds.readdress, draft.id, email=email)
        if legal:
            draft.sender = email
            draft.revision += 1

    def _actor(self, request: Request, chance: Chance) -> str:
        """Mostly one who may act upon the request."""
        if not chance.agree:
            return chance.email
        return self.own(request.lab or 0, request.sender, request.kind == "edit")
