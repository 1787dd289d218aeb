"""Results, a listing and a comparison on paper: what is printed, what is left out, how the sheet lies."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import Live, watch
from tests.support.factories import a_profile, an_offering, publish

pytestmark = pytest.mark.parametrize("live", ["sqlite"], indirect=True)

NEVER_PRINTED = "nav, form, button, .actions, .no-print, .skip, .map"
VISIBLE = "all => all.filter(one => one.checkVisibility()).map(one => one.outerHTML.slice(0, 80))"
# Chromium writes page dictionaries uncompressed.
SHEET = re.compile(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]")
COLORS = """() => [...document.querySelectorAll("body *")].filter(one => one.checkVisibility()).flatMap(one => {
  const style = getComputedStyle(one);
  return [style.color, style.backgroundColor];
})"""


@pytest.fixture(scope="module")
def addresses(live: Live) -> dict[str, str]:
    """The pages that people print."""
    fish = an_offering(name="HER2 FISH", method="fish")
    with live.session() as session:
        one = publish(session, a_profile(name="Gray Heron", offerings=(an_offering(), fish)))
        other = publish(session, a_profile(name="White Heron"))
        return {
            "results": "/labs?near=30303&method=ihc",
            "listing": f"/labs/{one.slug}",
            "comparison": f"/labs/compare?lab={one.slug}&lab={other.slug}",
            "comparison of differences": f"/labs/compare?lab={one.slug}&lab={other.slug}&only=differences",
        }


@pytest.fixture
def paper(browser: Browser, browser_context_args: dict[str, object], live: Live) -> Iterator[Page]:
    """A page as the printer sees it."""
    context = browser.new_context(**browser_context_args)  # type: ignore[arg-type]
    faults = watch(context, live)
    page = context.new_page()
    page.emulate_media(media="print")
    yield page
    context.close()
    assert faults == []


PRINTED = pytest.mark.parametrize("name", ["results", "listing", "comparison", "comparison of differences"])


@PRINTED
def test_what_is_for_the_screen_stays_there(live: Live, addresses: dict[str, str], paper: Page, name: str) -> None:
    paper.goto(live.url + addresses[name])

    assert paper.locator(NEVER_PRINTED).evaluate_all(VISIBLE) == []


@PRINTED
def test_the_sheet_tells_its_day(live: Live, addresses: dict[str, str], paper: Page, name: str) -> None:
    paper.goto(live.url + addresses[name])

    told = paper.locator("main .print-only").filter(has_text="Printed on").first
    assert told.is_visible()
    assert re.search(r"Printed on [A-Z][a-z]+ \d{1,2}, \d{4}", told.inner_text())


@pytest.mark.parametrize("name", ["results", "listing", "comparison"])
def test_each_laboratory_tells_when_it_was_confirmed(
    live: Live, addresses: dict[str, str], paper: Page, name: str
) -> None:
    paper.goto(live.url + addresses[name])

    text = paper.locator("main").inner_text()
    assert "Last confirmed" in text
    assert re.search(r"[A-Z][a-z]+ \d{1,2}, \d{4}", text.partition("Last confirmed")[2])


@PRINTED
def test_it_is_black_on_white(live: Live, addresses: dict[str, str], paper: Page, name: str) -> None:
    paper.goto(live.url + addresses[name])

    assert set(paper.evaluate(COLORS)) == {"rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"}


@pytest.mark.parametrize(
    ("name", "lies"),
    [("results", False), ("listing", False), ("comparison", True), ("comparison of differences", True)],
)
def test_a_comparison_lies_on_its_side(
    live: Live, addresses: dict[str, str], paper: Page, name: str, lies: bool
) -> None:
    paper.goto(live.url + addresses[name])

    sheets = [(float(width), float(height)) for width, height in SHEET.findall(paper.pdf(prefer_css_page_size=True))]

    assert sheets
    assert {width > height for width, height in sheets} == {lies}


def test_a_link_that_leads_away_prints_its_address(live: Live, addresses: dict[str, str], paper: Page) -> None:
    paper.goto(live.url + addresses["listing"])

    after = "link => getComputedStyle(link, '::after').content"
    catalog = paper.get_by_role("link", name="Test in the laboratory’s own catalog").first
    assert "https://example.org/tests/her2-crc" in catalog.evaluate(after)
    # One that is its own address is not printed twice.
    assert paper.get_by_role("link", name="https://example.org/", exact=True).evaluate(after) == "none"


def test_no_entry_is_parted_between_sheets(live: Live, addresses: dict[str, str], paper: Page) -> None:
    paper.goto(live.url + addresses["results"])

    entries = paper.locator(".results > li")
    assert entries.count() == 2
    assert set(entries.evaluate_all("all => all.map(one => getComputedStyle(one).breakInside)")) == {"avoid"}


def test_the_print_button_is_there_where_it_can_print(live: Live, addresses: dict[str, str], browser: Browser) -> None:
    shown = {}
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(live.url + addresses["listing"])
        shown[scripts] = page.get_by_role("button", name="Print", exact=True).count()
        context.close()

    assert shown == {True: 1, False: 0}
