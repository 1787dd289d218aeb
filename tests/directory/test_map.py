"""The map beside the results, in a real browser: it shows what the list says and never stands in its way."""

import itertools
import math
import re

import pytest
from playwright.sync_api import expect

from tests.directory.maps import Visitor, box_of, listed, opened, pins
from tests.support.browser import Live, assert_accessible
from tests.support.factories import an_offering, publish

pytestmark = pytest.mark.parametrize("live", ["sqlite"], indirect=True)

ATLANTA = ((33.749, -84.388), (33.749, -84.388), (33.95, -83.99), (33.40, -84.80))
SAME_POINT = (40.7421, -73.9739)
NEW_YORK = 23
DENVER, BOULDER = (39.74, -105.02), (40.03, -105.25)
AFTER = "document.querySelector('[data-map]').compareDocumentPosition(one)"

MOVED = """() => new Promise((done) => {
  new PerformanceObserver((seen) => done(seen.getEntries().reduce((sum, { value }) => sum + value, 0)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(0), 300);
})"""


@pytest.fixture(scope="module", autouse=True)
def laboratories(live: Live) -> None:
    """Four around Atlanta, two of them in one house; 23 in one house in New York; in Denver one that takes no
    outside specimens, and one in Boulder that does.
    """
    with live.session() as session:
        for number, at in enumerate(ATLANTA, 1):
            publish(session, name=f"Invented Peach {number}", at=at, zip="30303", city="Atlanta", state="GA")
        for number in range(1, NEW_YORK + 1):
            name = f"Invented Apple {number:02}"
            publish(session, name=name, at=SAME_POINT, zip="10016", city="New York", state="NY")
        closed = (an_offering(accepts_outside_specimens="no"),)
        publish(session, name="Invented Peak", at=DENVER, zip="80204", city="Denver", state="CO", offerings=closed)
        publish(session, name="Invented Plain", at=BOULDER, zip="80301", city="Boulder", state="CO")


def test_on_a_wide_window_the_map_comes_by_itself_and_numbers_its_pins_as_the_list(
    live: Live, visitor: Visitor
) -> None:
    page = visitor()

    section = opened(page, live, "near=30303")

    assert len(listed(page)) == len(ATLANTA)
    assert pins(section) == listed(page)
    expect(page.get_by_role("region", name="Map")).to_be_visible()
    expect(page.get_by_role("button", name="Show the map")).to_be_hidden()


def test_the_second_page_goes_on_counting(live: Live, visitor: Visitor) -> None:
    page = visitor()
    page.goto(f"{live.url}/labs?near=10016")

    page.get_by_role("link", name="Next").click()

    section = page.locator("[data-map]")
    expect(section).to_have_attribute("data-state", "ready")
    assert list(listed(page)) == ["21", "22", "23"]
    assert pins(section) == listed(page)


def test_those_that_take_shipped_specimens_bear_the_letters_of_their_list(live: Live, visitor: Visitor) -> None:
    page = visitor()
    section = opened(page, live, "near=80204&within=25")
    letters = section.locator(".pin-travel")

    shipped = page.locator("ol.results[type=A] > li").first.locator("h3 a").inner_text()
    assert shipped == "Invented Plain"
    assert letters.first.inner_text() == "A"
    assert letters.first.get_attribute("title") == shipped
    assert pins(section) == listed(page)

    page.locator("ol.results[type=A] > li").first.hover()
    expect(section.locator(".pin-marked")).to_have_text(["A"])


def test_pins_at_one_point_stand_apart_and_inside_the_map(live: Live, visitor: Visitor) -> None:
    section = opened(visitor(), live, "near=10016")

    canvas = box_of(section.locator("[data-map-canvas]"))
    boxes = [box_of(pin) for pin in section.locator(".pin").all()]

    assert len(boxes) == 20
    for one, other in itertools.combinations(boxes, 2):
        assert math.dist(one.middle, other.middle) >= one.width
    for one in boxes:
        assert canvas.left <= one.left
        assert canvas.top <= one.top
        assert one.right <= canvas.right
        assert one.bottom <= canvas.bottom


def test_what_is_pointed_at_or_focused_in_the_list_is_marked_on_the_map(live: Live, visitor: Visitor) -> None:
    page = visitor()
    section = opened(page, live, "near=30303")
    marked = section.locator(".pin-marked")

    page.locator("ol.results > li").nth(2).hover()
    expect(marked).to_have_text(["3"])
    page.mouse.move(1, 1)
    expect(marked).to_have_count(0)
    page.locator("ol.results > li").nth(1).locator("h3 a").focus()
    expect(marked).to_have_text(["2"])


def test_a_pin_marks_its_entry_and_leads_to_it(live: Live, visitor: Visitor) -> None:
    page = visitor()
    section = opened(page, live, "near=30303")
    pin = section.locator(".pin", has_text=re.compile(r"^4$"))
    entry = page.locator("ol.results > li").nth(3)

    pin.hover()
    expect(page.locator(".on-map")).to_have_count(1)
    expect(entry).to_have_class(re.compile(r"\bon-map\b"))

    pin.click()
    expect(entry.locator("h3 a")).to_be_focused()
    expect(entry).to_be_in_viewport()


