"""Points on the WGS84 ellipsoid, miles, and what a straight line through the earth says of the way over it.

Constants: NGA.STND.0036, World Geodetic System 1984 (semi-major axis and flattening are its defining values;
the international mile is 1,609.344 m exactly).

Two bounds hold between the chord c of two points of the ellipsoid and the geodesic s that joins them:

    2P asin(c / 2P)  <=  s  <=  2r asin(c / 2r)

where r = b²/a and P = a²/b are its smallest and its largest radius of curvature. The right-hand side is
Schwarz's theorem for a curve that nowhere bends more than a circle of radius r. For the left-hand side let g
be the square of the chord along the geodesic: the ellipsoid lies inside the ball of radius P that touches it
at any of its points (Blaschke), hence g'' <= 2 - g/P², which the circle of radius P satisfies with equality,
and Sturm's comparison gives c <= 2P sin(s / 2P). At 100 miles the two bounds are 9 cm apart.
"""

import math
from dataclasses import dataclass

EQUATORIAL_RADIUS_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
POLAR_RADIUS_M = EQUATORIAL_RADIUS_M * (1 - FLATTENING)
ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING)
SMALLEST_CURVATURE_RADIUS_M = POLAR_RADIUS_M**2 / EQUATORIAL_RADIUS_M
LARGEST_CURVATURE_RADIUS_M = EQUATORIAL_RADIUS_M**2 / POLAR_RADIUS_M
# From pole to pole: no two points of an oblate ellipsoid are farther apart.
LONGEST_GEODESIC_M = 20_003_931.4587
METRES_PER_MILE = 1_609.344


@dataclass(frozen=True, slots=True)
class Point:
    """A place in degrees of geodetic latitude (-90 to 90) and longitude (-180 to 180), WGS84.

    Raises ValueError when a coordinate is not finite or out of range.
    """

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        # Written so that NaN, which compares false with everything, is refused too.
        if not -90 <= self.latitude <= 90:
            raise ValueError(f"latitude out of range: {self.latitude!r}")
        if not -180 <= self.longitude <= 180:
            raise ValueError(f"longitude out of range: {self.longitude!r}")


def miles(metres: float) -> float:
    """Metres in international miles."""
    return metres / METRES_PER_MILE


def metres(miles: float) -> float:
    """International miles in metres."""
    return miles * METRES_PER_MILE


def earth_centred(point: Point) -> tuple[float, float, float]:
    """The point as x, y, z in metres from the centre of the earth (x to 0°E on the equator, z to the North
    Pole).
    """
    sine = math.sin(math.radians(point.latitude))
    normal = EQUATORIAL_RADIUS_M / math.sqrt(1 - ECCENTRICITY_SQUARED * sine * sine)
    from_axis = normal * math.cos(math.radians(point.latitude))
    return (
        from_axis * math.cos(math.radians(point.longitude)),
        from_axis * math.sin(math.radians(point.longitude)),
        normal * (1 - ECCENTRICITY_SQUARED) * sine,
    )


def shortest_geodesic(chord_m: float) -> float:
    """The least that a geodesic can measure between two points of the ellipsoid that far apart in a straight
    line.
    """
    diameter = 2 * LARGEST_CURVATURE_RADIUS_M
    return diameter * math.asin(min(1.0, chord_m / diameter))


def longest_geodesic(chord_m: float) -> float:
    """The most that a geodesic can measure between two points of the ellipsoid that far apart in a straight
    line.
    """
    diameter = 2 * SMALLEST_CURVATURE_RADIUS_M
    if chord_m >= diameter:
        return LONGEST_GEODESIC_M
    return diameter * math.asin(chord_m / diameter)


def shortest_chord(geodesic_m: float) -> float:
    """The least straight distance at which a geodesic of that length can be needed: anything nearer is within
    it.
    """
    diameter = 2 * SMALLEST_CURVATURE_RADIUS_M
    if geodesic_m >= math.pi / 2 * diameter:
        return diameter
    return diameter * math.sin(geodesic_m / diameter)


def longest_chord(geodesic_m: float) -> float:
    """The most that a geodesic of that length can span in a straight line: anything farther is beyond it."""
    diameter = 2 * LARGEST_CURVATURE_RADIUS_M
    return diameter * math.sin(min(math.pi / 2, geodesic_m / diameter))
