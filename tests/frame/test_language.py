"""Pages are in the language of their address, else in the browser's, else in English."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.client import PageClient
from tests.support.pages import is_local


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("es", "es"),
        ("es-MX,es;q=0.9,en;q=0.5", "es"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("", "en"),
        ("\x20,;q=nonsense", "en"),
    ],
)
def test_the_browser_chooses(client: PageClient, wanted: str, language: str) -> None:
    answer = client.get("/", headers={"Accept-Language": wanted})

    assert client.load("/", headers={"Accept-Language": wanted}).one("html")["lang"] == language
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_address_goes_before_the_browser(client: PageClient) -> None:
    assert client.load("/?lang=en", headers={"Accept-Language": "es"}).one("html")["lang"] == "en"
    assert client.load("/?lang=es", headers={"Accept-Language": "en"}).one("html")["lang"] == "es"


def test_a_language_that_we_do_not_speak_is_not_an_error(client: PageClient) -> None:
    assert client.load("/?lang=tlh").one("html")["lang"] == "en"


def test_a_choice_stays_on_every_link_and_form(client: PageClient) -> None:
    page = client.load("/labs?lang=es&near=30303")

    for link in page.all("a"):
        address = urlsplit(link.get("href"))
        if not is_local(link["href"]) or not link["href"].startswith("/") or link.get("hreflang"):
            continue
        assert parse_qs(address.query).get("lang") == ["es"], link
    for form in page.all("form"):
        hidden = [control.get("value") for control in form.all("input", name="lang", type="hidden")]
        assert hidden == ["es"] or "lang=es" in form.get("action"), form


def test_a_page_without_a_choice_puts_none_on_its_links(client: PageClient) -> None:
    page = client.load("/labs", headers={"Accept-Language": "es"})

    assert not [link for link in page.all("a") if "lang=" in link.get("href") and not link.get("hreflang")]


def test_each_page_offers_itself_in_the_other_language(client: PageClient) -> None:
    page = client.load("/labs?near=30303&method=ihc")

    other = [link for link in page.all("a") if link.get("hreflang") == "es"]
    assert len(other) == 1
    query = parse_qs(urlsplit(other[0]["href"]).query)
    assert (query["near"], query["method"], query["lang"]) == (["30303"], ["ihc"], ["es"])


def test_spanish_pages_are_in_spanish(client: PageClient) -> None:
    english, spanish = client.load("/?lang=en"), client.load("/?lang=es")

    assert english.h1 != spanish.h1
    assert english.title != spanish.title
