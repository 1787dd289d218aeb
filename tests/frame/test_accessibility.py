"""Nobody is barred from any page in its main states: by axe, by keys, narrow and wide, with large text, on paper."""

import os
import re
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.barriers import barriers
from tests.support.browser import WIDTHS, Live, accessibility_faults, watch
from tests.support.looks import LOOKS, Look
from tests.support.scenes import PASSWORD, STAFF, Scene, cookie_of, held_by, set_scene

ALL = os.environ.get("LOOKS") == "all"
"""Whether everything is tried in every state, as before a release: ``LOOKS=all``."""

NAMED = re.compile(r"\{[^}]*\}")

pytestmark = pytest.mark.parametrize("live", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def scene(live: Live) -> Scene:
    """What the looks show, on the live server."""
    with live.session() as session:
        return set_scene(live.app, session)


@pytest.fixture(scope="module")
def people(
    browser: Browser, browser_context_args: dict[str, object], live: Live, scene: Scene
) -> Iterator[dict[str, tuple[Page, list[str]]]]:
    """A browser's page for everybody who looks, with what it did that no page may do."""
    found = {}
    contexts = []
    for who in {look.who for look in LOOKS}:
        context = browser.new_context(**browser_context_args)  # type: ignore[arg-type]
        contexts.append(context)
        faults = watch(context, live)
        page = context.new_page()
        held = held_by(who)
        if held:
            context.add_cookies([{"name": "session", "value": cookie_of(live.app, held), "url": live.url}])
        if who in STAFF:
            page.goto(f"{live.url}/staff/login")
            page.locator('[name="email"]').fill(STAFF[who])
            page.locator('[name="password"]').fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/staff/queue")
        found[who] = (page, faults)
    yield found
    for context in contexts:
        context.close()


def _tried_by_hand() -> set[str]:
    """The names of the looks that are first of their page, and first of it with errors: keys, large type, paper and
    colors are the same in its other states, which axe examines all the same.
    """
    firsts: dict[tuple[str, bool], str] = {}
    for look in LOOKS:
        page = NAMED.sub("*", look.address.partition("?")[0])
        firsts.setdefault((page, bool(look.press) or look.status == HTTPStatus.UNPROCESSABLE_ENTITY), look.name)
    return {look.name for look in LOOKS} if ALL else set(firsts.values())


TRIED_BY_HAND = _tried_by_hand()


# Each page is examined narrow as it comes, or wide with all its parts opened, in turn: states of one page follow each
# other.
@pytest.mark.parametrize(
    ("look", "narrow"),
    [pytest.param(look, place % 2 == 0, id=look.name) for place, look in enumerate(LOOKS)],
)
def test_nobody_is_barred(
    live: Live, scene: Scene, people: dict[str, tuple[Page, list[str]]], look: Look, narrow: bool
) -> None:
    page, faults = people[look.who]
    answer = page.goto(live.url + scene.address(look))
    if look.press:
        page.locator("main").get_by_role("button", name=look.press, exact=True).click()
        # A guarded form is sent when its proof of work is there.
        expect(page.locator(".error-summary")).to_be_visible()
    else:
        assert answer is not None
        assert answer.status == look.status

    assert accessibility_faults(page, examined={WIDTHS[0] if narrow else WIDTHS[-1]}) == []
    if look.name in TRIED_BY_HAND:
        assert barriers(page, narrow=narrow, opened=not narrow) == []
    assert faults == []
