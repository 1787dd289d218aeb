"""What may bar somebody from a page although axe finds nothing: looked for in the page by ``barriers.js``."""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
NARROW, WIDE = {"width": 320, "height": 800}, {"width": 1280, "height": 800}
# What Letter paper, which is narrower than its neighbor A4 is long, leaves between the margins of print.css.
PAPER = {"width": 710, "height": 950}
# The base of page.css doubled (WCAG 1.4.4), and the spacing that somebody may set (1.4.12); the lines have theirs.
TWICE = {"fontSize": "225%"}
SPACED = {"letterSpacing": "0.12em", "wordSpacing": "0.16em"}
TAB = {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}


def barriers(page: Page, *, narrow: bool, opened: bool = False) -> list[str]:
    """What hinders people at *page*, a sentence each; axe has run there, and is asked for names.

    Keys walk through the page as it is on a *narrow* or a wide screen. *opened*: with everything open that can be.
    The page is not the same afterwards.
    """
    before = page.viewport_size
    page.evaluate(f"window.barriers = {SCRIPT}; 0")
    found = [*_of(page, "", "told", "alike", "moves")]
    if opened:
        page.evaluate("barriers.open()")
    for size in (NARROW, WIDE):
        _resize(page, size)
        found += _of(page, f"at {size['width']} px", "cut", "overlaps", "targets")
        if narrow == (size is NARROW):
            found += _by_keys(page)
    for how, style in (("with text twice as large", TWICE), ("with spaced text", SPACED)):
        page.evaluate("style => Object.assign(document.documentElement.style, style)", style)
        found += _of(page, how, "cut", "overlaps")
        page.evaluate("document.documentElement.removeAttribute('style')")
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]
    page.emulate_media(media="print")
    found += _of(page, "on paper", "printed", "cut", "overlaps")
    page.emulate_media(media="null", forced_colors="active")
    found += _of(page, "", "forced")
    page.emulate_media(forced_colors="null")
    if before is not None:
        page.set_viewport_size(before)
    return found


def _resize(page: Page, size: dict[str, int]) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    if size is WIDE and page.locator("[data-map]").count():
        # It comes by itself on a wide screen, and brings what keys can reach.
        page.locator("[data-map][data-state=ready]").wait_for(state="attached")


def _of(page: Page, where: str, *checks: str) -> Iterator[str]:
    for fault in page.evaluate("checks => checks.flatMap((check) => barriers[check]())", checks):
        yield f"{where}: {fault}" if where else fault


def _by_keys(page: Page) -> list[str]:
    """Press Tab from the beginning of *page* to its end, and once more."""
    keyboard = page.context.new_cdp_session(page)
    for _ in range(page.evaluate("barriers.beginKeys()") + 1):
        keyboard.send("Input.dispatchKeyEvent", TAB)
    keyboard.detach()
    return list(page.evaluate("barriers.endKeys()"))
