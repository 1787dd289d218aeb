"""Changing an entry that is on the list: one open draft a laboratory, kept true to the entry as it is. The caller
commits.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import links
from registry.domain.changes import told
from registry.domain.merging import Clash, merge, pairs
from registry.domain.profile import LabProfile
from registry.domain.workflow import State
from registry.models import DraftKey, Lab, LabContact, Submission
from registry.registration import contacts, queries, sending
from registry.registration.services import open_for
from registry.registration.tests_services import REMOVED

UNDECIDED = (State.SUBMITTED.value, State.IN_REVIEW.value, State.CHANGES_REQUESTED.value)
"""Where a request stands that a moderator, or the laboratory, has still to answer."""

GONE = frozenset({"withdrawn", "merged"})
"""States of a laboratory whose entry nobody changes any more."""


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What happened to an entry, or to a request, while a draft that changes it was open.

    ``taken`` has the changes of the entry that the draft took over, as ``domain.changes.told`` gives them;
    ``clashes`` what both changed and somebody has to choose. ``closed`` is what became of the request that the draft
    was to replace, where it was not approved; ``blocked`` is the draft of a colleague that stands in the way.
    """

    approved: bool = False
    closed: Submission | None = None
    taken: tuple[list[Any], ...] = ()
    clashes: tuple[Clash, ...] = ()
    unfinished: bool = False
    gone: bool = False
    blocked: Submission | None = None

    @property
    def may_send(self) -> bool:
        """Whether nothing of it keeps the draft from being sent."""
        return not (self.clashes or self.unfinished or self.gone or self.blocked)


def open_edit(session: Session, lab_id: int) -> Submission | None:
    """The draft in which the laboratory's entry is being changed."""
    return queries.open_edit(session, lab_id)


def waiting_edit(session: Session, lab_id: int) -> Submission | None:
    """The change of the laboratory's entry that waits for an answer."""
    return session.scalar(
        select(Submission)
        .where(Submission.lab_id == lab_id, Submission.kind == "edit", Submission.state.in_(UNDECIDED))
        .order_by(Submission.id.desc())
        .limit(1)
    )


def being_changed(session: Session, submission: Submission) -> Submission | None:
    """The draft that is to replace *submission*: ``updated_by``, or else ``contact_email``, works at it since
    ``created_at``. None when there is none.
    """
    return session.scalar(
        select(Submission).where(
            Submission.revises_id == submission.id,
            Submission.state.in_((State.DRAFT.value, State.AWAITING_EMAIL.value)),
        )
    )


def belongs_to(session: Session, draft: Submission, email: str) -> bool:
    """Whether the mailbox began the draft or opened it before."""
    if draft.contact_email == email:
        return True
    opened = select(DraftKey.key_hash).where(DraftKey.submission_id == draft.id, DraftKey.email == email)
    return session.scalar(opened.limit(1)) is not None


def may_act(session: Session, submission: Submission, email: str) -> bool:
    """Whether the mailbox may see, change and withdraw the request: it speaks for the laboratory, or, where that is
    not on the list, sent it. A claim is whose mailbox sent it.
    """
    if submission.lab_id is None or submission.kind == "claim":
        return bool(email) and submission.contact_email == email
    # What was asked of an entry that became a part of another is that one's to see.
    lab = contacts.became(session, session.get_one(Lab, submission.lab_id))
    contact = contacts.standing(session, lab_id=lab.id, email=email)
    return contact is not None and contact.speaks


def start(session: Session, *, lab: Lab, contact: LabContact, key: str, now: datetime) -> tuple[Submission, str]:
    """The draft that changes the entry of *lab*, opened for the browser of *contact*; and its key.

    It is the open one, else one that replaces what waits for an answer, else a new one from the entry as it is. The
    caller holds the laboratory's lock.
    """
    draft = open_edit(session, lab.id)
    if draft is None:
        waiting = waiting_edit(session, lab.id)
        if waiting is not None:
            return sending.revise(session, submission=waiting, key=key, now=now, email=contact.email)
        draft = _begun(session, lab, contact, now)
    return draft, open_for(session, draft=draft, key=key, email=contact.email, now=now)


def _begun(session: Session, lab: Lab, contact: LabContact, now: datetime) -> Submission:
    draft = Submission(
        kind="edit",
        # Whoever opens it gets a key of their own, which ends with their right to speak for the laboratory.
        draft_key_hash=links.hash_of(links.new_secret()),
        lab_id=lab.id,
        contact_name=contact.name,
        contact_email=contact.email,
        contact_role=contact.role,
        email_verified_at=now,
        language=contact.language,
        base=lab.profile_data,
        proposed=lab.profile_data,
        unfinished={},
        updated_by=contact.email,
        created_at=now,
        updated_at=now,
    )
    try:
        with session.begin_nested():
            session.add(draft)
    except IntegrityError:
        found = open_edit(session, lab.id)
        if found is None:
            raise
        return found
    return draft


