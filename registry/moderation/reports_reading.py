"""What the pages of reports read: the list by state and kind, and one report with the evidence beside it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from registry.clia import queries as filed
from registry.clia.comparing import Difference, differences
from registry.models import AuditEvent, CliaQuarter, CliaRecord, Lab, Report
from registry.models.lab import PUBLISHED
from registry.models.report import HANDLED, OPEN
from registry.moderation.reports_handling import reachable

PAGE_SIZE = 25
OTHERS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ToldProblem:
    """A report with the laboratory that it is about."""

    report: Report
    slug: str
    name: str
    listed: bool
    disputed: bool


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One page of the reports of a tab; pages count from 1."""

    rows: tuple[ToldProblem, ...]
    open: int
    handled: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report, the entry it is about, and what else is known.

    ``since`` are the acts upon the entry since it was told, ``confirmed_at`` when the laboratory last confirmed of
    these; ``record`` is what the CMS file of ``quarter`` says, ``otherwise`` in what the entry differs from it.
    """

    report: Report
    lab: Lab
    others: tuple[Report, ...]
    since: tuple[AuditEvent, ...]
    confirmed_at: datetime | None
    contacts: tuple[str, ...]
    quarter: CliaQuarter | None
    record: CliaRecord | None
    otherwise: tuple[Difference, ...]

    @property
    def listed(self) -> bool:
        """Whether the public sees the entry."""
        return self.lab.state == PUBLISHED


def open_reports(session: Session) -> int:
    """How many reports are open."""
    return session.scalar(select(func.count()).select_from(Report).where(Report.state == OPEN)) or 0


def told_problems(session: Session, *, state: str, kind: str, page: int) -> ReportPage:
    """Page *page* of the reports in *state* and of *kind* (empty: of any): open ones by age, others the latest first.

    Past the end it is the last page.
    """
    of_kind: list[ColumnElement[bool]] = [Report.kind == kind] if kind else []
    counted = session.execute(select(Report.state, func.count().label("number")).where(*of_kind).group_by(Report.state))
    counts = {row.state: row.number for row in counted}
    pages = max(1, -(-counts.get(state, 0) // PAGE_SIZE))
    page = min(max(page, 1), pages)
    order = (Report.created_at, Report.id) if state == OPEN else (Report.handled_at.desc(), Report.id.desc())
    rows = session.execute(
        select(Report, Lab.slug, Lab.name, Lab.state.label("lab_state"), Lab.disputed_at)
        .join(Lab, Lab.id == Report.lab_id)
        .where(Report.state == state, *of_kind)
        .order_by(*order)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    problems = tuple(
        ToldProblem(row.Report, row.slug, row.name, row.lab_state == PUBLISHED, row.disputed_at is not None)
        for row in rows
    )
    return ReportPage(problems, counts.get(OPEN, 0), counts.get(HANDLED, 0), page, pages)


def report_view(session: Session, report_id: int) -> ReportView | None:
    """The report of this number with all that stands beside it; None without one."""
    report = session.get(Report, report_id)
    if report is None:
        return None
    lab = session.get_one(Lab, report.lab_id)
    others = session.scalars(
        select(Report)
        .where(Report.lab_id == lab.id, Report.id != report.id)
        .order_by(Report.created_at.desc(), Report.id.desc())
        .limit(OTHERS_SHOWN)
    ).all()
    since = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_type == "lab", AuditEvent.subject_id == lab.id, AuditEvent.at >= report.created_at)
        .order_by(AuditEvent.id)
    ).all()
    record = filed.record(session, lab.clia_number)
    return ReportView(
        report=report,
        lab=lab,
        others=tuple(others),
        since=tuple(since),
        confirmed_at=max((event.at for event in since if event.action == "confirm"), default=None),
        contacts=tuple(contact.email for contact in reachable(session, lab)),
        quarter=filed.quarter(session),
        record=record,
        otherwise=differences(lab.profile, record) if record is not None else (),
    )
