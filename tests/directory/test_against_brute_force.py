"""Whole searches against brute force: every laboratory read, measured and sorted, one by one."""

import pytest
from geopy.distance import geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.directory import queries
from registry.directory.criteria import BEYOND, PAGE_SIZE, RADII, TRAVELLING, Criteria
from registry.directory.cursor import Cursor
from registry.directory.entries import Sort
from registry.directory.facets import DIMENSIONS
from registry.directory.index import DirectoryIndex
from registry.domain.profile import LabProfile, Offering
from registry.places.gazetteer import Place
from registry.places.records import Precision
from tests.directory import words
from tests.directory.oracle import bounded
from tests.directory.words import Known

METRES_PER_MILE = 1609.344


def index_of(world: list[Known]) -> DirectoryIndex:
    return DirectoryIndex.build([lab.entry for lab in world], version=1)


def take(lab_ids: object) -> dict[int, bytes]:
    """The items of laboratories: here their number."""
    return {lab_id: b"%d" % lab_id for lab_id in lab_ids}  # type: ignore[attr-defined]


def ids(labs: list[Known]) -> list[int]:
    return [lab.lab_id for lab in labs]


def assert_printed(cards: tuple[queries.Card, ...], world: list[Known], place: Place | None) -> None:
    """Each card is its own laboratory's, with the distance by which it stands."""
    at = {lab.lab_id: lab.at for lab in world}
    for card in cards:
        assert card.item == b"%d" % card.lab_id
        if place is None:
            assert card.distance_miles is None
        else:
            miles = words.distance((place.lat, place.lon), at[card.lab_id]) / METRES_PER_MILE
            assert card.distance_miles is not None
            assert abs(card.distance_miles - miles) < 0.05001
            assert card.distance_miles == round(card.distance_miles, 1)


