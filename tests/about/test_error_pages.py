"""Whoever is refused reads what happened and what to do next, in their language, whatever else is broken."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, abort
from sqlalchemy.orm import Session
from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

from registry.extensions import limiter
from tests.support.client import PageClient, page_of
from tests.support.factories import publish
from tests.support.pages import Page

CODES = (400, 401, 403, 404, 405, 406, 413, 422, 429, 500, 501, 503)
FORM_EXPIRED = 419
SENT_FROM_OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}


def _refuse(code: int) -> str:
    abort(code)


def _wait(seconds: int) -> str:
    raise TooManyRequests(retry_after=seconds)


def _rest(seconds: int) -> str:
    raise ServiceUnavailable(retry_after=seconds)


@pytest.fixture
def refusing(app: Flask) -> Flask:
    """The application with addresses that refuse."""
    app.add_url_rule("/refuse/<int:code>", view_func=_refuse)
    app.add_url_rule("/staff/refuse/<int:code>", "staff_refuse", _refuse)
    app.add_url_rule("/wait/<int:seconds>", view_func=_wait)
    app.add_url_rule("/rest/<int:seconds>", view_func=_rest)
    return app


def _client(app: Flask) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


def _is_kept_from_search_engines(page: Page) -> bool:
    return [meta["content"] for meta in page.all("meta", name="robots")] == ["noindex"]


def test_every_refusal_says_what_happened_and_leads_on(refusing: Flask) -> None:
    client = _client(refusing)
    pages = {code: client.load(f"/refuse/{code}", status=code) for code in CODES}

    # What has no words of its own shares those of its kind: 406 with other requests, 501 with our own faults.
    assert len({page.h1 for page in pages.values()}) == len(CODES) - 1
    assert pages[501].h1 == pages[500].h1 == "Something went wrong on our side"
    for page in pages.values():
        assert len(page.main.one(class_="lead").text) > 10
        assert _is_kept_from_search_engines(page)
        links = {link["href"] for link in page.main.all("a")}
        assert {"/", "/labs", "/learn", "/join", "/contact"} <= links


def test_a_refusal_speaks_the_readers_language_and_keeps_it(refusing: Flask) -> None:
    page = _client(refusing).load("/refuse/404?lang=es", status=404)

    assert page.one("html")["lang"] == "es"
    assert {link["href"] for link in page.main.all("a")} >= {"/?lang=es", "/labs?lang=es", "/join?lang=es"}
    assert page.main.one("input", name="lang")["value"] == "es"


def test_who_mistyped_an_address_can_search_for_a_place(client: PageClient, session: Session) -> None:
    publish(session)
    session.commit()
    page = client.load("/labs/no-such-laboratory", status=404)

    assert "laboratory that is not on the list may still test" in page.main.text
    # Nothing that was not asked for is suggested.
    assert not [link for link in page.main.all("a") if link["href"].startswith("/labs/")]
    assert client.submit(page, near="30303").status_code == 200


def test_only_where_a_search_helps_is_one_offered(refusing: Flask) -> None:
    client = _client(refusing)
    searches = {code for code in CODES if client.load(f"/refuse/{code}", status=code).main.all("form")}

    assert searches == {404}


def test_what_staff_may_not_do_is_told_otherwise_than_to_the_public(
    refusing: Flask, staff: Callable[..., PageClient]
) -> None:
    public = _client(refusing).load("/refuse/403", status=403)
    own = staff("moderator").load("/staff/refuse/403", status=403)

    assert "An administrator can give it" not in public.main.text
    assert "/manage" in {link["href"] for link in public.main.all("a")}
    assert "An administrator can give it" in own.main.text
    assert own.link("Queue") == "/staff/queue"
    assert _is_kept_from_search_engines(own)


def test_staff_keep_their_navigation_where_a_page_is_gone(staff: Callable[..., PageClient]) -> None:
    page = staff("moderator").load("/staff/submissions/99", status=404)

    assert page.link("Queue") == "/staff/queue"
    assert "look in the queue" in page.main.text


@pytest.mark.parametrize(
    ("seconds", "told"), [(1, "1 minute,"), (61, "2 minutes"), (3600, "60 minutes"), (3601, "2 hours")]
)
def test_how_long_to_wait_is_said_in_words(refusing: Flask, seconds: int, told: str) -> None:
    client = _client(refusing)
    for address, code in ((f"/wait/{seconds}", 429), (f"/rest/{seconds}", 503)):
        answer = client.get(address)
        assert answer.status_code == code
        assert answer.headers["Retry-After"] == str(seconds)
        assert f"Please wait {told}" in page_of(answer).main.text


def test_who_sent_too_much_reads_for_how_long(make_app: Callable[..., Flask]) -> None:
    app = make_app(limits_enabled=True)
    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule("/rare", "rare", limiter.limit("1 per 2 hours")(lambda: {"done": 1}), methods=["POST"])
    client = _client(app)
    client.post("/rare")
    refused = client.post("/rare")

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 3600
    assert "Please wait 2 hours, then try again." in page_of(refused).main.text


def test_an_expired_form_gives_back_what_was_written(client: PageClient) -> None:
    page = client.load("/join/you")
    written = {
        "csrf_token": "forged",
        "contact_name": "Robin <b>Example</b>",
        "contact_email": "robin@example.org",
        "contact_role": "Director",
        "note": "first line\nsecond line",
    }
    answer = client.post("/join/you", data=written, headers=SENT_FROM_OUR_PAGE)
    expired = page_of(answer)

    assert page.url == "/join/you"
    assert answer.status_code == FORM_EXPIRED
    assert answer.headers["Cache-Control"] == "no-store"
    shown = [item.text for item in expired.one(class_="typed-before").all("li")]
    assert shown == ["Robin <b>Example</b>", "robin@example.org", "first line second line"]
    assert expired.link("Open the form again") == "/join/you"
    assert _is_kept_from_search_engines(expired)


@pytest.mark.parametrize("site", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}])
def test_another_site_cannot_put_its_words_onto_ours(client: PageClient, site: dict[str, str]) -> None:
    answer = client.post("/join/you", data={"contact_name": "Call 555 0100 now"}, headers=site)

    assert answer.status_code == FORM_EXPIRED
    assert "555 0100" not in answer.text
    assert page_of(answer).link("Open the form again") == "/join/you"


def test_what_was_typed_to_sign_in_is_never_shown(client: PageClient) -> None:
    secret = {"email": "admin@example.org", "password": "four words of secret"}
    answer = client.post("/staff/login", data=secret, headers=SENT_FROM_OUR_PAGE)

    assert answer.status_code == FORM_EXPIRED
    assert "four words" not in answer.text
    assert "admin@example.org" not in answer.text


def test_an_expired_form_without_a_page_of_its_address_says_to_go_back(
    staff: Callable[..., PageClient], client: PageClient
) -> None:
    expired = page_of(staff("moderator").post("/staff/logout", headers=SENT_FROM_OUR_PAGE))

    assert "Go back to the page that you came from" in expired.main.text
    assert expired.link("Queue") == "/staff/queue"
    assert page_of(client.post("/staff/logout")).link("Sign in as staff") == "/staff/login"


@pytest.fixture
def broken(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    """The application without its database."""
    return make_app(database_url=f"sqlite:///{tmp_path}/no/such/folder/registry.sqlite")


@pytest.mark.parametrize("address", ["/labs/some-laboratory", "/staff/queue", "/manage", "/readyz"])
def test_without_a_database_the_page_says_so_all_the_same(broken: Flask, address: str) -> None:
    client = _client(broken)
    # Of somebody who signed in before: the database would be asked who it is.
    with client.session_transaction() as session:
        session.update({"_user_id": "x" * 32, "staff_session": "x" * 43, "contact_session": "x" * 43})
    for language in ("en", "es"):
        answer = client.get(f"{address}?lang={language}")
        page = page_of(answer)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert page.one("html")["lang"] == language
        assert page.main.all("a", href="mailto:registry@example.org")
        assert "sqlite" not in page.html.lower()
    assert "Please wait 1 minute" in client.load(f"{address}?lang=en", status=503).main.text


def test_a_program_is_told_to_come_back(broken: Flask) -> None:
    answer = _client(broken).get("/api/v1/labs/some-laboratory")

    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_busy_database_is_waited_for_and_a_wrong_statement_is_our_fault(app: Flask, tmp_path: Path) -> None:
    impatient = sa.create_engine(f"sqlite:///{tmp_path}/other.sqlite", connect_args={"timeout": 0})

    def wrong() -> str:
        with impatient.connect() as connection:
            connection.execute(sa.text("SELECT nothing FROM nowhere"))
        return ""

    def busy() -> str:
        with impatient.connect() as first, impatient.connect() as second:
            first.exec_driver_sql("BEGIN EXCLUSIVE")
            second.exec_driver_sql("BEGIN EXCLUSIVE")
        return ""

    app.add_url_rule("/wrong", view_func=wrong)
    app.add_url_rule("/busy", view_func=busy)
    client = _client(app)

    assert client.load("/wrong", status=500).h1 == "Something went wrong on our side"
    assert client.load("/busy", status=503).h1 == "The service cannot answer just now"
    impatient.dispose()
