"""What the directory's pages read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, select
from sqlalchemy.orm import Session

from registry.directory.criteria import BEYOND, PAGE_SIZE, Criteria
from registry.directory.facets import methods_of
from registry.directory.index import DirectoryIndex, Hit
from registry.domain.geometry import miles
from registry.models import Lab, LabOffering
from registry.models.lab import PUBLISHED
from registry.places.gazetteer import Place

_CARDS = select(Lab.id, Lab.card).where(Lab.id.in_(bindparam("ids", expanding=True)), Lab.state == PUBLISHED)


Cards = Callable[[Sequence[int]], dict[int, bytes]]
"""Gives the search items of laboratories by id."""


class Card(NamedTuple):
    """One laboratory of an answer: its item as JSON text without the distance, and the distance in miles."""

    item: bytes
    distance_miles: float | None


@dataclass(frozen=True, slots=True)
class Results:
    """An answer: how many laboratories meet the criteria, and those of the asked page in order.

    ``expanded``: none met the radius, and ``cards`` are the nearest beyond it. ``pages`` is at least 1.
    """

    total: int
    cards: tuple[Card, ...]
    expanded: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


def near(index: DirectoryIndex, cards: Cards, place: Place, criteria: Criteria) -> Results:
    """The laboratories by distance from *place*; the nearest beyond the radius when none lies inside."""
    found = index.search(
        place.lat,
        place.lon,
        within_m=criteria.within_m,
        filter=criteria.filter,
        offset=criteria.offset,
        limit=PAGE_SIZE,
    )
    if found.total == 0 and criteria.within is not None:
        beyond = index.nearest(place.lat, place.lon, filter=criteria.filter, count=BEYOND)
        return Results(0, _cards(cards, beyond), expanded=bool(beyond))
    return Results(found.total, _cards(cards, found.hits))


def by_name(connection: Connection, criteria: Criteria) -> Results:
    """All laboratories that meet the criteria, by name: what a visitor without a place gets."""
    conditions: list[ColumnElement[bool]] = [Lab.state == PUBLISHED]
    wanted: list[ColumnElement[bool]] = []
    if criteria.methods:
        methods = [slug for choice in criteria.methods for slug in methods_of(choice)]
        wanted.append(LabOffering.method.in_(methods))
    if criteria.outside:
        wanted.append(LabOffering.accepts_outside_specimens == "yes")
    if wanted:
        conditions.append(exists().where(LabOffering.lab_id == Lab.id, *wanted))
    total = connection.scalar(select(func.count()).select_from(Lab).where(*conditions)) or 0
    rows = connection.execute(
        select(Lab.card).where(*conditions).order_by(Lab.name_key, Lab.id).offset(criteria.offset).limit(PAGE_SIZE)
    )
    return Results(total, tuple(Card(card.encode(), None) for (card,) in rows))


def listing(session: Session, slug: str) -> Lab | None:
    """The published laboratory of *slug*."""
    return session.scalar(select(Lab).where(Lab.slug == slug, Lab.state == PUBLISHED))


def published_count(connection: Connection) -> int:
    """How many laboratories the public finds."""
    return connection.scalar(select(func.count()).select_from(Lab).where(Lab.state == PUBLISHED)) or 0


def read_cards(connection: Connection, lab_ids: Sequence[int]) -> dict[int, bytes]:
    """The search items of those of *lab_ids* that are published."""
    return {row.id: row.card.encode() for row in connection.execute(_CARDS, {"ids": lab_ids})}


def _cards(cards: Cards, hits: Sequence[Hit]) -> tuple[Card, ...]:
    items = cards([hit.lab_id for hit in hits])
    # One that was hidden after the index was read has no card any more.
    return tuple([Card(items[lab_id], round(miles(distance_m), 1)) for lab_id, distance_m in hits if lab_id in items])
