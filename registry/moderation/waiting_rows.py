"""The lines of one page of the queue: whatever they come from, they are read in a few statements and look alike."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.workflow import WAITING_FOR_DECISION
from registry.models import Lab, Report, Submission, Task, User
from registry.models.report import OPEN
from registry.moderation import leases
from registry.moderation.checks import all_checks
from registry.moderation.evidence import facts_of
from registry.moderation.findings import Check, Outcome
from registry.moderation.waiting_order import Kind, Source

AT_ONCE = frozenset({Kind.NEW, Kind.EDIT})
"""Kinds of which several may be approved at once."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue.

    ``id`` counts within its ``source``. ``since`` is when it was sent or opened, or decided where it is ``decided``.
    ``about`` is the kind of a report; ``state`` that of a submission, else open, asked or settled. ``wants`` names
    the checks that want a look, problems first; None where there are none to make. ``whose`` is who keeps it as
    theirs or settled it.
    """

    source: Source
    id: int
    kind: Kind
    name: str
    place: str
    since: datetime
    state: str
    decided: bool = False
    about: str = ""
    tests: int = 0
    wants: tuple[str, ...] | None = None
    flagged: bool = False
    again: bool = False
    whose: str = ""
    lease: leases.Lease | None = None
    held_until: datetime | None = None
    held_by: str = ""
    held_note: str = ""
    slug: str = ""
    lab_id: int | None = None
    submission_id: int | None = None

    def ready(self, user_id: int) -> bool:
        """Whether its checks are all green, so that the member of staff may approve it together with others."""
        theirs = self.lease is not None and self.lease.user_id != user_id
        waits = not self.decided and self.held_until is None and self.state in WAITING_FOR_DECISION
        return self.kind in AT_ONCE and self.wants == () and waits and not theirs


def rows_of(
    session: Session, listed: Sequence[tuple[Source, int]], *, now: datetime, demonstration: bool
) -> tuple[QueueRow, ...]:
    """The lines of *listed*, each its source and number, in that order."""
    numbers = {source: [number for its, number in listed if its is source] for source in Source}
    found = {
        **_submissions(session, numbers[Source.SUBMISSION], now=now, demonstration=demonstration),
        **_reports(session, numbers[Source.REPORT]),
        **_tasks(session, numbers[Source.TASK]),
    }
    # A page is read in several statements: what went between them is left out.
    return tuple(found[one] for one in listed if one in found)


def _submissions(
    session: Session, numbers: Collection[int], *, now: datetime, demonstration: bool
) -> dict[tuple[Source, int], QueueRow]:
    if not numbers:
        return {}
    rows = session.execute(
        select(Submission, User.email, Lab)
        .outerjoin(User, User.id == Submission.reviewer_id)
        .outerjoin(Lab, Lab.id == Submission.lab_id)
        .where(Submission.id.in_(numbers))
    ).all()
    # What speaks for and against a claim is weighed on its own page.
    checked = [
        row.Submission
        for row in rows
        if row.Submission.status in WAITING_FOR_DECISION and row.Submission.kind != Kind.CLAIM
    ]
    facts = facts_of(session, checked, demonstration=demonstration) if checked else {}
    opened = leases.of_all(session, numbers, now)
    found = {}
    for submission, reviewer, listed in rows:
        # A claim proposes nothing: it is about the listing.
        profile = listed.profile if submission.kind == Kind.CLAIM and listed is not None else submission.profile
        decided = submission.status not in WAITING_FOR_DECISION
        checks = all_checks(facts[submission.id]) if submission.id in facts else ()
        rests = not decided and submission.held_until is not None and submission.held_until > now
        found[Source.SUBMISSION, submission.id] = QueueRow(
            source=Source.SUBMISSION,
            id=submission.id,
            kind=Kind(submission.kind),
            name=profile.name,
            place=_place(profile.city, profile.state),
            since=(submission.decided_at if decided else submission.submitted_at) or submission.updated_at,
            state=submission.state,
            decided=decided,
            tests=len(profile.offerings),
            wants=_wants(checks) if checks else None,
            flagged=bool(submission.flags),
            again=submission.revises_id is not None,
            whose=reviewer or "",
            lease=opened.get(submission.id),
            held_until=submission.held_until if rests else None,
            held_by=submission.held_by,
            held_note=submission.held_note,
            slug=listed.slug if listed is not None else "",
            lab_id=submission.lab_id,
        )
    return found


def _reports(session: Session, numbers: Collection[int]) -> dict[tuple[Source, int], QueueRow]:
    if not numbers:
        return {}
    rows = session.execute(select(Report, Lab).join(Lab, Lab.id == Report.lab_id).where(Report.id.in_(numbers)))
    found = {}
    for report, lab in rows:
        settled = report.state != OPEN
        found[Source.REPORT, report.id] = QueueRow(
            source=Source.REPORT,
            id=report.id,
            kind=Kind.REPORT,
            name=lab.name,
            place=_place(lab.profile.city, lab.profile.state),
            since=(report.handled_at if settled else None) or report.created_at,
            state="settled" if settled else "asked" if report.asked_at is not None else "open",
            decided=settled,
            about=report.kind,
            flagged=bool(report.flags),
            whose=report.handled_by,
            slug=lab.slug,
            lab_id=lab.id,
        )
    return found


def _tasks(session: Session, numbers: Collection[int]) -> dict[tuple[Source, int], QueueRow]:
    if not numbers:
        return {}
    rows = session.execute(select(Task, Lab).join(Lab, Lab.id == Task.lab_id).where(Task.id.in_(numbers)))
    found = {}
    for task, lab in rows:
        found[Source.TASK, task.id] = QueueRow(
            source=Source.TASK,
            id=task.id,
            kind=Kind(task.kind),
            name=lab.name,
            place=_place(lab.profile.city, lab.profile.state),
            since=task.closed_at or task.opened_at,
            state="settled" if task.closed_at is not None else "open",
            decided=task.closed_at is not None,
            whose=task.closed_by,
            slug=lab.slug,
            lab_id=lab.id,
            submission_id=task.submission_id,
        )
    return found


def _wants(checks: Sequence[Check]) -> tuple[str, ...]:
    return tuple(
        check.name for outcome in (Outcome.PROBLEM, Outcome.LOOK) for check in checks if check.outcome is outcome
    )


def _place(city: str, state: str) -> str:
    return ", ".join(part for part in (city, state) if part)
