"""A draft: nothing typed is lost, nothing is made twice, nobody else's is touched."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import OutboxMessage, Submission
from tests.registration.walk import LABORATORY, LATER, NEXT, YOU, count, fill_in, fill_in_all, only, other_browser, send
from tests.support.client import PageClient, page_of
from tests.support.factories import publish
from tests.support.pages import fill


def test_looking_makes_no_draft(client: PageClient, session: Session) -> None:
    for address in ("/join", "/join/you", "/join/laboratory", "/join/test-1", "/join/check", "/join/sent"):
        client.load(address)
    assert count(session) == 0


def test_the_first_page_sets_no_cookie(client: PageClient) -> None:
    assert "Set-Cookie" not in client.get("/join").headers


def test_an_error_stands_at_its_field_and_nothing_typed_is_lost(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    answer = fill_in(client, "laboratory", zip="3030", name="مختبر", city="")
    page = page_of(answer)
    assert answer.status_code == 422
    assert page.title.startswith("Error: ")
    assert set(page.errors()) == {"zip", "city"}
    assert page.one("input", id="name")["value"] == "مختبر"
    assert {link["href"] for link in page.one("div", class_="error-summary").all("a")} == {"#zip", "#city"}
    # The same is there when the page is opened anew, still with its errors.
    again = client.load("/join/laboratory")
    assert again.one("input", id="zip")["value"] == "3030"
    assert again.one("input", id="name")["value"] == "مختبر"
    assert set(again.errors()) == {"zip", "city"}
    assert only(session).profile.name == ""
    assert fill_in(client, "laboratory").status_code == 200
    assert only(session).unfinished == {}


def test_what_cannot_be_stored_is_shown_replaced_and_refused(client: PageClient) -> None:
    page = client.load("/join/you")
    sent = fill(page.form(), {**YOU, "contact_name": "Robin\x00 \u202eInvented"}, NEXT)
    answer = client.post("/join/you", data=dict(sent))
    assert answer.status_code == 422
    assert client.load("/join/you").one("input", id="contact_name")["value"] == "Robin\ufffd \ufffdInvented"


def test_a_double_click_on_the_first_step_makes_one_draft(app: Flask, session: Session) -> None:
    client = other_browser(app)
    sent = dict(fill(client.load("/join/you").form(), YOU, NEXT))
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert client.post("/join/you", data=sent).status_code == 303
    # The second click left before the first one's answer: with the cookie of before.
    client.set_cookie("session", cookie.value)
    assert client.post("/join/you", data=sent).status_code == 303
    assert count(session) == 1
    assert client.load("/join/laboratory").url == "/join/laboratory"


def test_two_tabs_opened_before_the_first_step_share_one_draft(client: PageClient, session: Session) -> None:
    first, second = client.load("/join/you"), client.load("/join/you")
    client.submit(first, button=NEXT, **YOU)
    answer = client.submit(second, button=NEXT, **{**YOU, "contact_name": "Kim Invented"})
    assert answer.status_code == 409
    client.submit(answer, button="Save what is chosen", **{"keep-contact_name": "typed"})
    assert only(session).contact_name == "Kim Invented"


def test_sending_twice_makes_one_submission_and_one_mail(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    page = client.load("/join/check")
    for _ in range(2):
        answer = client.submit(page, button="Send", consent=True, right_today=True)
        assert answer.request.path == "/join/sent"
    assert only(session).state == "awaiting_email"
    assert count(session, OutboxMessage) == 1


def test_going_back_after_sending_leads_to_the_sent_page(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    old = client.load("/join/laboratory")
    send(client)
    for step in ("you", "laboratory", "tests", "test-1", "contact", "check"):
        assert client.load(f"/join/{step}").url == "/join/sent"
    answer = client.submit(old, button=NEXT, **{**LABORATORY, "name": "Something else"})
    assert answer.request.path == "/join/sent"
    assert only(session).profile.name == "Invented Pathology"


def test_a_change_in_another_tab_must_be_seen_before_sending(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    seen = client.load("/join/check")
    fill_in(client, "laboratory", name="Renamed Pathology")
    answer = client.submit(seen, button="Send", consent=True, right_today=True)
    assert answer.status_code == 409
    assert "Renamed Pathology" in answer.text
    assert only(session).state == "draft"
    assert client.submit(answer, button="Send", consent=True, right_today=True).request.path == "/join/sent"


def test_sending_needs_consent_and_every_step(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    fill_in(client, "laboratory")
    page = client.load("/join/check")
    assert [link.text for link in page.one("div", class_="notice-warning").all("a")] == [
        "Your HER2 tests",
        "How to reach you",
    ]
    answer = client.submit(page, button="Send", consent=True, right_today=True)
    assert answer.status_code == 422
    fill_in(client, "test-1")
    fill_in(client, "contact")
    answer = client.submit(client.load("/join/check"), button="Send", right_today=True)
    assert answer.status_code == 422
    assert only(session).state == "draft"


def test_an_unfinished_step_keeps_the_draft_from_being_sent(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    fill_in(client, "contact", phone="call us")
    assert "How to reach you" in client.load("/join/check").one("div", class_="notice-warning").text
    assert send(client).status_code == 422
    assert only(session).state == "draft"


def test_change_leads_back_to_the_last_look(client: PageClient) -> None:
    fill_in_all(client)
    check = client.load("/join/check")
    page = client.load(next(a["href"] for a in check.all("a") if a.get("aria-label") == "Change: The laboratory"))
    answer = client.submit(page, button=NEXT, city="Decatur", zip="30030")
    assert answer.request.path == "/join/check"
    assert "Decatur" in answer.text


def test_finishing_later_mails_a_link_that_goes_on_elsewhere(
    app: Flask, client: PageClient, session: Session, outbox: Any
) -> None:
    fill_in(client, "you")
    answer = fill_in(client, "laboratory", button=LATER, zip="", city="")
    assert answer.request.path == "/join/saved"
    assert YOU["contact_email"] in answer.text
    elsewhere = other_browser(app)
    page = elsewhere.load(outbox.one(YOU["contact_email"]).link)
    assert only(session).state == "draft"
    arrived = page_of(elsewhere.submit(page, button="Continue"))
    assert arrived.url == "/join/laboratory"
    assert arrived.one("input", id="name")["value"] == LABORATORY["name"]
    assert set(arrived.errors()) == {"zip", "city"}
    fill_in(elsewhere, "laboratory")
    # The browser that began goes on, and sees what was typed there.
    assert client.load("/join/laboratory").one("input", id="zip")["value"] == LABORATORY["zip"]
    assert count(session) == 1


def test_finishing_later_needs_the_address_only(client: PageClient, outbox: Any) -> None:
    answer = fill_in(client, "you", button=LATER, contact_name="", contact_role="")
    assert answer.request.path == "/join/saved"
    assert outbox.one(YOU["contact_email"]).link


def test_finishing_later_without_an_address_asks_for_it(client: PageClient, session: Session) -> None:
    answer = fill_in(client, "you", button=LATER, contact_email="robin")
    assert answer.status_code == 422
    assert set(page_of(answer).errors()) == {"contact_email"}
    answer = fill_in(client, "laboratory", button=LATER)
    assert answer.request.path == "/join/you"
    assert "contact_email" in page_of(answer).errors()
    assert only(session).profile.name == LABORATORY["name"]
    assert count(session, OutboxMessage) == 0


def test_another_registration_begins_empty_and_leaves_the_first_alone(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    answer = client.submit(client.load("/join"), button="Start another registration")
    page = page_of(answer)
    assert page.one("input", id="contact_name").get("value") == ""
    client.submit(page, button=NEXT, **{**YOU, "contact_name": "Kim Invented"})
    assert count(session) == 2
    assert {draft.contact_name for draft in session.scalars(select(Submission))} == {"Robin Invented", "Kim Invented"}


def test_a_number_that_is_listed_leads_to_its_entry(client: PageClient, session: Session) -> None:
    lab = publish(session, clia_number=LABORATORY["clia_number"])
    fill_in(client, "you")
    page = page_of(fill_in(client, "laboratory"))
    assert set(page.errors()) == {"clia_number"}
    assert page.link(lab.name) == f"/labs/{lab.slug}"
    assert page.link("Ask for access") == f"/manage/labs/{lab.slug}/claim"
    assert page.one("input", id="name")["value"] == LABORATORY["name"]


@pytest.mark.parametrize("step", ["you", "laboratory", "test-1", "contact"])
def test_fields_that_are_not_asked_are_not_read(client: PageClient, session: Session, step: str) -> None:
    fill_in_all(client)
    before = only(session)
    identity = (before.id, before.kind, before.lab_id, before.reviewer_id, before.draft_key_hash)
    page = client.load(f"/join/{step}")
    sent = [
        *fill(page.form(), {}, NEXT),
        *[("state_", "approved"), ("lab_id", "1"), ("kind", "withdrawal"), ("reviewer_id", "1")],
        *[("role", "admin"), ("email_verified_at", "2020-01-01"), ("id", "77"), ("revision", "99")],
        *[("base", "{}"), ("flags", "honeypot"), ("updated_by", "x@y.org"), ("remarks", "{}"), ("reminded_at", "1")],
        *[("_tab", "0123456789abcdef.1"), ("unfinished", "{}"), ("draft_key_hash", "0"), ("contact_phone", "1")],
        *[("offerings-0-method", "fish"), ("proposed", "{}"), ("submitted_at", "2020-01-01")],
    ]
    data: dict[str, list[str]] = {}
    for name, value in sent:
        data.setdefault(name, []).append(value)
    assert client.post(f"/join/{step}", data=data).status_code == 303
    after = only(session)
    assert (after.id, after.kind, after.lab_id, after.reviewer_id, after.draft_key_hash) == identity
    assert after.state == "draft"
    assert (after.base, after.flags, after.updated_by, after.remarks) == (None, before.flags, "", {})
    assert (after.reminded_at, after.contact_phone) == (None, "")
    assert after.email_verified_at is None
    assert after.submitted_at is None
    assert after.unfinished == {}


def test_a_certificate_of_waiver_is_noticed_not_refused(client: PageClient, session: Session) -> None:
    fill_in_all(client, laboratory={"certificate_type": "waiver"})
    assert "does not cover this kind of test" in client.load("/join/check").main.text
    assert send(client).request.path == "/join/sent"


def test_script_in_a_name_is_text_everywhere(client: PageClient, outbox: Any) -> None:
    name = "<script>alert(1)</script> {{7*7}}"
    fill_in_all(client, laboratory={"name": name})
    assert name in client.load("/join/check").main.text
    send(client)
    letter = outbox.one()
    assert name in letter.subject
    assert "<script>" not in client.get(letter.link).text.split("<main")[1]


def test_drafts_are_not_cached(client: PageClient) -> None:
    fill_in(client, "you")
    assert client.get("/join/laboratory").headers["Cache-Control"] == "no-store"