def step_of(draft: Submission, live: LabProfile, at: str) -> str:
    """The step in the draft for what *at* names in the entry: a test may have moved since, or be gone (``tests``)."""
    name, _dash, number = at.partition("-")
    if name != "test":
        return at if at in ("you", "laboratory", "tests", "contact") else "check"
    if not (number.isascii() and number.isdigit() and len(number) <= 2):
        return "tests"
    place = pairs(live.offerings, draft.profile.offerings).get(int(number) - 1)
    return "tests" if place is None else f"test-{place + 1}"


def moved(session: Session, draft: Submission) -> bool:
    """Whether :func:`catch_up` would find something to write. Changes nothing."""
    revised = queries.revised_by(session, draft)
    if revised is not None and revised.status is State.APPROVED:
        return True
    lab = _lab_of(session, draft)
    started_from = draft.started_from
    return lab is not None and started_from is not None and lab.profile.digest != started_from.digest


def catch_up(session: Session, *, draft: Submission, now: datetime, theirs: Collection[str] | None = None) -> Meanwhile:
    """Bring the draft up to what happened meanwhile, and tell what that was.

    A request that it was to replace and that was approved makes it a change of the entry; what only the entry changed
    is taken over; what both changed is left, and nothing taken over, until *theirs* names the clashes in which the
    entry is right (by their keys; the draft is, in the others).
    """
    approved = False
    revised = queries.revised_by(session, draft)
    if revised is not None and revised.status is State.APPROVED:
        if not _becomes_edit(session, draft, revised, now):
            in_the_way = sending.edit_of(session, revised)["lab_id"]
            return Meanwhile(blocked=open_edit(session, in_the_way or 0))
        approved, revised = True, None
    closed = revised if revised is not None and revised.status in (State.REJECTED, State.WITHDRAWN) else None
    lab = _lab_of(session, draft)
    if lab is not None and lab.state in GONE:
        return Meanwhile(approved=approved, closed=closed, gone=True)
    started_from = draft.started_from
    if lab is None or started_from is None or lab.profile.digest == started_from.digest:
        return Meanwhile(approved=approved, closed=closed)
    if set(draft.unfinished) - {REMOVED}:
        # What is typed and not in order would be laid over what is taken over.
        return Meanwhile(approved=approved, closed=closed, unfinished=True)
    own = draft.profile
    merged = merge(started_from, lab.profile, own, theirs=theirs or ())
    if merged.clashes and theirs is None:
        return Meanwhile(approved=approved, closed=closed, clashes=merged.clashes)
    draft.base, draft.proposed = lab.profile_data, merged.profile.to_dict()
    _moved_on(draft, now)
    return Meanwhile(approved=approved, closed=closed, taken=tuple(told(own, merged.profile)))


def seen(session: Session, draft: Submission) -> str:
    """A fingerprint of what stood behind the draft when it was shown: the entry, and the request that it replaces."""
    lab, revised = _lab_of(session, draft), queries.revised_by(session, draft)
    return ":".join(
        (
            lab.profile.digest[:16] if lab is not None else "",
            lab.state if lab is not None else "",
            "" if revised is None or revised.status not in (State.REJECTED, State.WITHDRAWN) else revised.state,
        )
    )


def unchanged_tests(draft: Submission, live: LabProfile) -> tuple[str, ...]:
    """The fingerprints of the published tests that the draft leaves as they are."""
    stay = {offering.digest for offering in draft.profile.offerings}
    return tuple(offering.digest for offering in live.offerings if offering.digest in stay)


def _lab_of(session: Session, draft: Submission) -> Lab | None:
    return session.get(Lab, draft.lab_id) if draft.kind == "edit" and draft.lab_id is not None else None


def _becomes_edit(session: Session, draft: Submission, revised: Submission, now: datetime) -> bool:
    """False when a colleague is at work on the entry already."""
    edit = sending.edit_of(session, revised)
    if open_edit(session, edit["lab_id"] or 0) not in (None, draft):
        return False
    for name, value in edit.items():
        setattr(draft, name, value)
    # In the name of the mailbox that was proved: another one has not been, for this entry.
    draft.contact_email, draft.email_verified_at = revised.contact_email, revised.email_verified_at
    _moved_on(draft, now)
    session.flush()
    return True


def _moved_on(draft: Submission, now: datetime) -> None:
    # Nobody wrote it, so whoever wrote last did so still; but who was shown the former revision is told.
    draft.revision += 1
    draft.updated_at = now
