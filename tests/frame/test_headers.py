"""The headers that every answer carries, whatever it is."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.client import PageClient

ANSWERS = {
    "page": ("/", 200),
    "results": ("/labs", 200),
    "not found": ("/nothing", 404),
    "unknown place": ("/labs?near=00000", 404),
    "bad parameter": ("/labs?within=7", 422),
    "redirect": ("/staff", 303),
    "json": ("/api/v1/labs", 200),
    "problem": ("/api/v1/labs?within=7", 422),
    "health": ("/healthz", 200),
}
OF_ALL = {"default-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'"}
OF_PAGES = OF_ALL | {"object-src": "'none'", "form-action": "'self'"}


def _policy(answer: TestResponse) -> dict[str, str]:
    parts = [part.split(None, 1) for part in answer.headers["Content-Security-Policy"].split(";") if part.strip()]
    return {part[0]: part[1].strip() if len(part) > 1 else "" for part in parts}


@pytest.mark.parametrize(("address", "status"), ANSWERS.values(), ids=ANSWERS)
def test_every_answer_is_guarded(client: PageClient, address: str, status: int) -> None:
    answer = client.get(address)

    assert answer.status_code == status
    expected = OF_PAGES if answer.mimetype == "text/html" else OF_ALL
    assert expected.items() <= _policy(answer).items()
    assert "unsafe-" not in answer.headers["Content-Security-Policy"]
    assert "*" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=(self)" in answer.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer.headers


def test_scripts_need_a_nonce_that_is_new_each_time(client: PageClient) -> None:
    first, second = (_policy(client.get("/"))["script-src"] for _ in range(2))

    assert "'nonce-" in first
    assert first != second


def test_what_has_not_changed_keeps_the_policy_of_the_page_that_the_browser_has(client: PageClient) -> None:
    page = client.get("/labs")
    again = client.get("/labs", headers={"If-None-Match": page.headers["ETag"]})

    assert again.status_code == 304
    # A new policy would forbid the scripts of the page that the browser kept.
    assert "Content-Security-Policy" not in again.headers
    assert again.headers["X-Content-Type-Options"] == "nosniff"


def test_built_assets_are_guarded_and_kept_for_ever(app: Flask, client: PageClient) -> None:
    with app.app_context():
        asset: str = app.jinja_env.globals["asset"]("app.css")
    answer = client.get(asset)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_public_pages_set_no_cookie(client: PageClient) -> None:
    answers = [client.get(address) for address in ("/", "/labs", "/labs?near=30303", "/api/v1/labs", "/nothing")]

    assert not [answer.headers["Set-Cookie"] for answer in answers if "Set-Cookie" in answer.headers]


def test_behind_tls_the_browser_is_told_to_stay_there(make_app: Callable[..., Flask]) -> None:
    client = make_app(base_url="https://registry.example.org").test_client()

    answer = client.get("/", base_url="https://registry.example.org")

    assert "max-age=" in answer.headers["Strict-Transport-Security"]


def test_behind_tls_the_session_cookie_is_bound_to_the_host(make_app: Callable[..., Flask]) -> None:
    client = make_app(base_url="https://registry.example.org").test_client()

    answer = client.get("/staff/login", base_url="https://registry.example.org")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
def test_an_unknown_host_is_refused_or_ignored(client: PageClient, header: str) -> None:
    answer = client.get("/labs", headers={header: "evil.example"})

    assert "evil.example" not in answer.text
    assert answer.status_code == (400 if header == "Host" else 200)
