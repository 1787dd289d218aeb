"""Somebody with a browser of their own."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.browser import Live, watch


@pytest.fixture
def visitor(browser: Browser, browser_context_args: dict[str, object], live: Live) -> Iterator[Callable[..., Page]]:
    """``visitor(width=320)`` is the page of somebody new, in a window of that many CSS pixels; other options are
    those of Playwright's ``new_context``. No page of theirs may ask another machine for anything, break a script
    or be refused something by its policy.
    """
    contexts: list[tuple[BrowserContext, list[str]]] = []

    def new(width: int = 1280, **options: object) -> Page:
        viewport = {"width": width, "height": 900}
        context = browser.new_context(**{**browser_context_args, "viewport": viewport, **options})  # type: ignore[arg-type]
        contexts.append((context, watch(context, live)))
        return context.new_page()

    yield new
    faults = [fault for context, found in contexts for fault in found]
    for context, _ in contexts:
        context.close()
    assert faults == []
