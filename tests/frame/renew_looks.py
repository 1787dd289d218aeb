"""Take the pictures that tests/frame/test_components.py compares with: ``python -m tests.frame.renew_looks``.

Build the assets first (``python3 dev.py run`` does), and look at what changed in tests/looks before you commit it.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from devtools import machine
from tests.support.browser import FLAGS
from tests.support.looks_client import demonstration
from tests.support.pictures import KEPT, WIDTHS, components, keep, take


def main() -> None:
    """Write all pictures anew, and say how large they are together."""
    found = machine.browser()
    if found is None:
        sys.exit(f"Install one of {', '.join(machine.BROWSERS)}.")
    KEPT.mkdir(exist_ok=True)
    for file in KEPT.glob("*.png"):
        file.unlink()
    with tempfile.TemporaryDirectory() as instance, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        with components(browser, demonstration(Path(instance))) as page:
            for width in WIDTHS:
                keep(take(page, width), width)
        browser.close()
    files = list(KEPT.glob("*.png"))
    print(f"{len(files)} pictures, {sum(file.stat().st_size for file in files):,} bytes")


if __name__ == "__main__":
    main()
