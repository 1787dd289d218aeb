"""One point for each ZIP code out of sources that disagree, and what stands in where there is none."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from statistics import median
from typing import TypeVar

from seed_data.read_places import Point

Key = TypeVar("Key")

NEAR_KM = 30.0
"""A source farther than this from the median of all is not believed."""

WITNESS_KM = 100.0
"""A town farther than this from every postal source is another place of the same name."""

DECIDED: Mapping[str, str] = {
    "80841": "zipcodes",  # the Air Force Academy lies north of Colorado Springs
    "82615": "zipcodes",  # Shirley Basin lies south of Casper, in Carbon County
    "85670": "zipcodes",  # Fort Huachuca lies at Sierra Vista
    "89037": "zipcodes",  # Coyote Springs lies north-east of Las Vegas, GeoNames has the city
    "96898": "geonames",  # Wake Island lies west of the date line, zipcodes has Honolulu
    "99545": "geonames",  # Kongiganak lies on the Kuskokwim Bay, zipcodes has Bethel
    "99586": "geonames",  # Gakona lies on the Copper River
    "99627": "geonames",  # McGrath lies on the Kuskokwim, its tabulation area reaches far to the north-east
}
"""ZIP codes whose sources leave no majority, and the source that agrees with the map of the place."""


@dataclass(frozen=True, slots=True)
class Fused:
    """The point chosen, its source, and the sources too far from the median, with their kilometres."""

    point: Point
    source: str
    outliers: tuple[tuple[str, float], ...] = ()


def kilometres(a: Point, b: Point) -> float:
    """Great-circle distance on a sphere of 6,371 km: good enough to tell right from wrong."""
    lat_a, lon_a, lat_b, lon_b = (radians(x) for x in (*a, *b))
    h = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(min(1.0, h)))


def middle(points: Iterable[Point]) -> Point:
    """The median latitude and the median longitude. Raises `statistics.StatisticsError` for no points."""
    pairs = list(points)
    return median(lat for lat, _ in pairs), median(lon for _, lon in pairs)


def fuse(
    *,
    zcta: Point | None = None,
    geonames: Point | None = None,
    zipcodes: Point | None = None,
    towns: Iterable[Point] = (),
    decided: str | None = None,
) -> Fused | None:
    """The ZCTA centroid if it lies near the median of all, else GeoNames likewise, else the median.

    `towns` are the places that bear the ZIP code's city name in its state; the one nearest to a postal source
    is a witness for the median and never chosen itself. Two sources alone that contradict each other have no
    majority: GeoNames is taken then. None when no postal source has a point.
    """
    sources = {"zcta": zcta, "geonames": geonames, "zipcodes": zipcodes}
    postal = {name: point for name, point in sources.items() if point is not None}
    if not postal:
        return None
    near_towns = [(min(kilometres(town, point) for point in postal.values()), town) for town in towns]
    witnesses = list(postal.values())
    if near_towns and min(near_towns)[0] <= WITNESS_KM:
        witnesses.append(min(near_towns)[1])
    centre = middle(witnesses)
    away = {name: kilometres(point, centre) for name, point in postal.items()}
    outliers = tuple((name, km) for name, km in away.items() if km > NEAR_KM)
    if decided is not None:
        return Fused(postal[decided], decided, outliers)
    for name in ("zcta", "geonames"):
        if name in postal and away[name] <= NEAR_KM:
            return Fused(postal[name], name, outliers)
    if len(postal) == 1:
        ((name, point),) = postal.items()
        return Fused(point, name, outliers)
    if len(witnesses) == 2 and geonames is not None:
        return Fused(geonames, "geonames", outliers)
    return Fused(centre, "median", outliers)


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A ZIP code without a point of its own. `county` may be empty."""

    code: str
    city_key: str
    state: str
    county: str


def stand_ins(
    missing: Iterable[Unplaced],
    *,
    cities: Mapping[tuple[str, str], Point],
    counties: Mapping[tuple[str, str], Point],
    neighbours: Mapping[tuple[str, str], Point],
) -> dict[str, tuple[Point, str]]:
    """For each ZIP code without a point: the point of its city, its county or its ZIP3 area, and which it
    was.

    All three within its state: a ZIP3 area may span an ocean (969 does).
    """
    found: dict[str, tuple[Point, str]] = {}
    for zip_code in missing:
        if point := cities.get((zip_code.city_key, zip_code.state)):
            found[zip_code.code] = point, "city"
        elif zip_code.county and (point := counties.get((zip_code.county, zip_code.state))):
            found[zip_code.code] = point, "county"
        elif point := neighbours.get((zip_code.code[:3], zip_code.state)):
            found[zip_code.code] = point, "zip3"
    return found


def middles(points: Iterable[tuple[Key, Point]]) -> dict[Key, Point]:
    """The middle of the points of each group."""
    groups: dict[Key, list[Point]] = defaultdict(list)
    for key, point in points:
        groups[key].append(point)
    return {key: middle(group) for key, group in groups.items()}
