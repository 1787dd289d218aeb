"""Counts of options: bit by bit, and of laboratories rather than tests."""

import random

import numpy as np
import pytest

from registry.directory.entries import IndexEntry, OfferingFacts
from registry.directory.filters import FACET_BITS, WORD_BITS, Filter
from registry.directory.index import DirectoryIndex
from registry.directory.tally import count_bits
from registry.domain.geometry import Point
from tests.directory.oracle import ANYTHING, lab

ALL = (1 << FACET_BITS) - 1
HERE = Point(40.0, -75.0)

# Around the number from which counting goes another way, and around what one step of it can add up.
SIZES = (0, 1, 2, 63, 64, 65, 254, 255, 256, 257, 2_499, 2_500, 2_501, 3 * 5 * 17 * 257 - 1, 3 * 5 * 17 * 257)
LARGE = (3 * 5 * 17 * 257 + 1, 65_535, 65_536, 66_001, 131_073, 200_003)


def one_by_one(words: list[int]) -> list[int]:
    return [sum(word >> bit & 1 for word in words) for bit in range(64)]


class TestCountBits:
    @pytest.mark.parametrize("size", SIZES)
    def test_each_bit_is_counted_as_one_would(self, size: int) -> None:
        rng = random.Random(size)
        words = [rng.getrandbits(63) & rng.getrandbits(63) for _ in range(size)]
        # Only the first few thousand are counted by hand; the rest repeats them.
        words = (words[:3_001] * (size // 3_001 + 1))[:size]
        assert count_bits(np.array(words, np.int64)).tolist() == one_by_one(words)

    @pytest.mark.parametrize("size", [*SIZES, *LARGE])
    def test_bits_that_all_have_do_not_run_over(self, size: int) -> None:
        counts = count_bits(np.full(size, (1 << 63) - 1, np.int64))
        assert counts.tolist() == [size] * 63 + [0]

    @pytest.mark.parametrize("size", LARGE)
    def test_large_counts_are_those_of_numpy(self, size: int) -> None:
        words = np.random.default_rng(size).integers(0, 1 << 63, size, np.int64)
        expected = [int(np.count_nonzero(words >> np.int64(bit) & np.int64(1))) for bit in range(64)]
        assert count_bits(words).tolist() == expected

    def test_each_bit_stands_at_its_own_place(self) -> None:
        for size in (10, 5_000):
            for bit in range(63):
                counts = count_bits(np.full(size, 1 << bit, np.int64))
                assert counts[bit] == size
                assert counts.sum() == size


class TestTally:
    def test_nobody_is_counted_in_an_empty_directory(self) -> None:
        index = DirectoryIndex.build([], version=1)
        for point in (None, HERE):
            for within_m in (None, 1e5):
                tally = index.tally(point, within_m=within_m, wanted=[(ANYTHING, ALL), (Filter((1,)), 3)])
                assert set(tally.counts) == {0}

    def test_a_laboratory_without_tests_has_no_option(self) -> None:
        index = DirectoryIndex.build([IndexEntry(1, "none", 40, -75, ()), lab(2, 40, -75, facets=(5,))], version=1)
        for within_m in (None, 1e5):
            tally = index.tally(HERE, within_m=within_m, wanted=[(ANYTHING, ALL)])
            assert [tally.of(bit) for bit in (1, 2, 4)] == [1, 0, 1]

    def test_a_laboratory_counts_once_however_many_of_its_tests_have_the_option(self) -> None:
        tests = tuple(OfferingFacts(1 | 1 << place, 3) for place in (1, 62, 63, 64, 125))
        index = DirectoryIndex.build([IndexEntry(1, "many", 40, -75, tests)], version=1)
        tally = index.tally(None, within_m=None, wanted=[(ANYTHING, ALL)])
        assert [place for place in range(FACET_BITS) if tally.of(1 << place)] == [0, 1, 62, 63, 64, 125]
        assert max(tally.counts) == 1

    def test_what_a_filter_asks_must_hold_on_the_test_that_has_the_option(self) -> None:
        high = 1 << WORD_BITS + 5
        tests = (OfferingFacts(1 | high, 30), OfferingFacts(2, 3))
        index = DirectoryIndex.build([IndexEntry(1, "split", 40, -75, tests)], version=1)
        for point in (None, HERE):
            within_m = None if point is None else 10.0
            tally = index.tally(
                point, within_m=within_m, wanted=[(Filter((), 7), 1 | high), (Filter((high,)), 2), (Filter((2,)), 4)]
            )
            assert set(tally.counts) == {0}
            tally = index.tally(point, within_m=within_m, wanted=[(Filter((), 30), 1 | high), (Filter((), 3), 2)])
            assert [tally.of(bit) for bit in (1, high, 2)] == [1, 1, 1]

    def test_only_those_in_the_circle_are_counted(self) -> None:
        index = DirectoryIndex.build([lab(1, 40, -75), lab(2, 40.01, -75), lab(3, 50, -75)], version=1)
        counts = [
            index.tally(HERE, within_m=within_m, wanted=[(ANYTHING, 1)]).of(1) for within_m in (0.0, 2e3, 3e6, None)
        ]
        assert counts == [1, 2, 3, 3]
        assert index.tally(HERE, within_m=-1.0, wanted=[(ANYTHING, 1)]).of(1) == 0

    @pytest.mark.parametrize("count", [2_400, 2_600, 20_000])
    def test_many_are_counted_as_few(self, count: int) -> None:
        rng = random.Random(count)
        entries = [
            IndexEntry(
                number,
                "lab",
                rng.uniform(39, 41),
                rng.uniform(-76, -74),
                tuple(
                    OfferingFacts(rng.getrandbits(126) & rng.getrandbits(126), rng.randrange(30))
                    for _ in range(rng.choice((0, 1, 1, 3)))
                ),
            )
            for number in range(count)
        ]
        wanted = Filter((0b111, 0b111 << WORD_BITS), 20)
        tally = DirectoryIndex.build(entries, version=1).tally(
            HERE, within_m=None, wanted=[(wanted, ALL - 0xFF), (ANYTHING, 0xFF)]
        )
        options = []
        for entry in entries:
            free = met = 0
            for test in entry.offerings:
                free |= test.facets
                if all(test.facets & mask for mask in wanted.any_of) and test.calendar_days <= 20:
                    met |= test.facets
            options.append(met & ~0xFF | free & 0xFF)
        assert list(tally.counts) == [sum(held >> bit & 1 for held in options) for bit in range(FACET_BITS)]
