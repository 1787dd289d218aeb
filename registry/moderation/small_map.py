"""The small map of the review page, drawn on the server: outlines of states and lettered points. Pure functions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from registry.domain.geometry import Point
from registry.moderation.outlines import Outline, Ring

WIDTH, HEIGHT = 400, 280
MARGIN = 24
TOGETHER = 22
"""Marks nearer than this, in units of the drawing, are drawn as one."""

_NARROWEST = 0.6
"""Degrees of latitude that the map shows at least: about forty miles."""

_COARSE = 0.7


@dataclass(frozen=True, slots=True)
class Marked:
    """A point of the map: its letter, what it is, and how many miles it lies from the first one (None: it is it)."""

    letter: str
    name: str
    point: Point
    distance: float | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What is drawn: the letters that stand at one place, and where its middle is and how wide it is."""

    letters: str
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """The map: ``land`` and ``own`` (the state of the first point) are paths of an SVG of WIDTH by HEIGHT."""

    land: str
    own: str
    marks: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT


def drawn(marked: Sequence[Marked], state: str, outlines: Sequence[Outline]) -> Drawing | None:
    """*marked* on the outline of *state* (USPS code) and its neighbors; None without a point."""
    if not marked:
        return None
    middle = marked[0].point.longitude
    places = [(_turned(one.point.longitude, middle), one.point.latitude) for one in marked]
    own = next((outline for outline in outlines if outline.code == state), None)
    frame = _Frame.of(places, own)
    return Drawing(
        land="".join(_path(frame, outline) for outline in outlines if outline is not own),
        own=_path(frame, own) if own is not None else "",
        marks=_marks([frame.at(*place) for place in places], [one.letter for one in marked]),
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """What of the world is shown: its middle, and units of the drawing a degree."""

    lon: float
    lat: float
    across: float
    up: float

    @classmethod
    def of(cls, places: Sequence[tuple[float, float]], own: Outline | None) -> "_Frame":
        lons, lats = [place[0] for place in places], [place[1] for place in places]
        if own is not None:
            west, south, east, north = own.bounds
            lons, lats = [*lons, west, east], [*lats, south, north]
        lon, lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
        narrow = max(0.1, math.cos(math.radians(lat)))
        tall = max(max(lats) - min(lats), _NARROWEST)
        wide = max(max(lons) - min(lons), _NARROWEST)
        up = min((HEIGHT - 2 * MARGIN) / tall, (WIDTH - 2 * MARGIN) / (wide * narrow))
        return cls(lon, lat, up * narrow, up)

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        return WIDTH / 2 + (lon - self.lon) * self.across, HEIGHT / 2 - (lat - self.lat) * self.up


# Most entries stand within their state, so that its own frame comes again and again.
@lru_cache(maxsize=4096)
def _path(frame: _Frame, outline: Outline) -> str:
    west, south, east, north = outline.bounds
    (left, bottom), (right, top) = frame.at(west, south), frame.at(east, north)
    if right < 0 or left > WIDTH or bottom < 0 or top > HEIGHT:
        return ""
    return "".join(_ring(frame, ring) for ring in outline.rings)


def _ring(frame: _Frame, ring: Ring) -> str:
    """The ring without points that nobody could tell apart; nothing of islands that are smaller still."""
    kept: list[tuple[float, float]] = []
    for lon, lat in ring:
        x, y = frame.at(lon, lat)
        if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) > _COARSE:
            kept.append((x, y))
    if len(kept) < 3:
        return ""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + "Z"


def _marks(places: Sequence[tuple[float, float]], letters: Sequence[str]) -> tuple[Mark, ...]:
    """One mark for letters whose places cannot be told apart, at the place of the first of them."""
    groups: list[tuple[tuple[float, float], list[str]]] = []
    for place, letter in zip(places, letters, strict=True):
        group = next((one for one in groups if math.dist(one[0], place) < TOGETHER), None)
        if group is not None:
            group[1].append(letter)
        else:
            groups.append((place, [letter]))
    # The first stands over the others.
    return tuple(Mark(" ".join(of), round(x, 1), round(y, 1), 10 + 12 * len(of)) for (x, y), of in reversed(groups))


def _turned(lon: float, near: float) -> float:
    """*lon* moved by whole turns to within 180 degrees of *near*."""
    return lon + 360 * round((near - lon) / 360)
