"""Problems with listings: telling one, reading them, and marking one as handled. The caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import mail
from registry.domain.vocabulary import N_, Term, Vocabulary
from registry.links import hash_of
from registry.models import AuditEvent, Lab, Report
from registry.models.lab import PUBLISHED
from registry.models.report import HANDLED, OPEN

PAGE_SIZE = 25
MESSAGE_MAX = 1000

REPORT_KIND = Vocabulary(
    "report_kind",
    Term("wrong_contact", N_("The phone number or address is wrong")),
    Term("closed", N_("The laboratory has closed")),
    Term("not_this_test", N_("The laboratory does not do this test")),
    Term("wrong_test_facts", N_("The turnaround or the specimens are wrong")),
    Term("other", N_("Something else")),
)
"""What can be wrong with a listing."""


@dataclass(frozen=True, slots=True)
class ToldProblem:
    """A report with the laboratory that it is about."""

    report: Report
    slug: str
    name: str
    listed: bool


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One page of the reports; pages count from 1."""

    rows: tuple[ToldProblem, ...]
    open: int
    page: int
    pages: int


def tell(
    session: Session,
    *,
    lab: Lab,
    kind: str,
    message: str,
    email: str,
    once_key: str,
    inform: str,
    now: datetime,
    flags: Sequence[str] = (),
) -> bool:
    """Keep what somebody says is wrong with *lab*, and write so to the operator at *inform* (nobody when empty).

    *flags* are what spoke against a person at the form. False when the form of *once_key* was sent before: then
    nothing is added.
    """
    report = Report(
        lab_id=lab.id,
        kind=kind,
        message=message,
        email=email,
        once_key_hash=hash_of(once_key),
        flags=list(flags),
        created_at=now,
    )
    if session.scalar(select(Report.id).where(Report.once_key_hash == report.once_key_hash)) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(report)
            session.flush()
    except IntegrityError:
        # The second of two clicks at the same moment.
        return False
    if inform:
        # The words stay here: what a stranger writes may be somebody's secret, and mailboxes keep it for ever.
        mail.enqueue(
            session,
            kind="problem_reported",
            recipient=inform,
            context={"name": lab.name, "slug": lab.slug, "kind": kind},
            now=now,
            once_key=f"problem_reported:{report.id}",
        )
    return True


def told_problems(session: Session, *, page: int) -> ReportPage:
    """Page *page* of the reports: open ones first, in each part the newest first; past the end, the last page."""
    counted = session.execute(select(Report.state, func.count().label("number")).group_by(Report.state))
    counts = {row.state: row.number for row in counted}
    pages = max(1, -(-sum(counts.values()) // PAGE_SIZE))
    page = min(max(page, 1), pages)
    rows = session.execute(
        select(Report, Lab.slug, Lab.name, Lab.state.label("lab_state"))
        .join(Lab, Lab.id == Report.lab_id)
        .order_by(Report.state == HANDLED, Report.created_at.desc(), Report.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    problems = tuple(ToldProblem(row.Report, row.slug, row.name, row.lab_state == PUBLISHED) for row in rows)
    return ReportPage(problems, counts.get(OPEN, 0), page, pages)


def mark_handled(session: Session, *, report_id: int, actor: str, now: datetime) -> bool:
    """Close the report. False when there is none, or when it was closed before: then nothing is written."""
    closed = session.execute(
        update(Report)
        .where(Report.id == report_id, Report.state == OPEN)
        .values(state=HANDLED, handled_at=now, handled_by=actor)
        .execution_options(synchronize_session=False)
    )
    if cast(CursorResult[object], closed).rowcount != 1:
        return False
    session.add(
        AuditEvent(
            at=now,
            actor_kind="staff",
            actor=actor,
            action="handle_report",
            subject_type="report",
            subject_id=report_id,
            before={"state": OPEN},
            after={"state": HANDLED},
        )
    )
    return True
