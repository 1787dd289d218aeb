"""Who runs the list, on what terms, and how they are reached."""

from collections.abc import Callable
from datetime import date

from flask import Flask

from registry.about.pages import CHANGED
from tests.support.client import PageClient, page_of

OPERATOR = "Example Cancer Network, Atlanta, Georgia"


def test_each_says_when_its_text_was_last_changed(client: PageClient) -> None:
    for name, day in CHANGED.items():
        told = f"last changed on {day:%B} {day.day}, {day.year}"
        assert told in client.load(f"/{name}").main.text


def test_the_operator_is_named_where_it_matters(make_app: Callable[..., Flask], client: PageClient) -> None:
    named = make_app(operator=OPERATOR).test_client()
    for address in ("/about", "/privacy", "/contact"):
        assert OPERATOR in page_of(named.get(address)).main.text
    for address in ("/about", "/privacy"):
        assert "has not written a name here yet" in client.load(address).main.text


def test_there_is_always_a_way_to_reach_somebody(make_app: Callable[..., Flask], client: PageClient) -> None:
    silent = make_app(contact_email="").test_client()
    for address in ("/contact", "/privacy", "/accessibility"):
        assert client.load(address).main.all("a", href="mailto:registry@example.org")
        assert "has not named an e-mail address" in page_of(silent.get(address)).main.text
    page = page_of(silent.get("/contact"))
    assert "reach the moderators all the same" in page.main.text
    assert {"/labs", "/join", "/manage", "/learn/help"} <= {link["href"] for link in page.main.all("a")}


def test_the_places_are_credited_as_their_license_asks(client: PageClient) -> None:
    page = client.load("/about")

    assert "GeoNames, under the license CC BY 4.0; changed by us" in page.main.text
    links = {link["href"] for link in page.main.all("a")}
    assert {"https://www.geonames.org/", "https://creativecommons.org/licenses/by/4.0/"} <= links


def test_a_geocoder_is_credited_where_there_is_one(make_app: Callable[..., Flask], client: PageClient) -> None:
    page = page_of(make_app(geocoder="nominatim").test_client().get("/about"))

    assert "Nominatim (© OpenStreetMap contributors)" in page.main.text
    assert "OpenStreetMap" not in client.load("/about").main.text


def test_that_small_changes_are_published_at_once_is_said_where_it_is_so(
    make_app: Callable[..., Flask], client: PageClient
) -> None:
    quick = page_of(make_app(publish_small_edits=True).test_client().get("/about"))

    assert "is published at once" in quick.main.text
    assert "is published at once" not in client.load("/about").main.text


def test_the_terms_say_that_a_lawyer_has_to_read_them(client: PageClient) -> None:
    assert "read by a lawyer" in client.load("/terms").main.one(class_="notice").text


def test_what_is_missing_in_spanish_is_said_until_it_was_reviewed(
    make_app: Callable[..., Flask], client: PageClient
) -> None:
    reviewed = make_app(spanish_reviewed_by="Dr. Example", spanish_reviewed_on=date(2026, 11, 1)).test_client()
    missing = "has not been reviewed by a native-speaking clinician"

    assert missing in client.load("/accessibility").main.text
    assert missing not in page_of(reviewed.get("/accessibility")).main.text
