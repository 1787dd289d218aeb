"""The public pages, as a nurse without JavaScript meets them."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from geopy.distance import geodesic
from sqlalchemy.orm import Session

from tests.support.client import PageClient
from tests.support.factories import a_profile, an_offering, publish

DECATUR = (33.7748, -84.2963)


def headings(text: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", found).strip() for found in re.findall(r"<h3>(.*?)</h3>", text, re.DOTALL)]


def test_the_home_page_asks_one_question(client: PageClient) -> None:
    page = client.get("/")
    assert page.text.count("<input") == 1
    assert "No-store" not in page.headers.get("Cache-Control", "")


def test_public_pages_set_no_cookie_and_vary_on_nothing_personal(session: Session, client: PageClient) -> None:
    lab = publish(session)
    for address in ("/", "/labs", "/labs?near=30303", f"/labs/{lab.slug}", "/nothing-here"):
        answer = client.get(address)
        assert "Set-Cookie" not in answer.headers, address
        assert "Cookie" not in answer.headers.get("Vary", ""), address


def test_laboratories_stand_by_distance_with_what_a_nurse_needs(session: Session, client: PageClient) -> None:
    publish(session, name="Far Heron", at=(34.2, -84.4))
    publish(session, name="Near Heron", at=DECATUR, phone="(404) 555-0142")
    text = client.get("/labs?near=30303").text
    assert headings(text) == ["Near Heron", "Far Heron"]
    assert "(404) 555-0142" in text
    assert "About 3–5 business days from receipt of the specimen" in text
    assert "Yes, from anywhere" in text
    assert "Last confirmed" in text


def test_the_printed_distance_is_the_geodesic_from_the_stated_point(session: Session, client: PageClient) -> None:
    publish(session, at=DECATUR)
    answer = client.get("/api/v1/labs?near=30303").get_json()
    expected = geodesic((answer["place"]["lat"], answer["place"]["lon"]), DECATUR).miles
    assert answer["items"][0]["distance_miles"] == round(expected, 1)


def test_the_nearest_beyond_are_shown_when_none_is_inside(session: Session, client: PageClient) -> None:
    for number in range(12):
        publish(session, name=f"Distant {number:02}", at=(40 + number / 10, -105))
    page = client.get("/labs?near=30303&within=25")
    assert "No laboratory within 25 miles" in page.text
    assert len(headings(page.text)) == 10
    answer = client.get("/api/v1/labs?near=30303&within=25").get_json()
    assert (answer["total"], answer["expanded"], len(answer["items"])) == (0, True, 10)


def test_an_empty_directory_says_so(client: PageClient) -> None:
    assert "No laboratory matches" in client.get("/labs?near=30303&within=any").text
    assert "No laboratory matches" in client.get("/labs?near=30303&within=10").text


@pytest.mark.parametrize(("typed", "offered"), [("2134", "02134"), ("Springfield", "Springfield, IL")])
def test_an_unknown_place_suggests_and_keeps_what_was_typed(typed: str, offered: str, client: PageClient) -> None:
    page = client.get(f"/labs?near={typed}&method=ihc&within=100")
    assert page.status_code == 404
    assert f'value="{typed}"' in page.text
    assert offered in page.text
    main = page.text.partition("<main")[2]
    followed = client.get(re.search(r'href="(/labs\?near=[^"]+)"', main)[1].replace("&amp;", "&"))  # type: ignore[index]
    assert followed.status_code == 200
    assert "within=100" in followed.request.query_string.decode()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("near=", "Type a ZIP code"),
        ("near=30303&within=-5", "Choose a distance"),
        ("near=30303&within=7", "Choose a distance"),
        ("near=30303&method=magic", "Choose test methods"),
        ("near=30303&page=0", "whole number"),
        ("near=30303&page=1000000000", "whole number"),
        ("near=30303&page=99999", "Narrow the search"),
        ("near=30303&color=blue", "color"),
        ("near=30303&near=30304", "once"),
        ("near=" + "x" * 10_000, "too long"),
        ("near=30303&outside=maybe", "outside"),
        ("near=30303&method=ihc" + "&method=fish" * 10_000, "Choose test methods"),
    ],
)
def test_what_cannot_be_meant_is_said_at_its_place(query: str, message: str, client: PageClient) -> None:
    page = client.get(f"/labs?{query}")
    assert page.status_code == 422
    assert message in page.text


@pytest.mark.parametrize("near", ["%00", "%ED%A0%80", "NaN,NaN", "inf,0", "91,0", "%25%25%25", "'; DROP TABLE lab;--"])
def test_hostile_places_are_unknown_places(near: str, client: PageClient) -> None:
    assert client.get(f"/labs?near={near}").status_code == 404
    assert client.get(f"/api/v1/labs?near={near}").status_code == 404


def test_pages_hold_twenty_and_the_next_goes_on(session: Session, client: PageClient) -> None:
    for number in range(25):
        publish(session, name=f"Row {number:02}", at=(33.7 + number / 100, -84.4))
    first = client.get("/labs?near=30303")
    second = client.get(re.search(r'rel="next" href="([^"]+)"', first.text)[1].replace("&amp;", "&"))  # type: ignore[index]
    shown = headings(first.text) + headings(second.text)
    assert len(headings(first.text)) == 20
    assert sorted(shown) == [f"Row {number:02}" for number in range(25)]
    assert client.get("/labs?near=30303&page=3").status_code == 404


def test_a_listing_shows_every_field_as_text(session: Session, client: PageClient) -> None:
    evil = "<script>alert(1)</script>{{7*7}}\"'&"
    test = an_offering(name=evil, specimen_notes=evil, order_code=evil, assay="other", assay_name=evil)
    lab = publish(
        session,
        a_profile(name=evil, city=evil, address_line1=evil, contact_role=evil, offerings=(test,)),
    )
    for address in (f"/labs/{lab.slug}", "/labs?near=30303", "/labs"):
        text = client.get(address).text
        assert "<script>alert" not in text
        assert "49" not in text.replace("00D", "") or "{{7*7}}" in text
    data = re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', client.get(f"/labs/{lab.slug}").text)
    assert data is not None
    assert json.loads(data[1])["name"] == evil


def test_a_link_that_a_browser_would_run_is_never_a_link(session: Session, client: PageClient) -> None:
    lab = publish(session, website="javascript:alert(1)", offerings=(an_offering(catalogue_url="data:text/html,x"),))
    text = client.get(f"/labs/{lab.slug}").text
    assert 'href="javascript:' not in text
    assert 'href="data:' not in text


def test_an_overdue_confirmation_is_said_on_card_and_listing(session: Session, client: PageClient) -> None:
    lab = publish(session, name="Slow Heron")
    assert "overdue" not in client.get("/labs?near=30303").text
    with time_machine.travel(lab.published_at + timedelta(days=400)):
        assert "Confirmation overdue" in client.get("/labs?near=30303").text
        assert "Call before you send a specimen" in client.get(f"/labs/{lab.slug}").text


def test_a_repeated_search_is_answered_by_its_tag_until_something_changes(session: Session, client: PageClient) -> None:
    publish(session)
    for address in ("/labs?near=30303", "/api/v1/labs?near=30303"):
        tag = client.get(address).headers["ETag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        assert "Content-Security-Policy" not in again.headers
    publish(session)
    assert client.get("/labs?near=30303", headers={"If-None-Match": tag}).status_code == 200


def test_the_tag_differs_by_language(session: Session, client: PageClient) -> None:
    publish(session)
    english = client.get("/labs?near=30303", headers={"Accept-Language": "en"}).headers["ETag"]
    answer = client.get("/labs?near=30303", headers={"Accept-Language": "es", "If-None-Match": english})
    assert answer.status_code == 200


def test_a_name_of_two_hundred_arabic_letters_is_shown_whole(session: Session, client: PageClient) -> None:
    name = ("مختبر الأنسجة " * 20)[:200].strip()
    lab = publish(session, name=name)
    assert name in client.get(f"/labs/{lab.slug}").text
    assert name in client.get("/labs?near=30303").text
