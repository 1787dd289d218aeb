"""The published laboratories of one directory version, held in memory and searched by distance.

A snapshot is immutable and may be read from any thread; a publication makes a new one. Distances are
geodesics of the WGS84 ellipsoid (Karney's algorithm as in PROJ), in metres and rounded to the millimetre, so
that laboratories at one point are at one distance whatever the last bits say; ties stand by name key, then by
id.
"""

from collections.abc import Iterable, Sequence
from math import isnan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from registry.directory import orders
from registry.directory.bands import Surroundings, around
from registry.directory.cursor import Cursor
from registry.directory.entries import Found, Hit, IndexEntry, OfferingFacts, Sort, rows_of
from registry.directory.filters import UNKNOWN_DAYS, Filter, Matching, MatchMemory
from registry.directory.ranking import SLACK_M, Candidates, Ranking, RowNumbers
from registry.directory.rows import Rows
from registry.directory.splice import member_runs, shifts, spliced
from registry.directory.tally import Tally, tally
from registry.domain.geometry import (
    LONGEST_GEODESIC_M,
    Point,
    longest_chord,
    shortest_chord,
)

__all__ = ["UNKNOWN_DAYS", "DirectoryIndex", "Filter", "Found", "Hit", "IndexEntry", "OfferingFacts", "Sort"]

# Up to so many rows it is quicker to measure all chords than to look for those that need not be measured.
_FEW = 4096
# So many bands on either side of a point are sampled to bound the distance of its nearest laboratories.
_SAMPLED_BANDS = 2
_MEMORY_BYTES = 32 << 20
_TALLIES = 2_000
"""Remembered; at about 2 kB each some 4 MB."""


