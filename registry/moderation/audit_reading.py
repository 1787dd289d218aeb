"""The audit as its pages read it: filtered, the latest first, a page found by the number of an event."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from registry.domain.text import order_key
from registry.models import AuditEvent, AuditSeal, Lab, Report, Submission, User

PAGE_SIZE = 50
LABS_MEANT = 200
"""How many laboratories a part of a name may mean at most."""

LARGEST_ID = 2**63 - 1

_AT_ONCE = 500
_LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: empty values ask for nothing. Days are whole days in UTC, both ends meant.

    *subject* is the audit's type of subject; *about* names one: a laboratory by slug or the beginning of its name, a
    submission or report by its number, a member of staff by the beginning of the e-mail.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    about: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An event, its place in the chain (0 before it has one), and what it was done to, by name."""

    event: AuditEvent
    position: int
    hash: str
    name: str = ""
    slug: str = ""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page, the latest first; ``newer`` and ``older`` are the events from which the next pages go on."""

    rows: tuple[AuditRow, ...] = field(default=())
    newer: int | None = None
    older: int | None = None


def audit_page(session: Session, wanted: Wanted, *, before: int | None = None, after: int | None = None) -> AuditPage:
    """The page below the event *before*, or above the event *after*; without either, the latest."""
    statement = _events(session, wanted)
    if after is not None:
        found = session.execute(
            statement.where(AuditEvent.id > after).order_by(AuditEvent.id).limit(PAGE_SIZE + 1)
        ).all()
        if not found:
            return audit_page(session, wanted)
        more_newer, more_older = len(found) > PAGE_SIZE, True
        found = list(reversed(found[:PAGE_SIZE]))
    else:
        below = statement if before is None else statement.where(AuditEvent.id < before)
        found = session.execute(below.order_by(AuditEvent.id.desc()).limit(PAGE_SIZE + 1)).all()
        more_newer, more_older = before is not None, len(found) > PAGE_SIZE
        found = list(found[:PAGE_SIZE])
    rows = tuple(_named(session, [(row[0], row[1]) for row in found]))
    if not rows:
        return AuditPage(newer=before - 1 if before is not None else None)
    return AuditPage(
        rows,
        newer=rows[0].event.id if more_newer else None,
        older=rows[-1].event.id if more_older else None,
    )


def count(session: Session, wanted: Wanted) -> int:
    """How many events are wanted."""
    return session.scalar(select(func.count()).select_from(_events(session, wanted).subquery())) or 0


def latest_id(session: Session) -> int:
    """The number of the latest event; 0 before the first."""
    return session.scalar(select(func.max(AuditEvent.id))) or 0


def every_row(session: Session, wanted: Wanted, *, up_to: int) -> Iterator[AuditRow]:
    """All that is wanted up to the event *up_to*, the oldest first.

    The database is let go between parts, so that a slow reader holds nothing.
    """
    last = 0
    while True:
        found = session.execute(
            _events(session, wanted)
            .where(AuditEvent.id > last, AuditEvent.id <= up_to)
            .order_by(AuditEvent.id)
            .limit(_AT_ONCE)
        ).all()
        rows = _named(session, [(row[0], row[1]) for row in found])
        session.expunge_all()
        session.rollback()
        yield from rows
        if len(found) < _AT_ONCE:
            return
        last = rows[-1].event.id


def _events(session: Session, wanted: Wanted) -> Select[AuditEvent, AuditSeal | None]:
    statement = select(AuditEvent, AuditSeal).outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
    return statement.where(*_conditions(session, wanted))


def _conditions(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.actor:
        asked.append(func.lower(AuditEvent.actor).contains(wanted.actor.lower(), autoescape=True))
    if wanted.action:
        asked.append(AuditEvent.action == wanted.action)
    if wanted.since is not None:
        asked.append(AuditEvent.at >= _midnight(wanted.since))
    if wanted.until is not None and wanted.until < date.max:
        asked.append(AuditEvent.at < _midnight(wanted.until + timedelta(days=1)))
    if wanted.about:
        asked.append(_about(session, wanted))
    elif wanted.subject:
        asked.append(AuditEvent.subject_type == wanted.subject)
    return asked


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _about(session: Session, wanted: Wanted) -> ColumnElement[bool]:
    meant = []
    number = int(wanted.about) if wanted.about.isascii() and wanted.about.isdigit() else 0
    for kind in ("submission", "report", "clia_quarter"):
        if wanted.subject in {"", kind} and 0 < number <= LARGEST_ID:
            meant.append(_upon(kind, [number]))
    if wanted.subject in {"", "lab"}:
        labs = _labs_meant(session, wanted.about)
        # What was done to a laboratory's submissions and reports is part of its story.
        meant += [
            _upon("lab", labs),
            and_(
                AuditEvent.subject_type == "submission",
                AuditEvent.subject_id.in_(select(Submission.id).where(Submission.lab_id.in_(labs))),
            ),
            and_(
                AuditEvent.subject_type == "report",
                AuditEvent.subject_id.in_(select(Report.id).where(Report.lab_id.in_(labs))),
            ),
        ]
    if wanted.subject in {"", "staff"}:
        prefix = wanted.about.lower()
        people = session.scalars(select(User.id).where(func.lower(User.email).startswith(prefix, autoescape=True)))
        meant.append(_upon("staff", people.all()))
    # A number too large for the database, a subject that has no names: nothing is meant.
    return or_(*meant) if meant else AuditEvent.id.is_(None)


def _upon(kind: str, numbers: Collection[int]) -> ColumnElement[bool]:
    return and_(AuditEvent.subject_type == kind, AuditEvent.subject_id.in_(numbers))


def _labs_meant(session: Session, about: str) -> Sequence[int]:
    key = order_key(about)
    named = and_(Lab.name_key >= key, Lab.name_key < key + _LAST_CHARACTER)
    return session.scalars(select(Lab.id).where(or_(Lab.slug == about, named)).limit(LABS_MEANT)).all()


def _named(session: Session, found: Sequence[tuple[AuditEvent, AuditSeal | None]]) -> list[AuditRow]:
    of_kind: dict[str, set[int]] = {}
    for event, _seal in found:
        of_kind.setdefault(event.subject_type, set()).add(event.subject_id)
    names: dict[tuple[str, int], tuple[str, str]] = {}
    labs = session.execute(select(Lab.id, Lab.name, Lab.slug).where(Lab.id.in_(of_kind.get("lab", ()))))
    names |= {("lab", number): (name, slug) for number, name, slug in labs}
    people = session.execute(select(User.id, User.email).where(User.id.in_(of_kind.get("staff", ()))))
    names |= {("staff", number): (email, "") for number, email in people}
    return [
        AuditRow(
            event,
            seal.position if seal is not None else 0,
            seal.hash if seal is not None else "",
            *names.get((event.subject_type, event.subject_id), ("", "")),
        )
        for event, seal in found
    ]
