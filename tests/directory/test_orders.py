"""Orders by name and by turnaround: edges, and a snapshot after many updates against one built anew."""

import random
from math import isnan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.directory.entries import Found, IndexEntry, OfferingFacts, Sort
from registry.directory.filters import FACET_BITS, UNKNOWN_DAYS, Filter
from registry.directory.index import DirectoryIndex
from registry.domain.geometry import Point
from tests.directory.oracle import ANYTHING, NASTY_POINTS, bounded, lab

HERE = Point(40.0, -75.0)
ALL = (1 << FACET_BITS) - 1
# Where the two columns of bits begin, end and meet.
PLACES = (0, 1, 30, 61, 62, 63, 64, 90, 125)
NAMES = ("", "a", "alpha", "alpha 2", "alphabet", "beta", "éclair", "zebra", "ωmega", "مختبر")


def order_of(
    index: DirectoryIndex,
    sort: Sort,
    point: Point | None = None,
    *,
    within_m: float | None = None,
    wanted: Filter = ANYTHING,
    offset: int = 0,
    limit: int = 100,
) -> list[int]:
    found = index.ordered(point, within_m=within_m, filter=wanted, sort=sort, offset=offset, limit=limit)
    return [hit.lab_id for hit in found.hits]


class TestEdges:
    @pytest.mark.parametrize("sort", list(Sort))
    def test_an_empty_directory_has_an_empty_order(self, sort: Sort) -> None:
        for index in (
            DirectoryIndex.build([], version=1),
            DirectoryIndex.build([lab(1, 40, -75)], 1).updated([], [1], 2),
        ):
            for within_m in (None, 0.0, 1e6):
                for wanted in (ANYTHING, Filter((1,)), Filter((), 5)):
                    found = index.ordered(HERE, within_m=within_m, filter=wanted, sort=sort, offset=0, limit=20)
                    assert found == Found(0, ())

    @pytest.mark.parametrize("sort", [Sort.NAME, Sort.TURNAROUND])
    def test_without_a_point_nobody_has_a_distance(self, sort: Sort) -> None:
        index = DirectoryIndex.build([lab(1, 40, -75), lab(2, 41, -75)], version=1)
        found = index.ordered(None, within_m=None, filter=ANYTHING, sort=sort, offset=0, limit=9)
        assert all(isnan(hit.distance_m) for hit in found.hits)
        assert len(found.hits) == 2

    def test_there_is_no_order_by_distance_from_nowhere(self) -> None:
        with pytest.raises(ValueError, match="without a point"):
            order_of(DirectoryIndex.build([lab(1, 40, -75)], version=1), Sort.DISTANCE)

    @pytest.mark.parametrize("sort", list(Sort))
    @pytest.mark.parametrize("wanted", [ANYTHING, Filter((1,))])
    def test_beyond_the_last_nothing_stands_but_the_total_does(self, sort: Sort, wanted: Filter) -> None:
        index = DirectoryIndex.build([lab(number, 40, -75) for number in range(5)], version=1)
        for point in (HERE, None) if sort is not Sort.DISTANCE else (HERE,):
            for offset, limit, shown in ((5, 20, 0), (10**9, 20, 0), (4, 20, 1), (0, 0, 0), (2, 2, 2)):
                found = index.ordered(point, within_m=None, filter=wanted, sort=sort, offset=offset, limit=limit)
                assert (found.total, len(found.hits)) == (5, shown)

    def test_laboratories_without_tests_are_found_by_name_and_stand_last_by_turnaround(self) -> None:
        none = [IndexEntry(number, f"none {number}", 40, -75, ()) for number in (1, 2)]
        index = DirectoryIndex.build([*none, lab(3, 50, -75, name="zebra", days=300)], version=1)
        assert order_of(index, Sort.NAME) == [1, 2, 3]
        assert order_of(index, Sort.TURNAROUND) == [3, 1, 2]
        assert order_of(index, Sort.TURNAROUND, HERE) == [3, 1, 2]
        assert order_of(index, Sort.TURNAROUND, HERE, within_m=1e3) == [1, 2]
        assert order_of(index, Sort.NAME, wanted=Filter((1,))) == [3]

    def test_only_a_test_that_matches_can_be_the_quickest(self) -> None:
        index = DirectoryIndex.build(
            [
                IndexEntry(1, "quick elsewhere", 40, -75, (OfferingFacts(1, 1), OfferingFacts(2, 9))),
                IndexEntry(2, "even", 40, -75, (OfferingFacts(2, 5),)),
                IndexEntry(3, "unknown", 40, -75, (OfferingFacts(2, UNKNOWN_DAYS), OfferingFacts(1, 2))),
            ],
            version=1,
        )
        for point in (None, HERE):
            assert order_of(index, Sort.TURNAROUND, point) == [1, 3, 2]
            assert order_of(index, Sort.TURNAROUND, point, wanted=Filter((2,))) == [2, 1, 3]

    def test_names_that_are_alike_stand_by_id(self) -> None:
        entries = [lab(number, 40 + number % 3, -75, name="same") for number in (9, 2, 7, 1, 30)]
        index = DirectoryIndex.build(entries, version=1).updated([lab(5, 40, -75, name="same")], [7], 2)
        for point in (None, HERE):
            assert order_of(index, Sort.NAME, point) == [1, 2, 5, 9, 30]


