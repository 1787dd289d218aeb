"""What a laboratory's life should come to, in plain Python: who may do what, and what follows from it.

Nothing here asks the code under test for anything but the words of its states and the lifetimes of its links.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from registry.domain.profile import LabProfile
from registry.links import LIFETIMES, Purpose

UNDECIDED = ("submitted", "in_review")
REPLACEABLE = (*UNDECIDED, "changes_requested")
OPEN = ("draft", "awaiting_email", *REPLACEABLE)
STAYS_OPEN_FOR = timedelta(days=30)
"""How long after it left a laboratory may come back."""


@dataclass
class Request:
    """Something that a laboratory writes or has sent."""

    id: int
    kind: str
    sender: str
    profile: LabProfile
    state: str = "draft"
    revision: int = 1
    lab: int | None = None
    revises: int | None = None
    proved: bool = False
    sent_on: date | None = None
    decided_at: datetime | None = None


@dataclass
class Speaker:
    """A mailbox that speaks for a laboratory, or was asked to."""

    id: int
    lab: int
    email: str
    since: datetime | None = None
    by: str = ""
    replaces: int | None = None
    ended: bool = False

    @property
    def speaks(self) -> bool:
        return self.since is not None and not self.ended


@dataclass
class Entry:
    """A laboratory's entry: ``days`` has the day on which each of its tests was confirmed, by its fingerprint."""

    id: int
    profile: LabProfile
    days: dict[str, date]
    listed: bool = True
    leaves_on: date | None = None
    left_at: datetime | None = None


@dataclass
class Mailed:
    """A link that reached a mailbox. ``about`` is a request's id, a speaker's, or None for signing in."""

    token: str
    purpose: Purpose
    email: str
    about: int | None
    good_until: datetime
    used: bool = False
    dead: bool = False


