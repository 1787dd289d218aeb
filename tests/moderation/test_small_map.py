"""The small map: its own state and those around it, marks that keep apart, and places beyond the 180th meridian."""

from registry.assets import BUILT, read_manifest
from registry.domain.geometry import Point
from registry.moderation.outlines import outlines
from registry.moderation.small_map import HEIGHT, WIDTH, Drawing, Marked, drawn

STATES = outlines(BUILT / read_manifest()["maps/states.json"])
ATLANTA, MARIETTA, SAVANNAH = Point(33.749, -84.388), Point(33.95, -84.55), Point(32.081, -81.091)


def a_map(state: str, *points: Point) -> Drawing:
    marked = [Marked(letter, letter, point) for letter, point in zip("ABCDE", points, strict=False)]
    drawing = drawn(marked, state, STATES)
    assert drawing is not None
    return drawing


def test_every_state_has_an_outline() -> None:
    assert {"GA", "AK", "DC", "PR", "GU"} <= {outline.code for outline in STATES}
    georgia = next(outline for outline in STATES if outline.code == "GA")
    west, south, east, north = georgia.bounds
    assert (round(west), round(south), round(east), round(north)) == (-86, 30, -81, 35)


def test_points_that_cannot_be_told_apart_share_a_mark() -> None:
    marks = a_map("GA", ATLANTA, MARIETTA, SAVANNAH).marks

    assert [mark.letters for mark in marks] == ["C", "A B"]
    savannah, atlanta = marks
    assert savannah.x > atlanta.x
    assert savannah.y > atlanta.y


def test_every_mark_lies_on_the_map_wherever_it_is() -> None:
    honolulu, attu, guam = Point(21.3, -157.86), Point(52.9, 173.2), Point(13.45, 144.78)
    for state, points in (("HI", (honolulu, guam)), ("AK", (attu, Point(61.2, -149.9))), ("GU", (guam,)), ("", ())):
        for mark in a_map(state, *points).marks if points else ():
            assert 0 < mark.x < WIDTH, state
            assert 0 < mark.y < HEIGHT, state


def test_the_state_is_drawn_with_its_neighbors_and_no_others() -> None:
    drawing = a_map("GA", ATLANTA)

    assert drawing.own.startswith("M")
    assert drawing.land.startswith("M")
    assert len(drawing.land) < 40_000


def test_without_a_point_or_an_outline_nothing_fails() -> None:
    assert drawn([], "GA", STATES) is None
    empty = drawn([Marked("A", "A", ATLANTA)], "GA", ())
    assert empty is not None
    assert (empty.land, empty.own, len(empty.marks)) == ("", "", 1)
