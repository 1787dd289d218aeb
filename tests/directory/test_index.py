"""The index against brute force: every laboratory measured and sorted, one by one."""

import math
import random
from collections.abc import Sequence
from unittest.mock import patch

import pytest
from geopy.distance import geodesic
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from registry.directory import index as index_module
from registry.directory.index import (
    UNKNOWN_DAYS,
    DirectoryIndex,
    Filter,
    Found,
    Hit,
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


class TestGeodesics:
    def test_they_are_those_of_geopy_to_the_millimetre(self) -> None:
        rng = random.Random(1)
        pairs = [(a, b) for a in NASTY_POINTS for b in NASTY_POINTS]
        pairs += [
            (
                (rng.uniform(-90, 90), rng.uniform(-180, 180)),
                (rng.uniform(-90, 90), rng.uniform(-180, 180)),
            )
            for _ in range(200)
        ]
        for a, b in [*pairs]:
            near_antipode = (-a[0] + rng.gauss(0, 0.1), (a[1] + rng.gauss(0, 0.1)) % 360 - 180)
            pairs.append((a, (max(-90.0, min(90.0, near_antipode[0])), near_antipode[1])))
            pairs.append((a, (max(-90.0, min(90.0, a[0] + rng.gauss(0, 1e-6))), b[1])))
        for a, b in pairs:
            index = DirectoryIndex.build([lab(1, *b)], version=1)
            (hit,) = index.nearest(*a, filter=ANYTHING, count=1)
            assert hit.distance_m == pytest.approx(geodesic(a, b).meters, abs=0.001), (a, b)


class TestAgainstBruteForce:
    @bounded
    @given(landscapes, points, radii, filters, st.integers(0, 40), st.integers(0, 40))
    def test_a_page_is_the_page_of_everything_sorted(
        self,
        entries: list[IndexEntry],
        point: tuple[float, float],
        within_m: float | None,
        wanted: Filter,
        offset: int,
        limit: int,
    ) -> None:
        index = DirectoryIndex.build(entries, version=1)
        check(index, entries, *point, within_m=within_m, wanted=wanted, offset=offset, limit=limit)

    @bounded
    @given(landscapes, points, st.integers(0, 2**32), st.integers(1, 400))
    def test_pages_follow_on_each_other_and_hold_each_laboratory_once(
        self, entries: list[IndexEntry], point: tuple[float, float], seed: int, size: int
    ) -> None:
        index = DirectoryIndex.build(random.Random(seed).sample(entries, len(entries)), version=1)
        hits: list[Hit] = []
        for offset in range(0, len(entries) + size, size):
            hits += index.search(*point, within_m=None, filter=ANYTHING, offset=offset, limit=size).hits
        assert_same(
            Found(len(entries), tuple(hits)),
            brute(entries, *point, within_m=None, wanted=ANYTHING),
            0,
            len(entries),
        )

    @bounded
    @given(landscapes, landscapes, points, radii, filters, st.integers(0, 2**32))
    def test_an_updated_snapshot_is_one_built_anew(
        self,
        entries: list[IndexEntry],
        others: list[IndexEntry],
        point: tuple[float, float],
        within_m: float | None,
        wanted: Filter,
        seed: int,
    ) -> None:
        rng = random.Random(seed)
        index = DirectoryIndex.build(entries, version=1)
        present = {entry.lab_id: entry for entry in entries}
        for version in range(2, 5):
            before, state_before = index, sorted(present.values(), key=lambda entry: entry.lab_id)
            # The second question is remembered, and must be carried over.
            check(before, state_before, *point, within_m=within_m, wanted=wanted)
            changed = rng.sample(others, rng.randint(0, min(len(others), 30)))
            removed = rng.sample(range(1, 1100), rng.choice((0, 3, 200)))
            index = before.updated(changed, removed, version)
            present.update((entry.lab_id, entry) for entry in changed)
            for lab_id in removed:
                present.pop(lab_id, None)
            assert index.version == version
            assert len(index) == len(present)
            check(index, list(present.values()), *point, within_m=within_m, wanted=wanted, limit=400)
            check(before, state_before, *point, within_m=within_m, wanted=wanted)


@pytest.fixture(scope="module")
def crowd() -> tuple[DirectoryIndex, list[IndexEntry]]:
    """Enough laboratories that the index must leave most of them unmeasured: towns, a shared point, the far
    places.
    """
    rng = random.Random(7)
    towns = [(rng.uniform(25, 48), rng.uniform(-122, -70)) for _ in range(60)]
    entries = []
    for number in range(24_000):
        lat, lon = rng.choice(towns)
        if number % 3:
            lat, lon = lat + rng.gauss(0, 0.8), lon + rng.gauss(0, 0.8)
        if number % 40 == 0:
            lat, lon = rng.choice(NASTY_POINTS)
        facets = 1 << rng.randrange(6) | (64 if number % 2_000 == 0 else 0)
        offerings = (OfferingFacts(facets, rng.randrange(30)), OfferingFacts(1 << rng.randrange(6), 3))
        entries.append(IndexEntry(number, f"lab {rng.randrange(500)}", lat, lon, offerings))
    return DirectoryIndex.build(entries, version=1), entries


class TestInACrowd:
    @pytest.mark.parametrize("within_miles", [25, 100, 500, None])
    @pytest.mark.parametrize("wanted", [ANYTHING, Filter((1,)), Filter((3, 6), 7), Filter((64,))])
    def test_what_is_measured_in_part_is_what_would_be_measured_in_full(
        self, crowd: tuple[DirectoryIndex, list[IndexEntry]], within_miles: int | None, wanted: Filter
    ) -> None:
        index, entries = crowd
        rng = random.Random(f"{within_miles} {wanted}")
        within_m = None if within_miles is None else within_miles * METRES_PER_MILE
        town = rng.choice(entries)
        for lat, lon in [*rng.sample(NASTY_POINTS, 2), (39.0, -90.0), (town.lat + 0.01, town.lon)]:
            expected = brute(entries, lat, lon, within_m=within_m, wanted=wanted)
            for offset in (0, 20, 3_000):
                # Asked three times: at first sight, when remembered, and from memory.
                for _ in range(3):
                    found = index.search(lat, lon, within_m=within_m, filter=wanted, offset=offset, limit=20)
                    assert_same(found, expected, offset, 20)

    def test_thousands_on_one_point_are_paged_by_name_then_id(self) -> None:
        rng = random.Random(3)
        entries = [lab(number, 40.7506, -73.9972, name=f"lab {rng.randrange(40)}") for number in range(6_000)]
        index = DirectoryIndex.build(entries, version=1)
        expected = [entry.lab_id for entry in sorted(entries, key=lambda entry: (entry.name_key, entry.lab_id))]
        for offset in (0, 20, 2_990, 5_990):
            for lat, lon in ((40.7506, -73.9972), (34.1, -118.2)):
                found = index.search(lat, lon, within_m=None, filter=ANYTHING, offset=offset, limit=20)
                assert [hit.lab_id for hit in found.hits] == expected[offset : offset + 20]

    def test_different_points_at_one_distance_stand_by_name(self) -> None:
        index = DirectoryIndex.build(
            [lab(1, 40.0, -74.0, name="b"), lab(2, 40.0, -76.0, name="a"), lab(3, 40.0, -74.0, name="a")],
            version=1,
        )
        hits = index.nearest(40.0, -75.0, filter=ANYTHING, count=9)
        assert [hit.lab_id for hit in hits] == [2, 3, 1]
        assert len({hit.distance_m for hit in hits}) == 1


class TestEdges:
    def test_an_empty_directory_finds_nothing(self) -> None:
        index = DirectoryIndex.build([], version=7)
        assert (len(index), index.version) == (0, 7)
        assert index.search(40, -75, within_m=1e6, filter=Filter((1,)), offset=0, limit=20) == Found(0, ())
        assert index.nearest(40, -75, filter=ANYTHING, count=10) == ()
        assert len(index.updated([lab(1, 40, -75)], [99], version=8)) == 1

    def test_limit_nothing_still_counts(self) -> None:
        index = DirectoryIndex.build([lab(1, 40, -75), lab(2, 41, -75)], version=1)
        assert index.search(40, -75, within_m=None, filter=ANYTHING, offset=0, limit=0) == Found(2, ())
        assert index.search(40, -75, within_m=1.0, filter=ANYTHING, offset=0, limit=0) == Found(1, ())
        assert index.search(40, -75, within_m=None, filter=ANYTHING, offset=10**9, limit=20) == Found(2, ())

    def test_a_filter_that_nobody_satisfies_finds_nothing(self) -> None:
        index = DirectoryIndex.build([lab(1, 40, -75, facets=(1, 2))], version=1)
        for wanted in (Filter((4,)), Filter((0,)), Filter((), 6), Filter((), -1)):
            for within_m in (1e6, None):
                found = index.search(40, -75, within_m=within_m, filter=wanted, offset=0, limit=20)
                assert found == Found(0, ())

    def test_all_of_a_filter_must_hold_on_one_test(self) -> None:
        index = DirectoryIndex.build(
            [
                IndexEntry(1, "split", 40, -75, (OfferingFacts(1, 30), OfferingFacts(2, 3))),
                IndexEntry(2, "whole", 40, -75, (OfferingFacts(4, 3), OfferingFacts(3, 3))),
            ],
            version=1,
        )
        for wanted in (Filter((1, 2)), Filter((1,), 10)):
            assert [hit.lab_id for hit in index.nearest(40, -75, filter=wanted, count=9)] == [2]

    def test_an_unknown_turnaround_satisfies_no_limit(self) -> None:
        index = DirectoryIndex.build([lab(1, 40, -75, days=UNKNOWN_DAYS)], version=1)
        assert index.nearest(40, -75, filter=Filter((), 10**9), count=9) == ()
        assert len(index.nearest(40, -75, filter=ANYTHING, count=9)) == 1

    def test_a_laboratory_exactly_on_the_radius_is_within(self) -> None:
        metres = round(geodesic((40, -75), (40.5, -75.5)).meters, 3)
        index = DirectoryIndex.build([lab(1, 40.5, -75.5)], version=1)
        inside, outside = (
            index.search(40, -75, within_m=within_m, filter=ANYTHING, offset=0, limit=1).total
            for within_m in (metres, metres - 0.001)
        )
        assert (inside, outside) == (1, 0)

    def test_both_sides_of_the_antimeridian_are_neighbours(self) -> None:
        index = DirectoryIndex.build([lab(1, 51.9, 179.99), lab(2, 51.9, -179.99), lab(3, 51.9, 178)], version=1)
        found = index.search(51.9, 180, within_m=2_000, filter=ANYTHING, offset=0, limit=9)
        assert [hit.lab_id for hit in found.hits] == [1, 2]

    @pytest.mark.parametrize(("lat", "lon"), [(91, 0), (0, 181), (math.nan, 0), (0, math.inf)])
    def test_no_such_point_is_refused(self, lat: float, lon: float) -> None:
        index = DirectoryIndex.build([lab(1, 40, -75)], version=1)
        with pytest.raises(ValueError, match="out of range"):
            index.search(lat, lon, within_m=None, filter=ANYTHING, offset=0, limit=1)
        with pytest.raises(ValueError, match="out of range"):
            DirectoryIndex.build([lab(1, lat, lon)], version=1)

    def test_impossible_questions_are_refused(self) -> None:
        index = DirectoryIndex.build([lab(1, 40, -75)], version=1)
        for within_m, offset, limit in ((math.nan, 0, 1), (None, -1, 1), (None, 0, -1)):
            with pytest.raises(ValueError):
                index.search(40, -75, within_m=within_m, filter=ANYTHING, offset=offset, limit=limit)
        with pytest.raises(ValueError, match="mask"):
            Filter((1 << 63,))

    def test_columns_that_do_not_agree_are_refused(self) -> None:
        good = {
            "lab_ids": [5, 3],
            "name_keys": ["b", "a"],
            "latitudes": [40.0, 41.0],
            "longitudes": [-75.0, -75.0],
            "offering_lab_ids": [3, 5, 3],
            "facets": [1, 2, 4],
            "calendar_days": [7, 7, 100_000],
        }
        index = DirectoryIndex.from_columns(1, **good)
        assert [hit.lab_id for hit in index.nearest(40, -75, filter=Filter((4,)), count=9)] == [3]
        for broken in (
            {"lab_ids": [5, 5]},
            {"offering_lab_ids": [3, 5, 4]},
            {"offering_lab_ids": [3, 5, 6]},
            {"facets": [1]},
            {"name_keys": ["a"]},
            {"facets": [1, 2, -1]},
            {"calendar_days": [1, 1, -1]},
        ):
            with pytest.raises(ValueError):
                DirectoryIndex.from_columns(1, **{**good, **broken})
