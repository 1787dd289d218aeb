"""Suggestions for a place while somebody types: by keyboard, by pointer, for a screen reader, and when they fail.

The pattern is the editable combobox with list autocomplete and manual selection of the WAI-ARIA Authoring Practices.
"""

import contextlib
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page, Route, expect

from tests.directory.maps import Visitor
from tests.support.browser import Live, assert_accessible

pytestmark = pytest.mark.parametrize("live", ["sqlite"], indirect=True)

SPRINGFIELDS = ["Springfield, IL", "Springfield, MA", "Springfield, MO"]
ENDPOINT = "**/api/v1/places?*"
COMPOSING_ENTER = """field => {
  const key = new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true });
  return field.dispatchEvent(key);
}"""


def answer(route: Route, *labels: str) -> None:
    """Answer a request for suggestions with these."""
    items = [{"label": label, "kind": "city", "state": label[-2:], "lat": 40.0, "lon": -90.0} for label in labels]
    route.fulfill(status=200, content_type="application/json", body=json.dumps({"query": "", "items": items}))


def field(page: Page) -> Locator:
    return page.locator("#near")


def suggestions(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Places").get_by_role("option")


def status(page: Page) -> Locator:
    return page.locator("#near ~ [role=status]")


def typed(visitor: Visitor, live: Live, text: str = "spring", **options: object) -> Page:
    """The home page with *text* in its field and the three Springfields suggested."""
    page = visitor(**options)
    page.route(ENDPOINT, lambda route: answer(route, *SPRINGFIELDS))
    page.goto(live.url)
    field(page).press_sequentially(text)
    expect(suggestions(page)).to_have_text(SPRINGFIELDS)
    return page


def test_the_field_says_what_it_is(live: Live, visitor: Visitor) -> None:
    page = typed(visitor, live)
    combobox = page.get_by_role("combobox", name="ZIP code")

    expect(combobox).to_have_attribute("aria-autocomplete", "list")
    expect(combobox).to_have_attribute("aria-expanded", "true")
    expect(combobox).to_have_attribute("autocomplete", "off")
    expect(combobox).to_have_attribute("aria-controls", page.get_by_role("listbox").get_attribute("id") or "missing")
    expect(status(page)).to_contain_text("3 suggestions")
    assert_accessible(page)


def test_the_arrows_choose_and_enter_takes_without_searching(live: Live, visitor: Visitor) -> None:
    page = typed(visitor, live)
    combobox = field(page)

    combobox.press("ArrowDown")
    combobox.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    expect(chosen).to_have_text(["Springfield, MA"])
    expect(combobox).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "missing")
    expect(combobox).to_have_value("spring")

    combobox.press("Enter")
    expect(combobox).to_have_value("Springfield, MA")
    expect(combobox).to_be_focused()
    expect(combobox).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert page.url == f"{live.url}/"


def test_the_arrows_go_round_and_the_text_keys_go_back_to_the_text(live: Live, visitor: Visitor) -> None:
    page = typed(visitor, live)
    combobox = field(page)
    chosen = page.get_by_role("option", selected=True)

    combobox.press("ArrowUp")
    expect(chosen).to_have_text(["Springfield, MO"])
    combobox.press("ArrowDown")
    expect(chosen).to_have_text(["Springfield, IL"])
    for key in ("Home", "End", "ArrowLeft"):
        combobox.press("ArrowDown")
        expect(chosen).to_have_count(1)
        combobox.press(key)
        expect(chosen).to_have_count(0)
        assert combobox.get_attribute("aria-activedescendant") is None
    expect(suggestions(page)).to_have_count(3)


def test_escape_closes_and_down_opens_again(live: Live, visitor: Visitor) -> None:
    page = typed(visitor, live)
    combobox = field(page)

    combobox.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(combobox).to_have_value("spring")
    combobox.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_text(["Springfield, IL"])


def test_enter_on_what_was_typed_searches_for_that(live: Live, visitor: Visitor) -> None:
    page = typed(visitor, live, text="60601")

    field(page).press("Enter")

    page.wait_for_url("**/labs?*near=60601*")


def test_tab_leaves_what_was_typed(live: Live, visitor: Visitor) -> None:
    page = typed(visitor, live)

    field(page).press("ArrowDown")
    field(page).press("Tab")

    expect(field(page)).to_have_value("spring")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.get_by_role("button", name="Find laboratories")).to_be_focused()


def test_a_finger_takes_a_suggestion_and_its_target_is_large(live: Live, visitor: Visitor) -> None:
    page = typed(visitor, live, width=320, has_touch=True)
    option = suggestions(page).nth(2)
    box = option.bounding_box()

    assert box is not None
    assert box["height"] >= 44
    option.tap()

    expect(field(page)).to_have_value("Springfield, MO")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_one_letter_asks_nothing_and_the_last_letters_ask_once(live: Live, visitor: Visitor) -> None:
    page = visitor()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route(ENDPOINT, lambda route: answer(route, *SPRINGFIELDS))
    page.goto(live.url)

    field(page).press_sequentially("s")
    page.wait_for_timeout(400)
    # Within one task of the browser: on a busy machine the time between two keys says nothing.
    field(page).evaluate(
        """element => {
            for (const typed of ["sp", "spr", "spri", "sprin", "spring"]) {
                element.value = typed;
                element.dispatchEvent(new InputEvent("input", { bubbles: true }));
            }
        }"""
    )
    expect(suggestions(page)).to_have_count(3)

    queries = [parse_qs(urlsplit(url).query)["q"] for url in asked if "/api/v1/places" in url]
    assert queries == [["spring"]]


