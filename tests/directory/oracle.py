"""Brute force: what the index must answer, computed the slow way."""

import math
import random
from collections.abc import Sequence
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from pyproj import Geod

from registry.directory import index as index_module
from registry.directory.index import (
    UNKNOWN_DAYS,
    DirectoryIndex,
    Filter,
    Found,
    IndexEntry,
    OfferingFacts,
)
from registry.domain.geometry import METRES_PER_MILE

GEOD = Geod(ellps="WGS84")
ANYTHING = Filter()
ANTIPODAL_M = 20_003_931.4586

# Where grids, cells and formulas are tempted to go wrong.
NASTY_POINTS = [
    (90.0, 0.0),
    (90.0, 123.0),
    (-90.0, 0.0),
    (89.99999, -179.99999),
    (0.0, 0.0),
    (0.0, 180.0),
    (0.0, -180.0),
    (51.9, 179.9),
    (51.9, -179.9),
    (13.4443, 144.7937),
    (-14.2756, -170.702),
    (40.0, -75.0),
    (-40.0, 105.0),
    (-40.1, 104.9),
    (40.00000001, -75.00000001),
    (0.087890625, 10.0),
    (-0.087890625, 10.0),
]


def brute(
    entries: Sequence[IndexEntry], lat: float, lon: float, *, within_m: float | None, wanted: Filter
) -> list[tuple[float, str, int]]:
    found = []
    for entry in entries:
        if (wanted.any_of or wanted.max_days is not None) and not any(
            all(offering.facets & mask for mask in wanted.any_of)
            and (
                wanted.max_days is None
                or (offering.calendar_days != UNKNOWN_DAYS and offering.calendar_days <= wanted.max_days)
            )
            for offering in entry.offerings
        ):
            continue
        metres = round(GEOD.inv(lon, lat, entry.lon, entry.lat)[2], 3)
        if within_m is None or metres <= within_m:
            found.append((metres, entry.name_key, entry.lab_id))
    return sorted(found)


def assert_same(found: Found, expected: list[tuple[float, str, int]], offset: int, limit: int) -> None:
    page = expected[offset : offset + limit]
    assert found.total == len(expected)
    assert [hit.lab_id for hit in found.hits] == [lab_id for _, _, lab_id in page]
    assert [hit.distance_m for hit in found.hits] == pytest.approx([metres for metres, _, _ in page], abs=0.0015)


def check(
    index: DirectoryIndex,
    entries: Sequence[IndexEntry],
    lat: float,
    lon: float,
    *,
    within_m: float | None,
    wanted: Filter = ANYTHING,
    offset: int = 0,
    limit: int = 20,
) -> None:
    expected = brute(entries, lat, lon, within_m=within_m, wanted=wanted)
    # A filter asked for again is answered from memory; and what is done for many must be right for few.
    for few in (4096, 4, 4):
        with patch.object(index_module, "_FEW", few):
            found = index.search(lat, lon, within_m=within_m, filter=wanted, offset=offset, limit=limit)
        assert_same(found, expected, offset, limit)


def lab(
    lab_id: int, lat: float, lon: float, *, name: str = "", facets: Sequence[int] = (1,), days: int = 7
) -> IndexEntry:
    offerings = tuple(OfferingFacts(mask, days) for mask in facets)
    return IndexEntry(lab_id, name or f"lab {lab_id:05}", lat, lon, offerings)


def scattered(seed: int, count: int, kind: str) -> list[IndexEntry]:
    """Laboratories of one kind of landscape; a seed instead of drawn values keeps hundreds of them quick to
    draw.
    """
    rng = random.Random(seed)
    towns = [(rng.uniform(-80, 80), rng.uniform(-180, 180)) for _ in range(4)]

    def round_(lon: float) -> float:
        return (lon + rng.gauss(0, 0.5) + 180) % 360 - 180

    places = {
        "country": lambda: (rng.uniform(24, 49), rng.uniform(-125, -67)),
        "world": lambda: (math.degrees(math.asin(rng.uniform(-1, 1))), rng.uniform(-180, 180)),
        "towns": lambda: (towns[(i := rng.randrange(4))][0] + rng.gauss(0, 0.2), round_(towns[i][1])),
        "one point": lambda: (40.0, -75.0),
        "few points": lambda: rng.choice(NASTY_POINTS),
        "pole": lambda: (rng.choice((-1, 1)) * (90 - rng.expovariate(1.0) % 20), rng.uniform(-180, 180)),
        "antimeridian": lambda: (rng.gauss(52, 1), round_(180)),
        "antipodes": lambda: (-40 + rng.gauss(0, 0.5), 105 + rng.gauss(0, 0.5)),
    }
    result = []
    for number in range(count):
        lat, lon = places[kind]()
        offerings = tuple(
            OfferingFacts(rng.getrandbits(6) & rng.getrandbits(6), rng.choice((1, 5, 10, 30, UNKNOWN_DAYS)))
            for _ in range(rng.choice((0, 1, 1, 1, 2, 5)))
        )
        name = rng.choice(("Alpha", "Beta", "Éclair", "Ωmega", "alpha"))
        result.append(IndexEntry(number * 7 % 1009 + 1, name, lat, lon, offerings))
    return result


KINDS = ["country", "world", "towns", "one point", "few points", "pole", "antimeridian", "antipodes"]
landscapes = st.builds(scattered, st.integers(0, 2**32), st.integers(0, 300), st.sampled_from(KINDS))
filters = st.builds(
    Filter,
    any_of=st.lists(st.integers(0, 63), max_size=2).map(tuple),
    max_days=st.one_of(st.none(), st.sampled_from((-1, 0, 1, 7, 10, 365, UNKNOWN_DAYS, 10**9))),
)
points = st.one_of(
    st.sampled_from(NASTY_POINTS),
    st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    st.tuples(st.floats(24, 49), st.floats(-125, -67)),
)
radii = st.one_of(
    st.none(),
    st.sampled_from((0.0, -1.0, 1.0, 25 * METRES_PER_MILE, 500 * METRES_PER_MILE, 8e6, 1.99e7, 2.1e7)),
    st.floats(0, 2.1e7),
)
bounded = settings(
    deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, max_examples=60, database=None
)
