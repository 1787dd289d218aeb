"""Nobody is barred from the pages that other settings bring: the second step of signing in, and the demonstration's."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from passlib.totp import TOTP
from playwright.sync_api import Page, expect

from registry import accounts
from registry.extensions import db
from registry.letters import mail_folder
from registry.web import now
from tests.conftest import PASSWORD
from tests.support.barriers import barriers
from tests.support.browser import Live, accessibility_faults, served, watch
from tests.support.databases import Databases
from tests.support.smtp import MailServer

EMAIL = "moderator@example.org"
MAIL = "invented.log"


@pytest.fixture
def live(databases: Databases, mail_server: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The demonstration with one member of staff, who needs a second step, and one mail."""
    changes = {"mode": "demonstration", "staff_second_factor": True}
    with served("sqlite", databases, mail_server, tmp_path_factory, **changes) as live:
        with live.app.app_context():
            accounts.create_staff(db.session, email=EMAIL, password=PASSWORD, role="moderator", now=now())
            db.session.commit()
        letter = EmailMessage()
        letter["Subject"], letter["To"], letter["Date"] = "An invented mail", EMAIL, "Fri, 20 Nov 2026 10:00:00 +0000"
        letter.set_content(f"Open this page: {live.url}/links/nothing")
        mail_folder(live.settings).mkdir(parents=True, exist_ok=True)
        (mail_folder(live.settings) / MAIL).write_bytes(bytes(letter))
        yield live


class Visitor:
    """Somebody who looks at each page they come to, narrow and wide in turn."""

    def __init__(self, page: Page, live: Live) -> None:
        self.page, self.live = page, live
        self.seen: list[str] = []
        self.faults = watch(page.context, live)

    def look(self, address: str = "") -> None:
        """Look at the page of *address*, or at the one that is there; remember what hinders."""
        if address:
            self.page.goto(self.live.url + address)
        narrow = len(self.seen) % 2 == 0
        self.seen.append(self.page.url.removeprefix(self.live.url).partition("?")[0])
        self.faults += accessibility_faults(self.page, examined={320 if narrow else 1280})
        self.faults += [f"{self.seen[-1]}: {one}" for one in barriers(self.page, narrow=narrow, opened=not narrow)]
        # Looking leaves the page in disorder.
        if address:
            self.page.goto(self.live.url + address)

    def sign_in(self) -> None:
        """Give the right password; the second step is asked for."""
        self.page.goto(f"{self.live.url}/staff/login")
        self.page.get_by_label("E-mail").fill(EMAIL)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page.get_by_role("heading", level=1)).not_to_have_text("Staff sign-in")


def test_nobody_is_barred_from_the_second_step_nor_from_the_demonstration(page: Page, live: Live) -> None:
    visitor = Visitor(page, live)
    for address in ("/", "/dev/mail", f"/dev/mail/{MAIL}", "/dev/components"):
        visitor.look(address)

    visitor.sign_in()
    visitor.look("/staff/tf-setup")
    page.get_by_role("button", name="Show the key for my app").click()
    key = page.locator("ol code").inner_text()
    visitor.look()
    page.get_by_label("Code").fill(TOTP(key=key.replace(" ", "")).generate().token)
    page.get_by_role("button", name="Finish").click()
    page.wait_for_url("**/staff/mf-recovery-codes**")
    visitor.look("/staff/mf-recovery-codes")
    page.get_by_role("button", name="Make new recovery codes").click()
    visitor.look()

    page.context.clear_cookies()
    visitor.sign_in()
    visitor.look("/staff/tf-validate")
    page.get_by_role("button", name="Sign in", exact=True).click()
    visitor.look()
    visitor.look("/staff/mf-recovery")
    page.get_by_role("button", name="Sign in", exact=True).click()
    visitor.look()

    assert set(visitor.seen) >= {"/staff/tf-setup", "/staff/tf-validate", "/staff/mf-recovery"}
    assert visitor.faults == []
