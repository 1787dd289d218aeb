"""The index against brute force: every laboratory measured and sorted, one by one."""

import random

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from registry.directory.index import (
    DirectoryIndex,
    Filter,
    Found,
    Hit,
    IndexEntry,
)
from tests.directory.oracle import (
    ANYTHING,
    NASTY_POINTS,
    assert_same,
    bounded,
    brute,
    check,
    filters,
    lab,
    landscapes,
    points,
    radii,
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
