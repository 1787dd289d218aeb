"""What a moderator reads before two entries are merged, and of the mergers that there were. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.domain.text import is_clia, normalise_clia, plain
from registry.domain.uniting import Couple, Part, Reason, Side, Standing, couples, differing, stated, suggested
from registry.models import AuditEvent, Lab, LabContact, LabIdentifier, LabMerge, Report, Submission
from registry.models.lab import HIDDEN
from registry.models.report import OPEN
from registry.moderation import versions
from registry.moderation.unmerging import Keep, NotSeparable, changed_since, obstacle
from registry.registration import contacts, editing, queries

A_PAGE = 50
LONGEST_TYPED = 300
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Sided:
    """One of two entries: the mailboxes that speak for it and those that were asked to, what is open about it."""

    lab: Lab
    speaking: tuple[LabContact, ...]
    invited: int
    requests: int
    reports: int
    also_known_by: tuple[LabIdentifier, ...]

    @property
    def profile(self) -> LabProfile:
        return self.lab.profile

    @property
    def days(self) -> dict[str, date]:
        """The day on which each test was confirmed, by its fingerprint."""
        return {test.digest: self.lab.confirmed_on(test) for test in self.lab.profile.offerings}

    @property
    def standing(self) -> Standing:
        lab = self.lab
        since = lab.approved_at or lab.published_at
        return Standing(lab.state != HIDDEN, len(self.speaking), stated(lab.profile), since)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two entries beside each other, and which of them had better stay, and why."""

    sides: dict[Side, Sided]
    suggestion: Side
    reasons: tuple[Reason, ...]
    parts: tuple[Part, ...]
    couples: tuple[Couple, ...]

    @property
    def first(self) -> LabProfile:
        return self.sides[Side.FIRST].profile

    @property
    def second(self) -> LabProfile:
        return self.sides[Side.SECOND].profile

    @property
    def days(self) -> dict[Side, dict[str, date]]:
        return {side: sided.days for side, sided in self.sides.items()}


def comparison(session: Session, first: Lab, second: Lab) -> Comparison:
    """*first* beside *second*."""
    sides = {Side.FIRST: _sided(session, first), Side.SECOND: _sided(session, second)}
    side, reasons = suggested(sides[Side.FIRST].standing, sides[Side.SECOND].standing)
    one, other = first.profile, second.profile
    return Comparison(sides, side, reasons, differing(one, other), couples(one, other))


def meant(session: Session, typed: str) -> Lab | None:
    """The laboratory that *typed* names: its row number, its CLIA number, or the address of its entry."""
    text = plain(typed[:LONGEST_TYPED])
    if not text or "\0" in text:
        return None
    if text.isascii() and text.isdigit():
        return session.get(Lab, int(text)) if len(text) < 20 and int(text) <= LARGEST_ID else None
    number = normalise_clia(text)
    if is_clia(number):
        return queries.listing_with_number(session, number)
    slug = text.rpartition("/labs/")[2].partition("?")[0].partition("#")[0].strip("/").lower()
    return session.scalar(select(Lab).where(Lab.slug == slug))


def shown_before(session: Session, lab_id: int, digest: str) -> LabProfile | None:
    """What the entry said when its fingerprint was *digest*, where that was kept."""
    profiles = (version.profile for version in versions.of(session, lab_id)[:A_PAGE])
    return next((profile for profile in profiles if profile.digest == digest), None)


def last_act(session: Session, lab_id: int) -> AuditEvent | None:
    """The latest act upon the laboratory."""
    return session.scalar(
        select(AuditEvent)
        .where(AuditEvent.subject_type == "lab", AuditEvent.subject_id == lab_id)
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Merger:
    """A merger with its laboratories. ``obstacles`` is what stands in the way of undoing it so; None for nothing."""

    row: LabMerge
    kept: Lab
    gone: Lab
    identifiers: tuple[LabIdentifier, ...] = ()
    obstacles: dict[Keep, NotSeparable | None] | None = None

    @property
    def kept_before(self) -> LabProfile:
        return LabProfile.from_dict(self.row.before["kept"]["profile"])

    @property
    def gone_before(self) -> LabProfile:
        return LabProfile.from_dict(self.row.before["gone"]["profile"])

    @property
    def published(self) -> LabProfile:
        """What the merger published."""
        return LabProfile.from_dict(self.row.before["profile"])

    @property
    def carried(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = self.row.before["carried"]
        return found

    @property
    def changed(self) -> bool:
        """Whether the entry that stayed was changed since."""
        return changed_since(self.row, self.kept)


def merger(session: Session, merge_id: int) -> Merger | None:
    """The merger of that number, with what it would take to undo it."""
    row = session.get(LabMerge, merge_id)
    if row is None:
        return None
    return Merger(
        row,
        session.get_one(Lab, row.kept_id),
        session.get_one(Lab, row.gone_id),
        tuple(
            session.scalars(select(LabIdentifier).where(LabIdentifier.merge_id == row.id).order_by(LabIdentifier.id))
        ),
        {keep: obstacle(session, row, keep=keep) for keep in Keep},
    )


def merger_of(session: Session, gone: Lab) -> LabMerge | None:
    """The merger by which *gone* became a part of another; None when it is of none."""
    return session.scalar(
        select(LabMerge)
        .where(LabMerge.gone_id == gone.id, LabMerge.unmerged_at.is_(None))
        .order_by(LabMerge.id.desc())
        .limit(1)
    )


def mergers_of_lab(session: Session, lab_id: int) -> list[Merger]:
    """The mergers in which the laboratory took part, the latest first."""
    wanted = select(LabMerge).where(or_(LabMerge.kept_id == lab_id, LabMerge.gone_id == lab_id))
    return _with_labs(session, session.scalars(wanted.order_by(LabMerge.id.desc()).limit(A_PAGE)).all())


@dataclass(frozen=True, slots=True)
class Mergers:
    """A page of all mergers, the latest first."""

    rows: list[Merger]
    page: int
    pages: int


def mergers(session: Session, *, page: int) -> Mergers:
    """The page of that number; the last one for a number beyond it."""
    count = session.scalar(select(func.count()).select_from(LabMerge)) or 0
    pages = max(1, -(-count // A_PAGE))
    page = min(max(page, 1), pages)
    rows = session.scalars(
        select(LabMerge).order_by(LabMerge.id.desc()).limit(A_PAGE).offset((page - 1) * A_PAGE)
    ).all()
    return Mergers(_with_labs(session, rows), page, pages)


def _with_labs(session: Session, rows: Sequence[LabMerge]) -> list[Merger]:
    numbers = {number for row in rows for number in (row.kept_id, row.gone_id)}
    labs = {lab.id: lab for lab in session.scalars(select(Lab).where(Lab.id.in_(numbers)))}
    return [Merger(row, labs[row.kept_id], labs[row.gone_id]) for row in rows]


def _sided(session: Session, lab: Lab) -> Sided:
    standing = contacts.all_standing(session, lab.id)
    open_requests = select(func.count()).where(
        Submission.lab_id == lab.id, Submission.state.in_(editing.UNDECIDED), Submission.kind.in_(("edit", "claim"))
    )
    open_reports = select(func.count()).where(Report.lab_id == lab.id, Report.state == OPEN)
    known = select(LabIdentifier).where(LabIdentifier.lab_id == lab.id).order_by(LabIdentifier.kind, LabIdentifier.id)
    return Sided(
        lab,
        tuple(contact for contact in standing if contact.speaks),
        sum(not contact.speaks for contact in standing),
        session.scalar(open_requests) or 0,
        session.scalar(open_reports) or 0,
        tuple(session.scalars(known)),
    )