def test_an_answer_that_comes_too_late_is_not_shown(live: Live, visitor: Visitor) -> None:
    page = visitor()
    held: list[Route] = []
    page.route("**/api/v1/places?q=sp", lambda route: held.append(route))
    page.route("**/api/v1/places?q=spokane", lambda route: answer(route, "Spokane, WA"))
    page.goto(live.url)

    with page.expect_request("**/api/v1/places?q=sp"):
        field(page).press_sequentially("sp")
    field(page).press_sequentially("okane")
    expect(suggestions(page)).to_have_text(["Spokane, WA"])
    expect(status(page)).to_contain_text("1 suggestion")
    answer(held[0], *SPRINGFIELDS)

    page.wait_for_timeout(200)
    expect(suggestions(page)).to_have_text(["Spokane, WA"])


def test_who_chooses_is_not_disturbed_by_an_answer(live: Live, visitor: Visitor) -> None:
    page = typed(visitor, live)
    page.unroute(ENDPOINT)
    held: list[Route] = []
    page.route(ENDPOINT, lambda route: held.append(route))
    with page.expect_request("**/api/v1/places?q=springf"):
        field(page).press_sequentially("f")

    field(page).press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    expect(chosen).to_have_text(["Springfield, IL"])
    with contextlib.suppress(PlaywrightError):
        # Nobody waits for it any more.
        answer(held[0], "Springfield, VT")
    page.wait_for_timeout(200)
    expect(chosen).to_have_text(["Springfield, IL"])
    field(page).press("Enter")
    expect(field(page)).to_have_value("Springfield, IL")


def test_nothing_found_is_said_and_shows_no_list(live: Live, visitor: Visitor) -> None:
    page = visitor()
    page.route(ENDPOINT, lambda route: answer(route))
    page.goto(live.url)

    field(page).press_sequentially("zzz")

    expect(status(page)).to_have_text("No suggestions")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field(page)).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("failure", ["refused", "not JSON", "gone"])
def test_when_suggestions_fail_the_field_is_a_plain_one(live: Live, visitor: Visitor, failure: str) -> None:
    answers = {
        "refused": lambda route: route.fulfill(status=429, content_type="application/json", body="{}"),
        "not JSON": lambda route: route.fulfill(status=200, content_type="text/html", body="<p>"),
        "gone": lambda route: route.abort(),
    }
    page = visitor()
    page.route(ENDPOINT, answers[failure])
    page.goto(live.url)

    with page.expect_event("requestfinished" if failure != "gone" else "requestfailed"):
        field(page).press_sequentially("30303")
    expect(status(page)).to_have_text("")
    expect(page.get_by_role("listbox")).to_be_hidden()

    field(page).press("Enter")
    page.wait_for_url("**/labs?*near=30303*")


def test_while_an_input_method_composes_enter_is_its_own(live: Live, visitor: Visitor) -> None:
    page = typed(visitor, live)
    field(page).press("ArrowDown")

    assert field(page).evaluate(COMPOSING_ENTER)
    expect(field(page)).to_have_value("spring")
    expect(suggestions(page)).to_have_count(3)


def test_the_gazetteer_suggests_places_that_can_be_searched(live: Live, visitor: Visitor) -> None:
    page = visitor()
    page.goto(live.url)

    # A slow machine is asked for what is typed so far, too: what is pressed must be the answer to the whole.
    with page.expect_response("**/api/v1/places?q=springf"):
        field(page).press_sequentially("springf")
    expect(suggestions(page).filter(has_not_text="Springf")).to_have_count(0)
    suggestion = page.get_by_role("option", name="Springfield, IL")
    suggestion.click()
    expect(field(page)).to_have_value("Springfield, IL")
    field(page).press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Springfield, IL")


def test_without_scripts_the_field_is_a_plain_one(live: Live, visitor: Visitor) -> None:
    page = visitor(java_script_enabled=False)
    page.goto(live.url)

    assert field(page).get_attribute("role") is None
    expect(page.get_by_role("button", name="Use my location")).to_be_hidden()
    field(page).fill("30303")
    field(page).press("Enter")
    page.wait_for_url("**/labs?*near=30303*")


def test_my_location_is_rounded_before_it_is_sent(live: Live, visitor: Visitor) -> None:
    here = {"latitude": 33.748812345, "longitude": -84.388249999}
    page = visitor(geolocation=here, permissions=["geolocation"])
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto(live.url)

    page.get_by_role("button", name="Use my location").click()
    page.wait_for_url("**/labs?*")

    assert parse_qs(urlsplit(page.url).query)["near"] == ["33.75, -84.39"]
    assert [url for url in sent if "748" in url or "388" in url] == []


def test_a_location_that_is_not_given_says_what_to_do(live: Live, visitor: Visitor) -> None:
    page = visitor(permissions=[])
    page.goto(live.url)

    page.get_by_role("button", name="Use my location").click()

    expect(page.locator("[data-locate-status]")).to_have_text(
        "Your location could not be found. Type a ZIP code instead."
    )
    expect(field(page)).to_have_value("")