def random_entry(rng: random.Random, lab_id: int) -> IndexEntry:
    lat, lon = rng.choice(NASTY_POINTS)
    if rng.random() < 0.5:
        lat, lon = rng.uniform(39, 41), rng.uniform(-76, -74)
    tests = tuple(
        OfferingFacts(
            sum(1 << place for place in rng.sample(PLACES, rng.randint(0, 4))), rng.choice((1, 3, 7, UNKNOWN_DAYS))
        )
        for _ in range(rng.choice((0, 1, 1, 2, 4)))
    )
    return IndexEntry(lab_id, rng.choice(NAMES), lat, lon, tests)


def everything(index: DirectoryIndex, wanted: Filter) -> list[object]:
    """What the index answers to many questions at once."""
    answers: list[object] = [len(index), index.version]
    for point, within_m in ((HERE, None), (HERE, 2e5), (Point(0.0, 180.0), None), (None, None)):
        answers += [
            index.ordered(point, within_m=within_m, filter=wanted, sort=sort, offset=offset, limit=7).hits
            if point is not None
            else order_of(index, sort, wanted=wanted, offset=offset, limit=7)
            for sort in Sort
            for offset in (0, 5, 40)
            if point is not None or sort is not Sort.DISTANCE
        ]
        answers.append(index.tally(point, within_m=within_m, wanted=[(wanted, ALL)]).counts)
    return answers


class TestAfterUpdates:
    @settings(bounded, max_examples=20)
    @given(
        st.integers(0, 2**32),
        st.lists(st.sampled_from(PLACES), max_size=3, unique=True),
        st.sampled_from((None, 0, 3, 365)),
    )
    def test_a_snapshot_after_updates_answers_as_one_built_anew(
        self, seed: int, bits: list[int], max_days: int | None
    ) -> None:
        rng = random.Random(seed)
        present = {number: random_entry(rng, number) for number in rng.sample(range(200), rng.choice((0, 1, 40)))}
        wanted = Filter((sum(1 << bit for bit in bits),) if bits else (), max_days)
        index = DirectoryIndex.build(present.values(), version=1)
        for version in range(2, 7):
            # Asked before each change too, so that there is something remembered to carry over.
            before, answers = index, everything(index, wanted)
            changed = [random_entry(rng, number) for number in rng.sample(range(200), rng.choice((0, 1, 3, 60)))]
            removed = rng.sample(range(200), rng.choice((0, 1, 30, 150)))
            index = index.updated(changed, removed, version)
            present |= {entry.lab_id: entry for entry in changed}
            present = {number: entry for number, entry in present.items() if number not in removed}
            anew = DirectoryIndex.build(present.values(), version)
            assert everything(index, wanted) == everything(anew, wanted)
            assert everything(before, wanted) == answers

    def test_one_change_after_the_other_is_one_change(self) -> None:
        rng = random.Random(11)
        present = {number: random_entry(rng, number) for number in range(50)}
        index = DirectoryIndex.build(present.values(), version=0)
        for version in range(1, 151):
            number = rng.randrange(80)
            if rng.random() < 0.3:
                present.pop(number, None)
                index = index.updated([], [number], version)
            else:
                present[number] = random_entry(rng, number)
                index = index.updated([present[number]], [], version)
        anew = DirectoryIndex.build(present.values(), version=150)
        for wanted in (ANYTHING, Filter((1 << 63 | 1,)), Filter((1 << 125,), 7)):
            assert everything(index, wanted) == everything(anew, wanted)
