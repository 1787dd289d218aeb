"""Whatever goes wrong is a page for people and a problem document for programs, and nothing is half-written."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, abort
from sqlalchemy.orm import Session

from registry.extensions import db, limiter
from registry.models import AuditEvent
from registry.web import problem
from tests.support.client import PageClient, page_of

SECRET = "a detail that nobody may see"


def _audit_event() -> AuditEvent:
    return AuditEvent(
        at=datetime(2026, 11, 16, tzinfo=UTC),
        actor_kind="system",
        actor="test",
        action="break",
        subject_type="submission",
        subject_id=1,
    )


def _write_and_break() -> str:
    db.session.add(_audit_event())
    db.session.flush()
    raise RuntimeError(SECRET)


def _refuse(code: int) -> str:
    abort(code)


@pytest.fixture
def breakable(make_app: Callable[..., Flask]) -> Flask:
    """The application with addresses that fail."""
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule("/broken", view_func=_write_and_break, methods=["GET", "POST"])
    app.add_url_rule("/api/broken", "api_broken", _write_and_break, methods=["GET", "POST"])
    app.add_url_rule("/refuse/<int:code>", view_func=_refuse)
    app.add_url_rule("/api/refuse/<int:code>", "api_refuse", _refuse)
    return app


def _client(app: Flask) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 413, 422, 429, 500, 503])
def test_a_refusal_is_a_page_with_a_way_on(breakable: Flask, code: int) -> None:
    page = _client(breakable).load(f"/refuse/{code}", status=code)

    assert page.h1
    assert page.link("Find a laboratory").startswith("/")


@pytest.mark.parametrize("code", [400, 404, 405, 422, 429, 500, 503])
def test_a_program_gets_a_problem_document(breakable: Flask, code: int) -> None:
    answer = _client(breakable).get(f"/api/refuse/{code}")

    assert answer.status_code == code
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["status"] == code
    assert answer.get_json()["title"]


def test_an_unknown_address_is_a_page(client: PageClient) -> None:
    assert client.load("/nothing/here", status=404).h1 == "There is no such page"


def test_an_unknown_address_of_the_api_is_a_problem(client: PageClient) -> None:
    answer = client.get("/api/v1/nothing")

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_method_that_is_not_offered_names_those_that_are(client: PageClient) -> None:
    answer = client.post("/labs")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert page_of(answer).h1 == "That is not possible here"


def test_too_large_a_form_is_refused_before_it_is_read(client: PageClient) -> None:
    answer = client.post("/join", data=b"x" * 1_500_000, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 413
    assert page_of(answer).h1 == "That was too much at once"


def test_a_raised_exception_tells_nothing_of_itself(breakable: Flask) -> None:
    answer = _client(breakable).post("/broken")

    assert answer.status_code == 500
    assert page_of(answer).h1 == "Something went wrong on our side"
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    assert "RuntimeError" not in answer.text


def test_a_raised_exception_in_the_api_tells_nothing_of_itself(breakable: Flask) -> None:
    answer = _client(breakable).post("/api/broken")

    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert SECRET not in answer.text


def test_a_raised_exception_takes_back_what_was_written(breakable: Flask, session: Session) -> None:
    client = _client(breakable)

    for _ in range(3):
        client.post("/broken")

    assert session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == 0


def test_the_site_answers_after_an_exception(breakable: Flask) -> None:
    client = _client(breakable)
    client.post("/broken")

    client.load("/")


def test_too_many_requests_wait(make_app: Callable[..., Flask]) -> None:
    app = make_app(limits_enabled=True)
    app.config["WTF_CSRF_ENABLED"] = False
    given = limiter.limit("2 per hour")(lambda: {"given": 1})
    app.add_url_rule("/scarce", "scarce", given, methods=["POST"])
    client = _client(app)

    answers = [client.post("/scarce") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["Retry-After"]) > 0
    assert page_of(answers[2]).h1 == "Too many tries"


def test_a_problem_carries_its_members(app: Flask) -> None:
    with app.test_request_context("/api/v1/labs"):
        answer = problem(404, type_="place-not-found", title="We do not know this place.", suggestions=["02134"])

    body: dict[str, Any] = answer.get_json()
    assert body == {
        "type": "place-not-found",
        "title": "We do not know this place.",
        "status": 404,
        "suggestions": ["02134"],
    }
