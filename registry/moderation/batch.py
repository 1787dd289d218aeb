"""Several submissions approved at once, where every check is green: which those are, and each by itself.

What is approved is what the page of them showed. The checks are made again under the transaction that approves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.domain.changes import changes
from registry.domain.profile import Change, LabProfile
from registry.domain.workflow import WAITING_FOR_DECISION
from registry.models import Lab, Submission, User
from registry.moderation import leases, services
from registry.moderation.checks import all_checks, warnings
from registry.moderation.evidence import facts_of
from registry.moderation.publishing import AlreadyListed, NotPublishable
from registry.moderation.waiting_rows import AT_ONCE
from registry.places.geocoding import PlaceNotFound
from registry.transitions import Conflict

MOST = 25


class Outcome(StrEnum):
    """What became of one of several."""

    APPROVED = "approved"
    MOVED_ON = "moved_on"
    NOT_GREEN = "not_green"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page showed of one: its number, its revision, the fingerprints of its profile and of the listing."""

    submission_id: int
    revision: int
    digest: str
    listing_digest: str = ""

    def __str__(self) -> str:
        return f"{self.submission_id}:{self.revision}:{self.digest}:{self.listing_digest}"

    @classmethod
    def read(cls, text: str) -> "Shown | None":
        """What :meth:`__str__` wrote; None for anything else."""
        parts = text.split(":")
        if len(parts) != 4 or not all(part.isascii() for part in parts):
            return None
        number, revision, digest, listing = parts
        whole = number.isdigit() and len(number) < 19 and revision.isdigit() and len(revision) < 10
        fits = len(digest) <= 64 and len(listing) <= 64
        return cls(int(number), int(revision), digest, listing) if whole and fits else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One that is about to be published; ``changes`` lead from the listing to it, for an edit."""

    shown: Shown
    kind: str
    profile: LabProfile
    changes: tuple[Change, ...]
    ready: bool
    open_by: str = ""


def candidates(
    session: Session, numbers: Sequence[int], *, user_id: int, now: datetime, demonstration: bool
) -> list[Candidate]:
    """The submissions of *numbers* as they are now, in that order; those that do not wait are left out.

    ``ready`` are those whose checks are all green and that no colleague has open.
    """
    found = {
        row.Submission.id: (row.Submission, row.Lab)
        for row in session.execute(
            select(Submission, Lab)
            .outerjoin(Lab, Lab.id == Submission.lab_id)
            .where(Submission.id.in_(numbers), Submission.state.in_(WAITING_FOR_DECISION), Submission.kind.in_(AT_ONCE))
        )
    }
    facts = facts_of(session, [submission for submission, _listed in found.values()], demonstration=demonstration)
    opened = leases.of_all(session, list(found), now)
    made = []
    for number in dict.fromkeys(numbers):
        if number not in found:
            continue
        submission, listed = found[number]
        profile = submission.profile
        lease = opened.get(number)
        theirs = lease is not None and lease.user_id != user_id
        rests = submission.held_until is not None and submission.held_until > now
        made.append(
            Candidate(
                shown=Shown(number, submission.revision, profile.digest, listed.profile.digest if listed else ""),
                kind=submission.kind,
                profile=profile,
                changes=tuple(changes(listed.profile, profile)) if listed is not None else (),
                ready=not theirs and not rests and warnings(all_checks(facts[number])) == 0,
                open_by=lease.email if lease is not None and theirs else "",
            )
        )
    return made


def approve_one(
    session: Session, shown: Shown, *, reviewer: User, now: datetime, demonstration: bool, undo_for: timedelta
) -> Outcome:
    """Approve one of several as it was shown; the caller commits what was approved, and rolls back everything else."""
    submission = session.get(Submission, shown.submission_id, populate_existing=True)
    if submission is None or submission.kind not in AT_ONCE or submission.status not in WAITING_FOR_DECISION:
        return Outcome.MOVED_ON
    if submission.revision != shown.revision or submission.profile.digest != shown.digest:
        return Outcome.MOVED_ON
    facts = facts_of(session, [submission], demonstration=demonstration)[submission.id]
    if warnings(all_checks(facts)):
        return Outcome.NOT_GREEN
    try:
        services.approve(
            session,
            submission_id=shown.submission_id,
            reviewer=reviewer,
            expect_revision=shown.revision,
            digest=shown.digest,
            listing_digest=shown.listing_digest,
            now=now,
            demonstration=demonstration,
            undo_for=undo_for,
        )
    except Conflict:
        return Outcome.MOVED_ON
    except (AlreadyListed, NotPublishable, PlaceNotFound, IntegrityError):
        return Outcome.REFUSED
    return Outcome.APPROVED
