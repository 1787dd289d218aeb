"""A passkey in a real browser, with a device that the browser plays: made, used to sign in, used to prove oneself."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from config import Settings
from registry import accounts
from registry.app import create_app
from registry.extensions import db
from registry.models import StaffSession
from registry.web import now
from tests.conftest import PASSWORD
from tests.support.browser import Live, assert_accessible, free_port, serving
from tests.support.databases import Databases, connections_closed

EMAIL = "moderator@example.org"


@pytest.fixture
def live(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The application under a name: browsers make no passkeys for an address number."""
    with databases.fresh("sqlite") as url:
        settings = Settings(
            mode="test",
            instance=tmp_path_factory.mktemp("passkeys"),
            database_url=url,
            base_url=f"http://localhost:{free_port()}",
            limits_enabled=False,
            staff_second_factor=False,
        )
        app = create_app(settings)
        with app.app_context():
            accounts.create_staff(db.session, email=EMAIL, password=PASSWORD, role="moderator", now=now())
            db.session.commit()
        with connections_closed(app), serving(settings) as address:
            yield Live(address, settings, app)


def test_a_passkey_is_made_and_signs_in(live: Live, person: Callable[..., Page]) -> None:
    page = person()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    made = devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    device = {"authenticatorId": made["authenticatorId"]}
    page.goto(f"{live.url}/staff/account")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.get_by_role("link", name="Add a passkey").click()
    expect(page.get_by_text("This needs JavaScript")).to_be_hidden()
    assert_accessible(page)
    page.get_by_label("Name of the passkey").fill("Work laptop")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_text("The passkey is added")).to_be_visible()
    expect(page.get_by_role("heading", name="Work laptop")).to_be_visible()
    assert_accessible(page)

    page.locator("summary", has_text="Menu").click()
    page.get_by_role("button", name="Sign out").click()
    # A device that does not recognize its owner: told, and the page goes on working.
    devices.send("WebAuthn.setUserVerified", {**device, "isUserVerified": False})
    button = page.get_by_role("button", name="Sign in with a passkey")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("No passkey was used")).to_be_visible()
    assert_accessible(page)
    devices.send("WebAuthn.setUserVerified", {**device, "isUserVerified": True})
    button.click()
    page.wait_for_url("**/staff/queue")

    # Half an hour later it stands for the password again, and leads back.
    with live.session() as session:
        session.query(StaffSession).update({StaffSession.proved_at: None})
        session.commit()
    page.goto(f"{live.url}/staff/account/password")
    expect(page.get_by_role("heading", name="Show that it is you")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Change your password")).to_be_visible()
