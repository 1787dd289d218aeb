"""The search in a real browser: by keyboard alone, without scripts, on a phone, back again, compared, on paper."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import SIDEWAYS, Live, assert_accessible
from tests.support.factories import an_offering, publish

pytestmark = pytest.mark.parametrize("live", ["sqlite"], indirect=True)

Person = Callable[..., Page]
CLOSED = an_offering(method="fish", assay="pathvysion", accepts_outside_specimens="no")
SILENT = an_offering(tat_min=None, tat_max=None, tat_unit="", tat_clock_start="", specimens=("plasma",))
STATES = {
    "filtered": "near=30303&method=ihc&method=ish&specimen=ffpe_block&outside=1&max_days=12&from_state=TX&sort=name",
    "specimens travel": "near=30303",
    "errors": "near=&within=7&method=magic&max_days=0&from_state=ny&sort=best",
}


@pytest.fixture(scope="module", autouse=True)
def laboratories(live: Live) -> None:
    """Near Atlanta one that takes nothing from outside, then one that does, then one that states no turnaround; far
    from there enough for a second page.
    """
    with live.session() as session:
        publish(session, name="Invented Wren", at=(33.76, -84.39), offerings=(CLOSED,))
        publish(session, name="Invented Heron", at=(33.85, -84.39), offerings=(an_offering(), CLOSED))
        publish(session, name="Invented Owl", at=(33.95, -84.39), offerings=(SILENT,))
        for number in range(24):
            publish(session, name=f"Invented Finch {number:02}", at=(39.7 + number / 50, -105.0))


def results(page: Page) -> Locator:
    """The names in the main list."""
    return page.locator("ol.results:not([type]) h3 a")


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    """Press the Tab key until *wanted* has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"not reached by {most} presses of Tab: {wanted}")


def unfold(page: Page, *labels: str) -> None:
    """Open the filters and the groups of these names."""
    for label in ("Filters", *labels):
        fold = page.locator("details", has=page.locator("summary", has_text=re.compile(f"^{label}"))).last
        if fold.get_attribute("open") is None:
            fold.locator("> summary").click()