@dataclass
class World:
    """Everything there is, and what each act makes of it."""

    now: datetime
    requests: dict[int, Request] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)
    speakers: dict[int, Speaker] = field(default_factory=dict)
    links: dict[str, Mailed] = field(default_factory=dict)

    # Who is who

    def speaking(self, lab: int) -> list[Speaker]:
        """Those who speak for the laboratory, the longest first."""
        found = [one for one in self.speakers.values() if one.lab == lab and one.speaks]
        return sorted(found, key=lambda one: (one.since, one.id))

    def standing(self, lab: int, email: str) -> Speaker | None:
        """The mailbox as one that speaks, or was asked to."""
        wanted = (one for one in self.speakers.values() if (one.lab, one.email, one.ended) == (lab, email, False))
        return next(wanted, None)

    def speaks(self, lab: int | None, email: str) -> bool:
        return any(one.email == email for one in self.speaking(lab or 0))

    def number_taken(self, profile: LabProfile, own: int | None = None) -> bool:
        others = (entry for entry in self.entries.values() if entry.listed and entry.id != own)
        return any(entry.profile.clia_number == profile.clia_number for entry in others)

    def left_lately(self, entry: Entry) -> bool:
        """Whether the laboratory left, and may still come back."""
        return entry.left_at is not None and self.now - entry.left_at <= STAYS_OPEN_FOR

    def open_edit(self, lab: int) -> Request | None:
        edits = (one for one in self.requests.values() if (one.lab, one.kind, one.state) == (lab, "edit", "draft"))
        return next(edits, None)

    def waiting_edit(self, lab: int) -> Request | None:
        edits = [
            one for one in self.requests.values() if (one.lab, one.kind) == (lab, "edit") and one.state in REPLACEABLE
        ]
        return max(edits, key=lambda one: one.id, default=None)

    def draft_of(self, request: Request) -> Request | None:
        """The draft that is to replace *request*; one that waits for its mailbox to be proved becomes one again."""
        versions = [one for one in self.requests.values() if one.revises == request.id]
        drafts = [one for one in versions if one.state == "draft"]
        waiting = [one for one in versions if one.state == "awaiting_email"]
        if not drafts and waiting:
            self.reopened(waiting[-1])
        return (drafts or waiting[-1:] or [None])[0]

    def reopened(self, request: Request) -> None:
        self.moves(request, "draft")
        self.kill(request, Purpose.CONFIRM_EMAIL, Purpose.RESUME_DRAFT)

    # Who may do what

    def may_act(self, request: Request, email: str) -> bool:
        """Whether the mailbox may change and withdraw the request."""
        return request.sender == email if request.kind != "edit" else self.speaks(request.lab, email)

    def may_send(self, draft: Request, revision: int) -> bool:
        replaced = self.requests.get(draft.revises or 0)
        if draft.state != "draft" or revision != draft.revision:
            return False
        if draft.kind == "edit" and not self.speaks(draft.lab, draft.sender):
            return False
        return not self.is_proved(draft) or replaced is None or replaced.state != "approved"

    def is_proved(self, draft: Request) -> bool:
        """Whether the mailbox of the draft was proved before, so that it goes to the moderators at once."""
        replaced = self.requests.get(draft.revises or 0)
        return draft.kind == "edit" or (replaced is not None and replaced.proved and replaced.sender == draft.sender)

    def may_approve(self, request: Request, *, listing: str | None) -> bool:
        """Whether what is approved can be published; *listing* is the fingerprint of the entry that stood beside."""
        if not request.proved or request.state not in UNDECIDED:
            return False
        if request.kind == "claim":
            return True
        if request.kind == "edit":
            entry = self.entries[request.lab or 0]
            if not entry.listed or entry.profile.digest != listing or not self.speaks(entry.id, request.sender):
                return False
        return not self.number_taken(request.profile, own=request.lab)

    def works(self, link: Mailed, email: str = "") -> bool:
        """Whether a press on *link* does anything."""
        if link.used or link.dead or self.now >= link.good_until:
            return False
        if link.purpose is Purpose.SIGN_IN:
            return True
        if link.purpose in (Purpose.ACCEPT_CONTACT, Purpose.CONFIRM_LISTING):
            speaker = self.speakers[link.about or 0]
            if link.purpose is Purpose.ACCEPT_CONTACT:
                return speaker.since is None and not speaker.ended
            return speaker.speaks and self.entries[speaker.lab].listed
        request = self.requests[link.about or 0]
        if link.purpose is Purpose.ALLOW_CLAIM:
            return request.state in UNDECIDED and link.email in self.whom_to_ask(request.lab or 0)
        state = {
            Purpose.CONFIRM_EMAIL: "awaiting_email",
            Purpose.RESUME_DRAFT: "draft",
            Purpose.REVISE: "changes_requested",
        }[link.purpose]
        return request.state == state and request.sender == link.email

    def whom_to_ask(self, lab: int) -> set[str]:
        """The mailboxes that may answer for the laboratory."""
        return {self.entries[lab].profile.public_email, *(one.email for one in self.speaking(lab))} - {""}

    # What follows

    def mailed(self, token: str, purpose: Purpose, email: str, about: int | None) -> None:
        self.links[token] = Mailed(token, purpose, email, about, self.now + LIFETIMES[purpose])

    def sent(self, draft: Request) -> None:
        """The draft goes to the moderators, or waits for its mailbox to be proved."""
        draft.proved = self.is_proved(draft)
        draft.revision += 1
        draft.state = "submitted" if draft.proved else "awaiting_email"
        if draft.proved:
            self.received(draft)

    def proved(self, request: Request) -> None:
        """The link was pressed that proves the mailbox."""
        request.proved, request.state = True, "submitted"
        request.revision += 1
        replaced = self.requests.get(request.revises or 0)
        if request.kind != "claim" and replaced is not None and replaced.state == "approved":
            # What it was to replace is on the list by now: it changes the entry, in the name of who speaks for it.
            request.kind, request.lab, request.revises = "edit", replaced.lab, None
            request.sender = replaced.sender
        self.received(request)

    def received(self, request: Request) -> None:
        request.sent_on = self.now.date()
        replaced = self.requests.get(request.revises or 0)
        if replaced is not None and replaced.state in REPLACEABLE:
            self.moves(replaced, "superseded")
            self.kill(replaced, Purpose.REVISE)

    def decided(self, request: Request, state: str) -> None:
        request.decided_at = self.now
        self.moves(request, state)
        if request.kind == "claim":
            self.kill(request, Purpose.ALLOW_CLAIM)

    def moves(self, request: Request, state: str) -> None:
        request.state = state
        request.revision += 1

    def published(self, request: Request, lab: int) -> None:
        """What was approved is what the public sees; tests that stay as they were keep their day."""
        entry = self.entries.get(lab)
        old = entry.days if entry is not None else {}
        assert request.sent_on is not None, "nobody approves what was not sent"
        days = {test.digest: old.get(test.digest, request.sent_on) for test in request.profile.offerings}
        if entry is None:
            self.entries[lab] = Entry(lab, request.profile, days)
        else:
            entry.profile, entry.days = request.profile, days
        request.lab = lab

    def begins_to_speak(self, number: int, lab: int, email: str) -> None:
        known = self.speakers.setdefault(number, Speaker(number, lab, email))
        known.since = known.since or self.now

    def ended(self, speaker: Speaker, heir: Speaker | None = None) -> None:
        """The mailbox speaks no more; what it had asked for goes on in the name of another, or not at all."""
        spoke, speaker.ended = speaker.speaks, True
        self._kill_of_speaker(speaker)
        if not spoke:
            return
        for link in self.links.values():
            link.dead |= link.purpose is Purpose.SIGN_IN and link.email == speaker.email
        for invited in self.speakers.values():
            if (invited.lab, invited.by, invited.since, invited.ended) == (speaker.lab, speaker.email, None, False):
                invited.ended = True
                self._kill_of_speaker(invited)
        heirs = [heir] if heir is not None else self.speaking(speaker.lab)
        for request in self._open_changes(speaker.lab):
            if request.sender != speaker.email:
                continue
            self.kill(request, Purpose.REVISE, Purpose.RESUME_DRAFT, Purpose.CONFIRM_EMAIL)
            if heirs:
                request.sender, request.proved = heirs[0].email, True
            else:
                self.moves(request, "withdrawn")

    def left(self, entry: Entry) -> None:
        """The entry is off the list; nobody reads changes of it any more."""
        entry.listed, entry.leaves_on, entry.left_at = False, None, self.now
        for speaker in self.speaking(entry.id):
            self._kill_of_speaker(speaker)
        for request in self._open_changes(entry.id):
            self.moves(request, "withdrawn")
            self.kill(request, Purpose.CONFIRM_EMAIL, Purpose.RESUME_DRAFT, Purpose.REVISE)

    def kill(self, request: Request, *purposes: Purpose) -> None:
        """Make the unspent links of the request worthless."""
        for link in self.links.values():
            link.dead |= link.about == request.id and link.purpose in purposes

    def _kill_of_speaker(self, speaker: Speaker) -> None:
        for link in self.links.values():
            about_them = link.purpose in (Purpose.ACCEPT_CONTACT, Purpose.CONFIRM_LISTING)
            link.dead |= about_them and link.about == speaker.id

    def _open_changes(self, lab: int) -> Iterator[Request]:
        """What would change the entry; also what was to replace a request that was approved meanwhile."""
        of_it = {one.id for one in self.requests.values() if one.lab == lab}
        changes = (one for one in self.requests.values() if one.kind != "claim" and one.state in OPEN)
        return (one for one in changes if one.lab == lab or one.revises in of_it)
