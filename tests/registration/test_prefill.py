"""The laboratory's step beside the CMS file: marked, pointed at, never refused; numbers beyond CLIA; the note."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from registry.models import Lab
from tests.registration.walk import LABORATORY, LATER, fill_in, fill_in_all, hand_in, only
from tests.support.client import PageClient, page_of
from tests.support.cms import a_record, file_away
from tests.support.factories import a_contact, publish
from tests.support.pages import Element, Page

NUMBER = LABORATORY["clia_number"]
OWN_FILE = {
    "name": "INVENTED PATHOLOGY",
    "address_line1": "1 INVENTED STREET",
    "zip": "30303",
    "phone": "4045550123",
}
SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def begin(client: PageClient, number: str = NUMBER) -> None:
    """Begin with what the file has."""
    client.submit(client.load(f"/join/find?clia_number={number}"), button="Start with this")


def marks(page: Page) -> dict[str, str]:
    """What is said of the file at each field, by its name."""
    found = {}
    for mark in page.all(class_="filed"):
        field = next(node for node in mark.ancestors if "field" in node.get("class").split())
        control = field.all("input", "select")[0]
        found[control["name"]] = mark.text
    return found


def warning(page: Page) -> str:
    return " ".join(one.text for one in page.all(class_="notice-warning"))


def note(page: Page) -> Element:
    """The disclosure around the note to the moderator."""
    return next(node for node in page.one("textarea", name="note").ancestors if node.tag == "details")


def test_what_the_file_filled_in_is_marked_and_what_differs_is_pointed_at(client: PageClient, session: Session) -> None:
    file_away(session, a_record(NUMBER, **OWN_FILE))
    begin(client)

    page = client.load("/join/laboratory")
    from_the_file = "From the CMS file of 2026-Q2."
    assert marks(page) == dict.fromkeys(
        ("name", "clia_number", "certificate_type", "address_line1", "city", "state", "zip"), from_the_file
    )
    assert "open" not in note(page).attributes
    assert not warning(page)

    # Nothing is refused, and spelling counts for nothing.
    answer = client.submit(
        page,
        button="Save and continue",
        lab_kind="hospital",
        name="Invented Pathology, Inc.",
        address_line1="7 Elm Street",
        certificate_type="compliance",
    )
    assert answer.request.path == "/join/test-1" or answer.request.path == "/join/tests"
    page = client.load("/join/laboratory")
    told = marks(page)
    assert told["address_line1"] == "The CMS file of 2026-Q2 says: 1 INVENTED STREET"
    assert told["certificate_type"] == "The CMS file of 2026-Q2 says: Certificate of Accreditation"
    assert "name" not in told
    assert told["city"] == from_the_file
    assert "open" in note(page).attributes
    assert "something else here: CLIA certificate, Street address." in client.load("/join/check").text


def test_the_phone_is_filled_in_and_marked(client: PageClient, session: Session) -> None:
    file_away(session, a_record(NUMBER, **OWN_FILE))
    begin(client)

    page = client.load("/join/contact")
    assert page.one("input", name="phone")["value"] == "(404) 555-0123"
    assert marks(page) == {"phone": "From the CMS file of 2026-Q2."}
    fill_in(client, "contact", phone="(404) 555-0199")
    assert marks(client.load("/join/contact")) == {"phone": "The CMS file of 2026-Q2 says: (404) 555-0123"}


def test_without_a_file_nothing_is_said_of_it(client: PageClient, session: Session) -> None:
    fill_in_all(client)

    page = client.load("/join/laboratory")

    assert marks(page) == {}
    assert "CMS file" not in page.main.text.replace("differs from the CMS file", "")
    assert "open" not in note(page).attributes


@SQLITE
@pytest.mark.parametrize(
    ("filed", "typed", "told"),
    [
        ({"certificate_type": "waiver"}, {}, "The CMS file says “Certificate of Waiver”. HER2 tests need more"),
        ({"certificate_type": "ppm"}, {}, "The CMS file says “Provider-Performed Microscopy”. HER2 tests need more"),
        ({}, {"certificate_type": "waiver"}, "You chose “Certificate of Waiver”. HER2 tests need more"),
        ({"program_status": "terminated", "expires_or_terminated": date(2024, 5, 1)}, {}, "ended on May 1, 2024"),
        ({"expires_or_terminated": date(2025, 1, 31)}, {}, "expired on January 31, 2025"),
        ({"program_status": "unknown"}, {}, ""),
    ],
)
def test_what_speaks_against_the_license_is_told_and_the_way_on_is_open(
    client: PageClient, session: Session, filed: dict[str, Any], typed: dict[str, str], told: str
) -> None:
    file_away(session, a_record(NUMBER, **{**OWN_FILE, **filed}))
    fill_in(client, "you")

    answer = fill_in(client, "laboratory", **typed, note="We hold the other certificate since May.")
    assert answer.status_code == 200
    assert answer.request.path != "/join/laboratory"
    page = client.load("/join/laboratory")

    assert told in warning(page)
    assert bool(warning(page)) == bool(told)
    assert "open" in note(page).attributes
    assert only(session).note == "We hold the other certificate since May."
    assert only(session).profile.certificate_type == typed.get("certificate_type", "accreditation")


@SQLITE
@pytest.mark.parametrize(("state", "city", "zip_code"), [("NY", "New York", "10001"), ("WA", "Seattle", "98101")])
def test_new_york_and_washington_are_not_warned_but_told(
    client: PageClient, session: Session, state: str, city: str, zip_code: str
) -> None:
    file_away(session, a_record(NUMBER, certificate_type="waiver", state=state, city=city.upper(), zip=zip_code))
    begin(client)
    fill_in(client, "you")
    fill_in(client, "laboratory", certificate_type="waiver", state=state, city=city, zip=zip_code)

    page = client.load("/join/laboratory")

    assert warning(page) == ""
    assert "licenses laboratories itself" in page.main.text
    assert "It does not cover this kind of test" not in client.load("/join/check").text


def test_the_note_reaches_the_moderators_and_is_not_published(
    client: PageClient, session: Session, outbox: Any
) -> None:
    hand_in(client, outbox, laboratory={"note": "The file is wrong.\nWe moved."})

    submission = only(session)
    assert submission.state == "submitted"
    assert submission.note == "The file is wrong.\nWe moved."
    assert "The file is wrong" not in str(submission.proposed)


def test_the_note_is_kept_with_what_is_not_in_order(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    page = page_of(fill_in(client, "laboratory", zip="1", note="Kept all the same."))

    assert page.one("textarea", name="note").raw_text.strip() == "Kept all the same."
    fill_in(client, "laboratory", note="Kept all the same.")
    assert client.load("/join/laboratory").one("textarea", name="note").raw_text.strip() == "Kept all the same."
    fill_in(client, "laboratory", note="")
    assert only(session).note == ""
    fill_in(client, "laboratory", note="x" * 1001, button=LATER)
    assert only(session).note == ""


@SQLITE
def test_an_npi_must_have_its_check_digit(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    for wrong in ("1234567890", "123456789", "x", "12345678931", "１２３４５６７８９３"):
        page = page_of(fill_in(client, "laboratory", npi=wrong))
        assert set(page.errors()) == {"npi"}, wrong
        assert page.one("input", name="npi")["value"] == wrong

    fill_in(client, "laboratory", npi="123-456 7893")
    assert only(session).profile.npi == "1234567893"


@SQLITE
def test_a_cap_number_is_asked_about_and_never_refused(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    fill_in(client, "laboratory", cap_number="7213401-01")
    assert "CAP numbers that we know" not in client.load("/join/check").text

    fill_in(client, "laboratory", cap_number="CAP 12")
    assert only(session).profile.cap_number == "CAP 12"
    assert "Is CAP 12 right?" in client.load("/join/check").text


def test_both_numbers_stand_in_the_last_look_and_in_the_entry(client: PageClient, session: Session) -> None:
    fill_in_all(client, laboratory={"npi": "1234567893", "cap_number": "7213401"})
    check = client.load("/join/check").text
    assert "1234567893" in check
    assert "7213401" in check

    lab = publish(session, only(session).profile)
    entry = client.load(f"/labs/{lab.slug}").text
    assert "1234567893, the laboratory reports" in entry
    assert "7213401, the laboratory reports" in entry


def test_a_number_of_another_entry_leads_there_and_what_was_typed_is_kept(client: PageClient, session: Session) -> None:
    lab = publish(session, name="Invented Heron Laboratory", clia_number=NUMBER)
    a_contact(session, lab, email="secret@heron.example")
    fill_in(client, "you")

    page = page_of(fill_in(client, "laboratory", name="Invented Wren Laboratory"))

    assert set(page.errors()) == {"clia_number"}
    assert page.link("Invented Heron Laboratory") == f"/labs/{lab.slug}"
    assert page.link("Change or confirm it") == "/manage"
    assert page.link("Ask for access") == f"/manage/labs/{lab.slug}/claim"
    assert page.one("input", name="name")["value"] == "Invented Wren Laboratory"
    assert "secret@heron.example" not in page.html
    session.get_one(Lab, lab.id).state = "hidden"
    session.commit()
    hidden = page_of(fill_in(client, "laboratory"))
    assert not [link for link in hidden.all("a") if "Ask for access" in link.text]
