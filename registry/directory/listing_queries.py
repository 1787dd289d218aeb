"""What the pages of chosen laboratories read."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.certificates import ACTIVE
from registry.models import CliaQuarter, CliaRecord, Lab
from registry.models.lab import PUBLISHED


class Named(NamedTuple):
    """A laboratory as a link shows it."""

    slug: str
    name: str
    city: str
    state: str


class Filed(NamedTuple):
    """What the imported CMS file says of a CLIA number.

    ``quarter`` as in 2026-Q2, ``read_on`` the day of its import; ``found`` and, of what was found, ``active``.
    """

    quarter: str
    read_on: date
    found: bool
    active: bool


def filed(session: Session, clia_number: str) -> Filed | None:
    """What the CMS file says of *clia_number*; None for no number, or while no file was imported."""
    if not clia_number:
        return None
    row = session.execute(
        select(CliaQuarter.label, CliaQuarter.loaded_at, CliaRecord.program_status).outerjoin(
            CliaRecord, CliaRecord.clia_number == clia_number
        )
    ).one_or_none()
    if row is None:
        return None
    return Filed(row.label, row.loaded_at.date(), row.program_status is not None, row.program_status == ACTIVE)


def published(session: Session, slugs: Sequence[str]) -> tuple[Lab, ...]:
    """The published ones of *slugs*, in their order."""
    labs = session.scalars(select(Lab).where(Lab.slug.in_(slugs), Lab.state == PUBLISHED))
    found = {lab.slug: lab for lab in labs}
    return tuple(found[slug] for slug in slugs if slug in found)


def named(session: Session, lab_ids: Sequence[int]) -> tuple[Named, ...]:
    """The published ones of *lab_ids*, in their order."""
    rows = session.execute(
        select(Lab.id, Lab.slug, Lab.profile_data).where(Lab.id.in_(lab_ids), Lab.state == PUBLISHED)
    )
    found = {
        row.id: Named(row.slug, row.profile_data["name"], row.profile_data["city"], row.profile_data["state"])
        for row in rows
    }
    return tuple(found[lab_id] for lab_id in lab_ids if lab_id in found)
