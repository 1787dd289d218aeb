"""What the pages of chosen laboratories read."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Lab
from registry.models.lab import PUBLISHED


class Named(NamedTuple):
    """A laboratory as a link shows it."""

    slug: str
    name: str
    city: str
    state: str


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
