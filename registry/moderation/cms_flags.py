"""Laboratories on the list against whom the CMS file speaks: told to staff and to the laboratory, hidden by a person.

Every laboratory is compared once with each file that is imported, and once a day with the calendar, for a certificate
may run out between two files. The file never changes a listing (decision 0018).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from registry import mail, tasks
from registry.clia import queries as clia
from registry.domain.certificates import ACTIVE, CLOSED, TERMINATED
from registry.models import CliaQuarter, CliaRecord, JobMark, Lab, LabContact, Task
from registry.models.lab import PUBLISHED
from registry.registration import contacts

MARK = "cms_flags"
"""The ``JobMark`` that knows how far the present round came."""

KIND = "cms"
"""The kind of task that it is to staff."""

MAIL = "cms_says"
EXPIRED = "expired"
FINDINGS = (CLOSED, TERMINATED, EXPIRED)
"""What the file may say against a laboratory."""

SETTLED = "settled"
AT_ONCE = 2_000
"""Laboratories, by their numbers, that one call looks at."""

_END = -1


@dataclass(frozen=True, slots=True)
class Round:
    """One comparison of all laboratories: with which file, on which day, and behind which laboratory it goes on."""

    file: str
    day: str
    behind: int

    @classmethod
    def read(cls, told: str) -> "Round":
        """What :attr:`told` wrote; one that never was for anything else."""
        file, _, rest = told.partition(" ")
        day, _, behind = rest.partition(" ")
        return cls(file, day, int(behind)) if behind.lstrip("-").isdigit() else cls("", "", _END)

    @property
    def told(self) -> str:
        """As it is kept."""
        return f"{self.file} {self.day} {self.behind}"


def finding_of(record: CliaRecord, today: date) -> str:
    """What *record* says against its laboratory *today*, one of ``FINDINGS``; empty when all is well or not known."""
    if record.program_status in (CLOSED, TERMINATED):
        return record.program_status
    ends = record.expires_or_terminated
    return EXPIRED if record.program_status == ACTIVE and ends is not None and ends < today else ""


def flag_due(session: Session, *, now: datetime) -> int:
    """Compare the next laboratories with the file; returns at how many numbers it looked, 0 when the round is over.

    A round begins with a new file and with a new day, whatever came of the one before. The caller commits.
    """
    quarter = clia.quarter(session)
    if quarter is None:
        return 0
    mark = session.get(JobMark, MARK, with_for_update=True, populate_existing=True)
    if mark is None:
        mark = JobMark(name=MARK, at=now, told="")
        session.add(mark)
    file, day = f"{quarter.label}/{quarter.loaded_at:%Y%m%dT%H%M%S}", now.date().isoformat()
    found = Round.read(mark.told)
    if (found.file, found.day) != (file, day):
        # A day that is before the one of the last round is a clock that was put back: that day was compared.
        if found.file == file and found.behind == _END and day < found.day:
            return 0
        found = Round(file, day, 0)
        _close_settled(session, quarter, now=now)
    elif found.behind == _END:
        return 0
    last = session.scalar(select(func.max(Lab.id))) or 0
    until = found.behind + AT_ONCE
    for lab, record in _spoken_against(session, found.behind, until, now.date()):
        _flag(session, lab, record, quarter, now=now)
    mark.at, mark.told = now, Round(file, day, _END if until >= last else until).told
    return min(until, last) - found.behind


def _spoken_against(session: Session, behind: int, until: int, today: date) -> list[tuple[Lab, CliaRecord]]:
    expired = (CliaRecord.program_status == ACTIVE) & (CliaRecord.expires_or_terminated < today)
    rows = session.execute(
        select(Lab, CliaRecord)
        .join(CliaRecord, CliaRecord.clia_number == Lab.clia_number)
        .where(
            Lab.id > behind,
            Lab.id <= until,
            Lab.state == PUBLISHED,
            or_(CliaRecord.program_status.in_((CLOSED, TERMINATED)), expired),
        )
        .order_by(Lab.id)
    ).all()
    return [(lab, record) for lab, record in rows]


def _flag(session: Session, lab: Lab, record: CliaRecord, quarter: CliaQuarter, *, now: datetime) -> None:
    facts = _facts(record, quarter, now.date())
    known = select(Task).where(Task.lab_id == lab.id, Task.kind == KIND)
    task = session.scalar(known.order_by(Task.id.desc()).limit(1))
    if task is not None and task.closed_at is not None and _said(task.facts) == _said(facts):
        # A person has settled that already; a new edition that says the same is no news.
        return
    tasks.open_task(session, kind=KIND, lab_id=lab.id, facts=facts, now=now)
    if not facts["since_the_file"]:
        _tell(session, lab, facts, now=now)


def _facts(record: CliaRecord, quarter: CliaQuarter, today: date) -> dict[str, Any]:
    ends = record.expires_or_terminated
    finding = finding_of(record, today)
    return {
        "finding": finding,
        "quarter": quarter.label,
        "clia_number": record.clia_number,
        "name": record.name,
        "status": record.program_status,
        "code": record.program_code,
        "certificate": record.certificate_type,
        "ends": ends.isoformat() if ends is not None else "",
        # Most certificates are renewed, and the next file says so: the laboratory need not be troubled before.
        "since_the_file": finding == EXPIRED and ends is not None and ends >= quarter.loaded_at.date(),
    }


def _said(facts: dict[str, Any]) -> tuple[object, ...]:
    return tuple(facts.get(name) for name in ("finding", "clia_number", "status", "ends", "since_the_file"))


def _tell(session: Session, lab: Lab, facts: dict[str, Any], *, now: datetime) -> None:
    told: Collection[LabContact] = contacts.speaking(session, lab.id)
    for contact in told:
        if contact.bounced_at is not None:
            continue
        mail.enqueue(
            session,
            kind=MAIL,
            recipient=contact.email,
            context={
                "name": contact.name,
                "laboratory": lab.name,
                "slug": lab.slug,
                "finding": facts["finding"],
                "quarter": facts["quarter"],
                "number": facts["clia_number"],
                "day": facts["ends"],
            },
            now=now,
            language=contact.language,
            contact_id=contact.id,
            once_key=f"{MAIL}:{lab.id}:{contact.id}:{facts['clia_number']}:{facts['finding']}:{facts['ends']}",
        )


def _close_settled(session: Session, quarter: CliaQuarter, *, now: datetime) -> None:
    """Close the tasks of laboratories against whom the file does not speak any more, or that are not on the list."""
    rows = session.execute(
        select(Task.lab_id, Lab.state, CliaRecord)
        .join(Lab, Lab.id == Task.lab_id)
        .outerjoin(CliaRecord, CliaRecord.clia_number == Lab.clia_number)
        .where(Task.kind == KIND, Task.closed_at.is_(None))
        .order_by(Task.id)
    ).all()
    for lab_id, state, record in rows:
        # What stands in the file no more is neither well nor ill.
        well = record is not None and not finding_of(record, now.date())
        if well or state in ("withdrawn", "merged"):
            by = f"CMS file {quarter.label}"
            tasks.close_task(session, kind=KIND, lab_id=lab_id, by=by, by_kind="system", outcome=SETTLED, now=now)
