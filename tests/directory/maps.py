"""What tests look for in the map beside the results."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.support.browser import Live

Visitor = Callable[..., Page]
WIDE = 1024
MAIN_LIST = "ol.results:not([type])"


@dataclass(frozen=True)
class Box:
    """Where an element stands in the window, in CSS pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def middle(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2


def box_of(element: Locator) -> Box:
    """The box of an element that is there."""
    box = element.bounding_box()
    assert box is not None
    return Box(box["x"], box["y"], box["width"], box["height"])


def opened(page: Page, live: Live, query: str) -> Locator:
    """The map of a search, when it is there."""
    page.goto(f"{live.url}/labs?{query}")
    section = page.locator("[data-map]")
    if page.viewport_size is not None and page.viewport_size["width"] < WIDE:
        page.get_by_role("button", name="Show the map").click()
    expect(section).to_have_attribute("data-state", "ready")
    return section


def listed(page: Page) -> dict[str, str]:
    """The number in the main list to the name beside it."""
    items = page.locator(f"{MAIN_LIST} > li")
    first = int(page.locator(MAIN_LIST).get_attribute("start") or 1)
    names = items.locator("h3 a").all_inner_texts()
    return {str(number): name.strip() for number, name in enumerate(names, first)}


def pins(section: Locator) -> dict[str, str]:
    """What each round pin bears to the name that it tells the pointer."""
    found = section.locator(".pin:not(.pin-travel)")
    return {pin.inner_text(): pin.get_attribute("title") or "" for pin in found.all()}
