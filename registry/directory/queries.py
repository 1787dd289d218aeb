"""What the directory's pages read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isnan
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import Session

from registry.directory.criteria import BEYOND, PAGE_SIZE, TRAVELLING, Criteria
from registry.directory.cursor import Cursor
from registry.directory.entries import Hit, Sort
from registry.directory.facets import DIMENSIONS
from registry.directory.filters import Filter
from registry.directory.index import DirectoryIndex
from registry.directory.tally import Tally
from registry.domain.geometry import Point, miles
from registry.models import Lab
from registry.models.lab import PUBLISHED
from registry.places.gazetteer import Place

_CARDS = select(Lab.id, Lab.card).where(Lab.id.in_(bindparam("ids", expanding=True)), Lab.state == PUBLISHED)
_AT_ONCE = 500
_OUTSIDE = DIMENSIONS["outside"].mask
_ALL_OPTIONS = sum(dimension.mask for dimension in DIMENSIONS.values())


Cards = Callable[[Sequence[int]], dict[int, bytes]]
"""Gives the search items of laboratories by id."""


class Card(NamedTuple):
    """One laboratory of an answer: its id, its item as JSON text without the distance, the distance in miles."""

    lab_id: int
    item: bytes
    distance_miles: float | None


@dataclass(frozen=True, slots=True)
class Results:
    """An answer: how many laboratories meet the criteria, and those of the asked page in order.

    ``expanded``: none met the radius, and ``cards`` are the nearest beyond it. ``first`` is the rank of the first card,
    from 1. ``cursor`` is where the next page begins, None after the last.
    """

    total: int
    cards: tuple[Card, ...]
    expanded: bool = False
    first: int = 1
    cursor: str | None = None

    @property
    def pages(self) -> int:
        """At least 1."""
        return max(1, -(-self.total // PAGE_SIZE))


def answer(index: DirectoryIndex, cards: Cards, place: Place | None, criteria: Criteria) -> Results:
    """The laboratories that meet the criteria, in their order; the nearest beyond the radius when none lies inside."""
    point = None if place is None else Point(place.lat, place.lon)
    within_m = None if point is None else criteria.within_m
    offset = _offset(index, point, within_m, criteria)
    found = index.ordered(
        point, within_m=within_m, filter=criteria.filter, sort=criteria.order, offset=offset, limit=PAGE_SIZE
    )
    if found.total == 0 and point is not None and within_m is not None:
        beyond = index.nearest(point.latitude, point.longitude, filter=criteria.filter, count=BEYOND)
        return Results(0, _cards(cards, beyond), expanded=bool(beyond))
    cursor = None
    if offset + len(found.hits) < found.total and found.hits:
        cursor = index.cursor_behind(found.hits, filter=criteria.filter, sort=criteria.order).text
    return Results(found.total, _cards(cards, found.hits), first=offset + 1, cursor=cursor)


def whole_answer(index: DirectoryIndex, cards: Cards, place: Place | None, criteria: Criteria) -> Iterator[Card]:
    """All laboratories of an answer; their items are taken a few hundred at a time."""
    point = None if place is None else Point(place.lat, place.lon)
    within_m = None if point is None else criteria.within_m
    found = index.ordered(
        point, within_m=within_m, filter=criteria.filter, sort=criteria.order, offset=0, limit=len(index)
    )
    for start in range(0, len(found.hits), _AT_ONCE):
        yield from _cards(cards, found.hits[start : start + _AT_ONCE])


def travelling(index: DirectoryIndex, cards: Cards, place: Place, criteria: Criteria, results: Results) -> list[Card]:
    """The nearest that accept outside specimens, when the nearest of all does not: on the first page by distance."""
    if not results.cards or results.first > 1 or criteria.order is not Sort.DISTANCE or "outside" in criteria.wishes:
        return []
    wanted = Filter((*criteria.filter.any_of, _OUTSIDE), criteria.max_days)
    hits = index.nearest(place.lat, place.lon, filter=wanted, count=TRAVELLING)
    if not hits or hits[0].lab_id == results.cards[0].lab_id:
        return []
    return list(_cards(cards, hits))


def tally(index: DirectoryIndex, place: Place | None, criteria: Criteria) -> Tally:
    """How many laboratories each option would leave: under the filters of the other dimensions, in the circle."""
    point = None if place is None else Point(place.lat, place.lon)
    freed = {name: DIMENSIONS[name].mask for name in criteria.wishes}
    wanted = [(criteria.filter, _ALL_OPTIONS - sum(freed.values()))]
    wanted += [(criteria.filter_without(name), mask) for name, mask in freed.items()]
    return index.tally(point, within_m=criteria.within_m, wanted=wanted)


def listing(session: Session, slug: str) -> Lab | None:
    """The published laboratory of *slug*."""
    return session.scalar(select(Lab).where(Lab.slug == slug, Lab.state == PUBLISHED))


def published_count(connection: Connection) -> int:
    """How many laboratories the public finds."""
    return connection.scalar(select(func.count()).select_from(Lab).where(Lab.state == PUBLISHED)) or 0


def read_cards(connection: Connection, lab_ids: Sequence[int]) -> dict[int, bytes]:
    """The search items of those of *lab_ids* that are published."""
    return {row.id: row.card.encode() for row in connection.execute(_CARDS, {"ids": lab_ids})}


def _offset(index: DirectoryIndex, point: Point | None, within_m: float | None, criteria: Criteria) -> int:
    cursor = None if criteria.after is None else Cursor.read(criteria.after)
    if cursor is None:
        return criteria.offset
    behind = index.place_behind(cursor, point, within_m=within_m, filter=criteria.filter, sort=criteria.order)
    return criteria.offset if behind is None else behind


def _cards(cards: Cards, hits: Sequence[Hit]) -> tuple[Card, ...]:
    items = cards([hit.lab_id for hit in hits])
    # One that was hidden after the index was read has no card any more.
    return tuple([Card(lab_id, items[lab_id], _miles(metres)) for lab_id, metres in hits if lab_id in items])


def _miles(metres: float) -> float | None:
    return None if isnan(metres) else round(miles(metres), 1)