class TestAnswers:
    @settings(bounded, max_examples=150)
    @given(words.worlds, st.one_of(st.none(), words.places), words.radii, words.sorts, words.wishes)
    def test_every_page_is_that_of_everything_read_and_sorted(
        self,
        world: list[Known],
        place: Place | None,
        within: int | None,
        sort: Sort | None,
        wishes: dict[str, object],
    ) -> None:
        near = None if place is None else "there"
        criteria = Criteria(near=near, within=within, sort=sort, **wishes)  # type: ignore[arg-type]
        if place is None and sort is not Sort.TURNAROUND:
            # Without a place there is no distance to stand by.
            expected = words.ordered(world, None, Criteria(sort=Sort.NAME, **wishes))  # type: ignore[arg-type]
        else:
            expected = words.ordered(words.inside(world, place, criteria), place, criteria)
        index = index_of(world)
        results = queries.answer(index, take, place, criteria)
        whole = tuple(queries.whole_answer(index, take, place, criteria))

        assert [card.lab_id for card in whole] == ids(expected)
        assert_printed(whole, world, place)
        assert results.total == len(expected)
        if place is not None and criteria.order is Sort.DISTANCE:
            printed = [card.distance_miles for card in results.cards]
            assert printed == sorted(printed)  # type: ignore[type-var]
        if place is not None and within is not None and not expected:
            beyond = words.ordered(world, place, Criteria(near="there", within=None, **wishes))  # type: ignore[arg-type]
            assert [card.lab_id for card in results.cards] == ids(beyond[:BEYOND])
            assert results.expanded == bool(beyond)
            assert_printed(results.cards, world, place)
            return
        shown = []
        for page in range(1, len(expected) // PAGE_SIZE + 2):
            by_number = queries.answer(index, take, place, criteria.on_page(page))
            assert results.cards == by_number.cards
            assert (results.first, results.total) == (by_number.first, len(expected))
            assert not results.expanded
            shown += results.cards
            if results.cursor is not None:
                results = queries.answer(index, take, place, criteria.on_page(page + 1, results.cursor))
        assert tuple(shown) == whole

    @bounded
    @given(words.worlds, words.places, words.radii, words.wishes)
    def test_those_that_accept_shipped_specimens_stand_beside_when_the_nearest_does_not(
        self, world: list[Known], place: Place, within: int | None, wishes: dict[str, object]
    ) -> None:
        criteria = Criteria(near="there", within=within, **wishes)  # type: ignore[arg-type]
        index = index_of(world)
        results = queries.answer(index, take, place, criteria)
        beside = queries.travelling(index, take, place, criteria, results)

        near = words.ordered(world, place, Criteria(near="there", within=None, **wishes))  # type: ignore[arg-type]
        accept = words.ordered(world, place, Criteria(near="there", within=None, **{**wishes, "outside": True}))  # type: ignore[arg-type]
        wanted = accept and not criteria.outside and near[0] != accept[0]
        assert [card.lab_id for card in beside] == (ids(accept[:TRAVELLING]) if wanted else [])
        assert_printed(tuple(beside), world, place)


class TestCounts:
    @bounded
    @given(words.worlds, st.one_of(st.none(), words.places), words.radii, words.wishes)
    def test_each_option_of_each_filter_is_counted_under_the_others(
        self, world: list[Known], place: Place | None, within: int | None, wishes: dict[str, object]
    ) -> None:
        near = None if place is None else "there"
        criteria = Criteria(near=near, within=within, **wishes)  # type: ignore[arg-type]
        expected = words.counts(words.inside(world, place, criteria), criteria)
        index = index_of(world)
        # Asked twice: what is remembered must be the same.
        for _ in range(2):
            tally = queries.tally(index, place, criteria)
            told = {
                (name, option): tally.of(bit)
                for name, dimension in DIMENSIONS.items()
                for option, bit in dimension.bits.items()
            }
            assert {option: count for option, count in told.items() if count} == {
                option: count for option, count in expected.items() if option in told
            }

    @bounded
    @given(words.worlds, words.places, words.radii, words.wishes, st.sampled_from(sorted(words.SEVERAL)))
    def test_what_an_option_promises_is_what_choosing_it_alone_gives(
        self, world: list[Known], place: Place, within: int | None, wishes: dict[str, object], name: str
    ) -> None:
        criteria = Criteria(near="there", within=within, **wishes)  # type: ignore[arg-type]
        index = index_of(world)
        tally = queries.tally(index, place, criteria)
        for option, bit in DIMENSIONS[name].bits.items():
            chosen = Criteria(near="there", within=within, **{**wishes, name: (option,)})  # type: ignore[arg-type]
            assert queries.answer(index, take, place, chosen).total == tally.of(bit), option


class TestOneByOne:
    """Filters by themselves, where chance might never look."""

    @pytest.mark.parametrize("name", sorted(DIMENSIONS))
    def test_every_option_finds_the_laboratory_that_has_it_and_no_other(self, name: str) -> None:
        world = words.a_world(5, 300)
        index = index_of(world)
        for option in DIMENSIONS[name].bits:
            if option == "unknown":
                continue
            value = {"outside": True, "max_days": int(option) if option.isdecimal() else 0, "from_state": option}
            wish = value.get(name, (option,))
            found = queries.answer(index, take, None, Criteria(**{name: wish}))  # type: ignore[arg-type]
            expected = [
                lab
                for lab in world
                if any((name, option) in words.held(lab.profile, test) for test in lab.profile.offerings)
            ]
            assert found.total == len(expected), option
            assert {card.lab_id for card in found.cards} <= set(ids(expected)), option

    @pytest.mark.parametrize("within", RADII)
    @pytest.mark.parametrize("at", [(33.749, -84.388), (90.0, 0.0), (51.9, 179.9), (13.4443, 144.7937)])
    def test_a_metre_inside_the_radius_is_inside_and_a_metre_beyond_is_not(
        self, within: int, at: tuple[float, float]
    ) -> None:
        place = Place("there", *at, Precision.POINT)
        edge = [
            geodesic(meters=within * METRES_PER_MILE + metres).destination(at, bearing)
            for metres in (-1, 1)
            for bearing in (0, 45, 135, 180, 270)
        ]
        # Geopy goes on past 180 degrees.
        around = [(there.latitude, (there.longitude + 180) % 360 - 180) for there in edge]
        world = [Known(number, LabProfile(name="Edge"), there) for number, there in enumerate(around)]
        criteria = Criteria(near="there", within=within)
        found = queries.whole_answer(index_of(world), take, place, criteria)
        assert {card.lab_id for card in found} == set(range(5))

    def test_two_tests_that_only_together_would_do_are_not_found(self) -> None:
        split = (Offering(method="ihc", service_level="send_out"), Offering(method="fish", service_level="global"))
        world = [Known(1, LabProfile(name="Split", offerings=split), (33.7, -84.4))]
        criteria = Criteria(method=("ihc",), service=("global",))
        assert queries.answer(index_of(world), take, None, criteria).total == 0
        # Each wish alone is met, and so is each option of the one under the other.
        tally = queries.tally(index_of(world), None, criteria)
        assert tally.of(DIMENSIONS["method"].bits["ihc"]) == 0
        assert tally.of(DIMENSIONS["method"].bits["ish"]) == 1
        assert tally.of(DIMENSIONS["service"].bits["send_out"]) == 1

    def test_an_unknown_turnaround_comes_last_and_under_no_limit(self) -> None:
        tests = {
            "Unknown": Offering(tat_max=None, tat_unit="hours"),
            "Slow": Offering(tat_max=300, tat_unit="calendar_days"),
            "Quick": Offering(tat_max=24, tat_unit="hours"),
            "Unsaid": Offering(tat_max=1, tat_unit=""),
        }
        world = [
            Known(number, LabProfile(name=name, offerings=(test,)), (33.7, -84.4))
            for number, (name, test) in enumerate(tests.items(), start=1)
        ]
        place = Place("there", 33.7, -84.4, Precision.POINT)
        for where in (None, place):
            near = None if where is None else "there"
            found = queries.answer(index_of(world), take, where, Criteria(near=near, sort=Sort.TURNAROUND))
            assert [card.lab_id for card in found.cards] == [3, 2, 1, 4]
            limited = queries.answer(index_of(world), take, where, Criteria(near=near, max_days=365))
            assert {card.lab_id for card in limited.cards} == {2, 3}

    def test_one_hidden_after_the_index_was_read_is_left_out(self) -> None:
        world = words.a_world(3, 30)
        shown = queries.answer(index_of(world), lambda lab_ids: take(list(lab_ids)[1:]), None, Criteria())
        whole = queries.answer(index_of(world), take, None, Criteria())
        assert shown.cards == whole.cards[1:]
        assert shown.cursor == whole.cursor
        assert Cursor.read(whole.cursor or "") is not None
