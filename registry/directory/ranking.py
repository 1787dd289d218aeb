"""The order of laboratories around one point: by geodesic, ties by name key and id.

Chords are quick to measure and bound the geodesics (see geometry), so that only the laboratories of a page,
and those that might stand on it, get theirs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from registry.directory.bands import Floats, degrees
from registry.directory.rows import Rows
from registry.domain.geometry import (
    Point,
    earth_centred,
    longest_chord,
    longest_geodesic,
    shortest_chord,
    shortest_geodesic,
)

# Covers the rounding of chords (nanometres) and of distances to the millimetre.
SLACK_M = 0.002
_GEOD = Geod(ellps="WGS84")
_FIRST = np.zeros(1, np.int64)

RowNumbers = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Row numbers as runs give them, each once, and the straight distances to them in metres."""

    rows: RowNumbers
    chords: Floats

    @classmethod
    def unmeasured(cls, rows: RowNumbers) -> "Candidates":
        """Rows that nobody looks at from anywhere."""
        return cls(rows, np.zeros(len(rows)))

    def where(self, kept: NDArray[np.bool_]) -> "Candidates":
        return Candidates(self.rows[kept], self.chords[kept])

    def reach_of_nearest(self, count: int) -> float:
        """The largest chord that any of the so many nearest of all laboratories can have, those here among
        them.
        """
        return longest_chord(longest_geodesic(_smallest(self.chords, count - 1))) + 2 * SLACK_M


class Ranking:
    """Laboratories as seen from one point."""

    __slots__ = ("_centre", "_rows", "point")

    def __init__(self, rows: Rows, point: Point) -> None:
        self._rows = rows
        self.point = point
        self._centre = np.array(earth_centred(point))[:, np.newaxis]

    def measured(self, rows: RowNumbers) -> Candidates:
        # Differences first: squares of earth radii would cancel and leave centimetres of error.
        away = self._rows.positions.take(rows, axis=1)
        away -= self._centre
        away *= away
        return Candidates(rows, np.sqrt(away[0] + away[1] + away[2]))

    def inside(self, candidates: Candidates, within_m: float) -> Candidates:
        """Those within the radius; only where the chord leaves a doubt is the geodesic asked."""
        kept = candidates.chords < shortest_chord(within_m) - SLACK_M
        sure = np.count_nonzero(kept)
        if sure == len(kept):
            return candidates
        possible = candidates.chords <= longest_chord(within_m) + SLACK_M
        if sure < np.count_nonzero(possible):
            doubtful = np.flatnonzero(possible & ~kept)
            kept[doubtful] = self._geodesics(self._rows.positions[:, candidates.rows[doubtful]]) <= within_m
        return candidates.where(kept)

    def page(self, candidates: Candidates, offset: int, last: int) -> list[tuple[int, float]]:
        """Laboratory ids and metres of places offset to last (excluded) of all candidates in order."""
        if offset >= last:
            return []
        # The bounds hold for each, hence for the k-th smallest: who is surely farther than the last of the page
        # stands behind it, who is surely nearer than its first stands before it.
        chords = candidates.chords
        farthest = longest_chord(longest_geodesic(_smallest(chords, last - 1))) + 2 * SLACK_M
        possible = chords <= farthest
        before = 0
        if offset:
            nearest = shortest_chord(shortest_geodesic(_smallest(chords, offset))) - 2 * SLACK_M
            before = int(np.count_nonzero(chords < nearest))
            possible &= chords >= nearest
        return self._ordered(candidates.rows[possible], offset - before, last - before)

    def _ordered(self, rows: RowNumbers, start: int, end: int) -> list[tuple[int, float]]:
        """Places start to end of rows in order; those of one point stand together and ascend, as runs give them."""
        positions = self._rows.positions.take(rows, axis=1)
        # Many laboratories share the point of one ZIP code; then they stand together and in order of their
        # names.
        x, y, z = positions[:, 1:] != positions[:, :-1]
        firsts = np.concatenate((_FIRST, (x | y | z).nonzero()[0] + 1))
        distances = self._geodesics(positions.take(firsts, axis=1))
        lengths = np.concatenate((firsts[1:], [len(rows)])) - firsts
        metres = distances.repeat(lengths)
        order = metres.argsort(kind="stable")
        distances.sort()
        if np.count_nonzero(distances[1:] == distances[:-1]):
            order = self._by_name(rows, metres)
        page = order[start:end]
        return list(zip(self._rows.lab_ids[rows[page]].tolist(), metres[page].tolist(), strict=True))

    def _by_name(self, rows: RowNumbers, metres: Floats) -> NDArray[np.int64]:
        """The order where different points are at one distance, and only the names themselves can tell."""
        names = [self._rows.names.at(start) for start in self._rows.name_starts[rows].tolist()]
        keys = list(zip(metres.tolist(), names, self._rows.lab_ids[rows].tolist(), strict=True))
        return np.array(sorted(range(len(keys)), key=keys.__getitem__))

    def metres(self, rows: RowNumbers) -> Floats:
        """The geodesics to these rows."""
        return self._geodesics(self._rows.positions.take(rows, axis=1))

    def _geodesics(self, positions: Floats) -> Floats:
        latitudes, longitudes = degrees(positions)
        from_longitudes = np.full(len(latitudes), self.point.longitude)
        from_latitudes = np.full(len(latitudes), self.point.latitude)
        _, _, metres = _GEOD.inv(
            from_longitudes, from_latitudes, longitudes, latitudes, inplace=True, return_back_azimuth=False
        )
        rounded: Floats = np.rint(metres * 1000) / 1000
        return rounded


def _smallest(values: Floats, rank: int) -> float:
    """The value that so many others precede."""
    return float(np.partition(values, rank)[rank])
