"""An entry that somebody doubts says so wherever the public meets it, until it is settled."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from registry.models import Lab
from tests.support.client import PageClient
from tests.support.factories import an_offering, publish

WHEN = datetime(2026, 11, 3, 15, tzinfo=UTC)
LATER = datetime(2026, 11, 3, 17, tzinfo=UTC)


@pytest.fixture
def lab(session: Session) -> Lab:
    fish = an_offering(name="HER2 FISH", method="fish", assay="pathvysion")
    lab = publish(session, name="Gray Heron Laboratory", slug="gray-heron", offerings=(an_offering(), fish))
    publish(session, name="Night Jar Laboratory", slug="night-jar")
    lab.dispute(session, WHEN)
    session.commit()
    return lab


def test_pages_say_it_in_a_badge_and_a_sentence(client: PageClient, lab: Lab) -> None:
    listing = client.load("/labs/gray-heron").main
    card = client.load("/labs").one("li", id="lab-gray-heron")
    other = client.load("/labs").one("li", id="lab-night-jar")
    compared = client.load("/labs/compare?lab=gray-heron&lab=night-jar").main

    assert "We have been checking since November 3, 2026." in listing.text
    assert "Call the laboratory before you send a specimen." in listing.text
    assert "Somebody doubts this entry" in card.text
    assert "isputed" not in other.text
    assert compared.text.count("Disputed") == 1
    for place in (listing, card, compared):
        assert any(badge.text == "Disputed" for badge in place.all("span", class_="badge"))


def test_files_and_interfaces_say_it_too(client: PageClient, lab: Lab) -> None:
    items = {item["slug"]: item for item in client.get("/api/v1/labs").json["items"]}
    features = {one["id"]: one["properties"] for one in client.get("/labs.geojson").json["features"]}
    text = client.get("/labs.csv").get_data(as_text=True).removeprefix("\ufeff")
    rows = {row["slug"]: row for row in csv.DictReader(io.StringIO(text))}

    assert client.get("/api/v1/labs/gray-heron").json["disputed"] is True
    for found in (items, features):
        assert [found[slug]["disputed"] for slug in ("gray-heron", "night-jar")] == [True, False]
    assert [rows[slug]["disputed"] for slug in ("gray-heron", "night-jar")] == ["true", "false"]


def test_a_confirmation_of_all_tests_changes_the_words_and_settles_nothing(
    session: Session, client: PageClient, lab: Lab
) -> None:
    first, second = (offering.digest for offering in lab.profile.offerings)
    lab.confirm(session, [first], day=LATER.date(), now=LATER)
    session.commit()
    of_one = client.load("/labs/gray-heron").main.text

    lab.confirm(session, [first, second], day=LATER.date(), now=LATER)
    session.commit()

    assert "the laboratory confirmed the entry" not in of_one
    listing = client.load("/labs/gray-heron").main.text
    assert "Disputed, confirmed since" in listing
    assert "the laboratory confirmed the entry on November 3, 2026." in listing
    assert "the laboratory has confirmed it since" in client.load("/labs").one("li", id="lab-gray-heron").text
    item = client.get("/api/v1/labs/gray-heron").json
    assert (item["disputed"], item["dispute_answered"]) == (True, True)


def test_what_is_settled_says_nothing_any_more(session: Session, client: PageClient, lab: Lab) -> None:
    lab.confirm(session, [one.digest for one in lab.profile.offerings], day=LATER.date(), now=LATER)
    lab.dispute(session, None)
    session.commit()

    assert "isputed" not in client.load("/labs/gray-heron").main.text
    assert client.get("/api/v1/labs/gray-heron").json["dispute_answered"] is False


def test_it_is_told_in_spanish(make_app: Callable[..., Flask], client: PageClient, lab: Lab) -> None:
    assert "En disputa" in client.load("/labs/gray-heron?lang=es").main.text
