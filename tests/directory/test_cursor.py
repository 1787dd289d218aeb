"""Where a page ended: an address that cannot be anything else, and pages that stay whole while entries change."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.directory import queries
from registry.directory.criteria import PAGE_SIZE, Criteria
from registry.directory.cursor import Cursor
from registry.directory.entries import IndexEntry, OfferingFacts, Sort
from registry.directory.filters import UNKNOWN_DAYS
from registry.directory.index import DirectoryIndex
from registry.places.gazetteer import Place
from registry.places.records import Precision
from tests.directory.oracle import bounded

THERE = Place("there", 40.0, -75.0, Precision.POINT)
# All on one point, all in some towns, all apart.
LANDSCAPES = {
    "one point": [(40.1, -75.1)],
    "towns": [(40.0, -75.0), (40.1, -75.1), (40.3, -75.0), (39.5, -75.5)],
    "apart": [(40 + number / 1000, -75.0) for number in range(100)],
}
SORTS = [(THERE, Sort.DISTANCE), (THERE, Sort.TURNAROUND), (THERE, Sort.NAME), (None, Sort.TURNAROUND), (None, None)]


def take(lab_ids: object) -> dict[int, bytes]:
    return dict.fromkeys(lab_ids, b"{}")  # type: ignore[call-overload]


class TestText:
    @bounded
    @given(st.lists(st.integers(1, 10**18 - 1), min_size=1, max_size=30), st.floats(0, 20_003_931.459))
    def test_a_cursor_by_distance_is_read_as_written(self, lab_ids: list[int], metres: float) -> None:
        cursor = Cursor.behind(lab_ids, metres)
        assert Cursor.read(cursor.text) == cursor
        assert cursor.lab_ids[0] == lab_ids[-1]
        assert len(cursor.text) < 100

    @bounded
    @given(st.lists(st.tuples(st.integers(1, 10**18 - 1), st.integers(0, 2**32 - 1)), min_size=1, max_size=3))
    def test_a_cursor_of_another_order_is_read_as_written(self, marked: list[tuple[int, int]]) -> None:
        cursor = Cursor(tuple(lab_id for lab_id, _ in marked), marks=tuple(mark for _, mark in marked))
        assert Cursor.read(cursor.text) == cursor
        assert len(cursor.text) < 100

    @bounded
    @given(st.one_of(st.text(max_size=40), st.text("dn.0123456789-", max_size=40)))
    def test_anything_else_is_nothing(self, text: str) -> None:
        cursor = Cursor.read(text)
        assert cursor is None or cursor.lab_ids

    @pytest.mark.parametrize(
        "text",
        [
            "", "d", "n", "n.", "d1", "d.1", "n1.2", "n.1", "n.1.2", "n.1-", "n.-1", "n.1-a.", "n..1-a", " n.1-a",
            "n.1-a ", "n.1-a\n", "N.1-a", "n.1-A", "n.1-g", "n.1-123456789", "n.1-a.2-b.3-c.4-d", "d-1.1", "d1.2x",
            "n." + "9" * 19 + "-a", "d1e3.1", "d1.1-a", "d1.1.2.3.4", "d" + "9" * 12 + ".1", "d1.١", "d1.1\0", "d²³.1",
            "x" * 10_000,
        ],
    )  # fmt: skip
    def test_garbage_is_refused(self, text: str) -> None:
        assert Cursor.read(text) is None


def an_entry(rng: random.Random, lab_id: int, points: list[tuple[float, float]]) -> IndexEntry:
    days = rng.choice((3, 7, 7, 14, UNKNOWN_DAYS))
    name = rng.choice(("alpha", "beta", f"lab {rng.randrange(30)}"))
    return IndexEntry(lab_id, name, *rng.choice(points), (OfferingFacts(1, days),))


def read_on(index: DirectoryIndex, place: Place | None, criteria: Criteria, page: int, cursor: str | None) -> list[int]:
    """All laboratories from *page* on, by the address of each next page."""
    shown = []
    while cursor is not None:
        results = queries.answer(index, take, place, criteria.on_page(page, cursor))
        shown += [card.lab_id for card in results.cards]
        page, cursor = page + 1, results.cursor
    return shown


class TestPagesWhileEntriesChange:
    @settings(bounded, max_examples=250)
    @given(
        st.integers(0, 2**32),
        st.sampled_from(sorted(LANDSCAPES)),
        st.sampled_from(SORTS),
        st.sampled_from(("the last", "the last two", "anybody")),
        st.sampled_from(("go", "come", "move", "go and come", "all")),
        st.sampled_from((None, 50)),
    )
    def test_the_next_page_repeats_and_misses_none_that_stayed(
        self,
        seed: int,
        landscape: str,
        order: tuple[Place | None, Sort | None],
        whose: str,
        what: str,
        within: int | None,
    ) -> None:
        rng = random.Random(seed)
        points = LANDSCAPES[landscape]
        place, sort = order
        criteria = Criteria(near=None if place is None else "there", within=within, sort=sort)
        entries = {number: an_entry(rng, number, points) for number in range(1, 71)}
        index = DirectoryIndex.build(entries.values(), version=1)
        before = queries.answer(index, take, place, criteria)
        first = [card.lab_id for card in before.cards]
        whole = {card.lab_id for card in queries.whole_answer(index, take, place, criteria)}

        gone = {"the last": first[-1:], "the last two": first[-2:], "anybody": rng.sample(sorted(entries), 8)}[whose]
        moved = [an_entry(rng, number, points) for number in gone if what in {"move", "all"}]
        if place is not None and sort is Sort.DISTANCE:
            # By distance a page ends at a distance; who is renamed on the spot may change sides among those of one
            # house.
            moved = [replace(entry, name_key=entries[entry.lab_id].name_key) for entry in moved]
        come = [an_entry(rng, number, points) for number in range(100, 110) if what in {"come", "go and come", "all"}]
        leaving = gone if what in {"go", "go and come"} else []
        later = index.updated([*moved, *come], leaving, 2)

        stayed = whole - (set() if what == "come" else set(gone))
        shown = first + read_on(later, place, criteria, 2, before.cursor)
        kept = [number for number in shown if number in stayed]
        assert len(kept) == len(set(kept)), "a laboratory stands on two pages"
        assert set(kept) == stayed, "a laboratory stands on no page"

    @pytest.mark.parametrize("order", SORTS)
    def test_pages_that_nobody_changed_are_those_of_the_numbers(self, order: tuple[Place | None, Sort | None]) -> None:
        rng = random.Random(1)
        place, sort = order
        criteria = Criteria(near=None if place is None else "there", within=None, sort=sort)
        index = DirectoryIndex.build([an_entry(rng, number, LANDSCAPES["towns"]) for number in range(85)], version=1)
        cursor = None
        for page in range(1, 6):
            by_number = queries.answer(index, take, place, criteria.on_page(page))
            by_cursor = queries.answer(index, take, place, criteria.on_page(page, cursor))
            assert by_cursor == by_number
            assert by_cursor.first == (page - 1) * PAGE_SIZE + 1
            cursor = by_cursor.cursor
        assert cursor is None

    @pytest.mark.parametrize("order", SORTS)
    def test_when_all_that_it_names_are_gone_the_page_number_counts(
        self, order: tuple[Place | None, Sort | None]
    ) -> None:
        rng = random.Random(2)
        place, sort = order
        criteria = Criteria(near=None if place is None else "there", within=None, sort=sort)
        index = DirectoryIndex.build([an_entry(rng, number, LANDSCAPES["apart"]) for number in range(60)], version=1)
        for text in ("n.999-0", "n.999-0.998-1.997-2"):
            assert queries.answer(index, take, place, criteria.on_page(2, text)) == queries.answer(
                index, take, place, criteria.on_page(2)
            )

    def test_a_cursor_of_another_order_does_not_steer(self) -> None:
        index = DirectoryIndex.build(
            [
                IndexEntry(number, f"lab {99 - number}", 40 + number / 100, -75, (OfferingFacts(1, 50 - number),))
                for number in range(45)
            ],
            version=1,
        )
        by_distance = Criteria(near="there", within=None)
        second = queries.answer(index, take, THERE, by_distance.on_page(2))
        for sort in (Sort.NAME, Sort.TURNAROUND):
            other = queries.answer(index, take, THERE, replace(by_distance, sort=sort))
            assert queries.answer(index, take, THERE, by_distance.on_page(2, other.cursor)) == second
