"""The quick way answers what the view answers, and leaves to it what is not plain."""

import pytest
from flask import Flask, request, request_started
from sqlalchemy.orm import Session
from werkzeug.test import Client, TestResponse

from registry.api.quick import QuickSearch
from tests.support.client import PageClient
from tests.support.factories import an_offering, publish

PLAIN = [
    "near=30303",
    "near=30303&within=any",
    "near=Atlanta%2C+GA&method=ihc&method=ngs",
    "near=33.75,-84.39&within=500&outside=1",
    "near=30303&within=any&page=2",
    "near=99501&within=10",
    "near=30303&page=9",
    "near=30303&within=any&sort=turnaround",
    "near=30303&within=any&sort=name&max_days=9&from_state=TX&specimen=ffpe_block&criterion=heracles",
    "near=30303&within=any&page=2&after=d0.999",
]
OTHERS = [
    "",
    "near=",
    "near=2134",
    "near=30303&within=7",
    "near=30303&colour=blue",
    "near=30303&max_days=0",
    "near=30303&from_state=ny",
    "near=%00",
    "near=S%C3%A3o",
    "near=" + "x" * 600,
]


def way_of_the_view(app: Flask, query: str, **headers: str) -> TestResponse:
    chain = app.wsgi_app
    while not isinstance(chain, QuickSearch):
        chain = getattr(chain, "application", None) or chain.app  # type: ignore[attr-defined]
    return Client(chain._inner).get(f"/api/v1/labs?{query}", headers=headers)


@pytest.fixture
def directory(session: Session) -> None:
    for number in range(23):
        test = an_offering(
            method="fish" if number % 3 else "ihc", accepts_outside_specimens="no" if number % 2 else "yes"
        )
        publish(session, name=f"Row {number:02}", at=(33.7 + number / 50, -84.4), offerings=(test,))


@pytest.mark.parametrize("query", [*PLAIN, *OTHERS])
def test_both_ways_give_the_same_answer(app: Flask, client: PageClient, directory: None, query: str) -> None:
    quick, view = client.get(f"/api/v1/labs?{query}"), way_of_the_view(app, query)
    assert quick.status_code == view.status_code
    assert sorted(quick.headers) == sorted(view.headers)
    assert quick.data == view.data


@pytest.mark.parametrize(("query", "requests"), [*((query, 0) for query in PLAIN), ("near=2134", 1), ("", 1)])
def test_a_plain_search_sets_no_request_up(
    app: Flask, client: PageClient, directory: None, query: str, requests: int
) -> None:
    seen: list[str] = []

    @request_started.connect_via(app)
    def note(sender: Flask, **more: object) -> None:
        seen.append(request.path)

    assert client.get(f"/api/v1/labs?{query}").status_code in {200, 404}
    assert len(seen) == requests


def test_a_host_that_is_not_ours_is_refused_here_too(client: PageClient, directory: None) -> None:
    assert client.get("/api/v1/labs?near=30303", headers={"Host": "evil.example"}).status_code == 400


def test_a_condition_is_honoured(client: PageClient, directory: None) -> None:
    tag = client.get("/api/v1/labs?near=30303").headers["ETag"]
    assert client.get("/api/v1/labs?near=30303", headers={"If-None-Match": tag}).status_code == 304
    assert client.head("/api/v1/labs?near=30303").status_code == 200
