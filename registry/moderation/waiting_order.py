"""What waits, as SQL: submissions, reports and tasks as one list, what waits longest and needs most care first.

The order is one number: the hours that something has waited, and hours added for the care that it needs (``CARE``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    Text,
    and_,
    case,
    cast,
    false,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from registry.domain.workflow import WAITING_FOR_DECISION, State
from registry.models import Lab, LabContact, Report, Submission, Task
from registry.models.report import HANDLED, OPEN
from registry.moderation import leases

CARE = {
    # Nothing is taken on faith where somebody asks to speak for a listing that is another's.
    "claim": 24,
    # Something spoke for a program when the form was filled in.
    "flagged": 24,
    # The laboratory did what was asked of it, and waits for the second time.
    "again": 12,
    # A specimen sent to a laboratory that is gone, or does not test, is lost time for a patient.
    "closed": 72,
    "not_this_test": 48,
    "wrong_contact": 24,
    "wrong_test_facts": 24,
    # The file of the agency that certifies speaks against what the public reads.
    "cms": 48,
}
"""Hours that count as waited because of what something is about."""

DECIDED_SHOWN = 50

WAITING = tuple(state.value for state in WAITING_FOR_DECISION)
_DECIDED = (State.APPROVED.value, State.REJECTED.value)
_FLAGGED = cast(Submission.flags, Text) != "[]"


class Source(StrEnum):
    """Where a line of the queue comes from."""

    SUBMISSION = "submission"
    REPORT = "report"
    TASK = "task"


class Kind(StrEnum):
    """What a line of the queue is about."""

    NEW = "new"
    EDIT = "edit"
    CLAIM = "claim"
    WITHDRAWAL = "withdrawal"
    REPORT = "report"
    OVERDUE = "overdue"
    CMS = "cms"
    BOUNCED = "bounced"
    SAMPLE = "sample"


class Standing(StrEnum):
    """Which part of the queue is shown."""

    WAITING = "waiting"
    IN_REVIEW = "in_review"
    ON_HOLD = "on_hold"
    CHANGES_REQUESTED = "changes_requested"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff, as the queue knows whose something is."""

    id: int
    email: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What of the queue is asked for; no kinds are all kinds. ``search`` is plain text, at most a line."""

    standing: Standing = Standing.WAITING
    kinds: frozenset[Kind] = frozenset()
    mine: Member | None = None
    search: str = ""


class Hours(FunctionElement[float]):
    """A moment in hours since the beginning of the database's own count."""

    type = Float()
    inherit_cache = True
    name = "hours"


@compiles(Hours, "sqlite")
def _hours_in_sqlite(element: Hours, compiler: SQLCompiler, **options: Any) -> str:
    return f"(julianday({compiler.process(element.clauses, **options)}) * 24.0)"


