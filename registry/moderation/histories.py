"""What happened to an entry, and to those that became a part of it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import AuditEvent, LabMerge


def of(session: Session, lab_id: int) -> list[AuditEvent]:
    """The acts upon the laboratory and upon those that are a part of it, in the order in which they were done.

    ``subject_id`` of an event tells which laboratory it is about.
    """
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_type == "lab", AuditEvent.subject_id.in_(one_with(session, lab_id)))
        .order_by(AuditEvent.id)
    )
    return list(events)


def one_with(session: Session, lab_id: int) -> list[int]:
    """The laboratory, and those that became a part of it or of one that did."""
    found, left = [lab_id], [lab_id]
    while left:
        parts = _parts_of(session, left)
        left = [part for part in parts if part not in found]
        found += left
    return found


def merged_at(session: Session, lab_id: int) -> dict[int, datetime]:
    """When each laboratory became a part of *lab_id* itself, by its number; without those that are one no more."""
    rows = session.execute(
        select(LabMerge.gone_id, LabMerge.at)
        .where(LabMerge.kept_id == lab_id, LabMerge.unmerged_at.is_(None))
        .order_by(LabMerge.id)
    )
    return {row.gone_id: row.at for row in rows}


def _parts_of(session: Session, lab_ids: Iterable[int]) -> list[int]:
    return list(
        session.scalars(
            select(LabMerge.gone_id)
            .where(LabMerge.kept_id.in_(list(lab_ids)), LabMerge.unmerged_at.is_(None))
            .order_by(LabMerge.id)
        )
    )
