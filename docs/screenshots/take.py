"""Take the pictures of this folder from a running demonstration.

    python3 dev.py run --port 8137        (in another terminal, freshly reset)
    .venv/bin/python docs/screenshots/take.py http://127.0.0.1:8137 [--language es] [--folder DIR] [--only staff]

Each page is taken at 320 and at 1280 px. A page wider than its window is an error.
"""

import argparse
import json
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WIDTHS = (320, 1280)
CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Camera:
    """Takes the page before it at every width."""

    def __init__(self, page: Page, base: str, language: str, folder: Path) -> None:
        self.page, self.base, self.language, self.folder = page, base, language, folder
        self.too_wide: list[str] = []

    def go(self, path: str) -> None:
        mark = "&" if "?" in path else "?"
        self.page.goto(f"{self.base}{path}{mark}lang={self.language}")

    def take(self, name: str) -> None:
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 800})
            # The map comes when the page is idle.
            self.page.wait_for_load_state("networkidle")
            self.page.screenshot(path=str(self.folder / f"{name}-{width}.png"), full_page=True)
            if self.page.evaluate("document.documentElement.scrollWidth") > width:
                self.too_wide.append(f"{name} at {width}")

    def go_on(self) -> None:
        """Press the step's button; a form that asks for a proof of work is sent when that is there."""
        with self.page.expect_navigation():
            self.page.locator("button[name=then]:not([value=later])").click()

    def look(self, path: str, name: str) -> None:
        self.go(path)
        self.take(name)


def public_pages(camera: Camera) -> None:
    """Finding a laboratory, and what can go wrong with it."""
    camera.look("/", "home")
    camera.look("/labs?near=30303&within=100", "results")
    camera.look("/labs?near=59718&within=10&method=ish", "results-beyond")
    camera.go("/labs?near=30303&within=500&method=ihc&from_state=NY&max_days=7")
    camera.page.locator(".filters > summary").click()
    camera.page.locator(".filter > summary").nth(2).click()
    camera.take("results-filters")
    camera.look("/labs?near=82001&within=250", "results-travelling")
    camera.look("/labs?near=2134", "place-unknown")
    camera.look("/labs?near=Springfield", "place-ambiguous")
    camera.look("/labs?near=", "search-error")
    camera.go("/labs?near=30303&within=any")
    camera.page.locator(".results h3 a").first.click()
    camera.take("listing")
    listing = camera.page.url.partition("?")[0].removeprefix(camera.base)
    camera.look(f"{listing}/report", "report")
    camera.go("/labs?near=30303&within=any")
    for box in camera.page.locator("ol.results:not(.travel-list) input[name=lab]").all()[:3]:
        box.check()
    camera.page.locator("#compare button").click()
    camera.take("compare")
    camera.look("/no-such-page", "not-found")


def joining(camera: Camera) -> None:
    """A registration from the first page to the confirmed mailbox."""
    page = camera.page
    camera.look("/join", "join")
    camera.look("/join/you", "join-you")
    camera.go_on()
    camera.take("join-you-errors")
    page.fill("#contact_name", "Sam Example")
    page.fill("#contact_email", "sam@example.org")
    page.fill("#contact_role", "Laboratory manager")
    camera.go_on()
    page.fill("#name", "Glass Meadow Pathology")
    page.select_option("#lab_kind", "hospital")
    page.fill("#clia_number", "00D0009999")
    page.select_option("#certificate_type", "accreditation")
    page.fill("#address_line1", "12 Example Way")
    page.fill("#city", "Decatur")
    page.select_option("#state", "GA")
    page.fill("#zip", "30303-")
    camera.go_on()
    camera.take("join-laboratory-error")
    page.fill("#zip", "30030")
    camera.go_on()
    camera.take("join-test")
    page.fill("#name", "HER2 IHC, colorectal")
    for value in ("ihc", "heracles", "ihc_2plus_to_ish_auto", "ffpe_block", "ldt"):
        page.check(f"input[value={value}]")
    page.check("input[name=accepts_outside_specimens][value=yes]")
    page.select_option("#assay", "ventana_4b5")
    page.fill("#tat_min", "3")
    page.fill("#tat_max", "5")
    page.select_option("#tat_unit", "business_days")
    page.select_option("#tat_clock_start", "specimen_receipt")
    camera.go_on()
    camera.take("join-tests")
    camera.go_on()
    page.fill("#phone", "404 555 0142")
    page.fill("#contact_role", "Client services")
    camera.take("join-contact")
    camera.go_on()
    camera.take("join-check")
    page.check("#right_today")
    page.check("#consent")
    camera.go_on()
    camera.take("join-sent")


