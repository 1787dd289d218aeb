"""What a moderator reads: the queue, one submission with its history, and the facts that checks rest on."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from registry.domain.profile import Change, LabProfile, diff
from registry.domain.workflow import WAITING_FOR_DECISION, State
from registry.models import AuditEvent, Lab, Submission, User
from registry.moderation.checks import Check, Facts, SameNumber, all_checks, warnings
from registry.places.gazetteer import gazetteer

PAGE_SIZE = 25
DECIDED_SHOWN = 50
LONGEST_CHAIN = 50
"""Versions of one registration that are followed back."""

_WAITING = tuple(state.value for state in WAITING_FOR_DECISION)
_DECIDED = (State.APPROVED.value, State.REJECTED.value)
_NEVER_SENT = (State.DRAFT.value, State.AWAITING_EMAIL.value)


class Tab(StrEnum):
    """What of the queue is shown."""

    WAITING = "waiting"
    CHANGES_REQUESTED = "changes_requested"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue; ``since`` is when it was sent, or decided where it is decided."""

    id: int
    name: str
    city: str
    state: str
    tests: int
    status: State
    since: datetime
    reviewer: str
    warnings: int
    again: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue; pages count from 1."""

    rows: tuple[QueueRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier version of a registration and what the next one changed in it."""

    submission: Submission
    reviewer: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """All that a moderator decides on."""

    submission: Submission
    profile: LabProfile
    reviewer: str
    checks: tuple[Check, ...]
    earlier: tuple[Version, ...]
    listing: Lab | None
    listing_changes: tuple[Change, ...]
    audit: tuple[AuditEvent, ...]

    @property
    def decidable(self) -> bool:
        """Whether a decision is awaited."""
        return self.submission.status in WAITING_FOR_DECISION


def counts(session: Session) -> dict[str, int]:
    """How many submissions stand under each tab; ``decided`` at most ``DECIDED_SHOWN``."""
    rows = session.execute(select(Submission.state, func.count().label("number")).group_by(Submission.state))
    by_state = {row.state: row.number for row in rows}
    return {
        Tab.WAITING: sum(by_state.get(state, 0) for state in _WAITING),
        Tab.CHANGES_REQUESTED: by_state.get(State.CHANGES_REQUESTED.value, 0),
        Tab.DECIDED: min(sum(by_state.get(state, 0) for state in _DECIDED), DECIDED_SHOWN),
    }


def queue(session: Session, tab: Tab, *, page: int, demonstration: bool) -> Queue:
    """Page *page* of *tab*: what waits oldest first, what is decided newest first; past the end, the last."""
    total = counts(session)[tab]
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    rows = session.execute(
        _of_tab(tab).limit(min(PAGE_SIZE, total - (page - 1) * PAGE_SIZE)).offset((page - 1) * PAGE_SIZE)
    ).all()
    facts = facts_of(session, [row.Submission for row in rows], demonstration=demonstration)
    return Queue(
        rows=tuple(_row(row.Submission, row.email or "", facts[row.Submission.id]) for row in rows),
        total=total,
        page=page,
        pages=pages,
    )


def review(session: Session, submission_id: int, *, demonstration: bool) -> Review | None:
    """The submission with its history and checks; None when there is none or it was never sent."""
    submission = session.get(Submission, submission_id)
    if submission is None or submission.state in _NEVER_SENT or submission.submitted_at is None:
        return None
    chain = _chain(session, submission)
    people = _emails(session, (version.reviewer_id for version in chain))
    listing = session.get(Lab, submission.lab_id) if submission.lab_id is not None else None
    profile = submission.profile
    compared = listing is not None and submission.status in WAITING_FOR_DECISION
    return Review(
        submission=submission,
        profile=profile,
        reviewer=people.get(submission.reviewer_id, ""),
        checks=all_checks(facts_of(session, [submission], demonstration=demonstration)[submission.id]),
        earlier=tuple(
            Version(older, people.get(older.reviewer_id, ""), diff(older.profile, newer.profile))
            for newer, older in itertools.pairwise(chain)
        ),
        listing=listing,
        listing_changes=diff(listing.profile, profile) if listing is not None and compared else (),
        audit=tuple(
            session.scalars(
                select(AuditEvent)
                .where(
                    AuditEvent.subject_type == "submission",
                    AuditEvent.subject_id.in_([version.id for version in chain]),
                )
                .order_by(AuditEvent.at, AuditEvent.id)
            )
        ),
    )


