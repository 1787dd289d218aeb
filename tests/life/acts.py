"""Acts that several rules share: each is done to the database and to the world."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.links import Purpose
from registry.models import Lab, LabContact, Submission
from registry.moderation import services
from tests.life import deeds
from tests.life.chances import Chance
from tests.life.stage import Stage
from tests.life.world import UNDECIDED, Mailed, Request


@dataclass(frozen=True)
class Page:
    """What a moderator has on the screen."""

    request: int
    revision: int
    digest: str
    listing: str | None


class Acts(Stage):
    """What rules choose from, and what they do."""

    def request(self, chance: Chance, *states: str) -> Request:
        """A request; mostly one of *states*, with which something can be done."""
        found = list(self.world.requests.values())
        meant = [one for one in found if one.state in states] if chance.well else []
        return self.one_of(meant or found, chance.pick)

    def entry(self, chance: Chance) -> tuple[int, str]:
        """An entry, and mostly somebody who speaks for it, if anybody does."""
        lab = self.one_of(list(self.world.entries), chance.pick)
        return lab, self.own(lab, chance.email, chance.well)

    def own(self, lab: int, email: str, own: bool) -> str:
        speaking = self.world.speaking(lab)
        return speaking[-1].email if own and speaking else email

    def joined(self, email: str, profile: LabProfile) -> Request:
        made = self.act("join", True, deeds.join, profile=profile, email=email)
        assert made is not None
        request = Request(made.id, "new", email, profile, revision=2)
        self.world.requests[made.id] = request
        return request

    def sent(self, draft: Request, fresh: bool = True) -> None:
        revision = draft.revision if fresh else draft.revision - 1
        legal = self.world.may_send(draft, revision)
        self.act("send", legal, deeds.send, draft.id, revision=revision)
        if legal:
            self.world.sent(draft)
        self.deliver()

    def pressed(self, token: str, agree: bool, name: str = "press") -> None:
        link = self.world.links[token]
        legal = self.world.works(link)
        made = self.act(f"{name} {link.purpose}", legal, deeds.press, token, agree=agree)
        if legal:
            link.used = True
            self._follow(link, agree, made)
        self.deliver()

    def opened(self, made: Submission | None, lab: int | None = None, replaced: Request | None = None) -> None:
        """A draft was opened: the one that was open, or a new one that says what the entry or the request said."""
        if made is None:
            return
        known = self.world.open_edit(lab) if lab is not None else None
        waiting = replaced or (self.world.waiting_edit(lab) if lab is not None else None)
        known = known or (self.world.draft_of(waiting) if waiting is not None else None)
        if known is None and waiting is not None and waiting.kind == "edit":
            # A colleague is at work on the entry already.
            known = self.world.open_edit(waiting.lab or 0)
        if known is not None:
            assert made.id == known.id, "a second draft beside the open one"
            return
        self.adopt(made)
        draft = self.world.requests[made.id]
        if waiting is not None:
            assert (draft.revises, draft.profile, draft.sender) == (waiting.id, waiting.profile, waiting.sender)
        else:
            assert lab is not None
            assert (draft.kind, draft.profile) == ("edit", self.world.entries[lab].profile)

    def adopt(self, row: Submission) -> None:
        """Take a draft, or a claim that was just made, into the world as it is."""
        assert row.state in ("draft", "awaiting_email")
        self.world.requests[row.id] = Request(
            id=row.id,
            kind=row.kind,
            sender=row.contact_email,
            profile=row.profile,
            state=row.state,
            revision=row.revision,
            lab=row.lab_id,
            revises=row.revises_id,
            proved=row.email_verified_at is not None,
        )

    def claimed(self, lab: int, email: str) -> None:
        """A claim; while one waits, a second is the first."""
        same = [
            one
            for one in self.world.requests.values()
            if (one.kind, one.lab, one.sender) == ("claim", lab, email) and one.state in ("awaiting_email", *UNDECIDED)
        ]
        entry = self.world.entries[lab]
        made = self.act("claim", entry.listed or self.world.left_lately(entry), deeds.claim, lab, by=email)
        if made is None:
            return
        if not same:
            assert made.id not in self.world.requests
            self.adopt(made)
        else:
            assert made.id == same[0].id
            same[0].revision += same[0].state == "awaiting_email"
        self.deliver()

    def page_of(self, request: Request) -> Page:
        entry = self.world.entries.get(request.lab or 0)
        listing = entry.profile.digest if entry is not None else None
        return Page(request.id, request.revision, request.profile.digest, listing)

    def approved(self, page: Page) -> None:
        request = self.world.requests[page.request]
        as_shown = (request.revision, request.profile.digest) == (page.revision, page.digest)
        legal = as_shown and self.world.may_approve(request, listing=page.listing)
        lab = self.act(f"approve {request.kind}", legal, self._approve, page=page)
        if lab is None:
            return
        if request.kind != "claim":
            first = request.lab is None
            self.world.published(request, lab.id)
            if first:
                self.speaks_now(lab.id, request.sender)
        else:
            self.granted(request)
        self.world.moves(request, "approved")
        self.deliver()

    def granted(self, claim: Request) -> None:
        self.world.kill(claim, Purpose.ALLOW_CLAIM)
        assert claim.lab is not None
        self.speaks_now(claim.lab, claim.sender)

    def speaks_now(self, lab: int, email: str) -> None:
        contact = self.session.scalars(
            select(LabContact).where(
                LabContact.lab_id == lab, LabContact.email == email, LabContact.revoked_at.is_(None)
            )
        ).one()
        self.world.begins_to_speak(contact.id, lab, email)

    def knows(self, email: str) -> bool:
        """Whether there is anything that the mailbox could open by signing in."""
        if any(one.email == email and one.speaks for one in self.world.speakers.values()):
            return True
        return any(
            one.sender == email
            and one.kind != "edit"
            and one.proved
            and (
                one.state in (*UNDECIDED, "changes_requested")
                or (one.state == "rejected" and one.decided_at and one.decided_at > self.world.now - timedelta(days=90))
            )
            for one in self.world.requests.values()
        )

    def _follow(self, link: Mailed, agree: bool, made: Any) -> None:
        if link.purpose in (Purpose.ACCEPT_CONTACT, Purpose.CONFIRM_LISTING):
            speaker = self.world.speakers[link.about or 0]
            if link.purpose is Purpose.CONFIRM_LISTING:
                entry = self.world.entries[speaker.lab]
                entry.days = dict.fromkeys(entry.days, self.world.now.date())
            elif agree:
                self.world.begins_to_speak(speaker.id, speaker.lab, speaker.email)
                former = self.world.speakers.get(speaker.replaces or 0)
                if former is not None and former.speaks:
                    self.world.ended(former, heir=speaker)
            else:
                self.world.ended(speaker)
            return
        request = self.world.requests.get(link.about or 0)
        if request is None:
            return
        if link.purpose is Purpose.CONFIRM_EMAIL:
            self.world.proved(request)
            if request.kind == "claim" and request.sender in self.world.whom_to_ask(request.lab or 0):
                # Whoever proves the mailbox of the listing itself has proved the claim.
                self.world.moves(request, "approved")
                self.granted(request)
        elif link.purpose is Purpose.REVISE:
            self.opened(made, replaced=request)
        elif link.purpose is Purpose.ALLOW_CLAIM:
            self.world.decided(request, "approved" if agree else "rejected")
            self.world.kill(request, Purpose.ALLOW_CLAIM)
            if agree:
                self.granted(request)

    @staticmethod
    def _approve(session: Session, *, page: Page, now: datetime) -> Lab:
        return services.approve(
            session,
            submission_id=page.request,
            reviewer=deeds.moderator(session),
            expect_revision=page.revision,
            digest=page.digest,
            listing_digest=page.listing or "",
            now=now,
        )


def has_come(day: date, now: datetime) -> bool:
    """Whether *day* has begun in Hawaii too."""
    return (now - timedelta(hours=10)).date() >= day