@compiles(Hours, "postgresql")
def _hours_in_postgresql(element: Hours, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(extract(epoch FROM {compiler.process(element.clauses, **options)}) / 3600.0 AS double precision)"


def urgency() -> ColumnElement[float]:
    """The place of a submission in the order: the less, the sooner."""
    care = (
        case((Submission.kind == Kind.CLAIM, CARE["claim"]), else_=0)
        + case((_FLAGGED, CARE["flagged"]), else_=0)
        + case((Submission.revises_id.is_not(None), CARE["again"]), else_=0)
    )
    return Hours(Submission.submitted_at) - care


def on_hold(now: datetime) -> ColumnElement[bool]:
    """Whether a submission that waits rests until a later day."""
    return and_(Submission.held_until.is_not(None), Submission.held_until > now)


def waits(now: datetime) -> ColumnElement[bool]:
    """Whether a submission waits for a decision and does not rest."""
    return and_(Submission.state.in_(WAITING), ~on_hold(now))


def parts(wish: Wish, now: datetime) -> list[Select[Any]]:
    """The statements that together find what *wish* asks for, each of the columns source, id, kind and rank."""
    kinds = wish.kinds or frozenset(Kind)
    found = [submissions(wish, kinds, now)]
    if Kind.REPORT in kinds:
        found.append(_reports(wish))
    found.append(_tasks(wish, kinds))
    return found


def submissions(wish: Wish, kinds: frozenset[Kind], now: datetime) -> Select[Any]:
    """The submissions that *wish* asks for."""
    decided = Hours(Submission.decided_at)
    rank: ColumnElement[float] = {
        Standing.ON_HOLD: Hours(Submission.held_until),
        Standing.CHANGES_REQUESTED: decided,
        Standing.DECIDED: -decided,
    }.get(wish.standing, urgency())
    where = {
        Standing.WAITING: waits(now),
        Standing.IN_REVIEW: and_(Submission.state == State.IN_REVIEW.value, ~on_hold(now)),
        Standing.ON_HOLD: and_(Submission.state.in_(WAITING), on_hold(now)),
        Standing.CHANGES_REQUESTED: Submission.state == State.CHANGES_REQUESTED.value,
        Standing.DECIDED: Submission.state.in_(_DECIDED),
    }[wish.standing]
    statement = _columns(Source.SUBMISSION, Submission.id, Submission.kind, rank).where(where)
    if kinds != frozenset(Kind):
        statement = statement.where(Submission.kind.in_(kinds))
    if wish.mine is not None:
        statement = statement.where(or_(Submission.reviewer_id == wish.mine.id, leases.held(now, by=wish.mine.id)))
    if wish.search:
        name, number = Submission.proposed["name"].as_string(), Submission.proposed["clia_number"].as_string()
        statement = statement.outerjoin(Lab, Lab.id == Submission.lab_id).where(
            or_(
                *_like(name, wish.search),
                *_like(Lab.name, wish.search),
                *_like(Submission.contact_email, wish.search),
                *_clia(number, wish.search),
                *_clia(Lab.clia_number, wish.search),
                *_numbered(wish.search),
            )
        )
    return _newest(statement, Submission.decided_at) if wish.standing is Standing.DECIDED else statement


def _reports(wish: Wish) -> Select[Any]:
    care = case(*((Report.kind == kind, CARE[kind]) for kind in _OF_REPORTS), else_=0)
    decided = wish.standing is Standing.DECIDED
    rank = -Hours(Report.handled_at) if decided else Hours(Report.created_at) - care
    where = {Standing.WAITING: Report.state == OPEN, Standing.DECIDED: Report.state == HANDLED}
    statement = _columns(Source.REPORT, Report.id, literal(Kind.REPORT.value), rank)
    statement = statement.where(where.get(wish.standing, false()))
    if wish.mine is not None:
        statement = statement.where(Report.handled_by == wish.mine.email)
    if wish.search:
        statement = statement.join(Lab, Lab.id == Report.lab_id).where(
            or_(
                *_like(Lab.name, wish.search),
                *_like(Report.email, wish.search),
                *_clia(Lab.clia_number, wish.search),
            )
        )
    return _newest(statement, Report.handled_at) if decided else statement


def _tasks(wish: Wish, kinds: frozenset[Kind]) -> Select[Any]:
    decided = wish.standing is Standing.DECIDED
    care = case((Task.kind == Kind.CMS, CARE["cms"]), else_=0)
    rank = -Hours(Task.closed_at) if decided else Hours(Task.opened_at) - care
    where = {Standing.WAITING: Task.closed_at.is_(None), Standing.DECIDED: Task.closed_at.is_not(None)}
    statement = _columns(Source.TASK, Task.id, Task.kind, rank).where(where.get(wish.standing, false()))
    if kinds != frozenset(Kind):
        statement = statement.where(Task.kind.in_(kinds))
    if wish.mine is not None:
        statement = statement.where(Task.closed_by == wish.mine.email)
    if wish.search:
        contacts = select(LabContact.id).where(
            LabContact.lab_id == Task.lab_id,
            LabContact.revoked_at.is_(None),
            or_(*_like(LabContact.email, wish.search)),
        )
        statement = statement.join(Lab, Lab.id == Task.lab_id).where(
            or_(*_like(Lab.name, wish.search), contacts.exists(), *_clia(Lab.clia_number, wish.search))
        )
    return _newest(statement, Task.closed_at) if decided else statement


_OF_REPORTS = ("closed", "not_this_test", "wrong_contact", "wrong_test_facts")


def _columns(source: Source, number: Any, kind: Any, rank: ColumnElement[float]) -> Select[Any]:
    return select(
        literal(source.value).label("source"), number.label("id"), cast(kind, Text).label("kind"), rank.label("rank")
    )


def _newest(statement: Select[Any], decided: Any) -> Select[Any]:
    """What was decided lately: years of it stay in the database, and nobody reads them here."""
    return select(statement.order_by(decided.desc()).limit(DECIDED_SHOWN).subquery())


def _like(column: Any, search: str) -> Sequence[ColumnElement[bool]]:
    """Whether *column* contains what was typed, whatever the case; SQLite itself folds ASCII alone."""
    spellings = dict.fromkeys((search, search.lower(), search.upper()))
    return [column.icontains(spelling, autoescape=True) for spelling in spellings]


def _clia(column: Any, search: str) -> Sequence[ColumnElement[bool]]:
    number = "".join(letter for letter in search.upper() if letter not in " -")
    wanted = number.isascii() and number.isalnum() and any(letter.isdigit() for letter in number)
    return [column.contains(number, autoescape=True)] if wanted else []


def _numbered(search: str) -> Sequence[ColumnElement[bool]]:
    number = search.removeprefix("#")
    wanted = number.isascii() and number.isdigit() and len(number) < 19
    return [Submission.id == int(number)] if wanted else []