def mails(camera: Camera) -> None:
    """The demonstration's mailbox, the mail, and the link in it."""
    page = camera.page
    for _ in range(40):
        camera.go("/dev/mail")
        if page.locator("table a").count():
            break
        time.sleep(0.5)
    camera.take("mail-list")
    page.locator("table a").first.click()
    camera.take("mail-text")
    link = page.locator(".suggestions a").first.get_attribute("href")
    page.goto(f"{page.url.partition('?')[0]}/html")
    camera.take("mail-html")
    page.goto(str(link))
    camera.take("link-confirm")
    page.locator("main form button").first.click()
    camera.take("link-confirmed")
    page.goto(str(link))
    camera.take("link-used")


def staff(camera: Camera, account: dict[str, str]) -> None:
    """Signing in, the queue, and a decision."""
    page = camera.page
    camera.look("/staff/login", "staff-sign-in")
    page.fill("#email", account["email"])
    page.fill("#password", account["password"])
    page.locator("main form button, main form input[type=submit]").first.click()
    camera.look("/staff/queue", "staff-queue")
    page.locator("main a[href*='/staff/submissions/']").first.click()
    camera.take("staff-submission")
    review(camera)
    camera.look("/staff/queue?state=decided", "staff-decided")
    for name in ("dashboard", "labs", "labs/1", "duplicates", "reports", "reports/1", "audit", "people", "account"):
        camera.look(f"/staff/{name}", f"staff-{name.replace('/1', '-one')}")


def review(camera: Camera) -> None:
    """The change of an entry that changes most."""
    page = camera.page
    camera.go("/staff/queue?kind=edit")
    found = page.locator("main a[href*='/staff/submissions/']")
    addresses = {str(link.get_attribute("href")).partition("?")[0].partition("#")[0] for link in found.all()}
    most = (0, "")
    for address in sorted(addresses):
        camera.go(address)
        most = max(most, (page.locator("table.changes tbody tr:not(.part)").count(), address))
    camera.look(most[1], "staff-review")


@contextmanager
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        sys.exit("No Chromium or Chrome was found.")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=found, args=CHROMIUM)


def learning(camera: Camera) -> None:
    """The pages to learn from."""
    camera.look("/learn", "learn")
    camera.look("/learn/her2", "learn-her2")
    camera.look("/learn/clinicians/scoring", "learn-scoring")


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("--language", default="en", choices=("en", "es"))
    parser.add_argument("--folder", type=Path, default=HERE)
    parser.add_argument("--instance", type=Path, default=ROOT / "instance")
    parser.add_argument("--only", choices=("public", "joining", "staff"))
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    account = json.loads((wanted.instance / "staff_account.json").read_text("utf-8"))
    with browser() as chromium:
        camera = Camera(chromium.new_page(), wanted.base.rstrip("/"), wanted.language, wanted.folder)
        if wanted.only in (None, "public"):
            public_pages(camera)
            learning(camera)
        if wanted.only in (None, "joining"):
            joining(camera)
            mails(camera)
        if wanted.only in (None, "staff"):
            staff(camera, account)
    if camera.too_wide:
        sys.exit("Wider than the window: " + ", ".join(camera.too_wide))


if __name__ == "__main__":
    main()
