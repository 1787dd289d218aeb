"""What the head of a page tells search engines, and the sites where somebody puts a link to it."""

import io
from collections.abc import Callable
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session

from registry.assets import BUILT, read_manifest
from tests.support.client import PageClient
from tests.support.factories import publish
from tests.support.looks import LOOKS, STRANGER
from tests.support.pages import Page
from tests.support.scenes import set_scene

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

BASE = "http://localhost"


def linked(page: Page, rel: str) -> dict[str, str]:
    """The addresses of the head's links of that kind, by their language."""
    return {link.get("hreflang"): link["href"] for link in page.one("head").all("link") if link.get("rel") == rel}


def told(page: Page) -> dict[str, str]:
    """What the head says in its meta elements, by name or property."""
    return {one.get("name") or one.get("property"): one.get("content") for one in page.one("head").all("meta")}


def test_a_page_names_itself_and_its_fellows_in_other_languages(client: PageClient) -> None:
    for address in ("/", "/learn/her2", "/about", "/join"):
        page = client.load(f"{address}?utm_source=mail")

        assert linked(page, "canonical") == {"": f"{BASE}{address}"}
        assert linked(page, "alternate") == {
            "en": f"{BASE}{address}?lang=en",
            "es": f"{BASE}{address}?lang=es",
            "x-default": f"{BASE}{address}",
        }
    assert linked(client.load("/?lang=es"), "canonical") == {"": f"{BASE}/?lang=es"}


def test_a_page_of_results_is_itself_with_its_question(client: PageClient) -> None:
    page = client.load("/labs?near=30303&method=ihc&method=ish&lang=es")

    address = urlsplit(linked(page, "canonical")[""])
    assert address.path == "/labs"
    assert parse_qs(address.query) == {"near": ["30303"], "method": ["ihc", "ish"], "lang": ["es"]}
    assert "lang" not in parse_qs(urlsplit(linked(page, "alternate")["x-default"]).query)
    assert told(page)["og:url"] == linked(page, "canonical")[""]


def test_a_link_to_a_page_is_shown_with_its_title_words_and_card(client: PageClient, session: Session) -> None:
    lab = publish(session, name="Glass & Meadow “Pathology”")

    page = client.load(f"/labs/{lab.slug}?lang=es")

    said = told(page)
    assert said["og:title"] == "Glass & Meadow “Pathology”"
    assert said["og:description"] == said["description"] != ""
    assert said["og:locale"] == "es_US"
    card = client.get(said["og:image"].removeprefix(BASE))
    assert Image.open(io.BytesIO(card.data)).size == (int(said["og:image:width"]), int(said["og:image:height"]))
    assert said["og:image:alt"]
    assert len([one for one in page.one("head").all("meta") if one.get("name") == "description"]) == 1


def test_only_public_pages_that_answer_are_told_of(app: Flask, client: PageClient, session: Session) -> None:
    scene = set_scene(app, session)
    alone = {"report", "report sent", "compare", "find", "you", "claim", "sign in"}
    for look in LOOKS:
        if look.who is not STRANGER or look.press:
            continue
        page = client.load(scene.address(look), status=look.status)
        listed = bool(linked(page, "canonical"))
        robots = told(page).get("robots") == "noindex"
        assert listed is not robots, look.name
        if look.status != 200 or look.name.partition(",")[0].removesuffix(" in Spanish") in alone:
            assert robots, look.name
        elif look.address.startswith(("/learn", "/about", "/privacy", "/labs?")) or look.address in {"/", "/join"}:
            assert listed, look.name


def test_browsers_find_an_icon_wherever_they_look(client: PageClient) -> None:
    asked = client.get("/favicon.ico", follow_redirects=True)
    assert sorted(Image.open(io.BytesIO(asked.data)).info["sizes"]) == [(16, 16), (32, 32), (48, 48)]
    page = client.load("/")
    icons = [link["href"] for link in page.one("head").all("link") if "icon" in link.get("rel")]
    assert len(icons) == 3
    assert all(client.get(icon).status_code == 200 for icon in icons)
    with Image.open(BUILT / read_manifest()["touch-icon.png"]) as touch:
        assert touch.size == (180, 180)


def test_the_spanish_text_says_whether_it_was_reviewed(make_app: Callable[..., Flask]) -> None:
    awaits = "está pendiente de revisión"
    for reviewer, on in (("", None), ("Dra. Ejemplo", date(2026, 11, 20))):
        client = make_app(spanish_reviewed_by=reviewer, spanish_reviewed_on=on).test_client()
        spanish, english = (client.get(f"/?lang={one}").page.one("footer").text for one in ("es", "en"))

        assert (awaits in spanish) is (not reviewer)
        assert ("Dra. Ejemplo" in spanish and "20 de noviembre de 2026" in spanish) is bool(reviewer)
        assert "Ejemplo" not in english
