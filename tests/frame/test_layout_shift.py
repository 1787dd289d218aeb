"""Nothing moves while a page loads: neither when the map comes nor when suggestions do."""

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from tests.support.answering import HOST, answer_from
from tests.support.client import PageClient
from tests.support.factories import publish

# What browsers call good is 0.1; nothing of ours moves at all, but for a fraction of a pixel.
MOST = 0.005
SHIFTS = """new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 100);
})"""
PUSHED = """() => {
  const line = document.createElement("p");
  line.textContent = "What comes late and moves all";
  document.querySelector("main").prepend(line);
}"""


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_nothing_moves_while_a_page_loads(browser: Browser, client: PageClient, session: Session) -> None:
    labs = [publish(session, at=(33.75 + number / 50, -84.39)) for number in range(3)]
    addresses = ("/", "/labs?near=30303", f"/labs/{labs[0].slug}", "/join", "/learn/her2")
    context = browser.new_context()
    answer_from(client, context)
    found = {}
    for width in (360, 1280):
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 800})
        for address in addresses:
            page.goto(f"{HOST}{address}", wait_until="networkidle")
            if page.locator("[data-map]").count() and width > 1000:
                page.locator("[data-map-canvas] canvas, [data-map-canvas] svg").first.wait_for()
            if page.locator("[data-places]").count():
                page.locator("[data-places]").fill("")
                page.locator("[data-places]").press_sequentially("3030")
                expect(page.locator("[role=option]").first).to_be_visible()
            found[address, width] = page.evaluate(SHIFTS)
        page.evaluate(PUSHED)
        assert page.evaluate(SHIFTS) > MOST, "a page that moves is not seen to"
        page.close()
    context.close()

    assert {where: moved for where, moved in found.items() if moved > MOST} == {}
