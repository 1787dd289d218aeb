"""The contact for an address book, by RFC 6350."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from registry.directory.vcard import LONGEST_LINE, vcard
from tests.support.client import PageClient
from tests.support.factories import a_profile, publish

REVISED = datetime(2026, 11, 16, 15, 0, 7, tzinfo=UTC)
URL = "http://localhost/labs/heron"


def card(**changes: str) -> str:
    return vcard(a_profile(**changes), tel="tel:+1-404-555-0123", url=URL, note="Confirmed.", revised=REVISED)


def read(text: str) -> dict[str, str]:
    """Property name to value, unfolded, escapes kept."""
    lines = text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    return {re.split("[;:]", line, maxsplit=1)[0]: line.partition(":")[2] for line in lines}


def parts(value: str) -> list[str]:
    """The components of a structured value, unescaped."""
    found = [""]
    for token in re.findall(r"\\.|;|[^\\;]+", value, re.DOTALL):
        if token == ";":
            found.append("")
        else:
            found[-1] += {"\\n": "\n"}.get(token, token.removeprefix("\\"))
    return found


def test_it_is_downloaded_as_a_vcard(session: Session, client: PageClient) -> None:
    lab = publish(session, slug="heron-atlanta")

    answer = client.get("/labs/heron-atlanta/contact.vcf")

    assert answer.headers["Content-Type"] == "text/vcard; charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=heron-atlanta.vcf"
    assert "Set-Cookie" not in answer.headers
    told = read(answer.text)
    assert told["FN"] == lab.name
    assert told["TEL"] == "tel:+1-404-555-0123"
    assert told["UID"] == "http://localhost/labs/heron-atlanta"
    assert "last confirmed its entry on" in told["NOTE"]


def test_the_listing_offers_it(session: Session, client: PageClient) -> None:
    lab = publish(session)

    assert client.load(f"/labs/{lab.slug}").link("Save the contact") == f"/labs/{lab.slug}/contact.vcf"


def test_its_frame_is_that_of_version_four() -> None:
    lines = card().split("\r\n")

    assert lines[:3] == ["BEGIN:VCARD", "VERSION:4.0", "KIND:org"]
    assert lines[-2:] == ["END:VCARD", ""]
    assert "REV:20261116T150007Z" in lines


def test_parts_of_name_and_address_stay_apart() -> None:
    told = read(card(name="Heron, Egret; Sons \\ Co", address_line1="1; Main St, N", city="Atlanta;GA", zip="01234"))

    assert told["FN"] == "Heron\\, Egret; Sons \\\\ Co"
    assert parts(told["ORG"])[0] == "Heron, Egret; Sons \\ Co"
    assert parts(told["ADR"]) == ["", "", "1; Main St, N", "Atlanta;GA", "GA", "01234", "United States"]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("field", ["name", "contact_role", "address_line1", "city", "public_email", "website", "zip"])
def test_no_field_brings_a_property_of_its_own(field: str, end: str) -> None:
    text = card(**{field: f"Heron{end}TEL:+1-900-555-0199{end}END:VCARD"})

    assert text.count("\r\nTEL") == 1
    assert text.count("\r\nEND:VCARD") == 1
    assert "\n" not in text.replace("\r\n", "")


@pytest.mark.parametrize("website", ["javascript:alert(1)", "data:text/html,x", ""])
def test_what_is_no_page_is_no_address(website: str) -> None:
    assert "URL" not in read(card(website=website))


def test_a_number_that_no_phone_dials_stays_text() -> None:
    text = vcard(a_profile(phone="ask; the desk"), tel="", url=URL, note="", revised=REVISED)

    assert "TEL;VALUE=text;TYPE=work:ask; the desk" in text


@given(name=st.text(min_size=1, max_size=300))
def test_any_name_comes_back_in_lines_of_75_octets(name: str) -> None:
    text = card(name=name.encode("utf-8", "ignore").decode())

    assert all(len(line) <= LONGEST_LINE for line in text.encode().split(b"\r\n"))
    # Each line is whole UTF-8: no letter is parted.
    assert [line.decode("utf-8") for line in text.encode().split(b"\r\n")]
    assert read(text)["VERSION"] == "4.0"
    expected = re.sub(r"\r\n|\r", "\n", name.encode("utf-8", "ignore").decode())
    expected = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", expected)
    assert parts(read(text)["ORG"])[0] == expected
