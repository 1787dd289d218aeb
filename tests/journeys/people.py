"""What people do at a browser: join, confirm, sign in, decide, search."""

import time
from contextlib import AbstractContextManager

from playwright.sync_api import Page, expect

from registry import accounts
from registry.domain.profile import LabProfile, Offering
from registry.extensions import db
from registry.web import now
from tests.support.browser import Live, running
from tests.support.smtp import Letter, MailServer

PASSWORD = "correct horse battery staple 7"
MAIL_SECONDS = 20.0


def answer(page: Page, **answers: str | int | tuple[str, ...] | bool | None) -> None:
    """Fill the fields of these names in the page's form, whatever kind they are."""
    for name, wanted in answers.items():
        field = page.locator(f'main form [name="{name}"]')
        kind = field.first.evaluate("one => one.type")
        if kind == "select-one":
            field.select_option(str(wanted or ""))
        elif isinstance(wanted, bool):
            field.set_checked(wanted)
        elif kind in {"radio", "checkbox"}:
            for value in wanted if isinstance(wanted, tuple) else (wanted,):
                if value:
                    page.locator(f'main form [name="{name}"][value="{value}"]').check()
        else:
            field.fill("" if wanted is None else str(wanted))


def press(page: Page, button: str) -> None:
    """Press the button of the page's content and wait for what it leads to.

    A form that asks for a proof of work is sent when that is there, so the next page may take a moment.
    """
    guarded = page.locator("main input[data-challenge]").count() > 0
    if guarded:
        page.evaluate("() => { document.documentElement.dataset.before = 'yes' }")
    page.locator("main").get_by_role("button", name=button, exact=True).click()
    if guarded:
        expect(page.locator("html[data-before]")).to_have_count(0)
    page.wait_for_load_state()


def register(page: Page, live: Live, profile: LabProfile, *, email: str) -> None:
    """Join the list as *profile*, from the home page to “sent”."""
    page.goto(f"{live.url}/")
    page.get_by_role("link", name="Join our list of labs").click()
    page.get_by_role("link", name="Start your registration", exact=True).click()
    page.get_by_role("link", name="Skip this and start with an empty form").click()
    answer(page, contact_name="Ada Invented", contact_email=email, contact_role="Laboratory manager")
    press(page, "Save and continue")
    answer(
        page,
        name=profile.name,
        lab_kind=profile.lab_kind,
        clia_number=profile.clia_number,
        certificate_type=profile.certificate_type,
        address_line1=profile.address_line1,
        city=profile.city,
        state=profile.state,
        zip=profile.zip,
    )
    press(page, "Save and continue")
    for position, offering in enumerate(profile.offerings):
        if position:
            page.get_by_role("link", name="Add another test").click()
        describe(page, offering)
        press(page, "Save and continue")
    press(page, "Continue")
    answer(
        page,
        phone=profile.phone,
        contact_role=profile.contact_role,
        public_email=profile.public_email,
        website=profile.website,
    )
    press(page, "Save and continue")
    expect(page.get_by_text(profile.name).first).to_be_visible()
    answer(page, right_today=True, consent=True)
    press(page, "Send")
    expect(page).to_have_url(f"{live.url}/join/sent")


def describe(page: Page, offering: Offering) -> None:
    """Fill in one HER2 test."""
    answer(
        page,
        name=offering.name,
        method=offering.method,
        assay=offering.assay,
        scoring_criterion=offering.scoring_criterion,
        reflex_policy=offering.reflex_policy,
        specimens=offering.specimens,
        specimen_notes=offering.specimen_notes,
        accepts_outside_specimens=offering.accepts_outside_specimens,
        tat_min=offering.tat_min,
        tat_max=offering.tat_max,
        tat_unit=offering.tat_unit,
        tat_clock_start=offering.tat_clock_start,
        regulatory_status=offering.regulatory_status,
        order_code=offering.order_code,
        catalogue_url=offering.catalogue_url,
    )


def mail_worker(live: Live) -> AbstractContextManager[object]:
    """The operator's worker, as a process of its own."""
    log = live.settings.instance / "worker.log"
    return running(["-m", "flask", "--app", "registry", "worker"], live.settings, log)


def letter_to(mail_server: MailServer, recipient: str, *, number: int = 1) -> Letter:
    """The letter that is the *number*-th to *recipient*; waits for the worker to send it."""
    limit = time.monotonic() + MAIL_SECONDS
    while len(arrived := mail_server.mailbox.to(recipient)) < number:
        assert time.monotonic() < limit, f"{recipient} got {[letter.subject for letter in arrived]}"
        time.sleep(0.05)
    return arrived[number - 1]


def confirm(page: Page, live: Live, letter: Letter) -> None:
    """Open the mailed link and press its button."""
    page.goto(live.url + letter.link)
    press(page, "Confirm and hand in")


def new_moderator(live: Live, email: str) -> str:
    """A moderator's account; its e-mail."""
    with live.app.app_context():
        accounts.create_staff(db.session, email=email, password=PASSWORD, role="moderator", now=now())
        db.session.commit()
    return email


def sign_in(page: Page, live: Live, email: str) -> None:
    """Sign in as staff; ends at the queue."""
    page.goto(f"{live.url}/staff")
    answer(page, email=email, password=PASSWORD)
    press(page, "Sign in")
    expect(page).to_have_url(f"{live.url}/staff/queue")


def decide(page: Page, decision: str, **answers: str) -> None:
    """Take *decision* on the submission that the page shows."""
    answer(page, decision=decision, **answers)
    press(page, "Save the decision")


def search(page: Page, live: Live, where: str) -> None:
    """Ask the home page's question."""
    page.goto(f"{live.url}/")
    page.get_by_label("ZIP code, city and state, or address").fill(where)
    press(page, "Find laboratories")
