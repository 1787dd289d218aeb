"""What moderators do, on pages that are fresh and on pages that are not: the other half of the play."""

import itertools
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from registry.moderation import services
from tests.life import deeds
from tests.life.acts import Acts, Page
from tests.life.chances import Chance, any_request, happens
from tests.life.world import UNDECIDED


class Moderators(Acts):
    """Those who decide."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[Page] = []

    @happens(6, any_request(*UNDECIDED))
    def approve(self, chance: Chance) -> None:
        self.approved(self.page(chance))

    @happens(2, any_request(*UNDECIDED))
    def clear_the_queue(self, chance: Chance) -> None:
        waiting = [one for one in self.world.requests.values() if one.state in UNDECIDED]
        for request, decision in zip(waiting, itertools.cycle(chance.decisions), strict=False):
            if request.state not in UNDECIDED:
                # Gone by what was decided before.
                continue
            page = self.page_of(request)
            if decision == "approve":
                self.approved(page)
            elif decision == "reject":
                self._rejected(page)
            else:
                self.sent_back(page)

    @happens(1, any_request(*UNDECIDED))
    def reject(self, chance: Chance) -> None:
        self._rejected(self.page(chance))

    @happens(3, any_request(*UNDECIDED))
    def request_changes(self, chance: Chance) -> None:
        self.sent_back(self.page(chance))

    def _rejected(self, page: Page) -> None:
        request = self.world.requests[page.request]
        legal = self.decidable(page)
        self.act("reject", legal, _decide, services.reject, page, reason="other", message="")
        if legal:
            self.world.decided(request, "rejected")
        self.deliver()

    def sent_back(self, page: Page) -> None:
        request = self.world.requests[page.request]
        if request.kind == "claim":
            return
        legal = self.decidable(page)
        remarks = {"city": "Is it Macon?"}
        self.act("request_changes", legal, _decide, services.request_changes, page, message="", remarks=remarks)
        if legal:
            self.world.decided(request, "changes_requested")
        self.deliver()

    @happens(3, any_request(*UNDECIDED))
    def start_review(self, chance: Chance) -> None:
        page = self.page(chance)
        request = self.world.requests[page.request]
        # Somebody else looks at it too.
        self.pages.append(self.page_of(request))
        legal = request.state == "submitted" and request.revision == page.revision
        self.act("start_review", legal, _start_review, page)
        if legal:
            self.world.moves(request, "in_review")

    def page(self, chance: Chance) -> Page:
        """The page of a request, mostly of one that waits; or one that was opened before."""
        if not chance.fresh and self.pages:
            waiting = [page for page in self.pages if self.world.requests[page.request].state in UNDECIDED]
            return self.one_of(waiting or self.pages, chance.pick)
        page = self.page_of(self.request(chance, *UNDECIDED))
        self.pages.append(page)
        return page

    def decidable(self, page: Page) -> bool:
        request = self.world.requests[page.request]
        as_shown = (request.revision, request.profile.digest) == (page.revision, page.digest)
        return as_shown and request.state in UNDECIDED


def _decide(session: Session, decision: Any, page: Page, *, now: datetime, **said: Any) -> None:
    decision(
        session,
        submission_id=page.request,
        reviewer=deeds.moderator(session),
        expect_revision=page.revision,
        digest=page.digest,
        now=now,
        **said,
    )


def _start_review(session: Session, page: Page, *, now: datetime) -> None:
    reviewer = deeds.moderator(session)
    services.start_review(
        session, submission_id=page.request, reviewer=reviewer, expect_revision=page.revision, now=now
    )
