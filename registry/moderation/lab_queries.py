"""What staff read of entries: the list of all of them, and everything about one."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from registry.domain.changes import changes
from registry.domain.freshness import CONFIRMATION_VALID
from registry.domain.profile import Change
from registry.domain.text import is_clia, normalise_clia, order_key
from registry.models import (
    AuditEvent,
    Lab,
    LabContact,
    LabIdentifier,
    LabMerge,
    LabVersion,
    Report,
    Submission,
    Task,
    User,
)
from registry.models.lab import LAB_STATES, PUBLISHED
from registry.moderation import histories, versions
from registry.registration import contacts

PAGE_SIZE = 25
MOST_COUNTED = 1_000
"""Up to how many entries are counted; whoever finds more asks more closely."""

SHOWN = 20
"""How many reports, tasks and requests of an entry are shown, the latest first."""

STATES = LAB_STATES
CONFIRMED, OVERDUE = "confirmed", "overdue"
AGES = (CONFIRMED, OVERDUE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: *text* is a part of the name, or a CLIA number; empty values do not matter."""

    text: str = ""
    state: str = ""
    age: str = ""
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class LabPage:
    """One page of the list; pages count from 1. ``more`` when there are more than were counted."""

    rows: tuple[Lab, ...]
    total: int
    more: bool
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of an entry, what it changed in the one before it, and whether the entry shows it now."""

    version: LabVersion
    changes: tuple[Change, ...]
    first: bool
    shown: bool


@dataclass(frozen=True, slots=True)
class LabView:
    """Everything about one entry, the latest first."""

    lab: Lab
    versions: tuple[VersionRow, ...]
    contacts: tuple[LabContact, ...]
    identifiers: tuple[LabIdentifier, ...]
    reports: tuple[Report, ...]
    tasks: tuple[Task, ...]
    requests: tuple[tuple[Submission, str], ...]
    merges: tuple[tuple[LabMerge, Lab], ...]
    successor: Lab | None
    life: tuple[AuditEvent, ...]


def labs(session: Session, wanted: Wanted, *, page: int, today: date) -> LabPage:
    """Page *page* of the entries that are *wanted*, by name; past the end, the last."""
    found = select(Lab).where(*_conditions(wanted, today))
    counted = session.scalar(select(func.count()).select_from(_limited(found).subquery())) or 0
    total = min(counted, MOST_COUNTED)
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    rows = session.scalars(found.order_by(Lab.name_key, Lab.id).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return LabPage(tuple(rows), total, counted > MOST_COUNTED, page, pages)


def lab(session: Session, lab_id: int) -> LabView | None:
    """The entry with all that is known of it; None when there is none."""
    found = session.get(Lab, lab_id)
    if found is None:
        return None
    return LabView(
        lab=found,
        versions=_versions(session, found),
        contacts=tuple(contacts.all_standing(session, lab_id)),
        identifiers=tuple(
            session.scalars(
                select(LabIdentifier)
                .where(LabIdentifier.lab_id == lab_id)
                .order_by(LabIdentifier.kind, LabIdentifier.value)
            )
        ),
        reports=tuple(
            session.scalars(select(Report).where(Report.lab_id == lab_id).order_by(Report.id.desc()).limit(SHOWN))
        ),
        tasks=tuple(session.scalars(select(Task).where(Task.lab_id == lab_id).order_by(Task.id.desc()).limit(SHOWN))),
        requests=tuple(_requests(session, lab_id)),
        merges=tuple(
            (merge, session.get_one(Lab, merge.gone_id))
            for merge in session.scalars(
                select(LabMerge).where(LabMerge.kept_id == lab_id).order_by(LabMerge.id.desc())
            )
        ),
        successor=session.get(Lab, found.successor_id) if found.successor_id is not None else None,
        life=tuple(reversed(histories.of(session, lab_id))),
    )


def _versions(session: Session, found: Lab) -> tuple[VersionRow, ...]:
    kept = versions.of(session, found.id)
    live, rows = found.profile.digest, []
    for at, version in enumerate(kept):
        older = kept[at + 1] if at + 1 < len(kept) else None
        differs = changes(older.profile, version.profile) if older is not None else ()
        rows.append(VersionRow(version, differs, older is None, version.profile.digest == live))
    return tuple(rows)


def _requests(session: Session, lab_id: int) -> list[tuple[Submission, str]]:
    rows = session.execute(
        select(Submission, User.email)
        .outerjoin(User, User.id == Submission.reviewer_id)
        .where(Submission.lab_id == lab_id, Submission.submitted_at.is_not(None))
        .order_by(Submission.id.desc())
        .limit(SHOWN)
    )
    return [(row.Submission, row.email or "") for row in rows]


def _limited(found: Select[Lab]) -> Select[int]:
    return found.with_only_columns(Lab.id).limit(MOST_COUNTED + 1)


def _conditions(wanted: Wanted, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    number = normalise_clia(wanted.text)
    if is_clia(number):
        known = select(LabIdentifier.lab_id).where(LabIdentifier.kind == "clia", LabIdentifier.value == number)
        conditions.append(or_(Lab.clia_number == number, Lab.id.in_(known)))
    elif key := order_key(wanted.text):
        conditions.append(Lab.name_key.contains(key, autoescape=True))
    if wanted.state in STATES:
        conditions.append(Lab.state == wanted.state)
    if wanted.age in AGES:
        overdue = Lab.last_confirmed < today - CONFIRMATION_VALID
        conditions += [Lab.state == PUBLISHED, overdue if wanted.age == OVERDUE else ~overdue]
    if wanted.disputed:
        conditions.append(Lab.disputed_at.is_not(None))
    return conditions
