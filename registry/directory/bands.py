"""Where laboratories lie in the index: narrow latitude bands, by longitude inside a band.

A row's key is one 32-bit number: its band in the upper 11 bits, its longitude cell in the lower 21 (at most
19 m wide). Rows are sorted by key, so that what lies within a circle is a few runs of neighbouring rows,
found by bisection.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from registry.domain.geometry import (
    ECCENTRICITY_SQUARED,
    EQUATORIAL_RADIUS_M,
    SMALLEST_CURVATURE_RADIUS_M,
    Point,
    earth_centred,
    longest_geodesic,
)

Floats = NDArray[np.float64]
Keys = NDArray[np.uint32]
Positions = NDArray[np.int64]

BANDS = 1 << 11
CELL_BITS = 21
CELLS = 1 << CELL_BITS
# Beyond this chord the distance along a meridian need not grow with latitude any more: such circles take
# every row.
WIDEST_CHORD_M = 8_000_000.0
# Far above what rounding can do to a position (nanometres) or to an angle counted in cells.
POSITION_SLACK_M = 0.01
CELL_SLACK = 0.001


def earth_centred_rows(latitudes: Floats, longitudes: Floats) -> Floats:
    """Degrees to a (3, n) array of earth-centred metres; the arrays' form of geometry.earth_centred."""
    phi, lam = np.radians(latitudes), np.radians(longitudes)
    sine = np.sin(phi)
    normal = EQUATORIAL_RADIUS_M / np.sqrt(1 - ECCENTRICITY_SQUARED * sine * sine)
    from_axis = normal * np.cos(phi)
    return np.stack((from_axis * np.cos(lam), from_axis * np.sin(lam), normal * (1 - ECCENTRICITY_SQUARED) * sine))


def degrees(earth_centred: Floats) -> tuple[Floats, Floats]:
    """Back from (3, n) earth-centred metres on the ellipsoid to latitudes and longitudes, to a nanometre."""
    x, y, z = earth_centred
    latitudes = np.degrees(np.arctan2(z, (1 - ECCENTRICITY_SQUARED) * np.hypot(x, y)))
    return latitudes, np.degrees(np.arctan2(y, x))


def row_keys(latitudes: Floats, longitudes: Floats) -> Keys:
    """The key of each row (n,), degrees; longitudes may run over, 180 is -180."""
    band = np.clip((latitudes + 90) * (BANDS / 180), 0, BANDS - 1).astype(np.int64)
    cell = np.clip(((longitudes + 180) % 360) * (CELLS / 360), 0, CELLS - 1).astype(np.int64)
    return ((band << CELL_BITS) | cell).astype(np.uint32)


@dataclass(frozen=True, slots=True)
class Spans:
    """Disjoint runs of rows [start, end), in no particular order."""

    starts: Positions
    ends: Positions

    def count(self) -> int:
        return int(np.add.reduce(self.ends - self.starts))

    def positions(self) -> Positions:
        """Every position in the runs, one after the other."""
        lengths = self.ends - self.starts
        before = lengths.cumsum()
        result: Positions = (self.starts - before + lengths).repeat(lengths)
        result += np.arange(len(result))
        return result


_EDGES = earth_centred_rows(np.linspace(-90.0, 90.0, BANDS + 1), np.zeros(BANDS + 1))
_FROM_AXIS, _, _HEIGHT = _EDGES
# Four times the distance of a band's narrow and wide end from the axis; never quite nothing, for they divide.
_NARROW = 4 * np.maximum(np.minimum(_FROM_AXIS[:-1], _FROM_AXIS[1:]), 1e-6)
_WIDE = 4 * np.maximum(np.maximum(_FROM_AXIS[:-1], _FROM_AXIS[1:]), 1e-6)
_FIRST_KEYS = (np.arange(BANDS) << CELL_BITS).astype(np.float64)


