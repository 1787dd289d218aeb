"""An entry on the list that is changed: signing in, the steps, and somebody else's change."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.links import hash_of
from registry.models import ContactSession, Lab, Submission, User
from registry.moderation import services as moderation
from registry.web import now
from tests.manage.people import KIM, ROBIN, browser
from tests.support.client import PageClient, page_of
from tests.support.factories import a_submission, an_offering
from tests.support.pages import Page

FISH = an_offering(name="HER2 FISH", method="fish", assay="pathvysion", reflex_policy="none", order_code="F")
AGREED = {"right_today": True, "consent": True}
NEXT = "Save and continue"


def signed_in(app: Flask, session: Session, email: str = ROBIN) -> PageClient:
    """A browser in which *email* is signed in, as after pressing its mailed link."""
    session.rollback()
    client = browser(app)
    key = f"key of {email}, {id(client)}"
    session.add(ContactSession(key_hash=hash_of(key), email=email, created_at=now(), last_seen_at=now()))
    session.commit()
    with client.session_transaction() as cookie:
        cookie["contact_session"] = key
    return client


def start(client: PageClient, lab: Lab, button: str = "Change the entry") -> Page:
    """Press the button that changes the entry; the page that follows."""
    return page_of(client.submit(client.load(f"/manage/labs/{lab.slug}"), button=button))


def change(client: PageClient, step: str, **fields: Any) -> Page:
    """Save other answers in a step, coming from the last look."""
    return page_of(client.submit(client.load(f"/join/{step}?to=check"), button=NEXT, **fields))


def send(client: PageClient, status: int = 200, **fields: Any) -> Page:
    """Agree and send what the last look shows."""
    answer = client.submit(client.load("/join/check"), button="Send", **{**AGREED, **fields})
    assert answer.status_code == status, answer.text
    return page_of(answer)


def rows_of(page: Page) -> list[tuple[str, ...]]:
    """The table of changes, without its head."""
    rows = [tuple(cell.text for cell in row.all("th", "td")) for row in page.one("table").all("tr")]
    return rows[1:]


def submissions(session: Session) -> list[Submission]:
    """All that there are now, in the order in which they were begun."""
    session.rollback()
    return list(session.scalars(select(Submission).order_by(Submission.id)))


def an_edit(session: Session, lab: Lab, **changes: Any) -> Submission:
    """A change of the entry by Robin that waits: another ZIP code."""
    session.rollback()
    data = {**lab.profile_data, "zip": "30309"}
    options: dict[str, Any] = {"email": ROBIN, "kind": "edit", "lab_id": lab.id, "base": lab.profile_data} | changes
    return a_submission(session, type(lab.profile).from_dict(data), **options)


def decide(session: Session, submission: Submission, reviewer: str, how: Callable[..., Any], **more: Any) -> Any:
    """Take a moderator's decision on the submission as it is; does not commit."""
    member = session.scalars(select(User).where(User.email == reviewer)).one()
    return how(
        session,
        submission_id=submission.id,
        reviewer=member,
        expect_revision=submission.revision,
        digest=submission.profile.digest,
        now=now(),
        **more,
    )


def approve(session: Session, submission: Submission, reviewer: str) -> None:
    """Approve the submission as it is. Commits."""
    session.rollback()
    decide(session, submission, reviewer, moderation.approve)
    session.commit()


def publish_change(session: Session, lab: Lab, reviewer: str, **changes: Any) -> None:
    """A change of the entry by Kim is approved. Commits."""
    session.rollback()
    profile = LabProfile.from_dict({**lab.profile.to_dict(), **changes})
    waiting = a_submission(session, profile, kind="edit", email=KIM, lab_id=lab.id, base=lab.profile_data)
    approve(session, waiting, reviewer)
