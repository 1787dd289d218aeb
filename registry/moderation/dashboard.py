"""The numbers of the dashboard: what waits, how long decisions take, how old the entries are. Nothing is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from registry.domain.freshness import CONFIRMATION_VALID
from registry.domain.workflow import WAITING_FOR_DECISION, State
from registry.models import Lab, Report, Submission, Task
from registry.models.report import OPEN
from registry.models.task import TASK_KINDS

SUBMISSION_KINDS = ("new", "edit", "claim", "withdrawal")
PERIODS = (30, 90)
"""Days over which the time to a decision is told."""

WEEKS = 26
DUE_SOON = timedelta(days=30)
CURRENT, DUE, OVERDUE, HIDDEN = "current", "due", "overdue", "hidden"
AGES = (CURRENT, DUE, OVERDUE, HIDDEN)
"""How an entry stands: confirmed, due within ``DUE_SOON``, past it and still shown, kept from the public."""

_SHOWN = ("published", "stale")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of a kind wait, and since when the oldest does; ``source`` is submission, report or task."""

    source: str
    kind: str
    number: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Speed:
    """Decisions of the last ``days`` days, and the median time from being sent to being decided."""

    days: int
    decided: int
    median: timedelta | None


@dataclass(frozen=True, slots=True)
class Week:
    """Decisions of the week that begins on the Monday ``begins``, in UTC, by how they stand now."""

    begins: date
    approved: int = 0
    sent_back: int = 0
    rejected: int = 0

    @property
    def total(self) -> int:
        """All decisions of the week."""
        return self.approved + self.sent_back + self.rejected


@dataclass(frozen=True, slots=True)
class Dashboard:
    """All that the page shows; ``ages`` counts the entries by ``AGES``, ``disputed`` those that somebody doubts."""

    waiting: tuple[Waiting, ...]
    speeds: tuple[Speed, ...]
    ages: Mapping[str, int]
    disputed: int
    weeks: tuple[Week, ...]

    def number_of(self, source: str) -> int:
        """How many of *source* wait."""
        return sum(row.number for row in self.waiting if row.source == source)

    @property
    def entries(self) -> int:
        """The entries that the public sees."""
        return sum(number for age, number in self.ages.items() if age != HIDDEN)


def dashboard(session: Session, *, now: datetime) -> Dashboard:
    """The numbers as they are at *now*."""
    return Dashboard(
        waiting=_waiting(session),
        speeds=_speeds(session, now),
        ages=_ages(session, now.date()),
        disputed=session.scalar(select(func.count()).where(Lab.disputed_at.is_not(None), Lab.state.in_(_SHOWN))) or 0,
        weeks=_weeks(session, now.date()),
    )


def _waiting(session: Session) -> tuple[Waiting, ...]:
    states = [state.value for state in WAITING_FOR_DECISION]
    submissions = session.execute(
        select(Submission.kind, func.count(), func.min(Submission.submitted_at))
        .where(Submission.state.in_(states))
        .group_by(Submission.kind)
    )
    reports = session.execute(select(func.count(), func.min(Report.created_at)).where(Report.state == OPEN)).one()
    tasks = session.execute(
        select(Task.kind, func.count(), func.min(Task.opened_at)).where(Task.closed_at.is_(None)).group_by(Task.kind)
    )
    found = {("submission", kind): (number, oldest) for kind, number, oldest in submissions}
    found["report", "report"] = (reports[0], reports[1])
    found |= {("task", kind): (number, oldest) for kind, number, oldest in tasks}
    rows = [("submission", kind) for kind in SUBMISSION_KINDS]
    rows += [("report", "report"), *(("task", kind) for kind in TASK_KINDS)]
    return tuple(Waiting(*row, *found.get(row, (0, None))) for row in rows)


def _speeds(session: Session, now: datetime) -> tuple[Speed, ...]:
    decided = session.execute(
        select(Submission.decided_at, Submission.submitted_at).where(
            Submission.decided_at >= now - timedelta(days=max(PERIODS)),
            Submission.decided_at <= now,
            Submission.submitted_at.is_not(None),
        )
    ).all()
    found = []
    for days in PERIODS:
        since = now - timedelta(days=days)
        lasted = [(row.decided_at - row.submitted_at).total_seconds() for row in decided if row.decided_at >= since]
        found.append(Speed(days, len(lasted), timedelta(seconds=median(lasted)) if lasted else None))
    return tuple(found)


def _ages(session: Session, today: date) -> dict[str, int]:
    overdue_before = today - CONFIRMATION_VALID
    age = case(
        (Lab.state == "hidden", HIDDEN),
        (Lab.last_confirmed < overdue_before, OVERDUE),
        (Lab.last_confirmed <= overdue_before + DUE_SOON, DUE),
        else_=CURRENT,
    ).label("age")
    counted = session.execute(
        select(age, func.count().label("number")).where(Lab.state.in_((*_SHOWN, "hidden"))).group_by(age)
    )
    found = {row.age: row.number for row in counted}
    return {name: found.get(name, 0) for name in AGES}


def _weeks(session: Session, today: date) -> tuple[Week, ...]:
    latest = today - timedelta(days=today.weekday())
    mondays = [latest - timedelta(weeks=ago) for ago in reversed(range(WEEKS))]
    begins = [datetime.combine(monday, time(), UTC) for monday in mondays]
    # Both databases count; their own weeks are not the same.
    week = case(*((Submission.decided_at >= begins[place], place) for place in reversed(range(WEEKS)))).label("week")
    counted = session.execute(
        select(week, Submission.state, func.count().label("number"))
        .where(Submission.decided_at >= begins[0])
        .group_by(week, Submission.state)
    )
    counts: list[dict[str, int]] = [{} for _ in mondays]
    for row in counted:
        # What was sent back has been sent again since, or not: of both it is true that it was sent back.
        how = {State.APPROVED.value: "approved", State.REJECTED.value: "rejected"}.get(row.state, "sent_back")
        counts[row.week][how] = counts[row.week].get(how, 0) + row.number
    return tuple(Week(monday, **count) for monday, count in zip(mondays, counts, strict=True))
