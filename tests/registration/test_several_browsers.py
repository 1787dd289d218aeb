"""Several browsers at one draft, several drafts in one browser: whose it is, and who may open it."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.links import hash_of
from registry.models import DraftKey, Submission
from registry.registration import queries, services
from registry.registration.services import Editor
from registry.web import now
from tests.registration.walk import LABORATORY, LATER, NEXT, YOU, count, fill_in, fill_in_all, only, other_browser, send
from tests.support.client import PageClient, page_of
from tests.support.factories import a_submission
from tests.support.pages import fill

SECOND = {**YOU, "contact_name": "Kim Invented", "contact_email": "kim@laboratory.example"}


def resumed(app: Flask, client: PageClient, outbox: Any) -> PageClient:
    """A second browser, which opened the mailed link to the draft of *client*."""
    client.submit(client.load("/join/contact"), button=LATER)
    elsewhere = other_browser(app)
    elsewhere.submit(elsewhere.load(outbox.deliver()[-1].link), button="Continue")
    return elsewhere


def begin_another(client: PageClient, **you: str) -> None:
    """Begin a further registration in the same browser."""
    answer = client.submit(client.load("/join"), button="Start another registration")
    assert client.submit(answer, button=NEXT, **{**SECOND, **you}).status_code == 200


def drafts(client: PageClient) -> list[str]:
    """The names of the drafts that the browser shows, in its order."""
    return [entry.all("strong")[0].text for entry in client.load("/join").all("li", class_="entry")]


def test_both_browsers_go_on_at_different_steps(app: Flask, client: PageClient, session: Session, outbox: Any) -> None:
    fill_in(client, "you")
    elsewhere = resumed(app, client, outbox)
    here, there = client.load("/join/laboratory"), elsewhere.load("/join/test-1")
    assert client.submit(here, button=NEXT, **LABORATORY).status_code == 200
    assert elsewhere.submit(there, button=NEXT, name="Only a name").status_code == 422
    assert fill_in(client, "contact").status_code == 200
    stored = only(session)
    assert stored.profile.name == LABORATORY["name"]
    assert stored.unfinished["test-1"]["name"] == ["Only a name"]
    assert elsewhere.load("/join/contact").one("input", id="website")["value"] == "https://laboratory.example/"


def test_keys_of_a_draft_end_with_it_and_open_nothing_else(
    app: Flask, client: PageClient, session: Session, outbox: Any
) -> None:
    fill_in(client, "you")
    elsewhere = resumed(app, client, outbox)
    assert session.scalars(select(DraftKey.email)).all() == [YOU["contact_email"]]
    client.submit(client.load(client.load("/join").link("Delete this draft")), button="Delete")
    assert count(session, DraftKey) == 0
    told = elsewhere.load("/join/laboratory")
    assert told.url == "/join"
    assert "no longer open in this browser" in told.main.text
    # Said once; then the browser is free.
    assert "no longer open" not in elsewhere.load("/join").main.text
    assert elsewhere.load("/join/you").url == "/join/you"


def test_a_key_that_opens_something_else_keeps_doing_so(session: Session) -> None:
    own = a_submission(session, state="draft", draft_key="o" * 43)
    other = a_submission(session, state="draft")
    key = services.open_for(session, draft=other, key="o" * 43, email="a@example.org", now=now())
    again = services.open_for(session, draft=other, key=key, email="a@example.org", now=now())
    assert key == again != "o" * 43
    session.commit()
    assert queries.submission_of_key(session, "o" * 43) == own
    assert queries.submission_of_key(session, key) == other
    assert session.scalars(select(DraftKey.key_hash)).all() == [hash_of(key)]


def test_an_address_that_is_corrected_ends_what_was_opened_by_the_wrong_one(
    app: Flask, client: PageClient, session: Session, outbox: Any
) -> None:
    fill_in(client, "you", contact_email="stranger@elsewhere.example")
    stranger = resumed(app, client, outbox)
    assert stranger.load("/join/laboratory").url == "/join/laboratory"
    fill_in(client, "you", contact_email=YOU["contact_email"])
    assert stranger.load("/join/laboratory").url == "/join"
    # Whoever changes the address goes on, also with a key that came by mail.
    colleague = resumed(app, client, outbox)
    fill_in(colleague, "you", contact_email="kim@laboratory.example")
    assert colleague.load("/join/laboratory").url == "/join/laboratory"
    assert client.load("/join/laboratory").url == "/join/laboratory"


def test_a_correction_leaves_the_colleagues_of_a_listing_alone(session: Session) -> None:
    draft = a_submission(session, state="draft", kind="edit", email="a@example.org")
    key = services.open_for(session, draft=draft, key="k" * 43, email="a@example.org", now=now())
    services.keep_email(session, draft=draft, email="b@example.org", by=Editor())
    session.commit()
    assert queries.submission_of_key(session, key) == draft


def test_a_browser_holds_several_drafts_and_each_form_knows_its_own(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    old = client.load("/join/laboratory")
    begin_another(client)
    fill_in(client, "laboratory", name="Second Laboratory", clia_number="00D7654322")
    assert drafts(client) == ["Second Laboratory", LABORATORY["name"]]
    # A tab that was left open writes where it was opened, not where the browser is now.
    answer = client.submit(old, button=NEXT, city="Decatur", zip="30030")
    assert answer.status_code == 200
    assert {draft.profile.name: draft.profile.city for draft in session.scalars(select(Submission))} == {
        LABORATORY["name"]: "Decatur",
        "Second Laboratory": "Atlanta",
    }
    assert drafts(client) == [LABORATORY["name"], "Second Laboratory"]
    page = page_of(client.submit(client.load("/join"), button="Continue Second Laboratory"))
    assert "Second Laboratory" in page.main.text


def test_what_was_sent_stays_beside_what_was_not(client: PageClient) -> None:
    fill_in_all(client)
    send(client)
    begin_another(client)
    start = client.load("/join")
    assert "You have sent this registration" in start.main.text
    assert client.submit(start, button="See what happens with it").request.path == "/join/sent"


def test_a_browser_holds_eight_at_most_and_the_cookie_stays_small(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    for number in range(9):
        begin_another(client, contact_name=f"Kim {number}")
    assert count(session) == 10
    assert len(drafts(client)) == 8
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert len(cookie.value) < 1_000


def test_a_browser_of_before_keeps_its_draft(app: Flask, client: PageClient, session: Session) -> None:
    a_submission(session, state="draft", draft_key="k" * 43)
    with client.session_transaction() as cookie:
        cookie["draft"] = "k" * 43
    assert client.load("/join/laboratory").url == "/join/laboratory"
    begin_another(client)
    assert len(drafts(client)) == 2


@pytest.mark.parametrize("path", ["/join/you", "/join/laboratory", "/join/test-1", "/join/contact", "/join/delete"])
def test_a_draft_of_others_is_as_good_as_absent(client: PageClient, session: Session, path: str) -> None:
    fill_in_all(client)
    theirs = a_submission(session, state="draft")
    before = (theirs.profile, theirs.contact_email, theirs.revision)
    for handle in (theirs.handle, str(theirs.id), "nothing", "%", "\x00"):
        page = client.load("/join/laboratory" if path == "/join/delete" else path)
        sent = {**dict(fill(page.form(NEXT), {}, NEXT)), "of_draft": handle}
        answer = client.post(path, data=sent)
        assert (answer.status_code, answer.location) == (303, "/join")
        assert client.get(f"/join/delete?draft={handle}").location == "/join"
        token = page.form(NEXT).one("input", name="csrf_token")["value"]
        assert client.post("/join", data={"csrf_token": token, "open": handle}).location == "/join"
    session.rollback()
    assert (theirs.profile, theirs.contact_email, theirs.revision) == before
    assert count(session) == 2


def test_a_draft_is_deleted_once_asked_twice(client: PageClient, session: Session, outbox: Any) -> None:
    fill_in_all(client)
    client.submit(client.load("/join/contact"), button=LATER)
    page = client.load(client.load("/join/saved").link("Delete this draft"))
    assert LABORATORY["name"] in page.main.text
    for _ in range(2):
        assert client.submit(page, button="Delete").request.path == "/join"
    assert drafts(client) == []
    assert outbox.deliver() == []


def test_what_was_handed_in_is_not_deleted(client: PageClient, session: Session, outbox: Any) -> None:
    fill_in_all(client)
    page = client.load(client.load("/join/contact").link("Delete this draft"))
    send(client)
    client.submit(client.load(outbox.one().link))
    assert client.submit(page, button="Delete").request.path == "/join"
    assert only(session).state == "submitted"
    assert only(session).profile.name == LABORATORY["name"]


def test_opening_is_no_change(app: Flask, client: PageClient, session: Session, outbox: Any) -> None:
    fill_in(client, "you", button=LATER)
    before = (only(session).revision, only(session).updated_at)
    elsewhere = other_browser(app)
    elsewhere.submit(elsewhere.load(outbox.one().link), button="Continue")
    assert count(session, DraftKey) == 1
    assert (only(session).revision, only(session).updated_at) == before
