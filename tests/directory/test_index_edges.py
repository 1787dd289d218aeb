"""Many at one point, none at all, and the ends of the earth."""

import math
import random

import pytest
from geopy.distance import geodesic

from registry.directory.index import (
    UNKNOWN_DAYS,
    DirectoryIndex,
    Filter,
    Found,
    IndexEntry,
    OfferingFacts,
)
from registry.domain.geometry import METRES_PER_MILE
from tests.directory.oracle import (
    ANYTHING,
    NASTY_POINTS,
    assert_same,
    brute,
    lab,
)


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
            Filter((1 << 126,))

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