class Surroundings:
    """The rows around a point up to a chord, in metres, with a few beyond: one run in each band that it
    touches.

    Let two points stand at distances p and q from the earth's axis, let d be the straight distance of their
    parallels along one meridian and L their difference in longitude: chord² = d² + 4pq sin²(L/2). Within a
    band d and p lie between their values at its edges, which bounds L from both sides.
    """

    __slots__ = ("_axis", "_bands", "_centre", "_farthest", "_keys", "spans")

    spans: Spans

    def __init__(self, keys: Keys, point: Point, chord_m: float) -> None:
        self._keys = keys
        self._bands: slice | None = None
        if chord_m > WIDEST_CHORD_M:
            self.spans = Spans(np.array([0]), np.array([len(keys)]))
            return
        from_axis, _, height = earth_centred(Point(point.latitude, 0.0))
        self._axis = max(from_axis, 1e-6)
        angle = math.degrees(longest_geodesic(chord_m + 1) / SMALLEST_CURVATURE_RADIUS_M)
        lowest, highest = _band(point.latitude - angle), _band(point.latitude + angle)
        bands, edges = slice(lowest, highest + 1), slice(lowest, highest + 2)
        across, upward = _FROM_AXIS[edges] - self._axis, _HEIGHT[edges] - height
        squares = across * across + upward * upward
        nearest = np.minimum(squares[:-1], squares[1:])
        self._farthest = np.maximum(squares[:-1], squares[1:])
        own = _band(point.latitude) - lowest
        # Its neighbours too: rounding may have put a laboratory into either.
        nearest[max(0, own - 1) : own + 2] = 0.0
        width = _half_width((chord_m + POSITION_SLACK_M) ** 2 - nearest, self._axis * _NARROW[bands]) + CELL_SLACK
        cell = _cells(point.longitude)
        widest = float(np.maximum.reduce(width)) + 2
        if cell < widest or cell + widest >= CELLS:
            self.spans = _round_the_antimeridian(keys, _FIRST_KEYS[bands], cell, width)
            return
        self._bands = bands
        self._centre = _FIRST_KEYS[bands] + cell
        self.spans = _runs(keys, self._centre - width, self._centre + width)

    def divided(self, sure_chord_m: float) -> tuple[Spans, Spans]:
        """The runs as two: rows that are all nearer than the chord, and the rest, which must be measured."""
        outer = self.spans
        if self._bands is None:
            return Spans(outer.starts[:0], outer.ends[:0]), outer
        width = _half_width(
            max(0.0, sure_chord_m - POSITION_SLACK_M) ** 2 - self._farthest, self._axis * _WIDE[self._bands]
        )
        width -= CELL_SLACK
        low, high = np.ceil(self._centre - width), np.floor(self._centre + width) - 1
        inner = _runs(self._keys, low, np.maximum(high, low - 1))
        return inner, Spans(np.concatenate((outer.starts, inner.ends)), np.concatenate((inner.starts, outer.ends)))


def around(keys: Keys, point: Point, *, bands: int) -> Positions:
    """Where the point itself would stand in its own band and in that many on either side (ascending)."""
    own = _band(point.latitude)
    first = _FIRST_KEYS[max(0, own - bands) : own + bands + 1]
    return keys.searchsorted((first + _cells(point.longitude)).astype(np.uint32))


def _half_width(remainder: Floats, axes: Floats) -> Floats:
    """Half the width in cells that 4pq sin²(L/2) <= remainder leaves, of axes 4pq; nothing where it is
    negative.
    """
    share = np.minimum(np.maximum(remainder, 0.0) / axes, 1.0)
    width: Floats = np.arcsin(np.sqrt(share)) * (CELLS / math.pi)
    return width


def _band(latitude: float) -> int:
    return min(max(int((latitude + 90) * (BANDS / 180)), 0), BANDS - 1)


def _cells(longitude: float) -> float:
    """Longitude counted in cells from the antimeridian; its whole part is a cell."""
    return min(((longitude + 180) % 360) * (CELLS / 360), CELLS - 1e-6)


def _runs(keys: Keys, low: Floats, high: Floats) -> Spans:
    """Rows from the cell in which each low key lies to the cell of the high key, included; the cells must
    exist.
    """
    return Spans(keys.searchsorted(low.astype(np.uint32)), keys.searchsorted(high.astype(np.uint32), side="right"))


def _round_the_antimeridian(keys: Keys, first: Floats, cell: float, width: Floats) -> Spans:
    """As _runs, where cells run over the end of a band, or all round the pole."""
    low, high = np.floor(cell - width), np.floor(cell + width)
    all_round = high - low >= CELLS - 1
    low[all_round], high[all_round] = 0, CELLS - 1
    first = np.concatenate((first, first, first))
    low = np.maximum(np.concatenate((low, low + CELLS, low - CELLS)), 0)
    high = np.minimum(np.concatenate((high, high + CELLS, high - CELLS)), CELLS - 1)
    some = low <= high
    return _runs(keys, (first + low)[some], (first + high)[some])
