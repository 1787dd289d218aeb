"""Make the pictures that cannot be drawings: the icons in dots, and the card that other sites show beside a link.

    .venv/bin/python static/drawings/draw.py

Everything is our own drawing: ``card.svg`` beside this file, and ``static/src/icon.svg``. Run it after a change of
either, and commit what it writes into ``static/src``.
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parent / "src"
CARD = (1200, 630)
TOUCH_ICON = 180
ICON_SIZES = (16, 32, 48)
COLORS = 128
ROUNDED = 'rx="7"'


def drawn(browser: Browser, svg: str, width: int, height: int) -> Image.Image:
    """*svg* in dots, at that size."""
    page = browser.new_page(viewport={"width": width, "height": height})
    style = f"* {{ margin: 0 }} svg {{ display: block; width: {width}px; height: {height}px }}"
    page.set_content(f"<style>{style}</style>{svg}")
    picture = page.screenshot(omit_background=True)
    page.close()
    return Image.open(io.BytesIO(picture))


def main() -> None:
    """Write the pictures."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        sys.exit("No Chromium or Chrome was found.")
    icon = (SOURCES / "icon.svg").read_text("utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        card = drawn(browser, (HERE / "card.svg").read_text("utf-8"), *CARD).convert("RGB")
        # Telephones round the corners themselves.
        touch = drawn(browser, icon.replace(ROUNDED, ""), TOUCH_ICON, TOUCH_ICON).convert("RGB")
        small = [drawn(browser, icon, size, size) for size in ICON_SIZES]
        browser.close()
    card.quantize(COLORS).save(SOURCES / "card.png", optimize=True)
    touch.quantize(COLORS).save(SOURCES / "touch-icon.png", optimize=True)
    small[-1].save(SOURCES / "favicon.ico", sizes=[(size, size) for size in ICON_SIZES], append_images=small[:-1])


if __name__ == "__main__":
    main()