def test_the_keyboard_alone_sets_a_filter_and_opens_a_listing(live: Live, person: Person) -> None:
    page = person()
    page.goto(f"{live.url}/")
    tab_to(page, page.locator("#near"))
    page.keyboard.type("30303")
    page.keyboard.press("Enter")
    page.wait_for_url("**/labs?*")

    for summary in ("Filters", "Test method"):
        tab_to(page, page.locator("summary", has_text=re.compile(f"^{summary}")))
        page.keyboard.press("Enter")
    tab_to(page, page.locator("#method-ihc"))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**method=ihc**")
    expect(results(page)).to_have_text(["Invented Heron", "Invented Owl"])
    tab_to(page, page.get_by_role("link", name="Remove the filter: Immunohistochemistry (IHC)"))
    tab_to(page, page.get_by_role("link", name="Invented Heron"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Invented Heron")


def test_without_scripts_filters_chips_and_pages_work(live: Live, person: Person) -> None:
    page = person(java_script_enabled=False)
    page.goto(f"{live.url}/labs?near=80202")
    expect(results(page)).to_have_count(20)
    unfold(page, "Test method", "Specimen")
    page.locator("#method-ihc").check()
    page.locator("#specimen-ffpe_block").check()
    page.locator("#from_state").select_option("GA")
    page.locator("details.filters").get_by_role("button", name="Find laboratories").click()
    expect(page.locator(".chips a")).to_have_count(4)
    expect(page.get_by_role("heading", name="24 laboratories within 50 miles")).to_be_visible()

    page.get_by_role("link", name="Next").click()
    expect(results(page)).to_have_count(4)
    expect(page.locator("ol.results:not([type])")).to_have_attribute("start", "21")
    page.get_by_role("link", name="Remove the filter: Specimen from Georgia").click()
    expect(page.locator(".chips a")).to_have_count(3)
    expect(results(page)).to_have_count(20)
    page.get_by_role("link", name="Clear all filters").click()
    expect(page.locator(".chips")).to_have_count(0)
    expect(page).to_have_url(f"{live.url}/labs?near=80202")


def test_a_phone_shows_all_of_it_and_lets_one_filter(live: Live, person: Person) -> None:
    page = person(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    page.goto(f"{live.url}/labs?near=30303")
    expect(results(page).first).to_be_visible()
    for label in ("Filters", "Test method", "Specimen", "Scoring criterion"):
        page.locator("summary", has_text=re.compile(f"^{label}")).tap()
    assert page.evaluate(SIDEWAYS) <= 0
    for box in page.locator(".filters input[type=checkbox]").all():
        if box.is_visible():
            label = page.locator(f"label[for='{box.get_attribute('id')}']")
            heights = [one["height"] for one in (box.bounding_box(), label.bounding_box()) if one]
            assert max(heights) >= 24, f"{label.inner_text()} is too small to touch"
    page.locator("label[for=method-ihc]").tap()
    expect(page.locator("#method-ihc")).to_be_checked()
    page.locator("details.filters").get_by_role("button", name="Find laboratories").tap()
    expect(results(page)).to_have_text(["Invented Heron", "Invented Owl"])
    assert page.evaluate(SIDEWAYS) <= 0


def test_back_brings_the_search_back(live: Live, person: Person) -> None:
    page = person()
    page.goto(f"{live.url}/labs?near=30303")
    unfold(page, "Test method")
    page.locator("#method-ish").check()
    page.locator("#sort").select_option("name")
    page.locator("details.filters").get_by_role("button", name="Find laboratories").click()
    expect(results(page)).to_have_text(["Invented Heron", "Invented Wren"])
    filtered = page.url
    results(page).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Invented Heron")

    page.go_back()
    expect(page).to_have_url(filtered)
    expect(results(page)).to_have_text(["Invented Heron", "Invented Wren"])
    expect(page.locator("#method-ish")).to_be_checked()
    expect(page.locator("#sort")).to_have_value("name")
    page.go_back()
    expect(page).to_have_url(f"{live.url}/labs?near=30303")
    expect(results(page)).to_have_text(["Invented Wren", "Invented Heron", "Invented Owl"])
    page.reload()
    expect(page.locator("#method-ish")).not_to_be_checked()
    page.goto(filtered)
    expect(page.locator("#method-ish")).to_be_checked()


def test_those_that_accept_shipped_specimens_stand_first_with_their_distances(live: Live, person: Person) -> None:
    page = person()
    page.goto(f"{live.url}/labs?near=30303")
    beside = page.get_by_role("region", name="Nearest that accept shipped specimens")
    expect(beside.locator("h3 a, h4 a").first).to_have_text("Invented Heron")
    own = beside.locator(".distance").first.inner_text()
    again = page.locator("ol.results:not([type]) > li", has_text="Invented Heron").locator(".distance").inner_text()
    assert own == again
    assert re.fullmatch(r"[0-9.,]+ miles?", own)
    beside.get_by_role("link", name="Invented Heron").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Invented Heron")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_two_laboratories_are_compared_from_the_list(live: Live, person: Person, scripts: bool) -> None:
    page = person(java_script_enabled=scripts)
    page.goto(f"{live.url}/labs?near=30303")
    for name in ("Invented Wren", "Invented Owl"):
        page.locator("ol.results:not([type])").get_by_role("checkbox", name=f"Compare {name}").check()
    page.get_by_role("button", name="Compare the chosen laboratories").click()

    for number, name in enumerate(("Invented Wren", "Invented Owl")):
        expect(page.get_by_role("columnheader").nth(number)).to_contain_text(name)


def test_the_list_on_paper(live: Live, person: Person) -> None:
    page = person()
    page.goto(f"{live.url}/labs?near=30303&method=ihc&outside=1&max_days=30")
    page.emulate_media(media="print")

    told = page.locator("body").inner_text()
    for words in (
        "Atlanta, GA 30303",
        "within 50 miles",
        "Immunohistochemistry (IHC)",
        "Accepts specimens from anywhere",
        "At most 30 calendar days",
        "Invented Heron",
        "(404) 555-0123",
    ):
        assert words in told, words
    assert re.search(r"Printed on [A-Z][a-z]+ [0-9]{1,2}, [0-9]{4}\.", told)
    assert told.count("Last confirmed") == results(page).count() == 1
    for words in ("Find laboratories", "Any distance", "Compare", "Clear all filters", "GeoJSON", "Filters"):
        assert words not in told, words
    sheets = page.pdf(prefer_css_page_size=True)
    assert sheets.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == 1


@pytest.mark.parametrize("state", STATES)
def test_nothing_stops_anybody_whatever_the_contrast(live: Live, person: Person, state: str) -> None:
    page = person()
    page.goto(f"{live.url}/labs?{STATES[state]}")
    # What is folded is looked at too.
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert_accessible(page, widths=(1280,))
    page.emulate_media(forced_colors="active")
    assert_accessible(page, widths=(1280,))
    page.emulate_media(forced_colors="none", contrast="more")
    assert_accessible(page, widths=(1280,))
