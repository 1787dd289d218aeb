"""What a moderator reads of one submission: what it proposes, beside what is listed, and what came before it."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.changes import changes
from registry.domain.profile import Change, LabProfile
from registry.domain.workflow import WAITING_FOR_DECISION, State
from registry.models import AuditEvent, Lab, LabVersion, Submission, User
from registry.moderation.checks import all_checks
from registry.moderation.evidence import facts_of
from registry.moderation.findings import Check, Facts
from registry.registration import editing, sending
from registry.registration import queries as registration
from registry.registration.claim_evidence import Evidence, evidence

VERSIONS_SHOWN = 6
"""Versions of an entry that stand on the page, the newest ones."""

ACTS_SHOWN = 40
"""Acts upon a listing that stand on the page, the newest ones."""

Changes = tuple[Change, ...]

_NEVER_SENT = (State.DRAFT.value, State.AWAITING_EMAIL.value)


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier version of a registration and what the next one changed in it."""

    submission: Submission
    reviewer: str
    changes: Changes


@dataclass(frozen=True, slots=True)
class Shown:
    """What the listing showed from ``version.at`` on, and what differed from what it showed before."""

    version: LabVersion
    changes: Changes


@dataclass(frozen=True, slots=True)
class Review:
    """All that a moderator decides on.

    ``changes`` lead from the listing to what is proposed, for an edit; once that is decided, from what the edit started
    from. ``moved`` is what became of the listing after the edit was begun. ``newer`` is the version that the
    laboratory sent after this one, and ``being_changed`` the draft of one. ``claim`` is what speaks for and against a
    claim; ``life`` what happened to the listing, and ``shown`` what it has shown, both the newest first.
    """

    submission: Submission
    profile: LabProfile
    reviewer: str
    facts: Facts
    checks: tuple[Check, ...]
    claim: tuple[Evidence, ...]
    earlier: tuple[Version, ...]
    listing: Lab | None
    changes: Changes
    moved: Changes
    newer: Submission | None
    being_changed: Submission | None
    audit: tuple[AuditEvent, ...]
    life: tuple[AuditEvent, ...]
    shown: tuple[Shown, ...]

    @property
    def decidable(self) -> bool:
        """Whether a decision is awaited."""
        return self.submission.status in WAITING_FOR_DECISION

    @property
    def left(self) -> bool:
        """Whether the laboratory has left the list, so that nothing of it can be published."""
        return self.listing is not None and self.listing.state in editing.GONE


def review(session: Session, submission_id: int, *, demonstration: bool) -> Review | None:
    """The submission with its history and checks; None when there is none or it was never sent."""
    submission = session.get(Submission, submission_id)
    if submission is None or submission.state in _NEVER_SENT or submission.submitted_at is None:
        return None
    chain = registration.versions_back(session, submission)
    people = _emails(session, (version.reviewer_id for version in chain))
    listing = session.get(Lab, submission.lab_id) if submission.lab_id is not None else None
    profile = submission.profile
    differing, moved = _beside_the_listing(submission, profile, listing)
    facts = facts_of(session, [submission], demonstration=demonstration)[submission.id]
    return Review(
        submission=submission,
        profile=profile,
        reviewer=people.get(submission.reviewer_id, ""),
        facts=facts,
        checks=all_checks(facts),
        claim=evidence(session, submission) if submission.kind == "claim" and listing is not None else (),
        earlier=tuple(
            Version(older, people.get(older.reviewer_id, ""), changes(older.profile, newer.profile))
            for newer, older in itertools.pairwise(chain)
        ),
        listing=listing,
        changes=differing,
        moved=moved,
        newer=sending.newer(session, submission),
        being_changed=editing.being_changed(session, submission),
        audit=_acts(session, "submission", [version.id for version in chain]),
        life=_latest_acts(session, listing) if listing is not None else (),
        shown=_shown(session, listing) if listing is not None else (),
    )


def _beside_the_listing(submission: Submission, profile: LabProfile, listing: Lab | None) -> tuple[Changes, Changes]:
    """What an edit changes, and what changed in the listing since the edit was begun."""
    base = submission.started_from
    if submission.kind != "edit" or listing is None:
        return (), ()
    if submission.status not in WAITING_FOR_DECISION:
        return (changes(base, profile) if base is not None else ()), ()
    listed = listing.profile
    return changes(listed, profile), changes(base, listed) if base is not None else ()


def _acts(session: Session, subject: str, numbers: list[int]) -> tuple[AuditEvent, ...]:
    return tuple(
        session.scalars(
            select(AuditEvent)
            .where(AuditEvent.subject_type == subject, AuditEvent.subject_id.in_(numbers))
            .order_by(AuditEvent.at, AuditEvent.id)
        )
    )


def _latest_acts(session: Session, listing: Lab) -> tuple[AuditEvent, ...]:
    return tuple(
        session.scalars(
            select(AuditEvent)
            .where(AuditEvent.subject_type == "lab", AuditEvent.subject_id == listing.id)
            .order_by(AuditEvent.id.desc())
            .limit(ACTS_SHOWN)
        )
    )


def _shown(session: Session, listing: Lab) -> tuple[Shown, ...]:
    versions = session.scalars(
        select(LabVersion)
        .where(LabVersion.lab_id == listing.id)
        .order_by(LabVersion.id.desc())
        .limit(VERSIONS_SHOWN + 1)
    ).all()
    told = [Shown(newer, changes(older.profile, newer.profile)) for newer, older in itertools.pairwise(versions)]
    if 0 < len(versions) <= VERSIONS_SHOWN:
        told.append(Shown(versions[-1], ()))
    return tuple(told)


def last_event(session: Session, submission_id: int) -> AuditEvent | None:
    """The latest act upon the submission."""
    return session.scalar(
        select(AuditEvent)
        .where(AuditEvent.subject_type == "submission", AuditEvent.subject_id == submission_id)
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )


def _emails(session: Session, ids: Iterable[int | None]) -> dict[int | None, str]:
    wanted = {number for number in ids if number is not None}
    rows = session.execute(select(User.id, User.email).where(User.id.in_(wanted)))
    return {row.id: row.email for row in rows}
