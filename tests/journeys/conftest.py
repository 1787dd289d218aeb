"""Somebody with a browser of their own.

Most journeys are walked on one database, some on SQLite and some on PostgreSQL: what they ask of it is tested on both
below the browser. Many at once, and moderators who cross each other, are on both.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.browser import Live, watch


@pytest.fixture
def person(browser: Browser, browser_context_args: dict[str, object], live: Live) -> Iterator[Callable[..., Page]]:
    """``person()`` is the page of somebody with a browser of their own, which may not do what no page may do."""
    contexts: list[tuple[BrowserContext, list[str]]] = []

    def new(**options: object) -> Page:
        context = browser.new_context(**{**browser_context_args, **options})  # type: ignore[arg-type]
        contexts.append((context, watch(context, live)))
        return context.new_page()

    yield new
    faults = [fault for context, found in contexts for fault in found]
    for context, _ in contexts:
        context.close()
    assert faults == []
