"""Pages are in the language of their address, else in the browser's, else in English."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.client import PageClient, page_of
from tests.support.pages import is_local

# The language does not depend on the database.
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("es", "es"),
        ("es-MX,es;q=0.9,en;q=0.5", "es"),
        ("es-419", "es"),
        ("es_US", "es"),
        # As some browsers ask: a region alone, wanted more than plain English.
        ("es-US,en;q=0.9", "es"),
        ("de,es-MX;q=0.7,en;q=0.3", "es"),
        ("en;q=0.2,es;q=0.9", "es"),
        ("en-US,en;q=0.9,es-US;q=0.8", "en"),
        ("es;q=0,en;q=0.1", "en"),
        ("pt-BR,pt;q=0.9", "en"),
        ("est,eng", "en"),
        ("*", "en"),
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

    # At the head and at the foot.
    other = {link["href"] for link in page.all("a") if link.get("hreflang") == "es"}
    assert len(other) == 1
    query = parse_qs(urlsplit(other.pop()).query)
    assert (query["near"], query["method"], query["lang"]) == (["30303"], ["ihc"], ["es"])


def test_spanish_pages_are_in_spanish(client: PageClient) -> None:
    english, spanish = client.load("/?lang=en"), client.load("/?lang=es")

    assert english.h1 != spanish.h1
    assert english.title != spanish.title


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        # By url_for, by the path of the request, and by a library's own setting.
        ("/manage/labs/none", "/manage?lang=es"),
        ("/staff/queue", "/staff/login?next=/staff/queue%3Flang%3Des&lang=es"),
        ("/staff", "/staff/login?next=/staff%3Flang%3Des&lang=es"),
    ],
)
def test_a_redirect_keeps_the_choice(client: PageClient, asked: str, leads: str) -> None:
    answer = client.get(f"{asked}?lang=es")

    place, wanted = urlsplit(answer.headers["Location"]), urlsplit(leads)
    assert answer.status_code in (302, 303)
    assert (place.path, parse_qs(place.query)) == (wanted.path, parse_qs(wanted.query))


def test_a_form_that_was_sent_leads_on_in_its_language(client: PageClient) -> None:
    answer = client.submit(client.load("/manage?lang=es"), email="nobody@lab.example", follow=False)

    assert answer.headers["Location"] == "/manage/asked?lang=es"


def test_a_redirect_without_a_choice_says_none(client: PageClient) -> None:
    assert "lang=" not in client.get("/manage/labs/none", headers={"Accept-Language": "es"}).headers["Location"]


@pytest.mark.parametrize("address", ["/nothing", "/labs?within=7", "/labs/none", "/links/none", "/staff/none"])
def test_what_is_refused_is_refused_in_the_chosen_language(client: PageClient, address: str) -> None:
    answer = client.get(f"{address}{'&' if '?' in address else '?'}lang=es", follow_redirects=True)

    page = page_of(answer)
    assert page.one("html")["lang"] == "es"
    assert answer.headers["Content-Language"] == "es"
    assert [link for link in page.all("a") if parse_qs(urlsplit(link.get("href")).query).get("lang") == ["es"]]


def test_an_expired_form_is_told_in_the_chosen_language(client: PageClient) -> None:
    answer = client.post("/manage?lang=es", data={"email": "x"})

    assert answer.status_code == 419
    assert page_of(answer).one("html")["lang"] == "es"


def test_problems_of_the_interface_are_told_in_the_language_that_is_asked_for(client: PageClient) -> None:
    """They name what is wrong for whoever wrote the program; what the interface answers is the same for all."""
    told = {
        wanted: client.get("/api/v1/places?q=x&limit=0", headers={"Accept-Language": wanted})
        for wanted in ("en", "es-MX")
    }

    assert told["en"].json["title"] != told["es-MX"].json["title"]  # type: ignore[index]
    assert [answer.headers["Content-Language"] for answer in told.values()] == ["en", "es"]
    assert all("Accept-Language" in answer.headers["Vary"] for answer in told.values())