class DirectoryIndex:
    """An immutable snapshot of the directory for searches by distance and filter."""

    __slots__ = ("_memory", "_rows", "_tallies", "version")

    def __init__(self, rows: Rows, version: int, memory: MatchMemory | None = None) -> None:
        self.version = version
        self._rows = rows
        self._memory = memory or MatchMemory(budget_bytes=_MEMORY_BYTES)
        self._tallies: dict[tuple[object, ...], Tally] = {}

    @classmethod
    def build(cls, entries: Iterable[IndexEntry], version: int) -> "DirectoryIndex":
        """Raises ValueError as from_columns does."""
        return cls(rows_of(entries), version)

    @classmethod
    def from_columns(
        cls,
        version: int,
        *,
        lab_ids: ArrayLike,
        name_keys: Sequence[str],
        latitudes: ArrayLike,
        longitudes: ArrayLike,
        offering_lab_ids: ArrayLike,
        facets: ArrayLike,
        calendar_days: ArrayLike,
    ) -> "DirectoryIndex":
        """The quick way for many: one value a laboratory, and one value an offering with its laboratory's id.

        Neither needs an order. Raises ValueError for coordinates out of range, a laboratory given twice, an
        offering of none of them, columns of unequal length, facets outside [0, 2**63) or negative days.
        """
        rows = Rows.of(
            lab_ids=lab_ids,
            name_keys=name_keys,
            latitudes=latitudes,
            longitudes=longitudes,
            offering_lab_ids=offering_lab_ids,
            facets=facets,
            calendar_days=calendar_days,
        )
        return cls(rows, version)

    def updated(self, changed: Iterable[IndexEntry], removed: Iterable[int], version: int) -> "DirectoryIndex":
        """A new snapshot in which the changed laboratories stand as given (new ones too) and the removed are
        gone.

        A laboratory both changed and removed is removed; removing an unknown one is no error. This snapshot
        stays as it is.
        """
        leaving = set(removed)
        entries = {entry.lab_id: entry for entry in changed}
        fresh = rows_of((entry for entry in entries.values() if entry.lab_id not in leaving), after=self._rows)
        rows, runs = self._rows.replaced(fresh, leaving | entries.keys())

        def still_matching(wanted: Filter, matching: NDArray[np.int32]) -> NDArray[np.int32]:
            joining = fresh.offerings.rows_matching(wanted)
            return spliced(member_runs(runs, matching, joining), matching, joining, shifts=shifts(runs))

        return DirectoryIndex(rows, version, self._memory.carried(still_matching))

    def __len__(self) -> int:
        return len(self._rows.lab_ids)

    @property
    def nbytes(self) -> int:
        """Bytes of the columns, without what is remembered of recent filters (at most 32 MiB)."""
        return self._rows.nbytes()

    def search(
        self, lat: float, lon: float, *, within_m: float | None, filter: Filter, offset: int, limit: int
    ) -> Found:
        """The laboratories with an offering that satisfies the filter, by distance from a point in degrees.

        within_m: at most so many metres away, None for any distance. The total is exact and counts all pages.
        Raises ValueError for coordinates out of range, a radius that is no number, a negative offset or
        limit.
        """
        ranking = Ranking(self._rows, Point(lat, lon))
        if offset < 0 or limit < 0:
            raise ValueError("offset and limit cannot be negative")
        within_m = _radius(within_m)
        if within_m is not None and within_m < 0:
            return Found(0, ())
        matching = self._matching(filter) if within_m is None or len(self) <= _FEW else self._recalled(filter)
        if matching is not None and matching.total <= _FEW:
            return _page_of(ranking, matching.all(), within_m, offset, limit)
        if within_m is not None:
            return self._search_within(ranking, within_m, filter, matching, offset, limit)
        matching = matching or self._matching(filter)
        last = min(offset + limit, matching.total)
        if offset >= last:
            return Found(matching.total, ())
        nearest = self._nearest(ranking, matching, last, farthest_m=np.inf)
        return _found(matching.total, ranking.page(nearest, offset, last))

    def nearest(self, lat: float, lon: float, *, filter: Filter, count: int) -> tuple[Hit, ...]:
        """The nearest laboratories that satisfy the filter, however far. Raises ValueError as search does."""
        return self.search(lat, lon, within_m=None, filter=filter, offset=0, limit=count).hits

    def ordered(
        self, point: Point | None, *, within_m: float | None, filter: Filter, sort: Sort, offset: int, limit: int
    ) -> Found:
        """As search, in an order of choice; without a point every laboratory counts, and none has a distance.

        Raises ValueError as search does, and for an order by distance from nowhere.
        """
        if point is None:
            if sort is Sort.DISTANCE:
                raise ValueError("without a point there is no order by distance")
            if filter.takes_all and sort is Sort.NAME:
                return orders.by_name_of_all(self._rows, None, offset, limit)
            rows = self._matching(filter).all()
            if sort is Sort.NAME:
                return orders.by_name(self._rows, rows, None, offset, limit)
            return orders.by_turnaround(self._rows, Candidates.unmeasured(rows), filter, None, offset, limit)
        if sort is Sort.DISTANCE:
            return self.search(
                point.latitude, point.longitude, within_m=within_m, filter=filter, offset=offset, limit=limit
            )
        ranking = Ranking(self._rows, point)
        if filter.takes_all and sort is Sort.NAME and _radius(within_m) is None:
            return orders.by_name_of_all(self._rows, ranking, offset, limit)
        found = self._inside(ranking, within_m, filter)
        if sort is Sort.NAME:
            return orders.by_name(self._rows, found.rows, ranking, offset, limit)
        return orders.by_turnaround(self._rows, found, filter, ranking, offset, limit)

    def cursor_behind(self, hits: Sequence[Hit], *, filter: Filter, sort: Sort) -> Cursor:
        """What names the end of a page that holds these laboratories of such an answer, one at least."""
        return orders.cursor_behind(self._rows, hits, filter, sort)

    def place_behind(
        self, cursor: Cursor, point: Point | None, *, within_m: float | None, filter: Filter, sort: Sort
    ) -> int | None:
        """How many laboratories of that answer stand before the cursor's next one; None when nothing of it is left."""
        if point is not None and sort is Sort.DISTANCE:
            return None if cursor.distance_mm is None else self._place_by_distance(cursor, point, filter)
        ranking = None if point is None else Ranking(self._rows, point)
        if ranking is None:
            found = Candidates.unmeasured(self._matching(filter).all())
        else:
            found = self._inside(ranking, within_m, filter)
        if sort is Sort.NAME:
            return orders.place_by_name(self._rows, found.rows, cursor)
        return orders.place_by_turnaround(self._rows, found, filter, ranking, cursor)

    def _place_by_distance(self, cursor: Cursor, point: Point, wanted: Filter) -> int:
        lat, lon, metres = point.latitude, point.longitude, (cursor.distance_mm or 0) / 1000
        nearer = self.search(lat, lon, within_m=metres - 0.0005, filter=wanted, offset=0, limit=0).total
        # Those at the very same distance stand by name; the cursor's are among them unless they are gone.
        reached = self.search(lat, lon, within_m=metres + 0.0005, filter=wanted, offset=0, limit=0).total
        ties = self.search(lat, lon, within_m=None, filter=wanted, offset=nearer, limit=reached - nearer).hits
        places = {hit.lab_id: place for place, hit in enumerate(ties, nearer + 1)}
        return next((places[lab_id] for lab_id in cursor.lab_ids if lab_id in places), nearer)

    def tally(self, point: Point | None, *, within_m: float | None, wanted: Sequence[tuple[Filter, int]]) -> Tally:
        """Within the circle (or of all), under each filter the counts of the options in its mask."""
        within_m = _radius(within_m)
        # Of all it is the same wherever one asks from; and much is asked from the same places.
        asked = (None if within_m is None else point, within_m, tuple(wanted))
        known = self._tallies.get(asked)
        if known is None:
            rows = None
            if point is not None and within_m is not None:
                rows = self._inside(Ranking(self._rows, point), within_m, Filter()).rows
            known = tally(self._rows.offerings, rows, wanted)
            if len(self._tallies) >= _TALLIES:
                self._tallies.clear()
            self._tallies[asked] = known
        return known

    def _inside(self, ranking: Ranking, within_m: float | None, wanted: Filter) -> Candidates:
        """All matching rows within the radius."""
        within_m = _radius(within_m)
        if within_m is None:
            return ranking.measured(self._matching(wanted).all())
        spans = Surroundings(self._rows.keys, ranking.point, longest_chord(within_m) + SLACK_M).spans
        matching = self._recalled(wanted)
        if matching is None:
            rows: RowNumbers = self._rows.offerings.rows_matching_in(wanted, spans)
        else:
            rows = matching.at(matching.seen(spans))
        return ranking.inside(ranking.measured(rows), within_m)

    def _recalled(self, wanted: Filter) -> Matching | None:
        """The rows that satisfy the filter, unless they would have to be looked for."""
        if wanted.takes_all:
            return Matching(len(self), None)
        rows = self._memory.recall(wanted)
        return None if rows is None else Matching(len(rows), rows)

    def _matching(self, wanted: Filter) -> Matching:
        """The rows that satisfy the filter."""
        matching = self._recalled(wanted)
        if matching is None:
            rows = self._rows.offerings.rows_matching(wanted)
            self._memory.learn(wanted, rows)
            matching = Matching(len(rows), rows)
        return matching

    def _search_within(
        self,
        ranking: Ranking,
        within_m: float,
        wanted: Filter,
        matching: Matching | None,
        offset: int,
        limit: int,
    ) -> Found:
        farthest = longest_chord(within_m) + SLACK_M
        surroundings = Surroundings(self._rows.keys, ranking.point, farthest)
        if matching is None:
            # One pass over everything pays where the circle is much of it, or where the filter is asked
            # again.
            if surroundings.spans.count() * 4 < len(self) and not self._memory.notice(wanted):
                near = self._rows.offerings.rows_matching_in(wanted, surroundings.spans)
                return _page_of(ranking, near, within_m, offset, limit)
            matching = self._matching(wanted)
        spans = matching.seen(surroundings.spans)
        if spans.count() <= _FEW:
            return _page_of(ranking, matching.at(spans), within_m, offset, limit)
        inside, edge = surroundings.divided(shortest_chord(within_m) - SLACK_M)
        at_edge = ranking.inside(ranking.measured(matching.at(matching.seen(edge))), within_m)
        total = matching.seen(inside).count() + len(at_edge.rows)
        last = min(offset + limit, total)
        if offset >= last:
            return Found(total, ())
        nearest = self._nearest(ranking, matching, last, farthest_m=farthest)
        return _found(total, ranking.page(ranking.inside(nearest, within_m), offset, last))

    def _nearest(self, ranking: Ranking, matching: Matching, count: int, *, farthest_m: float) -> Candidates:
        """At least the so many nearest matching rows (so many must exist), none beyond the farthest chord."""
        keys, point = self._rows.keys, ranking.point
        sample = ranking.measured(matching.at(matching.windows(around(keys, point, bands=_SAMPLED_BANDS), count)))
        reach = min(sample.reach_of_nearest(count), farthest_m)
        candidates = ranking.measured(matching.at(matching.seen(Surroundings(keys, point, reach).spans)))
        return candidates.where(candidates.chords <= reach)


def _radius(within_m: float | None) -> float | None:
    if within_m is not None and isnan(within_m):
        raise ValueError("the radius is not a number")
    return None if within_m is None or within_m >= LONGEST_GEODESIC_M else within_m


def _page_of(ranking: Ranking, rows: RowNumbers, within_m: float | None, offset: int, limit: int) -> Found:
    """The answer where every one of the rows is measured."""
    found = ranking.measured(rows)
    if within_m is not None:
        found = ranking.inside(found, within_m)
    total = len(found.rows)
    return _found(total, ranking.page(found, offset, min(offset + limit, total)))


def _found(total: int, page: list[tuple[int, float]]) -> Found:
    return Found(total, tuple(map(Hit._make, page)))
