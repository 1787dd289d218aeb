"""What moderators do, on pages that are fresh and on pages that are not: the other half of the play."""

import itertools
from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from registry.moderation import services
from tests.life import deeds
from tests.life.acts import Acts, Aim, Page, aims, usually
from tests.life.world import UNDECIDED


def _something_waits(play: Acts) -> bool:
    return any(one.state in UNDECIDED for one in play.world.requests.values())


class Moderators(Acts):
    """Those who decide."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[Page] = []

    @precondition(_something_waits)
    @rule(aim=aims, fresh=usually)
    def approve(self, aim: Aim, fresh: bool) -> None:
        self.approved(self.page(aim, fresh))

    @precondition(_something_waits)
    @rule(decisions=st.lists(st.sampled_from(("approve", "approve", "send back", "reject")), min_size=1, max_size=4))
    def clear_the_queue(self, decisions: list[str]) -> None:
        waiting = [one for one in self.world.requests.values() if one.state in UNDECIDED]
        for request, decision in zip(waiting, itertools.cycle(decisions), strict=False):
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

    @precondition(_something_waits)
    @rule(aim=aims, fresh=usually)
    def reject(self, aim: Aim, fresh: bool) -> None:
        self._rejected(self.page(aim, fresh))

    @precondition(_something_waits)
    @rule(aim=aims, fresh=usually)
    def request_changes(self, aim: Aim, fresh: bool) -> None:
        self.sent_back(self.page(aim, fresh))

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

    @precondition(_something_waits)
    @rule(aim=aims, fresh=usually)
    def start_review(self, aim: Aim, fresh: bool) -> None:
        page = self.page(aim, fresh)
        request = self.world.requests[page.request]
        self.pages.append(self.page_of(self.request(aim)))
        legal = request.state == "submitted" and request.revision == page.revision
        self.act("start_review", legal, _start_review, page)
        if legal:
            self.world.moves(request, "in_review")

    def page(self, aim: Aim, fresh: bool) -> Page:
        """The page of a request, mostly of one that waits; unless *fresh* one that was opened before."""
        if not fresh and self.pages:
            return self.one_of(self.pages, aim.pick)
        page = self.page_of(self.request(aim, *UNDECIDED))
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