def last_event(session: Session, submission_id: int) -> AuditEvent | None:
    """The latest act upon the submission."""
    return session.scalar(
        select(AuditEvent)
        .where(AuditEvent.subject_type == "submission", AuditEvent.subject_id == submission_id)
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )


def next_waiting(session: Session, *, after: int) -> int | None:
    """The submission that waits longest, other than *after*."""
    return session.scalar(
        select(Submission.id)
        .where(Submission.state.in_(_WAITING), Submission.id != after)
        .order_by(Submission.submitted_at, Submission.id)
        .limit(1)
    )


def facts_of(session: Session, submissions: Sequence[Submission], *, demonstration: bool) -> dict[int, Facts]:
    """The facts that the checks of each of *submissions* rest on, by submission id."""
    profiles = {submission.id: submission.profile for submission in submissions}
    numbers = {profile.clia_number for profile in profiles.values()} - {""}
    listed = session.scalars(
        select(Lab).where(Lab.clia_number.in_(numbers), Lab.state.not_in(("withdrawn", "merged")))
    ).all()
    waiting = [
        (other, other.profile)
        for other in session.scalars(
            select(Submission).where(
                Submission.state.in_(_WAITING),
                Submission.proposed["clia_number"].as_string().in_(numbers),
            )
        )
    ]
    found: dict[int, Facts] = {}
    for submission in submissions:
        profile = profiles[submission.id]
        same = [
            SameNumber(lab.id, lab.name, lab.profile.state, lab.slug)
            for lab in listed
            if lab.clia_number == profile.clia_number and lab.id != submission.lab_id
        ]
        same += [
            SameNumber(other.id, theirs.name, theirs.state)
            for other, theirs in waiting
            if theirs.clia_number == profile.clia_number and other.id != submission.id
        ]
        found[submission.id] = _facts(submission, profile, tuple(same), demonstration=demonstration)
    return found


def _facts(submission: Submission, profile: LabProfile, same: tuple[SameNumber, ...], *, demonstration: bool) -> Facts:
    places = gazetteer()
    code = profile.zip[:5]
    entry = places.zip(code)
    return Facts(
        profile=profile,
        contact_email=submission.contact_email,
        demonstration=demonstration,
        zip_label=entry.label if entry is not None else None,
        zip_agrees=places.zip_agrees(code, profile.city, profile.state) if entry is not None else None,
        zip_located=entry is not None and entry.lat is not None,
        same_number=same,
    )


def _of_tab(tab: Tab) -> Select[Submission, str | None]:
    statement = select(Submission, User.email).outerjoin(User, User.id == Submission.reviewer_id)
    if tab is Tab.WAITING:
        return statement.where(Submission.state.in_(_WAITING)).order_by(Submission.submitted_at, Submission.id)
    if tab is Tab.CHANGES_REQUESTED:
        return statement.where(Submission.state == State.CHANGES_REQUESTED.value).order_by(
            Submission.decided_at, Submission.id
        )
    return statement.where(Submission.state.in_(_DECIDED)).order_by(Submission.decided_at.desc(), Submission.id.desc())


def _row(submission: Submission, reviewer: str, facts: Facts) -> QueueRow:
    decided = submission.status not in WAITING_FOR_DECISION
    return QueueRow(
        id=submission.id,
        name=facts.profile.name,
        city=facts.profile.city,
        state=facts.profile.state,
        tests=len(facts.profile.offerings),
        status=submission.status,
        since=(submission.decided_at if decided else submission.submitted_at) or submission.updated_at,
        reviewer=reviewer,
        warnings=warnings(all_checks(facts)),
        again=submission.revises_id is not None,
    )


def _chain(session: Session, submission: Submission) -> list[Submission]:
    chain = [submission]
    while chain[-1].revises_id is not None and len(chain) < LONGEST_CHAIN:
        older = session.get(Submission, chain[-1].revises_id)
        if older is None:
            break
        chain.append(older)
    return chain


def _emails(session: Session, ids: Iterable[int | None]) -> dict[int | None, str]:
    wanted = {number for number in ids if number is not None}
    rows = session.execute(select(User.id, User.email).where(User.id.in_(wanted)))
    return {row.id: row.email for row in rows}
