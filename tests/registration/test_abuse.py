"""What strangers send to the registration, and what becomes of it (threats.md: input and output)."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import mail
from registry.models import Lab
from registry.web import now
from tests.registration.hostile import EVIL, FORM, HOSTILE, NAMES, hidden_fields, public_forms, token_of
from tests.registration.walk import fill_in, fill_in_all, hand_in, only
from tests.registration.walk import send as send_all
from tests.support.client import PageClient, page_of
from tests.support.factories import a_profile, a_submission, publish

Staff = Callable[..., PageClient]


@pytest.fixture
def author(client: PageClient, session: Session) -> PageClient:
    """Somebody with a draft that lacks only the last look."""
    fill_in_all(client)
    return client


def test_no_form_breaks_under_what_strangers_send(app: Flask, author: PageClient, session: Session) -> None:
    addresses = public_forms(app, publish(session))
    token = token_of(author)
    answers = {}
    for address in addresses:
        for what, value in HOSTILE.items():
            fields = b"&".join(name.encode() + b"=" + value for name in NAMES if len(value) < 5000 or name < "d")
            body = b"csrf_token=" + token.encode() + b"&" + fields
            answer = author.post(address, data=body[:400_000], content_type=FORM)
            answers[address, what] = answer.status_code

    assert len(addresses) > 10
    assert {pair: status for pair, status in answers.items() if not (status < 500)} == {}


def test_a_parameter_repeated_without_end_is_bounded(author: PageClient, session: Session) -> None:
    many = [("specimens", "ffpe_block"), ("name", "a"), ("website", "x"), ("state_permits", "ny_clep")] * 2_500
    for step in ("laboratory", "test-1", "contact"):
        body = urlencode([*hidden_fields(author, step).items(), *many])
        assert author.post(f"/join/{step}", data=body, content_type=FORM).status_code == 422
    kept = only(session).unfinished

    assert kept.keys() >= {"laboratory", "test-1", "contact"}
    assert max(len(values) for step in kept.values() for values in step.values() if isinstance(values, list)) <= 40
    assert author.post("/join/contact", data=b"a" * 2_000_000, content_type=FORM).status_code == 413


def test_hostile_text_is_text_wherever_it_is_shown(
    client: PageClient, outbox: Any, staff: Staff, session: Session
) -> None:
    fill_in_all(
        client,
        you={"contact_name": EVIL, "contact_role": EVIL},
        laboratory={"name": f"=1+1 {EVIL}", "address_line1": EVIL},
        test_1={"name": EVIL, "specimen_notes": EVIL, "order_code": "=1+1"},
        contact={"contact_role": EVIL},
    )
    pages = [client.load("/join/check")]
    send_all(client)
    letters = outbox.deliver()
    client.submit(client.load(letters[0].link))
    letters += outbox.deliver()
    moderator = staff("moderator")
    pages.append(moderator.load("/staff/queue"))
    review = moderator.load(f"/staff/submissions/{only(session).id}")
    moderator.submit(review, button="Save the decision", decision="approve")
    letters += outbox.deliver()
    session.rollback()
    lab = session.scalars(select(Lab)).one()
    listing = client.load(f"/labs/{lab.slug}")
    pages += [review, listing, client.load("/labs?near=30303")]

    for page in pages:
        # As written: nothing of it is an element, nothing was calculated.
        assert "<script>alert(1)</script><svg onload=alert(1)>" in page.text, page.url
        assert "{{7*7}}" in page.text
        assert not [one for one in page.root.all("svg", "script") if one.get("onload") or one.text == "alert(1)"]
    for letter in letters:
        assert "<script>" not in letter.html
        assert "49" not in letter.subject
        assert "\n" not in letter.subject
    (data,) = [one.raw_text for one in listing.root.all("script") if one.get("type") == "application/ld+json"]
    assert "<" not in data
    csv = client.get("/labs.csv?near=30303&within=any").get_data(as_text=True)
    assert "'=1+1" in csv
    assert ",=1+1" not in csv
    named = client.get(f"/labs/{lab.slug}/contact.vcf").headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=[a-z0-9-]+\.vcf", named)


ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "https://user:secret@laboratory.example/",
    "http://127.0.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "https://laboratory.example/<script>",
    "https://laboratory.example/\u202egpj.exe",
    "//laboratory.example",
)


def test_only_public_web_addresses_are_taken(author: PageClient, session: Session) -> None:
    for address in ADDRESSES:
        answer = fill_in(author, "contact", website=address)
        assert answer.status_code == 422, address
        assert "website" in page_of(answer).errors(), address

    # What was there before stands.
    assert only(session).profile.website == "https://laboratory.example/"


DECEIVING = {
    "Mercy\u202eLab": "U+202E",
    "Mer\u200bcy": "U+200B",
    "Mercy\u2066Lab": "U+2066",
    "Mercy\ufeff": "U+FEFF",
    "Mercy\nBcc: everybody@laboratory.example": "U+000A",
    "Mercy\x00": "U+0000",
    "Mercy\x85": "U+0085",
}


def test_marks_that_deceive_are_refused_at_the_field(author: PageClient) -> None:
    for typed, code in DECEIVING.items():
        sent = {**hidden_fields(author, "laboratory"), "name": typed, "then": "continue"}
        answer = author.post("/join/laboratory", data=sent)
        assert answer.status_code == 422, code
        assert code in page_of(answer).errors()["name"]


def test_look_alike_letters_are_spelled_out_for_the_moderator(client: PageClient, outbox: Any, staff: Staff) -> None:
    hand_in(client, outbox, laboratory={"name": "M\u0435rcy Laboratory"})
    moderator = staff("moderator")
    queue = moderator.load("/staff/queue")
    page = moderator.load(queue.main.one("ol").one("a")["href"])

    assert "U+0435" in page.main.text
    assert "CYRILLIC SMALL LETTER IE" in page.main.text


def test_no_old_row_puts_a_line_into_a_mails_head(app: Flask, session: Session, outbox: Any) -> None:
    evil = a_profile(name="Mercy\r\nBcc: everybody@laboratory.example\r\n\r\nHello")
    submission = a_submission(session, evil, contact_name="R\r\nX: y")
    mail.enqueue(
        session,
        kind="confirm_email",
        recipient=submission.contact_email,
        context={"name": submission.contact_name, "laboratory": evil.name},
        now=now(),
    )
    session.commit()

    letter = outbox.one()

    assert letter.recipients == (submission.contact_email,)
    assert "Bcc" not in letter.message
    assert "X" not in letter.message
    assert "Mercy Bcc: everybody@laboratory.example Hello" in letter.subject
