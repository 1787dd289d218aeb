"""Invented laboratory sites, spread as people are: near real towns with the weight of their population.

Seven in ten stand exactly on the point of a ZIP code, where the gazetteer puts an address; so many share one
point. The rest stand somewhere around their town.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from registry.directory.filters import UNKNOWN_DAYS
from registry.domain.states import US_STATES
from registry.places.gazetteer import gazetteer

SEED = 20261101
KM_OF_LATITUDE = 111.2
ON_ZIP_POINT = 0.7

# Shares of the methods among tests, in the order of the vocabulary; the last bit is for the rare filter.
METHODS = ("ihc", "fish", "cish", "sish", "ddish", "ngs_tissue", "ngs_ctdna", "rt_pcr", "other")
METHOD_SHARES = (0.44, 0.26, 0.02, 0.02, 0.05, 0.13, 0.05, 0.02, 0.01)
OUTSIDE_SHARES = (0.6, 0.1, 0.1, 0.2)
SPECIMENS = 10
RARE_SHARE = 1 / 35_000
METHOD_BITS = {method: 1 << place for place, method in enumerate(METHODS)}
ISH = sum(METHOD_BITS[method] for method in ("fish", "cish", "sish", "ddish"))
NGS = METHOD_BITS["ngs_tissue"] | METHOD_BITS["ngs_ctdna"]
OUTSIDE = 1 << len(METHODS)
FIRST_SPECIMEN = len(METHODS) + len(OUTSIDE_SHARES)
RARE = 1 << (FIRST_SPECIMEN + SPECIMENS)
OFFERINGS_SHARES = (0.5, 0.3, 0.13, 0.07)
DAYS = (2, 3, 5, 7, 9, 14, 21, 28, UNKNOWN_DAYS)


@dataclass(frozen=True, slots=True)
class Sites:
    """Where the laboratories stand: degrees, (n,) each."""

    latitudes: NDArray[np.float64]
    longitudes: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tests:
    """Offerings: the number of the laboratory (0 to n - 1, ascending), its facet bits, its calendar days,
    (m,) each.
    """

    laboratories: NDArray[np.int64]
    facets: NDArray[np.int64]
    calendar_days: NDArray[np.int64]


def zip_points() -> NDArray[np.float64]:
    """Latitude and longitude of every civilian ZIP code, (z, 2) in degrees: where people ask from."""
    entries = (gazetteer().zip(code) for code in gazetteer().zips())
    return np.array([(entry.lat, entry.lon) for entry in entries if entry and entry.lat is not None], np.float64)


def sites(count: int, *, seed: int = SEED) -> Sites:
    """That many sites."""
    rng = np.random.default_rng(seed)
    places = gazetteer()
    points_of_town: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for code in places.zips():
        entry = places.zip(code)
        if entry is not None and entry.lat is not None and entry.lon is not None:
            points_of_town.setdefault((entry.city, entry.state), []).append((entry.lat, entry.lon))
    towns = [town for state in US_STATES for town in places.largest_towns(state, 5_000) if town.population > 0]
    weights = np.array([town.population for town in towns], np.float64)
    chosen = rng.choice(len(towns), count, p=weights / weights.sum())

    centres = np.array([(town.lat, town.lon) for town in towns])
    # A town of a million is about 10 km from its middle to its edge, and towns grow in area with their
    # people.
    radius_km = 10 * np.sqrt(weights / 1e6) + 1
    distance_km = rng.exponential(radius_km[chosen])
    bearing = rng.uniform(0, 2 * np.pi, count)
    latitudes = centres[chosen, 0] + distance_km * np.cos(bearing) / KM_OF_LATITUDE
    longitudes = centres[chosen, 1] + distance_km * np.sin(bearing) / KM_OF_LATITUDE / np.cos(
        np.radians(centres[chosen, 0])
    )

    zips = [points_of_town.get((town.name, town.state), [(town.lat, town.lon)]) for town in towns]
    first = np.cumsum([0, *map(len, zips)])
    flat = np.array([point for points in zips for point in points])
    lengths = np.diff(first)
    snapped = rng.random(count) < ON_ZIP_POINT
    point = first[chosen] + (rng.random(count) * lengths[chosen]).astype(np.int64)
    latitudes[snapped], longitudes[snapped] = flat[point[snapped]].T
    return Sites(np.clip(latitudes, -89, 89), (longitudes + 180) % 360 - 180)


def her2_tests(count: int, *, seed: int = SEED) -> Tests:
    """The HER2 tests of that many laboratories, one to four each."""
    rng = np.random.default_rng(seed + 1)
    numbers = 1 + rng.choice(len(OFFERINGS_SHARES), count, p=OFFERINGS_SHARES)
    laboratories = np.repeat(np.arange(count), numbers)
    total = len(laboratories)
    facets = 1 << rng.choice(len(METHODS), total, p=METHOD_SHARES).astype(np.int64)
    facets |= 1 << (len(METHODS) + rng.choice(len(OUTSIDE_SHARES), total, p=OUTSIDE_SHARES).astype(np.int64))
    for specimen in range(SPECIMENS):
        facets |= (rng.random(total) < 1 / (specimen + 1)).astype(np.int64) << (FIRST_SPECIMEN + specimen)
    facets |= (rng.random(total) < RARE_SHARE).astype(np.int64) * RARE
    return Tests(laboratories, facets, rng.choice(DAYS, total))


def name_keys(count: int, *, seed: int = SEED) -> list[str]:
    """Invented names, as lists order them."""
    rng = np.random.default_rng(seed + 2)
    words = (
        "alder",
        "birch",
        "cedar",
        "dogwood",
        "elm",
        "fir",
        "ginkgo",
        "hazel",
        "juniper",
        "larch",
        "maple",
        "oak",
    )
    drawn = rng.integers(len(words), size=(count, 2)).tolist()
    return [f"{words[a]} {words[b]} pathology {number:07}" for number, (a, b) in enumerate(drawn)]
