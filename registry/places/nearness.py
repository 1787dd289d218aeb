"""How far two points are apart, quickly."""

import math

_KM_PER_DEGREE = 111.32


def kilometres(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Kilometres between two points in degrees on a flat map of their surroundings: within 1 % up to 200 km at the
    latitudes of the country, and never small for points far apart.
    """
    across = abs(lon_a - lon_b)
    across = min(across, 360.0 - across) * math.cos(math.radians((lat_a + lat_b) / 2))
    return _KM_PER_DEGREE * math.hypot(lat_a - lat_b, across)