def test_one_press_skips_the_map(live: Live, visitor: Visitor) -> None:
    page = visitor()
    opened(page, live, "near=30303")
    skip = page.get_by_role("link", name="Skip the map")

    skip.focus()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    focused = page.locator(":focus")
    expect(focused).to_have_count(1)
    assert focused.evaluate("one => !one.closest('[data-map]')")
    assert focused.evaluate(f"one => Boolean({AFTER} & Node.DOCUMENT_POSITION_FOLLOWING)")


def test_the_keyboard_meets_three_things_in_the_map_and_no_pins(live: Live, visitor: Visitor) -> None:
    page = visitor()
    section = opened(page, live, "near=30303")
    page.get_by_role("link", name="Skip the map").focus()

    page.keyboard.press("Tab")
    expect(section.get_by_role("group", name="Map")).to_be_focused()
    page.keyboard.press("Tab")
    expect(section.get_by_role("button", name="Zoom in")).to_be_focused()
    page.keyboard.press("Tab")
    expect(section.get_by_role("button", name="Zoom out")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.locator(":focus").evaluate("one => !one.closest('[data-map]')")


def test_zooming_keeps_the_pins_on_their_points(live: Live, visitor: Visitor) -> None:
    page = visitor()
    section = opened(page, live, "near=30303")
    radius = section.locator(".map-radius")
    before = box_of(radius)

    section.get_by_role("button", name="Zoom out").press("Enter")

    expect(section.locator(".pin")).to_have_count(len(ATLANTA))
    assert box_of(radius).width == pytest.approx(before.width / 2, abs=3)
    centre, first = box_of(section.locator(".map-centre")), box_of(section.locator(".pin").first)
    assert math.dist(centre.middle, first.middle) < 80


def test_a_pin_that_was_moved_out_of_sight_comes_back_when_its_entry_is_focused(live: Live, visitor: Visitor) -> None:
    page = visitor()
    section = opened(page, live, "near=30303")
    pin = section.get_by_title("Invented Peach 3")
    canvas = box_of(section.locator("[data-map-canvas]"))
    section.get_by_role("group", name="Map").focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
        page.wait_for_timeout(400)
    assert box_of(pin).right < canvas.left

    page.get_by_role("link", name="Invented Peach 3").focus()

    expect(section.locator(".pin-marked")).to_have_text(["3"])
    assert box_of(pin).left >= box_of(section.locator("[data-map-canvas]")).left


def test_on_a_phone_the_map_comes_only_when_wanted(live: Live, visitor: Visitor) -> None:
    page = visitor(320)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live.url}/labs?near=30303")
    page.wait_for_load_state("networkidle")
    section = page.locator("[data-map]")
    canvas = section.locator("[data-map-canvas]")

    expect(canvas).to_be_hidden()
    assert [url for url in asked if "/map" in url] == []

    page.get_by_role("button", name="Show the map").click()
    expect(section).to_have_attribute("data-state", "ready")
    expect(section.locator(".pin")).to_have_count(len(ATLANTA))
    expect(canvas).to_be_in_viewport()
    page.get_by_role("button", name="Hide the map").click()
    expect(canvas).to_be_hidden()


def test_a_window_that_grows_wide_gets_the_map(live: Live, visitor: Visitor) -> None:
    page = visitor(768)
    page.goto(f"{live.url}/labs?near=30303")
    expect(page.locator("[data-map-canvas]")).to_be_hidden()

    page.set_viewport_size({"width": 1280, "height": 900})

    expect(page.locator("[data-map]")).to_have_attribute("data-state", "ready")
    expect(page.locator(".pin")).to_have_count(len(ATLANTA))


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_moves_when_scripts_and_map_come(live: Live, visitor: Visitor, width: int) -> None:
    page = visitor(width)
    page.goto(f"{live.url}/labs?near=30303")
    expect(page.locator("[data-locate]")).to_be_visible()
    if width == 1280:
        expect(page.locator("[data-map]")).to_have_attribute("data-state", "ready")

    assert page.evaluate(MOVED) == 0


def test_without_its_shapes_the_map_says_so_and_the_list_stays(live: Live, visitor: Visitor) -> None:
    page = visitor()
    page.route("**/maps/states-*.json", lambda route: route.abort())
    page.goto(f"{live.url}/labs?near=30303")

    expect(page.locator("[data-map]")).to_contain_text("The map could not be loaded.")
    assert len(listed(page)) == len(ATLANTA)


def test_without_scripts_and_on_paper_there_is_no_map(live: Live, visitor: Visitor) -> None:
    plain = visitor(java_script_enabled=False)
    plain.goto(f"{live.url}/labs?near=30303")
    expect(plain.locator("[data-map]")).to_be_hidden()
    expect(plain.locator(".skip-map")).to_be_hidden()
    assert len(listed(plain)) == len(ATLANTA)

    page = visitor()
    section = opened(page, live, "near=30303")
    page.emulate_media(media="print")
    expect(section).to_be_hidden()


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_page_with_its_map_is_accessible(live: Live, visitor: Visitor, width: int) -> None:
    page = visitor(width)
    opened(page, live, "near=10016")

    assert_accessible(page, widths=(width,))
