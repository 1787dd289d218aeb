"""A form that is sent says so when the answer takes long, is sent once, and can be sent again after a file came."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.answering import HOST, answer_from
from tests.support.client import PageClient

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

# Nobody answers: the form would be sent, and the page stays.
UNANSWERED = """
window.sent = 0;
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) window.sent += 1;
  event.preventDefault();
});
document.querySelector("[data-challenge]").value = "found";
"""


@pytest.fixture
def page(browser: Browser, client: PageClient) -> Iterator[Page]:
    """A page with a form, in a browser to which nobody answers when it sends one."""
    context = browser.new_context()
    answer_from(client, context)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{HOST}/manage")
    page.evaluate(UNANSWERED)
    yield page
    context.close()


@pytest.fixture
def button(page: Page) -> Locator:
    """What sends the form."""
    return page.get_by_role("button", name="Mail me a link")


def test_it_is_sent_once_and_says_that_it_works(page: Page, button: Locator) -> None:
    status = page.locator("main form .working")

    button.click()
    page.clock.run_for(900)
    expect(status).to_have_attribute("role", "status")
    expect(status).to_be_empty()
    page.clock.run_for(200)
    button.click()

    expect(status).to_have_text("Working. This can take a few seconds.")
    expect(button).to_have_attribute("data-working", "")
    assert page.evaluate("sent") == 1


def test_after_a_file_the_form_is_free_again(page: Page, button: Locator) -> None:
    page.evaluate("document.querySelector('main form').dataset.download = ''")

    button.click()
    page.clock.run_for(2_000)
    expect(button).to_have_attribute("data-working", "")
    page.clock.run_for(2_000)
    expect(button).not_to_have_attribute("data-working", "")
    expect(page.locator("main form .working")).to_be_empty()
    button.click()

    assert page.evaluate("sent") == 2


def test_a_page_brought_back_is_free_again(page: Page, button: Locator) -> None:
    button.click()
    page.clock.run_for(2_000)

    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }))")

    expect(button).not_to_have_attribute("data-working", "")
    button.click()
    assert page.evaluate("sent") == 2
